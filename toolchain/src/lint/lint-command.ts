// `bf lint`

import type { Command } from "commander";
import { selectParts } from "../build.ts";
import { formatDiagnostic } from "../errors.ts";
import { findWorkspace } from "../part.ts";
import { lintImports } from "./lint-imports.ts";
import { lintParts } from "./lint-parts.ts";

/** Adds the command to the program. */
export function registerLint(program: Command): void {
  program
    .command("lint")
    .description(
      "find what bare-metal TypeScript must not contain, circles of imports, and imports that layers.json forbids",
    )
    .argument("[part...]", "names of parts or types of parts (default: all)")
    .option("--json", "print findings as JSON on stdout")
    .addHelpText(
      "after",
      `
Examples:
  bf lint               every part that is compiled for bare metal, and who imports whom
  bf lint kernel        one of them

A finding that is meant is allowed by a comment on its line or the line above: // bf-allow <rule>: <reason>`,
    )
    .action(lint);
}

async function lint(words: readonly string[], options: { readonly json?: boolean }): Promise<void> {
  const workspace = findWorkspace(process.cwd());
  const found = await lintParts(workspace, selectParts(workspace, words));
  const findings = words.length === 0 ? [...found, ...lintImports(workspace.root)] : found;
  if (options.json === true) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
  else for (const finding of findings) process.stdout.write(`${formatDiagnostic(finding)}\n`);
  if (findings.length > 0) process.exitCode = 1;
}
