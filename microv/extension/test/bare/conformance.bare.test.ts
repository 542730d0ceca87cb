// Each hypercall with what is wrong about it, on one machine: status by status

import { expect, it } from "vitest";
import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import { machines } from "../../../../kernel/test/bare/expected.ts";
import { ended, list, made, page, VM, VP, VS } from "./made.ts";
import { rax, type Script, scratch } from "./script.ts";

type Word = bigint | number;

const NONE = 99;
const PAGE = 0x1000;
const OK = mv.MV_STATUS_SUCCESS;
const REG0 = mv.MV_STATUS_INVALID_INPUT_REG0;
const REG1 = mv.MV_STATUS_INVALID_INPUT_REG1;
const REG2 = mv.MV_STATUS_INVALID_INPUT_REG2;
const REG3 = mv.MV_STATUS_INVALID_INPUT_REG3;
const UNKNOWN = mv.MV_STATUS_FAILURE_UNKNOWN;
const UNSUPPORTED = mv.MV_STATUS_FAILURE_UNSUPPORTED;
const NO_HANDLE = mv.MV_STATUS_FAILURE_INVALID_HANDLE;

/** Calls with the handle: what they are about, arguments, status. */
const cases: readonly (readonly [string, number, readonly Word[], bigint])[] = [
  ["handle_close", mv.MV_HANDLE_CLOSE, [], OK],
  ["handle, unknown index", 0x1_0007, [], UNSUPPORTED],
  ["pp_ppid", mv.MV_PP_PPID, [], OK],
  ["pp_online_pps", mv.MV_PP_ONLINE_PPS, [], OK],
  ["pp_cpuid_get", mv.MV_PP_CPUID_GET, [0, 0], OK],
  ["pp_msr_get_supported, the first", mv.MV_PP_MSR_GET_SUPPORTED, [0], OK],
  ["pp_msr_get_supported, none", mv.MV_PP_MSR_GET_SUPPORTED, [1000], REG1],
  ["pp, unknown index", 0x3_0077, [], UNSUPPORTED],
  ["vm, unknown index", 0x4_0077, [VM], UNSUPPORTED],
  ["vm_destroy, no such VM", mv.MV_VM_DESTROY, [NONE], REG1],
  ["vm_destroy, far beyond", mv.MV_VM_DESTROY, [1n << 40n], REG1],
  ["vm_destroy, with a VP", mv.MV_VM_DESTROY, [VM], REG1],
  ["vm_map, no such VM", mv.MV_VM_MAP, [NONE, 0, scratch(7), PAGE], REG1],
  ["vm_map, no page's address", mv.MV_VM_MAP, [VM, 1, scratch(7), PAGE], REG2],
  ["vm_map, nothing", mv.MV_VM_MAP, [VM, 0, scratch(7), 0], REG2],
  ["vm_map, no pages", mv.MV_VM_MAP, [VM, 0, scratch(7), 100], REG2],
  ["vm_map, around the end", mv.MV_VM_MAP, [VM, 0x10_0000_0000_0000n - 0x1000n, scratch(7), 2 * PAGE], REG2],
  ["vm_map, beyond the end", mv.MV_VM_MAP, [VM, 1n << 52n, scratch(7), PAGE], REG2],
  ["vm_map, no rights", mv.MV_VM_MAP, [VM, 0, scratch(0), PAGE], REG3],
  ["vm_map, unknown rights", mv.MV_VM_MAP, [VM, 0, scratch(8), PAGE], REG3],
  ["vm_map, host memory beyond the end", mv.MV_VM_MAP, [VM, 0, (1n << 52n) | 7n, PAGE], REG3],
  ["vm_map, the page that a VS shares", mv.MV_VM_MAP, [VM, 0, page(7), PAGE], REG3],
  ["vm_map, written but not read", mv.MV_VM_MAP, [VM, 0, scratch(2), PAGE], UNKNOWN],
  ["vm_map", mv.MV_VM_MAP, [VM, 0, scratch(7), PAGE], OK],
  ["vm_unmap, no such VM", mv.MV_VM_UNMAP, [NONE, 0, PAGE], REG1],
  ["vm_unmap, no page's address", mv.MV_VM_UNMAP, [VM, 8, PAGE], REG2],
  ["vm_unmap, nothing", mv.MV_VM_UNMAP, [VM, 0, 0], REG2],
  ["vm_unmap", mv.MV_VM_UNMAP, [VM, 0, PAGE], OK],
  ["vm_unflushed", mv.MV_VM_UNFLUSHED, [VM], OK],
  ["vm_unflushed, no such VM", mv.MV_VM_UNFLUSHED, [NONE], REG1],
  ["vm_configure, no such VM", mv.MV_VM_CONFIGURE, [NONE, 0], REG1],
  ["vm_configure, an option that is none", mv.MV_VM_CONFIGURE, [VM, 128], REG2],
  ["vm_configure, far beyond", mv.MV_VM_CONFIGURE, [VM, 1n << 32n], REG2],
  ["vm_configure, all", mv.MV_VM_CONFIGURE, [VM, 127], OK],
  ["vm_configure, none", mv.MV_VM_CONFIGURE, [VM, 0], OK],
  ["vs_configure, no such VS", mv.MV_VS_CONFIGURE, [NONE, 0], REG1],
  ["vs_configure, an option that is none", mv.MV_VS_CONFIGURE, [VS, 2], REG2],
  ["vs_configure", mv.MV_VS_CONFIGURE, [VS, 1], OK],
  ["vp, unknown index", 0x5_0077, [VP], UNSUPPORTED],
  ["vp_create, no such VM", mv.MV_VP_CREATE, [NONE], REG1],
  ["vp_destroy, no such VP", mv.MV_VP_DESTROY, [NONE], REG1],
  ["vp_destroy, with a VS", mv.MV_VP_DESTROY, [VP], REG1],
  ["vs, unknown index", 0x6_0777, [VS], UNSUPPORTED],
  ["vs_create, no such VP", mv.MV_VS_CREATE, [NONE], REG1],
  ["vs_create, a second one", mv.MV_VS_CREATE, [VP], REG1],
  ["vs_destroy, no such VS", mv.MV_VS_DESTROY, [NONE], REG1],
  ["vs_run, no such VS", mv.MV_VS_RUN, [NONE], REG1],
  ["vs_run, far beyond", mv.MV_VS_RUN, [1n << 63n], REG1],
  ["vs_reg_get_list, no such VS", mv.MV_VS_REG_GET_LIST, [NONE], REG1],
  ["vs_cpuid_set_list, behind a gap", mv.MV_VS_CPUID_SET_LIST, [VS, 5], REG2],
  ["vs_inject_exception, no exception", mv.MV_VS_INJECT_EXCEPTION, [VS, 32, 0], REG2],
  ["vs_inject_exception, an NMI", mv.MV_VS_INJECT_EXCEPTION, [VS, 2, 0], REG2],
  ["vs_inject_exception, #GP without its code", mv.MV_VS_INJECT_EXCEPTION, [VS, 13, 0], REG3],
  ["vs_inject_exception, #UD with a code", mv.MV_VS_INJECT_EXCEPTION, [VS, 6, mv.MV_EVENT_HAS_CODE], REG3],
  ["vs_queue_interrupt, no vector", mv.MV_VS_QUEUE_INTERRUPT, [VS, 256], REG2],
  ["vs_queue_interrupt, which it cannot take", mv.MV_VS_QUEUE_INTERRUPT, [VS, 32], UNKNOWN],
  ["vs_inject_exception", mv.MV_VS_INJECT_EXCEPTION, [VS, 6, 0], OK],
  ["vs_inject_exception, behind another one", mv.MV_VS_INJECT_EXCEPTION, [VS, 6, 0], UNKNOWN],
  ["vs_inject_nmi, behind another event", mv.MV_VS_INJECT_NMI, [VS], OK],
  ["unknown group", 0x7_0000, [], UNSUPPORTED],
];

