// Machines and vCPUs: words at native addresses, because many processes call at once and the module has no memory for each
//
// A machine's words belong to whoever holds its lock, a vCPU's to whoever holds that vCPU's.

import { peek64, poke64 } from "../../../bsl/src/memory";

/** The glue's own object: it writes the first word. */
export const MACHINE_GLUE: u64 = 0;
/** A block for hypercalls. */
export const MACHINE_BLOCK: u64 = 8;
/** MicroV's number of the VM. */
export const MACHINE_VM: u64 = 56;
/** A bit for each number of a vCPU that was made. */
export const MACHINE_VCPUS: u64 = 64;
/** Memory slots (slots.ts). */
export const MACHINE_SLOTS: u64 = 128;
/** One more than the highest number of a slot that was ever used. */
export const MACHINE_SLOT_END: u64 = 72;
/** Physical addresses that are about to be mapped. */
export const MACHINE_PAGES: u64 = 136;
/** An argument of an ioctl. */
export const MACHINE_ARGUMENT: u64 = 144;
/** What its clock has more than the nanoseconds since boot; and how often that was changed. */
export const MACHINE_CLOCK: u64 = 656;
export const MACHINE_CLOCK_EPOCH: u64 = 664;
/** KVM_SET_NR_MMU_PAGES's number; and how many numbers of vCPUs its user has left itself, 0: all. */
export const MACHINE_MMU_PAGES: u64 = 672;
export const MACHINE_VCPU_IDS: u64 = 680;
/** Time stamp counters (tsc.ts): what they have more than the machine's, what was written to one last, and when by the machine's. */
export const MACHINE_TSC_OFFSET: u64 = 688;
export const MACHINE_TSC_WRITTEN: u64 = 696;
export const MACHINE_TSC_TIME: u64 = 704;
/** KVM_MSR_EXIT_REASON_* that the user hears of; the filter of MSRs, 0: there is none (msr-filter.ts); quirks that it has disabled. */
export const MACHINE_MSR_REASONS: u64 = 712;
export const MACHINE_MSR_FILTER: u64 = 720;
export const MACHINE_QUIRKS: u64 = 728;
/** Writes that its user does not see at once (watches.ts): the table, how many there are, and for how many it has room. */
export const MACHINE_WATCHES: u64 = 1024;
export const MACHINE_WATCH_COUNT: u64 = 1032;
export const MACHINE_WATCH_ROOM: u64 = 1040;
/** Interrupts (interrupts.ts): which controllers it has, a block for hypercalls, routes, and vCPUs by their numbers. */
export const MACHINE_IRQCHIP: u64 = 1048;
export const MACHINE_INTERRUPT_BLOCK: u64 = 1056;
export const MACHINE_ROUTES: u64 = 1104;
export const MACHINE_ROUTE_COUNT: u64 = 1112;
/** Its interval timer (pit.ts); 0: it has none. */
export const MACHINE_PIT: u64 = 1120;
/** The first of its irqfds (irqfd.ts). */
export const MACHINE_IRQFDS: u64 = 1128;
export const MACHINE_RUNNERS: u64 = 1152;
export const MACHINE_BYTES: u64 = 1792;
export const MACHINE_ARGUMENT_BYTES: u64 = 512;

export const VCPU_GLUE: u64 = 0;
export const VCPU_BLOCK: u64 = 8;
export const VCPU_MACHINE: u64 = 56;
/** MicroV's numbers of the VP and the VS, and where the page is that the VS shares. */
export const VCPU_VP: u64 = 64;
export const VCPU_VS: u64 = 72;
export const VCPU_PAGE: u64 = 80;
/** KvmRun, and the page of port data. */
export const VCPU_RUN: u64 = 88;
/** PENDING_*: what the user's answer to the last exit is for. */
export const VCPU_PENDING: u64 = 96;
/** Emulation (emulate.ts). */
export const VCPU_EMULATION: u64 = 112;
/** An argument of an ioctl: ARGUMENT_BYTES. */
export const VCPU_ARGUMENT: u64 = 120;
/** CPUID's leaves as the user gave them: KvmCpuidEntry2, and how many. */
export const VCPU_CPUIDS: u64 = 128;
export const VCPU_CPUID_COUNT: u64 = 136;
/** The user's number. */
export const VCPU_NUMBER: u64 = 144;
/** The MSR by which the guest names its clock; and of which change of the machine's clock what it finds there is, plus 1. */
export const VCPU_CLOCK_PAGE: u64 = 152;
export const VCPU_CLOCK_EPOCH: u64 = 160;
/** MV_RUN_*: what the guest gets when it runs next, or before that (answered.ts). */
export const VCPU_REQUEST: u64 = 168;
/** 1: the guest has run. */
export const VCPU_HAS_RUN: u64 = 176;
/** 1: the user's answer is in the page, and the guest has not got it. */
export const VCPU_IS_ANSWERED: u64 = 184;
/** 64 bytes for whatever is put together. */
export const VCPU_SCRATCH: u64 = 192;
/** For when Linux's timer is set, by the time stamp counter; 0: it is not (rest.ts). */
export const VCPU_ARMED: u64 = 256;
/** 1: the guest has ended an interrupt by the memory of its local APIC, of which somebody has to hear. */
export const VCPU_ENDED: u64 = 264;
export const VCPU_BYTES: u64 = 320;

export const ARGUMENT_BYTES: u64 = 0x4000;

/** A word of a machine or a vCPU. */
export function word(object: u64, offset: u64): u64 {
  return peek64(object + offset);
}
export function setWord(object: u64, offset: u64, value: u64): void {
  poke64(object + offset, value);
}
