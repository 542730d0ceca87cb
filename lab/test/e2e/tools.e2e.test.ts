// The tools in the lab's Linux: ports, MSRs, physical memory, interrupts, IPIs

import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LinuxMachine } from "../../src/index.ts";

/** Refuses to move LSTAR. */
const MONITOR = join(import.meta.dirname, "../../../build/extensions/msr-monitor/msr-monitor.elf");

let linux: LinuxMachine;

const run = (command: string) => linux.run(command);
/** What a command prints that must succeed. */
const printed = async (command: string) => {
  const result = await run(command);
  expect(result, command).toMatchObject({ exitCode: 0, stderr: "" });
  return result.stdout.trim();
};
/** How a command fails: its exit code, and what it says. */
const failure = async (command: string) => {
  const { exitCode, stdout, stderr } = await run(command);
  expect(stdout).toBe("");
  return `${exitCode} ${stderr.trim()}`;
};

const LSTAR = "0xc0000082";
const APIC_ID = "0xfee00020";
/** A line that nobody has. */
const LINE = 7;

beforeAll(async () => {
  linux = await LinuxMachine.boot({ smp: 2, put: [{ from: MONITOR }] });
});

afterAll(() => linux?.close());

describe.each(["alone", "under the hypervisor"])("%s", (where) => {
  if (where === "under the hypervisor") {
    beforeAll(async () => {
      await printed("bfm quick msr-monitor.elf >/dev/null");
    });
  }

  it("reads and writes ports, by width", async () => {
    // The second byte of the CMOS index and data: register D says that the clock's battery is good.
    await printed("bf-port write 0x70 0x0d");
    expect(await printed("bf-port read 0x71")).toBe("0x80");
    // Four bytes of PCI's address, back as they were written.
    await printed("bf-port write 0xcf8 0x80000000 --bytes 4 --cpu 1");
    expect(await printed("bf-port read 0xcf8 --bytes 4")).toBe("0x80000000");
    expect(await printed("bf-port read 0xcfc --bytes 2")).toBe("0x8086");
  });

  it("reads and writes an MSR of the processor that was named", async () => {
    await printed("bf-msr write 0xc0000103 7 --cpu 1 && bf-msr write 0xc0000103 9 --cpu 0");
    expect(await printed("bf-msr read 0xc0000103 --cpu 1; bf-msr read 0xc0000103")).toBe(
      "0x0000000000000007\n0x0000000000000009",
    );
    await printed("bf-msr write 0xc0000103 1 --cpu 1 && bf-msr write 0xc0000103 0");
    expect(await printed(`bf-msr read ${LSTAR}`)).toMatch(/^0xffffffff[89a-f][0-9a-f]{7}$/);
  });

  it("reads and writes physical memory, RAM or not", async () => {
    // What the firmware left in the BIOS's data area: where COM1 and COM2 are.
    expect(await printed("bf-memory read 0x400 --bytes 2 --count 2")).toBe("0x03f8\n0x02f8");
    await printed("bf-memory write 0x4f0 0x1122334455667788 --bytes 8");
    expect(await printed("bf-memory read 0x4f0; bf-memory read 0x4f7 --bytes 1")).toBe("0x55667788\n0x11");
    await printed("bf-memory write 0x4f0 0 --bytes 8");
    expect(await printed(`bf-memory read ${APIC_ID}`)).toMatch(/^0x0[01]000000$/);
    expect(await printed("bf-memory read 0xf000000000 --bytes 8")).toMatch(/^0x[0f]{16}$/);
    expect(await failure("bf-memory read 0x401 --bytes 2")).toMatch(
      /^1 bf-memory: address 0x401: an address is a mult/,
    );
    expect(await failure("bf-memory read 0x8000000000000000")).toMatch(/^1 .* within what the processor can address$/);
    // Linux's text, which nobody may write
    expect(await printed("bf-memory read 0x1000000")).not.toBe("0x00000000");
    expect(await failure("bf-memory write 0x1000000 0")).toMatch(/^1 bf-memory: address 0x1000000: a page fault: /);
  });

  it("takes a line, tells its vector, triggers it, and sends the vector as an IPI", async () => {
    expect(await failure(`bf-interrupt line ${LINE}`)).toMatch(/^1 bf-interrupt: line 7: no driver has asked for it/);
    const waiting = (then: string) => `bf-interrupt wait ${LINE} --seconds 20 & sleep 0.3; ${then}; wait %1`;
    expect(await printed(waiting(`bf-interrupt trigger ${LINE}`))).toBe("1");
    const [line, count] = (
      await printed(waiting(`set -- $(bf-interrupt line ${LINE}); echo $*; bf-interrupt send $1 --cpu $2`))
    ).split("\n");
    expect(line).toMatch(/^0x[2-9a-f][0-9a-f] [01]$/);
    expect(count).toBe("1");
    expect(await failure(`bf-interrupt wait ${LINE} --seconds 0`)).toBe("1 bf-interrupt: line 7: not in time");
    expect(await failure("bf-interrupt wait 8")).toMatch(/^1 bf-interrupt: line 8: another driver has it/);
    expect(await failure("bf-interrupt wait 77")).toBe(
      "1 bf-interrupt: line 77: Linux has no such line: see /proc/interrupts",
    );
    expect(await failure("bf-interrupt trigger 77")).toMatch(/^1 bf-interrupt: line 77: no driver has it/);
    expect(await failure("bf-interrupt send 13")).toBe(
      "1 bf-interrupt: vector 13: a vector is 32 to 255, or 2 for an NMI",
    );
  });

  it("sends an NMI", async () => {
    const nmis = async () => Number(/^ *NMI: +\d+ +(\d+)/m.exec(await printed("cat /proc/interrupts"))?.[1]);
    const before = await nmis();
    await printed("bf-interrupt send 2 --cpu 1; sleep 0.1");
    expect((await nmis()) - before).toBe(1);
  });

  it("storms", async () => {
    const answered = async () => {
      const [, first, second] = /^ *PIN: +(\d+) +(\d+)/m.exec(await printed("cat /proc/interrupts")) ?? [];
      return [Number(first), Number(second)] as const;
    };
    const before = await answered();
    expect(await printed("bf-ipi --count 500")).toMatch(/^count=1000 tsc=\d+$/);
    expect(await printed("bf-ipi --count 10 --cpu 1")).toMatch(/^count=10 tsc=\d+$/);
    const after = await answered();
    expect([after[0] - before[0], after[1] - before[1]]).toEqual([510, 500]);
  });

  it("has /dev/port", async () => {
    await printed("printf '\\015' | dd of=/dev/port bs=1 seek=112 2>/dev/null");
    expect(await printed("dd if=/dev/port bs=1 skip=113 count=1 2>/dev/null | od -An -tx1")).toBe("80");
    expect(await printed("dd if=/dev/port bs=1 skip=65535 2>/dev/null | wc -c")).toBe("1");
  });
});

