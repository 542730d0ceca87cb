// Why KVM_RUN returned, as a value for each reason

import * as kvm from "@bareflank/abi/kvm";
import type { Block } from "./block.ts";

/** A port was read or written. */
export interface IoExit {
  readonly kind: "io";
  readonly direction: "in" | "out";
  readonly port: number;
  /** Bytes of one access: 1, 2 or 4. */
  readonly size: number;
  /** More than 1: INS or OUTS. */
  readonly count: number;
  /** `size * count` bytes in place: of an "in", what is here at the next run is what the guest gets. */
  readonly data: Uint8Array;
  /** One of `count` items. */
  get(index: number): number;
  /** The same of an "in". */
  set(index: number, value: number): void;
}

/** Memory was reached where there is none. */
export interface MmioExit {
  readonly kind: "mmio";
  readonly direction: "read" | "write";
  readonly address: bigint;
  /** 1 to 8 bytes in place: of a "read", what is here at the next run is what the guest gets. */
  readonly data: Uint8Array;
}

/** An MSR was read or written that user space has asked for (KVM_CAP_X86_USER_SPACE_MSR). */
export interface MsrExit {
  readonly kind: "msr";
  readonly direction: "read" | "write";
  readonly msr: number;
  /** Of a write. */
  readonly value: bigint;
  /** Ends the access: of a read with this value. */
  readonly complete: (value?: bigint) => void;
  /** Ends the access by #GP. */
  readonly fault: () => void;
}

export interface HypercallExit {
  readonly kind: "hypercall";
  readonly number: bigint;
  readonly arguments: readonly bigint[];
  /** What the guest gets in RAX. */
  readonly complete: (result: bigint) => void;
}

/** KVM cannot go on; an instruction that it does not emulate, most often. */
export interface InternalErrorExit {
  readonly kind: "internalError";
  readonly cause: "emulation" | "simultaneous exceptions" | "event delivery" | "unexpected exit" | "unknown";
  readonly data: readonly bigint[];
  /** Of an emulation, where KVM tells: the instruction. */
  readonly instruction: Uint8Array | undefined;
}

export type Exit =
  | IoExit
  | MmioExit
  | MsrExit
  | HypercallExit
  | InternalErrorExit
  /** HLT, without interrupt controllers in the kernel. */
  | { readonly kind: "hlt" }
  /** An interrupt can be injected now, as was asked for. */
  | { readonly kind: "interruptWindow" }
  /** A kick: the virtual processor can go on. */
  | { readonly kind: "interrupted" }
  /** A triple fault. */
  | { readonly kind: "shutdown" }
  /** The processor does not enter the guest with this state. */
  | { readonly kind: "failEntry"; readonly reason: bigint; readonly cpu: number }
  | { readonly kind: "exception"; readonly vector: number; readonly errorCode: number }
  | { readonly kind: "debug"; readonly vector: number; readonly pc: bigint; readonly dr6: bigint; readonly dr7: bigint }
  | {
      readonly kind: "systemEvent";
      readonly event: "shutdown" | "reset" | "crash" | "unknown";
      readonly number: number;
    }
  | { readonly kind: "tprAccess"; readonly rip: bigint; readonly direction: "read" | "write" }
  | { readonly kind: "setTpr" }
  | { readonly kind: "ioapicEoi"; readonly vector: number }
  | { readonly kind: "nmi" }
  /** A reason that the processor gave and KVM does not know. */
  | { readonly kind: "unknown"; readonly hardwareReason: bigint }
  /** A reason that KVM gave and this library does not know. */
  | { readonly kind: "other"; readonly reason: number };

export type ExitKind = Exit["kind"];

const causes: Readonly<Record<number, InternalErrorExit["cause"]>> = {
  [kvm.KVM_INTERNAL_ERROR_EMULATION]: "emulation",
  [kvm.KVM_INTERNAL_ERROR_SIMUL_EX]: "simultaneous exceptions",
  [kvm.KVM_INTERNAL_ERROR_DELIVERY_EV]: "event delivery",
  [kvm.KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON]: "unexpected exit",
};

const systemEvents: Readonly<Record<number, "shutdown" | "reset" | "crash">> = {
  [kvm.KVM_SYSTEM_EVENT_SHUTDOWN]: "shutdown",
  [kvm.KVM_SYSTEM_EVENT_RESET]: "reset",
  [kvm.KVM_SYSTEM_EVENT_CRASH]: "crash",
};

