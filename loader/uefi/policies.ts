// What extensions are called, and what each may do: the keys of a load manifest (abi/src/manifest.ts), as ExtensionPolicy

import {
  EXTENSION_POLICY_BYTES,
  EXTENSION_POLICY_DENIED,
  EXTENSION_POLICY_FLAGS,
  EXTENSION_POLICY_MSR_COUNT,
  EXTENSION_POLICY_MSR_FIRST,
  EXTENSION_POLICY_MSR_LAST,
  EXTENSION_POLICY_MSR_RIGHTS,
  EXTENSION_POLICY_NAME,
  EXTENSION_POLICY_PORT_COUNT,
  EXTENSION_POLICY_PORT_FIRST,
  EXTENSION_POLICY_PORT_LAST,
  EXTENSION_POLICY_QUOTA,
  MSR_RIGHT_READ,
  MSR_RIGHT_WRITE,
  POLICY_MSRS,
  POLICY_PORTS,
  POLICY_VERSION_2,
  QUOTA_PAGES,
  QUOTA_VMS,
  QUOTA_VPS,
  QUOTA_VSS,
} from "../../abi/generated/bare/boot";
import { CALL_GROUPS, CALL_NAMES, DENIABLE_CALLS } from "../../abi/generated/bare/call-names";
import { EXTENSION_NAME_BYTES, MAX_EXTENSIONS } from "../../abi/generated/bare/syscalls";
import { nativeAddress } from "../../bsl/src/memory";
import {
  beginArray,
  beginObject,
  failAt,
  hasFailed,
  isTextNext,
  nextElement,
  nextMember,
  readBare,
  readKey,
  readText,
  valuePlace,
} from "./json";
import { isText, lengthOf } from "./text";

const policies: usize = memory.data(MAX_EXTENSIONS * EXTENSION_POLICY_BYTES, 8);
/** Calls that are allowed, a bit each, by groups. */
const allowed: usize = memory.data(4 * CALL_GROUPS, 4);
/** Places for ranges of MSRs, and of ports. */
const MOST_RANGES: u32 = 32;
const MOST_PORT: u64 = 0xffff;
const MOST_NUMBER: u64 = 0xffff_ffff;

const NOWHERE: u64 = u64.MAX_VALUE;

/** The range that is read. */
let from: u64 = 0;
let to: u64 = 0;
let toPlace: u64 = 0;
let rights: u32 = 0;

const NO_NAME: string = 'it is no name: letters, digits, ".", "_" and "-", 32 at most';
const NO_MSR: string = 'it is no MSR: a number, or text such as "0xc0000080"';
const NO_PORT: string = 'it is no I/O port: a number to 65535, or text such as "0x3f8"';

function policyOf(index: u32): usize {
  return policies + <usize>(index * EXTENSION_POLICY_BYTES);
}

/** All of them, one behind the other. */
export function policiesAddress(): u64 {
  return nativeAddress(<u32>policies);
}

/** An extension may do everything, and has no name. */
export function clearPolicy(index: u32): void {
  memory.fill(policyOf(index), 0, EXTENSION_POLICY_BYTES);
}

export function hasName(index: u32): bool {
  return load<u8>(policyOf(index) + EXTENSION_POLICY_NAME) !== 0;
}

/** The name of an extension that the configuration gives none: its file's, as far as it is one. */
export function nameByFile(index: u32, path: usize): void {
  let name = path;
  for (let at = path; load<u16>(at) !== 0; at += 2) if (load<u16>(at) === 0x5c) name = at + 2;
  const length = lengthOf(name);
  const isElf = length >= 4 && isText(name + 2 * (length - 4), ".elf");
  setName(index, name, isElf ? length - 4 : length);
}

export function readName(index: u32): void {
  const place = valuePlace();
  const name = readText();
  if (name !== 0 && !setName(index, name, lengthOf(name))) failAt(place, NO_NAME);
  const own = policyOf(index) + EXTENSION_POLICY_NAME;
  for (let other: u32 = 0; other < index; other++) {
    if (memory.compare(own, policyOf(other) + EXTENSION_POLICY_NAME, EXTENSION_NAME_BYTES) !== 0) continue;
    failAt(place, "it is another extension's name");
  }
}