it("says that the hypervisor refuses a value", async () => {
  expect(await failure(`bf-msr write ${LSTAR} 0xffffffff81000000 --cpu 1`)).toBe(
    `1 bf-msr: MSR ${LSTAR}: a general protection fault: the processor has no such MSR, not such a value, ` +
      "or the hypervisor refuses it",
  );
  expect(await printed("bfm dump | grep -c refused:")).toBe("1");
});

it("says what is wrong with a command line, and whom it serves", async () => {
  expect(await failure("bf-port read 0x10000")).toBe(
    "2 bf-port: 0x10000: a number up to 0xffff is wanted. See bf-port --help.",
  );
  expect(await failure("bf-port read 0x80 --bytes 3")).toBe("2 bf-port: --bytes: 1, 2, 4 or 8. See bf-port --help.");
  expect(await failure("bf-msr write 1")).toMatch(/^2 bf-msr: a number is missing: decimal, or hexadecimal with 0x/);
  expect(await failure("bf-msr read 0x10 --cpu 2")).toMatch(/^1 bf-msr: MSR 0x10: there is no such processor/);
  expect(await failure("bf-memory red 1")).toBe("2 bf-memory: red: read or write is wanted. See bf-memory --help.");
  expect(await failure("bf-interrupt")).toMatch(/^2 Usage: bf-interrupt send VECTOR/);
  expect(await failure("bf-ipi --cpu 9")).toBe("2 bf-ipi: there is no processor 9");
  expect(await printed("bf-memory --help")).toContain("bf-memory read 0xfee00030");
  expect(await failure("su user -c 'bf-msr read 0x10'")).toBe(
    "1 bf-msr: /dev/bftools: Permission denied. Only root may use it",
  );
  expect(await failure("su user -c 'bf-port read 0x80'")).toMatch(/^1 bf-port: ports: Operation not permitted/);
});
