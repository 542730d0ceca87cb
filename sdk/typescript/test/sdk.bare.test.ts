import { AMD_REG_RIP, BOOT_EXT_FAULT, BOOT_INVALID_VM, ERROR_START_FAILED } from "@bareflank/abi";
import { beforeAll, describe, expect, it } from "vitest";
import { exitsLine, LOADER_CPUIDS } from "../../../kernel/test/bare/expected.ts";
import { nameCallsAndExits } from "../../../toolchain/src/call-names.ts";
import { actionResult, buildProbes, runProbe } from "./fixtures.ts";

const EXIT_BUG = 19;
const IN_VM = "PP 0: in a VM now";
/** One CPUID of the root VM, and the loader's. */
const CPUIDS = 1 + LOADER_CPUIDS;

/** The line of an unhandled exception in the root VM, which ends the run. */
const exception = (vector: number, errorCode: number) =>
  expect.stringContaining(`bare: exception ${vector}, error code 0x${errorCode.toString(16)}, at `);

const passed = { kind: "exit", exitCode: 0, report: undefined };

beforeAll(() => buildProbes());

describe("handlers of MSRs", () => {
  it("see a read first when they are newest, and change what it gives", async () => {
    const real = actionResult(await runProbe("cheap", "rdmsr=0x1b"), "rdmsr") ?? 0n;
    const result = await runProbe("msr", "rdmsr=0x1b");
    expect(result).toMatchObject(passed);
    expect(actionResult(result, "rdmsr")).toBe(real ^ 0xf000_0000_0000_0001n);
    expect(real).not.toBe(0n);
    // The loader reads the PAT when it is in the VM, and when it stops, after the extension has printed its counts
    expect(result.ring).toEqual([
      "PP 0: RDMSR 0x277",
      IN_VM,
      "PP 0: RDMSR 0x1b",
      "PP 0: reads 1 of 2",
      "PP 0: RDMSR 0x277",
      `bareflank: PP 0: exits by reason: 0x72=${CPUIDS} 0x7c=3`,
    ]);
  });

  it("leave an access that none of them wants to the processor", async () => {
    const real = actionResult(await runProbe("cheap", "rdmsr=0x277"), "rdmsr");
    const result = await runProbe("msr", "rdmsr=0x277");
    expect(actionResult(result, "rdmsr")).toBe(real);
    expect(result.ring).toContain("PP 0: reads 0 of 2");
  });

  it("see MSRs that are in no map", async () => {
    const result = await runProbe("msr", "rdmsr=0x12345678");
    expect(result.ring).toContain("PP 0: RDMSR 0x12345678");
  });

  it("can refuse a write by a general protection fault", async () => {
    const result = await runProbe("msr", "wrmsr=0xc0000103 value=1");
    expect(result).toMatchObject({ exitCode: EXIT_BUG, output: exception(13, 0x18) });
  });

  it("do not see MSRs that the map passes", async () => {
    const result = await runProbe("msr", "rdmsr=0x200 wrmsr=0x200 value=0x1234006");
    expect(result).toMatchObject(passed);
    expect(actionResult(result, "rdmsr")).toBe(0x123_4006n);
    expect(result.ring).toContain(`bareflank: PP 0: exits by reason: 0x72=${CPUIDS} 0x7c=2`);
  });
});

describe("a VS that breaks a rule of the manual", () => {
  it("is explained to its extension, and in the ring when the processor refuses to run it", async () => {
    const rule = "long mode with paging needs CR0.PE (APM 2, 15.5.1); register 93 is 0x80010032";
    const result = await runProbe("refused");
    expect(result.report).toMatchObject({ error: ERROR_START_FAILED, detail: BigInt(BOOT_INVALID_VM) << 32n });
    expect(result.ring.slice(0, 3)).toEqual([
      "PP 0: fine: no rule that the registers show is broken",
      `PP 0: broken: ${rule}`,
      `bareflank: PP 0: the processor refuses VS 0: ${rule}`,
    ]);
  });
});

describe("an assertion of the SDK", () => {
  it("names the call that was refused and what it was about", async () => {
    const result = await runProbe("assertion");
    expect(result.report).toMatchObject({ error: ERROR_START_FAILED, detail: (BigInt(BOOT_EXT_FAULT) << 32n) | 3n });
    const said = result.ring.filter((line) => line.startsWith("PP 0: error")).map(nameCallsAndExits);
    expect(said).toEqual([
      `PP 0: error: system call vs_read refused: status INVALID_INPUT_REG1, REG1 0x4d, REG2 0x${AMD_REG_RIP.toString(16)}`,
    ]);
  });
});

describe("files of the image", () => {
  it("have their bytes, once, and no more than theirs", async () => {
    const result = await runProbe("embedded");
    expect(result.ring.filter((line) => line.startsWith("PP 0"))).toEqual([
      "PP 0: bytes: 16",
      "PP 0: last: 16",
      "PP 0: byte: 255",
      "PP 0: same: 1",
      `PP 0: copied: ${0x0c0b_0a09_0807_0605n}`,
      "PP 0: error: embed: bytes 0x8 and 0x9 on, of 0x10",
    ]);
    expect(result.report).toMatchObject({ error: ERROR_START_FAILED, detail: (BigInt(BOOT_EXT_FAULT) << 32n) | 3n });
  });
});

