// Hypercalls: arguments, checked, and what the objects do (abi/src/hypercalls.ts)
//
// RAX: the call, R10 the handle, R11 to R14 arguments.

import { guest, Level, line, Next, PAGE_BYTES, processorCount, processorNumber, Right } from "@bareflank/sdk";
import * as mv from "../../../abi/generated/bare/hypercalls";
import { setControlBits } from "./control-bits";
import { setCpuids } from "./cpuid";
import { injectGuestException, queueInterrupt } from "./events";
import { readFpu, writeFpu } from "./fpu";
import { guestLeaf } from "./guest-leaves";
import { takeChips } from "./irqchip/chips";
import { apicCall, chipsCall, createChips, isChipsCall } from "./irqchip-calls";
import { lockObjects, unlockObjects } from "./lock";
import { prepareClosedMsrs } from "./msr-access";
import { readMsrs, setupBanks, supportedMsr, writeMsrs } from "./msrs";
import { readRegisters, writeRegisters } from "./registers";
import { enterGuest } from "./run";
import { acquireVcpu, releaseVcpu, Vcpu } from "./vcpu";
import { createVcpu, destroyVcpu, isOfVcpus } from "./vcpu-life";
import { createVm, destroyVm, findVm, GuestVm } from "./vm";
import { createVp, destroyVp, findVp } from "./vp";

const PAGE_MASK: u64 = PAGE_BYTES - 1;
/** MV_OPTION_* that there are. */
const VM_OPTIONS: u64 =
  mv.MV_OPTION_MSR_ASKED |
  mv.MV_OPTION_MSR_UNKNOWN |
  mv.MV_OPTION_MSR_REFUSED |
  mv.MV_OPTION_MSR_CLOSED |
  mv.MV_OPTION_MWAIT_BY_CPUID |
  mv.MV_OPTION_UNDEFINED_ASKED |
  mv.MV_OPTION_MWAIT_BY_MSR;
const LAST_ADDRESS: u64 = ((<u64>1) << 52) - 1;

/** Carries out the hypercall of the root VM's kernel. */
export function hypercall(): Next {
  const rax = guest.rax;
  if (rax >> 48 != mv.MV_SIGNATURE) return finish(mv.MV_STATUS_FAILURE_UNSUPPORTED);
  const call = <u32>rax;
  // What happens most comes first
  if (call == mv.MV_VS_RUN) return run();
  switch (call) {
    case mv.MV_ID_VERSION:
      return give(mv.MV_VERSION_1);
    case mv.MV_HANDLE_OPEN:
      return guest.r10 == mv.MV_VERSION_1 ? give(mv.MV_HANDLE) : finish(mv.MV_STATUS_INVALID_INPUT_REG0);
    case mv.MV_DEBUG_OUT:
      line(Level.Info).text("root VM: ").hex(guest.r10).text(" ").hex(guest.r11).end();
      return finish(mv.MV_STATUS_SUCCESS);
  }
  if (guest.r10 != mv.MV_HANDLE) return finish(mv.MV_STATUS_FAILURE_INVALID_HANDLE);
  switch (call >> 16) {
    case 1:
      return finish(call == mv.MV_HANDLE_CLOSE ? mv.MV_STATUS_SUCCESS : mv.MV_STATUS_FAILURE_UNSUPPORTED);
    case 3:
      return processorCall(call);
    case 4:
      return isChipsCall(call) ? finish(chipsCall(call)) : locked(call, vmCall);
    case 5:
      return locked(call, vpCall);
    case 6:
      return vsCall(call);
    default:
      return finish(mv.MV_STATUS_FAILURE_UNSUPPORTED);
  }
}

function run(): Next {
  if (guest.r10 != mv.MV_HANDLE) return finish(mv.MV_STATUS_FAILURE_INVALID_HANDLE);
  const vcpu = acquireVcpu(guest.r11);
  return vcpu === null ? finish(mv.MV_STATUS_INVALID_INPUT_REG1) : enterGuest(vcpu);
}

