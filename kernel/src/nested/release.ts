// Giving nested page tables back

import { ENTRIES, ENTRY_COUNTED, hostOf, isTable, tableOf } from "#arch/nested-format";
import { DIRECT_BASE } from "../../../abi/generated/bare/windows";
import { peek64, poke64 } from "../../../bsl/src/memory";
import { freePage } from "../memory/pages";
import { hasBudget, spend } from "./budget";
import { dropShare } from "./own-pages";

/** Empties a table of a level and gives it back, as far as the budget goes; false when there is more to do. */
export function releaseTable(table: u64, level: u32): bool {
  for (let i: u64 = 0; i < ENTRIES; i++) {
    const at = DIRECT_BASE + table + i * 8;
    const entry = peek64(at);
    spend(1);
    if (entry == 0) continue;
    if (!hasBudget()) return false;
    if ((entry & ENTRY_COUNTED) != 0) dropShare(hostOf(entry, 1));
    else if (isTable(entry) && !releaseTable(tableOf(entry), level - 1)) return false;
    poke64(at, 0);
  }
  return freePage(table);
}
