// bareflank-sdk.h: what C has of the SDK for TypeScript

import type { SdkFunction, SdkGroup, SdkType } from "./sdk-functions.ts";
import { sdkConstants, sdkGroups } from "./sdk-functions.ts";
import { banner, hex } from "./spelling.ts";

/** A function as C has it: its name, the type of its result, and its parameters. */
export interface CFunction {
  readonly name: string;
  readonly result: string;
  readonly parameters: readonly (readonly [name: string, type: string])[];
}

/** `bf_io_exit_port`. */
export const cName = (group: SdkGroup, { name }: SdkFunction) => `bf_${group.c === "" ? "" : `${group.c}_`}${name}`;

/** What an object of a class is in C. */
export function cClass(group: SdkGroup): string | undefined {
  if (group.class === undefined) return undefined;
  return group.class.endsWith("Exit") ? "bf_exit" : `bf_${group.c}`;
}

const C_TYPES: Readonly<Record<string, string>> = {
  u32: "uint32_t",
  u64: "uint64_t",
  bool: "bool",
  vs: "bf_vs",
  nested: "bf_nested",
  map: "bf_map",
  next: "enum bf_next",
  to: "void *",
  from: "const void *",
  reader: "uint64_t (*)(void)",
  receiver: "void (*)(uint32_t from, uint32_t kind, uint64_t a, uint64_t b)",
  function: "void (*)(void)",
  instruction: "bf_instruction",
};

const cType = (type: SdkType) => (type.startsWith("handler ") ? "bool (*)(bf_exit)" : (C_TYPES[type] ?? ""));

export function cFunction(group: SdkGroup, function_: SdkFunction): CFunction {
  const self = cClass(group);
  const parameters = Object.entries(function_.parameters).flatMap(([name, type]) =>
    type === "text"
      ? [[name, "const char *"] as const, ["bytes", "uint64_t"] as const]
      : [[name, cType(type)] as const],
  );
  return {
    name: cName(group, function_),
    result: function_.result === undefined ? "void" : cType(function_.result),
    parameters: self === undefined ? parameters : [["self", self], ...parameters],
  };
}

const parameter = ([name, type]: readonly [string, string]) =>
  type.includes("(*)") ? type.replace("(*)", `(*${name})`) : `${type}${type.endsWith("*") ? "" : " "}${name}`;

export const cParameters = ({ parameters }: CFunction) => parameters.map(parameter).join(", ") || "void";

function declaration(group: SdkGroup, function_: SdkFunction): string {
  const c = cFunction(group, function_);
  const space = c.result.endsWith("*") ? "" : " ";
  return `/* ${function_.doc} */\n${c.result}${space}${c.name}(${cParameters(c)});\n`;
}

/** bareflank-sdk.h */
export function cSdk(): string {
  const constants = sdkConstants.map(
    ({ name, value, type, doc }) => `/* ${doc} */\n#define BF_${name} ((uint${type.slice(1)}_t)${hex(value)})\n`,
  );
  const groups = sdkGroups.map(
    (group) => `\n/* ${group.doc} */\n\n${group.functions.map((each) => declaration(group, each)).join("\n")}`,
  );
  return `/* SPDX-License-Identifier: MIT */
${banner("//").replace(/^\/\/ (.*)\n$/, "/* $1 */\n")}/* Of the SDK for TypeScript: what is used of it is compiled into the extension (sdk/c/exports) */
#ifndef BAREFLANK_SDK_H
#define BAREFLANK_SDK_H

#include <stdbool.h>

#include "bareflank/next.h"

${constants.join("")}
/* The exit that a processor is at, which a handler is given: the VS that exited. */
typedef struct bf_exit { bf_vs vs; } bf_exit;
/* What bf_guest_instruction gives. */
typedef struct bf_instruction { uint32_t place; } bf_instruction;

#ifdef __cplusplus
extern "C" {
#endif
${groups.join("")}
#ifdef __cplusplus
}
#endif

#endif
`;
}
