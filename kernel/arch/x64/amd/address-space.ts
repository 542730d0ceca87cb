// Address space identifiers and flushes (APM volume 2, 15.16): the kernel's to decide, whatever extensions write
//
// Extensions number their VSs as they like, two of them most likely alike. So each VS gets an identifier of the kernel's
// from the processor that it is loaded on, which nobody else has had there since all translations were flushed:
//
//     1           the root VS of the processor, for good: INVLPGB, where there is one, needs the same on every processor
//     2 ... last  in the order in which VSs are loaded for the first time; behind the last one a new generation begins,
//                 with a flush of everything before a guest is entered
//
// What an extension wrote reads back, and of it 0 is used: the processor refuses that. Its own TLB_CONTROL is used while
// the kernel has no flush to ask for.

import { BOOT_ARGS_FEATURES, CPU_FEATURE_FLUSH_ASID } from "../../../../abi/generated/bare/boot";
import {
  PP_BLOCK_LAST_SPACE,
  PP_BLOCK_SPACE_GENERATION,
  WORK_END_FLUSH,
  WORK_FLUSH_GUESTS,
} from "../../../../abi/generated/bare/pp-block";
import { DIRECT_BASE, PP_ARGS } from "../../../../abi/generated/bare/windows";
import { peek32, poke32 } from "../../../../bsl/src/memory";
import { block32, loadedVs, ppid, setBlock32 } from "../../../src/pp";
import { addWork } from "../../../src/requests";
import { FLUSH_GUESTS, FLUSH_NONE, FLUSH_OWN, Vs } from "../../../src/vs";
import { cpuidRegister, flushGuestPage } from "../cpu";
import { meetProcessor } from "../own-msrs";
import { ppLoad32 } from "../pparea";
import { ASKED_ASID, ASKED_TLB_CONTROL } from "./asked";
import { VMCB_ASID, VMCB_TLB_CONTROL } from "./vmcb";

const ROOT_SPACE: u32 = 1;
/** EBX of this leaf: how many identifiers there are, 0 included. */
const LEAF_SVM: u32 = 0x8000_000a;

/** TLB_CONTROL (15.16.2). */
const FLUSH_EVERYTHING: u32 = 1;
const FLUSH_ASID: u32 = 3;
/** In what was asked for of it: its extension has written it since the kernel last wanted a flush. */
const WRITTEN_SINCE: u64 = 1 << 32;

/** A VS is loaded, and runs next. */
export function loadSpace(vs: Vs): void {
  if (!hasSpace(vs)) {
    takeSpace(vs);
    writeSpace(vs);
    writeTlbControl(vs);
  }
  if (vs.flushing != FLUSH_NONE) addWork(WORK_END_FLUSH);
}

/** Its extension has written the ASID, or it has become the operating system. That of a VS which is not loaded and has none is taken when it is. */
export function useSpace(vs: Vs): void {
  if (loadedVs() == vs && !hasSpace(vs)) takeSpace(vs);
  writeSpace(vs);
}

function writeSpace(vs: Vs): void {
  poke32(DIRECT_BASE + vs.controlBlock + VMCB_ASID, vs.asked(ASKED_ASID) == 0 ? 0 : vs.space);
}

/** Whether it still has the one that it was given on this processor. */
function hasSpace(vs: Vs): bool {
  if (vs.hostOf != ppid() + 1) return false;
  return vs.isRoot() ? vs.space == ROOT_SPACE : vs.spaceGeneration == block32(PP_BLOCK_SPACE_GENERATION);
}

function takeSpace(vs: Vs): void {
  vs.hostOf = ppid() + 1;
  meetProcessor(vs);
  vs.space = vs.isRoot() ? ROOT_SPACE : nextSpace();
  vs.spaceGeneration = block32(PP_BLOCK_SPACE_GENERATION);
  // Nothing is known by the new one
  if (!vs.isRoot() && vs.flushing == FLUSH_OWN) vs.flushing = FLUSH_NONE;
}

/**
 * The next identifier that nobody has. The first generation begins with a flush, too: another hypervisor may have run
 * before this one.
 */
function nextSpace(): u32 {
  const last = block32(PP_BLOCK_LAST_SPACE);
  const isFirst = last == 0 || last + 1 >= cpuidRegister(LEAF_SVM, 0, 1);
  if (isFirst) {
    setBlock32(PP_BLOCK_SPACE_GENERATION, block32(PP_BLOCK_SPACE_GENERATION) + 1);
    addWork(WORK_FLUSH_GUESTS);
  }
  const space = isFirst ? ROOT_SPACE + 1 : last + 1;
  setBlock32(PP_BLOCK_LAST_SPACE, space);
  return space;
}

/** Makes the processor flush a VS's translations when it runs the next time. */
export function requestFlush(vs: Vs): void {
  flushWhenRun(vs, FLUSH_OWN);
}

/** Makes the processor flush the translations of all guests when it runs this VS, which is the next. */
export function flushGuests(vs: Vs): void {
  flushWhenRun(vs, FLUSH_GUESTS);
}

function flushWhenRun(vs: Vs, what: u32): void {
  vs.flushing = max<u32>(vs.flushing, what);
  vs.ask(ASKED_TLB_CONTROL, <u32>vs.asked(ASKED_TLB_CONTROL));
  writeTlbControl(vs);
  if (loadedVs() == vs) addWork(WORK_END_FLUSH);
}

/** The VS has run, so its translations are flushed: later runs flush what its extension asks for. */
export function endFlush(vs: Vs): void {
  vs.flushing = FLUSH_NONE;
  writeTlbControl(vs);
}

/** The processor has refused to run the VS, so nothing is flushed: if all guests' were to go, another VS may be the next. */
export function keepFlush(vs: Vs): void {
  if (vs.flushing == FLUSH_GUESTS) addWork(WORK_FLUSH_GUESTS);
}

/** The register as its extension sees it: what it wrote, or a flush that was asked for since. */
export function readTlbControl(vs: Vs): u64 {
  const asked = vs.asked(ASKED_TLB_CONTROL);
  const isAsked = vs.flushing == FLUSH_NONE || (asked & WRITTEN_SINCE) != 0;
  return isAsked ? <u32>asked : peek32(DIRECT_BASE + vs.controlBlock + VMCB_TLB_CONTROL);
}

/** Its extension writes the register. */
export function askTlbControl(vs: Vs, value: u64): void {
  vs.ask(ASKED_TLB_CONTROL, value | WRITTEN_SINCE);
  writeTlbControl(vs);
}

/** Writes what is to be flushed. */
export function writeTlbControl(vs: Vs): void {
  const asked = <u32>vs.asked(ASKED_TLB_CONTROL);
  let control = asked;
  if (vs.flushing != FLUSH_NONE) {
    const byAsid = (ppLoad32(PP_ARGS + BOOT_ARGS_FEATURES) & CPU_FEATURE_FLUSH_ASID) != 0;
    control = byAsid && vs.flushing == FLUSH_OWN && asked != FLUSH_EVERYTHING ? FLUSH_ASID : FLUSH_EVERYTHING;
  }
  poke32(DIRECT_BASE + vs.controlBlock + VMCB_TLB_CONTROL, control);
}

/** Flushes the translation of one guest linear address (INVLPGA). Without an identifier of this processor there is none. */
export function flushAddress(vs: Vs, address: u64): void {
  if (hasSpace(vs)) flushGuestPage(address, vs.space);
}
