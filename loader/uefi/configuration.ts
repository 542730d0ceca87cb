// The configuration: \EFI\bareflank\bareflank.json on the volume that the application comes from, or defaults
//
//     { "kernel": "kernel.elf",
//       "extensions": ["boot.elf", { "file": "mine.elf", "settings": { "nested": "no" }, "calls": ["debug", "vs"] }],
//       "memory": "16M",
//       "watchdog": "2s",
//       "boot": { "file": "/vmlinuz", "options": "initrd=\\initrd.img console=ttyS0" },
//       "sleep": "hide",
//       "verbosity": "life-cycle",
//       "onFailure": "boot" }
//
// An extension is what it is in a load manifest (abi/src/manifest.ts): policies.ts reads what it may do.

import { EFI_MOST_SETTINGS } from "../../abi/generated/bare/efi";
import { MAX_EXTENSIONS } from "../../abi/generated/bare/syscalls";
import {
  beginArray,
  beginObject,
  endJson,
  fail,
  failAt,
  hasFailed,
  isTextNext,
  nextElement,
  nextMember,
  openJson,
  peekByte,
  readBare,
  readKept,
  readKey,
  readText,
  TOO_LONG,
  valuePlace,
} from "./json";
import {
  clearPolicy,
  hasName,
  nameByFile,
  readCalls,
  readMsrs,
  readName,
  readPorts,
  readQuota,
  readVersion,
} from "./policies";
import { isText, keepBehind, keepText, lengthOf, textOf } from "./text";

/** What comes behind the start. */
export const BOOT_NEXT: u32 = 0;
export const BOOT_FALLBACK: u32 = 1;
export const BOOT_FILE: u32 = 2;
export const BOOT_STOP: u32 = 3;

/** Where relative names begin. */
const FOLDER: string = "\\EFI\\bareflank\\";
const BACKSLASH: u32 = 0x5c;
const MEBIBYTE: u64 = 0x10_0000;
const MOST_MEBIBYTES: u64 = 0x10_0000;

const LEAST_WATCHDOG_MS: u32 = 10;
const MOST_WATCHDOG_MS: u32 = 3_600_000;

const paths: usize = memory.data(4 * MAX_EXTENSIONS, 4);
/** Of each setting: the extension that it is for, its key and its value. */
const settings: usize = memory.data(12 * EFI_MOST_SETTINGS, 4);

/** What is said of an extension, a bit each. */
const SAID_FILE: u32 = 1;
const SAID_NAME: u32 = 2;
const SAID_SETTINGS: u32 = 4;
const SAID_VERSION: u32 = 8;
const SAID_CALLS: u32 = 16;
const SAID_MSRS: u32 = 32;
const SAID_PORTS: u32 = 64;
const SAID_QUOTA: u32 = 128;
const TWICE: string = "this setting is there twice";

let kernel: usize = 0;
let extensions: u32 = 0;
let settingCount: u32 = 0;
let reserve: u64 = 0;
let boot: u32 = BOOT_NEXT;
let bootPath: usize = 0;
let bootOptions: usize = 0;
let hidesSleep: bool = true;
let verbosity: u32 = 1;
let stopsOnFailure: bool = false;
let watchdog: u32 = 0;

export function kernelPath(): usize {
  return kernel;
}
export function extensionsWanted(): u32 {
  return extensions;
}
export function extensionPath(index: u32): usize {
  return load<u32>(paths + 4 * index);
}
export function settingsWanted(): u32 {
  return settingCount;
}
export function settingOwner(index: u32): u32 {
  return load<u32>(settings + 12 * index);
}
export function settingKey(index: u32): usize {
  return load<u32>(settings + 12 * index, 4);
}
export function settingValue(index: u32): usize {
  return load<u32>(settings + 12 * index, 8);
}
/** Bytes that the hypervisor takes; 0: what kernel and extensions need to begin with. */
export function reserveBytes(): u64 {
  return reserve;
}
/** BOOT_*. */
export function bootChoice(): u32 {
  return boot;
}
export function bootFile(): usize {
  return bootPath;
}
/** Load options for the boot file, or 0. */
export function bootFileOptions(): usize {
  return bootOptions;
}
/** Whether the operating system is not to know of a sleep that ends the hypervisor. */
export function isSleepHidden(): bool {
  return hidesSleep;
}
/** BootArgs.debugLevel. */
export function debugVerbosity(): u32 {
  return verbosity;
}
/** Milliseconds after which an extension is taken from a processor; 0: never. */
export function watchdogWanted(): u32 {
  return watchdog;
}
/** Whether nothing is to run without the hypervisor. */
export function isStopOnFailure(): bool {
  return stopsOnFailure;
}

