// SVM on one processor: entering host mode, the root VS from the operating system's state, and the way back
//
// Manual: AMD64 Architecture Programmer's Manual, volume 2, chapter 15.

import {
  SAVED_STATE_CR0,
  SAVED_STATE_CR2,
  SAVED_STATE_CR3,
  SAVED_STATE_CR4,
  SAVED_STATE_CS_SELECTOR,
  SAVED_STATE_CSTAR,
  SAVED_STATE_DR6,
  SAVED_STATE_DR7,
  SAVED_STATE_DS_SELECTOR,
  SAVED_STATE_EFER,
  SAVED_STATE_ES_SELECTOR,
  SAVED_STATE_GDTR_BASE,
  SAVED_STATE_GDTR_LIMIT,
  SAVED_STATE_HSAVE_PA,
  SAVED_STATE_IDTR_BASE,
  SAVED_STATE_IDTR_LIMIT,
  SAVED_STATE_KERNEL_GS_BASE,
  SAVED_STATE_LSTAR,
  SAVED_STATE_PAT,
  SAVED_STATE_RAX,
  SAVED_STATE_RFLAGS,
  SAVED_STATE_RIP,
  SAVED_STATE_RSP,
  SAVED_STATE_SFMASK,
  SAVED_STATE_SS_SELECTOR,
  SAVED_STATE_STAR,
  SAVED_STATE_SYSENTER_CS,
  SAVED_STATE_SYSENTER_EIP,
  SAVED_STATE_SYSENTER_ESP,
} from "../../../../abi/generated/bare/boot";
import { PP_BLOCK_HOST_AREA, PP_BLOCK_HOST_VMCB } from "../../../../abi/generated/bare/pp-block";
import { DIRECT_BASE, PP_AREA_BASE, PP_STATE } from "../../../../abi/generated/bare/windows";
import { copyMemory, peek16, peek32, peek64, poke8, poke16, poke32, poke64 } from "../../../../bsl/src/memory";
import { allocatePage } from "../../../src/memory/pages";
import { block64, setBlock64 } from "../../../src/pp";
import { Vs } from "../../../src/vs";
import { rdmsr, vmload, vmsave, writeCr2, wrmsr } from "../cpu";
import {
  EFER_SVME,
  VMCB_CPL,
  VMCB_CR0,
  VMCB_CR2,
  VMCB_CR3,
  VMCB_CR4,
  VMCB_CS,
  VMCB_CSTAR,
  VMCB_DR6,
  VMCB_DR7,
  VMCB_DS,
  VMCB_EFER,
  VMCB_ES,
  VMCB_FS,
  VMCB_GDTR,
  VMCB_GS,
  VMCB_IDTR,
  VMCB_KERNEL_GS_BASE,
  VMCB_LDTR,
  VMCB_LSTAR,
  VMCB_PAT,
  VMCB_RAX,
  VMCB_RFLAGS,
  VMCB_RIP,
  VMCB_RSP,
  VMCB_SFMASK,
  VMCB_SS,
  VMCB_STAR,
  VMCB_SYSENTER_CS,
  VMCB_SYSENTER_EIP,
  VMCB_SYSENTER_ESP,
  VMCB_TR,
} from "./vmcb";

const MSR_VM_HSAVE_PA: u32 = 0xc001_0117;
const MSR_PAT: u32 = 0x277;
/** Bytes of a segment register in the VMCB and in SavedState. */
const SEGMENT_BYTES: u64 = 16;
const STATE: u64 = PP_AREA_BASE + PP_STATE;

/** Takes the memory that this processor needs; nothing of it changes. False when memory runs out. */
export function prepare(): bool {
  setBlock64(PP_BLOCK_HOST_VMCB, allocatePage());
  setBlock64(PP_BLOCK_HOST_AREA, allocatePage());
  return block64(PP_BLOCK_HOST_VMCB) != 0 && block64(PP_BLOCK_HOST_AREA) != 0;
}

/** Keeps what VMLOAD has to restore in host mode, and gives the processor its host save area (15.30.4). Never refused. */
export function start(): bool {
  vmsave(block64(PP_BLOCK_HOST_VMCB));
  wrmsr(MSR_VM_HSAVE_PA, block64(PP_BLOCK_HOST_AREA));
  return true;
}

function copySegment(to: u64, from: u64): void {
  copyMemory(to, STATE + from, SEGMENT_BYTES);
}

function copy64(to: u64, from: u64): void {
  poke64(to, peek64(STATE + from));
}

/** Makes a VS's state the operating system's; what its control area asks for stays as it is. */
export function loadSavedState(vs: Vs): void {
  fillStateArea(vs.controlBlock);
}

