// How names and numbers are spelled in the generated files

import type { Constant, Field, Structure } from "./schema.ts";

/** First line of every generated file. */
export const banner = (comment: string) => `${comment} Generated from abi/src by \`bf build abi\`. Do not edit.\n`;

/** `fooBar` and `FooBar` as `FOO_BAR`. */
export const screaming = (name: string) => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();

/** `fooBar` and `FooBar` as `foo_bar`. */
export const snake = (name: string) => screaming(name).toLowerCase();

export const hex = (value: bigint) => `0x${value.toString(16)}`;

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

function fieldDoc(field: Field): string {
  const repeated = field.count === 1 ? field.type : `${field.type}[${field.count}]`;
  return field.doc === undefined ? `${repeated}.` : `${repeated}: ${field.doc}`;
}
