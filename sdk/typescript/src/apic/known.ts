// What all processors know of each one's local APIC, and what it was told: by memory that all see
//
//     word 0   bit 63: known; 31:0 its identifier        word 1   LDR, and DFR above
//     word 2   what it is told to do, below              word 3   where its registers are
//
//     Running ──INIT──> Waiting ──SIPI──> Starting at a vector ──> Running      anything else changes nothing
//        └────────<── INIT: again from the beginning ──<──┘
//
// Whoever sends changes the word, so that a SIPI right behind an INIT finds a processor that waits, whether that has heard of
// it or not. The processor itself only says that it has started, if nothing has come in between.
//
// Manual: SDM volume 3, 9.4.4 (the MP initialization protocol), 11.4.7; APM volume 2, 14.1.4, 16.5.

import { MAX_PPS } from "../../../../abi/generated/bare/syscalls";
import { compareExchange64, loadAcquire64, storeRelease64 } from "../../../../bsl/src/atomic";
import { OWN_PLACES, ownPlace } from "../calls/own";
import { apicWords } from "../calls/processors";
import { COMMAND_VECTOR, Command, commandOf, isFor, Receiver } from "./command";

const LOGICAL: u64 = 8;
const STATE: u64 = 16;
const BASE: u64 = 24;

const KNOWN: u64 = 1 << 63;

export const RUNNING: u64 = 0;
export const WAITING: u64 = 1;
/** The vector lies below. */
export const STARTING: u64 = 1 << 8;
/** The bootstrap processor does not wait: it begins where it does after a reset. */
export const RESTARTING: u64 = 1 << 9;
const BOOTSTRAP: u64 = 1 << 62;

const receivers: usize = memory.data(offsetof<Receiver>() * OWN_PLACES, 8);

/** This processor takes part from now on. */
export function makeKnown(ppid: u32, id: u32, logical: u32, format: u32, isBootstrap: bool): void {
  setLogical(ppid, logical, format);
  storeRelease64(apicWords(ppid) + STATE, RUNNING);
  storeRelease64(apicWords(ppid), KNOWN | (isBootstrap ? BOOTSTRAP : 0) | id);
}

/** Where a processor's registers are: no other one asks. */
export function setBase(ppid: u32, base: u64): void {
  storeRelease64(apicWords(ppid) + BASE, base);
}

export function baseOf(ppid: u32): u64 {
  return loadAcquire64(apicWords(ppid) + BASE);
}

/** Whether a processor is the one that begins by itself. */
export function isBootstrap(ppid: u32): bool {
  return (loadAcquire64(apicWords(ppid)) & BOOTSTRAP) != 0;
}

/** Its LDR or DFR changes. */
export function setLogical(ppid: u32, logical: u32, format: u32): void {
  storeRelease64(apicWords(ppid) + LOGICAL, ((<u64>format) << 32) | <u64>logical);
}

/** What this processor is to do: RUNNING, WAITING, RESTARTING, or STARTING and the vector. */
export function stateOf(ppid: u32): u64 {
  return loadAcquire64(apicWords(ppid) + STATE);
}

/** Replaces it, unless it is another one by now. */
export function changeState(ppid: u32, from: u64, to: u64): bool {
  return compareExchange64(apicWords(ppid) + STATE, from, to) == from;
}

/**
 * Tells the processors that a command is for, and calls `tell` for each that has to hear of it. False: the command is none of
 * these, and goes on as it is.
 */
export function send(sender: u32, low: u32, who: u32, isX2apic: bool, tell: (ppid: u32) => void): bool {
  const command = commandOf(low);
  if (command == Command.Other) return false;
  if (command == Command.InitEnd) return true;
  const receiver = changetype<Receiver>(receivers + <usize>ownPlace() * offsetof<Receiver>());
  for (let ppid: u32 = 0; ppid < MAX_PPS; ppid++) {
    const word = loadAcquire64(apicWords(ppid));
    if ((word & KNOWN) == 0) continue;
    const logical = loadAcquire64(apicWords(ppid) + LOGICAL);
    receiver.id = <u32>word;
    receiver.logical = <u32>logical;
    receiver.format = <u32>(logical >> 32);
    if (!isFor(low, who, isX2apic, ppid == sender, receiver)) continue;
    if (command == Command.Init) init(ppid, (word & BOOTSTRAP) != 0);
    else if (!changeState(ppid, WAITING, STARTING | (low & COMMAND_VECTOR))) continue;
    tell(ppid);
  }
  return true;
}

/** INIT arrives at a processor, whatever it does. */
export function init(ppid: u32, isBootstrap: bool): void {
  storeRelease64(apicWords(ppid) + STATE, isBootstrap ? RESTARTING : WAITING);
}
