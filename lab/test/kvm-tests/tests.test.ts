import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfiguration } from "../../src/kvm-tests/configuration.ts";
import { findTests } from "../../src/kvm-tests/tests.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bf-kvm-tests-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const program = (path: string, content: string, mode = 0o755): void => {
  writeFileSync(join(folder, path), content, "latin1");
  chmodSync(join(folder, path), mode);
};

const CONFIGURATION = `
# a comment
[smap]
file = smap.flat
qemu_params = -cpu max

[clock]
file = clock.flat
smp = 2
test_args = "10 \`date +%s\`"
extra_params = -m 64

[old]
file = old.flat
arch = i386
[slow]
file = smap.flat
groups = tasks nodefault
[tcg]
file = smap.flat
accel = tcg
[missing]
file = missing.flat
`;

describe("a folder of kvm-unit-tests", () => {
  it("has each file, on all that a processor has", () => {
    for (const name of ["smap.flat", "realmode.flat", "smap.elf"]) program(name, "");
    const tests = findTests(folder);
    expect(tests.map(({ name }) => name)).toEqual(["realmode", "smap"]);
    expect(tests[1]).toMatchObject({ suite: "kvm-unit-tests", file: join(folder, "smap.flat") });
    expect(tests[1]?.command).toMatch(
      /^qemu-system-x86_64 .*-machine pc -accel kvm .* -kernel \/root\/tests\/smap.flat -cpu max$/,
    );
  });

  it("has what its configuration says, when it is there", () => {
    mkdirSync(join(folder, "x86"));
    for (const name of ["x86/smap.flat", "x86/clock.flat", "x86/old.flat"]) program(name, "");
    writeFileSync(join(folder, "x86/unittests.cfg"), CONFIGURATION);
    const tests = findTests(folder);
    expect(tests.map(({ name }) => name)).toEqual(["smap", "clock"]);
    expect(tests[0]?.command).toMatch(/smap.flat -smp 1 -cpu max$/);
    expect(tests[1]?.command).toMatch(/clock.flat -append "10 `date \+%s`" -smp 2 -m 64$/);
    expect(readConfiguration(CONFIGURATION).map(({ name }) => name)).toEqual(["smap", "clock", "missing"]);
  });
});

describe("a folder of selftests", () => {
  it("has the programs that open the KVM, in it and for x86-64", () => {
    mkdirSync(join(folder, "x86_64"));
    program("memory_test", "\x7fELF ... /dev/kvm");
    program("x86_64/sync_regs_test", "\x7fELF ... /dev/kvm");
    program("x86_64/script.sh", "#!/bin/sh\n: /dev/kvm\n");
    program("x86_64/other", "\x7fELF");
    program("x86_64/object.o", "\x7fELF /dev/kvm", 0o644);
    const tests = findTests(folder);
    expect(tests.map(({ name }) => name)).toEqual(["memory_test", "sync_regs_test"]);
    expect(tests[1]).toMatchObject({ suite: "selftests", command: "/root/tests/sync_regs_test" });
    expect(findTests(folder, ["sync_regs_test"])).toHaveLength(1);
  });
});

it("says what is wrong with a folder, or with a name", () => {
  expect(() => findTests(join(folder, "nowhere"))).toThrow("is no folder");
  expect(() => findTests(folder)).toThrow("has no tests for a KVM");
  program("smap.flat", "");
  expect(() => findTests(join(folder, "smap.flat"))).toThrow("is no folder");
  expect(() => findTests(folder, ["smap", "smep", "x"])).toThrow("has no test smep, x.");
});
