// The watchdog under Linux: a processor whose extension does not come back is taken back, and Linux lives on with all

import { STATE_LOADED, STATE_RUNNING } from "@bareflank/abi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assemble } from "../../../kernel/test/bare/assemble.ts";
import { LinuxMachine } from "../../../lab/src/index.ts";
import { driverStatus, EXTENSION, guestProgram, succeed } from "./machine.ts";

const LEAF = "0x40000077";

/** An endless loop for whoever asks for a leaf; fail skips it. */
const SPINS_FOR_A_LEAF = assemble({
  vmexit: `cmp rsi, EXIT_CPUID; jne 1f; cmp dword ptr fs:[BF_TCB_RAX], ${LEAF}; jne 1f; 2: jmp 2b; 1:`,
  fail: "cmp rdi, BF_FAIL_OVERDUE; jne give_up; CHECKED(VS_ADVANCE_IP_AND_RUN_CURRENT)",
});
const HANGS_IN_BOOTSTRAP = (cpu: number) => assemble({ bootstrap: `cmp edi, ${cpu}; jne 1f; 2: jmp 2b; 1:` });

/** What Linux must go on without: it would have lost an NMI, or got one that nobody sent. */
const NMI_TROUBLE = /NMI received|Dazed|lockup|stall/;

describe("two processors", () => {
  let linux: LinuxMachine;

  beforeAll(async () => {
    linux = await LinuxMachine.boot({
      smp: 2,
      put: [
        { from: guestProgram("ioctl"), to: "/usr/bin/bf-ioctl" },
        { from: SPINS_FOR_A_LEAF, to: "/root/spins.elf" },
        { from: HANGS_IN_BOOTSTRAP(0), to: "/root/hangs-0.elf" },
        { from: HANGS_IN_BOOTSTRAP(1), to: "/root/hangs-1.elf" },
      ],
    });
  });

  afterAll(() => linux?.close());

  it.each([0, 1])("get back a start that hangs on processor %i", async (cpu) => {
    await succeed(linux, `bfm load /root/hangs-${cpu}.elf`);
    const { exitCode, output } = await linux.run("bfm start --watchdog 300ms");
    expect(output).toContain(
      `bfm: processor ${cpu} did not start, in the extension's bootstrap callback: the extension did not return in time, and the watchdog took the processor back`,
    );
    expect(exitCode).toBe(1);
    expect(await driverStatus(linux)).toMatchObject({ state: STATE_LOADED, running: 0, mask: 0 });
    expect(
      await succeed(linux, "for cpu in 0 1; do taskset -c $cpu seq 1 100000 | md5sum; done | sort -u | wc -l"),
    ).toBe("1\n");
  });

  it("while they sleep, one whose extension spins is seen and taken back", async () => {
    await succeed(linux, "bfm load /root/spins.elf && bfm start --watchdog 300ms");
    expect(await succeed(linux, "bfm status")).toContain(", watchdog 300 ms, ");
    for (const cpu of [0, 1]) await succeed(linux, `sleep 2; taskset -c ${cpu} bf-cpuid --leaf ${LEAF}`);
    expect(await driverStatus(linux)).toMatchObject({ state: STATE_RUNNING, running: 2, mask: 3 });
    const dump = await succeed(linux, "bfm dump");
    for (const cpu of [0, 1]) expect(dump).toContain(`the extension is overdue on PP ${cpu}: vector 2`);
    expect(dump).not.toContain("kept the processor for too long");
    await succeed(linux, "bfm stop");
  });

  it("work under it as without", async () => {
    await succeed(linux, `bfm load ${EXTENSION} && bfm start --watchdog 300ms`);
    expect(await succeed(linux, "seq 1 200000 | md5sum; sleep 2; bfm status")).toContain("running on 2 of 2");
    await succeed(linux, "bfm stop");
    expect(await succeed(linux, "bfm status")).not.toContain("watchdog");
    expect(await succeed(linux, "dmesg")).not.toMatch(NMI_TROUBLE);
  });
});

it("one processor without counters is not watched, and bfm says so", async () => {
  const linux = await LinuxMachine.boot({ smp: 1 });
  try {
    await succeed(linux, "bfm load");
    const { exitCode, output } = await linux.run("bfm start --watchdog 2s");
    expect(output).toBe(
      "bfm: there is one processor, and it has no performance counter, so nobody could watch it.\n" +
        "Start without --watchdog, or on a machine with another processor.\n",
    );
    expect(exitCode).toBe(1);
    expect(await succeed(linux, "bfm start && bfm stop && bfm status")).toContain("loaded, not running");
  } finally {
    await linux.close();
  }
});
