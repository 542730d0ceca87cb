// Entries of nested page tables on Intel: extended page tables (SDM volume 3, 29.3.2)
//
//     63   54  52 51                              12 11 10  9   8   7   6    5    3   2   1   0
//    ┌──────┬────┬──────────────────────────────────┬─────┬───┬───┬────┬─────┬──────┬───┬───┬───┐
//    │  -   │ *  │ host physical address            │  -  │ D │ A │ PS │ IPAT│ type │ X │ W │ R │  * software's own
//    └──────┴────┴──────────────────────────────────┴─────┴───┴───┴────┴─────┴──────┴───┴───┴───┘
//
// A and D are the processor's where the pointer says so (29.3.5).
// The memory type is combined with the guest's own (29.3.7.2): IPAT stays clear.

import { NESTED_EXECUTE, NESTED_READ, NESTED_RIGHTS } from "../../../../abi/generated/bare/objects";
import { Vs } from "../../../src/vs";
import { rdmsr } from "../cpu";
import { emptyTables } from "../empty-tables";

const LARGE: u64 = 1 << 7;
const TYPE_SHIFT: u64 = 3;
export const EPT_ACCESSED: u64 = 1 << 8;
export const EPT_DIRTY: u64 = 1 << 9;

/** An entry that leads to a table: all rights. */
export const EPT_TABLE: u64 = 7;

/** IA32_VMX_EPT_VPID_CAP (SDM volume 3, appendix A.10). */
const MSR_EPT_VPID_CAP: u32 = 0x48c;
const CAP_EXECUTE_ONLY: u64 = 1;
const CAP_2M: u64 = 1 << 16;
const CAP_1G: u64 = 1 << 17;
const CAP_ACCESSED_DIRTY: u64 = 1 << 21;

/** The extended-page-table pointer (25.6.11): write-back, a walk of four levels. */
const POINTER_WRITE_BACK: u64 = 6;
const POINTER_FOUR_LEVELS: u64 = 3 << 3;
const POINTER_ACCESSED_DIRTY: u64 = 1 << 6;

export function eptHasExecuteOnly(): bool {
  return (rdmsr(MSR_EPT_VPID_CAP) & CAP_EXECUTE_ONLY) != 0;
}

/** Level of the largest page. */
export function eptLargestLevel(): u32 {
  const capabilities = rdmsr(MSR_EPT_VPID_CAP);
  if ((capabilities & CAP_2M) == 0) return 1;
  return (capabilities & CAP_1G) != 0 ? 3 : 2;
}

/** Whether there is a pointer with which the processor notes accesses and writes. */
export function eptCanTrack(): bool {
  return (rdmsr(MSR_EPT_VPID_CAP) & CAP_ACCESSED_DIRTY) != 0;
}

/** Whether the processor knows such rights: those that it does not are a misconfiguration (29.3.3.1). */
export function eptKnowsRights(rights: u32): bool {
  if (rights == 0 || (rights & NESTED_READ) != 0) return true;
  return rights == NESTED_EXECUTE && eptHasExecuteOnly();
}

/** What an entry for a page has beside its address. The bits of rights and types are the ABI's. */
export function eptLeaf(rights: u32, type: u32, level: u32): u64 {
  const entry = <u64>(rights & NESTED_RIGHTS) | ((<u64>type) << TYPE_SHIFT);
  return level > 1 ? entry | LARGE : entry;
}

export function eptRights(entry: u64): u32 {
  return <u32>entry & NESTED_RIGHTS;
}

export function eptType(entry: u64): u32 {
  return <u32>(entry >> TYPE_SHIFT) & 7;
}

/** What the VMCS of a VS without tables names: nothing, but for a closed guest, whose memory would be the machine's. */
export function defaultPointer(vs: Vs): u64 {
  return vs.isClosed() ? eptPointer(emptyTables(), false) : 0;
}

/** What a VMCS names tables by. */
export function eptPointer(root: u64, isTracked: bool): u64 {
  const pointer = root | POINTER_WRITE_BACK | POINTER_FOUR_LEVELS;
  return isTracked ? pointer | POINTER_ACCESSED_DIRTY : pointer;
}
