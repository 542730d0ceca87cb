// An emulated machine that runs: what the lab does with it, whichever emulator it is

import type { Socket } from "node:net";
import type { Machine } from "../machines.ts";
import type { FailureKind } from "../outcome.ts";

/** What a machine is made of, apart from what it boots. */
export interface MachineOptions {
  readonly machine: Machine;
  /** Processors. */
  readonly smp: number;
  /** Memory: `1G`, `512M`. */
  readonly memory: string;
  /** Count instructions: RDTSC then is an exact instruction count, the same from run to run. Needs one processor. */
  readonly icount: boolean;
  /** Replaces the machine's processor (`cpu` in the table), to try processors with something missing. */
  readonly cpu?: string;
  /** A plugin of QEMU's, and its arguments: what its option `-plugin` takes. */
  readonly plugin?: string;
  /** A reset, on QEMU, starts the machine again instead of ending it. */
  readonly restarts?: boolean;
  /** UEFI firmware starts only what is signed by the key of machines.ts. */
  readonly secureBoot?: boolean;
  /** Port for a GDB, for which the machine then waits before its first instruction. */
  readonly gdbPort?: number;
}

/** The bare platform: its image, the files it gets, and its command line. */
export interface BareBoot {
  readonly kind: "bare";
  readonly image: string;
  /** The microkernel, then the extensions. */
  readonly modules: readonly string[];
  readonly append: string;
}

/** Linux: the kernel, its small initial file system, the root disk. */
export interface LinuxBoot {
  readonly kind: "linux";
  readonly kernel: string;
  readonly initramfs: string;
  readonly initramfsBytes: number;
  readonly commandLine: string;
  /** Image of the root file system, and its size in bytes. */
  readonly root: string;
  readonly rootBytes: number;
  /** Whether there is an interactive terminal besides console and channel. */
  readonly terminal: boolean;
  /** A file with the state of such a machine (`Monitor.saveState`): it goes on from there instead of booting. */
  readonly state?: string;
  /** Image of an EFI system partition, from which the machine's firmware boots instead. */
  readonly partition?: string;
  /** QEMU: the machine may write to it. */
  readonly isPartitionWritable?: boolean;
  /** Image of a USB stick. */
  readonly stick?: string;
}

export type Boot = BareBoot | LinuxBoot;

/**
 * The machine's ends of wires: `serial` is COM1, what hypervisor and loader write raw. Linux has its console, the
 * channel to the lab's agent, and the terminal.
 */
export type Wire = "serial" | "console" | "channel" | "terminal";

/** The wires of a machine that boots this. */
export const wiresOf = (boot: Boot): Wire[] =>
  boot.kind === "bare" ? ["serial"] : ["serial", "console", "channel", ...(boot.terminal ? ["terminal" as const] : [])];

/** What hypervisor and loader write. */
export const SERIAL_LOG = "serial.log";
/** What Linux itself prints. */
export const CONSOLE_LOG = "console.log";

/** Registers of all processors when the machine died. */
export const REGISTERS_LOG = "registers.txt";

/** Log file of each wire whose text is kept. */
export const wireLogs: Readonly<Partial<Record<Wire, string>>> = { serial: SERIAL_LOG, console: CONSOLE_LOG };

/** How an emulator ended. */
export type Ending =
  /** The guest ended the run, with this value (loader/bare/ending.ts). */
  | { readonly reason: "guest-exit"; readonly value: number }
  | { readonly reason: "triple-fault" | "powered-off" }
  /** Not by the guest's doing. The exit code is null when a signal ended the emulator. */
  | { readonly reason: "emulator-failed"; readonly exitCode: number | null };

/** Why a machine is of no use any more although its emulator still runs. */
export interface Death {
  readonly kind: FailureKind;
  readonly detail: string;
}

/** A look into the machine from outside. */
export interface Monitor {
  /** Runs a command of the emulator's own monitor (QEMU) or debugger (Bochs), and returns what it prints. */
  human(command: string): Promise<string>;
  /** Registers of all processors, for people. */
  registers(): Promise<string>;
  /** Stops the processors; what the monitor shows does not change any more. */
  pause(): Promise<void>;
  /** Lets them go on. */
  resume(): Promise<void>;
  /** Writes guest physical memory to a file of the host. */
  saveMemory(address: bigint, bytes: bigint, file: string): Promise<void>;
  /** Stops the processors, and writes all of the machine's state into a file of the host. */
  saveState(file: string): Promise<void>;
  /** Ends the machine at once. */
  quit(): Promise<void>;
}

/** An emulator that was started. */
export interface Emulator {
  /** Of its process. */
  readonly pid: number;
  /** Where its logs are. */
  readonly folder: string;
  readonly monitor: Monitor;
  /** Resolves when the emulator has ended, whatever the reason, and the logs are complete. */
  readonly ended: Promise<Ending>;
  /** Resolves when the emulator notices that the machine is dead, but has not ended; never, if that does not happen. */
  readonly died: Promise<Death>;
  /** The lab's end of a wire. */
  connection(wire: Wire): Promise<Socket>;
  /** Lets the processors run. */
  resume(): Promise<void>;
  /** What the emulator itself has to say about its end. */
  log(): string;
  /** Ends it at once and waits for that. */
  kill(): Promise<void>;
}
