// The pair of 8259: each rule of the data sheet (Intel 231468, by its headings) with exact values

import { describe, expect, it } from "vitest";
import {
  END,
  END_LINE,
  initialized,
  MASTER,
  MASTER_BASE,
  MASTER_DATA,
  MASTER_LEVELS,
  NO_OPERATION,
  NO_ROTATE_AUTO,
  NO_SPECIAL_MASK,
  Pic,
  POLL,
  READ_IRR,
  READ_ISR,
  RESAMPLED,
  ROTATE_AUTO,
  ROTATE_END,
  ROTATE_END_LINE,
  SET_LOWEST,
  SLAVE,
  SLAVE_BASE,
  SLAVE_DATA,
  SLAVE_LEVELS,
  SPECIAL_MASK,
  TIMER,
  USER,
} from "./pic.ts";

const ALL = [0, 1, 2, 3, 4, 5, 6, 7];
const AUTO_EOI = 3;
const FULLY_NESTED = 0x11;

describe("initialization", () => {
  it("begins with nothing asked for and nothing masked", () => {
    const pic = new Pic();
    expect(pic.state).toEqual([0n, 0xf8n << 56n, 0n, 0xden << 56n]);
    expect([pic.output, pic.takeEnded(), pic.read(MASTER), pic.read(SLAVE_DATA)]).toEqual([false, 0, 0, 0]);
  });

  it("is Linux's", () => {
    const pic = new Pic();
    // It looks whether there is one
    pic.write(SLAVE_DATA, 0xff);
    pic.write(MASTER_DATA, 0xfb);
    expect(pic.read(MASTER_DATA)).toBe(0xfb);
    pic.write(MASTER_DATA, 0xff);
    pic.write(MASTER, 0x11);
    expect(pic.read(MASTER_DATA)).toBe(0);
    pic.write(MASTER_DATA, 0x30, 4, 1);
    pic.write(SLAVE, 0x11);
    pic.write(SLAVE_DATA, 0x38, 2, 1);
    pic.write(MASTER_DATA, 0xfb);
    pic.write(SLAVE_DATA, 0xff);
    expect([pic.read(MASTER_DATA), pic.read(SLAVE_DATA)]).toEqual([0xfb, 0xff]);
    // Its timer
    pic.write(MASTER_DATA, 0xfa);
    expect([pic.raise(0, TIMER), pic.lower(0, TIMER)]).toEqual([1, 1]);
    expect(pic.acknowledge()).toBe(0x30);
    pic.write(MASTER_DATA, 0xfb);
    pic.write(MASTER, END_LINE | 0);
    expect([pic.isr(0), pic.output]).toEqual([0, false]);
  });

  it("is SeaBIOS's, both at the same time", () => {
    const pic = new Pic();
    pic.write(MASTER, 0x11);
    pic.write(SLAVE, 0x11);
    pic.write(MASTER_DATA, 0x08);
    pic.write(SLAVE_DATA, 0x70);
    pic.write(MASTER_DATA, 0x04);
    pic.write(SLAVE_DATA, 0x02);
    pic.write(MASTER_DATA, 0x01);
    pic.write(SLAVE_DATA, 0x01);
    pic.write(MASTER_DATA, 0xfb);
    pic.write(SLAVE_DATA, 0xff);
    // The real time clock
    pic.write(SLAVE_DATA, 0xfe);
    pic.raise(8);
    expect([pic.output, pic.acknowledge(), pic.output]).toEqual([true, 0x70, false]);
    pic.write(SLAVE, END);
    pic.write(MASTER, END);
    expect([pic.isr(0), pic.isr(1)]).toEqual([0, 0]);
  });

  it("takes a vector's upper five bits", () => {
    const pic = initialized();
    pic.write(MASTER, 0x11);
    pic.write(MASTER_DATA, 0x4f, 4, 1);
    pic.raise(3);
    expect(pic.acknowledge()).toBe(0x4b);
  });

  it("has three words without ICW4, and all of its functions off then", () => {
    const pic = initialized(0x13, 0x13);
    pic.write(MASTER, 0x10);
    pic.write(MASTER_DATA, 0x50, 4, 0xf0);
    expect(pic.read(MASTER_DATA)).toBe(0xf0);
    pic.raise(1);
    expect([pic.acknowledge(), pic.isr(0)]).toEqual([0x51, 2]);
  });

  it("keeps what ICW4 said until the next one, when there is one to come", () => {
    const pic = initialized(AUTO_EOI);
    pic.write(MASTER, 0x11);
    pic.raise(1);
    expect([pic.acknowledge(), pic.isr(0)]).toEqual([MASTER_BASE + 1, 0]);
  });

  it.each([
    ["an edge that waits", 0, 0],
    ["not a level, which lasts", 0x20, 0x20],
  ])("forgets %s", (_, levels, irr) => {
    const pic = initialized();
    pic.write(MASTER_LEVELS, levels);
    pic.raise(5);
    pic.write(MASTER, 0x11);
    expect(pic.irr(0)).toBe(irr);
    pic.write(MASTER_DATA, 0x30, 4, 1);
    // "An input must make a low-to-high transition"
    pic.raise(5);
    expect(pic.irr(0)).toBe(irr);
    pic.lower(5);
    pic.raise(5);
    expect(pic.irr(0)).toBe(0x20);
  });

  it.each<[string, (pic: Pic) => void, (pic: Pic) => unknown, unknown]>([
    ["clears the mask", (pic) => pic.write(MASTER_DATA, 0xff), (pic) => pic.read(MASTER_DATA), 0],
    ["gives line 7 the lowest priority", (pic) => pic.write(MASTER, SET_LOWEST | 3), (pic) => pic.byte(0, 4), 0],
    ["ends the special mask mode", (pic) => pic.write(MASTER, SPECIAL_MASK), (pic) => pic.byte(0, 8), 0],
    ["has IRR read", (pic) => pic.write(MASTER, READ_ISR), (pic) => pic.byte(0, 6), 0],
  ])("%s", (_, before, seen, value) => {
    const pic = initialized();
    before(pic);
    expect(seen(pic)).not.toBe(value);
    pic.write(MASTER, 0x11);
    expect(seen(pic)).toBe(value);
  });

  it("keeps what is in service", () => {
    const pic = initialized();
    pic.raise(4);
    pic.acknowledge();
    pic.write(MASTER, 0x11);
    expect(pic.isr(0)).toBe(0x10);
  });
});