/** Lists that are wrong: the call, entries, status, and how far it came. */
const lists: readonly (readonly [string, number, readonly (readonly [number, Word])[], bigint, number])[] = [
  [
    "registers: one that is none",
    mv.MV_VS_REG_GET_LIST,
    [
      [mv.MV_REG_RIP, 0],
      [0, 0],
    ],
    REG2,
    1,
  ],
  [
    "registers: one behind all",
    mv.MV_VS_REG_SET_LIST,
    [
      [mv.MV_REG_RAX, 5],
      [0xff, 0],
    ],
    REG2,
    1,
  ],
  ["registers: bits of NMIs that are none", mv.MV_VS_REG_SET_LIST, [[mv.MV_REG_NMI, 4]], REG2, 0],
  ["registers: CR8 above 15", mv.MV_VS_REG_SET_LIST, [[mv.MV_REG_CR8, 16]], REG2, 0],
  ["registers: DR6 above 32 bits", mv.MV_VS_REG_SET_LIST, [[mv.MV_REG_DR6, 1n << 32n]], REG2, 0],
  ["registers: CR4 with what guests have", mv.MV_VS_REG_SET_LIST, [[mv.MV_REG_CR4, 0xa0]], OK, 1],
  ["registers: CR4 with VMXE", mv.MV_VS_REG_SET_LIST, [[mv.MV_REG_CR4, 0x2000]], REG2, 0],
  ["registers: CR4 with a reserved bit", mv.MV_VS_REG_SET_LIST, [[mv.MV_REG_CR4, 1n << 40n]], REG2, 0],
  ["registers: an APIC base with what is reserved", mv.MV_VS_REG_SET_LIST, [[mv.MV_REG_APIC_BASE, 0x400]], REG2, 0],
  ["registers: XCR0 without x87", mv.MV_VS_REG_SET_LIST, [[mv.MV_REG_XCR0, 2]], REG2, 0],
  [
    "MSRs: one that a guest has not",
    mv.MV_VS_MSR_GET_LIST,
    [
      [0xc000_0082, 0],
      [0x1234_5678, 0],
    ],
    OK,
    1,
  ],
  ["MSRs: one that is not canonical", mv.MV_VS_MSR_SET_LIST, [[0xc000_0082, 1n << 63n]], OK, 0],
  ["MSRs: reserved bits of EFER", mv.MV_VS_MSR_SET_LIST, [[0xc000_0080, 1n << 40n]], OK, 0],
  ["MSRs: what is read-only, as it is", mv.MV_VS_MSR_SET_LIST, [[0xfe, 0x508]], OK, 1],
  ["MSRs: what is read-only, otherwise", mv.MV_VS_MSR_SET_LIST, [[0xfe, 0x509]], OK, 0],
];