function processorCall(call: u32): Next {
  switch (call) {
    case mv.MV_PP_PPID:
      return give(processorNumber());
    case mv.MV_PP_ONLINE_PPS:
      return give(processorCount());
    case mv.MV_PP_CPUID_GET:
      guestLeaf(<u32>guest.r11, <u32>guest.r12);
      return finish(mv.MV_STATUS_SUCCESS);
    case mv.MV_PP_MSR_GET_SUPPORTED: {
      const msr = supportedMsr(guest.r11);
      return msr != 0 ? give(msr) : finish(mv.MV_STATUS_INVALID_INPUT_REG1);
    }
    default:
      return finish(mv.MV_STATUS_FAILURE_UNSUPPORTED);
  }
}

function locked(call: u32, carryOut: (call: u32) => u64): Next {
  lockObjects();
  const status = carryOut(call);
  unlockObjects();
  return finish(status);
}

function vmCall(call: u32): u64 {
  if (call == mv.MV_VM_CREATE) return given(createVm(), mv.MV_MAX_VMS);
  const vm = findVm(guest.r11);
  if (vm === null) return mv.MV_STATUS_INVALID_INPUT_REG1;
  switch (call) {
    case mv.MV_VM_DESTROY:
      if (vm.vps != 0) return mv.MV_STATUS_INVALID_INPUT_REG1;
      takeChips(vm);
      destroyVm(vm);
      return mv.MV_STATUS_SUCCESS;
    case mv.MV_VM_MAP:
      return mapMemory(vm);
    case mv.MV_VM_UNMAP:
      if (!isRange(guest.r12, guest.r13)) return mv.MV_STATUS_INVALID_INPUT_REG2;
      return some(vm.tables.unmapSome(guest.r12, guest.r13));
    case mv.MV_VM_CONFIGURE:
      return configureVm(vm, guest.r12);
    case mv.MV_VM_IRQCHIP_CREATE:
      return createChips(vm);
    case mv.MV_VM_UNFLUSHED:
      guest.r10 = vm.tables.unflushedProcessors;
      return mv.MV_STATUS_SUCCESS;
    default:
      return mv.MV_STATUS_FAILURE_UNSUPPORTED;
  }
}

function configureVm(vm: GuestVm, options: u64): u64 {
  if ((options & ~VM_OPTIONS) != 0) return mv.MV_STATUS_INVALID_INPUT_REG2;
  if ((options & mv.MV_OPTION_MSR_CLOSED) != 0 && !prepareClosedMsrs()) return mv.MV_STATUS_FAILURE_UNKNOWN;
  vm.options = <u32>options;
  return mv.MV_STATUS_SUCCESS;
}

function mapMemory(vm: GuestVm): u64 {
  const flags = <u32>(guest.r13 & PAGE_MASK);
  const host = guest.r13 & ~PAGE_MASK;
  const bytes = guest.r14;
  if (!isRange(guest.r12, bytes)) return mv.MV_STATUS_INVALID_INPUT_REG2;
  if (flags == 0 || flags > <u32>Right.All || !isRange(host, bytes)) return mv.MV_STATUS_INVALID_INPUT_REG3;
  if (isOfVcpus(host, bytes)) return mv.MV_STATUS_INVALID_INPUT_REG3;
  return some(vm.tables.mapSome(guest.r12, host, bytes, <Right>flags));
}

function vpCall(call: u32): u64 {
  if (call == mv.MV_VP_CREATE) {
    const vm = findVm(guest.r11);
    return vm === null ? mv.MV_STATUS_INVALID_INPUT_REG1 : given(createVp(vm), mv.MV_MAX_VPS);
  }
  if (call != mv.MV_VP_DESTROY) return mv.MV_STATUS_FAILURE_UNSUPPORTED;
  const vp = findVp(guest.r11);
  if (vp === null || vp.hasVs != 0) return mv.MV_STATUS_INVALID_INPUT_REG1;
  destroyVp(vp);
  return mv.MV_STATUS_SUCCESS;
}

function vsCall(call: u32): Next {
  if (call == mv.MV_VS_CREATE) return locked(call, vsCreate);
  const vcpu = acquireVcpu(guest.r11);
  if (vcpu === null) return finish(mv.MV_STATUS_INVALID_INPUT_REG1);
  if (call == mv.MV_VS_DESTROY) return finish(vsDestroy(vcpu));
  const status = acquiredCall(vcpu, call);
  releaseVcpu(vcpu);
  return finish(status);
}

