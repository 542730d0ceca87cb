// A vCPU: a VP and a VS of MicroV's, and what its user reads and writes of it

import {
  MV_MP_RUNNABLE,
  MV_MP_UNINITIALIZED,
  MV_OPTION_FEATURES,
  MV_PAGE_MP_STATE,
  MV_REG_APIC_BASE,
  MV_STATUS_RETRY_CONTINUATION,
  MV_STATUS_SUCCESS,
  MV_VP_CREATE,
  MV_VP_DESTROY,
  MV_VS_APIC_CREATE,
  MV_VS_CONFIGURE,
  MV_VS_CREATE,
  MV_VS_DESTROY,
} from "../../../abi/generated/bare/hypercalls";
import * as kvm from "../../../abi/generated/bare/kvm";
import { peek32, peek64, poke32 } from "../../../bsl/src/memory";
import { MOST_VCPUS } from "./capabilities";
import { controlTpr, getLapic, mpState, setLapic, setMpState, setVapicAddress } from "./controller-state";
import { CPUIDS_BYTES, getCpuids, setCpuids } from "./cpuid";
import { VCPU_EMULATION_BYTES } from "./emulate";
import { EEXIST, EFAULT, EINVAL, ENODEV, ENOMEM, ENOTTY } from "./errors";
import { getEvents, interrupt, nmi, setEvents } from "./events";
import { getFpu, getXsave, setFpu, setXsave } from "./fpu";
import { callMv, firstOf, isDone, secondOf } from "./hypercall";
import { forgetRunner, hasIrqchip, noteRunner } from "./interrupts";
import { setRegister } from "./list";
import { setupMce } from "./machine-check";
import { accessMsrs } from "./msrs";
import {
  ARGUMENT_BYTES,
  MACHINE_GLUE,
  MACHINE_VCPU_IDS,
  MACHINE_VCPUS,
  MACHINE_VM,
  setWord,
  VCPU_ARGUMENT,
  VCPU_BLOCK,
  VCPU_BYTES,
  VCPU_CLOCK_PAGE,
  VCPU_CPUIDS,
  VCPU_EMULATION,
  VCPU_GLUE,
  VCPU_MACHINE,
  VCPU_NUMBER,
  VCPU_PAGE,
  VCPU_VP,
  VCPU_VS,
  word,
} from "./objects";
import {
  allocate,
  copyFromUser,
  copyToUser,
  forgetSignals,
  free,
  mapPage,
  openVcpu,
  setSignals,
  sleep,
  tscKhz,
  unmapPage,
} from "./platform";
import { getDebugregs, getRegs, getSregs, getXcrs, setDebugregs, setRegs, setSregs, setXcrs } from "./registers";
import { startTsc } from "./tsc";

/** MicroV's answer when it has none. */
const NOTHING: u64 = 0xffff_ffff_ffff_ffff;
/** The local APIC's base of processors that do not boot the machine (APM volume 2, 16.3.1): enabled, without BSP. */
const APIC_BASE_OF_OTHERS: u64 = 0xfee0_0800;
/** Bytes of a set of signals. */
const SIGNAL_BYTES: u32 = 8;

/** KVM_CREATE_VCPU: its file, or a negative error. The machine's lock is held. */
export function createVcpu(machine: u64, number: u64): i64 {
  const count = word(machine, MACHINE_VCPU_IDS);
  if (number >= (count != 0 ? count : MOST_VCPUS)) return EINVAL;
  const bit = (<u64>1) << number;
  if ((word(machine, MACHINE_VCPUS) & bit) != 0) return EEXIST;
  const vcpu = allocate(VCPU_BYTES);
  if (vcpu == 0) return ENOMEM;
  setWord(vcpu, VCPU_MACHINE, machine);
  setWord(vcpu, VCPU_NUMBER, number);
  setWord(vcpu, VCPU_VP, NOTHING);
  setWord(vcpu, VCPU_VS, NOTHING);
  const result = open(vcpu);
  if (result < 0) freeVcpu(vcpu);
  else setWord(machine, MACHINE_VCPUS, word(machine, MACHINE_VCPUS) | bit);
  return result;
}

/** Gives back all that it has. */
export function closeVcpu(vcpu: u64): void {
  const machine = word(vcpu, VCPU_MACHINE);
  setWord(machine, MACHINE_VCPUS, word(machine, MACHINE_VCPUS) & ~((<u64>1) << word(vcpu, VCPU_NUMBER)));
  forgetRunner(machine, word(vcpu, VCPU_NUMBER));
  freeVcpu(vcpu);
}