function fillStateArea(vmcb: u64): void {
  const area = DIRECT_BASE + vmcb;
  copySegment(area + VMCB_ES, SAVED_STATE_ES_SELECTOR);
  copySegment(area + VMCB_CS, SAVED_STATE_CS_SELECTOR);
  copySegment(area + VMCB_SS, SAVED_STATE_SS_SELECTOR);
  copySegment(area + VMCB_DS, SAVED_STATE_DS_SELECTOR);
  // As VMSAVE wrote them: whether TR's type says "busy" is the processor's choice, not the descriptor's
  copySegment(area + VMCB_FS, VMCB_FS);
  copySegment(area + VMCB_GS, VMCB_GS);
  copySegment(area + VMCB_LDTR, VMCB_LDTR);
  copySegment(area + VMCB_TR, VMCB_TR);
  poke32(area + VMCB_GDTR + 4, peek32(STATE + SAVED_STATE_GDTR_LIMIT));
  copy64(area + VMCB_GDTR + 8, SAVED_STATE_GDTR_BASE);
  poke32(area + VMCB_IDTR + 4, peek32(STATE + SAVED_STATE_IDTR_LIMIT));
  copy64(area + VMCB_IDTR + 8, SAVED_STATE_IDTR_BASE);
  poke8(area + VMCB_CPL, 0);
  poke64(area + VMCB_EFER, peek64(STATE + SAVED_STATE_EFER) | EFER_SVME);
  copy64(area + VMCB_CR0, SAVED_STATE_CR0);
  copy64(area + VMCB_CR2, SAVED_STATE_CR2);
  copy64(area + VMCB_CR3, SAVED_STATE_CR3);
  copy64(area + VMCB_CR4, SAVED_STATE_CR4);
  copy64(area + VMCB_DR6, SAVED_STATE_DR6);
  copy64(area + VMCB_DR7, SAVED_STATE_DR7);
  copy64(area + VMCB_RFLAGS, SAVED_STATE_RFLAGS);
  copy64(area + VMCB_RIP, SAVED_STATE_RIP);
  copy64(area + VMCB_RSP, SAVED_STATE_RSP);
  copy64(area + VMCB_RAX, SAVED_STATE_RAX);
  copy64(area + VMCB_STAR, SAVED_STATE_STAR);
  copy64(area + VMCB_LSTAR, SAVED_STATE_LSTAR);
  copy64(area + VMCB_CSTAR, SAVED_STATE_CSTAR);
  copy64(area + VMCB_SFMASK, SAVED_STATE_SFMASK);
  copy64(area + VMCB_KERNEL_GS_BASE, SAVED_STATE_KERNEL_GS_BASE);
  copy64(area + VMCB_SYSENTER_CS, SAVED_STATE_SYSENTER_CS);
  copy64(area + VMCB_SYSENTER_ESP, SAVED_STATE_SYSENTER_ESP);
  copy64(area + VMCB_SYSENTER_EIP, SAVED_STATE_SYSENTER_EIP);
  copy64(area + VMCB_PAT, SAVED_STATE_PAT);
}

/** Writes a VS's state into SavedState, where the loader's code takes it from. */
export function storeSavedState(vs: Vs): void {
  const area = DIRECT_BASE + vs.controlBlock;
  poke16(STATE + SAVED_STATE_ES_SELECTOR, peek16(area + VMCB_ES));
  poke16(STATE + SAVED_STATE_CS_SELECTOR, peek16(area + VMCB_CS));
  poke16(STATE + SAVED_STATE_SS_SELECTOR, peek16(area + VMCB_SS));
  poke16(STATE + SAVED_STATE_DS_SELECTOR, peek16(area + VMCB_DS));
  poke32(STATE + SAVED_STATE_GDTR_LIMIT, peek32(area + VMCB_GDTR + 4));
  poke64(STATE + SAVED_STATE_GDTR_BASE, peek64(area + VMCB_GDTR + 8));
  poke32(STATE + SAVED_STATE_IDTR_LIMIT, peek32(area + VMCB_IDTR + 4));
  poke64(STATE + SAVED_STATE_IDTR_BASE, peek64(area + VMCB_IDTR + 8));
  // SVME goes back to what it was; every other bit is the operating system's to change while it runs
  const svme = peek64(STATE + SAVED_STATE_EFER) & EFER_SVME;
  poke64(STATE + SAVED_STATE_EFER, (peek64(area + VMCB_EFER) & ~EFER_SVME) | svme);
  poke64(STATE + SAVED_STATE_CR0, peek64(area + VMCB_CR0));
  poke64(STATE + SAVED_STATE_CR3, peek64(area + VMCB_CR3));
  poke64(STATE + SAVED_STATE_CR4, peek64(area + VMCB_CR4));
  poke64(STATE + SAVED_STATE_DR6, peek64(area + VMCB_DR6));
  poke64(STATE + SAVED_STATE_DR7, peek64(area + VMCB_DR7));
  poke64(STATE + SAVED_STATE_RFLAGS, peek64(area + VMCB_RFLAGS));
  poke64(STATE + SAVED_STATE_RIP, peek64(area + VMCB_RIP));
  poke64(STATE + SAVED_STATE_RSP, peek64(area + VMCB_RSP));
}

/** Nested paging begins for a root VS: its PAT is in the VMCB from now on. */
export function keepPat(vs: Vs): void {
  const pat = rdmsr(MSR_PAT);
  poke64(STATE + SAVED_STATE_PAT, pat);
  poke64(DIRECT_BASE + vs.controlBlock + VMCB_PAT, pat);
}

/**
 * It ends: the processor gets it back. Host mode's has stayed what it was, unless the processor has one for both sides, as QEMU 7.2's
 * has: then what the VM wrote is there already, and what the VMCB has is old.
 */
export function restorePat(vs: Vs): void {
  if (rdmsr(MSR_PAT) != peek64(STATE + SAVED_STATE_PAT)) return;
  wrmsr(MSR_PAT, peek64(DIRECT_BASE + vs.controlBlock + VMCB_PAT));
}

/** Gives the processor what the loader's code does not restore of a VS, and takes SVM away. */
export function leave(vs: Vs): void {
  if (vs.nested != 0) restorePat(vs);
  leaveWith(vs.controlBlock);
}

/** The same with what SavedState holds. The host's VMCB is not needed any more. */
export function leaveAsSaved(): void {
  const vmcb = block64(PP_BLOCK_HOST_VMCB);
  if (vmcb == 0) return;
  fillStateArea(vmcb);
  leaveWith(vmcb);
}

function leaveWith(vmcb: u64): void {
  const area = DIRECT_BASE + vmcb;
  writeCr2(peek64(area + VMCB_CR2));
  wrmsr(MSR_VM_HSAVE_PA, peek64(STATE + SAVED_STATE_HSAVE_PA));
  vmload(vmcb);
}