function vsDestroy(vcpu: Vcpu): u64 {
  lockObjects();
  const isDone = destroyVcpu(vcpu);
  unlockObjects();
  if (isDone) return mv.MV_STATUS_SUCCESS;
  releaseVcpu(vcpu);
  return mv.MV_STATUS_RETRY_CONTINUATION;
}

function vsCreate(_call: u32): u64 {
  const vp = findVp(guest.r11);
  if (vp === null || vp.hasVs != 0) return mv.MV_STATUS_INVALID_INPUT_REG1;
  const vcpu = createVcpu(vp);
  if (vcpu === null) return mv.MV_STATUS_FAILURE_UNKNOWN;
  guest.r10 = vcpu.id;
  guest.r11 = vcpu.page;
  return mv.MV_STATUS_SUCCESS;
}

/** Calls on a vCPU that this processor has acquired. */
function acquiredCall(vcpu: Vcpu, call: u32): u64 {
  switch (call) {
    case mv.MV_VS_CPUID_SET_LIST:
      return setGuestCpuids(vcpu);
    case mv.MV_VS_REG_GET_LIST:
      return readRegisters(vcpu);
    case mv.MV_VS_REG_SET_LIST:
      return writeRegisters(vcpu);
    case mv.MV_VS_MSR_GET_LIST:
      return readMsrs(vcpu);
    case mv.MV_VS_MSR_SET_LIST:
      return writeMsrs(vcpu);
    case mv.MV_VS_FPU_GET_ALL:
      return readFpu(vcpu, guest.r12, guest.r13);
    case mv.MV_VS_FPU_SET_ALL:
      return writeFpu(vcpu, guest.r12, guest.r13, guest.r14);
    case mv.MV_VS_INJECT_EXCEPTION:
      return injectGuestException(vcpu, guest.r12, guest.r13);
    case mv.MV_VS_QUEUE_INTERRUPT:
      return queueInterrupt(vcpu, guest.r12);
    case mv.MV_VS_MCE_SETUP:
      setupBanks(vcpu, guest.r12);
      return mv.MV_STATUS_SUCCESS;
    case mv.MV_VS_CONFIGURE:
      if ((guest.r12 & ~(<u64>mv.MV_OPTION_FEATURES)) != 0) return mv.MV_STATUS_INVALID_INPUT_REG2;
      vcpu.options = <u32>guest.r12;
      return mv.MV_STATUS_SUCCESS;
    case mv.MV_VS_INJECT_NMI:
      vcpu.nmiWaits = 1;
      return mv.MV_STATUS_SUCCESS;
    default:
      return apicCall(vcpu, call);
  }
}

function setGuestCpuids(vcpu: Vcpu): u64 {
  const status = setCpuids(vcpu, guest.r12);
  if (status == mv.MV_STATUS_SUCCESS) setControlBits(vcpu);
  return status;
}

/** Whether whole pages lie in the address space. */
function isRange(address: u64, bytes: u64): bool {
  return (
    ((address | bytes) & PAGE_MASK) == 0 && bytes != 0 && address <= LAST_ADDRESS && bytes - 1 <= LAST_ADDRESS - address
  );
}

/** What was made is named in R10; `none` says that there was no room or no memory. */
function given(id: u32, none: u32): u64 {
  if (id == none) return mv.MV_STATUS_FAILURE_UNKNOWN;
  guest.r10 = id;
  return mv.MV_STATUS_SUCCESS;
}

function some(bytes: u64): u64 {
  if (bytes == 0) return mv.MV_STATUS_FAILURE_UNKNOWN;
  guest.r10 = bytes;
  return mv.MV_STATUS_SUCCESS;
}

function give(value: u64): Next {
  guest.r10 = value;
  return finish(mv.MV_STATUS_SUCCESS);
}

function finish(status: u64): Next {
  guest.rax = status;
  return Next.AdvanceAndRun;
}
