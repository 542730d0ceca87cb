// One extension on the bare platform: kernel and extension without an operating system

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bareSentence } from "./bare-report.ts";
import { type Emulator, type MachineOptions, type Monitor, SERIAL_LOG } from "./emulator/emulator.ts";
import { FailureWatch, type Limit } from "./emulator/failure-watch.ts";
import { startEmulator } from "./emulator/start.ts";
import { LabError } from "./errors.ts";
import { lastWords } from "./last-words.ts";
import { findMachine, type Machine } from "./machines.ts";
import { loadManifest } from "./manifest.ts";
import { NamedOutput } from "./named-output.ts";
import { MachineFailure, type OutcomeKind } from "./outcome.ts";
import { products } from "./paths.ts";
import { keepRunFolder, newRunFolder, removeRunFolder } from "./run-folder.ts";
import { writeSettings } from "./settings.ts";
import { debugFiles } from "./symbol-files.ts";

export interface RunBareOptions {
  /** Name in the table of machines; default `amd`. */
  readonly machine?: string;
  /** Processors; default 1. */
  readonly smp?: number;
  /** Memory; default `256M`. */
  readonly memory?: string;
  /** RDTSC counts instructions exactly; one processor only. */
  readonly icount?: boolean;
  /** Replaces the machine's processor: QEMU's `-cpu`, Bochs's model. */
  readonly cpu?: string;
  /** ELF files of the extensions, unless a manifest names them. */
  readonly extensions: readonly string[];
  /** A load manifest: its files, with the settings and the policies that it gives them. */
  readonly manifest?: string;
  /** Settings of the first extension, `key=value`; a manifest has its own. */
  readonly settings?: readonly string[];
  /** The microkernel; default: the one that was built. */
  readonly kernel?: string;
  /** The bare platform's image; default: the one that was built. */
  readonly image?: string;
  /** A file of hypercalls that the root VM makes (loader/bare/hypercall-script.ts). */
  readonly calls?: string;
  /** The image's command line. */
  readonly append?: string;
  /**
   * Most seconds of the machine's own time (emulator/machine-clock.ts) that it may run. Without it, it is given up when
   * nothing comes from it for a minute or two.
   */
  readonly timeout?: number;
  /** Wait for a GDB on this port before the first instruction; nothing times out then. */
  readonly gdbPort?: number;
  /** Keep the folder with the logs when all goes well, too. */
  readonly keep?: boolean;
  /** Gets what is written to COM1 as it comes. */
  readonly onOutput?: (chunk: Buffer) => void;
  /** Gets the same in whole lines, with names behind addresses, and without the debug ring that repeats it. */
  readonly onText?: (text: string) => void;
  /** Gets the emulator's monitor before the first instruction. */
  readonly onStart?: (monitor: Monitor) => void;
}

export interface RunBareResult {
  readonly kind: OutcomeKind;
  /** 0 when the platform says that all went well, its own code otherwise, or that of the failure (see `outcomes`). */
  readonly exitCode: number;
  /** What was written to COM1. */
  readonly output: string;
  /** Where the logs are; undefined when they were not kept. */
  readonly folder: string | undefined;
  /** Why it failed, for people; empty when it did not. */
  readonly message: string;
  /** The last lines that were written to COM1, with names behind addresses; empty when all went well. */
  readonly lastWords: string;
}

/** So long a machine that is alive says nothing at most, in seconds of its own time; Bochs is slow. */
const SILENT_SECONDS = { qemu: 60, bochs: 120 } as const;

/** With what the bare platform ends when all went well (loader/bare/ending.ts). */
const PASSED = 16;

/** The exit code of a run that the guest ended with this value. */
export const bareExitCode = (value: number): number => (value === PASSED ? 0 : value);

/** The boot image lies at 96 MiB (loader/bare/bare.ld); with less than this no boot loader has room for it. */
const LEAST_MEBIBYTES = 100;

/** A machine's memory that the boot image fits in. */
const enoughMemory = (size: string): string => {
  const mebibytes = Number.parseInt(size, 10) * (size.endsWith("G") ? 1024 : 1);
  if (mebibytes >= LEAST_MEBIBYTES) return size;
  throw new LabError(
    `${size} of memory are too little: the bare platform lies at 96 MiB, so that what is below is free.`,
    `Give the machine ${LEAST_MEBIBYTES}M or more: --memory 256M`,
  );
};

const requireFile = (path: string, hint: string): string => {
  if (!existsSync(path)) {
    throw new LabError(`${path} does not exist.`, hint);
  }
  return path;
};

