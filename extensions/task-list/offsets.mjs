// Where the Linux that this runs in has its tasks, as words for bfm: from its BTF and its symbols
//
//     bfm quick task-list.elf $(node offsets.mjs)
//     node offsets.mjs STRUCT.FIELD... SYMBOL...     # others
//
// BTF (kernel.org, Documentation/bpf/btf.rst) is a header, then types, one behind the other and numbered from 1, then names.

import { readFileSync } from "node:fs";
import { endianness } from "node:os";

const wanted = process.argv.slice(2);
if (wanted.length === 0) {
  wanted.push("task_struct.tasks", "task_struct.pid", "task_struct.comm", "task_struct.mm", "init_task");
}

const STRUCT = 4;
const UNION = 5;
/** Bytes behind a type of this kind, in all and for each of its elements. */
const FIXED = { 1: 4, 3: 12, 14: 4, 17: 4 };
const PER_ELEMENT = { [STRUCT]: 12, [UNION]: 12, 6: 8, 13: 8, 15: 12, 19: 12 };

/** @typedef {{ name: string, fields: { name: string, type: number, bits: number }[] }} Type */

/** @param {Buffer} btf */
function readTypes(btf) {
  if (endianness() !== "LE" || btf.readUInt16LE(0) !== 0xeb9f) throw new Error("this is no BTF");
  const header = btf.readUInt32LE(4);
  const [typeAt, typeBytes, nameAt] = [8, 12, 16].map((at) => btf.readUInt32LE(at));
  const text = (offset) => {
    const from = header + nameAt + offset;
    return btf.toString("utf8", from, btf.indexOf(0, from));
  };
  /** @type {Type[]} */
  const types = [{ name: "void", fields: [] }];
  for (let at = header + typeAt; at < header + typeAt + typeBytes; ) {
    const info = btf.readUInt32LE(at + 4);
    const kind = (info >>> 24) & 31;
    const count = info & 0xffff;
    const fields = [];
    for (let i = 0; (kind === STRUCT || kind === UNION) && i < count; i++) {
      const [name, type, bits] = [0, 4, 8].map((more) => btf.readUInt32LE(at + 12 + i * 12 + more));
      // Where a struct has bit fields, the upper byte is their width
      fields.push({ name: text(name), type, bits: info >>> 31 ? bits & 0xffffff : bits });
    }
    types.push({ name: text(btf.readUInt32LE(at)), fields });
    at += 12 + (FIXED[kind] ?? 0) + count * (PER_ELEMENT[kind] ?? 0);
  }
  return types;
}

/** Bits from the beginning of a struct; fields of a struct without a name belong to the one around it. */
function offsetOf(types, fields, wantedName) {
  for (const { name, type, bits } of fields) {
    if (name === wantedName) return bits;
    const inner = name === "" ? offsetOf(types, types[type].fields, wantedName) : undefined;
    if (inner !== undefined) return bits + inner;
  }
  return undefined;
}

const types = readTypes(readFileSync("/sys/kernel/btf/vmlinux"));
const symbols = new Map(
  readFileSync("/proc/kallsyms", "utf8")
    .split("\n")
    .map((line) => [line.split(/\s/)[2], BigInt(`0x${line.split(" ")[0] || 0}`)]),
);
const settings = wanted.map((word) => {
  const [struct, field] = word.split(".");
  const bits = types
    .filter(({ name, fields }) => name === struct && fields.length > 0)
    .map(({ fields }) => offsetOf(types, fields, field))[0];
  const value = field === undefined ? symbols.get(word) : bits && bits / 8;
  if (!value) throw new Error(`${word} is not in this Linux${field === undefined ? ", or you are not root" : ""}`);
  return `--set ${word}=0x${value.toString(16)}`;
});
console.log(settings.join(" "));