describe("handlers of ports", () => {
  it("swallow an output", async () => {
    const result = await runProbe("io", "outb=0x80 value=0xa5");
    expect(result).toMatchObject(passed);
    expect(result.ring).toContain("PP 0: OUT 0x80, 0xa5");
    expect(result.ring).toContain("PP 0: writes 1, strings 0");
  });

  it("change what an input gives", async () => {
    const real = actionResult(await runProbe("cheap", "inb=0x21"), "inb") ?? -1n;
    const changed = actionResult(await runProbe("io", "inb=0x21"), "inb");
    expect(changed).toBe(real ^ 0xffn);
  });

  it("let every element of a string through by one exit", async () => {
    // The scratch register of the serial port keeps the last byte
    const result = await runProbe("io", "outsb=0x3ff inb=0x3ff");
    expect(result).toMatchObject(passed);
    expect(actionResult(result, "inb")).toBe(BigInt("c".charCodeAt(0)));
    expect(result.ring).toContain("PP 0: writes 0, strings 1");
    expect(result.ring).toContain(`bareflank: PP 0: exits by reason: 0x72=${CPUIDS} 0x7b=2`);
  });

  it("do not see ports that the map passes", async () => {
    const result = await runProbe("io", "inb=0x3e");
    expect(result.ring).toContain(exitsLine(CPUIDS));
  });
});

describe("hypercalls", () => {
  it("answer in RAX, and know who calls", async () => {
    const result = await runProbe("events", "vmmcall=0x1000");
    expect(result).toMatchObject(passed);
    expect(actionResult(result, "vmmcall")).toBe(0x1001n);
  });

  it("that nobody wants do not exist", async () => {
    const result = await runProbe("events", "vmmcall=7");
    expect(result).toMatchObject({ exitCode: EXIT_BUG, output: exception(6, 0) });
  });
});

describe("events", () => {
  it.each([
    ["a general protection fault", 0x2000, 13, 0x1234],
    ["a page fault", 0x3000, 14, 0x15],
  ])("raise %s with its error code", async (_name, call, vector, errorCode) => {
    const result = await runProbe("events", `vmmcall=${call}`);
    expect(result).toMatchObject({ exitCode: EXIT_BUG, output: exception(vector, errorCode) });
  });

  it("say when an interrupt can come: once, and not before interrupts are enabled", async () => {
    const result = await runProbe("events", "vmmcall=0x4000 hlt=1 sti=1");
    expect(result).toMatchObject(passed);
    expect(result.ring).toContain("PP 0: halts 1, UD2 0, windows 1");
    // One more CPUID: the platform asks for the vendor before it makes a hypercall
    expect(result.ring).toContain(`bareflank: PP 0: exits by reason: 0x64=1 0x72=${CPUIDS + 1} 0x78=1 0x81=1`);
    const closed = await runProbe("events", "vmmcall=0x4000");
    expect(closed.ring).toContain("PP 0: halts 0, UD2 0, windows 0");
    const unasked = await runProbe("events", "sti=1");
    expect(unasked.ring).toContain("PP 0: halts 0, UD2 0, windows 0");
  });

  it("are taken from the VM by handlers of exceptions, or left to it", async () => {
    const skipped = await runProbe("events", "ud=1");
    expect(skipped).toMatchObject(passed);
    expect(skipped.ring).toContain("PP 0: halts 0, UD2 1, windows 0");
    const left = await runProbe("events", "ud=2");
    expect(left).toMatchObject({ exitCode: EXIT_BUG, output: exception(6, 0) });
  });
});

describe("handlers of control registers", () => {
  it("change what is written, and the instruction is behind the VM", async () => {
    const result = await runProbe("control", "cr4=0x204");
    expect(result).toMatchObject(passed);
    expect((actionResult(result, "cr4") ?? -1n) & 0x204n).toBe(0x200n);
    expect(result.ring).toContain("PP 0: CR4 changes 0x4");
    expect(result.ring).not.toContainEqual(expect.stringContaining("not shown"));
  });
});

describe("instructions that the SDK reads", () => {
  it("have the operands that prefixes and memory give them, and do not notice single steps", async () => {
    const result = await runProbe("instructions", `eax=${0x4000_0060}`);
    expect(result).toMatchObject(passed);
    expect(result.ring.slice(1, -1)).toEqual([
      "PP 0: writes 0x12",
      "PP 0: cx 0x0",
      "PP 0: si 0x3",
      "PP 0: strings 0x1",
      "PP 0: port 0x63",
      "PP 0: popped 0x46",
      "PP 0: smsw 0x10",
      "PP 0: cr0 0x12",
      "PP 0: pushed 0x46",
      "PP 0: after STI 0x246",
      "PP 0: pushed wide 0x246",
      // STI is one step with the instruction behind it on some processors
      expect.stringMatching(/^PP 0: steps 0x[bc]$/),
      "PP 0: flags 0x46",
    ]);
  });
});

