// The command bf

import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { Command, CommanderError } from "commander";
import { buildFailureJson, endingOf, errorJson, registerBuild } from "./build-command.ts";
import { registerCoverage } from "./coverage/coverage-command.ts";
import { UsageError } from "./errors.ts";
import { registerLint } from "./lint/lint-command.ts";
import { registerNew } from "./new-command.ts";
import { endWhenOutputFails } from "./output.ts";

// Binaryen is five megabytes of WebAssembly: optimizing them takes longer than all that they do here
setFlagsFromString("--liftoff-only");

const EXIT_USAGE = 2;

/**
 * Runs the command; the exit code is 0 for success, 1 for a failed build, 2 for wrong usage, 248 for output that could
 * not be written.
 */
export async function main(argv: readonly string[]): Promise<void> {
  endWhenOutputFails("bf");
  const program = new Command("bf")
    .description("Builds Bareflank in TypeScript and runs it in emulated machines")
    .version(version())
    .showHelpAfterError("(bf --help shows what there is)")
    .exitOverride();
  registerBuild(program);
  registerLint(program);
  registerCoverage(program);
  registerNew(program);
  for (const command of program.commands) command.exitOverride();
  await registerLab(program, argv);
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
      if (error.exitCode !== 0 && wantsJson(argv)) {
        const said = new UsageError(error.message.replace(/^error: /, ""));
        process.stdout.write(`${JSON.stringify(failureJson(argv, said), null, 2)}\n`);
      }
      return;
    }
    const { exitCode, stdout, stderr } = endingOf(
      error as Error,
      wantsJson(argv) ? failureJson(argv, error as Error) : undefined,
    );
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    process.exitCode = exitCode;
  }
}

/** Whether this is a command of the toolchain that prints JSON; what is behind `--` is somebody else's. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return OWN_COMMANDS.has(argv[0] ?? "") && (end < 0 ? argv : argv.slice(0, end)).includes("--json");
}

/** An error as the command's JSON has errors. */
function failureJson([command]: readonly string[], error: Error): unknown {
  if (command !== "lint") return buildFailureJson(error);
  const found = errorJson(error);
  return [{ severity: "error", message: [found.message, found.hint].filter(Boolean).join(" ") }];
}

function version(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

/** The package that emulates machines brings its own commands; without it there are none. */
const LAB_COMMANDS = "@bareflank/lab/commands";

const OWN_COMMANDS = new Set(["build", "lint", "coverage", "new"]);

async function registerLab(program: Command, argv: readonly string[]): Promise<void> {
  // Loading it costs time that a build does not need.
  if (argv[0] !== undefined && OWN_COMMANDS.has(argv[0])) return;
  try {
    const lab = (await import(LAB_COMMANDS)) as { register(program: Command): void };
    lab.register(program);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "ERR_PACKAGE_PATH_NOT_EXPORTED") throw error;
  }
}

await main(process.argv.slice(2));
