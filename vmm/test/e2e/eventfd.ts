// Files of eventfd(2), which Node.js cannot make

import { closeSync, readSync, writeSync } from "node:fs";
import koffi from "koffi";

/** <sys/eventfd.h> */
const EFD_NONBLOCK = 0o4000;
const COUNT_BYTES = 8;

const eventfd = koffi.load(null).func("eventfd", "int", ["uint", "int"]);

export class EventFd {
  readonly fd: number = eventfd(0, EFD_NONBLOCK);

  /** How often it was signalled since the last look. */
  take(): number {
    const count = new BigUint64Array(1);
    try {
      readSync(this.fd, new Uint8Array(count.buffer), 0, COUNT_BYTES, null);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
    return Number(count[0]);
  }

  signal(): void {
    writeSync(this.fd, new Uint8Array(BigUint64Array.of(1n).buffer));
  }

  close(): void {
    closeSync(this.fd);
  }
}
