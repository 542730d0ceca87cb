// What of TypeScript is not there on bare metal, and what to write instead
//
// The table of docs/language.md, and what the messages of `bf build`, `bf lint` and the editor say. A row's `typed` is
// refused where its mark » stands; toolchain/test/missing.test.ts compiles each.

/** One thing that TypeScript has and the compiler has not. */
export interface Missing {
  /** Its name, so that "there is no …" is a sentence. */
  readonly what: string;
  /** A line that has it, with » in front of the place that messages name. */
  readonly typed: string;
  /** What to write in its place. */
  readonly instead: string;
  /** The runtime "managed" has it. */
  readonly managed?: true;
}

const MANAGED = 'set `"runtime": "managed"` in the field "bareflank" of package.json';

/** Syntax, by the name that messages have in brackets. */
export const MISSING_SYNTAX = {
  closure: {
    what: "closure (a function that uses variables of a function around it)",
    typed: "let n: u64 = 0; onCpuid((): bool => { »n++; return false; });",
    instead: `make them variables of the module, or ${MANAGED}`,
    managed: true,
  },
  try: {
    what: "`try`",
    typed: '»try { log("a"); } catch (e) { log("b"); }',
    instead: `ask before you do what may fail, or ${MANAGED}`,
    managed: true,
  },
  destructuring: {
    what: "destructuring",
    typed: "const »{ a, b } = pair;",
    instead: "take one after the other: `const a = pair.a;`",
  },
  "for-of": {
    what: "`for … of`",
    typed: '»for (const x of list) logNumber("x", x);',
    instead: "count: `for (let i = 0; i < list.length; i++)`, and `map.keys()` and `set.values()` are lists",
  },
  "for-in": {
    what: "`for … in`",
    typed: "»for (const key in pair) log(key);",
    instead: "a class has the fields that it has: name them; or use a `Map`",
  },
  "optional-chaining": {
    what: "`?.`",
    typed: "const a = »nobody?.a;",
    instead: "ask for null: `x === null ? 0 : x.a`",
  },
  nullish: {
    what: "`??`",
    typed: "const p = »nobody ?? pair;",
    instead: "ask for null: `x === null ? other : x`",
  },
  "logical-assignment": {
    what: "`&&=`, `||=` or `??=`",
    typed: "let isDone = false; »isDone ||= true;",
    instead: "write it out: `x = x || y`",
  },
  spread: {
    what: "spread (`...`)",
    typed: "const copy = [»...list];",
    instead: "`list.slice()` copies and `list.concat(other)` joins; an argument is written for each parameter",
  },
  rest: {
    what: "rest parameter",
    typed: "function all(»...xs: u32[]): void {}",
    instead: "make it a parameter that is an array, and call with `[1, 2]`",
  },
  undefined: {
    what: "`undefined`",
    typed: "let name: string | »undefined = null;",
    instead: "`null` is there, for references: `string | null`",
  },
  "literal-type": {
    what: "type of single values",
    typed: 'type Colour = »"red" | "blue";',
    instead: "make it an `enum`",
  },
  union: {
    what: "union of types",
    typed: "let id: »u32 | string = 3;",
    instead: "only `X | null` is there: make it a class with a field for each, or a class that others extend",
  },
  intersection: {
    what: "intersection of types",
    typed: "let both: »Pair & Disposable;",
    instead: "make it a class, or an interface that extends both",
  },
  tuple: {
    what: "tuple",
    typed: "let two: »[u32, u32];",
    instead: "make it a class with fields",
  },
  "object-type": {
    what: "type `{ … }`",
    typed: "let p: »{ a: u32; b: u32 };",
    instead: "make it a class",
  },
  "object-literal": {
    what: "object without a class",
    typed: "const p = »{ a: 1, b: 2 };",
    instead: "name a class with such fields: `const p: Pair = { a: 1, b: 2 };`",
  },
  "object-member": {
    what: "accessor, method or computed name in an object",
    typed: "const p: Pair = { »get a(): u32 { return 1; }, b: 2 };",
    instead: "put it into a class",
  },
  "type-operator": {
    what: "`keyof`, `typeof`, `T[K]`, mapped or conditional type",
    typed: "let key: »keyof Pair;",
    instead: "write the type itself; generics (`<T>`) are there",
  },
  "as-const": {
    what: "`as const` or `satisfies`",
    typed: "const xs = »list as const;",
    instead: "leave it out, and write the type: `const xs: u32[] = …`",
  },
  async: {
    what: "`async`, `await` or generator",
    typed: "»async function later(): Promise<void> {}",
    instead:
      "a callback runs to its end: register a handler for what comes later, and keep what it needs in a variable",
  },
  "private-name": {
    what: "name with `#`",
    typed: "class Door { »#open: bool = false; }",
    instead: "write `private open`",
  },
  "static-block": {
    what: "`static { }`",
    typed: 'class Door { »static { log("made"); } }',
    instead: "give each static field its value, or write it at the top level of the module",
  },
  "string-enum": {
    what: "enum of strings",
    typed: 'enum Colour { Red = »"red" }',
    instead: "let it count, and write a function with a `switch` for the texts",
  },
  regexp: {
    what: "regular expression",
    typed: "const r = »/abc/;",
    instead: "strings have `indexOf`, `startsWith`, `split` and `charCodeAt`",
  },
  bigint: {
    what: "`5n`",
    typed: "const big: u64 = »5n;",
    instead: "write `5`: a `u64` is a whole number of 64 bits",
  },
  "class-inside": {
    what: "class in a function or in an expression",
    typed: "const Door = »class { isOpen: bool = false };",
    instead: "put it at the top level of the module, and give it a name",
  },
  overload: {
    what: "overload",
    typed: "»function put(a: u32): void; function put(a: u64): void {}",
    instead: "give each its name, or a parameter a default",
  },
  "type-predicate": {
    what: "type predicate (`x is T`, `asserts x`)",
    typed: "function isDoor(x: Object): »x is Pair { return true; }",
    instead: "return `bool`, and ask with `instanceof`",
  },
  "optional-field": {
    what: "optional field",
    typed: "class Door { »width?: u32; }",
    instead: "give it a value: `width: u32 = 0`, or `name: string | null = null`",
  },
  decorator: {
    what: "decorator of one's own",
    typed: "»@sealed class Door {}",
    instead: "call a function at the top level of the module",
  },
  label: {
    what: "label",
    typed: "»outer: for (;;) { break outer; }",
    instead: "put the inner loop into a function, and return from it",
  },
  delete: {
    what: "`delete` or `in`",
    typed: "»delete pair.a;",
    instead: "a class has the fields that it has; a `Map` has `has()` and `delete()`",
  },
  "index-signature": {
    what: "computed or indexed member",
    typed: "class Names { »[name: string]: string }",
    instead: "use a `Map<string, string>`",
  },
  debugger: {
    what: "`debugger`",
    typed: "»debugger;",
    instead: "`bf lab bare --gdb` and `bf lab run --gdb` wait for a debugger",
  },
  import: {
    what: "import of that kind (default, `import()`, `import x = require()`)",
    typed: 'const later = »import("./later");',
    instead: 'write `import { name } from "./file";` on top; `embed("file")` gives a file\'s bytes',
  },
  using: {
    what: "`using`",
    typed: "»using door = open();",
    instead: "call `dispose()` yourself, or give it to `disposeOnLeave`",
  },
  "no-type": {
    what: "inference of this type",
    typed: "function »twice(x: u32) { return 2 * x; }",
    instead: "write it: parameters and results of functions, and variables without a value, need theirs (`x: u32`)",
  },
  "new-call": {
    what: "`new` without `()`",
    typed: "const set = »new Set<u32>;",
    instead: "write `new Set<u32>()`",
  },
  "new-target": {
    what: "`new.target` or `import.meta`",
    typed: "const meta = »import.meta;",
    instead: "give the constructor a parameter",
  },
} as const satisfies Readonly<Record<string, Missing>>;

