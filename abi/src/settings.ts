// Settings of an extension: lines `key=value` in an area of its ELF file that a note names
//
// They are written into the file's bytes before it is loaded, so no interface of driver or kernel knows of them.

import {
  EXTENSION_SETTINGS_ADDRESS,
  EXTENSION_SETTINGS_SIZE,
  NOTE_EXTENSION_SETTINGS,
} from "../generated/node/boot.ts";

/** Why settings cannot be written; the message is a clause for the user. */
export class SettingsError extends Error {}

const PT_LOAD = 1;
const PT_NOTE = 4;
const OWNER = "Bareflank\0";

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: bigint;
  readonly fileBytes: number;
}

/**
 * A copy of a checked ELF file with these settings in its area.
 *
 * @param settings `key=value`, in the order given; a later one of the same key wins
 * @throws SettingsError when the file has no such area, or too small a one
 */
export function withSettings(file: Uint8Array, settings: readonly string[]): Uint8Array {
  const wrong = settings.find((setting) => !/^[\w.-]+=[^\n\0]*$/.test(setting));
  if (wrong !== undefined) throw new SettingsError(`"${wrong}" is not of the form key=value`);
  const copy = Uint8Array.from(file);
  const area = findArea(copy);
  const text = new TextEncoder().encode(settings.map((setting) => `${setting}\n`).join(""));
  if (text.length >= area.length) throw new SettingsError(`the settings have more than ${area.length - 1} bytes`);
  area.fill(0);
  area.set(text);
  return copy;
}

/** The area's bytes in the file. */
function findArea(file: Uint8Array): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const all = segments(view);
  for (const { offset, fileBytes } of all.filter(({ type }) => type === PT_NOTE)) {
    const descriptor = findNote(view, offset, offset + fileBytes);
    if (descriptor === undefined) continue;
    const address = view.getBigUint64(descriptor + EXTENSION_SETTINGS_ADDRESS, true);
    const bytes = Number(view.getBigUint64(descriptor + EXTENSION_SETTINGS_SIZE, true));
    const within = all.find((segment) => segment.type === PT_LOAD && holds(segment, address, bytes));
    if (within === undefined)
      throw new SettingsError("its note about settings names an area that the file has no bytes for");
    const start = within.offset + Number(address - within.address);
    return file.subarray(start, start + bytes);
  }
  throw new SettingsError("it takes no settings");
}

function holds({ address, fileBytes }: Segment, from: bigint, bytes: number): boolean {
  return from >= address && from + BigInt(bytes) <= address + BigInt(fileBytes);
}

function segments(view: DataView): Segment[] {
  const table = Number(view.getBigUint64(32, true));
  const size = view.getUint16(54, true);
  return Array.from({ length: view.getUint16(56, true) }, (_, index) => {
    const at = table + index * size;
    return {
      type: view.getUint32(at, true),
      offset: Number(view.getBigUint64(at + 8, true)),
      address: view.getBigUint64(at + 16, true),
      fileBytes: Number(view.getBigUint64(at + 32, true)),
    };
  });
}

/** Offset of the descriptor of the note about settings. */
function findNote(view: DataView, start: number, end: number): number | undefined {
  for (let at = start; at + 12 <= end; ) {
    const nameBytes = view.getUint32(at, true);
    const descriptorBytes = view.getUint32(at + 4, true);
    const descriptor = at + 12 + align(nameBytes);
    const name = new TextDecoder("latin1").decode(
      new Uint8Array(view.buffer, view.byteOffset + at + 12, Math.min(nameBytes, end - at - 12)),
    );
    if (name === OWNER && view.getUint32(at + 8, true) === NOTE_EXTENSION_SETTINGS) return descriptor;
    at = descriptor + align(descriptorBytes);
  }
  return undefined;
}

const align = (bytes: number) => Math.ceil(bytes / 4) * 4;
