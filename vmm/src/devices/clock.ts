// The time of day and memory of an MC146818; it neither interrupts nor can be set (Motorola's data sheet)

import type { PortDevice } from "./ports.ts";

const INDEX = 0x70;
const DATA = 0x71;
const REGISTERS = 128;
/** Where PCs have the century. */
const CENTURY = 0x32;

const STATUS_A = 10;
const STATUS_B = 11;
const STATUS_C = 12;
const STATUS_D = 13;
/** 32.768 kHz, 1024 Hz; no update goes on. */
const STATUS_A_VALUE = 0x26;
const STATUS_B_24_HOURS = 0x02;
const STATUS_B_BINARY = 0x04;
/** The battery is good. */
const STATUS_D_VALUE = 0x80;

const decimal = (value: number): number => Math.floor(value / 10) * 16 + (value % 10);

export class RealTimeClock implements PortDevice {
  readonly ports: PortDevice["ports"] = [[INDEX, DATA]];
  readonly #date: () => Date;
  readonly #memory = new Uint8Array(REGISTERS);
  #index = 0;

  /** @param date the time, of which the guest sees UTC */
  constructor(date: () => Date = () => new Date()) {
    this.#date = date;
    this.#memory[STATUS_B] = STATUS_B_24_HOURS;
  }

  read(port: number): number {
    if (port === INDEX) return 0xff;
    const time = this.#time();
    if (time !== undefined) return ((this.#memory[STATUS_B] ?? 0) & STATUS_B_BINARY) !== 0 ? time : decimal(time);
    switch (this.#index) {
      case STATUS_A:
        return STATUS_A_VALUE;
      case STATUS_C:
        return 0;
      case STATUS_D:
        return STATUS_D_VALUE;
      default:
        return this.#memory[this.#index] ?? 0;
    }
  }

  write(port: number, value: number): undefined {
    if (port === INDEX) this.#index = value % REGISTERS;
    else this.#memory[this.#index] = this.#index === STATUS_B ? value | STATUS_B_24_HOURS : value;
    return undefined;
  }

  #time(): number | undefined {
    const date = this.#date();
    switch (this.#index) {
      case 0:
        return date.getUTCSeconds();
      case 2:
        return date.getUTCMinutes();
      case 4:
        return date.getUTCHours();
      case 6:
        return date.getUTCDay() + 1;
      case 7:
        return date.getUTCDate();
      case 8:
        return date.getUTCMonth() + 1;
      case 9:
        return date.getUTCFullYear() % 100;
      case CENTURY:
        return Math.floor(date.getUTCFullYear() / 100);
      default:
        return undefined;
    }
  }
}
