// Sizes: the kernel's image, memory per processor, lines of C and assembly, and the time of a clean build

import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { runBare } from "../src/index.ts";
import { products, repository } from "../src/paths.ts";
import type { Figure } from "./figure.ts";

const MIB = 1024 * 1024;
const KIB = 1024;

/** Not part of what must be trusted: generated tables, the lab's guests, the glue of Linux and UEFI, other languages' SDKs, tests. */
const NOT_TRUSTED =
  /^(abi\/generated|lab|loader\/(linux|uefi)|microv\/driver\/linux|sdk\/(c|cpp|rust)|extensions|.*\/test|.*\/templates)\//;

/** Where TypeScript has C in strings: each such line is one string that ends as C lines do. */
const TEMPLATES = ["translate", "data", "module"].map((name) => `toolchain/src/${name}.ts`);
const TEMPLATE_LINE = /^\s*(\[\s*)?["'`].*([;{}]|#\w+ .*|__attribute__.*)["'`],?\]?$/;

/**
 * Speculation wants fences, VERW and the return stack in instructions, and a way of its own for Intel's calls: hence 100 more than
 * the 2,000 of before. That an extension in TypeScript ends with a reason, by its trap's kind or for want of a VS, takes 20.
 */
const MOST_NATIVE_LINES = 2170;

/** What a firmware's service takes that an operating system's driver would: the application's own C. */
const UEFI_GLUE = /^loader\/uefi\//;
const MOST_UEFI_LINES = 100;

/** Files of C and assembly that git knows. */
function nativeFiles(): string[] {
  const { stdout } = spawnSync("git", ["ls-files", "*.c", "*.h", "*.S"], { cwd: repository, encoding: "utf8" });
  return stdout.split("\n").filter((file) => file !== "");
}

const read = (file: string) => readFileSync(join(repository, file), "utf8");
const sumOfLines = (files: readonly string[]) => files.reduce((sum, file) => sum + codeLines(read(file)), 0);

/** Lines of C and assembly that are neither blank nor comment, and lines of C inside TypeScript. */
function nativeLines(): number {
  const files = nativeFiles().filter((file) => !NOT_TRUSTED.test(file));
  const templates = TEMPLATES.flatMap((file) => read(file).split("\n")).filter((line) => TEMPLATE_LINE.test(line));
  return sumOfLines(files) + templates.length;
}

function codeLines(source: string): number {
  const lines = source.replace(/\/\*[\s\S]*?\*\//g, "").split("\n");
  return lines.filter((line) => line.trim() !== "" && !line.trim().startsWith("//")).length;
}

/** Memory that the hypervisor takes to begin with on so many processors, pools included. */
async function memory(smp: number): Promise<number> {
  const { output, message } = await runBare({
    extensions: [products.defaultExtension],
    smp,
    append: "cpuid=1 least=0",
  });
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
  return [
    {
      key: "kernelImage",
      title: "kernel image, stripped",
      value: statSync(products.kernel).size,
      unit: "bytes",
      limit: 160 * KIB,
    },
    {
      key: "memoryOfOne",
      title: "memory when it has started, one processor",
      value: await memory(1),
      unit: "bytes",
      limit: 2 * MIB + 256 * KIB,
      upstream: 131 * MIB,
    },
    {
      key: "memoryOfFour",
      title: "memory when it has started, four processors",
      value: await memory(4),
      unit: "bytes",
      limit: 2 * MIB + 4 * 256 * KIB,
    },
    {
      key: "nativeLines",
      title: "C and assembly, without the glue of Linux and UEFI",
      value: nativeLines(),
      unit: "lines",
      limit: MOST_NATIVE_LINES,
    },
    {
      key: "uefiLines",
      title: "the UEFI application's glue",
      value: sumOfLines(nativeFiles().filter((file) => UEFI_GLUE.test(file))),
      unit: "lines",
      limit: MOST_UEFI_LINES,
    },
    {
      key: "uefiApplication",
      title: "bareflank.efi",
      value: statSync(products.uefi).size,
      unit: "bytes",
      limit: 160 * KIB,
    },
    {
      key: "uefiFiles",
      title: "the same with kernel and default extension",
      value: [products.uefi, products.kernel, products.defaultExtension].reduce(
        (sum, file) => sum + statSync(file).size,
        0,
      ),
      unit: "bytes",
      limit: 400 * KIB,
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
