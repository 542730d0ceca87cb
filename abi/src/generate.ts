// Writes the constants of every interface for bare-metal TypeScript, Node.js, C and assembly

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { description } from "./description.ts";
import { type Constant, type Field, type Item, type Structure, scalarSize, type Table } from "./schema.ts";

/** Generated files by path below `abi/generated`. */
export function generate(items: readonly Item[] = description): Map<string, string> {
  const files = new Map<string, string>();
  const names = [...new Set(items.map((item) => item.file))];
  for (const name of names) {
    const own = items.filter((item) => item.file === name);
    files.set(`bare/${name}.ts`, typescript(own, "bare"));
    files.set(`node/${name}.ts`, typescript(own, "node"));
  }
  files.set("node/index.ts", banner("//") + names.map((name) => `export * from "./${name}.ts";\n`).join(""));
  files.set("c/bareflank.h", cHeader(items));
  return files;
}

/** Constants of a structure: one offset per field and the size, named after both. */
export function structureConstants(item: Structure): Constant[] {
  const prefix = screaming(item.name);
  return [
    ...item.fields.map((field) => ({
      name: `${prefix}_${screaming(field.name)}`,
      value: BigInt(field.offset),
      doc: fieldDoc(field),
    })),
    { name: `${prefix}_BYTES`, value: BigInt(item.sizeBytes), doc: "Size of the structure." },
  ];
}

const banner = (comment: string) => `${comment} Generated from abi/src by \`bf build abi\`. Do not edit.\n`;

function fieldDoc(field: Field): string {
  const repeated = field.count === 1 ? field.type : `${field.type}[${field.count}]`;
  return field.doc === undefined ? `${repeated}.` : `${repeated}: ${field.doc}`;
}

function screaming(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();
}

function hex(value: bigint, digits = 1): string {
  return `0x${value.toString(16).padStart(digits, "0")}`;
}

function typescript(items: readonly Item[], flavour: "bare" | "node"): string {
  const sections = items.map((item) => {
    const constants = item.kind === "table" ? item.constants : structureConstants(item);
    const wide = item.kind === "table" && item.width === "u64";
    const lines = constants.map((constant) => {
      const doc = constant.doc === undefined ? "" : `/** ${constant.doc} */\n`;
      if (flavour === "node")
        return `${doc}export const ${constant.name} = ${hex(constant.value)}${wide ? "n" : ""};\n`;
      return `${doc}export const ${constant.name}: ${wide ? "u64" : "u32"} = ${hex(constant.value)};\n`;
    });
    return `\n// ${item.title}\n\n${lines.join("")}`;
  });
  return banner("//") + sections.join("");
}

function cHeader(items: readonly Item[]): string {
  const sections = items.map(
    (item) => `\n/* ${item.title} */\n${item.kind === "table" ? cTable(item) : cStructure(item)}`,
  );
  return `/* SPDX-License-Identifier: MIT */
/* Generated from abi/src by \`bf build abi\`. Do not edit. */
#ifndef BAREFLANK_H
#define BAREFLANK_H

#ifdef __ASSEMBLER__
#define BF_U32(value) value
#define BF_U64(value) value
#else
#include <stdint.h>
#define BF_U32(value) value##U
#define BF_U64(value) value##ULL
#endif
${sections.join("")}
#endif
`;
}

function define(constant: Constant, macro: string): string {
  const line = `#define BF_${constant.name} ${macro}(${hex(constant.value)})`;
  return constant.doc === undefined ? `${line}\n` : `${line} /* ${constant.doc} */\n`;
}

function cTable(item: Table): string {
  const macro = item.width === "u64" ? "BF_U64" : "BF_U32";
  return item.constants.map((constant) => define(constant, macro)).join("");
}

function cStructure(item: Structure): string {
  const members = item.fields.map((field) => {
    const suffix = field.count === 1 ? "" : `[${field.count}]`;
    return `    uint${scalarSize(field.type) * 8}_t ${snake(field.name)}${suffix};\n`;
  });
  const name = snake(item.name);
  const offsets = structureConstants(item).map((constant) => define(constant, "BF_U32"));
  return `${offsets.join("")}#ifndef __ASSEMBLER__
struct bf_${name} {
${members.join("")}};
_Static_assert(sizeof(struct bf_${name}) == ${item.sizeBytes}, "size of bf_${name}");
#endif
`;
}

function snake(name: string): string {
  return screaming(name).toLowerCase();
}

/** Writes all generated files below `folder`, replacing what is there. */
export function writeGenerated(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, text] of generate()) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeGenerated(join(dirname(fileURLToPath(import.meta.url)), "..", "generated"));
}
