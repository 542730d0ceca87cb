// The operating system as guarded VMs, and its driver at the kernel's memory door

import {
  DOOR_GIVE,
  DOOR_GIVE_RUN,
  MEMORY_DOOR,
  SYSCALL_NESTED_GUARD,
  SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT,
  SYSCALL_VS_RUN,
  SYSCALL_VS_RUN_CURRENT,
} from "@bareflank/abi";
import { exampleExtension } from "../machine/example-extension.ts";
import { bootNext, call, expectOutcome, HANDLE, inBootstrap, makeRootVs } from "../machine/extension-life.ts";
import { VERSION_2 } from "../machine/guests.ts";
import type { Machine } from "../machine/machine.ts";
import { nestedEntries } from "../machine/nested-walk.ts";
import type { Pp } from "../machine/pp.ts";

const BLANK = 1n << 54n;
const ADDRESS = 0x000f_ffff_ffff_f000n;
const extension = exampleExtension({ versions: 6 });

const NMI_WINDOW = 8n;
const isIntel = (pp: Pp) => pp.processor.vmx !== undefined;
export const cpuid = (pp: Pp) => pp.exit(isIntel(pp) ? 10n : 0x72n);

/**
 * On Intel what the kernel asks for is an NMI, for whose window the VM exits; the extension lets it have it, and goes on. Two
 * things are two NMIs.
 */
export function goOn(pp: Pp): void {
  let next = pp.syscall(SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, HANDLE);
  for (let i = 0; i < 2 && next.is === "called" && next.reg1 === NMI_WINDOW; i++)
    next = pp.syscall(SYSCALL_VS_RUN_CURRENT, HANDLE);
  expectOutcome(next, "running");
}

/** Registers of the hypercall that an operating system's kernel makes. */
export function beginKnock(pp: Pp, what: number, registers: Record<string, bigint>): void {
  const all = { rax: MEMORY_DOOR, rbx: BigInt(what), ...registers };
  for (const [name, value] of Object.entries(all)) pp.tcb.set(name, value);
}

/** The hypercall: what it leaves in registers; the extension does not hear of it. Undefined: it is made again, with them as they are. */
export function knockOnce(pp: Pp): Record<string, bigint> | undefined {
  const RIP = 0x7c00n;
  const LENGTH = 3n;
  expectOutcome(
    isIntel(pp)
      ? pp.exit(18n, { SS_ATTRIB: 0xc093n, RIP, VMEXIT_INSTRUCTION_LENGTH: LENGTH })
      : pp.exit(0x81n, { CPL: 0n, RAX: MEMORY_DOOR, RIP, NRIP: RIP + LENGTH }),
    "running",
  );
  const names = ["rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9"];
  const answer = Object.fromEntries(names.map((name) => [name, pp.tcb.get(name)]));
  const advanced = (isIntel(pp) ? pp.vmx.vmcs.get("RIP") : pp.vmcb.get("RIP")) - RIP;
  if (advanced !== (answer.rax === MEMORY_DOOR ? 0n : LENGTH)) throw new Error(`RIP is ${advanced} bytes further`);
  return advanced === 0n ? undefined : answer;
}

/** The same with any registers, until it is answered. */
export function knockWith(pp: Pp, what: number, registers: Record<string, bigint>): Record<string, bigint> {
  beginKnock(pp, what, registers);
  for (let exits = 0; exits < 1000; exits++) {
    const answer = knockOnce(pp);
    if (answer !== undefined) return answer;
  }
  throw new Error("the hypercall never ends");
}

/** RAX, RCX and RDX of one. */
export function knock(pp: Pp, what: number, address = 0n, bytes = 0n): bigint[] {
  const { rax = 0n, rcx = 0n, rdx = 0n } = knockWith(pp, what, { rcx: address, rdx: bytes });
  return [rax, rcx, rdx];
}

export const give = (pp: Pp, address: bigint, bytes: bigint) => Number(knock(pp, DOOR_GIVE, address, bytes)[0]);
export const giveRun = (pp: Pp, address: bigint, bytes: bigint) => Number(knock(pp, DOOR_GIVE_RUN, address, bytes)[0]);

function enter(pp: Pp): Pp {
  const vs = makeRootVs(pp, false);
  call(pp, SYSCALL_NESTED_GUARD, HANDLE, vs);
  expectOutcome(pp.syscall(SYSCALL_VS_RUN, HANDLE, 0n, vs, vs), "running");
  return pp;
}

/** The operating system runs as guarded VMs on a machine with `ram` that the driver may give. */
export function running(
  vendor: number,
  ram: readonly [bigint, bigint],
  options: { readonly ppCount?: number; readonly moreBytes?: number } = {},
): { machine: Machine; pps: Pp[] } {
  const { machine, pp } = inBootstrap({ extension, vendor, ram, ...options }, VERSION_2);
  const pps = [enter(pp)];
  for (let ppid = 1; ppid < (options.ppCount ?? 1); ppid++) pps.push(enter(bootNext(machine, ppid)));
  return { machine, pps };
}

const rootOf = (pp: Pp) => (isIntel(pp) ? pp.vmx.vmcs.get("EPT_POINTER") : pp.vmcb.get("N_CR3")) & ADDRESS;

/** Pages of a piece of memory in whose place a processor's VM sees zeroes. */
export const blankPages = (machine: Machine, pp: Pp, [base, end]: readonly [bigint, bigint]) =>
  nestedEntries(machine.physical, rootOf(pp)).filter(
    ([guest, entry]) => (entry & BLANK) !== 0n && guest >= base && guest < end,
  ).length;

/** What a processor changes others hear of when their VMs exit: its APIC, which would take them out, is off. */
export const withoutNmis = (pp: Pp) => pp.processor.addMsr(0x1b, 0xfee0_0000n);
