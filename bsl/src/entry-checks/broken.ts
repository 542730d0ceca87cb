// A broken rule in one number: which, the register that breaks it, and the segment that its text means
//
//     31      24 23           12 11            0
//    ┌──────────┬───────────────┬───────────────┐
//    │ segment  │ register      │ rule          │
//    └──────────┴───────────────┴───────────────┘

import { ByteSink } from "../format";

/** No rule is broken. */
export const UNBROKEN: u32 = 0;

/** "Rule `rule` is broken by register `register`", both by their numbers in the ABI. */
export function broken(rule: u32, register: u32): u32 {
  return (register << 12) | rule;
}

/** As broken(), where the rule's text has a segment's name in it: 0 to 9 as ES, CS, SS, DS, FS, GS, LDTR, TR, GDTR, IDTR. */
export function brokenSegment(rule: u32, register: u32, segment: u32): u32 {
  return (segment << 24) | broken(rule, register);
}

/** The rule's number, INTEL_RULE_* or AMD_RULE_*. */
export function ruleOf(what: u32): u32 {
  return what & 0xfff;
}

/** The register's number, INTEL_REG_* or AMD_REG_*. */
export function registerOf(what: u32): u32 {
  return (what >> 12) & 0xfff;
}

const LETTERS: usize = memory.data<u8>([
  0x45, 0x53, 0, 0, 0x43, 0x53, 0, 0, 0x53, 0x53, 0, 0, 0x44, 0x53, 0, 0, 0x46, 0x53, 0, 0, 0x47, 0x53, 0, 0, 0x4c,
  0x44, 0x54, 0x52, 0x54, 0x52, 0, 0, 0x47, 0x44, 0x54, 0x52, 0x49, 0x44, 0x54, 0x52,
]);
const PERCENT: u8 = 0x25;
const SPACE: u8 = 0x20;

/** Writes the section of the manual that has the rule. `texts`: INTEL_RULE_TEXTS or AMD_RULE_TEXTS. */
export function writeSection<S extends ByteSink>(sink: S, texts: usize, what: u32): void {
  for (let at = textOf(texts, what); load<u8>(at) !== SPACE; at++) sink.put(load<u8>(at));
}

/** Writes the rule's sentence. */
export function writeSentence<S extends ByteSink>(sink: S, texts: usize, what: u32): void {
  let at = textOf(texts, what);
  while (load<u8>(at) !== SPACE) at++;
  for (at++; load<u8>(at) !== 0; at++) {
    if (load<u8>(at) === PERCENT) writeSegment<S>(sink, what >> 24);
    else sink.put(load<u8>(at));
  }
}

function writeSegment<S extends ByteSink>(sink: S, segment: u32): void {
  for (let i: usize = 0; i < 4; i++) {
    const letter = load<u8>(LETTERS + <usize>segment * 4 + i);
    if (letter !== 0) sink.put(letter);
  }
}

function textOf(texts: usize, what: u32): usize {
  let at = texts;
  for (let rule: u32 = 1; rule < ruleOf(what); rule++) {
    while (load<u8>(at) !== 0) at++;
    at++;
  }
  return at;
}
