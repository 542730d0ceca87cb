// What only Intel's processors have of a VS, and what a new one needs before it can run

import { IntelRegister } from "../../../../abi/generated/bare/enumerations";
import { MAP_MSR } from "../../../../abi/generated/bare/objects";
import {
  INTEL_REG_PIN_BASED_VM_EXECUTION_CTLS,
  INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS,
  INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS,
  INTEL_REG_VMCS_LINK_POINTER,
  INTEL_REG_VMENTRY_CTLS,
  INTEL_REG_VMX_PREEMPTION_TIMER_VALUE,
} from "../../../../abi/generated/bare/registers-intel";
import { SYSCALL_MAP_ATTACH, SYSCALL_MAP_CREATE } from "../../../../abi/generated/bare/syscalls";
import { callRequired, callValue } from "../calls/syscall";
import { NativeVs } from "../vs/native-vs";
import { trapControlWrites } from "./intel-state";

const PIN_PREEMPTION_TIMER: u32 = 6;
const SECONDARY_UNRESTRICTED_GUEST: u32 = 7;
const PRIMARY_NMI_WINDOW: u32 = 22;
const PRIMARY_MONITOR_TRAP_FLAG: u32 = 27;
const ENTRY_IA32E_MODE: u64 = 1 << 9;

/**
 * Secondary controls (SDM volume 3, 25.6.2), of which the microkernel takes what the processor has: address space
 * identifiers, and the instructions RDTSCP, INVPCID, XSAVES and TPAUSE, which do not exist in a VM without them.
 */
const SECONDARY: u64 = (1 << 5) | (1 << 3) | (1 << 12) | (1 << 20) | (1 << 26);
/** No VMCS is linked (25.4.2). */
const NO_LINK: u64 = 0xffff_ffff_ffff_ffff;

/** A VS on a processor of Intel's: `vs.intel`, which asserts that it is one. */
@unmanaged
export class IntelVs {
  read(register: IntelRegister): u64 {
    return this.vs.read(<u32>register);
  }

  write(register: IntelRegister, value: u64): void {
    this.vs.write(<u32>register, value);
  }

  /**
   * Makes the VM exit behind each instruction (26.5.2), or no longer: INTEL_EXIT_MONITOR_TRAP_FLAG. False when the
   * processor cannot.
   */
  trapInstructions(wanted: bool): bool {
    this.vs.setBit(INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS, PRIMARY_MONITOR_TRAP_FLAG, wanted);
    const controls = this.vs.read(INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS);
    return ((controls >> PRIMARY_MONITOR_TRAP_FLAG) & 1) == <u64>wanted;
  }

  /** Makes the VM exit as soon as it can take an NMI, or no longer: INTEL_EXIT_NMI_WINDOW. */
  trapNmiWindow(wanted: bool): IntelVs {
    trapNmiWindow(this.vs, wanted);
    return this;
  }

  /**
   * Makes the VM exit after so many ticks of the preemption timer (25.5.1), INTEL_EXIT_PREEMPTION_TIMER, counted from
   * each time that it runs: call it at every exit to have it go on.
   */
  startTimer(ticks: u32): void {
    this.vs.write(INTEL_REG_VMX_PREEMPTION_TIMER_VALUE, ticks);
    this.vs.setBit(INTEL_REG_PIN_BASED_VM_EXECUTION_CTLS, PIN_PREEMPTION_TIMER, true);
  }

  stopTimer(): void {
    this.vs.setBit(INTEL_REG_PIN_BASED_VM_EXECUTION_CTLS, PIN_PREEMPTION_TIMER, false);
  }

  private get vs(): NativeVs {
    return changetype<NativeVs>(changetype<usize>(this));
  }
}

/** Makes a VM exit as soon as it can take an NMI, or no longer. */
export function trapNmiWindow(vs: NativeVs, wanted: bool): void {
  vs.setBit(INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS, PRIMARY_NMI_WINDOW, wanted);
}

/** What every VS wants. Without a map all its MSR accesses exit. */
export function prepareVmcs(vs: NativeVs): void {
  vs.write(INTEL_REG_VMCS_LINK_POINTER, NO_LINK);
  vs.write(
    INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS,
    vs.read(INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS) | SECONDARY,
  );
}

/** The same for an operating system's: it runs in long mode, and uses its MSRs without exits. */
export function prepareRootVmcs(vs: NativeVs): void {
  prepareVmcs(vs);
  const map = callValue(SYSCALL_MAP_CREATE, MAP_MSR, 0, 0);
  callRequired(SYSCALL_MAP_ATTACH, map, vs.id, 0);
  vs.write(INTEL_REG_VMENTRY_CTLS, vs.read(INTEL_REG_VMENTRY_CTLS) | ENTRY_IA32E_MODE);
}

/** Lets a VM run without protection and without paging, and with CR0.NE clear as far as it sees. */
export function allowRealMode(vs: NativeVs): void {
  vs.setBit(INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS, SECONDARY_UNRESTRICTED_GUEST, true);
  trapControlWrites(vs, true, false);
  trapControlWrites(vs, false, false);
}
