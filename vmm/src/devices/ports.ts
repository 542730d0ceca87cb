// Which device answers at which port

import type { Ending } from "../ending.ts";
import type { IoExit } from "../exits.ts";

/** A device at I/O ports. */
export interface PortDevice {
  /** First and last port, pair by pair. */
  readonly ports: readonly (readonly [first: number, last: number])[];
  /** Takes accesses of more than a byte whole; others get them byte by byte, at ports that follow one another. */
  readonly isWide?: boolean;
  read(port: number): number;
  /** @returns the end of the guest, when it is one */
  write(port: number, value: number): Ending | undefined;
}

const BYTE_BITS = 8;

/** Devices by port. */
export class Ports {
  readonly #devices = new Map<number, PortDevice>();

  add(device: PortDevice): void {
    for (const [first, last] of device.ports) {
      for (let port = first; port <= last; port++) this.#devices.set(port, device);
    }
  }

  has(port: number): boolean {
    return this.#devices.has(port);
  }

  /** Serves an exit; where no device is, reads give ones. */
  serve(exit: IoExit): Ending | undefined {
    const { direction, port, size, count } = exit;
    for (let index = 0; index < count; index++) {
      if (direction === "in") {
        exit.set(index, this.#read(port, size));
        continue;
      }
      const ending = this.#write(port, size, exit.get(index));
      if (ending !== undefined) return ending;
    }
    return undefined;
  }

  #read(port: number, size: number): number {
    if (size === 1 || this.#devices.get(port)?.isWide === true)
      return this.#devices.get(port)?.read(port) ?? 0xffff_ffff;
    let value = 0;
    for (let byte = size - 1; byte >= 0; byte--) {
      value = value * 2 ** BYTE_BITS + ((this.#devices.get(port + byte)?.read(port + byte) ?? 0xff) & 0xff);
    }
    return value;
  }

  #write(port: number, size: number, value: number): Ending | undefined {
    if (size === 1 || this.#devices.get(port)?.isWide === true) return this.#devices.get(port)?.write(port, value);
    for (let byte = 0; byte < size; byte++) {
      const ending = this.#devices.get(port + byte)?.write(port + byte, (value >>> (BYTE_BITS * byte)) & 0xff);
      if (ending !== undefined) return ending;
    }
    return undefined;
  }
}
