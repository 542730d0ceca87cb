// The virtual machine control block as the processor knows it: written from the manual (APM volume 2, appendix B),
// not from the kernel's own tables, which the tests check against these

import type { PhysicalMemory } from "./physical-memory.ts";
import { MSR, type Processor, type SegmentName } from "./processor.ts";

/** Offset and size in bytes of each register that the VMCB holds, by the ABI's name of it. */
export const VMCB_FIELDS: Readonly<Record<string, readonly [offset: number, bytes: 1 | 2 | 4 | 8]>> = {
  INTERCEPT_CR_READ: [0x000, 2],
  INTERCEPT_CR_WRITE: [0x002, 2],
  INTERCEPT_DR_READ: [0x004, 2],
  INTERCEPT_DR_WRITE: [0x006, 2],
  INTERCEPT_EXCEPTION: [0x008, 4],
  INTERCEPT_INSTRUCTION1: [0x00c, 4],
  INTERCEPT_INSTRUCTION2: [0x010, 4],
  INTERCEPT_INSTRUCTION3: [0x014, 4],
  PAUSE_FILTER_THRESHOLD: [0x03c, 2],
  PAUSE_FILTER_COUNT: [0x03e, 2],
  IOPM_BASE_PA: [0x040, 8],
  MSRPM_BASE_PA: [0x048, 8],
  TSC_OFFSET: [0x050, 8],
  GUEST_ASID: [0x058, 4],
  TLB_CONTROL: [0x05c, 4],
  VIRTUAL_INTERRUPT_A: [0x060, 8],
  VIRTUAL_INTERRUPT_B: [0x068, 8],
  EXITCODE: [0x070, 8],
  EXITINFO1: [0x078, 8],
  EXITINFO2: [0x080, 8],
  EXITINTINFO: [0x088, 8],
  CTLS1: [0x090, 8],
  AVIC_APIC_BAR: [0x098, 8],
  GUEST_PA_OF_GHCB: [0x0a0, 8],
  EVENTINJ: [0x0a8, 8],
  N_CR3: [0x0b0, 8],
  CTLS2: [0x0b8, 8],
  VMCB_CLEAN_BITS: [0x0c0, 4],
  NRIP: [0x0c8, 8],
  NUMBER_OF_BYTES_FETCHED: [0x0d0, 1],
  AVIC_APIC_BACKING_PAGE_PTR: [0x0e0, 8],
  AVIC_LOGICAL_TABLE_PTR: [0x0f0, 8],
  AVIC_PHYSICAL_TABLE_PTR: [0x0f8, 8],
  VMSA_PTR: [0x108, 8],
  ...segmentFields({ ES: 0x400, CS: 0x410, SS: 0x420, DS: 0x430, FS: 0x440, GS: 0x450 }),
  ...segmentFields({ GDTR: 0x460, LDTR: 0x470, IDTR: 0x480, TR: 0x490 }),
  CPL: [0x4cb, 1],
  EFER: [0x4d0, 8],
  CR4: [0x548, 8],
  CR3: [0x550, 8],
  CR0: [0x558, 8],
  DR7: [0x560, 8],
  DR6: [0x568, 8],
  RFLAGS: [0x570, 8],
  RIP: [0x578, 8],
  RSP: [0x5d8, 8],
  RAX: [0x5f8, 8],
  STAR: [0x600, 8],
  LSTAR: [0x608, 8],
  CSTAR: [0x610, 8],
  FMASK: [0x618, 8],
  KERNEL_GS_BASE: [0x620, 8],
  SYSENTER_CS: [0x628, 8],
  SYSENTER_ESP: [0x630, 8],
  SYSENTER_EIP: [0x638, 8],
  CR2: [0x640, 8],
  PAT: [0x668, 8],
  DBGCTL: [0x670, 8],
  BR_FROM: [0x678, 8],
  BR_TO: [0x680, 8],
  LASTEXCP_FROM: [0x688, 8],
  LASTEXCP_TO: [0x690, 8],
};

function segmentFields(bases: Readonly<Record<string, number>>): Record<string, readonly [number, 2 | 4 | 8]> {
  return Object.fromEntries(
    Object.entries(bases).flatMap(([name, base]): [string, readonly [number, 2 | 4 | 8]][] => [
      [`${name}_SELECTOR`, [base, 2]],
      [`${name}_ATTRIB`, [base + 2, 2]],
      [`${name}_LIMIT`, [base + 4, 4]],
      [`${name}_BASE`, [base + 8, 8]],
    ]),
  );
}