/** False when that is no name (isName() of abi/src/manifest.ts). */
function setName(index: u32, name: usize, length: u32): bool {
  if (length === 0 || length > EXTENSION_NAME_BYTES) return false;
  for (let i: u32 = 0; i < length; i++) {
    const unit: u32 = load<u16>(name + 2 * i);
    const letter = unit | 0x20;
    const isWord = (letter >= 0x61 && letter <= 0x7a) || (unit >= 0x30 && unit <= 0x39);
    if (!isWord && (i === 0 || (unit !== 0x2e && unit !== 0x5f && unit !== 0x2d))) return false;
  }
  const own = policyOf(index) + EXTENSION_POLICY_NAME;
  for (let i: u32 = 0; i < length; i++) store<u8>(own + i, load<u16>(name + 2 * i));
  return true;
}

/** The only version of the interface that it may open. */
export function readVersion(index: u32): void {
  const place = valuePlace();
  const number = isTextNext() ? <usize>0 : readBare();
  if (number === 0 || !isText(number, "2")) {
    failAt(place, "it can be 2, which keeps an extension to version 2 of the interface, or be left out");
  }
  addFlag(index, POLICY_VERSION_2);
}

function addFlag(index: u32, flag: u32): void {
  const policy = policyOf(index);
  store<u32>(policy + EXTENSION_POLICY_FLAGS, load<u32>(policy + EXTENSION_POLICY_FLAGS) | flag);
}

/** Groups and calls; every other one is denied that can be. */
export function readCalls(index: u32): void {
  if (!beginArray()) return;
  memory.fill(allowed, 0, 4 * CALL_GROUPS);
  while (nextElement()) {
    const place = valuePlace();
    const word = readText();
    if (word !== 0 && !allow(word)) failAt(place, "it is no call, and no group of calls");
  }
  for (let group: u32 = 0; group < CALL_GROUPS; group++) {
    const denied = load<u32>(DENIABLE_CALLS + 4 * group) & ~load<u32>(allowed + 4 * group);
    store<u32>(policyOf(index) + EXTENSION_POLICY_DENIED + 4 * group, denied);
  }
}

/** Notes what a word of CALL_NAMES allows; false when it is none. */
function allow(word: usize): bool {
  const length = lengthOf(word);
  let group: u32 = 0;
  let call: i32 = -1;
  let matched: u32 = 0;
  let isSame = true;
  for (let i = 0; i < CALL_NAMES.length; i++) {
    const unit = CALL_NAMES.charCodeAt(i);
    if (unit > 0x20) {
      isSame = isSame && <i32>load<u16>(word + 2 * matched) === unit;
      if (isSame) matched++;
      continue;
    }
    if (isSame && matched === length) {
      const bits: u32 = call < 0 ? 0xffff_ffff : 1 << call;
      store<u32>(allowed + 4 * group, load<u32>(allowed + 4 * group) | bits);
      return true;
    }
    matched = 0;
    isSame = true;
    if (unit === 0x20) call++;
    else group++;
    if (unit !== 0x20) call = -1;
  }
  return false;
}

/** Ranges of MSRs; every other one is denied. */
export function readMsrs(index: u32): void {
  readRanges(index, true);
}
/** Ranges of I/O ports; every other one is denied. */
export function readPorts(index: u32): void {
  readRanges(index, false);
}

function readRanges(index: u32, isMsrs: bool): void {
  const list = valuePlace();
  if (!beginArray()) return;
  addFlag(index, isMsrs ? POLICY_MSRS : POLICY_PORTS);
  let count: u32 = 0;
  while (nextElement()) {
    if (count === MOST_RANGES) failAt(list, "32 ranges are the most");
    else readRange(policyOf(index) + 4 * count++, isMsrs);
  }
  store<u32>(policyOf(index) + (isMsrs ? EXTENSION_POLICY_MSR_COUNT : EXTENSION_POLICY_PORT_COUNT), count);
}