export type MissingSyntax = keyof typeof MISSING_SYNTAX;

const NO_FLOATS = "floating point is the guest's";

/** Names of JavaScript's library and of Node.js. */
export const MISSING_NAMES: Readonly<Record<string, string>> = {
  console:
    '`log("…")`, `logNumber("…: ", value)` and `line(Level.Info).text("…").hex(value).end()` write to the debug ring',
  Math: `${NO_FLOATS}: \`max<u64>(a, b)\`, \`min<u64>(a, b)\`, \`abs<i64>(a)\`, \`clz(a)\` and \`popcnt(a)\` are of whole numbers`,
  Date: "`processorTime()` reads the time stamp counter",
  performance: "`processorTime()` reads the time stamp counter",
  number: `${NO_FLOATS}: write \`u32\`, \`u64\`, \`i32\` or \`i64\``,
  parseInt: '`U64.parseInt("12")` and `U32.parseInt("ff", 16)` read whole numbers; `settingNumber` reads a setting',
  parseFloat: NO_FLOATS,
  NaN: NO_FLOATS,
  Infinity: NO_FLOATS,
  isNaN: NO_FLOATS,
  isFinite: NO_FLOATS,
  Number: "a number's type is cast: `<u64>x`; `U64.parseInt` reads one from a string",
  String: "numbers have `toString()`, and `log`'s lines have `decimal()` and `hex()`",
  Boolean: "write the comparison: `x != 0`",
  BigInt: "write `u64` or `i64`: they are whole numbers of 64 bits",
  Symbol: "make it an `enum`",
  Object: "a class has the fields that it has: name them, or use a `Map`",
  JSON: "write the text with `line(Level.Info)`, or read settings with `settingNumber`",
  Promise: "a callback runs to its end: register a handler for what comes later",
  setTimeout: "nothing runs by itself: a handler does, at an exit, a message or a kick",
  setInterval: "nothing runs by itself: a handler does, at an exit, a message or a kick",
  setImmediate: "nothing runs by itself: a handler does, at an exit, a message or a kick",
  queueMicrotask: "nothing runs by itself: a handler does, at an exit, a message or a kick",
  process: "settings come by `settingNumber`, and a callback ends by its `Next`",
  globalThis: "make it a variable of a module, and export it",
  window: "make it a variable of a module, and export it",
  require: 'write `import { name } from "./file";`; `embed("file")` gives a file\'s bytes',
  Buffer: "`Uint8Array` and `StaticArray<u8>` hold bytes",
  TextEncoder: "`String.UTF8.encode(text)` gives bytes",
  TextDecoder: "`String.UTF8.decode(bytes)` gives text",
  RegExp: "strings have `indexOf`, `startsWith`, `split` and `charCodeAt`",
  Intl: "numbers have `toString(radix)`",
  Proxy: "write a class with the methods that are needed",
  Reflect: "write a class with the methods that are needed",
  WeakMap: "use a `Map`, and delete from it",
  WeakSet: "use a `Set`, and delete from it",
  WeakRef: "use a reference",
  crypto: "RDRAND is an instruction, which wants an intrinsic of your own (toolchain/README.md)",
  fetch: '`embed("file")` gives a file\'s bytes, messages come from `bfm vmcall`',
  structuredClone: "write a method that copies",
  eval: "what runs is what was built",
  any: "write the type; generics (`<T>`) are there",
  unknown: "write the type; generics (`<T>`) are there",
  never: "write `void`, and end with `abort()`",
  symbol: "make it an `enum`",
  object: "name a class",
  bigint: "write `u64` or `i64`: they are whole numbers of 64 bits",
  Record: "use a `Map`",
  Partial: "write a class of its own, with a value for each field",
  Required: "write a class of its own",
  Readonly: "make the fields `readonly`",
  Pick: "write a class of its own",
  Omit: "write a class of its own",
  ReadonlyArray: "write `readonly u32[]` or `StaticArray<u32>`",
  ReadonlyMap: "write `Map`",
  ReturnType: "write the type itself",
};

/** The message about a row. */
export const missingSyntax = (name: MissingSyntax): string =>
  `there is no ${MISSING_SYNTAX[name].what} here: ${MISSING_SYNTAX[name].instead}`;

/** The message about a name. */
export const missingName = (name: string): string => `there is no ${name} here: ${MISSING_NAMES[name] ?? ""}`;
