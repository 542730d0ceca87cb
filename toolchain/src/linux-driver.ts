// Builds the Linux kernel module around the loader, with the build system of the Linux headers

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { writeProduct } from "./cache.ts";
import { type BuildContext, type Product, productFolder, requireFile } from "./context.ts";
import { deliver } from "./deliver.ts";
import { BuildError } from "./errors.ts";
import { ABI_HEADERS } from "./native.ts";
import type { Part } from "./part.ts";
import { run, tool } from "./tools.ts";

const HEADERS_FOLDER = "/usr/src";
const HEADERS_NAME = /^linux-headers-(\d+)\.(\d+)\.(\d+)-(\d+)-cloud-amd64$/;

/** Headers of the newest kernel for virtual machines that is installed here: the one that the lab boots. */
export function newestLinuxHeaders(folder = HEADERS_FOLDER): string {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const versions = names.flatMap((name) => {
    const match = HEADERS_NAME.exec(name);
    return match === null ? [] : [{ name, numbers: match.slice(1).map(Number) }];
  });
  versions.sort((a, b) => {
    const index = a.numbers.findIndex((number, place) => number !== b.numbers[place]);
    return (b.numbers[index] ?? 0) - (a.numbers[index] ?? 0);
  });
  const newest = versions[0];
  if (newest === undefined) {
    throw new BuildError(`There are no Linux headers (${folder}/linux-headers-*-cloud-amd64).`, {
      hint: "They are in the Debian package linux-headers-cloud-amd64: apt-get install linux-headers-cloud-amd64",
    });
  }
  return join(folder, newest.name);
}

/** Runs kbuild over the part's files, which include a Kbuild, beside the core's object, `NAME.o_shipped`, and `bareflank.h`. */
export async function buildLinuxDriver(context: BuildContext, part: Part): Promise<Product> {
  const loader = await context.require(part, "loader", part.loader);
  const headers = newestLinuxHeaders();
  const make = tool("make");
  const object = requireFile(loader, "object");
  const border = join(ABI_HEADERS, "bareflank.h");
  const staged = [
    ...part.native.map((path) => [basename(path), path] as const),
    [`${part.loader}.o_shipped`, object] as const,
    ["bareflank.h", border] as const,
  ];
  const key = [make.identity, headers, part.module, staged.map(([name, path]) => [name, context.cache.digest(path)])];
  const folder = join(productFolder(context.build, part), "kbuild", part.module);
  const step = await context.cache.run("kbuild", key, async () => {
    context.onStep(part.name, "building the Linux module");
    for (const [name, path] of staged) writeProduct(join(folder, name), readFileSync(path));
    await run("kbuild", make.path, ["-C", headers, `M=${folder}`, "modules"], context.root);
    const module = readFileSync(join(folder, `${part.module}.ko`));
    return { files: new Map([["module.ko", module]]), inputs: [...part.native, border] };
  });
  const inputs = [...loader.inputs];
  return deliver(context, part, { module: step.path("module.ko") }, { steps: [step], inputs, cached: loader.cached });
}
