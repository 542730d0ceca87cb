// `bf build`

import { relative } from "node:path";
import type { Command } from "commander";
import { type BuildEvents, Builder, type BuildResult, selectParts } from "./build.ts";
import type { Compilers } from "./compilers.ts";
import type { Product } from "./context.ts";
import { BuildError, type Diagnostic, formatDiagnostic, UsageError } from "./errors.ts";
import { type DeclaredPart, findWorkspace } from "./part.ts";
import { Progress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** The first mistakes explain the rest. */
const MESSAGES_SHOWN = 10;

/** What the command line may say. */
export interface BuildOptions {
  readonly watch?: boolean;
  readonly json?: boolean;
  readonly dev?: boolean;
  readonly cache: boolean;
}

/** Adds the command to the program. */
export function registerBuild(program: Command): void {
  program
    .command("build")
    .description("compile parts for bare metal")
    .argument("[part...]", "names of parts or types of parts (default: all)")
    .option("-w, --watch", "build again whenever a source changes")
    .option("--dev", "compile extensions in TypeScript to be there soon, instead of to be fast")
    .option("--json", "print products and errors as JSON on stdout")
    .option("--no-cache", "make everything anew")
    .option("--no-server", "with --dev: use no compiler that another call has left behind, and leave none")
    .addHelpText(
      "after",
      `
Examples:
  bf build                      every part of the workspace
  bf build kernel               the microkernel
  bf build extension default    one extension
  bf build loader linux         the loader, and the Linux driver around it
  bf build --watch kernel       stay, and build when something changed
  bf build --dev --watch        the same for an extension, within a second

In the folder of a package with a "bareflank" field outside of any workspace, builds that package.`,
    )
    .action(async (words: readonly string[], options: BuildOptions) => {
      if (!(await build(words, options, process))) process.exitCode = 1;
    });
}

/**
 * Builds what the words say, and answers whether all of it could be built.
 *
 * @param compilers Warm ones, when there are any.
 */
export async function build(
  words: readonly string[],
  options: BuildOptions,
  terminal: Terminal,
  compilers?: Compilers,
): Promise<boolean> {
  const workspace = findWorkspace(process.cwd());
  const selected = selectParts(workspace, words);
  if (selected.length === 0) {
    throw new BuildError('There is nothing to build: no package.json here has a "bareflank" field.', {
      hint: "toolchain/README.md describes the field.",
    });
  }
  const builder = new Builder(workspace, {
    fresh: !options.cache,
    development: options.dev === true,
    ...(compilers === undefined ? {} : { compilers }),
  });
  const progress = new Progress(terminal.stderr);
  const events = options.json === true ? {} : reporter(progress, workspace.root);
  try {
    if (options.watch === true) {
      const { watch } = await import("./watch.ts");
      return await watch(builder, selected, events, progress);
    }
    const begin = performance.now();
    const result = await builder.build(selected, events);
    progress.stop();
    if (options.json === true) terminal.stdout.write(`${JSON.stringify(toJson(result), null, 2)}\n`);
    else if (result.failures.length === 0 && selected.length > 1) progress.line(`done in ${seconds(begin)}`);
    return result.failures.length === 0;
  } finally {
    await builder.close();
  }
}

/**
 * Builds parts for development, and again whenever a source changes, as `bf build --dev --watch` does; never returns by itself.
 *
 * @param onBuilt called after each build; what changes meanwhile is built when it has ended
 */
export async function watchForDevelopment(
  parts: readonly DeclaredPart[],
  onBuilt: (result: BuildResult) => Promise<void>,
): Promise<never> {
  const workspace = findWorkspace(process.cwd());
  const builder = new Builder(workspace, { development: true });
  const progress = new Progress(process.stderr);
  const { watch } = await import("./watch.ts");
  return await watch(builder, parts, reporter(progress, workspace.root), progress, onBuilt);
}

/** Prints one line per part. */
function reporter(progress: Progress, root: string): BuildEvents {
  return {
    onWait: (pid) => progress.line(progress.paint("dim", `waiting for process ${pid}, which builds here, too`)),
    onStep: (part, step) => progress.running(part, step),
    onWarning: (diagnostic) => progress.line(formatDiagnostic(diagnostic)),
    onProduct: (product, milliseconds) => {
      progress.ended(product.part);
      progress.line(describe(product, milliseconds, root, progress));
    },
    onFailure: (part, error) => {
      progress.ended(part);
      progress.line(describeFailure(part, error, progress));
    },
  };
}

function describe(product: Product, milliseconds: number, root: string, progress: Progress): string {
  const main = ["elf", "object", "module", "bundle", "wasm"].map((role) => product.files[role]).find(Boolean);
  const profile = product.development === true ? " for development" : "";
  const state = product.cached ? "unchanged" : `built${profile} in ${(milliseconds / 1000).toFixed(1)} s`;
  const where = main === undefined ? "" : `  ${progress.paint("dim", relative(process.cwd(), main) || root)}`;
  return `${progress.paint("green", product.part.padEnd(10))} ${state.padEnd(14)}${where}`;
}

function describeFailure(part: string, error: Error, progress: Progress): string {
  return `${progress.paint("red", part.padEnd(10))} failed\n${explain(error)}`;
}

/** What an error ends a command with. */
export interface Ending {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/**
 * How a command ends that was wrong, or failed.
 *
 * @param json What is printed in place of words.
 */
export function endingOf(error: Error, json?: unknown): Ending {
  const exitCode = error instanceof UsageError ? EXIT_USAGE : EXIT_FAILED;
  return json === undefined
    ? { exitCode, stdout: "", stderr: `bf: ${explain(error)}\n` }
    : { exitCode, stdout: `${JSON.stringify(json, null, 2)}\n`, stderr: "" };
}

/** An error as the user sees it: messages with their places, what happened, what to do. */
export function explain(error: Error): string {
  if (!(error instanceof BuildError)) {
    return process.env.BF_DEBUG === undefined
      ? `${error.message} (BF_DEBUG=1 shows where)`
      : (error.stack ?? error.message);
  }
  const lines = [error.message];
  lines.push(...error.diagnostics.slice(0, MESSAGES_SHOWN).map(formatDiagnostic));
  const more = error.diagnostics.length - MESSAGES_SHOWN;
  if (more > 0) lines.push(`and ${more} more; --json prints all`);
  if (error.hint !== undefined) lines.push(error.hint);
  if (process.env.BF_DEBUG !== undefined && error.stack !== undefined) lines.push(error.stack);
  return lines.join("\n");
}

function toJson(result: BuildResult) {
  return {
    products: result.products.map(({ part, type, files, cached }) => ({ part, type, files, cached })),
    errors: result.failures.map(({ part, error }) => ({ part, ...errorJson(error) })),
  };
}

/** What `bf build --json` prints when nothing was built for one reason. */
export const buildFailureJson = (error: Error) => ({ products: [], errors: [errorJson(error)] });

/** What `--json` says of an error; the command's own have no part. */
export function errorJson(error: Error) {
  return {
    message: error.message,
    hint: error instanceof BuildError ? error.hint : undefined,
    diagnostics: error instanceof BuildError ? error.diagnostics : ([] satisfies Diagnostic[]),
  };
}

const seconds = (begin: number) => `${((performance.now() - begin) / 1000).toFixed(1)} s`;
