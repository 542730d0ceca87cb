// Tests of others for a KVM, as they lie built in a folder: kvm-unit-tests' *.flat, or programs of Linux's selftests

import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../errors.ts";
import { readConfiguration } from "./configuration.ts";

/** Where the tests are from, which decides how they are run, and what their exit codes mean. */
export type Suite = "kvm-unit-tests" | "selftests";

/** A test that can be run in the lab. */
export interface KvmTest {
  readonly name: string;
  readonly suite: Suite;
  /** On the host: the image of a guest, or a program. */
  readonly file: string;
  /** For a shell in the lab, where the file lies in TESTS_FOLDER. */
  readonly command: string;
}

/** Where the files of tests lie in the lab. */
export const TESTS_FOLDER = "/root/tests";

/** Folders of kvm-unit-tests and of selftests that have the built ones, below those that people name. */
const BELOW = ["", "x86", "x86_64"];

/** Without asynchronous page faults, which MicroV has not, and processors by the names of "max" and "host" would have. */
const QEMU =
  "qemu-system-x86_64 -nodefaults -no-reboot -machine pc -accel kvm -global x86_64-cpu.kvm-asyncpf-int=off \
-device pc-testdev -device isa-debug-exit,iobase=0xf4,iosize=0x4 -device pci-testdev -display none -serial stdio";

const HOW = `A folder has kvm-unit-tests' *.flat, or built programs of Linux's tools/testing/selftests/kvm: docs/guests.md says how both are built.`;

/**
 * The tests in a folder, in the order of their configuration or of their names.
 *
 * @param names which of them; all, when there are none
 * @throws LabError when there are none, or one of the names is not there
 */
export const findTests = (folder: string, names: readonly string[] = []): KvmTest[] => {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) throw new LabError(`${folder} is no folder.`, HOW);
  const folders = BELOW.map((below) => join(folder, below)).filter((path) => existsSync(path));
  const unitTests = folders.flatMap(unitTestsIn);
  const tests = unitTests.length > 0 ? unitTests : folders.flatMap(selftestsIn);
  if (tests.length === 0) throw new LabError(`${folder} has no tests for a KVM.`, HOW);
  const unknown = names.filter((name) => !tests.some((test) => test.name === name));
  if (unknown.length > 0) {
    const known = tests.map(({ name }) => name).join(", ");
    throw new LabError(`${folder} has no test ${unknown.join(", ")}.`, `It has ${known}.`);
  }
  return names.length === 0 ? tests : tests.filter(({ name }) => names.includes(name));
};

/** As unittests.cfg has them where that lies beside; otherwise each file, on a processor that has all there is. */
const unitTestsIn = (folder: string): KvmTest[] => {
  const files = readdirSync(folder).filter((name) => name.endsWith(".flat"));
  const configuration = join(folder, "unittests.cfg");
  const entries = existsSync(configuration)
    ? readConfiguration(readFileSync(configuration, "utf8")).filter(({ file }) => files.includes(file))
    : files.sort().map((file) => ({ name: file.replace(/\.flat$/, ""), file, words: "-cpu max" }));
  return entries.map(({ name, file, words }) => ({
    name,
    suite: "kvm-unit-tests",
    file: join(folder, file),
    command: `${QEMU} -kernel ${TESTS_FOLDER}/${file} ${words}`,
  }));
};

/** Programs that open the KVM. */
const selftestsIn = (folder: string): KvmTest[] =>
  readdirSync(folder)
    .sort()
    .filter((name) => isSelftest(join(folder, name)))
    .map((name) => ({ name, suite: "selftests", file: join(folder, name), command: `${TESTS_FOLDER}/${name}` }));

const ELF_MAGIC = Buffer.from("\x7fELF", "latin1");

const isSelftest = (path: string): boolean => {
  if (!statSync(path).isFile() || !isExecutable(path)) return false;
  const content = readFileSync(path);
  return content.subarray(0, ELF_MAGIC.length).equals(ELF_MAGIC) && content.includes("/dev/kvm");
};

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
