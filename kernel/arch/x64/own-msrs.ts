// MSRs of which the processor has one for all, and a guest may have one of its own: parked and loaded with its VS
//
//     the machine's   what the root VM has, and every VS without one of its own; in this processor's block while a VS that has
//                     its own is loaded
//     a VS's own      from the beginning, where guests use the MSR without accessing it; else from when the extension gives the VS a
//                     value, or a map of MSRs
//
// The root VM never has its own, nor does a guest of version 1: they have the machine's. So nothing that a guest writes is seen by
// another VM, and a switch between VSs without their own costs nothing: Vs.more is looked at in any case. docs/registers.md has the
// table of all registers, and a test compares it with this one.
//
// Manual: APM volume 2, 3.2.9, 11.5.2, 13.2.1 and 18.12, volume 3, RDTSCP; SDM volume 1, 13.14 and 17.2, volume 4, 2.1.

import {
  BOOT_ARGS_MITIGATIONS,
  MITIGATION_SPEC_CTRL,
  VENDOR_AMD,
  VENDOR_INTEL,
} from "../../../abi/generated/bare/boot";
import { PP_BLOCK_MACHINE_MSRS, PP_BLOCK_SCRATCH } from "../../../abi/generated/bare/pp-block";
import { PP_AREA_BASE, PP_ARGS, PP_BLOCK } from "../../../abi/generated/bare/windows";
import { peek64, poke64 } from "../../../bsl/src/memory";
import { loadedVs } from "../../src/pp";
import { Vs } from "../../src/vs";
import { hasVirtualLbr } from "./amd/lbr";
import { cpuidRegister, rdmsr, tryRdmsr, tryWrmsr, wrmsr } from "./cpu";
import { ppLoad32 } from "./pparea";
import { VS_MSRS } from "./register-file";
import {
  isMitigated,
  isSpecCtrl,
  loadSpecCtrl,
  MSR_SPEC_CTRL,
  parkSpecCtrl,
  specCtrlOf,
  writeSpecCtrl,
} from "./speculation";

const BOTH: u32 = VENDOR_AMD | VENDOR_INTEL;
/** Guests use it without accessing it: each has its own from the beginning. */
const ALWAYS: u32 = 1 << 8;

const EAX: u32 = 0;
const EBX: u32 = 1;
const ECX: u32 = 2;
const EDX: u32 = 3;
const LAST_EXTENDED: u32 = 0x8000_0000;
const LEAF_SVM: u32 = 0x8000_000a;
/** The VMCB has SPEC_CTRL, whether host mode has one of its own or not (APM volume 2, 15.37). */
const HAS_VIRTUAL_SPEC_CTRL: u32 = 1 << 20;

const TSC_AUX: u32 = 0xc000_0103;
const XSS: u32 = 0xda0;
const MSR_DEBUGCTL: u32 = 0x1d9;

/** MSR; CPUID's leaf, subleaf, register and bits, of which one says that there is such an MSR; VENDOR_* and ALWAYS. */
// prettier-ignore
// biome-ignore format: a table
const OWN: usize = memory.data<u32>([
  0xc000_0103, 0x8000_0001, 0, EDX, 1 << 27, BOTH, // TSC_AUX, with RDTSCP: read by that, and by RDPID
  0x0000_0da0, 0xd, 1, EAX, 1 << 3, BOTH | ALWAYS, // XSS, with XSAVES: which MSRs XSAVES and XRSTORS reach
  0x0000_01c4, 0xd, 1, EAX, 1 << 4, BOTH | ALWAYS, // XFD: which instructions raise #NM
  0x0000_01c5, 0xd, 1, EAX, 1 << 4, BOTH | ALWAYS, // XFD_ERR: written with that #NM
  0x0000_06a0, 7, 0, ECX, 1 << 7, VENDOR_AMD | ALWAYS, // U_CET: used with CR4.CET, which nothing keeps a guest from setting
  0x0000_06a4, 7, 0, ECX, 1 << 7, VENDOR_AMD | ALWAYS, // PL0_SSP to PL3_SSP: the same
  0x0000_06a5, 7, 0, ECX, 1 << 7, VENDOR_AMD | ALWAYS,
  0x0000_06a6, 7, 0, ECX, 1 << 7, VENDOR_AMD | ALWAYS,
  0x0000_06a7, 7, 0, ECX, 1 << 7, VENDOR_AMD | ALWAYS,
  0x0000_0048, 0x8000_0008, 0, EBX, 0x0100_c000, VENDOR_AMD, // SPEC_CTRL, with IBRS, STIBP or SSBD; see hasOther()
  0x0000_0048, 7, 0, EDX, 0x8c00_0000, VENDOR_INTEL,
  0xc001_011f, 0x8000_0008, 0, EBX, 1 << 25, VENDOR_AMD, // VIRT_SPEC_CTRL, of another hypervisor's below
  0x0000_01d9, 1, 0, EDX, 1 << 5, VENDOR_AMD, // DEBUGCTL, where the VMCB has none; see hasOther()
  0xc001_1027, 0x8000_0001, 0, ECX, 1 << 26, VENDOR_AMD, // Masks of DR0 to DR3
  0xc001_1019, 0x8000_0001, 0, ECX, 1 << 26, VENDOR_AMD,
  0xc001_101a, 0x8000_0001, 0, ECX, 1 << 26, VENDOR_AMD,
  0xc001_101b, 0x8000_0001, 0, ECX, 1 << 26, VENDOR_AMD,
]);
const ROWS: u32 = 17;
const ROW_BYTES: u32 = 24;
const TSC_AUX_ROW: u32 = 1;
/** Of Vs.more: a bit for each row. */
const ROWS_MASK: u32 = (1 << ROWS) - 1;
/** Of Vs.more: SPEC_CTRL, and whose predictions there are, on a processor that has something to do about it. */
const MORE_SPECULATION: u32 = 1 << 31;
/** Of Vs.more: it is loaded, and so is all of this. */
const MORE_HERE: u32 = 1 << 30;