describe("the guest's memory", () => {
  it("is found by its own page tables, and its own tables only", async () => {
    const result = await runProbe("memory", "vmmcall=0xa000000");
    expect(result).toMatchObject(passed);
    expect(result.ring.slice(1, -1)).toEqual([
      "PP 0: translate 0xa000000",
      "PP 0: user not mapped",
      "PP 0: beyond not mapped",
      expect.stringMatching(/^PP 0: code 0x[0-9a-f]{2}010f$/),
      "PP 0: same 0x1",
      "PP 0: across 0xddeeff0011223344",
      "PP 0: own 0x1",
      "PP 0: csSelector 0x10",
      "PP 0: efer 0x500",
    ]);
    expect(actionResult(result, "vmmcall")).toBe(0n);
  });
});

describe("nested page tables", () => {
  const READY = "PP 0: rights 5707, translations right";

  it("show a page of the hypervisor's in the place of another one", async () => {
    const result = await runProbe("nested", "peek=0xa001000");
    expect(result).toMatchObject(passed);
    expect(actionResult(result, "peek")).toBe(0x5aden);
    expect(result.ring).toEqual([READY, IN_VM, "PP 0: faults 0", exitsLine(CPUIDS)]);
  });

  it("let the VM write through to it", async () => {
    const result = await runProbe("nested", "poke=0xa001000 value=0x77 vmmcall=1");
    expect(actionResult(result, "poke")).toBe(0x77n);
    expect(actionResult(result, "vmmcall")).toBe(0x77n);
  });

  it("catch a write to a page that is read-only, and only that", async () => {
    const result = await runProbe("nested", "peek=0xa000000 poke=0xa000008 value=0x4321");
    expect(actionResult(result, "poke")).toBe(0x4321n);
    expect(result.ring).toEqual([
      READY,
      IN_VM,
      "PP 0: write to 0xa000008 refused",
      "PP 0: faults 1",
      `bareflank: PP 0: exits by reason: 0x72=${CPUIDS} 0x400=1`,
    ]);
  });

  it("catch a read of a page that is not there, once", async () => {
    const result = await runProbe("nested", "peek=0xa002ff8 poke=0xa002000 value=5");
    expect(actionResult(result, "poke")).toBe(5n);
    expect(result.ring).toContain("PP 0: read of 0xa002ff8 absent");
    expect(result.ring).toContain("PP 0: faults 1");
  });
});

describe("a fault in a handler", () => {
  it("is told in words, and the VM runs on", async () => {
    const result = await runProbe("failure", "leaf=0x40001234", { cpuids: 2 });
    expect(result).toMatchObject(passed);
    expect(result.ring.filter((line) => line.startsWith("PP"))).toEqual([
      "PP 0: error: page fault, error code 0x4: cannot read address 0x123456789000",
      "PP 0: warning: on with the VM",
    ]);
  });

  it("that does not end is told apart, where there is a watchdog", async () => {
    const result = await runProbe("failure", "leaf=0x40001235 watchdog=100", { cpuids: 5, smp: 2 });
    expect(result).toMatchObject({ ...passed, worked: [0, 1] });
    const lines = result.ring.filter((line) => line.startsWith("PP")).map((line) => line.replace(/0x[0-9a-f]+/, "..."));
    expect(lines).toEqual(
      [0, 1].flatMap((cpu) => [`PP ${cpu}: error: overdue at ...`, `PP ${cpu}: warning: behind the loop`]),
    );
  });
});

describe("an extension with handlers", () => {
  it("answers a CPUID in at most 230 instructions", async () => {
    const { output } = await runProbe("cheap", "", { cpuids: 1000, icount: true });
    const each = /in the root VM: (\d+) each/.exec(output)?.[1];
    expect(Number(each)).toBeLessThanOrEqual(230);
  });

  it("runs on two processors, each with handlers of its own", async () => {
    const result = await runProbe("msr", "rdmsr=0x1b", { smp: 2 });
    expect(result).toMatchObject({ ...passed, worked: [0, 1] });
    expect(result.ring).toContain("PP 1: reads 0 of 1");
    expect(result.ring).toContain("PP 0: reads 1 of 2");
  });
});

describe("shared memory", () => {
  it("is one for all processors, which lose no count", async () => {
    const cpuids = 3000;
    const result = await runProbe("shared", "", { smp: 4, cpuids });
    expect(result).toMatchObject({ ...passed, worked: [0, 1, 2, 3] });
    // Processors leave from the last to the first; each executes two more CPUIDs before it says what it sees
    expect(result.ring).toContain(
      `PP 0: counted by all: ${4 * (cpuids + LOADER_CPUIDS) - 1}, by this one: ${cpuids + 2}`,
    );
  });
});
