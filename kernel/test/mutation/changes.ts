// Where a source can be changed, and into what: conditions, operators, constants, statuses, and whole statements

import * as assemblyscript from "assemblyscript";

/** One small change of one file, which compiles, and which tests should notice. */
export interface Change {
  /** Path below the root. */
  readonly file: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly after: string;
}

interface Node {
  readonly kind: number;
  readonly range: { readonly start: number; readonly end: number };
}

interface Binary extends Node {
  readonly left: Node;
  readonly right: Node;
}

/** asc declares these as const enums, which exist at run time all the same. */
const { NodeKind } = assemblyscript as unknown as { readonly NodeKind: Readonly<Record<string, number>> };

/** What an operator becomes: its nearest neighbour, which is what a slip of the pen would make of it. */
const OPERATORS: Readonly<Record<string, string>> = {
  "==": "!=",
  "!=": "==",
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "&&": "||",
  "||": "&&",
  "+": "-",
  "-": "+",
  "&": "|",
  "|": "&",
  "<<": ">>",
  ">>": "<<",
  "+=": "-=",
  "-=": "+=",
  "|=": "&=",
  "&=": "|=",
};

const STATUS = /^STATUS_[A-Z0-9_]+$/;

/** Every change of a source. Comments, imports, types and declarations of intrinsics have none. */
export function changesOf(file: string, text: string): Change[] {
  const changes: Change[] = [];
  const replaced = replacedValues(text);
  const statuses = [...new Set(text.match(/\bSTATUS_[A-Z0-9_]+\b/g) ?? [])];
  const put = ({ start, end }: Node["range"], after: string) => {
    const before = text.slice(start, end);
    const line = text.slice(0, start).split("\n").length;
    if (replaced.some((range) => range.start <= start && end <= range.end)) return;
    if (before !== after) changes.push({ file, line, start, end, before, after });
  };
  walk(sourceOf(file, text), text, (node) => {
    switch (node.kind) {
      case NodeKind.Binary:
        changeOperator(text, node as Binary, put);
        return;
      case NodeKind.If:
      case NodeKind.Ternary: {
        const { condition } = node as Node & { condition: Node };
        put(condition.range, "true");
        put(condition.range, "false");
        return;
      }
      case NodeKind.True:
        put(node.range, "false");
        return;
      case NodeKind.False:
        put(node.range, "true");
        return;
      case NodeKind.Literal:
        changeNumber(text, node, put);
        return;
      case NodeKind.Identifier: {
        const name = text.slice(node.range.start, node.range.end);
        const other = statuses[(statuses.indexOf(name) + 1) % statuses.length];
        if (STATUS.test(name) && other !== undefined) put(node.range, other);
        return;
      }
      case NodeKind.Expression:
        put(node.range, "{}");
    }
  });
  return changes;
}

/** Functions that run once, before anything else of their file does, and what they assign in any case. */
const INIT = /^(?:export )?function init\w*\([\s\S]*?^}/gm;
const ASSIGNED = /^ {2}(\w+) = /gm;
const VARIABLE = /^let (\w+).*$/gm;

/** Variables of a module whose first value nobody sees, for its init function gives them another. */
function replacedValues(text: string): Node["range"][] {
  const assigned = (text.match(INIT) ?? []).flatMap((body) => [...body.matchAll(ASSIGNED)].map(([, name]) => name));
  return [...text.matchAll(VARIABLE)].flatMap(({ 0: line, 1: name, index }) =>
    assigned.includes(name) ? [{ start: index, end: index + line.length }] : [],
  );
}

type Put = (range: Node["range"], after: string) => void;

function changeOperator(text: string, { left, right }: Binary, put: Put): void {
  const between = text.slice(left.range.end, right.range.start);
  // Parentheses belong to neither side
  const operator = /[^\s()]+/.exec(between);
  const after = OPERATORS[operator?.[0] ?? ""];
  if (operator === null || after === undefined) return;
  const start = left.range.end + operator.index;
  put({ start, end: start + operator[0].length }, after);
}

function changeNumber(text: string, { range }: Node, put: Put): void {
  const digits = text.slice(range.start, range.end).replaceAll("_", "");
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(digits)) return;
  put(range, String(BigInt(digits) + 1n));
}

function sourceOf(file: string, text: string): Node {
  const program = assemblyscript.newProgram(assemblyscript.newOptions());
  assemblyscript.parse(program, text, file, true);
  const { sources } = program as unknown as { sources: (Node & { normalizedPath: string })[] };
  const source = sources.find(({ normalizedPath }) => normalizedPath === file);
  if (source === undefined) throw new Error(`asc does not parse ${file}.`);
  return source;
}

/** Parts of the tree in which nothing is executed; objects over raw memory are made by no constructor. */
const PASSIVE = ["Import", "Export", "NamedType", "FunctionType", "Decorator", "FieldDeclaration"];

/** Room in the linear memory, of which more does no harm; not a table of constants. */
const ROOM = /^memory\.data\([^[]*$/;

function walk(node: Node, text: string, visit: (node: Node) => void): void {
  if (PASSIVE.some((name) => NodeKind[name] === node.kind)) return;
  if (node.kind === NodeKind.Call && ROOM.test(text.slice(node.range.start, node.range.end))) return;
  visit(node);
  for (const [key, value] of Object.entries(node)) {
    if (key === "range" || key === "parent" || key === "implicitFieldDeclaration") continue;
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, text, visit);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "kind" in value && "range" in value;
}