function open(vcpu: u64): i64 {
  const machine = word(vcpu, VCPU_MACHINE);
  const block = vcpu + VCPU_BLOCK;
  setWord(vcpu, VCPU_ARGUMENT, allocate(ARGUMENT_BYTES));
  setWord(vcpu, VCPU_CPUIDS, allocate(CPUIDS_BYTES));
  setWord(vcpu, VCPU_EMULATION, allocate(VCPU_EMULATION_BYTES));
  if (word(vcpu, VCPU_ARGUMENT) == 0 || word(vcpu, VCPU_CPUIDS) == 0 || word(vcpu, VCPU_EMULATION) == 0) return ENOMEM;
  if (callMv(block, MV_VP_CREATE, word(machine, MACHINE_VM), 0, 0, 0) != MV_STATUS_SUCCESS) return ENOMEM;
  setWord(vcpu, VCPU_VP, firstOf(block));
  if (callMv(block, MV_VS_CREATE, word(vcpu, VCPU_VP), 0, 0, 0) != MV_STATUS_SUCCESS) return ENOMEM;
  setWord(vcpu, VCPU_VS, firstOf(block));
  const page = mapPage(secondOf(block));
  if (page == 0) return ENOMEM;
  setWord(vcpu, VCPU_PAGE, page);
  if (!startTsc(vcpu)) return ENODEV;
  if (hasIrqchip(machine) && !giveApic(vcpu)) return ENOMEM;
  // The user may run it as soon as there is a file: everything else is there before
  if (word(vcpu, VCPU_NUMBER) != 0 && !setRegister(vcpu, MV_REG_APIC_BASE, APIC_BASE_OF_OTHERS)) return ENODEV;
  const file = openVcpu(word(machine, MACHINE_GLUE), vcpu, <u32>word(vcpu, VCPU_NUMBER));
  if (file >= 0) noteRunner(machine, word(vcpu, VCPU_NUMBER), vcpu);
  return file;
}

/** Its local APIC. All but the first one wait to be started by it. */
function giveApic(vcpu: u64): bool {
  const number = word(vcpu, VCPU_NUMBER);
  if (callMv(vcpu + VCPU_BLOCK, MV_VS_APIC_CREATE, word(vcpu, VCPU_VS), number, 0, 0) != MV_STATUS_SUCCESS)
    return false;
  poke32(word(vcpu, VCPU_PAGE) + MV_PAGE_MP_STATE, number == 0 ? MV_MP_RUNNABLE : MV_MP_UNINITIALIZED);
  return true;
}

function freeVcpu(vcpu: u64): void {
  const block = vcpu + VCPU_BLOCK;
  if (word(vcpu, VCPU_PAGE) != 0) unmapPage(word(vcpu, VCPU_PAGE));
  if (word(vcpu, VCPU_VS) != NOTHING) destroyVs(block, word(vcpu, VCPU_VS));
  if (word(vcpu, VCPU_VP) != NOTHING) isDone(block, MV_VP_DESTROY, word(vcpu, VCPU_VP));
  free(word(vcpu, VCPU_EMULATION));
  free(word(vcpu, VCPU_CPUIDS));
  free(word(vcpu, VCPU_ARGUMENT));
  free(vcpu);
}

/** Another processor may still use the page that was its user's: soon none does. */
function destroyVs(block: u64, vs: u64): void {
  while (callMv(block, MV_VS_DESTROY, vs, 0, 0, 0) == MV_STATUS_RETRY_CONTINUATION) sleep(1);
}

export function ioctlOfVcpu(vcpu: u64, command: u32, argument: u64): i64 {
  switch (command) {
    case kvm.KVM_GET_REGS:
    case kvm.KVM_GET_SREGS:
    case kvm.KVM_GET_DEBUGREGS:
    case kvm.KVM_GET_XCRS:
    case kvm.KVM_GET_FPU:
    case kvm.KVM_GET_XSAVE:
    case kvm.KVM_GET_VCPU_EVENTS:
    case kvm.KVM_GET_MP_STATE:
    case kvm.KVM_GET_LAPIC:
      return get(vcpu, command, argument);
    case kvm.KVM_SET_REGS:
    case kvm.KVM_SET_SREGS:
    case kvm.KVM_SET_DEBUGREGS:
    case kvm.KVM_SET_XCRS:
    case kvm.KVM_SET_FPU:
    case kvm.KVM_SET_XSAVE:
    case kvm.KVM_SET_VCPU_EVENTS:
    case kvm.KVM_SET_MP_STATE:
    case kvm.KVM_SET_LAPIC:
    case kvm.KVM_SET_VAPIC_ADDR:
    case kvm.KVM_INTERRUPT:
    case kvm.KVM_ENABLE_CAP:
    case kvm.KVM_X86_SETUP_MCE:
      return set(vcpu, command, argument);
    case kvm.KVM_GET_MSRS:
      return accessMsrs(vcpu, argument, false);
    case kvm.KVM_SET_MSRS:
      return accessMsrs(vcpu, argument, true);
    case kvm.KVM_SET_CPUID2:
      return setCpuids(vcpu, argument);
    case kvm.KVM_GET_CPUID2:
      return getCpuids(vcpu, argument);
    case kvm.KVM_NMI:
      return nmi(vcpu);
    case kvm.KVM_TPR_ACCESS_REPORTING: {
      const control = word(vcpu, VCPU_ARGUMENT);
      if (copyFromUser(control, argument, kvm.KVM_TPR_ACCESS_CTL_BYTES) == 0) return EFAULT;
      const error = controlTpr(control);
      if (error != 0) return error;
      return copyToUser(argument, control, kvm.KVM_TPR_ACCESS_CTL_BYTES) != 0 ? 0 : EFAULT;
    }
    case kvm.KVM_GET_TSC_KHZ:
      return tscKhz();
    // Of the guest that it was stopped: its watchdogs are the guest's affair
    case kvm.KVM_KVMCLOCK_CTRL:
      return (word(vcpu, VCPU_CLOCK_PAGE) & 1) != 0 ? 0 : EINVAL;
    case kvm.KVM_SET_SIGNAL_MASK:
      return setSignalMask(vcpu, argument);
    default:
      return ENOTTY;
  }
}