/** What holds without a file, and for what the file does not say. */
export function setDefaults(): void {
  kernel = 0;
  extensions = 0;
  settingCount = 0;
  reserve = 0;
  boot = BOOT_NEXT;
  bootPath = 0;
  bootOptions = 0;
  hidesSleep = true;
  verbosity = 1;
  stopsOnFailure = false;
  watchdog = 0;
  fillIn();
}

function fillIn(): void {
  if (kernel === 0) kernel = textOf("\\EFI\\bareflank\\kernel.elf");
  if (extensions !== 0) return;
  addExtension();
  takeFile(0, textOf("\\EFI\\bareflank\\boot.elf"));
}

/** One more, of which nothing is known. */
function addExtension(): u32 {
  const index = extensions++;
  store<u32>(paths + 4 * index, 0);
  clearPolicy(index);
  return index;
}

/** Its file, by which it is called unless it has a name already. */
function takeFile(index: u32, path: usize): void {
  store<u32>(paths + 4 * index, <u32>path);
  if (path !== 0 && !hasName(index)) nameByFile(index, path);
}

/** Reads the file's content; false, and said by json.ts, when something is wrong in it. Then the defaults hold. */
export function readConfiguration(address: u64, bytes: u64): bool {
  setDefaults();
  kernel = 0;
  extensions = 0;
  openJson(address, bytes);
  if (beginObject()) while (nextMember()) readSetting();
  endJson();
  fillIn();
  if (hasFailed()) setDefaults();
  return !hasFailed();
}

function readSetting(): void {
  const place = valuePlace();
  const key = readKey();
  if (key === 0) return;
  if (isText(key, "kernel")) kernel = once(kernel !== 0, place, readPath());
  else if (isText(key, "extensions")) readExtensions(place);
  else if (isText(key, "memory")) readMemory();
  else if (isText(key, "boot")) readBoot();
  else if (isText(key, "sleep")) readSleep();
  else if (isText(key, "verbosity")) readVerbosity();
  else if (isText(key, "onFailure")) readOnFailure();
  else if (isText(key, "watchdog")) readWatchdog();
  else
    failAt(place, "no such setting: there are kernel, extensions, memory, boot, sleep, verbosity, onFailure, watchdog");
}

function once(isSet: bool, place: u64, value: usize): usize {
  if (isSet) failAt(place, TWICE);
  return value;
}

/** A file's name: in the folder of the configuration, unless it begins at the volume's root. Slashes are backslashes. */
function readPath(): usize {
  const place = valuePlace();
  const text = readText();
  if (text === 0) return 0;
  for (let at = text; load<u16>(at) !== 0; at += 2) if (load<u16>(at) === 0x2f) store<u16>(at, <u16>BACKSLASH);
  if (lengthOf(text) === 0) failAt(place, "a file has a name");
  if (<u32>load<u16>(text) !== BACKSLASH) return inFolder(place);
  keepText();
  return text;
}

/** The text that was read last, behind the folder's name. */
function inFolder(place: u64): usize {
  const path = keepBehind(FOLDER);
  if (path === 0) failAt(place, TOO_LONG);
  return path;
}

function readExtensions(place: u64): void {
  once(extensions !== 0, place, 0);
  const list = valuePlace();
  if (!beginArray()) return;
  while (nextElement()) {
    if (extensions === MAX_EXTENSIONS) fail("these are more extensions than there can be");
    else readExtension();
  }
  if (extensions === 0) failAt(list, "there is at least one extension");
}