/** The files, of which the first has got its settings. */
const withFirstSettings = (
  files: readonly string[],
  { settings = [], manifest }: RunBareOptions,
  folder: string,
): readonly string[] => {
  const [first, ...others] = files;
  if (settings.length === 0 || first === undefined) return files;
  if (manifest !== undefined) throw new LabError("A load manifest has its own settings.", "Leave --set away.");
  return [writeSettings(first, settings, folder), ...others];
};

/** None while GDB may hold the machine. */
const limitOf = ({ gdbPort, timeout }: RunBareOptions, { emulator }: Machine): Limit | undefined => {
  if (gdbPort !== undefined) return undefined;
  return timeout === undefined ? { silentSeconds: SILENT_SECONDS[emulator] } : { seconds: timeout };
};

/** Resolves with the exit code that the guest wrote, or fails as the machine does. */
const untilExit = (emulator: Emulator, watch: FailureWatch, limit: Limit | undefined): Promise<number> =>
  watch.guard<number>("hang", limit, (resolve) => {
    emulator.ended.then((ending) => {
      if (ending.reason === "guest-exit") {
        resolve(bareExitCode(ending.value));
      }
    });
  });

/**
 * Boots kernel and extensions on the bare platform and waits for the end.
 *
 * @throws LabError when the machine cannot be made
 *
 * @example
 * const { exitCode, output } = await runBare({ extensions: ["build/extensions/default/default.elf"] });
 */
export const runBare = async (options: RunBareOptions): Promise<RunBareResult> => {
  const hardware: MachineOptions = {
    machine: findMachine(options.machine ?? "amd"),
    smp: options.smp ?? 1,
    memory: enoughMemory(options.memory ?? "256M"),
    icount: options.icount ?? false,
    cpu: options.cpu,
    gdbPort: options.gdbPort,
  };
  const image = requireFile(options.image ?? products.bare, "Build it: bf build");
  const kernel = requireFile(options.kernel ?? products.kernel, "Build it: bf build");
  const folder = newRunFolder();
  let kept = options.keep === true;
  if (kept) keepRunFolder(folder);
  try {
    const loaded = options.manifest === undefined ? undefined : loadManifest(options.manifest, folder);
    const sources = (loaded?.sources ?? options.extensions).map((file) => requireFile(file, "Is it built? bf build"));
    const files = withFirstSettings(loaded?.extensions ?? sources, options, folder);
    const modules = [
      kernel,
      ...files,
      ...(loaded === undefined ? [] : [loaded.policies]),
      ...(options.calls === undefined ? [] : [options.calls]),
    ];
    const append =
      `${options.append ?? ""}${loaded === undefined ? "" : " policies=1"}${options.calls === undefined ? "" : " calls=1"}`.trim();
    const symbolFiles = debugFiles(sources, kernel);
    const text = new NamedOutput(symbolFiles, options.onText ?? (() => undefined));
    const boot = { kind: "bare", image, modules, append } as const;
    const emulator = await startEmulator(hardware, boot, folder);
    const serial = await emulator.connection("serial");
    const watch = new FailureWatch(emulator, symbolFiles);
    watch.heed(serial);
    watch.observe("hypervisor-panic", serial);
    watch.observe("processor-halted", serial);
    serial.on("data", (chunk) => {
      options.onOutput?.(chunk);
      if (options.onText !== undefined) text.take(chunk);
    });
    options.onStart?.(emulator.monitor);
    const ended = untilExit(emulator, watch, limitOf(options, hardware.machine));
    if (options.gdbPort === undefined) {
      // A guest that ends at once may take the monitor's answer with it.
      emulator.resume().catch(() => undefined);
    }
    let outcome: { kind: OutcomeKind; exitCode: number; message: string };
    try {
      const exitCode = await ended;
      outcome = { kind: "exit", exitCode, message: "" };
    } catch (error) {
      if (!(error instanceof MachineFailure)) {
        throw error;
      }
      kept = true;
      outcome = { kind: error.kind, exitCode: error.exitCode, message: error.sentence };
    }
    await emulator.ended;
    text.end();
    const output = readFileSync(join(folder, SERIAL_LOG), "utf8");
    return {
      ...outcome,
      message: outcome.kind === "exit" ? bareSentence(outcome.exitCode, output, [kernel, ...files]) : outcome.message,
      output,
      lastWords: outcome.exitCode === 0 ? "" : lastWords(folder, symbolFiles),
      folder: kept ? folder : undefined,
    };
  } finally {
    if (!kept) removeRunFolder(folder);
  }
};
