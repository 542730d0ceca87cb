// `npm start`: Linux becomes a virtual machine on every processor, works, and becomes the processors' master again

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { endWhenOutputFails } from "@bareflank/toolchain/output";
import { LinuxMachine } from "./index.ts";

endWhenOutputFails("npm start");

const PROCESSORS = 2;
const BF = fileURLToPath(new URL("../../toolchain/bin/bf", import.meta.url));
/** Some work whose result must not depend on who is the processor's master. */
const WORK = "find /lib/modules /usr/lib -type f | sort | head -n 200 | xargs cat | sha256sum";
/** The leaf that a hypervisor answers with its name (EBX, ECX, EDX). */
const SIGNATURE_LEAF = "0x40000000";

const plain = !process.stdout.isTTY || process.env.NO_COLOR !== undefined;
const style = (code: number, text: string) => (plain ? text : `\x1b[${code}m${text}\x1b[0m`);

/** A check that did not hold; its message is for the user. */
class DemoFailure extends Error {}

/** One step: says what it does, does it, says how long it took and what came out. */
async function step(title: string, work: () => Promise<string> | string): Promise<string> {
  process.stdout.write(style(1, `${title} … `));
  const before = performance.now();
  const outcome = await work();
  process.stdout.write(`${style(2, `${((performance.now() - before) / 1000).toFixed(1)} s`)}\n`);
  for (const line of outcome.split("\n").filter((text) => text !== "")) process.stdout.write(`    ${line}\n`);
  return outcome;
}

/** Runs a command inside; its output, or a failure that shows it. */
async function inside(linux: LinuxMachine, command: string): Promise<string> {
  const { exitCode, stdout, stderr } = await linux.run(command);
  if (exitCode !== 0) {
    const said = `${stdout}${stderr}${linux.lastWords()}`;
    throw new DemoFailure(`\`${command}\` ended with exit code ${exitCode}.\n${said}`);
  }
  return stdout.trimEnd();
}

/** The hypervisor's name as each processor's CPUID tells it. */
async function signatures(linux: LinuxMachine): Promise<string[]> {
  const lines = (await inside(linux, `bf-cpuid --leaf ${SIGNATURE_LEAF}`)).split("\n");
  return lines.map((line) => {
    const { ebx, ecx, edx } = JSON.parse(line) as Record<"ebx" | "ecx" | "edx", string>;
    const bytes = Buffer.alloc(12);
    for (const [index, value] of [ebx, ecx, edx].entries()) bytes.writeUInt32LE(Number(value), index * 4);
    return bytes.toString("latin1").replace(/\0+$/, "");
  });
}

/** Reads CPUID on every processor and checks that all give the name that is expected ("": none). */
async function lookAround(linux: LinuxMachine, expected: string): Promise<string> {
  const names = await signatures(linux);
  if (names.length !== PROCESSORS || names.some((name) => name !== expected)) {
    throw new DemoFailure(
      `CPUID gives the hypervisor's name as ${JSON.stringify(names)}, not ${PROCESSORS} times "${expected}".`,
    );
  }
  return names
    .map((name, cpu) => `processor ${cpu}: CPUID ${SIGNATURE_LEAF} says ${name === "" ? "no hypervisor" : `"${name}"`}`)
    .join("\n");
}

async function demo(): Promise<void> {
  await step("Building what is not built", () => {
    const { status } = spawnSync(BF, ["build"], { stdio: ["ignore", "ignore", "inherit"] });
    if (status !== 0) throw new DemoFailure("The build failed.");
    return "";
  });
  let machine: LinuxMachine | undefined;
  try {
    await step(`Booting Debian Linux on an emulated AMD machine with ${PROCESSORS} processors`, async () => {
      machine = await LinuxMachine.boot({ machine: "amd", smp: PROCESSORS });
      return inside(machine, "uname -srv");
    });
    if (machine === undefined) return;
    await show(machine);
  } finally {
    await machine?.close();
  }
}

async function show(linux: LinuxMachine): Promise<void> {
  await step("Looking around on the bare machine", () => lookAround(linux, ""));
  const before = await step("Working: a checksum over 200 files", () => inside(linux, WORK));
  await step("bfm load", () => inside(linux, "bfm load"));
  await step("bfm start", () => inside(linux, "bfm start"));
  await step("bfm status", () => inside(linux, "bfm status"));
  await step("Looking around again", () => lookAround(linux, "BareflankTS"));
  const during = await step("Working as a virtual machine", () => inside(linux, WORK));
  await step("bfm dump", () => inside(linux, "bfm dump"));
  await step("bfm stop", () => inside(linux, "bfm stop"));
  await step("Looking around on the bare machine", () => lookAround(linux, ""));
  const after = await step("Working without hypervisor", () => inside(linux, WORK));
  await step("bfm unload", () => inside(linux, "bfm unload"));
  if (before !== during || during !== after) throw new DemoFailure("The checksums differ.");
}

const NEXT = `
Linux was a virtual machine on ${PROCESSORS} processors, and is none any more. The checksum was the same throughout.

What to try next:
  npm run bf -- lab shell --machine amd           a root shell in the emulated machine: bfm quick, bfm dump, bfm stop
  \${EDITOR:-vi} extensions/default/src/main.ts    the whole hypervisor: change what CPUID says, then npm start
  npm run bf -- lab bare --machine amd --icount --append cpuid=1000 --extension build/extensions/default/default.elf
                                                  what a VM exit costs, counted by the instruction
`;

const began = performance.now();
try {
  await demo();
  process.stdout.write(NEXT);
  process.stdout.write(`Altogether ${((performance.now() - began) / 1000).toFixed(1)} s.\n`);
} catch (error) {
  process.stdout.write("\n");
  if (process.env.BF_DEBUG !== undefined) throw error;
  process.stderr.write(`${style(31, "npm start failed:")} ${(error as Error).message}\n`);
  process.exitCode = 1;
}
