// `bf new`

import { relative } from "node:path";
import type { Command } from "commander";
import { type Scaffold, scaffold, templates } from "./new.ts";

interface Options {
  readonly template: string;
}

/** Adds the command to the program. */
export function registerNew(program: Command): void {
  program
    .command("new")
    .description("make the package of a new extension, outside of this checkout")
    .argument("<folder>", "where; its last component becomes the extension's name")
    .option("-t, --template <name>", "what to begin with", "minimal")
    .addHelpText(
      "after",
      () => `
Templates:
${templates()
  .map(({ name, about }) => `  ${name.padEnd(14)} ${about}`)
  .join("\n")}

Examples:
  bf new ../hello
  bf new ../hello --template rust`,
    )
    .action((folder: string, { template }: Options) => {
      process.stdout.write(describe(scaffold(folder, template)));
    });
}

function describe({ folder, template, files, unbuiltCheckout }: Scaffold): string {
  const shown = relative(process.cwd(), folder);
  const build =
    unbuiltCheckout === undefined ? [] : [`  npm --prefix ${unbuiltCheckout} run build   # once: the microkernel`];
  return [
    `Made ${shown} from the template "${template}": ${files.join(", ")}`,
    "",
    "Next:",
    ...build,
    `  cd ${shown}`,
    "  npm test     # runs it without an operating system",
    "  npm start    # runs it under Linux, in an emulated machine",
    "",
  ].join("\n");
}
