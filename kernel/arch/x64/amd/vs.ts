// A VS on AMD: its VMCB (APM volume 2, 15.5 and appendix B), and what the processor caches of it

import { BOOT_ARGS_FEATURES, CPU_FEATURE_FLUSH_ASID } from "../../../../abi/generated/bare/boot";
import { PP_BLOCK_VMCB, PP_BLOCK_VMCB_VIRTUAL, WORK_END_FLUSH } from "../../../../abi/generated/bare/pp-block";
import { DIRECT_BASE, PP_ARGS } from "../../../../abi/generated/bare/windows";
import { peek32, peek64, poke8, poke32 } from "../../../../bsl/src/memory";
import { setBlock64 } from "../../../src/pp";
import { addWork } from "../../../src/requests";
import { Vs } from "../../../src/vs";
import { flushGuestPage } from "../cpu";
import { ppLoad32 } from "../pparea";
import {
  TLB_FLUSH_ALL,
  TLB_FLUSH_ASID,
  VMCB_ASID,
  VMCB_CLEAN_BITS,
  VMCB_EXITCODE,
  VMCB_EXITINFO1,
  VMCB_EXITINFO2,
  VMCB_RIP,
  VMCB_TLB_CONTROL,
} from "./vmcb";

/** VMEXIT_INVALID (APM volume 2, appendix C), -1: the processor refused the VMCB. QEMU writes its lower half only. */
const EXIT_INVALID: u32 = 0xffff_ffff;

/** What the assembly runs from now on. */
export function load(vs: Vs): void {
  setBlock64(PP_BLOCK_VMCB, vs.controlBlock);
  setBlock64(PP_BLOCK_VMCB_VIRTUAL, DIRECT_BASE + vs.controlBlock);
  if (vs.flushing != 0) addWork(WORK_END_FLUSH);
}

/** Whether an exit says that the VS has not run at all. */
export function isRefusal(reason: u64): bool {
  return <u32>reason == EXIT_INVALID;
}

/** Makes the processor read all of the VMCB at the next run (VMCB clean bits, APM volume 2, 15.15). */
export function forgetCached(vs: Vs): void {
  poke32(DIRECT_BASE + vs.controlBlock + VMCB_CLEAN_BITS, 0);
}

/** Makes the processor flush a VS's translations when it runs the next time; WORK_END_FLUSH takes the request back. */
export function requestFlush(vs: Vs): void {
  const byAsid = (ppLoad32(PP_ARGS + BOOT_ARGS_FEATURES) & CPU_FEATURE_FLUSH_ASID) != 0;
  poke8(DIRECT_BASE + vs.controlBlock + VMCB_TLB_CONTROL, byAsid ? TLB_FLUSH_ASID : TLB_FLUSH_ALL);
  vs.flushing = 1;
  if (vs.active != 0) addWork(WORK_END_FLUSH);
}

/** Makes the processor flush the translations of all guests when it runs this VS, which is the next. */
export function flushGuests(vs: Vs): void {
  poke8(DIRECT_BASE + vs.controlBlock + VMCB_TLB_CONTROL, TLB_FLUSH_ALL);
  vs.flushing = 1;
  addWork(WORK_END_FLUSH);
}

/** The VS has run, so its translations are flushed: later runs flush nothing. */
export function endFlush(vs: Vs): void {
  poke8(DIRECT_BASE + vs.controlBlock + VMCB_TLB_CONTROL, 0);
  vs.flushing = 0;
}

/** Flushes the translation of one guest linear address (INVLPGA). */
export function flushAddress(vs: Vs, address: u64): void {
  flushGuestPage(address, peek32(DIRECT_BASE + vs.controlBlock + VMCB_ASID));
}

/** What the log keeps of an exit: the reason, two words that explain it, and the guest's RIP. */
export function exitWord(vs: Vs, index: u32): u64 {
  const vmcb = DIRECT_BASE + vs.controlBlock;
  if (index == 0) return peek64(vmcb + VMCB_EXITCODE);
  if (index == 1) return peek64(vmcb + VMCB_EXITINFO1);
  return peek64(vmcb + (index == 2 ? VMCB_EXITINFO2 : VMCB_RIP));
}
