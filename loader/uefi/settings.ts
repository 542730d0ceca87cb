// Settings of an extension: lines `key=value` in an area of its file that a note names, as bfm writes them (abi/src/settings.ts)

import {
  EXTENSION_SETTINGS_ADDRESS,
  EXTENSION_SETTINGS_SIZE,
  NOTE_EXTENSION_SETTINGS,
} from "../../abi/generated/bare/boot";
import {
  PT_LOAD,
  segment,
  segmentAddress,
  segmentCount,
  segmentFileBytes,
  segmentOffset,
  segmentType,
} from "../../bsl/src/elf";
import { findNote, noteDescriptor, OWNER_BAREFLANK } from "../../bsl/src/elf-note";
import { fillMemory, peek64, poke8 } from "../../bsl/src/memory";
import { settingKey, settingOwner, settingsWanted, settingValue } from "./configuration";

export const SETTINGS_WRITTEN: u32 = 0;
export const SETTINGS_NONE_TAKEN: u32 = 1;
export const SETTINGS_TOO_LONG: u32 = 2;

let at: u64 = 0;
let end: u64 = 0;

/** Writes the settings for extension `index` into its checked file: SETTINGS_*. */
export function writeSettings(file: u64, index: u32): u32 {
  if (!hasSettings(index)) return SETTINGS_WRITTEN;
  if (!findArea(file)) return SETTINGS_NONE_TAKEN;
  fillMemory(at, 0, end - at);
  for (let i: u32 = 0; i < settingsWanted(); i++) {
    if (settingOwner(i) !== index) continue;
    writeText(settingKey(i));
    write(0x3d);
    writeText(settingValue(i));
    write(0x0a);
  }
  // A zero is the end
  return at < end ? SETTINGS_WRITTEN : SETTINGS_TOO_LONG;
}

function hasSettings(index: u32): bool {
  for (let i: u32 = 0; i < settingsWanted(); i++) if (settingOwner(i) === index) return true;
  return false;
}

/** The area's bytes in the file. */
function findArea(file: u64): bool {
  const note = findNote(file, OWNER_BAREFLANK, NOTE_EXTENSION_SETTINGS);
  if (note === 0) return false;
  const address = peek64(noteDescriptor(note) + EXTENSION_SETTINGS_ADDRESS);
  const bytes = peek64(noteDescriptor(note) + EXTENSION_SETTINGS_SIZE);
  for (let i: u32 = 0; i < segmentCount(file); i++) {
    const header = segment(file, i);
    const offset = address - segmentAddress(header);
    const available = segmentFileBytes(header);
    if (segmentType(header) !== PT_LOAD || offset >= available || bytes > available - offset) continue;
    at = file + segmentOffset(header) + offset;
    end = at + bytes;
    return true;
  }
  return false;
}

function write(byte: u32): void {
  if (at < end) poke8(at, <u8>byte);
  if (at < end) at++;
}

/** As UTF-8 (RFC 3629, 3). */
function writeText(text: usize): void {
  for (let unit = text; load<u16>(unit) !== 0; unit += 2) {
    let code: u32 = load<u16>(unit);
    if ((code & 0xfc00) === 0xd800 && (<u32>load<u16>(unit, 2) & 0xfc00) === 0xdc00) {
      code = 0x1_0000 + ((code & 0x3ff) << 10) + (<u32>load<u16>(unit, 2) & 0x3ff);
      unit += 2;
    }
    if (code < 0x80) {
      write(code);
      continue;
    }
    const more: u32 = code < 0x800 ? 1 : code < 0x1_0000 ? 2 : 3;
    write(((0xff << (7 - more)) & 0xff) | (code >> (6 * more)));
    for (let i = more; i-- !== 0; ) write(0x80 | ((code >> (6 * i)) & 0x3f));
  }
}
