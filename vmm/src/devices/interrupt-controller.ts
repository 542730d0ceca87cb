// Two 8259 interrupt controllers, the second at the first one's line 2 (Intel's data sheet 231468)

import type { PortDevice } from "./ports.ts";

const FIRST = 0x20;
const SECOND = 0xa0;
const CASCADE_LINE = 2;
/** Which lines are levels: two registers that came with EISA. */
const LEVELS = 0x4d0;
const LINES = 8;
/** What a controller answers when the interrupt has gone before the processor asks. */
const SPURIOUS_LINE = 7;

const ICW1 = 0x10;
const ICW1_NEEDS_ICW4 = 0x01;
const ICW1_SINGLE = 0x02;
const ICW4_AUTO_EOI = 0x02;
const OCW3 = 0x08;
const OCW3_POLL = 0x04;
const OCW3_READ = 0x02;
const OCW3_READ_ISR = 0x01;
const OCW3_MASK_MODE = 0x40;
const OCW3_MASK_MODE_ON = 0x20;

/** One 8259. */
class Controller {
  #irr = 0;
  #isr = 0;
  #imr = 0;
  #base = 0;
  #levels = 0;
  /** Lines that are high. */
  #lines = 0;
  #lowest = SPURIOUS_LINE;
  /** Initialization words that are still to come: 2, 3, 4. */
  #awaited: number[] = [];
  #isAutoEoi = false;
  #rotatesOnAutoEoi = false;
  #readsIsr = false;
  #ignoresMasked = false;
  #isPolled = false;

  set levels(bits: number) {
    this.#levels = bits;
  }

  get levels(): number {
    return this.#levels;
  }