const OVERLONG = 241;
const FIRST_CASE = 7;

function withCases(script: Script): Script {
  // Without the handle: what wants none, and what is refused
  script.raw(0, 0).raw(rax(mv.MV_VM_CREATE), 0).raw(rax(mv.MV_VS_RUN), 0, 0).raw(rax(mv.MV_HANDLE_OPEN), 4);
  for (const [, call, registers] of cases) script.call(call, ...registers);
  for (const [, call, entries] of lists) list(script, entries).call(call, VS);
  script.poke(slotCount, OVERLONG).call(mv.MV_VS_REG_GET_LIST, VS).call(mv.MV_VS_MSR_GET_LIST, VS);
  return script.poke(slotCount, 0);
}

const slotCount = (0xc3n << 56n) | BigInt(mv.MV_PAGE_LIST_COUNT);

it.each(machines)("answers what is wrong with a status, and nothing is lost (%s)", async (machine) => {
  const script = ended(withCases(made()));
  const { answers, ...result } = await script.play({ machine });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  expect(answers.slice(3, FIRST_CASE).map(({ status }) => status)).toEqual([UNSUPPORTED, NO_HANDLE, NO_HANDLE, REG0]);
  const named = cases.map(([name], index) => [name, answers[FIRST_CASE + index]?.status]);
  expect(named).toEqual(cases.map(([name, , , status]) => [name, status]));
  const first = FIRST_CASE + cases.length;
  const listed = lists.map(([name], index) => [name, answers[first + index]?.status, answers[first + index]?.r10]);
  expect(listed).toEqual(lists.map(([name, , , status, done]) => [name, status, BigInt(done)]));
  const rest = answers.slice(first + lists.length).map(({ status }) => status);
  expect(rest).toEqual([REG0, REG0, OK, OK, OK]);
});

it.each(machines)("makes and ends guests until there is no room, and gives everything back (%s)", async (machine) => {
  const script = made();
  // The first one stays; then as many as there are numbers, and one more
  for (let i = 1; i <= mv.MV_MAX_VMS; i++) script.call(mv.MV_VM_CREATE);
  for (let i = 1; i < mv.MV_MAX_VMS; i++) script.call(mv.MV_VM_DESTROY, i);
  const { answers, ...result } = await ended(script).play({ machine });
  expect(result).toMatchObject({ kind: "exit", exitCode: 0, report: undefined });
  const statuses = answers.map(({ status }) => status);
  expect(statuses.slice(3, 3 + mv.MV_MAX_VMS)).toEqual([...Array(mv.MV_MAX_VMS - 1).fill(OK), UNKNOWN]);
  expect(statuses.slice(3 + mv.MV_MAX_VMS)).toEqual(Array(mv.MV_MAX_VMS + 2).fill(OK));
});

it("stops for nobody while there are guests", async () => {
  const { answers, ...result } = await made().play({ machine: "amd" });
  expect(answers.map(({ status }) => status)).toEqual([OK, OK, OK]);
  expect(result.report).toBeDefined();
  expect(result.output).toContain("no stop: guest VMs are there, 1");
});
