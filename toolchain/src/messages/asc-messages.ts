// What asc says, in words that an author of an extension can do something with

import { intercepts } from "../../../abi/src/portable.ts";
import { missingSyntax } from "./missing.ts";

/** A message of asc's, and the line that it is about as its author wrote it. */
export interface AscWords {
  readonly code: string;
  readonly message: string;
  readonly text?: string | undefined;
}

/** The message in other words, and maybe with another code. */
export function reword({ code, message, text = "" }: AscWords): { code: string; message: string } {
  const short = shortNames(message);
  if (message === "Not implemented: Closures") return { code: "closure", message: missingSyntax("closure") };
  if (message === "Not implemented: Exceptions") return { code: "try", message: missingSyntax("try") };
  if (message === "Not implemented: Interface hidden classes") {
    return { code: "object-literal", message: missingSyntax("object-literal") };
  }
  switch (code) {
    case "AS200":
      return { code, message: interception(text) ?? `${short.replace(/\.$/, "")}: ${castTo(short)}` };
    case "AS2322":
      return { code, message: short.replace(/\.$/, "") + assignmentHint(short) };
    case "AS2365":
      return { code, message: `${short.replace(/\.$/, "")}: cast one to the type of the other` };
    case "AS6054":
      return { code, message: notFound(specifierIn(text) ?? short) };
    case "AS2305": {
      const [, name = ""] = /no exported member '([^']*)'/.exec(message) ?? [];
      const specifier = specifierIn(text) ?? (SDK_INDEX.test(message) ? "@bareflank/sdk" : undefined);
      return { code, message: specifier === undefined ? short : `"${specifier}" exports no "${name}"` };
    }
    default:
      return { code, message: short };
  }
}

const SDK_INDEX = /^Module '[^']*sdk\/typescript\/src\/index' /;

/** `../../sdk/src/exits/cpuid-exit/CpuidExit` is `CpuidExit`, and the library's String is `string`. */
function shortNames(message: string): string {
  return message
    .replace(/(?:[\w.~@+-]*\/)+([A-Za-z_]\w*)/g, "$1")
    .replace(/'\w+~(?=\w)/g, "'")
    .replace(/\bString\b(?=[^<(]*')/g, "string");
}

const INTERCEPTED = new Set(intercepts.constants.map(({ name }) => name.replace("INTERCEPT_", "")));

/** An exit's reason where what is intercepted belongs. */
function interception(line: string): string | undefined {
  const [, call = "", reason = ""] = /\.(intercept|release)\(\s*(EXIT_\w+)\s*\)/.exec(line) ?? [];
  const word = reason.replace(/^EXIT_(?:EXTERNAL_(?=INTERRUPT$))?/, "");
  if (!INTERCEPTED.has(word)) return undefined;
  const member = word.toLowerCase().replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
  return `${reason} is why a VM exits, and ${call} takes what it exits for: write Instruction.${member}`;
}

function castTo(message: string): string {
  const [, from = "", to = ""] = /from type '([^']*)' to '([^']*)'/.exec(message) ?? [];
  const [, fromBits = "32"] = /^[iu](\d+)$/.exec(from) ?? [];
  const [, toBits = "32"] = /^[iu](\d+)$/.exec(to) ?? [];
  const why = Number(fromBits) > Number(toBits) ? "drops the upper bits" : "says that it is meant";
  return `<${to}>(…) ${why}`;
}

function assignmentHint(message: string): string {
  const [, from = "", to = ""] = /Type '([^']*)' is not assignable to type '([^']*)'/.exec(message) ?? [];
  if (from.startsWith("(this: ")) return ": a method is no function by itself, write an arrow function that calls it";
  if (from === `${to} | null`) return ": it may be null, ask first (if (x === null) return …)";
  const isNumber = (type: string) => /^(?:[iu](?:8|16|32|64)|[iu]size|bool)$/.test(type);
  if (isNumber(from) && to === "string") return ": write (…).toString()";
  if (from === "string" && isNumber(to)) return ": U64.parseInt(…) reads a number";
  return "";
}

/** What an import names. */
function specifierIn(line: string): string | undefined {
  return /\b(?:from|import)\s*["']([^"']+)["']/.exec(line)?.[1];
}

/** Why an import leads nowhere. */
function notFound(name: string): string {
  const ending = /\.(\w+)$/.exec(name)?.[1];
  if (name.startsWith("node:")) return `"${name}" is Node.js's: an extension runs without it, and without Linux`;
  if (ending !== undefined && /^[mc]?[tj]sx?$/.test(ending)) {
    return `imports have no ending: write "${name.slice(0, -ending.length - 1)}"`;
  }
  if (name.startsWith(".") && ending !== undefined)
    return `only TypeScript is imported: embed("${name}") gives its bytes`;
  if (name.startsWith(".")) return `there is no file "${name}.ts"`.replace(".ts.ts", ".ts");
  return `there is no package "${name}": write it into "dependencies" of package.json, and npm install`;
}
