// What the microkernel tells an extension's callbacks, and what they answer the SDK's start file

import { type Table, table } from "./schema.ts";

/** Decisions of a callback; the start file makes the system call that each stands for. */
export const decisions = table("callbacks", "What happens after a callback: its result", "u32", {
  NEXT_ADVANCE_AND_RUN: [0, "Skip the instruction that the VM exited for, and run it on."],
  NEXT_RUN: [1, "Run the VM on where it is: the instruction is executed again."],
  NEXT_STOP: [2, "Skip the instruction, and give this processor back to the operating system for good."],
  NEXT_FAIL: [3, "Give up: the processor is lost to this extension, and the debug ring says so."],
  NEXT_WAIT: [5, "Only in bootstrap of a service, which does not own the root VM: done, messages may come."],
  NEXT_AWAIT_KICK: [
    6,
    "Only in vmexit, of the extension that owns the root VM: the microkernel keeps the processor, without running a VM, until it is kicked.",
  ],
  NEXT_AGAIN: [4, "Only in fail: go on where the callback failed. A fault's instruction is executed once more."],
});

export const failCodes = table(
  "callbacks",
  "What the fail callback is told that is no exception: its first argument",
  "u64",
  {
    FAIL_OVERDUE: [
      0x100n,
      "The watchdog took the processor back; the second argument is where the extension was. Exceptions have error code << 32 | vector.",
    ],
  },
);

export const ownExits = table("callbacks", "Exit reasons of the microkernel's own, on both vendors", "u64", {
  EXIT_KICK: [
    0x1_0000_0000n,
    "The processor was kicked. Nothing has happened in the VM, so there is no instruction to skip: run it on, or wait.",
  ],
});

/** Consecutive exit reasons from `first` on; `-` is a number that is not used. */
const range = (first: number, names: string, prefix = "AMD_EXIT_"): [string, number][] =>
  names
    .split(/\s+/)
    .filter((name) => name !== "")
    .flatMap((name, index): [string, number][] => (name === "-" ? [] : [[prefix + name.toUpperCase(), first + index]]));

/**
 * Exit reasons on AMD (APM volume 2, appendix C). Below 0xC0 they number the bits of the intercept words, too: 16 bits
 * each for reads and writes of control and debug registers, then 32 bits each for exceptions and instructions.
 */
export const amdExits: Table = table(
  "callbacks",
  "Exit reasons on AMD, as the vmexit callback gets them (APM volume 2, appendix C)",
  "u64",
  {
    AMD_EXIT_CR_READ: [0x00n, "Of control register 0; the other 15 follow."],
    AMD_EXIT_CR_WRITE: [0x10n, "Of control register 0; the other 15 follow."],
    AMD_EXIT_DR_READ: [0x20n, "Of debug register 0; the other 15 follow."],
    AMD_EXIT_DR_WRITE: [0x30n, "Of debug register 0; the other 15 follow."],
    AMD_EXIT_EXCEPTION: [0x40n, "Vector 0; the other 31 follow."],
    ...Object.fromEntries(
      range(
        0x60,
        `intr nmi smi init vintr cr0_selective_write idtr_read gdtr_read ldtr_read tr_read idtr_write gdtr_write
         ldtr_write tr_write rdtsc rdpmc pushf popf cpuid rsm iret int invd pause hlt invlpg invlpga io msr
         task_switch ferr_freeze shutdown
         vmrun vmmcall vmload vmsave stgi clgi skinit rdtscp icebp wbinvd monitor mwait mwait_armed xsetbv rdpru
         efer_write_trap`,
      ),
    ),
    AMD_EXIT_CR_WRITE_TRAP: [0x90n, "Of control register 0, after the write; the other 15 follow."],
    ...Object.fromEntries(range(0xa0, "invlpgb invlpgb_illegal invpcid mcommit tlbsync bus_lock idle_hlt")),
    ...Object.fromEntries(range(0x400, "nested_page_fault avic_incomplete_ipi avic_no_acceleration vmgexit")),
    AMD_EXIT_INVALID: [0xffff_ffff_ffff_ffffn, "The processor refused the VS's state."],
  },
);

/** Basic exit reasons on Intel (SDM volume 3, appendix C). */
export const intelExits: Table = table(
  "callbacks",
  "Exit reasons on Intel, as the vmexit callback gets them (SDM volume 3, appendix C)",
  "u64",
  {
    ...Object.fromEntries(
      range(
        0,
        `exception_or_nmi external_interrupt triple_fault init sipi io_smi other_smi interrupt_window nmi_window
         task_switch cpuid getsec hlt invd invlpg rdpmc rdtsc rsm
         vmcall vmclear vmlaunch vmptrld vmptrst vmread vmresume vmwrite vmxoff vmxon
         cr_access mov_dr io rdmsr wrmsr invalid_guest_state invalid_msr_loading - mwait monitor_trap_flag - monitor
         pause machine_check_at_entry - tpr_below_threshold apic_access virtualized_eoi gdtr_idtr_access ldtr_tr_access
         ept_violation ept_misconfiguration invept rdtscp preemption_timer invvpid wbinvd xsetbv apic_write rdrand
         invpcid vmfunc encls rdseed page_modification_log_full xsaves xrstors pconfig spp_event umwait tpause
         loadiwkey enclv - enqcmd enqcmds bus_lock instruction_timeout seamcall tdcall rdmsrlist wrmsrlist
         urdmsr uwrmsr - - rdmsr_immediate wrmsrns_immediate`,
        "INTEL_EXIT_",
      ),
    ),
    INTEL_EXIT_ENTRY_FAILURE: [0x8000_0000n, "Bit 31: the processor refused the VS's state."],
  },
);
