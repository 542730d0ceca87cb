// bareflank-vs.hpp and bareflank-sdk.hpp: what C++ has of the SDK for TypeScript, a layer on C's

import { cName } from "./sdk-c.ts";
import type { SdkFunction, SdkGroup, SdkType } from "./sdk-functions.ts";
import { sdkGroups } from "./sdk-functions.ts";
import { banner } from "./spelling.ts";

const CPP_TYPES: Readonly<Record<string, string>> = {
  u32: "uint32_t",
  u64: "uint64_t",
  bool: "bool",
  vs: "Vs",
  nested: "Nested",
  map: "Map",
  next: "Next",
  to: "void *",
  from: "const void *",
  text: "const char *",
  reader: "uint64_t (*)()",
  receiver: "void (*)(uint32_t from, uint32_t kind, uint64_t a, uint64_t b)",
  function: "void (*)()",
  instruction: "Instruction",
};

const handled = (type: SdkType) => /^handler (.*)$/.exec(type)?.[1];
const cppType = (type: SdkType) => {
  const exit = handled(type);
  return exit === undefined ? (CPP_TYPES[type] ?? "") : `bool (*)(${exit})`;
};

function parameter([name, type]: [string, SdkType]): string {
  const spelled = cppType(type);
  const space = spelled.endsWith("*") ? "" : " ";
  return spelled.includes("(*)") ? spelled.replace("(*)", `(*${name})`) : `${spelled}${space}${name}`;
}

function argument([name, type]: [string, SdkType]): string {
  if (handled(type) !== undefined) return `reinterpret_cast<bool (*)(bf_exit)>(${name})`;
  if (type === "next") return `static_cast<bf_next>(${name})`;
  return type === "text" ? `${name}, detail::length(${name})` : name;
}

function result(type: SdkType | undefined, call: string): string {
  if (type === undefined) return `${call};`;
  return type === "next" ? `return static_cast<Next>(${call});` : `return ${call};`;
}

function method(group: SdkGroup, each: SdkFunction, self: string | undefined, indent: string, after: string): string {
  const parameters = Object.entries(each.parameters);
  const given = [...(self === undefined ? [] : [self]), ...parameters.map(argument)].join(", ");
  const type = each.result === undefined ? "void" : cppType(each.result);
  const code = each.name === "raise" ? "code = 0" : "code";
  const list = parameters
    .map(parameter)
    .join(", ")
    .replace(/\bcode$/, code);
  const inline = self === undefined ? "inline " : "";
  const head = `${inline}${type} ${each.name}(${list})${after}`;
  const call = `${cName(group, each)}(${given})`;
  return `${indent}/// ${each.doc}\n${indent}${head} { ${result(each.result, call)} }\n`;
}

const top = `// SPDX-License-Identifier: MIT\n${banner("//")}`;

/** Methods of a class that bareflank/vm.hpp or nested.hpp has: they are its own by inheritance. */
function mixin(name: string): string {
  const groups = sdkGroups.filter((group) => group.class === name);
  const methods = groups.flatMap((group) =>
    group.functions.map((each) => method(group, each, "self()", "    ", " const")),
  );
  const c = `bf_${name.toLowerCase()}`;
  return `/// What ${name} has of the SDK for TypeScript.
template <class Self> class ${name}Methods {
  public:
${methods.join("").replaceAll(/\bVs vs\b/g, `${name === "Vs" ? "Vs" : "bf_vs"} vs`)}
  private:
    ${c} self() const { return static_cast<const Self &>(*this); }
};
`;
}

/** bareflank-vs.hpp: what has to stand before Vs and Nested. */
export function cppMethods(): string {
  return `${top}// Methods of Vs and Nested: what is used of them is compiled into the extension (sdk/c/exports)
#ifndef BAREFLANK_VS_METHODS_HPP
#define BAREFLANK_VS_METHODS_HPP

#include "bareflank-sdk.h"

#include "bareflank/next.hpp"

namespace bareflank {

${["Vs", "Nested"].map(mixin).join("\n")}
} // namespace bareflank

#endif
`;
}

function class_(group: SdkGroup): string {
  const { class: name = "", extends: base } = group;
  const isExit = name.endsWith("Exit");
  const self = isExit ? "exit_" : "instruction_";
  const methods = group.functions.map((each) => method(group, each, self, "    ", " const")).join("");
  const c = isExit ? "bf_exit" : `bf_${group.c}`;
  const made = base === undefined ? `constexpr ${name}(${c} self) : ${self}(self) {}` : `using ${base}::${base};`;
  const vs = name === "Exit" ? "    /// The VS that exited.\n    Vs vs() const { return exit_.vs; }\n" : "";
  const own = base === undefined ? `\n  ${isExit ? "protected" : "private"}:\n    ${c} ${self};\n` : "";
  return `/// ${group.doc}
class ${name}${base === undefined ? "" : ` : public ${base}`} {
  public:
    ${made}
${vs}${methods}${own}};
`;
}

function functions(group: SdkGroup): string {
  const all = group.functions.map((each) => method(group, each, undefined, "", "")).join("");
  const text = `// ${group.doc}\n${all}`;
  return group.namespace === undefined
    ? text
    : `namespace ${group.namespace} {\n${text}} // namespace ${group.namespace}\n`;
}

/** bareflank-sdk.hpp */
export function cppSdk(): string {
  const own = sdkGroups.filter((group) => group.class !== "Vs" && group.class !== "Nested");
  // An instruction is a result of the guest's functions
  const classes = own.filter((group) => group.class !== undefined).map(class_);
  const others = own.filter((group) => group.class === undefined).map(functions);
  return `${top}// Of the SDK for TypeScript: what is used of it is compiled into the extension (sdk/c/exports)
#ifndef BAREFLANK_SDK_HPP
#define BAREFLANK_SDK_HPP

#include "bareflank-sdk.h"

#include "bareflank/map.hpp"
#include "bareflank/nested.hpp"
#include "bareflank/vm.hpp"

namespace bareflank {

namespace detail {

constexpr uint64_t length(const char *text) { return *text == 0 ? 0 : 1 + length(text + 1); }

} // namespace detail

${[...classes, ...others].join("\n")}
} // namespace bareflank

#endif
`;
}
