// asc's syntax tree, as far as the toolchain looks at it

import { assemblyscript } from "./compiler.ts";

/** asc declares these as const enums, which exist at run time all the same. */
export const { CommonFlags, LiteralKind, NodeKind, ParameterKind, Token } = assemblyscript as unknown as {
  readonly CommonFlags: Readonly<Record<"Abstract" | "Const", number>>;
  readonly LiteralKind: Readonly<Record<"Float" | "Array" | "Object" | "String" | "Template", number>>;
  readonly NodeKind: Readonly<
    Record<
      | (
          | "Binary"
          | "Call"
          | "ClassDeclaration"
          | "ElementAccess"
          | "Function"
          | "FunctionDeclaration"
          | "FunctionType"
          | "Identifier"
          | "Literal"
        )
      | ("MethodDeclaration" | "NamedType" | "New" | "TypeDeclaration" | "VariableDeclaration")
      | ("UnaryPostfix" | "UnaryPrefix"),
      number
    >
  >;
  readonly ParameterKind: Readonly<Record<"Default", number>>;
  readonly Token: Readonly<Record<string, number>>;
};

/** The parts of asc's syntax tree that are looked at; every node has a kind and a range. */
export interface Node {
  readonly kind: number;
  readonly range: { readonly start: number; readonly source: Source };
}

export interface Source extends Node {
  readonly normalizedPath: string;
  readonly internalPath: string;
  readonly text: string;
  readonly isLibrary: boolean;
}

/** Calls `visit` with every node below a source, and whether it stands in a function. */
export function walk(node: Node, inFunction: boolean, visit: (node: Node, inFunction: boolean) => void): void {
  visit(node, inFunction);
  const inner = inFunction || isFunction(node);
  for (const [key, value] of Object.entries(node)) {
    if (key === "range" || key === "implicitFieldDeclaration") continue;
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, inner, visit);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "kind" in value && "range" in value;
}

function isFunction(node: Node): boolean {
  return node.kind === NodeKind.FunctionDeclaration || node.kind === NodeKind.MethodDeclaration;
}
