// A pair of 8259 once more, line by line, to compare the one that ships with

interface Line {
  readonly number: number;
  readonly sources: Set<number>;
  /** Whether it was asserted when somebody looked last. */
  wasAsserted: boolean;
  requests: boolean;
  isInService: boolean;
  isMasked: boolean;
  isLevel: boolean;
}

class Chip {
  readonly lines: Line[] = Array.from({ length: 8 }, (_, number) => ({
    number,
    sources: new Set(),
    wasAsserted: false,
    requests: false,
    isInService: false,
    isMasked: false,
    isLevel: false,
  }));
  /** Lines by priority, the highest one first. */
  #order = [0, 1, 2, 3, 4, 5, 6, 7];
  /** Initialization command words that are to come: their numbers. */
  #words: number[] = [];
  #base = 0;
  #isPolled = false;
  #readsService = false;
  #hasSpecialMask = false;
  #endsByItself = false;
  #rotatesByItself = false;
  #isSpeciallyNested = false;
  ended: number[] = [];
  readonly #canBeLevel: readonly number[];
  readonly #slaves: readonly number[];

  constructor(canBeLevel: readonly number[], slaves: readonly number[]) {
    this.#canBeLevel = canBeLevel;
    this.#slaves = slaves;
  }

  get byPriority(): Line[] {
    return this.#order.map((number) => this.line(number));
  }

  line(number: number): Line {
    const line = this.lines[number];
    if (line === undefined) throw new RangeError(`line ${number}`);
    return line;
  }

  /** The line that interrupts. */
  get next(): Line | undefined {
    for (const line of this.byPriority) {
      const blocks = line.isInService && !(this.#hasSpecialMask && line.isMasked);
      const asks = line.requests && !line.isMasked;
      if (asks && (!blocks || (this.#isSpeciallyNested && this.#slaves.includes(line.number)))) return line;
      if (blocks) return undefined;
    }
    return undefined;
  }

  /** The number of the line that is acknowledged. */
  acknowledge(): number {
    const line = this.next;
    if (line === undefined) return 7;
    line.isInService = true;
    line.requests = line.isLevel;
    if (this.#endsByItself) this.#end(line, this.#rotatesByItself);
    return line.number;
  }

  vector(line: number): number {
    return this.#base + line;
  }

  assert(number: number, source: number, isAsserted: boolean): number {
    const line = this.line(number);
    if (isAsserted) line.sources.add(source);
    else line.sources.delete(source);
    const result = this.#look(line);
    return line.isMasked ? -1 : result;
  }

  #look(line: Line): number {
    const isAsserted = line.sources.size > 0;
    const { wasAsserted, requests } = line;
    line.wasAsserted = isAsserted;
    if (line.isLevel) line.requests = isAsserted;
    else if (isAsserted && !wasAsserted) line.requests = true;
    return isAsserted && (requests || !line.requests) ? 0 : 1;
  }

  writeCommand(value: number): void {
    if (value & 0x10) this.#begin((value & 1) !== 0);
    else if (value & 8) {
      if (value & 4) this.#isPolled = true;
      if (value & 2) this.#readsService = (value & 1) !== 0;
      if (value & 0x40) this.#hasSpecialMask = (value & 0x20) !== 0;
    } else this.#command(value >> 5, value & 7);
  }

  #begin(hasFourth: boolean): void {
    this.#words = hasFourth ? [2, 3, 4] : [2, 3];
    for (const line of this.lines) {
      line.isMasked = false;
      if (!line.isLevel) line.requests = false;
    }
    this.#order = [0, 1, 2, 3, 4, 5, 6, 7];
    this.#hasSpecialMask = false;
    this.#readsService = false;
    if (!hasFourth) {
      this.#endsByItself = false;
      this.#isSpeciallyNested = false;
    }
  }

  #command(command: number, number: number): void {
    const named = this.line(number);
    const served = this.byPriority.find(
      ({ isInService, isMasked }) => isInService && !(this.#hasSpecialMask && isMasked),
    );
    switch (command) {
      case 0:
        this.#rotatesByItself = false;
        break;
      case 1:
        if (served) this.#end(served, false);
        break;
      case 3:
        this.#end(named, false);
        break;
      case 4:
        this.#rotatesByItself = true;
        break;
      case 5:
        if (served) this.#end(served, true);
        break;
      case 6:
        this.#setLowest(named);
        break;
      case 7:
        this.#end(named, true);
        break;
    }
  }

  #setLowest(line: Line): void {
    while (this.#order[7] !== line.number) this.#order.push(this.#order.shift() ?? 0);
  }

  #end(line: Line, rotates: boolean): void {
    if (rotates) this.#setLowest(line);
    const wasInService = line.isInService;
    line.isInService = false;
    if (!wasInService || !line.sources.delete(2)) return;
    this.ended.push(line.number);
    this.#look(line);
  }

  writeData(value: number): void {
    switch (this.#words.shift()) {
      case undefined:
        for (const line of this.lines) line.isMasked = ((value >> line.number) & 1) !== 0;
        break;
      case 2:
        this.#base = value & 0xf8;
        break;
      case 4:
        this.#endsByItself = (value & 2) !== 0;
        this.#isSpeciallyNested = (value & 0x10) !== 0;
        break;
    }
  }

  read(isData: boolean): number {
    if (this.#isPolled) {
      this.#isPolled = false;
      return (this.next === undefined ? 0 : 0x80) | this.acknowledge();
    }
    if (isData) return this.#set(({ isMasked }) => isMasked);
    return this.#set(({ isInService, requests }) => (this.#readsService ? isInService : requests));
  }

  get levels(): number {
    return this.#set(({ isLevel }) => isLevel);
  }
  set levels(value: number) {
    for (const line of this.lines) {
      const isLevel = ((value >> line.number) & 1) !== 0 && this.#canBeLevel.includes(line.number);
      if (isLevel && !line.isLevel) line.requests = line.wasAsserted;
      line.isLevel = isLevel;
    }
  }

  #set(has: (line: Line) => boolean): number {
    return this.lines.filter(has).reduce((bits, { number }) => bits | (1 << number), 0);
  }
}

/** What Pic (pic.ts) does, by what it has in common with a fresh one that gets its state. */
export class PicModel {
  readonly #master = new Chip([3, 4, 5, 6, 7], [2]);
  readonly #slave = new Chip([1, 2, 3, 4, 6, 7], []);

