// Finds what of TypeScript is not there (missing.ts) in a source, as TypeScript's own parser reads it
//
// asc's parser stops at much of it with no more than "Identifier expected". The parser is given, because an editor has one
// loaded, and a build loads it only to explain.

import { MISSING_NAMES, type MissingSyntax, missingName, missingSyntax } from "./missing.ts";
import type { TsNode as Node, Ts } from "./typescript-tree.ts";

/** A place in a source, and what is wrong there. */
export interface MissingPlace {
  /** A row of missing.ts, or "name". */
  readonly code: string;
  readonly message: string;
  /** In characters. */
  readonly start: number;
  readonly end: number;
}

/** What is looked at. */
export interface SourceToExplain {
  readonly text: string;
  /** Closures and `try` are there. */
  readonly managed: boolean;
}

/**
 * Everything in a source that is not there, in its order; what stands inside of a finding is not told again. Where it is no
 * TypeScript at all, that, and what stands in front of it.
 */
export function findMissing(ts: Ts, { text, managed }: SourceToExplain): MissingPlace[] {
  const file = ts.createSourceFile("source.ts", text, ts.ScriptTarget.ESNext, true);
  const declared = declaredNames(ts, file);
  const found: MissingPlace[] = [];
  const visit = (node: Node): void => {
    const [row, place] = syntaxOf(ts, node) ?? [];
    if (row !== undefined && place !== undefined && !(managed && HAS_MANAGED.has(row))) {
      found.push({ code: row, message: missingSyntax(row), start: place.getStart(), end: place.getEnd() });
      if (row !== "no-type" && row !== "try" && row !== "for-of") return;
    }
    const name = nameOf(ts, node);
    if (name !== undefined && !declared.has(name)) {
      found.push({ code: "name", message: missingName(name), start: node.getStart(), end: node.getEnd() });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  const [broken] = file.parseDiagnostics;
  if (broken === undefined) return found;
  const { start, length, messageText } = broken;
  const message = ts.flattenDiagnosticMessageText(messageText, " ");
  return [
    ...found.filter((place) => place.start < start && isUsual(place)),
    { code: `TS${broken.code}`, message, start, end: start + length },
  ];
}

/** Rows of the runtime "managed". */
const HAS_MANAGED: ReadonlySet<MissingSyntax> = new Set(["try", "closure"]);

/** Missing types are what a parser makes of anything. */
const isUsual = ({ code }: MissingPlace) => code !== "no-type";

/** Whether a source might have something that asc takes without a word, so that it is worth parsing. */
export function mayMissSilently(text: string): boolean {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, " ");
  return SILENT.test(code);
}

/** asc compiles them, to something else or to an import that nobody has. */
const SILENT =
  /\b(?:console|process|crypto|performance)\s*\.|\bSymbol\(|\.\.\.\s*\w+\s*[:,)\]]|^\s*@(?!unmanaged\b|final\b|external\b|inline\b|global\b|lazy\b|operator\b|unsafe\b|builtin\b)[a-zA-Z]/m;

const OWN_DECORATORS = new Set([
  "unmanaged",
  "final",
  "external",
  "inline",
  "global",
  "lazy",
  "operator",
  "unsafe",
  "builtin",
]);

const is = (ts: Ts, node: Node | undefined, ...kinds: readonly string[]) =>
  node !== undefined && kinds.some((kind) => ts.SyntaxKind[kind] === node.kind);

type Row = [MissingSyntax, Node];

/** Kinds of nodes that are a row whatever is in them. */
const ROWS: Readonly<Record<string, MissingSyntax>> = {
  ObjectBindingPattern: "destructuring",
  ArrayBindingPattern: "destructuring",
  SpreadElement: "spread",
  SpreadAssignment: "spread",
  TemplateLiteralType: "literal-type",
  UndefinedKeyword: "undefined",
  IntersectionType: "intersection",
  TupleType: "tuple",
  TypeLiteral: "object-type",
  MappedType: "type-operator",
  ConditionalType: "type-operator",
  TypeQuery: "type-operator",
  IndexedAccessType: "type-operator",
  SatisfiesExpression: "as-const",
  AwaitExpression: "async",
  YieldExpression: "async",
  AsyncKeyword: "async",
  PrivateIdentifier: "private-name",
  RegularExpressionLiteral: "regexp",
  BigIntLiteral: "bigint",
  ClassExpression: "class-inside",
  TypePredicate: "type-predicate",
  LabeledStatement: "label",
  DeleteExpression: "delete",
  IndexSignature: "index-signature",
  ComputedPropertyName: "index-signature",
  DebuggerStatement: "debugger",
  ImportEqualsDeclaration: "import",
  MetaProperty: "new-target",
};

