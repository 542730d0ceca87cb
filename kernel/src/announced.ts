// NMIs that were announced to a processor before they were sent (kick.ts): the word that says so
//
// Whose is an NMI? One that is announced in `kick` is the kernel's, every other the operating system's, to which it goes once:
// arch/nmi.ts. Where AMD's way of handing one over leaves the next NMI to the VM (KICK_OWED), no other is sent, or both would be
// one to the processor; whoever kicks then is heard when the operating system's handler has ended.

import { BOOT_REPORT_KICK } from "../../abi/generated/bare/boot";
import { KICK_AWAY, KICK_CALL, KICK_OWED, KICK_WATCH, PP_BLOCK_KICK } from "../../abi/generated/bare/pp-block";
import { PP_AREA_BASE, PP_BLOCK } from "../../abi/generated/bare/windows";
import { compareExchange32, loadAcquire32 } from "../../bsl/src/atomic";
import { bootReport } from "./pp";
import { clearBits } from "./requests";

const OWN: u64 = PP_AREA_BASE + PP_BLOCK + PP_BLOCK_KICK;
const ANNOUNCED: u32 = KICK_WATCH | KICK_CALL;

/** Announces the watchdog's NMI to a processor; false when another one is on its way, or it takes none. */
export function announceLook(block: u64): bool {
  return compareExchange32(block + PP_BLOCK_KICK, 0, KICK_WATCH) == 0;
}

/** It is not sent; false when somebody else counts on it by now. */
export function takeBackLook(block: u64): bool {
  return (clearBits(block + PP_BLOCK_KICK, KICK_WATCH) & (KICK_CALL | KICK_AWAY)) != KICK_CALL;
}

/** Whether an NMI for the kernel has been announced to this processor, and has not come. */
export function isKicked(): bool {
  return isAnnounced(loadAcquire32(OWN)) || loadAcquire32(bootReport() + BOOT_REPORT_KICK) != 0;
}

function isAnnounced(bits: u32): bool {
  return (bits & KICK_OWED) == 0 && (bits & ANNOUNCED) != 0;
}

/** Whether the NMI that has arrived was announced, by another processor or by the loader. Several at once are one NMI. */
export function takeKick(): bool {
  const isOurs = isAnnounced(loadAcquire32(OWN));
  if (isOurs) clearBits(OWN, ANNOUNCED);
  return compareExchange32(bootReport() + BOOT_REPORT_KICK, 1, 0) == 1 || isOurs;
}

/** The next NMI is the VM's. False when one has been announced. */
export function oweNmi(): bool {
  const before = compareExchange32(OWN, 0, KICK_OWED);
  return before == 0 || (before & KICK_OWED) != 0;
}

export function isNmiOwed(): bool {
  return (loadAcquire32(OWN) & KICK_OWED) != 0;
}

/** The VM has had it. Those who kicked meanwhile sent none. */
export function payNmi(): void {
  clearBits(OWN, KICK_OWED | ANNOUNCED);
}

/** This processor comes into host mode, where NMIs are the kernel's to hand on. */
export function comeForKicks(): void {
  clearBits(OWN, KICK_AWAY);
}
