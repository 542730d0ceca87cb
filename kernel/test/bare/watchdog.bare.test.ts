// The watchdog on emulated processors: extensions that do not come back are taken off theirs by an NMI

import { BOOT_EXT_OVERDUE, PHASE_BOOTSTRAP, PHASE_RUNNING, PHASE_START } from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { assemble } from "./assemble.ts";
import { EXIT_LOADER, failedStart } from "./expected.ts";
import { type Options, type Run, run, runUntil } from "./run.ts";

const WATCHED: Options = { smp: 2, append: "watchdog=100" };

/** Who looks exits, so nobody knows how often. */
const ring = (result: Run) => result.ring.filter((line) => !line.includes("exits by reason"));

const on = (cpu: number, code: string) => `cmp word ptr fs:[BF_TCB_PPID], ${cpu}; jne 8f; ${code}; 8:`;
const SPIN = "7: jmp 7b";
/** In the third exit of a processor, the first of the root VM's own. */
const later = (cpu: number, code: string) =>
  on(cpu, `inc dword ptr [rip + divisor]; cmp dword ptr [rip + divisor], 3; jne 8f; ${code}`);

const overdue = (cpu: number) =>
  `bareflank: the extension is overdue on PP ${cpu}: vector 2, error code 0x0, address 0x0`;
const gaveUp = (cpu: number, where: string) =>
  `bareflank: PP ${cpu}: the extension kept the processor for too long${where}`;

describe("a start that hangs", () => {
  it.each([
    ["_start", 0, PHASE_START, { start: SPIN }],
    ["bootstrap", 0, PHASE_BOOTSTRAP, { bootstrap: on(0, SPIN) }],
    ["bootstrap", 1, PHASE_BOOTSTRAP, { bootstrap: on(1, SPIN) }],
    ["vmexit", 1, PHASE_RUNNING, { vmexit: on(1, SPIN) }],
  ] as const)("in %s of PP %i gives all processors back, and says why", async (where, cpu, phase, changes) => {
    // Without callbacks, _start has no fail callback to be asked
    const result = await run(assemble(changes), WATCHED);
    expect(result).toMatchObject({ kind: "exit", exitCode: EXIT_LOADER, worked: [] });
    expect(result.report).toEqual(failedStart(phase, BOOT_EXT_OVERDUE, 0, cpu));
    expect(ring(result)).toEqual([overdue(cpu), gaveUp(cpu, ` in ${where}`)]);
  });

  it("in fail, too, is given one more time", async () => {
    const result = await run(assemble({ bootstrap: on(1, "ud2"), fail: SPIN }), WATCHED);
    expect(result.report).toEqual(failedStart(PHASE_BOOTSTRAP, BOOT_EXT_OVERDUE, 0, 1));
    expect(ring(result).slice(1)).toEqual([overdue(1), gaveUp(1, " in fail, called for bootstrap")]);
  });
});

const FAIL = "cmp rdi, BF_FAIL_OVERDUE; jne give_up";

describe("an exit that hangs", () => {
  it.each([0, 1])("on PP %i goes on as fail says", async (cpu) => {
    const fail = `${FAIL}; CHECKED(VS_ADVANCE_IP_AND_RUN_CURRENT)`;
    const result = await run(assemble({ vmexit: later(cpu, SPIN), fail }), WATCHED);
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, worked: [0, 1] });
    expect(result.report).toBeUndefined();
    expect(ring(result)).toEqual([overdue(cpu)]);
  });

  it("is told where it was, and may go on once", async () => {
    // fail goes on only when it is told the address of the loop's only instruction
    const spin = "7: jmp 7b; .pushsection .data; .balign 8; where: .quad 7b; .popsection";
    const fail = `${FAIL}; cmp rsi, [rip + where]; jne give_up; CALL(CONTROL_AGAIN)`;
    const result = await runUntil(assemble({ vmexit: later(1, spin), fail }), "processor halted", undefined, WATCHED);
    expect(result.output).toContain(overdue(1));
    expect(result.output).toContain(gaveUp(1, " in vmexit"));
    expect(result.output.split(overdue(1))).toHaveLength(3);
  });

  it("in fail as well halts the processor", async () => {
    const result = await runUntil(
      assemble({ vmexit: later(1, SPIN), fail: SPIN }),
      "processor halted",
      undefined,
      WATCHED,
    );
    expect(result.output).toContain(gaveUp(1, " in fail, called for vmexit"));
  });
});

describe("on Intel", () => {
  it("an exit that hangs goes on as fail says, and a start that hangs is rolled back", async () => {
    const fail = `${FAIL}; CHECKED(VS_ADVANCE_IP_AND_RUN_CURRENT)`;
    const hanging = assemble({ vmexit: later(1, SPIN), fail }, "intel");
    const result = await run(hanging, { ...WATCHED, machine: "intel" });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined, worked: [0, 1] });
    expect(ring(result)).toEqual([overdue(1)]);
    const start = await run(assemble({ bootstrap: on(1, SPIN) }, "intel"), { ...WATCHED, machine: "intel" });
    expect(start.report).toEqual(failedStart(PHASE_BOOTSTRAP, BOOT_EXT_OVERDUE, 0, 1));
  });
});

describe("an extension that comes back in time", () => {
  it("is left alone, and the operating system gets each NMI once", async () => {
    const result = await run(assemble(), { smp: 2, append: "watchdog=2000 nmis=300" });
    expect(result.report).toBeUndefined();
    expect(result.output).toContain("bare: processor 1: NMIs sent 300, received 300");
    expect(ring(result)).toEqual([]);
  });
});