/** The same, of those that are long: their first word is what to show. */
const STATEMENTS: Readonly<Record<string, MissingSyntax>> = {
  ForOfStatement: "for-of",
  ForInStatement: "for-in",
  TryStatement: "try",
  ClassStaticBlockDeclaration: "static-block",
};

/** The row that a node is, and the part of the node to show. */
function syntaxOf(ts: Ts, node: Node): Row | undefined {
  for (const [kind, row] of Object.entries(ROWS)) if (is(ts, node, kind)) return [row, node];
  for (const [kind, row] of Object.entries(STATEMENTS)) {
    if (is(ts, node, kind)) return [row, node.getFirstToken() ?? node];
  }
  return typeOf(ts, node) ?? declarationOf(ts, node) ?? functionOf(ts, node) ?? expressionOf(ts, node);
}

/** What is not there of types. */
function typeOf(ts: Ts, node: Node): Row | undefined {
  if (is(ts, node, "LiteralType") && !isNull(ts, node)) return ["literal-type", node];
  if (is(ts, node, "TypeOperator") && node.operator !== ts.SyntaxKind.ReadonlyKeyword) return ["type-operator", node];
  if (!is(ts, node, "UnionType")) return undefined;
  const types = (node.types ?? []).filter((type) => !isNull(ts, type));
  const nothing = types.find((type) => is(ts, type, "UndefinedKeyword"));
  if (nothing !== undefined) return ["undefined", nothing];
  if (types.length < 2) return undefined;
  return [types.every((type) => is(ts, type, "LiteralType")) ? "literal-type" : "union", node];
}

const isNull = (ts: Ts, node: Node) => is(ts, node, "LiteralType") && is(ts, node.literal, "NullKeyword");

/** What is not there of declarations. */
function declarationOf(ts: Ts, node: Node): Row | undefined {
  const { name, initializer, expression } = node;
  if (is(ts, node, "ImportClause") && name !== undefined) return ["import", name];
  if (is(ts, node, "VariableDeclarationList") && (node.flags & ts.NodeFlags.Using) === ts.NodeFlags.Using) {
    return ["using", node];
  }
  if (is(ts, node, "VariableDeclaration")) return variable(ts, node);
  if (is(ts, node, "ClassDeclaration") && !is(ts, node.parent, "SourceFile", "ModuleBlock")) {
    return ["class-inside", node];
  }
  if (is(ts, node, "PropertyDeclaration") && node.questionToken !== undefined) return ["optional-field", node];
  if (is(ts, node, "EnumMember") && initializer !== undefined && is(ts, initializer, ...TEXTS)) {
    return ["string-enum", initializer];
  }
  if (!is(ts, node, "Decorator")) return undefined;
  const decorator = is(ts, expression, "CallExpression") ? expression?.expression : expression;
  return OWN_DECORATORS.has(decorator?.text ?? "") ? undefined : ["decorator", node];
}

const TEXTS = ["StringLiteral", "NoSubstitutionTemplateLiteral"];

function variable(ts: Ts, { initializer, type, name, parent }: Node): Row | undefined {
  if (type !== undefined || name === undefined || !is(ts, name, "Identifier")) return undefined;
  if (initializer === undefined) {
    const isOfLoop = is(ts, parent.parent, "ForOfStatement", "ForInStatement");
    return isOfLoop || !is(ts, parent, "VariableDeclarationList") ? undefined : ["no-type", name];
  }
  return is(ts, initializer, "ObjectLiteralExpression") ? ["object-literal", initializer] : undefined;
}

/** What is not there of functions and their parameters. */
function functionOf(ts: Ts, node: Node): Row | undefined {
  if (is(ts, node, "Parameter")) return parameter(ts, node);
  if (
    node.asteriskToken !== undefined &&
    is(ts, node, "FunctionDeclaration", "FunctionExpression", "MethodDeclaration")
  ) {
    return ["async", node.asteriskToken];
  }
  const isOfObject = is(ts, node.parent, "ObjectLiteralExpression");
  if (isOfObject && is(ts, node, "MethodDeclaration", "GetAccessor", "SetAccessor")) return ["object-member", node];
  if (!is(ts, node, "FunctionDeclaration", "MethodDeclaration")) return undefined;
  const isElsewhere = node.modifiers?.some((word) => is(ts, word, "DeclareKeyword", "AbstractKeyword")) === true;
  if (node.body === undefined && !isElsewhere) return ["overload", node];
  return node.type === undefined && node.name !== undefined ? ["no-type", node.name] : undefined;
}