describe("ports", () => {
  it("are six", () => {
    const pic = new Pic();
    const ports = Array.from({ length: 0x1_0000 }, (_, port) => port).filter((port) => pic.isPort(port));
    expect(ports).toEqual([0x20, 0x21, 0xa0, 0xa1, 0x4d0, 0x4d1]);
  });

  it("of others change nothing, and read as 0", () => {
    const pic = initialized();
    const before = pic.state;
    for (const port of [0x22, 0x1f, 0xa2, 0x4d2, 0]) {
      pic.write(port, 0xff);
      expect(pic.read(port)).toBe(0);
    }
    expect(pic.state).toEqual(before);
  });

  it.each([
    [MASTER_LEVELS, 0xf8],
    [SLAVE_LEVELS, 0xde],
  ])("of ELCR, %i, take what can be level-triggered", (port, levels) => {
    const pic = initialized();
    pic.write(port, 0xff);
    expect(pic.read(port)).toBe(levels);
  });

  it("read IRR or ISR, as OCW3 says, again and again", () => {
    const pic = initialized();
    pic.raise(6);
    pic.raise(1);
    pic.acknowledge();
    expect([pic.read(MASTER), pic.read(MASTER)]).toEqual([0x40, 0x40]);
    pic.write(MASTER, READ_ISR);
    expect([pic.read(MASTER), pic.read(MASTER)]).toEqual([2, 2]);
    // Bit 1 clear: no action
    pic.write(MASTER, 0x9);
    expect(pic.read(MASTER)).toBe(2);
    pic.write(MASTER, READ_IRR);
    expect(pic.read(MASTER)).toBe(0x40);
  });
});

