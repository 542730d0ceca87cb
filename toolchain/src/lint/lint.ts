// What bare-metal TypeScript must not contain although asc accepts it
//
// Runs as a transform of asc, between parsing and compiling, when every name has been resolved. A finding can be allowed
// where it is meant: `// bf-allow <rule>: <reason>` at the end of its line or on the line above.

import { dirname } from "node:path";
import { type Diagnostic, locate } from "../errors.ts";
import type { PartType } from "../part.ts";
import {
  CommonFlags,
  LiteralKind,
  type Node,
  NodeKind,
  ParameterKind,
  type Source,
  Token,
  walk,
} from "../syntax-tree.ts";

/** Rules by name, with the reason that the user is given. */
const RULES = {
  "function-decorator": "tsc refuses decorators of functions, and Binaryen inlines without being told",
  "unmanaged-virtual":
    "a virtual call on an @unmanaged class runs the wrong method: there is no class id to find it by",
  "exported-optional": "optional parameters of exported functions need a global that processors would share",
  "function-array": "calls through an array of functions cost twice as much as a switch",
  "floating-point": "host mode must not touch the guest's floating point registers",
  "managed-new": "the microkernel never frees managed objects: make them once, at the top level of a module",
  "shared-new": "all processors share the instance, whose memory no lock guards: make it at the top level of a module",
  "shared-variable": "all processors share it: put it into memory for the atomic operations, or hold a lock and say so",
} as const;

type Rule = keyof typeof RULES;

interface Named extends Node {
  readonly name: Node & { readonly text: string };
  readonly decorators: readonly (Node & { readonly name: { readonly text: string } })[] | null;
  readonly flags: number;
}

interface FunctionNode extends Named {
  readonly signature: { readonly parameters: readonly ParameterNode[] };
}

interface ParameterNode extends Node {
  readonly parameterKind: number;
  readonly initializer: Node | null;
}

interface TypeNameNode extends Node {
  readonly identifier: { readonly text: string };
}

interface NamedType extends Node {
  readonly name: TypeNameNode;
  readonly typeArguments: readonly Node[] | null;
}

interface Element {
  readonly declaration: Named;
  readonly basePrototype?: Element | null;
  readonly instanceMembers?: ReadonlyMap<string, Element> | null;
  readonly exports?: ReadonlyMap<string, Element> | null;
}

interface FileElement extends Element {
  readonly exportsStar: readonly FileElement[] | null;
  lookup(name: string): Element | null;
}

/** asc's program, as far as the linter uses it. */
export interface LintProgram {
  readonly sources: readonly Source[];
  readonly elementsByDeclaration: ReadonlyMap<Named, Element>;
  readonly filesByName: ReadonlyMap<string, FileElement>;
}

/** What is linted. */
export interface Linted {
  readonly type: PartType;
  /** All processors share the extension's instance. */
  readonly shared?: boolean;
}

