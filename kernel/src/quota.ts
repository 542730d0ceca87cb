// Quotas: how much an extension may have at one time
//
// They come from the load manifest. Without one, an extension may have as much as there is. Counts of VMs, VPs and VSs change
// under the lock of objects, that of pages under the lock of tables.

import { EXTENSION_POLICY_QUOTA } from "../../abi/generated/bare/boot";
import { close, decimal, open, text } from "./console";
import { currentExtension, Extension, RECORD_POLICY, RECORD_PRINTED_QUOTAS, RECORD_USED } from "./extension";
import { printExtension } from "./policy";

/** The running extension takes so many of QUOTA_*; false, and nothing has changed, when those are more than it may have. */
export function takeQuota(what: u32, count: u32): bool {
  const extension = currentExtension();
  const place = <usize>(extension.address() + RECORD_USED + what * 4);
  const most = load<u32>(<usize>(extension.address() + RECORD_POLICY + EXTENSION_POLICY_QUOTA + what * 4));
  const used = load<u32>(place);
  if (most != 0 && (used > most || count > most - used)) {
    noteRefusal(extension, what, most);
    return false;
  }
  store<u32>(place, used + count);
  return true;
}

/** It has so many less. */
export function giveQuota(what: u32, count: u32): void {
  const place = <usize>(currentExtension().address() + RECORD_USED + what * 4);
  store<u32>(place, load<u32>(place) - count);
}

/** Prints the first refusal of each. */
function noteRefusal(extension: Extension, what: u32, most: u32): void {
  const place = <usize>(extension.address() + RECORD_PRINTED_QUOTAS);
  const bit = (<u32>1) << what;
  if ((load<u32>(place) & bit) != 0) return;
  store<u32>(place, load<u32>(place) | bit);
  open();
  text("bareflank: ");
  printExtension(extension);
  text(": it has its quota of ");
  decimal(most);
  text(what == 0 ? " VMs\n" : what == 1 ? " VPs\n" : what == 2 ? " VSs\n" : " pages\n");
  close();
}
