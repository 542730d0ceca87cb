// Load manifests: several extensions, and what each may do
//
//     { "extensions": [
//       { "file": "monitor.elf", "name": "monitor", "version": 2, "settings": { "leaf": "7" } },
//       { "file": "judge.elf", "calls": ["debug", "message", "mem_alloc_page"], "quota": { "pages": 64 },
//         "msrs": [{ "from": "0x10", "read": true }], "ports": [{ "from": "0x3f8", "to": "0x3ff" }] } ] }
//
// `calls` lists groups and single calls; everything else is denied but the groups without which no extension lives
// (control, handle, callback). `msrs` and `ports` list ranges; every other one is denied. `quota` bounds how much it has at
// one time. What is not there restricts nothing.

import * as boot from "../generated/node/boot.ts";
import { EXTENSION_NAME_BYTES, MAX_EXTENSIONS } from "../generated/node/syscalls.ts";
import { callNumbers, groups, undeniable } from "./call-names.ts";

/** What is wrong with a manifest, and where: `extensions[1].calls[0]`. */
export class ManifestError extends Error {
  readonly place: string;

  constructor(place: string, what: string) {
    super(place === "" ? what : `${place}: ${what}`);
    this.place = place;
  }
}

/** A range of MSRs, both ends included. */
export interface MsrRange {
  readonly from: number;
  readonly to: number;
  readonly read: boolean;
  readonly write: boolean;
}

/** A range of I/O ports, both ends included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** The most that an extension may have at one time of what it names. */
export type Quota = Partial<Record<keyof typeof QUOTAS, number>>;

/** What an extension's policy says; without `calls`, `msrs` or `ports` it restricts none of them. */
export interface Policy {
  readonly name: string;
  /** Groups and calls that are allowed. */
  readonly calls?: readonly string[];
  readonly msrs?: readonly MsrRange[];
  readonly ports?: readonly PortRange[];
  readonly quota?: Quota;
  /** The only version of the interface that it may open: in version 1 an extension names structures by raw addresses. */
  readonly version?: 2;
}

export interface ManifestEntry extends Policy {
  /** Path of its ELF file, relative to the manifest. */
  readonly file: string;
  /** `key=value`. */
  readonly settings: readonly string[];
}

/** Where each stands in ExtensionPolicy.quota. */
const QUOTAS = { vms: boot.QUOTA_VMS, vps: boot.QUOTA_VPS, vss: boot.QUOTA_VSS, pages: boot.QUOTA_PAGES } as const;
const MOST_QUOTA = 0xffff_ffff;
const MOST_RANGES = 32;
const MOST_MSR = 0xffff_ffff;
const MOST_PORT = 0xffff;

/** Whether a word can be an extension's name. */
export function isName(word: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(word) && word.length <= Number(EXTENSION_NAME_BYTES);
}

/**
 * Reads a manifest's text.
 *
 * @throws ManifestError for the first thing that is wrong
 */
export function readManifest(text: string): ManifestEntry[] {
  const manifest = object("", parse(text), ["extensions"]);
  const list = array("extensions", manifest.extensions);
  if (list.length === 0 || list.length > Number(MAX_EXTENSIONS)) {
    throw new ManifestError("extensions", `${list.length} extensions are listed; 1 to ${MAX_EXTENSIONS} can be loaded`);
  }
  const entries = list.map((entry, index) => readEntry(`extensions[${index}]`, entry));
  entries.forEach(({ name }, index) => {
    const first = entries.findIndex((entry) => entry.name === name);
    if (first !== index)
      throw new ManifestError(`extensions[${index}].name`, `"${name}" is extensions[${first}]'s name`);
  });
  return entries;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ManifestError("", `it is no JSON: ${(error as Error).message}`);
  }
}

