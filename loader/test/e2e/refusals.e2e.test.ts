import {
  BOOT_VERSION,
  DEBUG_RING_CHARS,
  DRIVER_VERSION,
  ELF_TRUNCATED,
  ERROR_ELF,
  ERROR_INVALID_ARGUMENT,
  ERROR_KERNEL_VERSION,
  ERROR_NO_MEMORY,
  ERROR_NONE,
  ERROR_NOT_LOADED,
  ERROR_NOT_RUNNING,
  EXT_CODE_BYTES,
  MAX_EXTENSIONS,
  STATE_LOADED,
  STATE_RUNNING,
  STATE_UNLOADED,
} from "@bareflank/abi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assemble } from "../../../kernel/test/bare/assemble.ts";
import { ElfPatch } from "../../../kernel/test/bare/elf-patch.ts";
import type { LinuxMachine } from "../../../lab/src/index.ts";
import { products } from "../../../lab/src/paths.ts";
import { bootMachine, complaints, driverStatus, EXTENSION, KERNEL, succeed } from "./machine.ts";

/** More lines than the ring can hold. */
const TALK_LINES = 4000;
const talkLine = (left: number) => `0x${left.toString(16).padStart(16, "0")} 0x${"0".repeat(16)}`;
const TALK_LINE_CHARS = talkLine(0).length + 1;
/** Counts down on the second processor. */
const talk = `
  cmp edi, 1
  jne 1f
  mov r15d, ${TALK_LINES}
  xor esi, esi
  2: dec r15d
  mov edi, r15d
  CALL(DEBUG_OUT)
  test r15d, r15d
  jnz 2b
  1:`;