/** Where this processor keeps the machine's, by rows. */
const MACHINES: u64 = PP_AREA_BASE + PP_BLOCK + PP_BLOCK_MACHINE_MSRS;
const SCRATCH: u64 = PP_AREA_BASE + PP_BLOCK + PP_BLOCK_SCRATCH;

/** The bits of XSS that name nothing but MSRs which change hands: CET's, on AMD (APM volume 2, 11.5.2). */
const XSS_CET: u64 = 3 << 11;

let vendorHere: u32 = 0;
/** Rows of which the processor has the MSR, and those of them that each guest has for itself. */
let present: u32 = 0;
let always: u32 = 0;

function word(row: u32, field: u32): u32 {
  return load<u32>(OWN + <usize>(row * ROW_BYTES + field * 4));
}

/** Looks at the processor, once for all. */
export function initOwnMsrs(isIntel: bool): void {
  vendorHere = isIntel ? VENDOR_INTEL : VENDOR_AMD;
  present = 0;
  always = 0;
  const last = cpuidRegister(LAST_EXTENDED, 0, EAX);
  const lastBasic = cpuidRegister(0, 0, EAX);
  for (let row: u32 = 0; row < ROWS; row++) {
    const leaf = word(row, 1);
    if ((word(row, 5) & vendorHere) == 0 || leaf > (leaf < LAST_EXTENDED ? lastBasic : last)) continue;
    if ((cpuidRegister(leaf, word(row, 2), word(row, 3)) & word(row, 4)) == 0 || hasOther(word(row, 0))) continue;
    // Emulators know fewer MSRs than their CPUID says
    if (tryRdmsr(word(row, 0), SCRATCH) == 0) continue;
    present |= 1 << row;
    if ((word(row, 5) & ALWAYS) != 0) always |= 1 << row;
  }
}

/** Whether an MSR changes hands otherwise: by speculation.ts, or by the VMCB. */
function hasOther(msr: u32): bool {
  if (msr == MSR_DEBUGCTL) return hasVirtualLbr();
  if (msr != MSR_SPEC_CTRL) return false;
  if ((ppLoad32(PP_ARGS + BOOT_ARGS_MITIGATIONS) & MITIGATION_SPEC_CTRL) != 0) return true;
  return vendorHere == VENDOR_AMD && (cpuidRegister(LEAF_SVM, 0, EDX) & HAS_VIRTUAL_SPEC_CTRL) != 0;
}

/** What a new VS has for itself. */
export function initMore(vs: Vs): void {
  vs.more = vs.isClosed() ? always : 0;
}

/** The VS owns the machine from now on, or leaves it: it has the machine's. */
export function dropOwnMsrs(vs: Vs): void {
  const isHere = (vs.more & MORE_HERE) != 0;
  if (isHere) exchangeMore(vs);
  vs.more &= MORE_SPECULATION;
  if (isHere && vs.more != 0) exchangeMore(vs);
}