describe("fully nested mode", () => {
  it("takes all lines by their priority, the slave's at line 2", () => {
    const pic = initialized(AUTO_EOI, AUTO_EOI);
    for (const line of [...ALL, ...ALL.map((slave) => slave + 8)].reverse()) pic.raise(line);
    expect(pic.acknowledgeAll()).toEqual([
      MASTER_BASE,
      MASTER_BASE + 1,
      ...ALL.map((line) => SLAVE_BASE + line),
      ...[3, 4, 5, 6, 7].map((line) => MASTER_BASE + line),
    ]);
  });

  // In service, asked for: which interrupts
  it.each([
    [4, 3, true],
    [4, 4, false],
    [4, 5, false],
    [0, 1, false],
    [7, 6, true],
  ])("with line %i in service, line %i interrupts: %s", (service, asked, interrupts) => {
    const pic = initialized();
    pic.raise(service);
    pic.acknowledge();
    pic.lower(service);
    pic.raise(asked);
    expect(pic.output).toBe(interrupts);
    pic.write(MASTER, END);
    expect(pic.output).toBe(true);
  });

  it("has nested interrupts in service together, and ends the last one first", () => {
    const pic = initialized();
    for (const line of [6, 4, 1]) {
      pic.raise(line);
      expect(pic.acknowledge()).toBe(MASTER_BASE + line);
    }
    const services = [pic.isr(0)];
    for (let count = 0; count < 4; count++) {
      pic.write(MASTER, END);
      services.push(pic.isr(0));
    }
    expect(services).toEqual([0x52, 0x50, 0x40, 0, 0]);
  });

  it("does not let another interrupt of the slave's through before the master's end", () => {
    const pic = initialized();
    pic.raise(12);
    expect(pic.acknowledge()).toBe(SLAVE_BASE + 4);
    pic.raise(9);
    expect(pic.output).toBe(false);
    pic.write(MASTER, END);
    expect([pic.output, pic.acknowledge()]).toEqual([true, SLAVE_BASE + 1]);
    // Both are in service in the slave: one more behind them is not offered to the master
    pic.raise(14);
    pic.write(MASTER, END);
    expect(pic.output).toBe(false);
    pic.write(SLAVE, END);
    expect([pic.isr(1), pic.output]).toEqual([0x10, false]);
    pic.write(SLAVE, END);
    expect([pic.isr(1), pic.output]).toEqual([0, true]);
  });
});

describe("special fully nested mode", () => {
  const service = (master: number, line: number) => {
    const pic = initialized(master);
    pic.raise(12);
    pic.acknowledge();
    pic.raise(line);
    return pic.output;
  };

  it.each([
    [11, true, false],
    [13, false, false],
    [1, true, true],
    [3, false, false],
  ])("with the slave in service, line %i interrupts: %s, else: %s", (line, special, else_) => {
    expect([service(FULLY_NESTED, line), service(1, line)]).toEqual([special, else_]);
  });

  it("is nothing to the slave, which has no slave", () => {
    const pic = initialized(1, FULLY_NESTED);
    pic.raise(10);
    pic.acknowledge();
    pic.lower(10);
    pic.raise(10);
    pic.write(MASTER, END);
    pic.write(SLAVE, POLL);
    expect([pic.output, pic.read(SLAVE)]).toEqual([false, 7]);
  });
});

describe("end of interrupt", () => {
  it.each([
    ["not specific", END, 0x50],
    ["of line 6", END_LINE | 6, 0x12],
    ["of line 4", END_LINE | 4, 0x42],
    ["of a line that is not in service", END_LINE | 3, 0x52],
    ["no operation", NO_OPERATION | 1, 0x52],
    ["set priority", SET_LOWEST | 1, 0x52],
  ])("%s", (_, command, isr) => {
    const pic = initialized();
    for (const line of [6, 4, 1]) {
      pic.raise(line);
      pic.acknowledge();
    }
    pic.write(MASTER, command);
    expect(pic.isr(0)).toBe(isr);
  });

  it("comes by itself in AEOI mode", () => {
    const pic = initialized(AUTO_EOI, 1);
    pic.raise(5);
    expect([pic.acknowledge(), pic.isr(0)]).toEqual([MASTER_BASE + 5, 0]);
    pic.raise(8);
    expect([pic.acknowledge(), pic.isr(0), pic.isr(1)]).toEqual([SLAVE_BASE, 0, 1]);
  });
});

