// A 16550 UART that is never slow: what is written has been sent at once (PC16550D's data sheet, section 8)

import type { PortDevice } from "./ports.ts";

/** COM1. */
export const COM1 = 0x3f8;
export const COM1_LINE = 4;
const PORTS = 8;

/** Registers by offset; the first two are the divisor's while LCR says so. */
const DATA = 0;
const IER = 1;
const IIR_FCR = 2;
const LCR = 3;
const MCR = 4;
const LSR = 5;
const MSR = 6;
const SCRATCH = 7;

const IER_RECEIVED = 0x01;
const IER_SENT = 0x02;
const IIR_NONE = 0x01;
const IIR_SENT = 0x02;
const IIR_RECEIVED = 0x04;
const IIR_FIFO = 0xc0;
const FCR_ENABLE = 0x01;
const FCR_CLEAR_RECEIVER = 0x02;
const LCR_DIVISOR = 0x80;
const MCR_DTR = 0x01;
const MCR_RTS = 0x02;
const MCR_OUT1 = 0x04;
const MCR_OUT2 = 0x08;
const MCR_LOOP = 0x10;
const LSR_DATA = 0x01;
/** Holding register and shift register are empty. */
const LSR_SENT = 0x60;
/** Clear to send, data set ready, carrier. */
const MSR_CONNECTED = 0xb0;

export interface SerialPortOptions {
  readonly base?: number;
  /** Gets each byte that the guest sends. */
  readonly onByte: (byte: number) => void;
  /** Sets the interrupt line. */
  readonly setLine: (isHigh: boolean) => void;
}

export class SerialPort implements PortDevice {
  readonly ports: PortDevice["ports"];
  readonly #base: number;
  readonly #onByte: (byte: number) => void;
  readonly #setLine: (isHigh: boolean) => void;
  readonly #received: number[] = [];
  #divisor = 1;
  #ier = 0;
  #hasFifo = false;
  #lcr = 0;
  #mcr = 0;
  #scratch = 0;
  /** An interrupt for an empty sender is due. */
  #isSentDue = false;

  constructor({ base = COM1, onByte, setLine }: SerialPortOptions) {
    this.ports = [[base, base + PORTS - 1]];
    this.#base = base;
    this.#onByte = onByte;
    this.#setLine = setLine;
  }

  /** Bytes for the guest. */
  receive(bytes: Uint8Array): void {
    this.#received.push(...bytes);
    this.#update();
  }

  read(port: number): number {
    const isDivisor = (this.#lcr & LCR_DIVISOR) !== 0;
    switch (port - this.#base) {
      case DATA:
        return isDivisor ? this.#divisor & 0xff : this.#take();
      case IER:
        return isDivisor ? this.#divisor >> 8 : this.#ier;
      case IIR_FCR:
        return this.#identify();
      case LCR:
        return this.#lcr;
      case MCR:
        return this.#mcr;
      case LSR:
        return LSR_SENT | (this.#received.length > 0 ? LSR_DATA : 0);
      case MSR:
        return this.#modemStatus();
      default:
        return this.#scratch;
    }
  }

  write(port: number, value: number): undefined {
    const isDivisor = (this.#lcr & LCR_DIVISOR) !== 0;
    switch (port - this.#base) {
      case DATA:
        if (isDivisor) this.#divisor = (this.#divisor & 0xff00) | value;
        else this.#send(value);
        break;
      case IER:
        if (isDivisor) this.#divisor = (this.#divisor & 0xff) | (value << 8);
        else {
          // Asking for it while the sender is empty is answered at once.
          if ((value & ~this.#ier & IER_SENT) !== 0) this.#isSentDue = true;
          this.#ier = value & 0x0f;
        }
        break;
      case IIR_FCR:
        this.#hasFifo = (value & FCR_ENABLE) !== 0;
        if ((value & FCR_CLEAR_RECEIVER) !== 0) this.#received.length = 0;
        break;
      case LCR:
        this.#lcr = value;
        break;
      case MCR:
        this.#mcr = value & 0x1f;
        break;
      case SCRATCH:
        this.#scratch = value;
        break;
      default:
        // LSR and MSR are read only.
        break;
    }
    this.#update();
    return undefined;
  }

  #send(byte: number): void {
    if ((this.#mcr & MCR_LOOP) !== 0) this.#received.push(byte);
    else this.#onByte(byte);
    this.#isSentDue = true;
  }

  #take(): number {
    const byte = this.#received.shift() ?? 0;
    this.#update();
    return byte;
  }

  /** The interrupt of the highest priority; reading it takes back that of an empty sender. */
  #identify(): number {
    const fifo = this.#hasFifo ? IIR_FIFO : 0;
    if (this.#isReceivedDue()) return fifo | IIR_RECEIVED;
    if (this.#isSentDue && (this.#ier & IER_SENT) !== 0) {
      this.#isSentDue = false;
      this.#update();
      return fifo | IIR_SENT;
    }
    return fifo | IIR_NONE;
  }

  /** In a loop the outputs are the inputs: RTS as CTS, DTR as DSR, OUT1 as RI, OUT2 as DCD. */
  #modemStatus(): number {
    if ((this.#mcr & MCR_LOOP) === 0) return MSR_CONNECTED;
    const pairs = [
      [MCR_RTS, 0x10],
      [MCR_DTR, 0x20],
      [MCR_OUT1, 0x40],
      [MCR_OUT2, 0x80],
    ] as const;
    return pairs.reduce((status, [output, input]) => status | ((this.#mcr & output) !== 0 ? input : 0), 0);
  }

  #isReceivedDue(): boolean {
    return this.#received.length > 0 && (this.#ier & IER_RECEIVED) !== 0;
  }

  #update(): void {
    this.#setLine(this.#isReceivedDue() || (this.#isSentDue && (this.#ier & IER_SENT) !== 0));
  }
}