function parameter(ts: Ts, node: Node): Row | undefined {
  const { type, initializer, name, parent, dotDotDotToken } = node;
  if (dotDotDotToken !== undefined) return ["rest", node];
  if (type !== undefined || initializer !== undefined || name === undefined || !is(ts, name, "Identifier")) {
    return undefined;
  }
  // What a function value is for says what its parameters are, unless a variable is made for it
  const isValue = is(ts, parent, "ArrowFunction", "FunctionExpression");
  const isOfVariable = is(ts, parent.parent, "VariableDeclaration") && parent.parent.type === undefined;
  return isValue && !isOfVariable ? undefined : ["no-type", name];
}

/** What is not there of expressions. */
function expressionOf(ts: Ts, node: Node): Row | undefined {
  const { left, operatorToken, questionDotToken, expression } = node;
  if (is(ts, node, "AsExpression") && node.type?.typeName?.text === "const") return ["as-const", node];
  if (is(ts, node, "BinaryExpression")) {
    if (is(ts, operatorToken, "QuestionQuestionToken")) return ["nullish", node];
    if (is(ts, operatorToken, "InKeyword")) return ["delete", node];
    if (is(ts, operatorToken, ...LOGICAL_ASSIGNMENTS)) return ["logical-assignment", node];
    const isPattern = is(ts, left, "ArrayLiteralExpression", "ObjectLiteralExpression");
    if (isPattern && left !== undefined && is(ts, operatorToken, "EqualsToken")) return ["destructuring", left];
  }
  if (questionDotToken !== undefined) return ["optional-chaining", node];
  if (is(ts, node, "NewExpression") && node.arguments === undefined) return ["new-call", node];
  if (is(ts, node, "ThisKeyword") && isOfArrow(ts, node)) return ["closure", node];
  return is(ts, node, "CallExpression") && is(ts, expression, "ImportKeyword") ? ["import", node] : undefined;
}

/** Whether `this` is that of a method around an arrow function. */
function isOfArrow(ts: Ts, node: Node): boolean {
  const owner = ["MethodDeclaration", "Constructor", "GetAccessor", "SetAccessor", "FunctionDeclaration", "SourceFile"];
  let around = node.parent;
  while (!is(ts, around, "ArrowFunction", ...owner)) around = around.parent;
  return is(ts, around, "ArrowFunction");
}

const LOGICAL_ASSIGNMENTS = ["AmpersandAmpersandEqualsToken", "BarBarEqualsToken", "QuestionQuestionEqualsToken"];

/** The name that a node uses, when it is one of missing.ts. */
function nameOf(ts: Ts, node: Node): string | undefined {
  const keyword = ts.tokenToString(node.kind);
  if (keyword !== undefined && TYPE_KEYWORDS.has(keyword)) return keyword;
  const { text = "", parent } = node;
  if (!is(ts, node, "Identifier") || !Object.hasOwn(MISSING_NAMES, text)) return undefined;
  const isProperty = is(ts, parent, "PropertyAccessExpression");
  const isMember = isProperty || is(ts, parent, "PropertyAssignment", "PropertyDeclaration", "EnumMember");
  if ((isMember && parent.name === node) || (is(ts, parent, "QualifiedName") && parent.right === node))
    return undefined;
  // The types, and String.UTF8 and its like, are there: only the call is not
  if (CALLED.has(text)) return is(ts, parent, "CallExpression") && parent.expression === node ? text : undefined;
  if (text === "Object") return isProperty && LIKE_OBJECT.test(parent.name?.text ?? "") ? text : undefined;
  return text;
}

const TYPE_KEYWORDS = new Set(["any", "unknown", "never", "symbol", "object", "bigint", "number"]);
const CALLED = new Set(["String", "Boolean", "Number"]);
const LIKE_OBJECT = /^(?:keys|values|entries|assign|freeze|create|define\w+|fromEntries|get\w+|seal)$/;

/** Names that a source declares or imports anywhere: they are its own. */
function declaredNames(ts: Ts, file: Node): Set<string> {
  const names = new Set<string>();
  const visit = (node: Node): void => {
    const isMember = is(ts, node, "PropertyAccessExpression", "PropertyDeclaration");
    const text = is(ts, node.name, "Identifier") ? node.name?.text : undefined;
    if (!isMember && text !== undefined) names.add(text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return names;
}