  setLine(line: number, isHigh: boolean): void {
    const bit = 1 << line;
    const isLevel = (this.#levels & bit) !== 0;
    if (isHigh && (isLevel || (this.#lines & bit) === 0)) this.#irr |= bit;
    if (!isHigh) this.#irr &= ~bit;
    this.#lines = isHigh ? this.#lines | bit : this.#lines & ~bit;
  }

  /** The line that the processor is to be interrupted for. */
  get pending(): number | undefined {
    const requests = this.#irr & ~this.#imr;
    const served = this.#ignoresMasked ? this.#isr & ~this.#imr : this.#isr;
    for (let rank = 1; rank <= LINES; rank++) {
      const line = (this.#lowest + rank) % LINES;
      if ((served & (1 << line)) !== 0) return undefined;
      if ((requests & (1 << line)) !== 0) return line;
    }
    return undefined;
  }

  /** Begins to serve it; returns its line. */
  acknowledge(): number {
    const line = this.pending;
    if (line === undefined) return SPURIOUS_LINE;
    const bit = 1 << line;
    if ((this.#levels & bit) === 0) this.#irr &= ~bit;
    if (!this.#isAutoEoi) this.#isr |= bit;
    else if (this.#rotatesOnAutoEoi) this.#lowest = line;
    return line;
  }

  vector(line: number): number {
    return this.#base | line;
  }

  readCommand(): number {
    if (this.#isPolled) {
      this.#isPolled = false;
      const line = this.pending;
      return line === undefined ? 0 : 0x80 | this.acknowledge();
    }
    return this.#readsIsr ? this.#isr : this.#irr;
  }

  readMask(): number {
    return this.#imr;
  }

  writeCommand(value: number): void {
    if ((value & ICW1) !== 0) {
      this.#awaited = [2, ...((value & ICW1_SINGLE) === 0 ? [3] : []), ...((value & ICW1_NEEDS_ICW4) !== 0 ? [4] : [])];
      this.#irr = 0;
      this.#isr = 0;
      this.#imr = 0;
      this.#lowest = SPURIOUS_LINE;
      this.#isAutoEoi = false;
      this.#readsIsr = false;
      this.#ignoresMasked = false;
    } else if ((value & OCW3) !== 0) {
      if ((value & OCW3_POLL) !== 0) this.#isPolled = true;
      if ((value & OCW3_READ) !== 0) this.#readsIsr = (value & OCW3_READ_ISR) !== 0;
      if ((value & OCW3_MASK_MODE) !== 0) this.#ignoresMasked = (value & OCW3_MASK_MODE_ON) !== 0;
    } else this.#endOfInterrupt(value >> 5, value & (LINES - 1));
  }

  writeData(value: number): void {
    switch (this.#awaited.shift()) {
      case 2:
        this.#base = value & ~(LINES - 1);
        break;
      case 3:
        // Which line the other one has is wired.
        break;
      case 4:
        this.#isAutoEoi = (value & ICW4_AUTO_EOI) !== 0;
        break;
      default:
        this.#imr = value;
    }
  }

  /** OCW2: rotate, specific, EOI. */
  #endOfInterrupt(command: number, line: number): void {
    const rotates = (command & 4) !== 0;
    const isSpecific = (command & 2) !== 0;
    const isEnd = (command & 1) !== 0;
    if (!isEnd) {
      if (isSpecific && rotates) this.#lowest = line;
      else if (!isSpecific) this.#rotatesOnAutoEoi = rotates;
      return;
    }
    const served = isSpecific ? line : this.#highestServed();
    if (served === undefined) return;
    this.#isr &= ~(1 << served);
    if (rotates) this.#lowest = served;
  }

  #highestServed(): number | undefined {
    for (let rank = 1; rank <= LINES; rank++) {
      const line = (this.#lowest + rank) % LINES;
      if ((this.#isr & (1 << line)) !== 0) return line;
    }
    return undefined;
  }
}

/** Sixteen lines, of which one leads to the second controller. */
export class InterruptController implements PortDevice {
  readonly ports: PortDevice["ports"] = [
    [FIRST, FIRST + 1],
    [SECOND, SECOND + 1],
    [LEVELS, LEVELS + 1],
  ];
  readonly #first = new Controller();
  readonly #second = new Controller();

  /** Raises or lowers a line, 0 to 15. */
  setLine(line: number, isHigh: boolean): void {
    if (line < LINES) this.#first.setLine(line, isHigh);
    else this.#second.setLine(line - LINES, isHigh);
    this.#cascade();
  }

  /** Whether the processor is to be interrupted. */
  get isPending(): boolean {
    return this.#first.pending !== undefined;
  }

  /** What the processor does when it takes the interrupt; returns the vector. */
  acknowledge(): number {
    const line = this.#first.acknowledge();
    if (line !== CASCADE_LINE) return this.#first.vector(line);
    const vector = this.#second.vector(this.#second.acknowledge());
    this.#cascade();
    return vector;
  }

  read(port: number): number {
    switch (port) {
      case FIRST:
        return this.#first.readCommand();
      case FIRST + 1:
        return this.#first.readMask();
      case SECOND:
        return this.#second.readCommand();
      case SECOND + 1:
        return this.#second.readMask();
      case LEVELS:
        return this.#first.levels;
      default:
        return this.#second.levels;
    }
  }

  write(port: number, value: number): undefined {
    switch (port) {
      case FIRST:
        this.#first.writeCommand(value);
        break;
      case FIRST + 1:
        this.#first.writeData(value);
        break;
      case SECOND:
        this.#second.writeCommand(value);
        break;
      case SECOND + 1:
        this.#second.writeData(value);
        break;
      case LEVELS:
        this.#first.levels = value;
        break;
      default:
        this.#second.levels = value;
    }
    this.#cascade();
    return undefined;
  }

  /** The second controller's output is the first one's line; a pulse, because that line is an edge. */
  #cascade(): void {
    this.#first.setLine(CASCADE_LINE, false);
    if (this.#second.pending !== undefined) this.#first.setLine(CASCADE_LINE, true);
  }
}
