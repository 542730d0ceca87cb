// The serial port, the interrupt controllers, the timer, the clock and the exit port

import { describe, expect, it } from "vitest";
import { RealTimeClock } from "../../src/devices/clock.ts";
import { ExitPort } from "../../src/devices/exit-port.ts";
import { InterruptController } from "../../src/devices/interrupt-controller.ts";
import { IntervalTimer } from "../../src/devices/interval-timer.ts";
import { Ports } from "../../src/devices/ports.ts";
import { SerialPort } from "../../src/devices/serial-port.ts";
import { portExit } from "./guest.ts";

describe("the serial port", () => {
  const make = () => {
    const sent: number[] = [];
    const lines: boolean[] = [];
    const serial = new SerialPort({ onByte: (byte) => sent.push(byte), setLine: (isHigh) => lines.push(isHigh) });
    return { serial, sent, line: () => lines.at(-1) ?? false };
  };

  it("sends at once, and is ready for more", () => {
    const { serial, sent } = make();
    serial.write(0x3f8, 65);
    expect([serial.read(0x3fd), sent]).toEqual([0x60, [65]]);
  });

  it("keeps its divisor apart from its data", () => {
    const { serial, sent } = make();
    serial.write(0x3fb, 0x83);
    serial.write(0x3f8, 0x0c);
    serial.write(0x3f9, 0x01);
    expect([serial.read(0x3f8), serial.read(0x3f9), sent]).toEqual([0x0c, 0x01, []]);
    serial.write(0x3fb, 0x03);
    expect([serial.read(0x3f9), serial.read(0x3fb)]).toEqual([0, 3]);
  });

  it("interrupts when its sender is empty, until that is read", () => {
    const { serial, line } = make();
    serial.write(0x3f9, 0x02);
    expect(line()).toBe(true);
    expect(serial.read(0x3fa)).toBe(0x02);
    expect(line()).toBe(false);
    expect(serial.read(0x3fa)).toBe(0x01);
    serial.write(0x3f8, 66);
    expect(line()).toBe(true);
  });

  it("interrupts when something has come, before all else", () => {
    const { serial, line } = make();
    serial.write(0x3f9, 0x03);
    serial.receive(Uint8Array.of(7, 8));
    expect([line(), serial.read(0x3fa), serial.read(0x3fd)]).toEqual([true, 0x04, 0x61]);
    expect([serial.read(0x3f8), serial.read(0x3f8), serial.read(0x3f8)]).toEqual([7, 8, 0]);
    expect(serial.read(0x3fd)).toBe(0x60);
    expect(serial.read(0x3fa)).toBe(0x02);
    expect(line()).toBe(false);
  });

  it("shows that it has FIFOs, and empties one", () => {
    const { serial } = make();
    serial.receive(Uint8Array.of(1));
    serial.write(0x3fa, 0x03);
    expect([serial.read(0x3fa), serial.read(0x3fd)]).toEqual([0xc1, 0x60]);
  });

  it("hears itself in a loop", () => {
    const { serial, sent } = make();
    expect(serial.read(0x3fe)).toBe(0xb0);
    serial.write(0x3fc, 0x1a);
    expect(serial.read(0x3fe)).toBe(0x90);
    serial.write(0x3f8, 9);
    expect([serial.read(0x3f8), sent]).toEqual([9, []]);
  });

  it("has a byte to remember, and registers that cannot be written", () => {
    const { serial } = make();
    for (let port = 0x3fd; port <= 0x3ff; port++) serial.write(port, 0x55);
    expect([serial.read(0x3fd), serial.read(0x3fe), serial.read(0x3ff)]).toEqual([0x60, 0xb0, 0x55]);
  });
});