/** It is on a processor on which it was not before. */
export function meetProcessor(vs: Vs): void {
  vs.more = isMitigated() ? vs.more | MORE_SPECULATION : vs.more & ~MORE_SPECULATION;
}

/**
 * A VS with anything more becomes the loaded one, or is not any more: its own take the place of the machine's, or those come back. One
 * function for both: it is not in the way of those that have nothing more.
 */
export function exchangeMore(vs: Vs): void {
  const more = vs.more;
  vs.more = more ^ MORE_HERE;
  if ((more & ~(TSC_AUX_ROW | MORE_HERE)) != 0) {
    exchangeRest(vs, more);
    return;
  }
  // Most have TSC_AUX, and nothing else; without a map of MSRs only their extension writes it
  const own = vs.parked + VS_MSRS * 8;
  if ((more & MORE_HERE) == 0) {
    const machines = rdmsr(TSC_AUX);
    poke64(MACHINES, machines);
    if (peek64(own) != machines) wrmsr(TSC_AUX, peek64(own));
  } else {
    if (vs.msrMap != 0) poke64(own, rdmsr(TSC_AUX));
    if (peek64(own) != peek64(MACHINES)) wrmsr(TSC_AUX, peek64(MACHINES));
  }
}

/** Exported from the module, so that no compiler puts it into the way of the others. */
export function exchangeRest(vs: Vs, more: u32): void {
  const isLoading = (more & MORE_HERE) == 0;
  if (isLoading) loadSpecCtrl(vs);
  else parkSpecCtrl(vs);
  let rows = more & ROWS_MASK;
  while (rows != 0) {
    const row = ctz(rows);
    rows &= rows - 1;
    const msr = word(row, 0);
    const machines = MACHINES + row * 8;
    const own = vs.parked + (VS_MSRS + row) * 8;
    const value = rdmsr(msr);
    poke64(isLoading ? machines : own, value);
    const next = peek64(isLoading ? own : machines);
    if (next != value) wrmsr(msr, next);
  }
}

/** A guest is left alone with whatever MSRs its extension says: it has its own of all that there are. */
export function takeOwnMsrs(vs: Vs): void {
  if (vs.isClosed()) take(vs, present);
}

function take(vs: Vs, rows: u32): void {
  if ((vs.more & MORE_HERE) != 0) exchangeMore(vs);
  vs.more |= rows;
  if (loadedVs() == vs) exchangeMore(vs);
}

/** The row of an MSR that the processor has; ROWS: there is none. */
function rowOf(msr: u64): u32 {
  let row: u32 = 0;
  while (row < ROWS && (word(row, 0) != msr || ((present >> row) & 1) == 0)) row++;
  return row;
}

/** Whether an MSR is one that a guest can have for itself. */
export function isOwnMsr(msr: u64): bool {
  return rowOf(msr) < ROWS || (msr == MSR_SPEC_CTRL && isSpecCtrl(<u32>msr));
}

/** Reads such an MSR of a guest of this processor into the native u64 at `out`: 0 as long as it has none of its own. */
export function readOwnMsr(vs: Vs, msr: u32, out: u64): void {
  const row = rowOf(msr);
  if (row == ROWS) poke64(out, specCtrlOf(vs));
  else poke64(out, isHeld(vs, row) ? rdmsr(msr) : vs.readParked(VS_MSRS + row));
}

/** Writes it, and the guest has its own from now on; false when the processor refuses the value. */
export function writeOwnMsr(vs: Vs, msr: u32, value: u64): bool {
  const row = rowOf(msr);
  if (row == ROWS) return writeSpecCtrl(vs, value);
  if (!mayHave(vs, msr, value)) return false;
  const before = rdmsr(msr);
  if (tryWrmsr(msr, value) == 0) return false;
  wrmsr(msr, before);
  take(vs, 1 << row);
  if (isHeld(vs, row)) wrmsr(msr, value);
  vs.writeParked(VS_MSRS + row, value);
  return true;
}

/** Whether the processor has the VS's own. */
function isHeld(vs: Vs, row: u32): bool {
  return (vs.more & MORE_HERE) != 0 && ((vs.more >> row) & 1) != 0;
}

/** Whether a VS may have such a value: by XSS a guest reaches the MSRs that are named there, whatever its map says. */
export function mayHave(vs: Vs, msr: u32, value: u64): bool {
  return msr != XSS || !vs.isClosed() || (value & ~(vendorHere == VENDOR_AMD ? XSS_CET : 0)) == 0;
}
