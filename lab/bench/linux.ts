// What the hypervisor costs Linux: instructions under -icount, on one processor, of one boot

import { guestProgram } from "../src/image/guest-programs.ts";
import { LinuxMachine } from "../src/index.ts";
import type { Figure } from "./figure.ts";

const STORM = 20_000;
const FORKS = 200;
const LOOP = 20_000_000;

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
  const put = [{ from: await guestProgram("count"), to: "/root/count" }];
  const linux = await LinuxMachine.boot({ icount: true, put });
  try {
    const node = await median(3, () => count(linux, "/root/count node -e 0"));
    await count(linux, "/root/count bfm load");
    const start = await count(linux, "/root/count bfm start");
    const running = await work(linux);
    const stop = await count(linux, "/root/count bfm stop");
    // A fresh boot differs from an older one by more than the hypervisor does, so the comparison comes afterwards
    const bare = await work(linux);
    return [
      {
        key: "linuxCpuid",
        title: "CPUID from user space of the root VM",
        value: running.cpuid,
        unit: "instructions",
        limit: 320,
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
        key: "start",
        title: "bfm start, above Node.js's own start-up",
        value: start - node,
        unit: "instructions",
        limit: 60_000_000,
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
