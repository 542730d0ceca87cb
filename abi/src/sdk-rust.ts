// sdk.rs: what Rust has of the SDK for TypeScript

import { cClass, cName } from "./sdk-c.ts";
import type { SdkFunction, SdkGroup, SdkType } from "./sdk-functions.ts";
import { sdkConstants, sdkGroups } from "./sdk-functions.ts";
import { banner, hex } from "./spelling.ts";

const NATIVE_TYPES: Readonly<Record<string, string>> = {
  u32: "u32",
  u64: "u64",
  bool: "bool",
  vs: "Vs",
  nested: "Nested",
  map: "Map",
  next: "Next",
  to: "*mut u8",
  from: "*const u8",
  reader: 'extern "C" fn() -> u64',
  receiver: 'extern "C" fn(u32, u32, u64, u64)',
  function: 'extern "C" fn()',
  instruction: "Instruction",
};

const handled = (type: SdkType) => /^handler (.*)$/.exec(type)?.[1];

function nativeParameters(group: SdkGroup, each: SdkFunction): string {
  const self = cClass(group);
  const own =
    group.class === "Vs" || group.class === "Nested"
      ? group.class
      : group.class === "Instruction"
        ? "Instruction"
        : "Vs";
  const parameters = Object.entries(each.parameters).flatMap(([name, type]) => {
    if (type === "text") return [`${name}: *const u8`, "bytes: u64"];
    const exit = handled(type);
    return [`${name}: ${exit === undefined ? NATIVE_TYPES[type] : 'extern "C" fn(Vs) -> bool'}`];
  });
  return [...(self === undefined ? [] : [`this: ${own}`]), ...parameters].join(", ");
}

const arrow = (type: SdkType | undefined) => (type === undefined ? "" : ` -> ${NATIVE_TYPES[type]}`);

const external = (group: SdkGroup) =>
  group.functions
    .map((each) => `    fn ${cName(group, each)}(${nativeParameters(group, each)})${arrow(each.result)};\n`)
    .join("");

/** Functions of the extension's are types without a value of their own: a function is made that calls them. */
const GENERIC: Readonly<Record<string, string>> = {
  reader: "Fn() -> u64",
  receiver: "Fn(u32, u32, u64, u64)",
  function: "Fn()",
};

function function_(group: SdkGroup, each: SdkFunction, self: string | undefined, indent: string): string {
  const parameters = Object.entries(each.parameters);
  const [bound] = parameters.flatMap(([, type]) => {
    const exit = handled(type);
    return exit === undefined ? (GENERIC[type] ?? []) : `Fn(${exit}) -> bool`;
  });
  const isUnsafe = parameters.some(([, type]) => type === "to" || type === "from");
  const list = parameters.map(([name, type]) => {
    if (type === "text") return `${name}: &str`;
    if (type === "to") return `${name}: &mut [u8]`;
    if (type === "from") return `${name}: &[u8]`;
    if (handled(type) !== undefined || GENERIC[type] !== undefined) return `_${name}: F`;
    return `${name}: ${NATIVE_TYPES[type]}`;
  });
  // A slice says how long it is
  const shown = isUnsafe ? list.filter((each) => each !== "bytes: u64") : list;
  const slice = parameters.find(([, type]) => type === "to" || type === "from")?.[0];
  const given = parameters.map(([name, type]) => {
    if (type === "text") return `${name}.as_ptr(), ${name}.len() as u64`;
    if (type === "to") return `${name}.as_mut_ptr()`;
    if (type === "from") return `${name}.as_ptr()`;
    if (isUnsafe && name === "bytes") return `${slice}.len() as u64`;
    const exit = handled(type);
    if (exit !== undefined) return `handler::<${exit}, F>`;
    if (type === "reader") return "read::<F>";
    if (type === "receiver") return "receive::<F>";
    return type === "function" ? "call::<F>" : name;
  });
  const receiver = self === undefined ? [] : ["self"];
  const generics = bound === undefined ? "" : `<F: ${bound} + Copy + 'static>`;
  const call = `${cName(group, each)}(${[...(self === undefined ? [] : [self]), ...given].join(", ")})`;
  const head = `pub fn ${each.name}${generics}(${[...receiver, ...shown].join(", ")})${arrow(each.result)}`;
  return [
    `${indent}/// ${each.doc}\n${indent}#[inline]\n${indent}${head} {\n`,
    ...(bound === undefined ? [] : [`${indent}    only_code::<F>();\n`]),
    `${indent}    unsafe { ${call} }\n${indent}}\n`,
  ].join("");
}

