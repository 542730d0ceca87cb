// Runs a virtual processor until its guest ends: serves devices, delivers interrupts, waits while it halts

import type { InterruptController } from "./devices/interrupt-controller.ts";
import type { IntervalTimer } from "./devices/interval-timer.ts";
import type { Ports } from "./devices/ports.ts";
import { type Ending, endingOf } from "./ending.ts";
import type { Exit, ExitKind, IoExit, MmioExit } from "./exits.ts";
import type { Vcpu } from "./vcpu.ts";

/** What the loop needs of a virtual processor. */
export type Runnable = Pick<Vcpu, "run" | "interrupt" | "interruptFlag" | "readyForInterrupt"> & {
  requestInterruptWindow: boolean;
};

/** A timer that takes the thread out of the guest. */
export interface Alarm {
  /** In so many milliseconds; undefined: not at all. */
  set(milliseconds: number | undefined): void;
}

/** What the guest finds around its processor. */
export interface Board {
  readonly ports: Ports;
  /** Without interrupt controllers in the kernel, when there are to be any. */
  readonly interrupts?: {
    readonly controller: InterruptController;
    readonly timer: IntervalTimer;
    readonly alarm: Alarm;
  };
  /** Serves what no device does; undefined: the guest goes on. */
  readonly onAccess: (exit: IoExit | MmioExit) => Ending | undefined;
  /** Looks for what other threads want: called now and then, and after each kick. */
  readonly heed: () => Ending | undefined;
  /** Waits for another thread's kick, at most so many milliseconds. */
  readonly sleep: (milliseconds: number | undefined) => void;
}

const TIMER_LINE = 0;

export class RunLoop {
  /** How many exits there were of each kind. */
  readonly exits = new Map<ExitKind, number>();
  readonly #vcpu: Runnable;
  readonly #board: Board;
  /** For when the alarm is set. */
  #alarmFor: number | undefined;

  constructor(vcpu: Runnable, board: Board) {
    this.#vcpu = vcpu;
    this.#board = board;
  }

  run(): Ending {
    for (;;) {
      this.#deliver();
      const exit = this.#vcpu.run();
      this.exits.set(exit.kind, (this.exits.get(exit.kind) ?? 0) + 1);
      const ending = this.#serve(exit);
      if (ending !== undefined) return ending;
    }
  }

  #serve(exit: Exit): Ending | undefined {
    switch (exit.kind) {
      case "io":
        return this.#board.ports.has(exit.port) ? this.#board.ports.serve(exit) : this.#board.onAccess(exit);
      case "mmio":
        return this.#board.onAccess(exit);
      case "hlt":
        return this.#halt();
      case "interrupted":
        return this.#board.heed();
      case "msr":
        exit.fault();
        return undefined;
      default:
        return endingOf(exit);
    }
  }

  /** Injects what is pending, or asks for an exit when it can be; and sees to it that the timer is not missed. */
  #deliver(): void {
    const { interrupts } = this.#board;
    if (interrupts === undefined) return;
    const { controller } = interrupts;
    this.#tick();
    if (controller.isPending && this.#vcpu.readyForInterrupt) this.#vcpu.interrupt(controller.acknowledge());
    this.#vcpu.requestInterruptWindow = controller.isPending;
  }

  #tick(): void {
    const { interrupts } = this.#board;
    if (interrupts === undefined) return;
    const { controller, timer, alarm } = interrupts;
    if (timer.takeInterrupt()) {
      controller.setLine(TIMER_LINE, false);
      controller.setLine(TIMER_LINE, true);
    }
    if (timer.nextInterrupt === this.#alarmFor) return;
    this.#alarmFor = timer.nextInterrupt;
    alarm.set(timer.untilInterrupt);
  }

  #halt(): Ending | undefined {
    const { interrupts, heed, sleep } = this.#board;
    if (interrupts === undefined || !this.#vcpu.interruptFlag) return { kind: "halted" };
    for (;;) {
      const ending = heed();
      if (ending !== undefined) return ending;
      this.#tick();
      if (interrupts.controller.isPending) return undefined;
      sleep(interrupts.timer.untilInterrupt);
    }
  }
}