/** One, of one number where it has no `to`. */
function readRange(entry: usize, isMsrs: bool): void {
  const place = valuePlace();
  if (!beginObject()) return;
  from = NOWHERE;
  to = NOWHERE;
  rights = 0;
  while (nextMember()) readRangeMember(isMsrs);
  if (from === NOWHERE) failAt(place, isMsrs ? NO_MSR : NO_PORT);
  if (to === NOWHERE) to = from;
  if (to < from) failAt(toPlace, "it is below where the range begins");
  store<u32>(entry + (isMsrs ? EXTENSION_POLICY_MSR_FIRST : EXTENSION_POLICY_PORT_FIRST), <u32>from);
  store<u32>(entry + (isMsrs ? EXTENSION_POLICY_MSR_LAST : EXTENSION_POLICY_PORT_LAST), <u32>to);
  if (!isMsrs) return;
  if (rights === 0) failAt(place, "it allows neither to read nor to write");
  store<u32>(entry + EXTENSION_POLICY_MSR_RIGHTS, rights);
}

function readRangeMember(isMsrs: bool): void {
  const place = valuePlace();
  const key = readKey();
  if (key === 0) return;
  if (isText(key, "from")) {
    from = readNumber(isMsrs);
  } else if (isText(key, "to")) {
    toPlace = valuePlace();
    to = readNumber(isMsrs);
  } else if (isMsrs && isText(key, "read")) {
    setRight(MSR_RIGHT_READ);
  } else if (isMsrs && isText(key, "write")) {
    setRight(MSR_RIGHT_WRITE);
  } else {
    failAt(place, isMsrs ? "a range of MSRs has from, to, read and write" : "a range of ports has from and to");
  }
}

function setRight(right: u32): void {
  rights = readBoolean() ? rights | right : rights & ~right;
}

/** The most that it may have at one time. */
export function readQuota(index: u32): void {
  if (!beginObject()) return;
  while (nextMember()) {
    const place = valuePlace();
    const key = readKey();
    if (key === 0) return;
    const quota = quotaOf(key);
    if (quota < 0) failAt(place, "a quota has vms, vps, vss and pages");
    const where = valuePlace();
    const number = isTextNext() ? 0 : digits(readBare(), 10);
    if (number === 0 || number > MOST_NUMBER) {
      failAt(where, "it is no number from 1 on; to deny the call that takes them, use calls");
    }
    if (!hasFailed()) store<u32>(policyOf(index) + EXTENSION_POLICY_QUOTA + 4 * quota, <u32>number);
  }
}

function quotaOf(key: usize): i32 {
  if (isText(key, "vms")) return QUOTA_VMS;
  if (isText(key, "vps")) return QUOTA_VPS;
  if (isText(key, "vss")) return QUOTA_VSS;
  return isText(key, "pages") ? <i32>QUOTA_PAGES : -1;
}

/** The number of an MSR or of a port, or a text that is one, decimal or hexadecimal. */
function readNumber(isMsrs: bool): u64 {
  const place = valuePlace();
  const isQuoted = isTextNext();
  const text = isQuoted ? readText() : readBare();
  const isHexadecimal = isQuoted && text !== 0 && <u32>load<u16>(text) === 0x30 && (load<u16>(text, 2) | 0x20) === 0x78;
  const number = isHexadecimal ? digits(text + 4, 16) : digits(text, 10);
  if (number > (isMsrs ? MOST_NUMBER : MOST_PORT)) failAt(place, isMsrs ? NO_MSR : NO_PORT);
  return number;
}

/** NOWHERE: it is none. Larger than MOST_NUMBER: it is larger than any that is meant. */
function digits(text: usize, base: u64): u64 {
  if (text === 0 || load<u16>(text) === 0) return NOWHERE;
  let number: u64 = 0;
  for (let at = text; load<u16>(at) !== 0; at += 2) {
    const digit = digitOf(load<u16>(at));
    if (digit >= base) return NOWHERE;
    number = number > MOST_NUMBER ? number : number * base + digit;
  }
  return number;
}

function digitOf(unit: u32): u64 {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const letter = unit | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : NOWHERE;
}

function readBoolean(): bool {
  const place = valuePlace();
  const word = isTextNext() ? <usize>0 : readBare();
  const isTrue = word !== 0 && isText(word, "true");
  if (!isTrue && (word === 0 || !isText(word, "false"))) failAt(place, "it is neither true nor false");
  return isTrue;
}