function readExtension(): void {
  const place = valuePlace();
  const index = addExtension();
  if (peekByte() !== 0x7b) {
    takeFile(index, readPath());
    return;
  }
  let said: u32 = 0;
  let path: usize = 0;
  if (beginObject()) {
    while (nextMember()) {
      const where = valuePlace();
      const key = readKey();
      if (key === 0) return;
      const what = whatIsSaid(key);
      if (what === 0) failAt(where, "an extension has file, name, settings, version, calls, msrs, ports and quota");
      else if ((said & what) !== 0) failAt(where, TWICE);
      else if (what === SAID_FILE) path = readPath();
      else readOfExtension(index, what);
      said |= what;
    }
  }
  if (path === 0) failAt(place, 'an extension has a file: { "file": "boot.elf" }');
  takeFile(index, path);
}

/** SAID_*, or 0. */
function whatIsSaid(key: usize): u32 {
  if (isText(key, "file")) return SAID_FILE;
  if (isText(key, "name")) return SAID_NAME;
  if (isText(key, "settings")) return SAID_SETTINGS;
  if (isText(key, "version")) return SAID_VERSION;
  if (isText(key, "calls")) return SAID_CALLS;
  if (isText(key, "msrs")) return SAID_MSRS;
  if (isText(key, "ports")) return SAID_PORTS;
  return isText(key, "quota") ? SAID_QUOTA : 0;
}

function readOfExtension(index: u32, what: u32): void {
  if (what === SAID_NAME) readName(index);
  else if (what === SAID_SETTINGS) readExtensionSettings(index);
  else if (what === SAID_VERSION) readVersion(index);
  else if (what === SAID_CALLS) readCalls(index);
  else if (what === SAID_MSRS) readMsrs(index);
  else if (what === SAID_PORTS) readPorts(index);
  else readQuota(index);
}

function readExtensionSettings(index: u32): void {
  if (!beginObject()) return;
  while (nextMember()) {
    const place = valuePlace();
    const key = readKey();
    if (key === 0) return;
    if (!isSettingKey(key)) failAt(place, "a setting's name has letters, digits, _, - and .");
    keepText();
    const where = valuePlace();
    const value = isTextNext() ? readKept() : readPlainSetting(where);
    if (value === 0) return;
    if (!isLine(value)) failAt(where, "a setting's value is one line");
    if (settingCount === EFI_MOST_SETTINGS) {
      failAt(place, "these are more settings than there can be");
      return;
    }
    const entry = settings + 12 * settingCount++;
    store<u32>(entry, index);
    store<u32>(entry, <u32>key, 4);
    store<u32>(entry, <u32>value, 8);
  }
}

/** What bfm would make of it, too: a number of digits alone, or true or false. */
function readPlainSetting(place: u64): usize {
  const text = readBare();
  if (text === 0 || !(isText(text, "true") || isText(text, "false") || isPlainNumber(text))) {
    failAt(place, "it is no text, number of digits or boolean");
    return 0;
  }
  keepText();
  return text;
}

function isPlainNumber(text: usize): bool {
  const first = load<u16>(text) === 0x2d ? text + 2 : text;
  const length = lengthOf(first);
  // More digits than JavaScript's numbers hold come out changed
  if (length === 0 || length > 15 || (length > 1 && load<u16>(first) === 0x30)) return false;
  for (let at = first; load<u16>(at) !== 0; at += 2) if (load<u16>(at) < 0x30 || load<u16>(at) > 0x39) return false;
  return true;
}

/** As `bfm load --set` takes them (abi/src/settings.ts). */
function isSettingKey(key: usize): bool {
  if (lengthOf(key) === 0) return false;
  for (let at = key; load<u16>(at) !== 0; at += 2) {
    const unit: u32 = load<u16>(at);
    const letter = unit | 0x20;
    const isWord = (letter >= 0x61 && letter <= 0x7a) || (unit >= 0x30 && unit <= 0x39) || unit === 0x5f;
    if (!isWord && unit !== 0x2e && unit !== 0x2d) return false;
  }
  return true;
}

