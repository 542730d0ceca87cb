// Linux becomes a VM and back, again and again

import { STATE_LOADED } from "@bareflank/abi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LinuxMachine } from "../../../lab/src/index.ts";
import { bootMachine, complaints, driverStatus, EXTENSION, KERNEL, succeed } from "./machine.ts";

const ROUNDS = 48;
const ROUNDS_WITH_BFM = 2;
const CPUIDS = 500;

/** Most that free memory may sink: what Linux itself needs for its own books. Six pages a round are more. */
const NOISE_KIB = 1024;

/** Tests numbers of processors. */
export const describeCycles = (sizes: readonly number[]): void =>
  describe.each(sizes)("fifty starts and stops in one boot, on %i processors", cycles);

function cycles(smp: number): void {
  let linux: LinuxMachine;
  let before: { cpuid: string; registers: string };

  const facts = async () => ({
    cpuid: await succeed(linux, "bf-cpuid --no-hypervisor"),
    registers: await succeed(linux, "cat /proc/bfprobe"),
  });
  const drop = "sync; echo 3 >/proc/sys/vm/drop_caches; sleep 0.3";
  /** Free pages, also those that wait on a processor's own lists: a process that ends leaves megabytes there. */
  const freeKiB = async () => {
    const sum = `awk '$1 == "nr_free_pages" || $1 == "count:" { pages += $2 } END { print pages * 4 }' /proc/zoneinfo`;
    return Number(await succeed(linux, `${drop}; ${sum}`));
  };
  /** MemAvailable, which leaves those lists out, and what waits on them. */
  const availableKiB = async () => {
    const sum = `awk '/^MemAvailable:/ { kib += $2 } $1 == "count:" { kib += $2 * 4 } END { print kib }' /proc/meminfo /proc/zoneinfo`;
    return Number(await succeed(linux, `${drop}; ${sum}`));
  };
  /** Mapped areas by size and owner; not the stacks of threads, nor areas that are gone and wait to be forgotten. */
  const mappings = () =>
    succeed(linux, "grep -v -e unpurged -e kernel_clone /proc/vmallocinfo | cut -d' ' -f2- | sort");

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
    expect(loaded).toMatchObject({ state: STATE_LOADED, running: 0, mask: 0, memory: 0 });
    const before = { mappings: await mappings(), free: await freeKiB(), available: await availableKiB() };
    expect(await succeed(linux, `bf-ioctl cycles ${ROUNDS} ${CPUIDS}`, 300)).toBe(
      `cycles: rounds=${ROUNDS} cpus=${smp} wrong=0\n`,
    );
    expect(await availableKiB()).toBeGreaterThan(before.available - NOISE_KIB);
    for (let round = 0; round < ROUNDS_WITH_BFM; round++) {
      await succeed(linux, "bfm start && bf-cpuid --storm 1000 && bfm stop");
    }
    expect(await driverStatus(linux)).toEqual({
      ...loaded,
      starts: loaded.starts + ROUNDS + ROUNDS_WITH_BFM,
      stops: loaded.stops + ROUNDS + ROUNDS_WITH_BFM,
      ring: expect.any(Number),
    });
    expect(await freeKiB()).toBeGreaterThan(before.free - NOISE_KIB);
    expect(await mappings()).toBe(before.mappings);
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
}