describe("rotation", () => {
  const order = (lowest: number) => ALL.map((index) => (lowest + 1 + index) % 8);

  it.each(ALL)("with line %i lowest, all come in their order", (lowest) => {
    const pic = initialized(AUTO_EOI);
    pic.write(MASTER, SET_LOWEST | lowest);
    const lines = ALL.filter((line) => line !== 2);
    for (const line of lines) pic.raise(line);
    expect(pic.acknowledgeAll()).toEqual(
      order(lowest)
        .filter((line) => line !== 2)
        .map((line) => MASTER_BASE + line),
    );
  });

  it.each([
    ["not specific", ROTATE_END, 5],
    ["of line 6", ROTATE_END_LINE | 6, 7],
    ["of a line that is not in service", ROTATE_END_LINE | 1, 2],
  ])("at an end, %s", (_, command, highest) => {
    const pic = initialized();
    for (const line of [6, 4]) {
      pic.raise(line);
      pic.acknowledge();
    }
    pic.write(MASTER, command);
    expect(pic.byte(0, 4)).toBe(highest);
  });

  it("at an end that is not specific, with nothing in service, is none", () => {
    const pic = initialized();
    pic.write(MASTER, SET_LOWEST | 2, ROTATE_END);
    expect(pic.byte(0, 4)).toBe(3);
  });

  it("in AEOI mode gives each its turn, until it is off", () => {
    const pic = initialized(AUTO_EOI);
    pic.write(MASTER, ROTATE_AUTO);
    const turns = () => {
      for (const line of [0, 4, 5]) {
        pic.lower(line);
        pic.raise(line);
      }
      return pic.acknowledge() - MASTER_BASE;
    };
    expect([turns(), turns(), turns(), turns()]).toEqual([0, 4, 5, 0]);
    pic.write(MASTER, NO_ROTATE_AUTO);
    expect([turns(), turns()]).toEqual([4, 4]);
  });
});

describe("masks", () => {
  it("hold a request back, and do not lose it", () => {
    const pic = initialized();
    pic.write(MASTER_DATA, 0x08);
    expect([pic.raise(3), pic.output, pic.irr(0)]).toEqual([-1, false, 8]);
    pic.write(MASTER_DATA, 0);
    expect([pic.output, pic.acknowledge()]).toEqual([true, MASTER_BASE + 3]);
  });

  it("of line 2 hold the slave back", () => {
    const pic = initialized();
    pic.write(MASTER_DATA, 0x04);
    expect([pic.raise(15), pic.output]).toEqual([1, false]);
    pic.write(MASTER_DATA, 0);
    expect(pic.acknowledge()).toBe(SLAVE_BASE + 7);
  });

  it("of the slave take its request from the master", () => {
    const pic = initialized();
    pic.raise(10);
    expect(pic.irr(0)).toBe(4);
    pic.write(SLAVE_DATA, 0x04);
    expect([pic.irr(0), pic.output]).toEqual([0, false]);
  });

  it("in special mask mode, let what has less priority through", () => {
    const pic = initialized();
    pic.raise(1);
    pic.acknowledge();
    pic.raise(6);
    pic.write(MASTER_DATA, 0x02);
    expect(pic.output).toBe(false);
    pic.write(MASTER, SPECIAL_MASK);
    expect([pic.output, pic.acknowledge()]).toEqual([true, MASTER_BASE + 6]);
    // "An IS bit that is masked by an IMR bit will not be cleared by a non-specific EOI"
    pic.write(MASTER, END);
    expect(pic.isr(0)).toBe(0x02);
    pic.write(MASTER, END);
    expect(pic.isr(0)).toBe(0x02);
    pic.write(MASTER, NO_SPECIAL_MASK, END);
    expect(pic.isr(0)).toBe(0);
  });
});

