// A Linux in the lab with bf-ioctl, which speaks to the driver without bfm

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";
import { LinuxMachine, type LinuxOptions } from "../../../lab/src/index.ts";

const repository = resolve(import.meta.dirname, "../../..");
const headers = join(repository, "abi", "generated", "c");
const flags = ["-O2", "-static", "-Wall", "-Wextra", "-Werror", "-std=gnu11", "-I", headers];

/** Where the lab installs them. */
export const KERNEL = "/usr/lib/bareflank/kernel.elf";
export const EXTENSION = "/usr/lib/bareflank/default.elf";

/** Compiles a program of guest/, unless that was done before; its path. */
export function guestProgram(name: string): string {
  const source = join(import.meta.dirname, "guest", `${name}.c`);
  const hash = createHash("sha256");
  for (const input of [source, join(headers, "bareflank.h")]) hash.update(readFileSync(input));
  const folder = join(repository, "build", "test", "e2e");
  const path = join(folder, `bf-${name}-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  execFileSync("clang", [...flags, "-o", `${path}.new`, source]);
  renameSync(`${path}.new`, path);
  return path;
}

/** Boots the lab's AMD machine, unless another is named, and forgets what Linux had to say while it came up. */
export async function bootMachine(options: LinuxOptions): Promise<LinuxMachine> {
  const program = { from: guestProgram("ioctl"), to: "/usr/bin/bf-ioctl" };
  const machine = await LinuxMachine.boot({ ...options, put: [program, ...(options.put ?? [])] });
  await machine.run("dmesg -c");
  return machine;
}

/** Runs a command that has to work, and returns what it wrote to stdout. */
export async function succeed(machine: LinuxMachine, command: string, timeout = 120): Promise<string> {
  const { exitCode, stdout, output } = await machine.run(command, { timeout });
  if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}:\n${output}`);
  return stdout;
}

/** The numbers of bf-ioctl's status line. */
export interface DriverStatus {
  readonly state: number;
  /** The processor that is on its way into the VM, or -1, and the PHASE_* that it has reached. */
  readonly cpu: number;
  readonly phase: number;
  readonly cpus: number;
  readonly running: number;
  /** Bit n: processor n runs under the hypervisor. */
  readonly mask: number;
  readonly memory: number;
  readonly pages: number;
  readonly ring: number;
  readonly starts: number;
  readonly stops: number;
}

/** Asks the driver for its status. */
export async function driverStatus(machine: LinuxMachine): Promise<DriverStatus> {
  const line = await succeed(machine, "bf-ioctl status");
  const numbers = [...line.matchAll(/(\w+)=([-\w]+)/g)].map(([, name, value]) => [name, Number(value)]);
  return Object.fromEntries(numbers) as DriverStatus;
}

/** What Linux's log has that it should not have. */
export async function complaints(machine: LinuxMachine): Promise<string> {
  const words = ["BUG", "Oops", "WARNING", "Call Trace", "stall", "lockup", "hung", "general protection", "page fault"];
  const { stdout } = await machine.run(`dmesg | grep -i ${words.map((word) => `-e '${word}'`).join(" ")}`);
  return stdout;
}