  assert(line: number, source: number, isAsserted: boolean): number {
    if (line === 2) return -1;
    return this.#after(() => this.#chip(line > 7).assert(line % 8, source, isAsserted));
  }

  /** Lines and sources that assert them. */
  get asserted(): [line: number, source: number][] {
    return [this.#master, this.#slave].flatMap(({ lines }, index) =>
      lines.flatMap(({ number, sources }) =>
        [...sources].map((source): [number, number] => [number + 8 * index, source]),
      ),
    );
  }

  write(port: number, value: number): void {
    this.#after(() => {
      const chip = this.#chip(isOfSlave(port));
      if (port >= 0x4d0) chip.levels = value;
      else if (port & 1) chip.writeData(value);
      else chip.writeCommand(value);
    });
  }

  read(port: number): number {
    return this.#after(() => {
      const chip = this.#chip(isOfSlave(port));
      return port >= 0x4d0 ? chip.levels : chip.read((port & 1) !== 0);
    });
  }

  get output(): boolean {
    return this.#master.next !== undefined;
  }

  acknowledge(): number {
    return this.#after(() => {
      const line = this.#master.acknowledge();
      return line === 2 ? this.#slave.vector(this.#slave.acknowledge()) : this.#master.vector(line);
    });
  }

  takeEnded(): number {
    const lines = [...this.#master.ended, ...this.#slave.ended.map((line) => line + 8)];
    this.#master.ended = [];
    this.#slave.ended = [];
    return lines.reduce((bits, line) => bits | (1 << line), 0);
  }

  #chip(isSlave: boolean): Chip {
    return isSlave ? this.#slave : this.#master;
  }

  #after<T>(action: () => T): T {
    const result = action();
    this.#master.line(2).requests = this.#slave.next !== undefined;
    return result;
  }
}

function isOfSlave(port: number): boolean {
  return port === 0xa0 || port === 0xa1 || port === 0x4d1;
}