function readEntry(place: string, value: unknown): ManifestEntry {
  const entry = object(place, value, ["file", "name", "settings", "calls", "msrs", "ports", "quota", "version"]);
  const file = string(`${place}.file`, entry.file);
  const name = entry.name === undefined ? nameOf(place, file) : string(`${place}.name`, entry.name);
  if (!isName(name)) {
    throw new ManifestError(
      `${place}.name`,
      `"${name}" is no name: letters, digits, ".", "_" and "-", ${EXTENSION_NAME_BYTES} at most`,
    );
  }
  return {
    file,
    name,
    settings: readSettings(`${place}.settings`, entry.settings),
    ...(entry.version === undefined ? {} : { version: readVersion(`${place}.version`, entry.version) }),
    ...(entry.calls === undefined ? {} : { calls: readCalls(`${place}.calls`, entry.calls) }),
    ...(entry.msrs === undefined ? {} : { msrs: readMsrs(`${place}.msrs`, entry.msrs) }),
    ...(entry.ports === undefined ? {} : { ports: readPorts(`${place}.ports`, entry.ports) }),
    ...(entry.quota === undefined ? {} : { quota: readQuota(`${place}.quota`, entry.quota) }),
  };
}

/** Version 1 needs no pin: whoever may open it is held to nothing that version 2 holds it to. */
function readVersion(place: string, value: unknown): 2 {
  if (value === 2) return 2;
  throw new ManifestError(place, "it can be 2, which keeps an extension to version 2 of the interface, or be left out");
}

function nameOf(place: string, file: string): string {
  const name = file.replace(/^.*\//, "").replace(/\.elf$/, "");
  if (!isName(name)) throw new ManifestError(place, `"${name}" cannot be its name: give it one`);
  return name;
}

function readSettings(place: string, value: unknown): string[] {
  if (value === undefined) return [];
  return Object.entries(object(place, value)).map(([key, setting]) => {
    if (typeof setting === "object") throw new ManifestError(`${place}.${key}`, "it is no text, number or boolean");
    return `${key}=${setting}`;
  });
}

function readCalls(place: string, value: unknown): string[] {
  return array(place, value).map((entry, index) => {
    const word = string(`${place}[${index}]`, entry);
    if (groups.includes(word) || callNumbers.has(word)) return word;
    throw new ManifestError(`${place}[${index}]`, `"${word}" is no call, and no group (${groups.join(", ")})`);
  });
}

function readMsrs(place: string, value: unknown): MsrRange[] {
  return ranges(place, value).map((entry, index) => {
    const at = `${place}[${index}]`;
    const range = object(at, entry, ["from", "to", "read", "write"]);
    const ends = readEnds(at, range, msr);
    const [read, write] = ["read", "write"].map((right) => boolean(`${at}.${right}`, range[right] ?? false));
    if (read !== true && write !== true) throw new ManifestError(at, "it allows neither to read nor to write");
    return { ...ends, read: read === true, write: write === true };
  });
}

function readPorts(place: string, value: unknown): PortRange[] {
  return ranges(place, value).map((entry, index) => {
    const at = `${place}[${index}]`;
    return readEnds(at, object(at, entry, ["from", "to"]), port);
  });
}

/** None of something is what `calls` is for. */
function readQuota(place: string, value: unknown): Quota {
  const numbers = Object.entries(object(place, value, Object.keys(QUOTAS)));
  for (const [key, number] of numbers) {
    if (typeof number === "number" && Number.isInteger(number) && number >= 1 && number <= MOST_QUOTA) continue;
    throw new ManifestError(
      `${place}.${key}`,
      "it is no number from 1 on; to deny the call that takes them, use calls",
    );
  }
  return Object.fromEntries(numbers) as Quota;
}

function ranges(place: string, value: unknown): readonly unknown[] {
  const list = array(place, value);
  if (list.length > MOST_RANGES)
    throw new ManifestError(place, `${list.length} ranges, and ${MOST_RANGES} is the most`);
  return list;
}

/** A range of one without `to`. */
function readEnds(
  at: string,
  range: Record<string, unknown>,
  read: (place: string, value: unknown) => number,
): { from: number; to: number } {
  const from = read(`${at}.from`, range.from);
  const to = range.to === undefined ? from : read(`${at}.to`, range.to);
  if (to < from) throw new ManifestError(`${at}.to`, "it is below where the range begins");
  return { from, to };
}

function msr(place: string, value: unknown): number {
  return upTo(MOST_MSR, value, place, 'it is no MSR: a number, or text such as "0xc0000080"');
}

function port(place: string, value: unknown): number {
  return upTo(MOST_PORT, value, place, 'it is no I/O port: a number to 65535, or text such as "0x3f8"');
}

function upTo(most: number, value: unknown, place: string, otherwise: string): number {
  const number = typeof value === "string" && /^(0x[0-9a-f]+|[0-9]+)$/i.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isInteger(number) && number >= 0 && number <= most) return number;
  throw new ManifestError(place, otherwise);
}

