// Memory that comes and goes many times: nothing of it gets lost, on AMD and on Intel

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LinuxMachine } from "../../../lab/src/index.ts";

const elf = join(import.meta.dirname, "../../../build/extensions/memory-user/memory-user.elf");
const TAKE = "0x40000012";
const GIVE = "0x40000013";
/** Pages that an exit takes, or gives back. */
const PAGES = 2000;
const MIB = 1 << 20;
/** Most of Linux's memory that all rounds may keep: its own caches, and what waits on the processors' lists. */
const NOISE_KIB = 24_576;
/** Of a command that takes all that is asked for. */
const SECONDS = 1800;

/** A hundred rounds take a quarter of an hour on an idle host, and an hour and a half in Bochs. */
const HOURS = 6 * 3600_000;

interface Memory {
  readonly startBytes: number;
  readonly heldBytes: number;
  readonly owners: { readonly extensions: readonly { readonly pages: number }[] };
}

const cases = [
  // EAX is what a processor has then: less than 65,536 pages, 256 MiB
  { machine: "amd", memory: "1G", most: "700M", grown: 512 * MIB, less: "0x0000", rounds: 100 },
  // ... and less than 8,192
  { machine: "intel", memory: "512M", most: "128M", grown: 64 * MIB, less: "0x0000[01]", rounds: 100 },
] as const;

describe.each(cases)("Linux on two processors ($machine)", ({ machine, memory: size, most, grown, less, rounds }) => {
  it(
    `lends ${grown / MIB} MiB and gets them back, ${rounds} times`,
    async () => {
      const linux = await LinuxMachine.boot({ machine, smp: 2, memory: size, put: [{ from: elf }] });
      try {
        const succeed = async (command: string): Promise<string> => {
          const { exitCode, stdout, stderr } = await linux.run(command, { timeout: SECONDS });
          expect(exitCode, `${command}\n${stdout}${stderr}`).toBe(0);
          return stdout;
        };
        const memory = async () => JSON.parse(await succeed("bfm memory --json")) as Memory;
        const availableKiB = async () => Number(await succeed("awk '/^MemAvailable:/ { print $2 }' /proc/meminfo"));

        await succeed(`bfm load memory-user.elf && bfm start --memory ..${most}`);
        const { startBytes } = await memory();
        const before = await availableKiB();
        for (let round = 1; round <= rounds; round++) {
          // Where an exit finds no page left, the next ones get what has come since
          await succeed(`while bf-cpuid --leaf ${TAKE} ${PAGES} | grep -q '"eax":"${less}'; do :; done`);
          const { heldBytes, owners } = await memory();
          expect((owners.extensions[0]?.pages ?? 0) * 4096).toBeGreaterThanOrEqual(grown);
          expect(heldBytes).toBeGreaterThanOrEqual(startBytes + grown - 2 * MIB);
          await succeed(`while bf-cpuid --leaf ${GIVE} ${PAGES} | grep -vq '"eax":"0x00000000"'; do :; done`);
          await expect.poll(async () => (await memory()).heldBytes, { timeout: 600_000 }).toBe(startBytes);
          process.stdout.write(`${machine}: round ${round} of ${rounds}, available ${await availableKiB()} KiB\n`);
        }
        expect(await availableKiB()).toBeGreaterThan(before - NOISE_KIB);
        await succeed("bfm stop && bfm unload && rmmod bfdriver");
        expect(await succeed("dmesg | grep -c -e BUG -e 'Bad page' -e 'page allocation failure' || true")).toBe("0\n");
      } finally {
        await linux.close();
      }
    },
    HOURS,
  );
});