const WORD_BYTES = 8;
const MOST_INTERNAL_WORDS = 16;
const MOST_INSTRUCTION_BYTES = 15;
const HYPERCALL_ARGUMENTS = 6;

const words = (run: Block, offset: number, count: number): bigint[] =>
  Array.from({ length: count }, (_, index) => run.get64(offset + WORD_BYTES * index));

/** An emulation's words: flags; length and bytes of the instruction. */
const instructionOf = (run: Block, count: number): Uint8Array | undefined => {
  const flags = count > 0 ? Number(run.get64(kvm.KVM_RUN_INTERNAL_DATA)) : 0;
  if ((flags & kvm.KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES) === 0) return undefined;
  const length = Math.min(run.get8(kvm.KVM_RUN_INTERNAL_DATA + WORD_BYTES), MOST_INSTRUCTION_BYTES);
  return run.slice(kvm.KVM_RUN_INTERNAL_DATA + WORD_BYTES + 1, length).slice();
};

const internalError = (run: Block): InternalErrorExit => {
  const suberror = run.get32(kvm.KVM_RUN_INTERNAL_SUBERROR);
  const count = Math.min(run.get32(kvm.KVM_RUN_INTERNAL_NDATA), MOST_INTERNAL_WORDS);
  const cause = causes[suberror] ?? "unknown";
  return {
    kind: "internalError",
    cause,
    data: words(run, kvm.KVM_RUN_INTERNAL_DATA, count),
    instruction: cause === "emulation" ? instructionOf(run, count) : undefined,
  };
};

/** Most exits are such: it makes no view of its bytes that nobody wants. */
class PortExit implements IoExit {
  readonly kind = "io";
  readonly direction: IoExit["direction"];
  readonly port: number;
  readonly size: number;
  readonly count: number;
  readonly #run: Block;
  readonly #offset: number;

  constructor(run: Block) {
    this.#run = run;
    this.direction = run.get8(kvm.KVM_RUN_IO_DIRECTION) === kvm.KVM_EXIT_IO_OUT ? "out" : "in";
    this.port = run.get16(kvm.KVM_RUN_IO_PORT);
    this.size = run.get8(kvm.KVM_RUN_IO_SIZE);
    this.count = run.get32(kvm.KVM_RUN_IO_COUNT);
    // Of the shared pages, which are few: 32 bits are enough.
    this.#offset = run.get32(kvm.KVM_RUN_IO_DATA_OFFSET);
  }

  get data(): Uint8Array {
    return this.#run.slice(this.#offset, this.size * this.count);
  }

  get(index: number): number {
    const at = this.#offset + index * this.size;
    return this.size === 1 ? this.#run.get8(at) : this.size === 2 ? this.#run.get16(at) : this.#run.get32(at);
  }

  set(index: number, value: number): void {
    const at = this.#offset + index * this.size;
    if (this.size === 1) this.#run.set8(at, value);
    else if (this.size === 2) this.#run.set16(at, value);
    else this.#run.set32(at, value);
  }
}

const msr = (run: Block, direction: MsrExit["direction"]): MsrExit => ({
  kind: "msr",
  direction,
  msr: run.get32(kvm.KVM_RUN_MSR_INDEX),
  value: run.get64(kvm.KVM_RUN_MSR_DATA),
  complete: (value = 0n) => {
    if (direction === "read") run.set64(kvm.KVM_RUN_MSR_DATA, value);
    run.set8(kvm.KVM_RUN_MSR_ERROR, 0);
  },
  fault: () => {
    run.set8(kvm.KVM_RUN_MSR_ERROR, 1);
  },
});

