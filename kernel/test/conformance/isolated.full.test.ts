// The system call interface with an isolated kernel: every case ends as without

import { expect, it } from "vitest";
import { runSuite } from "./suite.ts";

const MINUTES = 60_000;

it.each([
  { machine: "amd", smp: 2 },
  { machine: "amd", smp: 4 },
  { machine: "intel", smp: 2 },
])(
  "is that of the reference on $machine with $smp processors",
  async ({ machine, smp }) => {
    const { cases, broken } = await runSuite({ machine, smp, isIsolated: true });
    process.stdout.write(`${machine}, ${smp} processors: ${cases.length} cases\n`);
    expect(cases.filter(({ blamed }) => blamed !== undefined)).toEqual([]);
    expect(broken).toBeUndefined();
    const name = ({ ppid, subject, name }: (typeof cases)[0]) => `${ppid} ${subject} ${name}`;
    const usual = await runSuite({ machine, smp });
    expect(cases.map(name).sort()).toEqual(usual.cases.map(name).sort());
  },
  10 * MINUTES,
);