/** Findings in all sources of a program that are not asc's own. */
export function lintProgram(program: LintProgram, what: Linted, entries: readonly string[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  const report = (rule: Rule, node: Node, what: string) => {
    const { source, start } = node.range;
    if (isAllowed(source.text, start, rule)) return;
    const message = `${what}: ${RULES[rule]}`;
    found.push({
      severity: "error",
      code: rule,
      message,
      file: source.normalizedPath,
      ...locate(source.text, start),
    });
  };
  const sources = program.sources.filter((source) => !source.isLibrary);
  const aliases = functionAliases(sources);
  // The SDK's own sources say what they do about it at run time
  const folders = entries.map((entry) => dirname(entry));
  const isShared = (source: Source) =>
    what.shared === true && folders.some((folder) => source.normalizedPath.startsWith(folder === "." ? "" : folder));
  for (const source of sources) {
    walk(source, false, (node, inFunction) => {
      checkDecorators(node, report);
      checkTypes(node, aliases, report);
      checkCalls(node, report);
      if (node.kind === NodeKind.ClassDeclaration) checkVirtual(node as Named, program, report);
      if (!inFunction) return;
      if (what.type === "kernel") checkAllocation(node, source, program, "managed-new", report);
      if (!isShared(source)) return;
      checkAllocation(node, source, program, "shared-new", report);
      checkStrings(node, report);
      checkAssignment(node, source, program, report);
    });
  }
  checkExports(program, entries, report);
  return found;
}

type Report = (rule: Rule, node: Node, what: string) => void;

function checkDecorators(node: Node, report: Report): void {
  if (node.kind !== NodeKind.FunctionDeclaration && node.kind !== NodeKind.VariableDeclaration) return;
  const { decorators, name } = node as Named;
  for (const decorator of decorators ?? []) {
    report("function-decorator", decorator, `@${decorator.name.text} on ${name.text}`);
  }
}

const FLOAT_TYPES = new Set(["f32", "f64", "number"]);

function checkTypes(node: Node, aliases: ReadonlySet<string>, report: Report): void {
  if (node.kind === NodeKind.NamedType || node.kind === NodeKind.New) {
    const { name, typeName, typeArguments } = node as NamedType & { readonly typeName?: TypeNameNode };
    const text = (typeName ?? name).identifier.text;
    if (FLOAT_TYPES.has(text)) report("floating-point", node, `the type ${text}`);
    const functions = typeArguments?.some((argument) => isFunctionType(argument, aliases)) === true;
    if (functions && ARRAY_TYPES.has(text)) report("function-array", node, "an array of functions");
  }
  if (node.kind === NodeKind.Literal) {
    const { literalKind, elementExpressions } = node as Node & { literalKind: number; elementExpressions?: Node[] };
    if (literalKind === LiteralKind.Float) report("floating-point", node, "a number with a fraction");
    const functions = elementExpressions?.some((element) => element.kind === NodeKind.Function) === true;
    if (literalKind === LiteralKind.Array && functions) report("function-array", node, "an array of functions");
  }
}

const ARRAY_TYPES = new Set(["Array", "StaticArray", "Map", "Set"]);

function isFunctionType(node: Node, aliases: ReadonlySet<string>): boolean {
  if (node.kind === NodeKind.FunctionType) return true;
  return node.kind === NodeKind.NamedType && aliases.has((node as NamedType).name.identifier.text);
}

/** Names of type aliases that stand for function types. */
function functionAliases(sources: readonly Source[]): Set<string> {
  const names = new Set<string>();
  for (const source of sources) {
    walk(source, false, (node) => {
      if (node.kind !== NodeKind.TypeDeclaration) return;
      const alias = node as Named & { readonly type: Node };
      if (alias.type.kind === NodeKind.FunctionType) names.add(alias.name.text);
    });
  }
  return names;
}

function checkCalls(node: Node, report: Report): void {
  if (node.kind !== NodeKind.Call) return;
  const { expression } = node as Node & { readonly expression: Node };
  if (expression.kind === NodeKind.ElementAccess) report("function-array", node, "a call through an array");
}

/** An @unmanaged class must not override, be abstract, or implement an interface. */
function checkVirtual(node: Named, program: LintProgram, report: Report): void {
  const element = program.elementsByDeclaration.get(node);
  if (element === undefined || !isUnmanaged(element)) return;
  const { implementsTypes } = node as Named & { readonly implementsTypes: readonly Node[] | null };
  for (const type of implementsTypes ?? [])
    report("unmanaged-virtual", type, `${node.name.text} implements an interface`);
  for (const [name, member] of element.instanceMembers ?? []) {
    const { declaration } = member;
    if (!isMethod(member)) continue;
    if ((declaration.flags & CommonFlags.Abstract) !== 0) {
      report("unmanaged-virtual", declaration, `${node.name.text}.${name} is abstract`);
    }
    for (let base = element.basePrototype; base != null; base = base.basePrototype) {
      const overridden = base.instanceMembers?.get(name);
      if (name === "constructor" || overridden === undefined || !isMethod(overridden)) continue;
      report(
        "unmanaged-virtual",
        declaration,
        `${node.name.text}.${name} overrides ${base.declaration.name.text}.${name}`,
      );
      break;
    }
  }
}

const isMethod = (element: Element) => element.declaration.kind === NodeKind.MethodDeclaration;

function isUnmanaged(element: Element): boolean {
  for (let current: Element | null | undefined = element; current != null; current = current.basePrototype) {
    if (current.declaration.decorators?.some(({ name }) => name.text === "unmanaged") === true) return true;
  }
  return false;
}

/** `new` of a class that is not @unmanaged, and literals that allocate. */
function checkAllocation(node: Node, source: Source, program: LintProgram, rule: Rule, report: Report): void {
  if (node.kind === NodeKind.New) {
    const name = (node as Node & { readonly typeName: TypeNameNode }).typeName.identifier.text;
    const element = program.filesByName.get(source.internalPath)?.lookup(name);
    if (element == null || isUnmanaged(element)) return;
    report(rule, node, `new ${name} in a function`);
  }
  if (node.kind === NodeKind.Literal) {
    const { literalKind } = node as Node & { literalKind: number };
    if (literalKind === LiteralKind.Array || literalKind === LiteralKind.Object) {
      report(rule, node, `${literalKind === LiteralKind.Array ? "an array" : "an object"} made in a function`);
    }
  }
}

interface Operation extends Node {
  readonly operator: number;
}

/** Strings that are put together allocate, too. */
function checkStrings(node: Node, report: Report): void {
  if (node.kind === NodeKind.Literal) {
    const { literalKind, expressions } = node as Node & { literalKind: number; expressions?: readonly Node[] };
    if (literalKind === LiteralKind.Template && expressions?.length !== 0) report("shared-new", node, "a string");
  }
  if (node.kind !== NodeKind.Binary) return;
  const { operator, left, right } = node as Operation & { readonly left: Node; readonly right: Node };
  if (operator === Token.Plus && (isString(left) || isString(right))) report("shared-new", node, "a string");
}

const isString = (node: Node) =>
  node.kind === NodeKind.Literal && (node as Node & { literalKind: number }).literalKind === LiteralKind.String;

/** Names of asc's operators that write what is on their left. */
const ASSIGNMENTS = new Set(
  ["", "Plus_", "Minus_", "Asterisk_", "Asterisk_Asterisk_", "Slash_", "Percent_", "Ampersand_", "Bar_", "Caret_"]
    .concat("LessThan_LessThan_", "GreaterThan_GreaterThan_", "GreaterThan_GreaterThan_GreaterThan_")
    .map((name) => Token[`${name}Equals`])
    .concat(Token.Plus_Plus, Token.Minus_Minus),
);

/** Variables of modules, written in a function. */
function checkAssignment(node: Node, source: Source, program: LintProgram, report: Report): void {
  const isUnary = node.kind === NodeKind.UnaryPostfix || node.kind === NodeKind.UnaryPrefix;
  if (!isUnary && node.kind !== NodeKind.Binary) return;
  const { operator, left, operand } = node as Operation & { readonly left?: Node; readonly operand?: Node };
  const target = left ?? operand;
  if (!ASSIGNMENTS.has(operator) || target?.kind !== NodeKind.Identifier) return;
  const { text } = target as Node & { readonly text: string };
  const declaration = program.filesByName.get(source.internalPath)?.lookup(text)?.declaration;
  if (declaration?.kind === NodeKind.VariableDeclaration) report("shared-variable", node, `${text} is written`);
}

/** Functions that the module exports must have all their parameters. */
function checkExports(program: LintProgram, entries: readonly string[], report: Report): void {
  const seen = new Set<Node>();
  const visit = (file: FileElement | undefined) => {
    if (file === undefined) return;
    for (const { declaration } of file.exports?.values() ?? []) {
      if (declaration.kind !== NodeKind.FunctionDeclaration || seen.has(declaration)) continue;
      seen.add(declaration);
      for (const parameter of (declaration as FunctionNode).signature.parameters) {
        if (parameter.parameterKind === ParameterKind.Default && parameter.initializer === null) continue;
        report("exported-optional", parameter, `an optional parameter of ${declaration.name.text}`);
      }
    }
    for (const star of file.exportsStar ?? []) visit(star);
  };
  for (const entry of entries) visit(program.filesByName.get(entry.replace(/\.ts$/, "")));
}

/** `// bf-allow rule` on the line of an offset, or alone on the line above. */
function isAllowed(text: string, offset: number, rule: Rule): boolean {
  const start = text.lastIndexOf("\n", offset - 1);
  const end = text.indexOf("\n", offset);
  const line = text.slice(start + 1, end < 0 ? undefined : end);
  const above = text.slice(text.lastIndexOf("\n", start - 1) + 1, Math.max(start, 0));
  const allows = (comment: string) => new RegExp(`//\\s*bf-allow\\s+${rule}\\b`).test(comment);
  return allows(line) || (/^\s*\/\//.test(above) && allows(above));
}