/** Bytes of the argument, which its number has (Linux's _IOC). */
function bytesOf(command: u32): u32 {
  return (command >> 16) & 0x3fff;
}

function get(vcpu: u64, command: u32, argument: u64): i64 {
  const block = word(vcpu, VCPU_ARGUMENT);
  const error = read(vcpu, command, block);
  if (error != 0) return error;
  return copyToUser(argument, block, bytesOf(command)) != 0 ? 0 : EFAULT;
}

function read(vcpu: u64, command: u32, block: u64): i64 {
  switch (command) {
    case kvm.KVM_GET_REGS:
      return getRegs(vcpu, block);
    case kvm.KVM_GET_SREGS:
      return getSregs(vcpu, block);
    case kvm.KVM_GET_DEBUGREGS:
      return getDebugregs(vcpu, block);
    case kvm.KVM_GET_XCRS:
      return getXcrs(vcpu, block);
    case kvm.KVM_GET_FPU:
      return getFpu(vcpu, block);
    case kvm.KVM_GET_XSAVE:
      return getXsave(vcpu, block);
    case kvm.KVM_GET_VCPU_EVENTS:
      return getEvents(vcpu, block);
    case kvm.KVM_GET_LAPIC:
      return getLapic(vcpu, block);
    default:
      poke32(block, mpState(vcpu));
      return 0;
  }
}

function set(vcpu: u64, command: u32, argument: u64): i64 {
  const block = word(vcpu, VCPU_ARGUMENT);
  if (copyFromUser(block, argument, bytesOf(command)) == 0) return EFAULT;
  switch (command) {
    case kvm.KVM_SET_REGS:
      return setRegs(vcpu, block);
    case kvm.KVM_SET_SREGS:
      return setSregs(vcpu, block, true);
    case kvm.KVM_SET_DEBUGREGS:
      return setDebugregs(vcpu, block);
    case kvm.KVM_SET_XCRS:
      return setXcrs(vcpu, block);
    case kvm.KVM_SET_FPU:
      return setFpu(vcpu, block);
    case kvm.KVM_SET_XSAVE:
      return setXsave(vcpu, block);
    case kvm.KVM_SET_VCPU_EVENTS:
      return setEvents(vcpu, block);
    case kvm.KVM_X86_SETUP_MCE:
      return setupMce(vcpu, block);
    case kvm.KVM_ENABLE_CAP:
      return enableCapability(vcpu, block);
    case kvm.KVM_SET_MP_STATE:
      return setMpState(vcpu, peek32(block));
    case kvm.KVM_SET_LAPIC:
      return setLapic(vcpu, block);
    case kvm.KVM_SET_VAPIC_ADDR:
      return setVapicAddress(vcpu);
    default:
      return interrupt(vcpu, peek32(block));
  }
}

/** KVM_ENABLE_CAP of a vCPU. */
function enableCapability(vcpu: u64, enabled: u64): i64 {
  if (peek32(enabled + kvm.KVM_ENABLE_CAP_FLAGS) != 0) return EINVAL;
  if (peek32(enabled + kvm.KVM_ENABLE_CAP_CAP) != kvm.KVM_CAP_ENFORCE_PV_FEATURE_CPUID) return EINVAL;
  const options: u64 = peek64(enabled + kvm.KVM_ENABLE_CAP_ARGS) != 0 ? MV_OPTION_FEATURES : 0;
  const status = callMv(vcpu + VCPU_BLOCK, MV_VS_CONFIGURE, word(vcpu, VCPU_VS), options, 0, 0);
  return status == MV_STATUS_SUCCESS ? 0 : ENODEV;
}

/** KVM_SET_SIGNAL_MASK: no argument takes it away. */
function setSignalMask(vcpu: u64, argument: u64): i64 {
  const glue = word(vcpu, VCPU_GLUE);
  if (argument == 0) {
    forgetSignals(glue);
    return 0;
  }
  const block = word(vcpu, VCPU_ARGUMENT);
  if (copyFromUser(block, argument, 4) == 0) return EFAULT;
  if (peek32(block) != SIGNAL_BYTES) return EINVAL;
  if (copyFromUser(block, argument + 4, SIGNAL_BYTES) == 0) return EFAULT;
  setSignals(glue, peek64(block));
  return 0;
}
