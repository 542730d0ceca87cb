// The loop around a virtual processor, with one that is made up

import { describe, expect, it } from "vitest";
import { ExitPort } from "../../src/devices/exit-port.ts";
import { InterruptController } from "../../src/devices/interrupt-controller.ts";
import { IntervalTimer } from "../../src/devices/interval-timer.ts";
import { Ports } from "../../src/devices/ports.ts";
import type { Exit } from "../../src/exits.ts";
import { type Board, RunLoop, type Runnable } from "../../src/run-loop.ts";
import { portExit } from "./guest.ts";

/** What happens when it runs: state for the next look, and the exit. */
type Step = (vcpu: { interruptFlag: boolean; readyForInterrupt: boolean }) => Exit;

const out = (port: number, value: number): Exit => portExit("out", port, 1, [value]);

const make = (steps: Step[], board: Partial<Board> = {}) => {
  const log: string[] = [];
  const vcpu: Runnable & { interruptFlag: boolean; readyForInterrupt: boolean } = {
    interruptFlag: false,
    readyForInterrupt: false,
    requestInterruptWindow: false,
    interrupt: (vector) => log.push(`interrupt ${vector}`),
    run: () => {
      log.push(vcpu.requestInterruptWindow ? "run with window" : "run");
      const step = steps.shift();
      if (step === undefined) throw new Error("it ran too often");
      return step(vcpu);
    },
  };
  const ports = new Ports();
  ports.add(new ExitPort());
  const defaults: Board = { ports, onAccess: () => undefined, heed: () => undefined, sleep: () => log.push("sleep") };
  return { loop: new RunLoop(vcpu, { ...defaults, ...board }), log };
};

/** The timer rings when `now` says so; vectors from 20h. */
const interrupts = () => {
  const clock = { now: 0 };
  const alarms: (number | undefined)[] = [];
  const controller = new InterruptController();
  for (const [port, value] of [
    [0x20, 0x11],
    [0x21, 0x20],
    [0x21, 4],
    [0x21, 1],
  ] as const) {
    controller.write(port, value);
  }
  const timer = new IntervalTimer(() => clock.now);
  timer.write(0x43, 0x34);
  timer.write(0x40, 0xa9);
  timer.write(0x40, 0x04);
  return {
    clock,
    alarms,
    interrupts: { controller, timer, alarm: { set: (ms: number | undefined) => alarms.push(ms) } },
  };
};

describe("without interrupt controllers", () => {
  it("ends by the exit port, and counts exits", () => {
    const { loop } = make([() => out(0x80, 1), () => ({ kind: "interruptWindow" }), () => out(0xf4, 5)]);
    expect(loop.run()).toEqual({ kind: "exitPort", value: 5 });
    expect([...loop.exits]).toEqual([
      ["io", 2],
      ["interruptWindow", 1],
    ]);
  });

  it.each<[Exit, object]>([
    [{ kind: "hlt" }, { kind: "halted" }],
    [{ kind: "shutdown" }, { kind: "shutdown" }],
    [{ kind: "failEntry", reason: 1n, cpu: 0 }, { kind: "failed" }],
  ])("ends by %o", (exit, ending) => {
    expect(make([() => exit]).loop.run()).toMatchObject(ending);
  });

  it("asks about accesses that nobody serves, and may end by the answer", () => {
    const asked: number[] = [];
    const onAccess: Board["onAccess"] = (exit) => {
      if (exit.kind === "io") asked.push(exit.port);
      return exit.kind === "mmio" ? { kind: "stopped" } : undefined;
    };
    const mmio: Exit = { kind: "mmio", direction: "read", address: 1n, data: new Uint8Array(1) };
    const { loop } = make([() => out(0x99, 1), () => mmio], { onAccess });
    expect([loop.run(), asked]).toEqual([{ kind: "stopped" }, [0x99]]);
  });

  it("heeds others when it was interrupted, and only then", () => {
    let count = 0;
    const heed: Board["heed"] = () => (++count === 2 ? { kind: "stopped" } : undefined);
    const { loop } = make([() => ({ kind: "interrupted" }), () => out(0x99, 1), () => ({ kind: "interrupted" })], {
      heed,
    });
    expect([loop.run(), count]).toEqual([{ kind: "stopped" }, 2]);
  });

  it("lets MSRs fault that nobody has", () => {
    let faults = 0;
    const msr: Exit = {
      kind: "msr",
      direction: "read",
      msr: 1,
      value: 0n,
      complete: () => undefined,
      fault: () => {
        faults++;
      },
    };
    expect(make([() => msr, () => ({ kind: "shutdown" })]).loop.run()).toEqual({ kind: "shutdown" });
    expect(faults).toBe(1);
  });
});

describe("with interrupt controllers", () => {
  it("asks for a window, and injects when it is there", () => {
    const around = interrupts();
    const { loop, log } = make(
      [
        (vcpu) => {
          around.clock.now = 1.5;
          vcpu.readyForInterrupt = false;
          return { kind: "interrupted" };
        },
        (vcpu) => {
          vcpu.readyForInterrupt = true;
          return { kind: "interruptWindow" };
        },
        () => ({ kind: "shutdown" }),
      ],
      { interrupts: around.interrupts },
    );
    loop.run();
    expect(log).toEqual(["run", "run with window", "interrupt 32", "run"]);
  });

  it("sets its alarm once for each deadline", () => {
    const around = interrupts();
    const { loop } = make([() => out(0x99, 0), () => out(0x99, 0), () => ({ kind: "shutdown" })], {
      interrupts: around.interrupts,
    });
    loop.run();
    expect(around.alarms).toHaveLength(1);
    expect(around.alarms[0]).toBeCloseTo(1, 2);
  });

  it("sleeps in HLT until there is an interrupt", () => {
    const around = interrupts();
    const { loop, log } = make(
      [
        (vcpu) => {
          vcpu.interruptFlag = true;
          vcpu.readyForInterrupt = true;
          return { kind: "hlt" };
        },
        () => ({ kind: "shutdown" }),
      ],
      {
        interrupts: around.interrupts,
        sleep: (milliseconds) => {
          around.clock.now += milliseconds ?? 0;
        },
      },
    );
    loop.run();
    expect(log).toEqual(["run", "interrupt 32", "run"]);
  });

  it("ends in HLT with interrupts off", () => {
    const { loop } = make([() => ({ kind: "hlt" })], { interrupts: interrupts().interrupts });
    expect(loop.run()).toEqual({ kind: "halted" });
  });

  it("can be stopped in HLT", () => {
    let count = 0;
    const { loop } = make(
      [
        (vcpu) => {
          vcpu.interruptFlag = true;
          return { kind: "hlt" };
        },
      ],
      { interrupts: interrupts().interrupts, heed: () => (++count === 2 ? { kind: "stopped" } : undefined) },
    );
    expect(loop.run()).toEqual({ kind: "stopped" });
  });
});
