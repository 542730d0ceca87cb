// Messages between the extension's instances on different processors
//
//     onMessage((message) => log("from another processor"));
//     post(1, KIND_HELLO, 1, 2);
//
// Each processor that wants messages has a ring in memory that all of them see; any number of processors put messages
// in, and the owner takes them out before the handlers of its next exit. The sender kicks it, so that this comes at once.
//
// A place's turn says whose it is: n, the n-th message may be written there; n + 1, it is there to be read. So a sender that
// is interrupted half way holds up what comes behind it, and nothing else.

/// <reference path="../calls/defines.d.ts" />

import { MAX_PPS } from "../../../../abi/generated/bare/syscalls";
import { TCB_PPID } from "../../../../abi/generated/bare/tls";
import { compareExchange64, loadAcquire64, storeRelease64 } from "../../../../bsl/src/atomic";
import { peek64, poke64 } from "../../../../bsl/src/memory";
import { SINGLETON } from "../calls/handle";
import { ownWord, Slot, setOwnWord } from "../calls/own";
import { mailboxWord } from "../calls/processors";
import { assertionFailed } from "../calls/syscall";
import { tcbLoad16 } from "../calls/tcb";
import { beforeHandlers, handle, wrapHandlers } from "../exits/enter";
import { Next } from "../life/next";
import { allocatePage, ownMemory } from "../memory/pages";
import { kick } from "./kick";

/** How many messages can wait for a processor. */
export const MAILBOX_MESSAGES: u64 = 64;

/** In a mailbox: how many messages were sent so far, then the places. */
const PLACES: u64 = 64;
const PLACE_BYTES: u64 = 32;
/** In a place. */
const TURN: u64 = 0;
const KIND: u64 = 8;
const FIRST: u64 = 16;
const SECOND: u64 = 24;

/** A message that has arrived; it is gone when its handler returns. */
@unmanaged
export class Message {
  /** The processor that sent it. */
  get from(): u32 {
    return <u32>(ownWord(Slot.Sender) >> 32);
  }
  /** What it is about, by the extension's own numbers. */
  get kind(): u32 {
    return <u32>ownWord(Slot.Sender);
  }
  get a(): u64 {
    return ownWord(Slot.First);
  }
  get b(): u64 {
    return ownWord(Slot.Second);
  }
}

let handler: ((message: Message) => void) | null = null;

/**
 * Has a function called with each message that arrives for this processor. With one instance for all processors each of them says
 * so, with the same function.
 */
export function onMessage(function_: (message: Message) => void): void {
  handler = function_;
  if (isDefined(OTHER_LANGUAGE)) beforeHandlers(deliver);
  else wrapHandlers(deliverAndHandle);
  if (ownMailbox() != 0) return;
  const page = allocatePage();
  if (page == 0) assertionFailed();
  const own = ownMemory(page);
  for (let i: u64 = 0; i < MAILBOX_MESSAGES; i++) poke64(placeOf(own, i) + TURN, i);
  storeRelease64(mailboxWord(tcbLoad16(TCB_PPID)), own);
}

/** Sends a message to a processor; false when it wants none, or has too many that it has not seen yet. */
export function post(ppid: u32, kind: u32, a: u64, b: u64): bool {
  const mailbox = ppid < MAX_PPS ? loadAcquire64(mailboxWord(ppid)) : 0;
  if (mailbox == 0) return false;
  for (;;) {
    const number = loadAcquire64(mailbox);
    const place = placeOf(mailbox, number);
    const turn = loadAcquire64(place + TURN);
    if (turn < number) return false;
    if (turn != number || compareExchange64(mailbox, number, number + 1) != number) continue;
    poke64(place + KIND, ((<u64>tcbLoad16(TCB_PPID)) << 32) | <u64>kind);
    poke64(place + FIRST, a);
    poke64(place + SECOND, b);
    storeRelease64(place + TURN, number + 1);
    // An extension that does not own the root VM may not: then the message waits for an exit
    kick(ppid);
    return true;
  }
}

/** Sends a message to every other processor that wants some; how many got it. */
export function postToOthers(kind: u32, a: u64, b: u64): u32 {
  let count: u32 = 0;
  for (let ppid: u32 = 0; ppid < MAX_PPS; ppid++) {
    if (ppid != tcbLoad16(TCB_PPID) && post(ppid, kind, a, b)) count++;
  }
  return count;
}

/** The vmexit callback of a processor that wants messages. */
function deliverAndHandle(vsid: u32, reason: u64): Next {
  deliver();
  return handle(vsid, reason);
}

/** Calls the handler with what has arrived. */
function deliver(): void {
  const own = ownMailbox();
  // With one instance for all processors another one may want messages already
  if (own == 0) return;
  for (;;) {
    const taken = ownWord(Slot.Taken);
    const place = placeOf(own, taken);
    if (loadAcquire64(place + TURN) != taken + 1) return;
    setOwnWord(Slot.Sender, peek64(place + KIND));
    setOwnWord(Slot.First, peek64(place + FIRST));
    setOwnWord(Slot.Second, peek64(place + SECOND));
    setOwnWord(Slot.Taken, taken + 1);
    storeRelease64(place + TURN, taken + MAILBOX_MESSAGES);
    if (handler !== null) handler(changetype<Message>(SINGLETON));
  }
}

/** This processor's mailbox; 0: it wants no messages. */
function ownMailbox(): u64 {
  return loadAcquire64(mailboxWord(tcbLoad16(TCB_PPID)));
}

function placeOf(mailbox: u64, number: u64): u64 {
  return mailbox + PLACES + (number % MAILBOX_MESSAGES) * PLACE_BYTES;
}
