// The first serial port (16550), and no other port

import { GeneralProtection } from "./processor.ts";

const COM1 = 0x3f8;
const LINE_STATUS = COM1 + 5;
const TRANSMITTER_EMPTY = 0x20;

export class SerialPort {
  /** What was sent. */
  text = "";
  /** Whether the transmitter ever becomes empty; without, the port looks absent. */
  isThere = true;
  /** How often its status was read. */
  statusReads = 0;

  read(port: number): number {
    if (port !== LINE_STATUS) throw new GeneralProtection(`in from port 0x${port.toString(16)}`);
    this.statusReads++;
    return this.isThere ? TRANSMITTER_EMPTY : 0;
  }

  write(port: number, value: number): void {
    if (port !== COM1) throw new GeneralProtection(`out to port 0x${port.toString(16)}`);
    this.text += String.fromCharCode(value & 0xff);
  }
}