function isLine(text: usize): bool {
  for (let at = text; load<u16>(at) !== 0; at += 2) if (load<u16>(at) === 0x0a) return false;
  return true;
}

function readMemory(): void {
  const place = valuePlace();
  const text = readText();
  if (text === 0) return;
  let mebibytes: u64 = 0;
  let at = text;
  for (; load<u16>(at) >= 0x30 && load<u16>(at) <= 0x39 && mebibytes <= MOST_MEBIBYTES; at += 2) {
    mebibytes = mebibytes * 10 + (load<u16>(at) - 0x30);
  }
  const unit: u32 = load<u16>(at);
  if (unit === 0x47) mebibytes *= 1024;
  const isSize = (unit === 0x4d || unit === 0x47) && load<u16>(at, 2) === 0 && mebibytes !== 0;
  if (!isSize || mebibytes > MOST_MEBIBYTES) failAt(place, 'memory is a number with M or G, at most a tebibyte: "64M"');
  reserve = mebibytes * MEBIBYTE;
}

/** As `bfm start --watchdog` takes it (bfm/src/watchdog.ts), in whole numbers. */
function readWatchdog(): void {
  const place = valuePlace();
  const text = readText();
  if (text === 0) return;
  let milliseconds: u32 = 0;
  let at = text;
  for (; load<u16>(at) >= 0x30 && load<u16>(at) <= 0x39 && milliseconds <= MOST_WATCHDOG_MS; at += 2) {
    milliseconds = milliseconds * 10 + (load<u16>(at) - 0x30);
  }
  if (isText(at, "s")) milliseconds *= 1000;
  const isTime = isText(at, "s") || isText(at, "ms");
  if (!isTime || milliseconds < LEAST_WATCHDOG_MS || milliseconds > MOST_WATCHDOG_MS) {
    failAt(place, 'watchdog is a number with ms or s, from 10ms to 3600s: "2s"');
  }
  watchdog = milliseconds;
}

function readBoot(): void {
  if (peekByte() === 0x7b) {
    readBootFile();
    return;
  }
  const place = valuePlace();
  const text = readText();
  if (text === 0) return;
  if (isText(text, "next")) boot = BOOT_NEXT;
  else if (isText(text, "fallback")) boot = BOOT_FALLBACK;
  else if (isText(text, "stop")) boot = BOOT_STOP;
  else failAt(place, 'boot is "next", "fallback", "stop" or { "file": "/name" }');
}

function readBootFile(): void {
  const place = valuePlace();
  if (!beginObject()) return;
  boot = BOOT_FILE;
  while (nextMember()) {
    const where = valuePlace();
    const key = readKey();
    if (key === 0) return;
    if (isText(key, "file")) bootPath = readPath();
    else if (isText(key, "options")) bootOptions = readKept();
    else failAt(where, "what is booted has file and options");
  }
  if (bootPath === 0) failAt(place, 'what is booted has a file: { "file": "/name" }');
}

function readSleep(): void {
  const place = valuePlace();
  const text = readText();
  if (text === 0) return;
  if (isText(text, "hide")) hidesSleep = true;
  else if (isText(text, "keep")) hidesSleep = false;
  else failAt(place, 'sleep is "hide" or "keep"');
}

function readVerbosity(): void {
  const place = valuePlace();
  const text = readText();
  if (text === 0) return;
  if (isText(text, "errors")) verbosity = 0;
  else if (isText(text, "life-cycle")) verbosity = 1;
  else if (isText(text, "exits")) verbosity = 2;
  else failAt(place, 'verbosity is "errors", "life-cycle" or "exits"');
}

function readOnFailure(): void {
  const place = valuePlace();
  const text = readText();
  if (text === 0) return;
  if (isText(text, "stop")) stopsOnFailure = true;
  else if (isText(text, "boot")) stopsOnFailure = false;
  else failAt(place, 'onFailure is "boot" or "stop"');
}
