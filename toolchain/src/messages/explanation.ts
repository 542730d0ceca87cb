// Makes of a compiler's errors what their author needs to hear: one for each mistake, at its place

import { createRequire } from "node:module";
import { posix } from "node:path";
import { type Diagnostic, locate } from "../errors.ts";
import { reword } from "./asc-messages.ts";
import { findMissing, type MissingPlace, mayMissSilently } from "./missing-syntax.ts";
import type { Ts } from "./typescript-tree.ts";

/** What was compiled. */
export interface Explained {
  /** Texts as they were written, by path. */
  readonly sources: ReadonlyMap<string, string>;
  /** Folders of the sources that are the part's own. */
  readonly folders: readonly string[];
  readonly managed: boolean;
  /** Bodies were not compiled (`bf lint`), so that all that is there to be found is still to be found. */
  readonly isUncompiled: boolean;
}

/** The diagnostics in better words; those that follow from another one are left out. */
export function explained(diagnostics: readonly Diagnostic[], explaining: Explained): Diagnostic[] {
  const { sources, folders, managed, isUncompiled } = explaining;
  const isOwn = (file: string) => folders.some((folder) => folder === "." || file.startsWith(`${folder}/`));
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const isFloat = errors.some(({ code }) => code === "float");
  const files = [...sources].filter(
    ([file, text]) =>
      errors.some((error) => error.file === file) ||
      ((isUncompiled || isFloat || mayMissSilently(text)) && isOwn(file)),
  );
  const found = new Map(files.map(([file, text]) => [file, missingIn(text, managed)]));
  const findings = files.flatMap(([file, text]) =>
    (found.get(file) ?? []).map(
      ({ code, message, start }): Diagnostic => ({ severity: "error", code, message, file, ...locate(text, start) }),
    ),
  );
  const rest = diagnostics
    .filter((diagnostic) => !isConsequence(diagnostic, findings))
    .map((one) => withWords(one, sources));
  return inOrder([...findings, ...withoutEchoes(rest)]);
}

const toolchain = createRequire(import.meta.url);

/** Nothing where TypeScript's parser is not installed: asc's own words say it then. */
function missingIn(text: string, managed: boolean): MissingPlace[] {
  const ts = typescript();
  return ts === undefined ? [] : findMissing(ts, { text, managed });
}

/** TypeScript 6, the last one with a parser to call. */
function typescript(): Ts | undefined {
  try {
    const ts = toolchain("typescript") as Partial<Ts>;
    return ts.createSourceFile === undefined ? undefined : (ts as Ts);
  } catch {
    return undefined;
  }
}

/** Syntax errors from the first finding of a file on, whatever is on a finding's line, and floats when a name brings them. */
function isConsequence({ file, line = 0, code = "" }: Diagnostic, findings: readonly Diagnostic[]): boolean {
  if (findings.length > 0 && code === "float") return true;
  const here = findings.filter((finding) => finding.file === file);
  const first = Math.min(...here.map((finding) => finding.line ?? 0));
  const isSyntax = /^AS1\d\d\d$/.test(code);
  return (isSyntax && (line >= first || here.some(isBroken))) || here.some((finding) => finding.line === line);
}

/** Of a file by its lines; files in the order in which they are first told of. */
function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const files = [...new Set(diagnostics.map(({ file }) => file))];
  return files.flatMap((file) =>
    diagnostics.filter((diagnostic) => diagnostic.file === file).sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
  );
}

/** Whether the SDK, which is compiled along, has something by this name. */
function hasSdk(name: string, sources: Explained["sources"]): boolean {
  const index = [...sources.keys()].find((file) => file.endsWith("sdk/typescript/src/index.ts"));
  if (index === undefined) return false;
  if (new RegExp(`^export \\{[^}]*\\b${name}\\b[^}]*\\}`, "m").test(sources.get(index) ?? "")) return true;
  const whole = [...(sources.get(index) ?? "").matchAll(/^export \* from "(.*)";/gm)].map(([, path = ""]) => path);
  return whole.some((path) => {
    const text = sources.get(`${posix.join(posix.dirname(index), path)}.ts`) ?? "";
    return new RegExp(`^export (?:declare )?(?:function|class|enum|const|type) ${name}\\b`, "m").test(text);
  });
}

/** It is no TypeScript. */
const isBroken = ({ code = "" }: Diagnostic) => code.startsWith("TS");

function withWords(diagnostic: Diagnostic, sources: Explained["sources"]): Diagnostic {
  const { code = "", message, text } = diagnostic;
  const [, name] = /^Cannot find name '(\w+)'/.exec(message) ?? [];
  if (code === "AS2304" && name !== undefined && hasSdk(name, sources)) {
    return { ...diagnostic, message: `Cannot find name '${name}': import { ${name} } from "@bareflank/sdk"` };
  }
  return code.startsWith("AS") ? { ...diagnostic, ...reword({ code, message, text }) } : diagnostic;
}

/** One for each place; of a variable that a closure uses asc says first that it has no value. */
function withoutEchoes(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const place = ({ file, line, column }: Diagnostic) => `${file}:${line}:${column}`;
  // The linter has said it better
  const floats = new Set(diagnostics.filter(({ code }) => code === "floating-point").map(({ file }) => file));
  const closures = new Set(diagnostics.filter(({ code }) => code === "closure").map(place));
  const seen = new Set<string>();
  return diagnostics.filter((diagnostic) => {
    if (diagnostic.file === undefined) return true;
    if (diagnostic.code === "float" && floats.has(diagnostic.file)) return false;
    if (closures.has(place(diagnostic)) && diagnostic.code !== "closure") return false;
    const key = `${place(diagnostic)} ${diagnostic.code}`;
    return !seen.has(key) && seen.add(key);
  });
}