describe("poll command", () => {
  it.each([MASTER, MASTER_DATA])("makes the next read of port %i an acknowledgement", (port) => {
    const pic = initialized();
    pic.raise(5);
    pic.write(MASTER, POLL);
    expect([pic.read(port), pic.read(MASTER_DATA), pic.isr(0), pic.output]).toEqual([0x85, 0, 0x20, false]);
  });

  it("says when there is nothing", () => {
    const pic = initialized();
    pic.write(MASTER, POLL);
    expect([pic.read(MASTER), pic.isr(0)]).toEqual([7, 0]);
  });

  it("finds the slave, and then the slave's line", () => {
    const pic = initialized();
    pic.raise(11);
    pic.write(MASTER, POLL);
    pic.write(SLAVE, POLL);
    expect([pic.read(MASTER), pic.read(SLAVE), pic.isr(0), pic.isr(1), pic.irr(0)]).toEqual([0x82, 0x83, 4, 8, 0]);
  });
});

describe("edges and levels", () => {
  it("latch an edge, which asks once", () => {
    const pic = initialized();
    expect([pic.raise(3), pic.raise(3), pic.lower(3)]).toEqual([1, 0, 1]);
    expect([pic.acknowledge(), pic.raise(3)]).toEqual([MASTER_BASE + 3, 1]);
    pic.write(MASTER, END);
    expect([pic.acknowledge(), pic.raise(3), pic.output]).toEqual([MASTER_BASE + 3, 0, false]);
  });

  it("follow a level, which asks as long as it lasts", () => {
    const pic = initialized();
    pic.write(MASTER_LEVELS, 0x20);
    expect([pic.raise(5), pic.raise(5), pic.acknowledge(), pic.irr(0)]).toEqual([1, 0, MASTER_BASE + 5, 0x20]);
    pic.write(MASTER, END);
    expect([pic.output, pic.acknowledge()]).toEqual([true, MASTER_BASE + 5]);
    pic.lower(5);
    pic.write(MASTER, END);
    expect([pic.irr(0), pic.output]).toEqual([0, false]);
  });

  it("ask for a line that becomes level-triggered as it is then", () => {
    const pic = initialized();
    pic.raise(5);
    pic.raise(6);
    pic.lower(6);
    pic.raise(7);
    pic.acknowledge();
    expect(pic.irr(0)).toBe(0xc0);
    pic.write(MASTER_LEVELS, 0x60);
    expect(pic.irr(0)).toBe(0xa0);
  });

  it("give a spurious interrupt when nothing is asked for any more", () => {
    const pic = initialized();
    pic.write(MASTER_LEVELS, 0x20);
    pic.raise(5);
    pic.lower(5);
    expect([pic.output, pic.acknowledge(), pic.isr(0)]).toEqual([false, MASTER_BASE + 7, 0]);
  });

  it("ignore line 2", () => {
    const pic = initialized();
    expect([pic.raise(2), pic.output, pic.irr(0)]).toEqual([-1, false, 0]);
  });
});

describe("sources", () => {
  it("assert a line together", () => {
    const pic = initialized();
    pic.write(MASTER_LEVELS, 0x20);
    expect([pic.raise(5, USER), pic.raise(5, RESAMPLED)]).toEqual([1, 0]);
    pic.lower(5, USER);
    expect(pic.irr(0)).toBe(0x20);
    pic.lower(5, RESAMPLED);
    expect(pic.irr(0)).toBe(0);
  });

  it("make no edge while another one asserts it", () => {
    const pic = initialized();
    pic.raise(4, USER);
    pic.acknowledge();
    pic.write(MASTER, END);
    expect([pic.raise(4, TIMER), pic.output]).toEqual([0, false]);
    pic.lower(4, TIMER);
    expect([pic.raise(4, TIMER), pic.output]).toEqual([0, false]);
  });

  it.each<[string, number, (pic: Pic) => void]>([
    ["an end", 1, (pic) => pic.write(MASTER, END)],
    ["an end of its own", 1, (pic) => pic.write(MASTER, END_LINE | 5)],
    ["AEOI", AUTO_EOI, () => {}],
  ])("with %s, RESAMPLED asserts no more, and that is told once", (_, icw4, end) => {
    const pic = initialized(icw4);
    pic.write(MASTER_LEVELS, 0x20);
    pic.raise(5, RESAMPLED);
    expect(pic.takeEnded()).toBe(0);
    pic.acknowledge();
    end(pic);
    expect([pic.irr(0), pic.output, pic.takeEnded(), pic.takeEnded()]).toEqual([0, false, 0x20, 0]);
    // And may assert it again
    expect([pic.raise(5, RESAMPLED), pic.output]).toEqual([1, true]);
  });

  it("go on asserting what another one does", () => {
    const pic = initialized();
    pic.write(SLAVE_LEVELS, 0x02);
    pic.raise(9, RESAMPLED);
    pic.raise(9, USER);
    pic.acknowledge();
    pic.write(SLAVE, END);
    pic.write(MASTER, END);
    expect([pic.takeEnded(), pic.irr(1), pic.output]).toEqual([0x200, 2, true]);
  });

  it("are not told of the end of what was not in service", () => {
    const pic = initialized();
    pic.write(MASTER_LEVELS, 0x20);
    pic.raise(5, RESAMPLED);
    pic.write(MASTER, END_LINE | 5, END);
    expect([pic.takeEnded(), pic.irr(0)]).toEqual([0, 0x20]);
  });
});

