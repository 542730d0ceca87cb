// An isolated kernel on emulated processors: what their page tables have of it while ring 3 runs, and that all that an extension
// does, and all that comes while it runs, finds its way into the kernel and back

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BOOT_EXT_FAULT,
  BOOT_EXT_OVERDUE,
  DIRECT_BASE,
  KERNEL_IMAGE_BASE,
  KERNEL_MEMORY_BASE,
  PHASE_BOOTSTRAP,
  PP_AREA_BASE,
  PP_BLOCK,
  PP_ENTRY,
  PP_GDT,
  PP_IDT,
  PP_TSS,
} from "@bareflank/abi";
import { describe, expect, it } from "vitest";
import { assemble } from "./assemble.ts";
import { failedStart } from "./expected.ts";
import { describeIsolated, ISOLATED, RUN_ON } from "./isolated.ts";
import { type MappedPage, readAddressSpace } from "./page-walk.ts";
import { type Options, run, runUntil } from "./run.ts";

const MEMORY_BYTES = 128n << 20n;
const PAGE = 0x1000n;
const PAGE_FAULT = 14;
/** Error codes of page faults in ring 3 (APM volume 2, 8.4.2): whether a page is there at all is what isolation changes. */
const READ_ABSENT = 4;
const READ_PRESENT = 5;

const area = (offset: number, page = 0n) => PP_AREA_BASE + BigInt(offset) + page * PAGE;
const rights = ({ isWritable, isExecutable }: MappedPage) => `R${isWritable ? "W" : "-"}${isExecutable ? "X" : "-"}`;

/** Says that it is there, and keeps the processor. */
const LOOP = "xor esi, esi; CALL(DEBUG_OUT); 2: jmp 2b";
const saysThere = (ppid: number) => `0x${String(ppid).padStart(16, "0")} 0x0000000000000000`;

describe.each([
  { ppid: 0, smp: 1, code: LOOP },
  { ppid: 1, smp: 2, code: `cmp edi, 1; jne 1f; ${LOOP}; 1:` },
])("while ring 3 runs on PP $ppid", ({ ppid, smp, code }) => {
  it("its tables have of the kernel what entries need, and no page more", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bf-isolated-"));
    try {
      const file = join(folder, "memory");
      let registers = "";
      const look = async (monitor: Parameters<NonNullable<Parameters<typeof runUntil>[2]>>[0]) => {
        do {
          registers = (await monitor.registers()).split(/^CPU#/m)[ppid + 1] ?? "";
        } while (!registers.includes("CPL=3"));
        await monitor.pause();
        await monitor.saveMemory(0n, MEMORY_BYTES, file);
      };
      const options = { smp, memory: `${MEMORY_BYTES >> 20n}M`, append: ISOLATED };
      await runUntil(assemble({ bootstrap: code }), saysThere(ppid), look, options);
      const cr3 = BigInt(`0x${/\bCR3=([0-9a-f]+)/.exec(registers)?.[1]}`);
      const { pages, tables } = readAddressSpace(readFileSync(file), cr3);
      const kernels = pages.filter(({ isUser }) => !isUser);
      expect(kernels.map((page) => [page.address, rights(page)])).toEqual([
        [area(PP_ENTRY), "RW-"],
        [area(PP_IDT), "R--"],
        [area(PP_GDT), "RW-"],
        ...[0n, 1n, 2n, 3n].map((page) => [area(PP_TSS, page), "RW-"]),
        [KERNEL_IMAGE_BASE, "R-X"],
      ]);
      // Under no other address either
      const own = new Set([...tables, ...kernels.map(({ physical }) => physical)]);
      const users = pages.filter(({ isUser }) => isUser);
      expect(users.length).toBeGreaterThan(20);
      expect(users.filter(({ physical }) => own.has(physical))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

it.each([
  ["amd", "code", KERNEL_IMAGE_BASE + PAGE, READ_ABSENT],
  ["amd", "block", area(PP_BLOCK), READ_ABSENT],
  ["amd", "direct map", DIRECT_BASE + 0x10_0000n, READ_ABSENT],
  ["amd", "entries", KERNEL_IMAGE_BASE, READ_PRESENT],
  ["intel", "objects", KERNEL_MEMORY_BASE + 0x1_0000n, READ_ABSENT],
] as const)(
  "on %s, an extension that touches the kernel's %s learns whether it is there",
  async (machine, _, address, errorCode) => {
    const code = `movabs rax, 0x${address.toString(16)}; mov rbx, [rax]`;
    const result = await run(assemble({ bootstrap: code }, machine), { machine, append: ISOLATED });
    expect(result.report).toEqual(failedStart(PHASE_BOOTSTRAP, BOOT_EXT_FAULT, PAGE_FAULT));
    expect(result.ring[0]).toContain(`vector 14, error code 0x${errorCode}, address 0x${address.toString(16)}`);
  },
);

const on = (cpu: number, code: string) => `cmp word ptr fs:[BF_TCB_PPID], ${cpu}; jne 8f; ${code}; 8:`;
const SPIN = "7: jmp 7b";

describeIsolated(["amd", 1], ["amd", 2], ["intel", 1], ["intel", 2]);

describe.each(["amd", "intel"] as const)("the watchdog on %s", (machine) => {
  const watched: Options = { machine, smp: 2, append: `watchdog=100 ${ISOLATED}` };

  it("takes an exit that hangs off its processor, and a start, which is rolled back", async () => {
    const fail = `cmp rdi, BF_FAIL_OVERDUE; jne give_up; ${RUN_ON}`;
    const hanging = "inc dword ptr [rip + divisor]; cmp dword ptr [rip + divisor], 3; jne 8f; 7: jmp 7b";
    const result = await run(assemble({ vmexit: on(1, hanging), fail }, machine), watched);
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined, worked: [0, 1] });
    const ring = result.ring.filter((line) => !line.includes("exits by reason"));
    expect(ring).toEqual(["bareflank: the extension is overdue on PP 1: vector 2, error code 0x0, address 0x0"]);
    const start = await run(assemble({ bootstrap: on(1, SPIN) }, machine), watched);
    expect(start.report).toEqual(failedStart(PHASE_BOOTSTRAP, BOOT_EXT_OVERDUE, 0, 1));
  });
});
