// What MicroV answers to hypercalls of interrupt controllers, and what of it is known before
//
// The controllers have tests of their own (../unit, ../bare/interrupts.bare.test.ts): here they are not made again. So what they say is
// open, and whoever has the model in MicroV's place says it.

import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import type { Call, ModelVm, ModelVs } from "./objects.ts";

const OK = mv.MV_STATUS_SUCCESS;
const REG1 = mv.MV_STATUS_INVALID_INPUT_REG1;
const REG2 = mv.MV_STATUS_INVALID_INPUT_REG2;
const REG3 = mv.MV_STATUS_INVALID_INPUT_REG3;
const REG4 = mv.MV_STATUS_INVALID_INPUT_REG4;

const MOST_KHZ = 0xffff_ffffn;
const SOURCES = 3n;
/** Lines and 64-bit words of state, by MV_CHIP_*. */
const LINES = [16n, 16n, 24n];
const WORDS = [2n, 2n, 27n];
const APIC_ENABLED = 1n << 11n;
const X2APIC = 1n << 10n;
const TASK_PRIORITY = 0x80n;

/** What the controllers say to a call that they take: changes its R10 and R11. */
export type Controllers = (call: number, registers: Call, vm: ModelVm) => void;

/** Calls whose R10 and R11 are the controllers' to say. */
export const isOpen = (call: number): boolean => isChipsCall(call) || isApicCall(call);

export const isChipsCall = (call: number): boolean => call >= mv.MV_VM_IRQ_LINE && call <= mv.MV_VM_IRQCHIP_SET;
export const isApicCall = (call: number): boolean => call >= mv.MV_VS_APIC_CREATE && call <= mv.MV_VS_APIC_SET;

/** MV_VM_IRQCHIP_CREATE. */
export function createChips(vm: ModelVm, { r12, r13 }: Call): bigint {
  if (vm.vps !== 0 || vm.irqchip !== undefined) return REG1;
  if (r12 > BigInt(mv.MV_IRQCHIP_SPLIT)) return REG2;
  if (r13 === 0n || r13 > MOST_KHZ) return REG3;
  vm.irqchip = Number(r12);
  return OK;
}

/** MV_VM_IRQ_LINE to MV_VM_IRQCHIP_SET. */
export function chipsCall(vm: ModelVm | undefined, call: number, registers: Call, say: Controllers): bigint {
  if (vm?.irqchip === undefined) return REG1;
  if (call !== mv.MV_VM_MSI && vm.irqchip !== mv.MV_IRQCHIP_FULL) return REG1;
  const status = checked(call, registers);
  if (status === OK) say(call, registers, vm);
  return status;
}

function checked(call: number, { r12, r13, r14 }: Call): bigint {
  const chip = Number(r12 & 0xffffn);
  const isChip = r12 <= BigInt(mv.MV_CHIP_IO_APIC);
  if (call === mv.MV_VM_IRQCHIP_GET || call === mv.MV_VM_IRQCHIP_SET) {
    return isChip && r13 < (WORDS[chip] ?? 0n) ? OK : REG2;
  }
  if (call !== mv.MV_VM_IRQ_LINE) return OK;
  if (!isChip) return REG2;
  if (r13 >> 8n >= SOURCES || (r13 & 0xffn) >= (LINES[chip] ?? 0n)) return REG3;
  return r14 > 1n ? REG4 : OK;
}

/** MV_VS_APIC_CREATE to MV_VS_APIC_SET. `others`: VSs of the same VM. */
export function apicCall(
  vs: ModelVs,
  others: readonly ModelVs[],
  call: number,
  registers: Call,
  page: { readonly peek: (offset: number) => bigint },
  say: Controllers,
): bigint {
  if (call === mv.MV_VS_APIC_CREATE) return createApic(vs, others, registers.r12);
  if (vs.apic === undefined) return REG1;
  const isAccess = call === mv.MV_VS_APIC_READ || call === mv.MV_VS_APIC_WRITE;
  if (isAccess) {
    const base = vs.registers.get(mv.MV_REG_APIC_BASE);
    if ((base & (APIC_ENABLED | X2APIC)) !== APIC_ENABLED) return REG1;
    if (registers.r12 >= BigInt(mv.MV_APIC_BYTES) || (registers.r12 & 15n) !== 0n) return REG2;
  }
  if (call === mv.MV_VS_APIC_WRITE && registers.r12 === TASK_PRIORITY) setPriority(vs, registers.r13);
  if (call === mv.MV_VS_APIC_SET) setPriority(vs, page.peek(mv.MV_PAGE_LIST + Number(TASK_PRIORITY)));
  say(call, registers, vs.vp.vm);
  return OK;
}

function createApic(vs: ModelVs, others: readonly ModelVs[], number: bigint): bigint {
  if (vs.apic !== undefined || vs.vp.vm.irqchip === undefined) return REG1;
  const isTaken = others.some(({ apic }) => apic === Number(number));
  if (number >= BigInt(mv.MV_MAX_APICS) || isTaken) return REG2;
  vs.apic = Number(number);
  vs.registers.hasApic = true;
  return OK;
}

/** CR8 is the upper half of TPR. */
function setPriority(vs: ModelVs, value: bigint): void {
  vs.registers.set(mv.MV_REG_CR8, (value & 0xffn) >> 4n);
}
