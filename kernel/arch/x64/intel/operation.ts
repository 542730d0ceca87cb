// VMX operation of one processor: in, and out again with what the operating system had
//
// Manual: SDM volume 3, 24.6 to 24.8.

import {
  SAVED_STATE_CR2,
  SAVED_STATE_CSTAR,
  SAVED_STATE_DEBUGCTL,
  SAVED_STATE_KERNEL_GS_BASE,
  SAVED_STATE_LSTAR,
  SAVED_STATE_PAT,
  SAVED_STATE_SFMASK,
  SAVED_STATE_STAR,
  SAVED_STATE_SYSENTER_CS,
  SAVED_STATE_SYSENTER_EIP,
  SAVED_STATE_SYSENTER_ESP,
} from "../../../../abi/generated/bare/boot";
import { PP_BLOCK_HOST_AREA } from "../../../../abi/generated/bare/pp-block";
import { DIRECT_BASE, PP_STATE } from "../../../../abi/generated/bare/windows";
import { poke32 } from "../../../../bsl/src/memory";
import { allocatePage } from "../../../src/memory/pages";
import { block64, loadedVs, setBlock64 } from "../../../src/pp";
import { flushTlb, rdmsr, readCr4, tryWrmsr, writeCr2, writeCr4, wrmsr } from "../cpu";
import { HOST_PAT } from "../host-registers";
import { ppLoad64, ppStore64 } from "../pparea";
import { CR4_VMXE, MSR_VMX_BASIC } from "./controls";
import { park } from "./current";
import { flushGuests } from "./tlb";
import { vmxoff, vmxon } from "./vmx";

const REVISION: u64 = 0x7fff_ffff;

const MSR_SYSENTER_CS: u32 = 0x174;
const MSR_SYSENTER_ESP: u32 = 0x175;
const MSR_SYSENTER_EIP: u32 = 0x176;
const MSR_DEBUGCTL: u32 = 0x1d9;
/** TR, BTS and BTINT: the processor sends or stores branch records (18.4.1). */
const DEBUGCTL_RECORDS: u64 = 0x1c0;
const MSR_PAT: u32 = 0x277;
const MSR_STAR: u32 = 0xc000_0081;
const MSR_LSTAR: u32 = 0xc000_0082;
const MSR_CSTAR: u32 = 0xc000_0083;
const MSR_SFMASK: u32 = 0xc000_0084;
const MSR_KERNEL_GS_BASE: u32 = 0xc000_0102;

/** Makes a page one that VMXON or VMCLEAR takes: it begins with the processor's revision (25.2). */
export function writeRevision(page: u64): void {
  poke32(DIRECT_BASE + page, <u32>(rdmsr(MSR_VMX_BASIC) & REVISION));
}

/** Takes the memory that this processor needs; nothing of it changes. False when memory runs out. */
export function prepare(): bool {
  const region = allocatePage();
  setBlock64(PP_BLOCK_HOST_AREA, region);
  if (region == 0) return false;
  writeRevision(region);
  return true;
}

/** Enters VMX operation, with no translation of whoever used it before; false when the processor refuses. */
export function start(): bool {
  // A VM's own comes and goes with its VMCS; what has been translated so far has its type by the operating system's (12.12.4)
  wrmsr(MSR_PAT, HOST_PAT);
  flushTlb();
  writeCr4(readCr4() | CR4_VMXE);
  if (vmxon(block64(PP_BLOCK_HOST_AREA)) == 0) {
    writeCr4(readCr4() & ~CR4_VMXE);
    return false;
  }
  flushGuests();
  return true;
}

/** Leaves VMX operation, and gives the processor what SavedState holds and the loader's code does not restore. */
export function leave(): void {
  if ((readCr4() & CR4_VMXE) != 0) {
    const vs = loadedVs();
    if (vs !== null) park(vs);
    vmxoff();
    writeCr4(readCr4() & ~CR4_VMXE);
  }
  writeCr2(saved(SAVED_STATE_CR2));
  wrmsr(MSR_STAR, saved(SAVED_STATE_STAR));
  wrmsr(MSR_LSTAR, saved(SAVED_STATE_LSTAR));
  wrmsr(MSR_CSTAR, saved(SAVED_STATE_CSTAR));
  wrmsr(MSR_SFMASK, saved(SAVED_STATE_SFMASK));
  wrmsr(MSR_KERNEL_GS_BASE, saved(SAVED_STATE_KERNEL_GS_BASE));
  wrmsr(MSR_SYSENTER_CS, saved(SAVED_STATE_SYSENTER_CS));
  wrmsr(MSR_SYSENTER_ESP, saved(SAVED_STATE_SYSENTER_ESP));
  wrmsr(MSR_SYSENTER_EIP, saved(SAVED_STATE_SYSENTER_EIP));
  wrmsr(MSR_PAT, saved(SAVED_STATE_PAT));
  checkDebugctl();
}

/**
 * The loader's code loads DEBUGCTL where the operating system's memory is mapped, for the processor may write records there;
 * but it cannot take a fault. A VS that does not load its debug controls may have anything in that field.
 */
function checkDebugctl(): void {
  if (tryWrmsr(MSR_DEBUGCTL, saved(SAVED_STATE_DEBUGCTL) & ~DEBUGCTL_RECORDS) == 0) {
    ppStore64(PP_STATE + SAVED_STATE_DEBUGCTL, 0);
  }
  wrmsr(MSR_DEBUGCTL, 0);
}

function saved(field: u32): u64 {
  return ppLoad64(PP_STATE + field);
}