describe("the driver", () => {
  let linux: LinuxMachine;

  beforeAll(async () => {
    const anotherKernel = new ElfPatch(products.kernel);
    anotherKernel.set64(anotherKernel.bytes.indexOf("Bareflank\0") + 12, BOOT_VERSION + 1n);
    linux = await bootMachine({
      smp: 2,
      put: [
        { from: assemble({ bootstrap: talk }), to: "/root/talkative.elf" },
        { from: anotherKernel.bytes, to: "/root/another-kernel.elf" },
      ],
    });
  });

  afterAll(() => linux?.close());

  const ioctls = async (commands: string) => (await succeed(linux, `bf-ioctl ${commands}`)).trimEnd().split("\n");
  const done = (name: string, error: number = ERROR_NONE, { cpu = -1, file = 0, detail = 0n } = {}) =>
    `${name}: error=${error} cpu=${cpu} phase=0 file=${file} detail=0x${detail.toString(16)}`;

  it("does nothing when nothing is loaded, and says so", async () => {
    expect(await ioctls("start stop dump 100 unload")).toEqual([
      done("start", ERROR_NOT_LOADED),
      done("stop", ERROR_NOT_RUNNING),
      done("dump", ERROR_NOT_LOADED),
      "written=0",
      done("unload"),
    ]);
    expect(await driverStatus(linux)).toMatchObject({ state: STATE_UNLOADED, pages: 0, starts: 0, stops: 0 });
  });

  it("dumps an empty ring as no text", async () => {
    const commands = `load ${KERNEL} ${EXTENSION} stop dump ${DEBUG_RING_CHARS}`;
    expect(await ioctls(commands)).toEqual([done("load"), done("stop", ERROR_NOT_RUNNING), done("dump"), "written=0"]);
  });

  it("refuses wrong numbers, sizes, versions, pointers and files, and nothing changes", async () => {
    await succeed(linux, "bf-ioctl start stop start");
    const before = await driverStatus(linux);
    const sizes = [1, 2, 3, 4, 5, 6].flatMap((number) =>
      ["too small", "too large", "without size", "read only"].map((what) => `ioctl ${number} ${what}: ENOTTY`),
    );
    const versions = [0n, DRIVER_VERSION + 1n, DRIVER_VERSION << 32n, 2n ** 64n - 1n];
    const pointers = ["0", "8", "7ffffffff000", "800000000000", "ffff888000000000", "fffffffffffffff8"];
    const invalid = (name: string, detail: bigint, file = 0) => done(name, ERROR_INVALID_ARGUMENT, { file, detail });
    const truncated = (name: string, file: number) => done(name, ERROR_ELF, { file, detail: BigInt(ELF_TRUNCATED) });
    expect(await ioctls("wrong")).toEqual([
      ...sizes,
      "ioctl 0: ENOTTY",
      "ioctl 7: ENOTTY",
      "ioctl of a terminal: ENOTTY",
      ...versions.flatMap((version) => [`version ${version}: EPROTO`, `driver's version=${DRIVER_VERSION}`]),
      ...pointers.map((pointer) => `block at ${pointer}: EFAULT`),
      "block that is read only: EFAULT",
      ...pointers.map((pointer) => `dump to ${pointer}: EFAULT`),
      invalid("load without kernel", 0n),
      invalid("load of a huge kernel", EXT_CODE_BYTES + 1n),
      invalid("load of an endless kernel", 2n ** 64n - 1n),
      "load of a kernel at 0: EFAULT",
      "load of Linux as a kernel: EFAULT",
      invalid("load of no extension", 0n),
      invalid("load of many extensions", BigInt(MAX_EXTENSIONS) + 1n),
      invalid("load of countless extensions", 0xffff_ffffn),
      invalid("load with flags", 1n),
      "load of an extension at 8: EFAULT",
      invalid("load of an empty extension", 0n, 1),
      truncated("load of a cut kernel", 0),
      truncated("load of a cut extension", 1),
    ]);
    expect(await driverStatus(linux)).toEqual(before);
    expect(before.state).toBe(STATE_RUNNING);
  });

  it("refuses a kernel of another version, and names it", async () => {
    const before = await driverStatus(linux);
    expect(await ioctls(`load /root/another-kernel.elf ${EXTENSION}`)).toEqual([
      done("load", ERROR_KERNEL_VERSION, { detail: BOOT_VERSION + 1n }),
    ]);
    expect(await driverStatus(linux)).toEqual(before);
  });

  it("obeys the administrator only, however the device was opened", async () => {
    expect((await linux.run("su user -c 'bf-ioctl status'")).stdout).toBe("open: EACCES\n");
    const { stdout } = await linux.run(
      "bf-ioctl drop start; bf-ioctl drop stop; bf-ioctl drop unload; bf-ioctl drop status",
    );
    expect(stdout).toBe("start: EPERM\nstop: EPERM\nunload: EPERM\nstatus: EPERM\n");
    expect((await driverStatus(linux)).state).toBe(STATE_RUNNING);
  });

  it("does not let user space stop the hypervisor by the control leaf", async () => {
    for (const command of ["0xBF000000", "0xBF000001", "0xBF000002", "0"]) {
      const leaves = await succeed(linux, `bf-cpuid --leaf 0x400000FF ${command}`);
      expect(leaves.match(/"eax":"0x00000001","ebx":"0x00000000","ecx":"0x00000000","edx":"0x00000000"/g)).toHaveLength(
        2,
      );
    }
    expect(await driverStatus(linux)).toMatchObject({ state: STATE_RUNNING, mask: 3 });
  });

  it("cannot be removed while it runs", async () => {
    const { exitCode, stderr } = await linux.run("rmmod bfdriver");
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("Resource temporarily unavailable");
    expect(await driverStatus(linux)).toMatchObject({ state: STATE_RUNNING, mask: 3 });
  });

  it("stops before it starts again, or loads", async () => {
    const before = await driverStatus(linux);
    await succeed(linux, "bf-ioctl start");
    const again = await driverStatus(linux);
    expect(again).toMatchObject({ state: STATE_RUNNING, starts: before.starts + 1, stops: before.stops + 1 });
    await succeed(linux, `bf-ioctl load ${KERNEL} ${EXTENSION}`);
    expect(await driverStatus(linux)).toMatchObject({ state: STATE_LOADED, stops: before.stops + 2 });
  });

  it("keeps the newest text, whole, of a ring that has wrapped", async () => {
    expect(await ioctls(`load ${KERNEL} /root/talkative.elf start stop`)).toEqual(
      ["load", "start", "stop"].map((name) => done(name)),
    );
    expect((await driverStatus(linux)).ring).toBe(DEBUG_RING_CHARS);
    const whole = await succeed(linux, `bf-ioctl dump ${DEBUG_RING_CHARS}`);
    expect(whole).toContain(`\nwritten=${DEBUG_RING_CHARS}\n`);
    const text = whole.slice(-DEBUG_RING_CHARS);
    // The first line has lost its beginning.
    const lines = text.split("\n").slice(1, -1);
    const count = Math.floor(DEBUG_RING_CHARS / TALK_LINE_CHARS) - 3;
    const said = Array.from({ length: TALK_LINES }, (_, index) => talkLine(TALK_LINES - 1 - index));
    const numbers = lines.filter((line) => line.startsWith("0x"));
    expect(numbers.length).toBeGreaterThan(count);
    expect(numbers).toEqual(said.slice(-numbers.length));
    expect(lines.slice(numbers.length)).toEqual([
      expect.stringMatching(/^bareflank: PP 1: exits/),
      expect.stringMatching(/^bareflank: PP 0: exits/),
    ]);
    expect((await succeed(linux, "bf-ioctl dump 300")).slice(-300)).toBe(text.slice(-300));
    await succeed(linux, `bf-ioctl load ${KERNEL} ${EXTENSION}`);
  });

  it.each([0, 1])("notices at the start that memory runs out for processor %i", async (cpu) => {
    const before = await driverStatus(linux);
    await succeed(linux, `echo ${cpu} >/sys/module/bfdriver/parameters/fail_alloc_cpu`);
    const [line] = await ioctls("start");
    expect(line).toMatch(new RegExp(`^start: error=${ERROR_NO_MEMORY} cpu=${cpu} phase=0 file=0 detail=0x[1-9a-f]`));
    expect(await driverStatus(linux)).toEqual(before);
    await succeed(linux, "echo -1 >/sys/module/bfdriver/parameters/fail_alloc_cpu");
    expect(await ioctls("start stop")).toEqual([done("start"), done("stop")]);
  });

  it("has given Linux no reason to complain", async () => {
    expect(await ioctls("unload")).toEqual([done("unload")]);
    expect(await complaints(linux)).toBe("");
    await succeed(linux, "rmmod bfdriver");
  });
});