/** What the shared page says about the last exit. */
export const readExit = (run: Block): Exit => {
  const reason = run.get32(kvm.KVM_RUN_EXIT_REASON);
  switch (reason) {
    case kvm.KVM_EXIT_IO:
      return new PortExit(run);
    case kvm.KVM_EXIT_MMIO:
      return {
        kind: "mmio",
        direction: run.get8(kvm.KVM_RUN_MMIO_IS_WRITE) !== 0 ? "write" : "read",
        address: run.get64(kvm.KVM_RUN_MMIO_PHYS_ADDR),
        data: run.slice(kvm.KVM_RUN_MMIO_DATA, run.get32(kvm.KVM_RUN_MMIO_LEN)),
      };
    case kvm.KVM_EXIT_HLT:
      return { kind: "hlt" };
    case kvm.KVM_EXIT_IRQ_WINDOW_OPEN:
      return { kind: "interruptWindow" };
    case kvm.KVM_EXIT_INTR:
      return { kind: "interrupted" };
    case kvm.KVM_EXIT_SHUTDOWN:
      return { kind: "shutdown" };
    case kvm.KVM_EXIT_FAIL_ENTRY:
      return {
        kind: "failEntry",
        reason: run.get64(kvm.KVM_RUN_FAIL_ENTRY_HARDWARE_ENTRY_FAILURE_REASON),
        cpu: run.get32(kvm.KVM_RUN_FAIL_ENTRY_CPU),
      };
    case kvm.KVM_EXIT_INTERNAL_ERROR:
      return internalError(run);
    case kvm.KVM_EXIT_EXCEPTION:
      return {
        kind: "exception",
        vector: run.get32(kvm.KVM_RUN_EX_EXCEPTION),
        errorCode: run.get32(kvm.KVM_RUN_EX_ERROR_CODE),
      };
    case kvm.KVM_EXIT_DEBUG:
      return {
        kind: "debug",
        vector: run.get32(kvm.KVM_RUN_DEBUG_EXCEPTION),
        pc: run.get64(kvm.KVM_RUN_DEBUG_PC),
        dr6: run.get64(kvm.KVM_RUN_DEBUG_DR6),
        dr7: run.get64(kvm.KVM_RUN_DEBUG_DR7),
      };
    case kvm.KVM_EXIT_HYPERCALL:
      return {
        kind: "hypercall",
        number: run.get64(kvm.KVM_RUN_HYPERCALL_NR),
        arguments: words(run, kvm.KVM_RUN_HYPERCALL_ARGS, HYPERCALL_ARGUMENTS),
        complete: (value) => {
          run.set64(kvm.KVM_RUN_HYPERCALL_RET, value);
        },
      };
    case kvm.KVM_EXIT_X86_RDMSR:
      return msr(run, "read");
    case kvm.KVM_EXIT_X86_WRMSR:
      return msr(run, "write");
    case kvm.KVM_EXIT_SYSTEM_EVENT: {
      const number = run.get32(kvm.KVM_RUN_SYSTEM_EVENT_EVENT_TYPE);
      return { kind: "systemEvent", event: systemEvents[number] ?? "unknown", number };
    }
    case kvm.KVM_EXIT_TPR_ACCESS:
      return {
        kind: "tprAccess",
        rip: run.get64(kvm.KVM_RUN_TPR_ACCESS_RIP),
        direction: run.get32(kvm.KVM_RUN_TPR_ACCESS_IS_WRITE) !== 0 ? "write" : "read",
      };
    case kvm.KVM_EXIT_SET_TPR:
      return { kind: "setTpr" };
    case kvm.KVM_EXIT_IOAPIC_EOI:
      return { kind: "ioapicEoi", vector: run.get8(kvm.KVM_RUN_EOI_VECTOR) };
    case kvm.KVM_EXIT_NMI:
      return { kind: "nmi" };
    case kvm.KVM_EXIT_UNKNOWN:
      return { kind: "unknown", hardwareReason: run.get64(kvm.KVM_RUN_HW_HARDWARE_EXIT_REASON) };
    default:
      return { kind: "other", reason };
  }
};

/** A sentence for an exit that ends a virtual processor's run. */
export const describeExit = (exit: Exit): string => {
  switch (exit.kind) {
    case "shutdown":
      return "a triple fault";
    case "failEntry":
      return `the processor does not enter the guest: reason 0x${exit.reason.toString(16)}`;
    case "internalError": {
      const bytes =
        exit.instruction === undefined ? "" : ` (instruction ${Buffer.from(exit.instruction).toString("hex")})`;
      return `KVM cannot go on: ${exit.cause}${bytes}`;
    }
    case "unknown":
      return `an exit that KVM does not know: 0x${exit.hardwareReason.toString(16)}`;
    case "other":
      return `an exit for reason ${exit.reason}`;
    case "systemEvent":
      return `the guest's own ${exit.event}`;
    default:
      return exit.kind;
  }
};