describe("the interrupt controllers", () => {
  /** As systems set them up: vectors 20h and 28h, end of interrupt by command. */
  const make = ({ icw4 = 0x01 } = {}) => {
    const pic = new InterruptController();
    for (const [port, base, icw3] of [
      [0x20, 0x20, 4],
      [0xa0, 0x28, 2],
    ] as const) {
      pic.write(port, 0x11);
      pic.write(port + 1, base);
      pic.write(port + 1, icw3);
      pic.write(port + 1, icw4);
    }
    return pic;
  };

  it("delivers by rank, and holds back what is of a lower one", () => {
    const pic = make();
    pic.setLine(4, true);
    pic.setLine(1, true);
    expect(pic.acknowledge()).toBe(0x21);
    expect(pic.isPending).toBe(false);
    pic.write(0x20, 0x20);
    expect(pic.acknowledge()).toBe(0x24);
    expect(pic.isPending).toBe(false);
  });

  it("takes an edge once", () => {
    const pic = make();
    pic.setLine(4, true);
    expect(pic.acknowledge()).toBe(0x24);
    pic.write(0x20, 0x64);
    pic.setLine(4, true);
    expect(pic.isPending).toBe(false);
    pic.setLine(4, false);
    pic.setLine(4, true);
    expect(pic.isPending).toBe(true);
  });

  it("takes a level as long as it is there", () => {
    const pic = make();
    pic.write(0x4d0, 0x10);
    pic.setLine(4, true);
    expect(pic.acknowledge()).toBe(0x24);
    pic.write(0x20, 0x64);
    expect(pic.isPending).toBe(true);
    pic.setLine(4, false);
    expect(pic.isPending).toBe(false);
    expect(pic.read(0x4d0)).toBe(0x10);
  });

  it("forgets an edge that goes before it was taken", () => {
    const pic = make();
    pic.setLine(4, true);
    pic.setLine(4, false);
    expect(pic.isPending).toBe(false);
    expect(pic.acknowledge()).toBe(0x27);
  });

  it("masks lines, and remembers them meanwhile", () => {
    const pic = make();
    pic.write(0x21, 0xfb);
    expect(pic.read(0x21)).toBe(0xfb);
    pic.setLine(0, true);
    expect(pic.isPending).toBe(false);
    pic.write(0x20, 0x0a);
    expect(pic.read(0x20)).toBe(0x01);
    pic.write(0x21, 0xfa);
    expect(pic.isPending).toBe(true);
  });

  it("leads the second one's lines through line 2", () => {
    const pic = make();
    pic.setLine(8, true);
    pic.setLine(12, true);
    expect(pic.acknowledge()).toBe(0x28);
    pic.write(0x20, 0x0b);
    pic.write(0xa0, 0x0b);
    expect([pic.read(0x20), pic.read(0xa0)]).toEqual([0x04, 0x01]);
    pic.write(0xa0, 0x20);
    pic.write(0x20, 0x20);
    expect(pic.acknowledge()).toBe(0x2c);
  });

  it("ends interrupts by itself when it is told to", () => {
    const pic = make({ icw4: 0x03 });
    pic.setLine(4, true);
    expect(pic.acknowledge()).toBe(0x24);
    pic.setLine(5, true);
    expect(pic.acknowledge()).toBe(0x25);
  });

  it("rotates ranks", () => {
    const pic = make();
    pic.write(0x20, 0xc4);
    pic.setLine(4, true);
    pic.setLine(6, true);
    expect(pic.acknowledge()).toBe(0x26);
    pic.write(0x20, 0xa0);
    expect(pic.acknowledge()).toBe(0x24);
  });

  it("is asked instead of asking", () => {
    const pic = make();
    pic.setLine(3, true);
    pic.write(0x20, 0x0c);
    expect(pic.read(0x20)).toBe(0x83);
    pic.write(0x20, 0x0c);
    expect(pic.read(0x20)).toBe(0);
  });

  it("lets lower ranks through in special mask mode", () => {
    const pic = make();
    pic.setLine(1, true);
    pic.acknowledge();
    pic.setLine(4, true);
    expect(pic.isPending).toBe(false);
    pic.write(0x21, 0x02);
    pic.write(0x20, 0x68);
    expect(pic.acknowledge()).toBe(0x24);
  });
});

