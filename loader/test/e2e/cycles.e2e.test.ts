import { STATE_LOADED } from "@bareflank/abi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LinuxMachine } from "../../../lab/src/index.ts";
import { bootMachine, complaints, driverStatus, EXTENSION, KERNEL, succeed } from "./machine.ts";

const ROUNDS = 48;
const ROUNDS_WITH_BFM = 2;
const CPUIDS = 500;

/** Most that free memory may sink: what Linux itself needs for its own books. A page per round and processor is more. */
const NOISE_KIB = 512;

describe.each([1, 2, 4])("fifty starts and stops in one boot, on %i processors", (smp) => {
  let linux: LinuxMachine;
  let before: { cpuid: string; registers: string };

  const facts = async () => ({
    cpuid: await succeed(linux, "bf-cpuid --no-hypervisor"),
    registers: await succeed(linux, "cat /proc/bfprobe"),
  });
  const freeKiB = async () => {
    const text = await succeed(linux, "sync; echo 3 >/proc/sys/vm/drop_caches; sleep 0.2; cat /proc/meminfo");
    return Number(/^MemAvailable: +(\d+) kB$/m.exec(text)?.[1]);
  };
  const mappings = () => succeed(linux, "cut -d' ' -f2- /proc/vmallocinfo | grep -e bfdriver -e w2c_ | sort");
  const wholeVmalloc = async () => (await succeed(linux, "wc -l </proc/vmallocinfo")).trim();

  beforeAll(async () => {
    linux = await bootMachine({ smp });
    await succeed(linux, "insmod /usr/lib/bareflank/probe.ko");
    before = await facts();
    expect(before.registers.match(/ cr0=/g)).toHaveLength(smp);
  });

  afterAll(() => linux?.close());

  it("load", async () => {
    expect(await succeed(linux, `bf-ioctl load ${KERNEL} ${EXTENSION}`)).toBe(
      "load: error=0 cpu=-1 phase=0 file=0 detail=0x0\n",
    );
    // What Linux makes only once, it makes now.
    await succeed(linux, "bf-ioctl start stop; bfm status; bfm start; bfm stop");
  });

  it("leave no page, no mapping and no complaint behind", async () => {
    const loaded = await driverStatus(linux);
    const memory = { mappings: await mappings(), vmalloc: await wholeVmalloc(), kib: await freeKiB() };
    expect(await succeed(linux, `bf-ioctl cycles ${ROUNDS} ${CPUIDS}`, 300)).toBe(
      `cycles: rounds=${ROUNDS} cpus=${smp} wrong=0\n`,
    );
    for (let round = 0; round < ROUNDS_WITH_BFM; round++) {
      await succeed(linux, "bfm start && bf-cpuid --storm 1000 && bfm stop");
    }
    const rounds = ROUNDS + ROUNDS_WITH_BFM;
    expect(await driverStatus(linux)).toEqual({
      ...loaded,
      starts: loaded.starts + rounds,
      stops: loaded.stops + rounds,
      ring: expect.any(Number),
    });
    expect(loaded).toMatchObject({ state: STATE_LOADED, running: 0, mask: 0, memory: 0 });
    expect(await freeKiB()).toBeGreaterThan(memory.kib - NOISE_KIB);
    expect(await mappings()).toBe(memory.mappings);
    expect(await wholeVmalloc()).toBe(memory.vmalloc);
    expect(await complaints(linux)).toBe("");
  });

  it("change no CPUID leaf but the hypervisor's, and no register", async () => {
    await succeed(linux, "bf-ioctl start");
    expect(await succeed(linux, "bf-cpuid --no-hypervisor")).toBe(before.cpuid);
    expect((await driverStatus(linux)).mask).toBe(2 ** smp - 1);
    await succeed(linux, "bf-ioctl stop");
    expect(await facts()).toEqual(before);
  });

  it("unload gives everything back", async () => {
    await succeed(linux, "bfm unload");
    expect(await driverStatus(linux)).toMatchObject({ pages: 0, ring: 0, memory: 0 });
    expect(await succeed(linux, "rmmod bfdriver; grep -c bfdriver /proc/vmallocinfo || true")).toBe("0\n");
  });
});