function object(place: string, value: unknown, keys?: readonly string[]): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ManifestError(place, "it is no object");
  const strange = keys && Object.keys(value).find((key) => !keys.includes(key));
  if (strange !== undefined) throw new ManifestError(place, `"${strange}" is none of its keys (${keys?.join(", ")})`);
  return value as Record<string, unknown>;
}

function array(place: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new ManifestError(place, "it is no list");
  return value;
}

function string(place: string, value: unknown): string {
  if (typeof value !== "string" || value === "") throw new ManifestError(place, "it is no text");
  return value;
}

function boolean(place: string, value: unknown): boolean {
  if (typeof value !== "boolean") throw new ManifestError(place, "it is neither true nor false");
  return value;
}

/** ExtensionPolicy of each, one behind the other: what the driver hands to the microkernel. */
export function encodePolicies(policies: readonly Policy[]): Uint8Array {
  const bytes = new Uint8Array(policies.length * boot.EXTENSION_POLICY_BYTES);
  policies.forEach((policy, index) => {
    const start = index * boot.EXTENSION_POLICY_BYTES;
    new TextEncoder().encodeInto(policy.name, bytes.subarray(start + boot.EXTENSION_POLICY_NAME));
    encodePolicy(new DataView(bytes.buffer, start, boot.EXTENSION_POLICY_BYTES), policy);
  });
  return bytes;
}

function encodePolicy(view: DataView, { calls: allowed, msrs, ports, quota, version }: Policy): void {
  for (const [name, number] of allowed === undefined ? [] : callNumbers) {
    const group = number >>> 16;
    if ([...undeniable, ...(allowed ?? [])].some((word) => word === name || word === groups[group])) continue;
    const word = boot.EXTENSION_POLICY_DENIED + group * 4;
    view.setUint32(word, view.getUint32(word, true) | (1 << (number & 31)), true);
  }
  const flags = (msrs === undefined ? 0 : boot.POLICY_MSRS) | (ports === undefined ? 0 : boot.POLICY_PORTS);
  const pin = version === undefined ? 0 : boot.POLICY_VERSION_2;
  view.setUint32(boot.EXTENSION_POLICY_FLAGS, flags | pin, true);
  view.setUint32(boot.EXTENSION_POLICY_MSR_COUNT, msrs?.length ?? 0, true);
  msrs?.forEach(({ from, to, read, write }, index) => {
    const rights = (read ? boot.MSR_RIGHT_READ : 0) | (write ? boot.MSR_RIGHT_WRITE : 0);
    view.setUint32(boot.EXTENSION_POLICY_MSR_FIRST + index * 4, from, true);
    view.setUint32(boot.EXTENSION_POLICY_MSR_LAST + index * 4, to, true);
    view.setUint32(boot.EXTENSION_POLICY_MSR_RIGHTS + index * 4, rights, true);
  });
  for (const [key, number] of Object.entries(quota ?? {})) {
    view.setUint32(boot.EXTENSION_POLICY_QUOTA + QUOTAS[key as keyof Quota] * 4, number, true);
  }
  view.setUint32(boot.EXTENSION_POLICY_PORT_COUNT, ports?.length ?? 0, true);
  ports?.forEach(({ from, to }, index) => {
    view.setUint32(boot.EXTENSION_POLICY_PORT_FIRST + index * 4, from, true);
    view.setUint32(boot.EXTENSION_POLICY_PORT_LAST + index * 4, to, true);
  });
}
