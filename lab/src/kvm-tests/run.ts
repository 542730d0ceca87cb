// Tests of others, run in the lab: one machine for each KVM, and another one when a test was its end

import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { LabError } from "../errors.ts";
import type { PutFile } from "../image/initramfs.ts";
import { LinuxMachine } from "../linux/machine.ts";
import { findMachine } from "../machines.ts";
import { MachineFailure } from "../outcome.ts";
import { labFolder } from "../paths.ts";
import { cellOf, type Kvm, type TestRow, titleOf } from "./comparison.ts";
import { diedOf, type Ended, readOutcome, type TestOutcome } from "./outcome.ts";
import { type KvmTest, TESTS_FOLDER } from "./tests.ts";

export interface KvmTestsOptions {
  readonly machine: string;
  readonly smp: number;
  readonly memory: string;
  readonly kvms: readonly Kvm[];
  /** A test that writes nothing for so many of the machine's seconds is ended. */
  readonly silence: number;
  /** And one that runs for so many. */
  readonly limit: number;
  /** Folder for what each test wrote: NAME.linux.txt, NAME.microv.txt. */
  readonly output?: string;
  readonly onNote: (note: string) => void;
}

/** What is wanted of a machine: a LinuxMachine, unless a test of ours puts another in its place. */
export type TestMachine = Pick<LinuxMachine, "run" | "close">;

const WATCH = `${TESTS_FOLDER}/watch.sh`;
/** A machine that says nothing for so much longer than its tests may stands still: Bochs, for a guest that loops with interrupts off. */
const STILL_SECONDS = 30;

/** What makes /dev/kvm appear. */
const commandFor = (kvm: Kvm, machine: string): string => {
  if (kvm === "microv") return "bfm quick microv && insmod /usr/lib/bareflank/bareflank_kvm.ko";
  return `modprobe ${machine.startsWith("amd") ? "kvm_amd" : "kvm_intel"}`;
};

const filesOf = (tests: readonly KvmTest[]): PutFile[] => [
  { from: join(labFolder, "guest", "watch.sh"), to: WATCH },
  ...[...new Set(tests.map(({ file }) => file))].map((from) => ({ from, to: `${TESTS_FOLDER}/${basename(from)}` })),
];

const bootMachine = (options: KvmTestsOptions, tests: readonly KvmTest[]): Promise<TestMachine> =>
  LinuxMachine.boot({
    machine: options.machine,
    smp: options.smp,
    memory: options.memory,
    guests: true,
    put: filesOf(tests),
    onNote: options.onNote,
  });

/** A machine with the KVM. */
const machineWith = async (kvm: Kvm, options: KvmTestsOptions, tests: readonly KvmTest[], boot: typeof bootMachine) => {
  const linux = await boot(options, tests);
  const { exitCode, output } = await linux.run(commandFor(kvm, options.machine));
  if (exitCode === 0) return linux;
  await linux.close();
  throw new LabError(`${titleOf(kvm)} does not start in the machine "${options.machine}": ${output.trim()}`);
};

const runTest = async (linux: TestMachine, test: KvmTest, { silence, limit }: KvmTestsOptions): Promise<Ended> => {
  const { exitCode, stdout, stderr } = await linux.run(
    `sh ${WATCH} ${silence} ${limit} '${test.command.replaceAll("'", `'\\''`)}'`,
    { silence: silence + STILL_SECONDS },
  );
  const words = stderr.split("\n").filter((line) => !line.startsWith("watch: "));
  return { exitCode, stdout, stderr: words.join("\n") };
};

/** What the test wrote, read; undefined when the machine did not survive it. */
const outcomeOf = async (
  linux: TestMachine,
  test: KvmTest,
  kvm: Kvm,
  options: KvmTestsOptions,
): Promise<TestOutcome> => {
  try {
    const ended = await runTest(linux, test, options);
    if (options.output !== undefined) {
      writeFileSync(join(options.output, `${test.name}.${kvm}.txt`), `${ended.stdout}${ended.stderr}`);
    }
    return readOutcome(test.suite, ended);
  } catch (error) {
    if (error instanceof MachineFailure) return diedOf(error.sentence);
    throw error;
  }
};

/** All tests on one KVM, in their order. */
const runOn = async (
  kvm: Kvm,
  tests: readonly KvmTest[],
  options: KvmTestsOptions,
  boot: typeof bootMachine,
): Promise<TestOutcome[]> => {
  const outcomes: TestOutcome[] = [];
  let linux: TestMachine | undefined;
  try {
    for (const [index, test] of tests.entries()) {
      linux ??= await machineWith(kvm, options, tests.slice(index), boot);
      const begin = performance.now();
      const outcome = await outcomeOf(linux, test, kvm, options);
      const seconds = Math.round((performance.now() - begin) / 1000);
      options.onNote(`${titleOf(kvm)}, ${index + 1}/${tests.length} ${test.name}: ${cellOf(outcome)} (${seconds} s)`);
      outcomes.push(outcome);
      if (outcome.ending === "died") {
        await linux.close();
        linux = undefined;
      }
    }
  } finally {
    await linux?.close();
  }
  return outcomes;
};

/**
 * Runs tests on each KVM, one behind the other.
 *
 * @throws LabError when the machine or its KVM does not start
 */
export const runKvmTests = async (
  tests: readonly KvmTest[],
  options: KvmTestsOptions,
  boot = bootMachine,
): Promise<TestRow[]> => {
  findMachine(options.machine);
  if (options.output !== undefined) mkdirSync(options.output, { recursive: true });
  const columns = new Map<Kvm, TestOutcome[]>();
  for (const kvm of options.kvms) columns.set(kvm, await runOn(kvm, tests, options, boot));
  return tests.map(({ name }, index) => ({
    name,
    outcomes: Object.fromEntries([...columns].map(([kvm, outcomes]) => [kvm, outcomes[index]])),
  }));
};
