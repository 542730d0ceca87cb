// Sizes: the kernel's image, memory per processor, lines of C and assembly, and the time of a clean build

import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { runBare } from "../src/index.ts";
import { products, repository } from "../src/paths.ts";
import type { Figure } from "./figure.ts";

const MIB = 1024 * 1024;
const KIB = 1024;

/** C and assembly that runs in ring 0 or in extensions; not the Linux glue, generated tables, the lab's guests, tests. */
const NOT_TRUSTED = /^(abi\/generated|lab|loader\/linux|.*\/test)\//;

/** Lines of C and assembly that are neither blank nor comment. */
function nativeLines(): number {
  const { stdout } = spawnSync("git", ["ls-files", "*.c", "*.h", "*.S"], { cwd: repository, encoding: "utf8" });
  const files = stdout.split("\n").filter((file) => file !== "" && !NOT_TRUSTED.test(file));
  return files.map((file) => codeLines(readFileSync(join(repository, file), "utf8"))).reduce((sum, n) => sum + n, 0);
}

function codeLines(source: string): number {
  const lines = source.replace(/\/\*[\s\S]*?\*\//g, "").split("\n");
  return lines.filter((line) => line.trim() !== "" && !line.trim().startsWith("//")).length;
}

/** Memory that the hypervisor holds with so many processors, pools included. */
async function memory(smp: number): Promise<number> {
  const { output, message } = await runBare({ extensions: [products.defaultExtension], smp, append: "cpuid=1" });
  const match = /started, memory (\d+)/.exec(output);
  if (match === null) throw new Error(`The bare platform did not start. ${message}\n${output}`);
  return Number(match[1]);
}

/** Seconds of a build that uses nothing of an earlier one. */
function cleanBuild(): number {
  const begin = performance.now();
  const parts = ["kernel", "loader", "default", "bfm"];
  const bf = join(repository, "toolchain", "bin", "bf");
  const { status } = spawnSync(bf, ["build", "--no-cache", ...parts], { stdio: "ignore" });
  if (status !== 0) throw new Error("The build failed.");
  return (performance.now() - begin) / 1000;
}

export async function sizeFigures(): Promise<Figure[]> {
  const one = await memory(1);
  const four = await memory(4);
  const perProcessor = (four - one) / 3;
  return [
    {
      key: "kernelImage",
      title: "kernel image, stripped",
      value: statSync(products.kernel).size,
      unit: "bytes",
      limit: 128 * KIB,
    },
    {
      key: "memoryBase",
      title: "memory, without what grows per processor",
      value: one - perProcessor,
      unit: "bytes",
      limit: 8 * MIB,
      upstream: 131 * MIB,
    },
    { key: "memoryPerProcessor", title: "memory per processor", value: perProcessor, unit: "bytes", limit: 320 * KIB },
    {
      key: "nativeLines",
      title: "C and assembly, without the Linux glue",
      value: nativeLines(),
      unit: "lines",
      limit: 1500,
    },
    {
      key: "cleanBuild",
      title: "clean build of kernel, loader, default extension, bfm",
      value: cleanBuild(),
      unit: "seconds",
      limit: 30,
      upstream: 11,
    },
  ];
}
