// Callbacks of extensions in C, C++ and Rust that fit their image, and yet nothing calls them
//
// Linking is done by then: what the image has is used, and what nobody uses is gone.

import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { cName } from "../../../abi/src/sdk-c.ts";
import { sdkGroups } from "../../../abi/src/sdk-functions.ts";
import { BuildError, type Diagnostic, locate } from "../errors.ts";
import type { Part } from "../part.ts";
import { readSymbols } from "../symbols.ts";
import { nearest } from "./unknown-field.ts";

/** What only bf_handle_exit calls has such a parameter. */
const CALLED_AT_EXITS = /^(?:handler .*|receiver|function)$/;

/** The functions of the SDK that are given handlers: names in C, and in C++ and Rust. */
const registrations = sdkGroups.flatMap((group) =>
  group.functions
    .filter(({ parameters }) => Object.values(parameters).some((type) => CALLED_AT_EXITS.test(type)))
    .map((each) => ({ c: cName(group, each), name: each.name })),
);

/** What lets the SDK handle an exit, in each language. */
const HANDLE = {
  c: "bf_handle_exit(vs, reason)",
  cpp: "handle_exit(vs, reason)",
  rust: "handle_exit(vs, reason)",
} as const;

/** How a vmexit callback is written. Rust's macro names it, so nothing there can be missed. */
const VMEXIT = {
  c: "enum bf_next vmexit(bf_vs vs, uint64_t reason)",
  cpp: "Next vmexit(Vs vs, uint64_t reason)",
} as const;

/**
 * Looks for callbacks that an author believes to be called.
 *
 * @param image a `*.debug.elf`
 * @throws BuildError at the author's line
 */
export function requireCalled(part: Part, image: string, root: string): void {
  if (part.language === "typescript") return;
  const addresses = new Map(readSymbols(readFileSync(image)).map(({ name, address }) => [name, address]));
  // The start file's own are there for an extension that has none
  const has = (callback: string, none: string) => addresses.get(callback) !== addresses.get(none);
  const wantsVmexit = !has("vmexit", "bf_no_vmexit") && !has("message", "no_message");
  const found =
    unhandled(part, addresses, root) ??
    (wantsVmexit ? meantVmexit(part, root) : undefined) ??
    (has("fail", "no_fail") ? undefined : meant("fail", part, root)) ??
    (has("message", "no_message") ? undefined : meant("message", part, root));
  if (found === undefined) return;
  throw new BuildError(`${part.name} has a callback that would never be called.`, { diagnostics: [found] });
}

function unhandled(part: Part, image: ReadonlyMap<string, bigint>, root: string): Diagnostic | undefined {
  const { language } = part;
  if (language === "typescript" || image.has("bf_handle_exit")) return undefined;
  const used = registrations.find(({ c }) => image.has(c));
  if (used === undefined) return undefined;
  const name = language === "c" ? used.c : used.name;
  const [handle = ""] = HANDLE[language].split("(");
  const message = `${name} is called, but nothing calls ${handle}: let vmexit return ${HANDLE[language]}`;
  return diagnostic(message, place(part, new RegExp(`\\b(${name})\\s*\\(`, "d"), root));
}

/** Definitions of functions. */
const DEFINED = /\b(\w+)\s*\(([^(){};]*)\)\s*(?:noexcept\s*)?\{/dg;

/** A function that is none of the microkernel's for its name, its parameters or its being static or in a namespace. */
function meantVmexit(part: Part, root: string): Diagnostic | undefined {
  const { language } = part;
  if (language !== "c" && language !== "cpp") return undefined;
  for (const path of part.sources) {
    const source = readFileSync(path, "utf8");
    for (const { 1: name = "", indices } of source.matchAll(DEFINED)) {
      if (nearest(name.toLowerCase(), ["vmexit"]) === undefined) continue;
      const where = { file: relative(root, path), ...locate(source, indices?.[1]?.[0] ?? 0) };
      return diagnostic(notVmexit(name, language), where);
    }
  }
  return undefined;
}

/** The others, which C has only once by a name, and C++ with other parameters besides. */
const OTHERS = {
  bootstrap: { result: "Next", written: "Next bootstrap(Pp pp)" },
  fail: { result: "Next", written: "Next fail(uint64_t error, uint64_t address)" },
  message: { result: "void", written: "void message(uint64_t caller, bf_message *message)" },
} as const;

/** A function of a callback's name and result that no source calls: another one for its parameters or its namespace. */
export function meant(callback: keyof typeof OTHERS, part: Part, root: string): Diagnostic | undefined {
  if (part.language !== "cpp") return undefined;
  const { result, written } = OTHERS[callback];
  const defined = new RegExp(`\\b${result}\\s+(${callback})\\s*\\([^(){};]*\\)\\s*(?:noexcept\\s*)?\\{`, "d");
  const used = new RegExp(`(?<!::)\\b${callback}\\s*\\(`, "g");
  const texts = part.sources.map((path) => ({ path, text: readFileSync(path, "utf8") }));
  if (texts.flatMap(({ text }) => text.match(used) ?? []).length !== 1) return undefined;
  for (const { path, text } of texts) {
    const offset = defined.exec(text)?.indices?.[1]?.[0];
    if (offset === undefined) continue;
    const message = `${callback} is not the one that the microkernel calls: write ${written}`;
    return diagnostic(message, { file: relative(root, path), ...locate(text, offset) });
  }
  return undefined;
}

const notVmexit = (name: string, language: keyof typeof VMEXIT) =>
  `${name} is not the vmexit that the microkernel calls: write ${VMEXIT[language]}`;

const UNUSED = /^unused function '(\w+)'/;

/** What the compiler said, where the function that nobody uses is one that was meant for the microkernel. */
export function explainUnused({ language }: Part, error: unknown): unknown {
  if ((language !== "c" && language !== "cpp") || !(error instanceof BuildError)) return error;
  const diagnostics = error.diagnostics.map((one) => {
    const [, name = ""] = UNUSED.exec(one.message) ?? [];
    const isMeant = nearest(name.toLowerCase(), ["vmexit"]) !== undefined;
    return isMeant ? { ...one, code: "callback", message: notVmexit(name, language) } : one;
  });
  const { message, hint, cause } = error;
  return new BuildError(message, { cause, diagnostics, ...(hint === undefined ? {} : { hint }) });
}

const diagnostic = (message: string, where: Partial<Diagnostic>): Diagnostic => ({
  ...{ severity: "error", code: "callback", message },
  ...where,
});

/** Where the author's sources first have it; else the first of them. */
function place({ sources }: Part, wanted: RegExp, root: string): Partial<Diagnostic> {
  for (const path of sources) {
    const source = readFileSync(path, "utf8");
    const [offset] = wanted.exec(source)?.indices?.[1] ?? [];
    if (offset !== undefined) return { file: relative(root, path), ...locate(source, offset) };
  }
  return { file: relative(root, sources[0] ?? "") };
}
