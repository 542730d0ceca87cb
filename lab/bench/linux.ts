// What the hypervisor costs Linux: instructions under -icount, on one processor, of one boot

import { join } from "node:path";
import { DRIVER_VERSION, IOCTL_START, IOCTL_STOP } from "@bareflank/abi";
import { guestProgram } from "../src/image/guest-programs.ts";
import { LinuxMachine } from "../src/index.ts";
import type { Figure } from "./figure.ts";

const STORM = 20_000;
const FORKS = 200;
const LOOP = 20_000_000;

/**
 * V8 takes a seed for its hash tables from the machine's randomness, and another seed is up to six million instructions
 * more or less. With a seed of our own a command repeats within a thousandth.
 */
const NODE = "node --hash-seed=1 --random-seed=1";
/** A code cache holds for the flags it was made with, so the commands that are measured are a copy with one of its own. */
const BFM = "/root/bfm/bfm";
const MAKE_BFM = `cp -r /usr/lib/bareflank/bfm /root && cd /root/bfm && rm bfm.cache &&
${NODE} --require /root/rehearsal.cjs ./bfm load --kernel ./bfm 2>/dev/null && [ -s bfm.cache ]`;
const REHEARSAL = join(import.meta.dirname, "../../bfm/rehearsal.cjs");

/** The number behind `tsc=` in a program's output. */
async function count(linux: LinuxMachine, command: string): Promise<number> {
  const { exitCode, stdout, stderr } = await linux.run(command);
  const match = /tsc=(\d+)/.exec(stdout);
  if (exitCode !== 0 || match === null) throw new Error(`\`${command}\` failed: ${stdout}${stderr}`);
  return Number(match[1]);
}

/** The middle one of several numbers: Linux's own timer and background work disturb single runs. */
async function median(times: number, measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let i = 0; i < times; i++) values.push(await measure());
  return values.sort((a, b) => a - b)[Math.floor(times / 2)] ?? 0;
}

/** Instructions of a whole command of bfm, Node.js's start included. */
const command = (linux: LinuxMachine, word: string) => count(linux, `/root/count ${NODE} ${BFM} ${word}`);

interface Operations {
  readonly start: number;
  readonly stop: number;
}

/** The driver's and the hypervisor's own instructions, from a program that makes nothing but the system call. */
async function operations(linux: LinuxMachine): Promise<Operations> {
  const operation = (request: number) => count(linux, `/root/count --ioctl ${request} ${DRIVER_VERSION}`);
  return { start: await operation(IOCTL_START), stop: await operation(IOCTL_STOP) };
}

interface Work {
  readonly cpuid: number;
  readonly fork: number;
  readonly loop: number;
}

async function work(linux: LinuxMachine): Promise<Work> {
  return {
    cpuid: (await count(linux, `bf-cpuid --storm ${STORM}`)) / STORM,
    fork: await median(3, () => count(linux, `bf-forkloop ${FORKS}`)),
    loop: await count(linux, `/root/count --loop ${LOOP}`),
  };
}

export async function linuxFigures(): Promise<Figure[]> {
  const put = [{ from: await guestProgram("count"), to: "/root/count" }, { from: REHEARSAL }];
  const linux = await LinuxMachine.boot({ icount: true, put });
  try {
    const made = await linux.run(MAKE_BFM);
    if (made.exitCode !== 0) throw new Error(`bfm has no code cache: ${made.stdout}${made.stderr}`);
    const node = await median(3, () => count(linux, `/root/count ${NODE} -e 0`));
    await command(linux, "load");
    const own = await operations(linux);
    const start = await command(linux, "start");
    const running = await work(linux);
    const stop = await command(linux, "stop");
    // A fresh boot differs from an older one by more than the hypervisor does, so the comparison comes afterwards
    const bare = await work(linux);
    return [
      {
        key: "linuxCpuid",
        title: "CPUID from user space of the root VM",
        value: running.cpuid,
        unit: "instructions",
        limit: 200,
        upstream: 1106,
      },
      {
        key: "linuxCpuidBare",
        title: "the same without hypervisor",
        value: bare.cpuid,
        unit: "instructions",
        upstream: 7,
      },
      {
        key: "forkRatio",
        title: "fork, exec, wait: with / without hypervisor",
        value: running.fork / bare.fork,
        unit: "ratio",
        limit: 1.02,
        upstream: 1.064,
      },
      {
        key: "loopRatio",
        title: "ordinary work: with / without hypervisor",
        value: running.loop / bare.loop,
        unit: "ratio",
        limit: 1.001,
      },
      {
        key: "ioctlStart",
        title: "start, driver and hypervisor alone (ioctl)",
        value: own.start,
        unit: "instructions",
        limit: 3_000_000,
      },
      {
        key: "ioctlStop",
        title: "stop, driver and hypervisor alone (ioctl)",
        value: own.stop,
        unit: "instructions",
        limit: 1_000_000,
      },
      {
        key: "start",
        title: "bfm start, above Node.js's own start-up",
        value: start - node,
        unit: "instructions",
        limit: 30_000_000,
        upstream: 61_000_000,
      },
      {
        key: "stop",
        title: "bfm stop, above Node.js's own start-up",
        value: stop - node,
        unit: "instructions",
        limit: 27_000_000,
        upstream: 27_000_000,
      },
      { key: "node", title: "Node.js's own start-up (node -e 0)", value: node, unit: "instructions" },
    ];
  } finally {
    await linux.close();
  }
}