/** A class of exits, with the methods of all exits, or another class. */
function class_(group: SdkGroup): string {
  const { class: name = "", extends: base } = group;
  const groups = [...sdkGroups.filter((each) => base !== undefined && each.class === base), group];
  const isExit = name.endsWith("Exit");
  const isOwn = name !== "Vs" && name !== "Nested";
  const self = isExit ? "self.0" : "self";
  // What both have, the more special one answers
  const special = new Set(group.functions.map((each) => each.name));
  const methods = groups
    .flatMap((each) =>
      each.functions
        .filter((one) => each === group || !special.has(one.name))
        .map((one) => function_(each, one, self, "    ")),
    )
    .join("\n");
  const inner = isExit ? "Vs" : "u32";
  const declared = `/// ${group.doc}\n#[derive(Clone, Copy)]\n#[repr(transparent)]\npub struct ${name}(${inner});\n\n`;
  const vs = `    /// The VS that exited.\n    #[inline]\n    pub fn vs(self) -> Vs {\n        self.0\n    }\n\n`;
  const from = `impl From<Vs> for ${name} {\n    fn from(vs: Vs) -> Self {\n        Self(vs)\n    }\n}\n\n`;
  return `${isOwn ? declared : ""}${isExit ? from : ""}impl ${name} {\n${isExit ? vs : ""}${methods}}\n`;
}

function functions(group: SdkGroup): string {
  const indent = group.namespace === undefined ? "" : "    ";
  const all = group.functions.map((each) => function_(group, each, undefined, indent)).join("\n");
  if (group.namespace === undefined) return all;
  return `/// ${group.doc}\npub mod ${group.namespace} {\n    use super::*;\n\n${all}}\n`;
}

/** sdk.rs */
export function rustSdk(): string {
  const constants = sdkConstants.map(
    ({ name, value, type, doc }) => `/// ${doc}\npub const ${name}: ${type} = ${hex(value)};\n`,
  );
  const classes = sdkGroups.filter((group) => group.class !== undefined).map(class_);
  const others = sdkGroups.filter((group) => group.class === undefined).map(functions);
  return `// SPDX-License-Identifier: MIT
${banner("//")}//! Of the SDK for TypeScript: what is used of it is compiled into the extension (sdk/c/exports)

use core::mem::{size_of, MaybeUninit};

use crate::abi::{Map, Nested, Vs};
use crate::Next;

${constants.join("")}
extern "C" {
${sdkGroups.map(external).join("")}}

/// A function's name, or a closure without variables of a function around it: what is called needs no value.
fn only_code<F>() {
    assert!(size_of::<F>() == 0, "this closure has variables of a function around it");
}

/// Such a function.
fn code<F: Copy>() -> F {
    unsafe { MaybeUninit::<F>::uninit().assume_init() }
}

extern "C" fn handler<E: From<Vs>, F: Fn(E) -> bool + Copy>(vs: Vs) -> bool {
    code::<F>()(E::from(vs))
}

extern "C" fn read<F: Fn() -> u64 + Copy>() -> u64 {
    code::<F>()()
}

extern "C" fn receive<F: Fn(u32, u32, u64, u64) + Copy>(from: u32, kind: u32, a: u64, b: u64) {
    code::<F>()(from, kind, a, b)
}

extern "C" fn call<F: Fn() + Copy>() {
    code::<F>()()
}

${[...classes, ...others].join("\n")}`;
}
