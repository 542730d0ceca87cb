// Group 2, the dumps: for people, yet every number in them is checked

import {
  STATUS_INVALID_INPUT_REG0,
  STATUS_SUCCESS,
  SYSCALL_DEBUG_DUMP_EXT,
  SYSCALL_DEBUG_DUMP_HUGE_POOL,
  SYSCALL_DEBUG_DUMP_VM,
  SYSCALL_DEBUG_DUMP_VMEXIT_LOG,
  SYSCALL_DEBUG_DUMP_VP,
  SYSCALL_DEBUG_DUMP_VS,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  VENDOR_INTEL,
} from "@bareflank/abi";
import { describe, expect, test } from "vitest";
import { exampleExtension, HANDLERS } from "../machine/example-extension.ts";
import {
  bootNext,
  HANDLE,
  inBootstrap,
  inGuest,
  inStart,
  inVmexit,
  type Scene,
  status,
} from "../machine/extension-life.ts";
import { Machine } from "../machine/machine.ts";

/** What a dump that succeeds prints. */
function dump({ machine, pp }: Scene, call: number, id: bigint): string {
  const before = machine.log.length;
  expect(status(pp, call, id)).toBe(STATUS_SUCCESS);
  return machine.log.slice(before);
}

test.each([
  ["dump_vm", SYSCALL_DEBUG_DUMP_VM, 16n],
  ["dump_vp", SYSCALL_DEBUG_DUMP_VP, 256n],
  ["dump_vs", SYSCALL_DEBUG_DUMP_VS, 256n],
  ["dump_vmexit_log", SYSCALL_DEBUG_DUMP_VMEXIT_LOG, 1n],
  ["dump_ext", SYSCALL_DEBUG_DUMP_EXT, 1n],
])("%s refuses an identifier that cannot be, and prints nothing", (_, number, first) => {
  const { machine, pp } = inStart();
  for (const id of [first, 0xffffn]) expect(status(pp, number, id)).toBe(STATUS_INVALID_INPUT_REG0);
  expect(machine.log).toBe("");
});

test.each([SYSCALL_DEBUG_DUMP_VM, SYSCALL_DEBUG_DUMP_VP, SYSCALL_DEBUG_DUMP_VS])(
  "0x%x knows version 2's identifiers, all but one that 16 bits have",
  (number) => {
    const { pp } = inBootstrap({ extension: exampleExtension({ versions: 6 }) }, 4n);
    expect([0xfffen, 0xffffn].map((id) => status(pp, number, id))).toEqual([STATUS_SUCCESS, STATUS_INVALID_INPUT_REG0]);
  },
);

describe("an object that is not allocated", () => {
  test.each([
    ["vm", SYSCALL_DEBUG_DUMP_VM, 15n],
    ["vp", SYSCALL_DEBUG_DUMP_VP, 255n],
    ["vs", SYSCALL_DEBUG_DUMP_VS, 255n],
  ])("is dumped all the same: %s", (kind, number, id) => {
    const text = dump(inStart(), number, id);
    expect(text.startsWith(`${kind} ${id} (not allocated)\n`)).toBe(true);
    expect(text).not.toContain("register");
  });
});

describe("an object", () => {
  test("tells what belongs to it", () => {
    const scene = inVmexit();
    expect(dump(scene, SYSCALL_DEBUG_DUMP_VM, 0n)).toBe("vm 0\n  vps assigned 0x1\n  direct map 0x0\n");
    expect(dump(scene, SYSCALL_DEBUG_DUMP_VP, 0n)).toBe("vp 0\n  vm 0x0\n  vss assigned 0x1\n");
    expect(dump(scene, SYSCALL_DEBUG_DUMP_EXT, 0n)).toBe(
      `ext 0\n  handle 0x0\n  bootstrap 0x${HANDLERS.BOOTSTRAP.toString(16)}\n` +
        `  vmexit 0x${HANDLERS.VMEXIT.toString(16)}\n  fail 0x${HANDLERS.FAIL.toString(16)}\n` +
        "  message 0x0\n  denials 0x0\n",
    );
    expect(dump(scene, SYSCALL_DEBUG_DUMP_HUGE_POOL, 0n)).toBe("huge pool: 0 of 64 allocations used\n");
  });

  test("that is a VS lists all 120 registers by AMD's numbers", () => {
    const scene = inVmexit();
    scene.pp.tcb.set("rbx", 0xb0bn);
    const text = dump(scene, SYSCALL_DEBUG_DUMP_VS, 0n);
    const lines = text.split("\n").filter((line) => line.startsWith("  AMD register "));
    expect(lines.map((line) => Number(line.split(" ")[4]))).toEqual(Array.from({ length: 120 }, (_, i) => i + 1));
    expect(lines[0]).toMatch(/^ {2}AMD register 1 +0xb0b$/);
    expect(lines[96]).toMatch(new RegExp(`0x${scene.pp.vmcb.get("RIP").toString(16)}$`));
  });

  test("that is a VS lists its registers by Intel's numbers on Intel", () => {
    const text = dump(inVmexit({ vendor: VENDOR_INTEL }), SYSCALL_DEBUG_DUMP_VS, 0n);
    const lines = text.split("\n").filter((line) => / register /.test(line));
    expect(lines.length).toBeGreaterThan(100);
    for (const line of lines) expect(line).toMatch(/^ {2}Intel register \d+ +0x[0-9a-f]+$/);
  });

  test("that is a VS active elsewhere is dumped without registers", () => {
    const { machine } = inVmexit({ ppCount: 2 });
    const pp = bootNext(machine, 1);
    const text = dump({ machine, pp }, SYSCALL_DEBUG_DUMP_VS, 0n);
    expect(text).toContain("  active 0x1\n");
    expect(text).not.toContain("register");
  });
});

describe("the log of exits", () => {
  test("is empty below debug level 2", () => {
    expect(dump(inVmexit(), SYSCALL_DEBUG_DUMP_VMEXIT_LOG, 0n)).toContain("none recorded");
  });

  test("has the newest four exits of this processor at level 2", () => {
    const scene = inGuest({ debugLevel: 2 });
    for (let i = 1n; i <= 7n; i++) {
      scene.pp.exit(0x72n, { RIP: 0x1000n * i, EXITINFO1: i, EXITINFO2: 0x10n * i, RAX: 0x100n * i });
      if (i < 7n) scene.pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE);
    }
    const lines = dump(scene, SYSCALL_DEBUG_DUMP_VMEXIT_LOG, 0n).trimEnd().split("\n").slice(1);
    expect(lines).toEqual([4, 5, 6, 7].map((i) => `  0x0 0x72 0x${i} 0x${i}0 0x${i}000 0x${i}00`));
  });

  test("of another processor has to be asked for there", () => {
    const machine = new Machine({ ppCount: 2, debugLevel: 2 });
    machine.pp(0).boot();
    expect(dump({ machine, pp: machine.pp(0) }, SYSCALL_DEBUG_DUMP_VMEXIT_LOG, 1n)).toContain("on that processor");
  });
});
