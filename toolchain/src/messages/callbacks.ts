// What an extension must export for its SDK: looked at before anything is compiled, where the author's line is known

import { type Diagnostic, locate } from "../errors.ts";
import { type Node, NodeKind, type Source } from "../syntax-tree.ts";

interface NamedType extends Node {
  readonly name?: { readonly identifier: { readonly text: string } };
}

interface Declaration extends Node {
  readonly range: { readonly start: number; readonly source: Source };
  readonly signature?: {
    readonly parameters: readonly { readonly type: NamedType }[];
    readonly returnType: NamedType;
  };
}

interface File {
  readonly exports?: ReadonlyMap<string, { readonly declaration: Declaration }> | null;
  lookup(name: string): { readonly declaration: Declaration } | null;
}

/** asc's program, as far as it is looked at. */
export interface CallbackProgram {
  readonly filesByName: ReadonlyMap<string, File>;
}

interface Callback {
  readonly name: string;
  /** `export function bootstrap(ppid: u32): Next` */
  readonly form: string;
  readonly isOptional: boolean;
  readonly parameters: readonly string[];
  readonly result: string;
}

/** A callback as an SDK's package.json writes it: `bootstrap(ppid: u32): Next`, with a `?` behind the name that may be missing. */
export function parseCallback(text: string): Callback {
  const [, name = "", optional = "", list = "", result = ""] = /^(\w+)(\??)\(([^)]*)\): (\w+)$/.exec(text) ?? [];
  const parameters = list === "" ? [] : list.split(", ").map((parameter) => parameter.replace(/^\w+: /, ""));
  return {
    name,
    form: `export function ${name}(${list}): ${result}`,
    isOptional: optional === "?",
    parameters,
    result,
  };
}

/** One error for each callback that is missing in the entry file or has another signature. */
export function checkCallbacks(program: CallbackProgram, entry: string, callbacks: readonly string[]): Diagnostic[] {
  const file = program.filesByName.get(entry.replace(/\.ts$/, ""));
  return callbacks.map(parseCallback).flatMap((callback) => {
    const { name, form, isOptional, parameters, result } = callback;
    const exported = file?.exports?.get(name)?.declaration;
    if (exported?.kind === NodeKind.FunctionDeclaration && exported.signature !== undefined) {
      const types = exported.signature.parameters.map(({ type }) => type);
      const isSame =
        types.length === parameters.length &&
        types.every((type, index) => wasmType(nameOf(type)) === wasmType(parameters[index])) &&
        wasmType(nameOf(exported.signature.returnType)) === wasmType(result);
      return isSame ? [] : [error(`${name} is called as another function: write ${form}`, entry, exported)];
    }
    if (exported !== undefined) return [error(`${name} is no function: write ${form}`, entry, exported)];
    if (isOptional) return [];
    const own = file?.lookup(name)?.declaration;
    if (own !== undefined) return [error(`${name} is not exported: write ${form}`, entry, own)];
    return [error(`${entry} exports no ${name}, which is where an extension begins: write ${form}`, entry, undefined)];
  });
}

const nameOf = (type: NamedType) => type.name?.identifier.text;

/** Enums, references and small numbers are 32 bits; a callback's types are compared no further. */
function wasmType(name: string | undefined): string {
  if (name === undefined || name === "" || name === "void") return "nothing";
  return name === "u64" || name === "i64" ? "64 bits" : "32 bits";
}

function error(message: string, entry: string, declaration: Declaration | undefined): Diagnostic {
  const common = { severity: "error", code: "callback", message, file: entry } as const;
  if (declaration === undefined) return { ...common, line: 1, column: 1 };
  const { source, start } = declaration.range;
  return source.normalizedPath === entry
    ? { ...common, ...locate(source.text, start) }
    : { ...common, line: 1, column: 1 };
}
