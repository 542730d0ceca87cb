// The tables of docs/language.md, from missing.ts: node --import tsx -e 'import("./toolchain/src/messages/missing-manual.ts").then((m) => m.print())'

import { MISSING_NAMES, MISSING_SYNTAX, type Missing } from "./missing.ts";

/** Of syntax, and of names; names with one answer share a line. */
export function manualTables(): string[] {
  const syntax = Object.entries(MISSING_SYNTAX).map(
    ([name, { what, typed, instead }]: [string, Missing]) =>
      `| ${cell(what)} | ${code(typed.replace("»", ""))} | ${cell(instead)} | ${name} |`,
  );
  const byAnswer = new Map<string, string[]>();
  for (const [name, instead] of Object.entries(MISSING_NAMES)) {
    byAnswer.set(instead, [...(byAnswer.get(instead) ?? []), `\`${name}\``]);
  }
  const names = [...byAnswer].map(([instead, list]) => `| ${list.join(", ")} | ${cell(instead)} |`);
  return [
    ["| There is no | for instance | but | in messages |", "|---|---|---|---|", ...syntax].join("\n"),
    ["| There is no | but |", "|---|---|", ...names].join("\n"),
  ];
}

const cell = (text: string) => text.replaceAll("|", "\\|");
/** Code with backticks in it wants two around it. */
const code = (text: string) => (text.includes("`") ? `\`\` ${cell(text)} \`\`` : `\`${cell(text)}\``);

/** Writes the tables to standard output. */
export function print(): void {
  process.stdout.write(`${manualTables().join("\n\n")}\n`);
}