/** A VMCB in physical memory. */
export class Vmcb {
  readonly #memory: PhysicalMemory;
  readonly #base: bigint;

  constructor(memory: PhysicalMemory, base: bigint) {
    this.#memory = memory;
    this.#base = base;
  }

  get(name: string): bigint {
    const [offset, bytes] = fieldOf(name);
    return this.#memory.peek(this.#base + BigInt(offset), bytes);
  }

  set(name: string, value: bigint): void {
    const [offset, bytes] = fieldOf(name);
    this.#memory.poke(this.#base + BigInt(offset), bytes, value);
  }
}

function fieldOf(name: string): readonly [number, number] {
  const field = VMCB_FIELDS[name];
  if (field === undefined) throw new RangeError(`the VMCB has no field ${name}`);
  return field;
}

/** What VMLOAD and VMSAVE move besides FS, GS, TR and LDTR (APM volume 3). */
const SYSCALL_MSRS = {
  STAR: MSR.STAR,
  LSTAR: MSR.LSTAR,
  CSTAR: MSR.CSTAR,
  FMASK: MSR.SFMASK,
  KERNEL_GS_BASE: MSR.KERNEL_GS_BASE,
  SYSENTER_CS: MSR.SYSENTER_CS,
  SYSENTER_ESP: MSR.SYSENTER_ESP,
  SYSENTER_EIP: MSR.SYSENTER_EIP,
};
/** Of them VMSAVE knows what no instruction reads. */
export const HIDDEN_SEGMENTS: readonly SegmentName[] = ["fs", "gs", "tr", "ldtr"];

export function vmload(processor: Processor, vmcb: Vmcb): void {
  for (const name of HIDDEN_SEGMENTS) processor.segments[name] = segmentIn(vmcb, name);
  for (const [name, index] of Object.entries(SYSCALL_MSRS)) processor.wrmsr(index, vmcb.get(name));
}

export function vmsave(processor: Processor, vmcb: Vmcb): void {
  for (const name of HIDDEN_SEGMENTS) setSegment(vmcb, name, processor.segments[name]);
  for (const [name, index] of Object.entries(SYSCALL_MSRS)) vmcb.set(name, processor.rdmsr(index));
}

export function segmentIn(vmcb: Vmcb, name: SegmentName) {
  const part = (of: string) => vmcb.get(`${name.toUpperCase()}_${of}`);
  return {
    selector: Number(part("SELECTOR")),
    attrib: Number(part("ATTRIB")),
    limit: Number(part("LIMIT")),
    base: part("BASE"),
  };
}

export function setSegment(vmcb: Vmcb, name: SegmentName, segment: Processor["segments"][SegmentName]): void {
  for (const [part, value] of Object.entries(segment)) {
    vmcb.set(`${name.toUpperCase()}_${part.toUpperCase()}`, BigInt(value));
  }
}

/** Whether an event to inject has a type that there is (15.20). */
function isInjectable(event: bigint): boolean {
  return (event & 0x8000_0000n) === 0n || [0n, 2n, 3n, 4n].includes((event >> 8n) & 7n);
}

/** Whether VMRUN would take the state (APM volume 2, 15.5.1, the checks that matter here). */
export function isRunnable(vmcb: Vmcb): boolean {
  const [cr0, efer] = [vmcb.get("CR0"), vmcb.get("EFER")];
  const notWriteThroughAlone = (cr0 & 0x6000_0000n) !== 0x2000_0000n;
  const longMode = (efer & 0x100n) === 0n || (cr0 & 1n) !== 0n;
  return (
    (efer & 0x1000n) !== 0n &&
    vmcb.get("GUEST_ASID") !== 0n &&
    (vmcb.get("INTERCEPT_INSTRUCTION2") & 1n) !== 0n &&
    cr0 >> 32n === 0n &&
    vmcb.get("DR6") >> 32n === 0n &&
    vmcb.get("DR7") >> 32n === 0n &&
    notWriteThroughAlone &&
    longMode &&
    isInjectable(vmcb.get("EVENTINJ"))
  );
}