describe("the timer", () => {
  const TICK = 1 / 1193.182;
  const make = () => {
    let now = 100;
    const timer = new IntervalTimer(() => now);
    const load = (control: number, count: number, port = 0x40) => {
      timer.write(0x43, control);
      timer.write(port, count & 0xff);
      timer.write(port, count >> 8);
    };
    return { timer, load, pass: (ticks: number) => (now += ticks * TICK) };
  };

  it("ticks again and again as a rate generator", () => {
    const { timer, load, pass } = make();
    expect([timer.takeInterrupt(), timer.untilInterrupt]).toEqual([false, undefined]);
    load(0x34, 11932);
    expect(timer.untilInterrupt).toBeCloseTo(10, 3);
    pass(11931);
    expect(timer.takeInterrupt()).toBe(false);
    pass(2);
    expect(timer.takeInterrupt()).toBe(true);
    expect(timer.takeInterrupt()).toBe(false);
    expect(timer.untilInterrupt).toBeCloseTo(10, 2);
  });

  it("makes one of several ticks that nobody took", () => {
    const { timer, load, pass } = make();
    load(0x36, 1000);
    pass(3500);
    expect([timer.takeInterrupt(), timer.takeInterrupt()]).toEqual([true, false]);
    pass(501);
    expect(timer.takeInterrupt()).toBe(true);
  });

  it("ticks once otherwise, until it is loaded anew", () => {
    const { timer, load, pass } = make();
    load(0x38, 1000);
    pass(1001);
    expect([timer.takeInterrupt(), timer.untilInterrupt]).toEqual([true, undefined]);
    pass(5000);
    expect(timer.takeInterrupt()).toBe(false);
    timer.write(0x40, 0x10);
    timer.write(0x40, 0x00);
    pass(17);
    expect(timer.takeInterrupt()).toBe(true);
  });

  it("counts 65536 for 0", () => {
    const { timer, load } = make();
    load(0x34, 0);
    expect(timer.untilInterrupt).toBeCloseTo(54.925, 2);
  });

  it("shows its count, latched or as it runs, a byte at a time", () => {
    const { timer, load, pass } = make();
    load(0x34, 0x1234);
    pass(0x34 + 0.5);
    timer.write(0x43, 0x00);
    pass(0x100);
    expect([timer.read(0x40), timer.read(0x40)]).toEqual([0x00, 0x12]);
    expect([timer.read(0x40), timer.read(0x40)]).toEqual([0x00, 0x11]);
  });

  it("reads back count and status", () => {
    const { timer, load } = make();
    load(0x30, 0x55aa);
    timer.write(0x43, 0xc2);
    expect([timer.read(0x40), timer.read(0x40), timer.read(0x40)]).toEqual([0x30, 0xaa, 0x55]);
  });

  it("measures time by its third counter and port 61h", () => {
    const { timer, load, pass } = make();
    timer.write(0x61, 0x01);
    load(0xb0, 1000, 0x42);
    expect(timer.read(0x61) & 0x21).toBe(0x01);
    pass(1001);
    expect(timer.read(0x61) & 0x21).toBe(0x21);
    expect((timer.read(0x61) ^ timer.read(0x61)) & 0x10).toBe(0x10);
  });
});

describe("the clock", () => {
  const make = () => new RealTimeClock(() => new Date(Date.UTC(2026, 10, 30, 23, 59, 8)));
  const read = (clock: RealTimeClock, index: number) => {
    clock.write(0x70, index);
    return clock.read(0x71);
  };

  it("tells the time in decimal digits", () => {
    const clock = make();
    expect([0, 2, 4, 6, 7, 8, 9, 0x32].map((index) => read(clock, index))).toEqual([
      8, 0x59, 0x23, 2, 0x30, 0x11, 0x26, 0x20,
    ]);
  });

  it("tells it in binary when it is asked to", () => {
    const clock = make();
    clock.write(0x70, 11);
    clock.write(0x71, 0x04);
    expect([2, 4, 11].map((index) => read(clock, index))).toEqual([59, 23, 0x06]);
  });

  it("is never about to change, and has a battery", () => {
    const clock = make();
    expect([10, 11, 12, 13].map((index) => read(clock, index))).toEqual([0x26, 0x02, 0, 0x80]);
  });

  it("remembers", () => {
    const clock = make();
    clock.write(0x70, 0x8f);
    clock.write(0x71, 0x0a);
    expect([read(clock, 0x0f), clock.read(0x70)]).toEqual([0x0a, 0xff]);
  });
});

describe("ports", () => {
  it("end the guest by the exit port, with the value", () => {
    const ports = new Ports();
    ports.add(new ExitPort());
    expect(ports.serve(portExit("out", 0xf4, 4, [0x78, 0x56, 0x34, 0x12]))).toEqual({
      kind: "exitPort",
      value: 0x1234_5678,
    });
    expect(ports.serve(portExit("out", 0xf4, 1, [3, 9]))).toEqual({ kind: "exitPort", value: 3 });
  });

  it("cut wide accesses into bytes, and repeat string accesses at one port", () => {
    const written: [number, number][] = [];
    const ports = new Ports();
    ports.add({
      ports: [[0x10, 0x13]],
      read: (port) => port,
      write: (port, value) => {
        written.push([port, value]);
        return undefined;
      },
    });
    ports.serve(portExit("out", 0x10, 2, [1, 2, 3, 4]));
    expect(written).toEqual([
      [0x10, 1],
      [0x11, 2],
      [0x10, 3],
      [0x11, 4],
    ]);
    const wide = portExit("in", 0x12, 4, [0, 0, 0, 0]);
    ports.serve(wide);
    expect([...wide.data]).toEqual([0x12, 0x13, 0xff, 0xff]);
    expect([ports.has(0x13), ports.has(0x14)]).toEqual([true, false]);
  });

  it("read ones where nothing is", () => {
    const exit = portExit("in", 0x99, 1, [0]);
    expect(new Ports().serve(exit)).toBeUndefined();
    expect([...exit.data]).toEqual([0xff]);
  });
});