describe("state", () => {
  it("is Linux's, byte by byte", () => {
    const pic = initialized(0x13);
    pic.write(MASTER_LEVELS, 0x20);
    pic.write(MASTER_DATA, 0x40);
    pic.write(MASTER, SET_LOWEST | 3, ROTATE_AUTO, SPECIAL_MASK, READ_ISR, POLL);
    pic.raise(5);
    pic.raise(6);
    pic.lower(6);
    pic.raise(1);
    const master = Array.from({ length: 16 }, (_, offset) => pic.byte(0, offset));
    expect(master).toEqual([0x22, 0x62, 0x40, 0, 4, MASTER_BASE, 1, 1, 1, 0, 1, 1, 1, 1, 0x20, 0xf8]);
    pic.raise(8);
    pic.raise(14);
    pic.write(SLAVE, 0x11);
    pic.write(SLAVE_DATA, 0x70);
    const slave = Array.from({ length: 16 }, (_, offset) => pic.byte(1, offset));
    expect(slave).toEqual([0x41, 0, 0, 0, 0, 0x70, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0xde]);
  });

  /** With bytes of one of the two's state changed. */
  const changed = (pic: Pic, chip: number, bytes: Readonly<Record<number, number>>) => {
    pic.state = pic.state.map((word, index) =>
      Object.entries(bytes).reduce((value, [offset, byte]) => {
        const shift = BigInt(8 * (Number(offset) & 7));
        return index === chip * 2 + (Number(offset) >> 3)
          ? (value & ~(255n << shift)) | (BigInt(byte) << shift)
          : value;
      }, word),
    );
    return pic;
  };

  it.each([
    ["a request of the slave's that the master has not", 1, 1, 0x10, true],
    ["one of the slave's that the slave has not", 0, 1, 0x04, false],
  ])("with %s has it as the slave has", (_, chip, offset, value, output) => {
    expect(changed(initialized(), chip, { [offset]: value }).output).toBe(output);
  });

  it("with more than eight priorities has eight", () => {
    const pic = changed(initialized(AUTO_EOI), 0, { 4: 11 });
    for (const line of [1, 3, 4]) pic.raise(line);
    expect(pic.acknowledgeAll()).toEqual([3, 4, 1].map((line) => MASTER_BASE + line));
  });

  it("with a level that does not ask, asks when it is asserted again", () => {
    const pic = changed(initialized(), 0, { 0: 0x20, 14: 0x20 });
    expect([pic.output, pic.raise(5), pic.output]).toEqual([false, 1, true]);
  });

  it("that is nonsense harms nobody", () => {
    const pic = new Pic();
    const nonsense = 0xffff_ffff_ffff_ffffn;
    pic.state = [nonsense, nonsense, nonsense, nonsense];
    expect([pic.output, pic.acknowledge(), pic.read(MASTER), pic.read(SLAVE)]).toEqual([false, 6, 7, 7]);
    const [, state = 0n] = initialized().state;
    pic.state = initialized().state;
    pic.raise(7);
    expect([pic.state[1], pic.acknowledge()]).toEqual([state, MASTER_BASE + 7]);
  });
});
