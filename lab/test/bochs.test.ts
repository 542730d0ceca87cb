import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { printedExitValue } from "../src/emulator/bochs.ts";
import { bochsConfiguration, bochsLinuxWords } from "../src/emulator/bochs-configuration.ts";
import { BochsDebugger } from "../src/emulator/bochs-debugger.ts";
import { BochsLog, readPanic } from "../src/emulator/bochs-log.ts";
import type { Boot, LinuxBoot, MachineOptions } from "../src/emulator/emulator.ts";
import { LabError } from "../src/errors.ts";
import { multibootScript } from "../src/image/boot-disc.ts";
import { type BochsMachine, findMachine } from "../src/machines.ts";

const machine = findMachine("intel") as BochsMachine;
const options: MachineOptions = { machine, smp: 1, memory: "256M", icount: false };

const disc = { type: "cdrom", path: "/t/boot.iso" } as const;

const bare = { kind: "bare", image: "/b", modules: [], append: "" } as const;

const linux: LinuxBoot = {
  kind: "linux",
  kernel: "/boot/vmlinuz",
  initramfs: "/i.cpio",
  initramfsBytes: 33.5 * 1024 * 1024,
  commandLine: "quiet",
  root: "/root.img",
  rootBytes: 128 * 1024 * 1024,
  terminal: false,
};

const ports = new Map([["serial", 4711]] as const);

const configuration = (changes: Partial<MachineOptions> = {}, boot: Boot = bare): string[] =>
  bochsConfiguration(machine, { ...options, ...changes }, ports, disc, boot).split("\n");

const line = (lines: readonly string[], key: string): string => lines.find((text) => text.startsWith(`${key}:`)) ?? "";

describe("bochsConfiguration", () => {
  it("emulates a Skylake-X with as many processors and as much memory as are wanted", () => {
    const lines = configuration({ smp: 2, memory: "1G" });
    expect(line(lines, "cpu")).toContain("model=corei7_skylake_x, count=2,");
    expect(line(lines, "memory")).toBe("memory: guest=1024, host=1024");
  });

  // GRUB works from the end of memory down, and would write over the disk
  it("has room behind the root disk for GRUB and all of the initial file system", () => {
    const lines = configuration({ memory: "1G" }, linux);
    expect(line(lines, "memory")).toBe(`memory: guest=${1024 + 128 + 34 + 16}, host=${1024 + 128 + 34 + 16}`);
    expect(line(lines, "optramimage1")).toBe('optramimage1: file="/root.img", address=0x40000000');
  });

  it("boots a CD by the BIOS", () => {
    const lines = configuration({}, linux);
    expect(line(lines, "romimage")).toBe("romimage: file=/usr/share/bochs/BIOS-bochs-latest");
    expect(line(lines, "ata0-master")).toBe('ata0-master: type=cdrom, path="/t/boot.iso", status=inserted');
    expect(line(lines, "boot")).toBe("boot: cdrom");
  });

  it("boots a disk by UEFI firmware, which works behind the root disk", () => {
    const uefi = findMachine("uefi-intel") as BochsMachine;
    const disk = { type: "disk", path: "/t/partition.img" } as const;
    const lines = bochsConfiguration(uefi, { ...options, memory: "1G" }, ports, disk, linux).split("\n");
    expect(line(lines, "cpu")).toContain("model=corei7_skylake_x, count=1,");
    expect(line(lines, "memory")).toBe(`memory: guest=${1024 + 128 + 34 + 192}, host=${1024 + 128 + 34 + 192}`);
    expect(line(lines, "romimage")).toBe("romimage: file=/usr/share/ovmf/OVMF.fd");
    expect(line(lines, "ata0-master")).toBe('ata0-master: type=disk, path="/t/partition.img", mode=flat, cylinders=0');
    expect(line(lines, "boot")).toBe("boot: disk");
  });

  it("takes another model", () => {
    expect(line(configuration({ cpu: "core2_penryn_t9600" }), "cpu")).toContain("model=core2_penryn_t9600,");
  });

  it("connects COM1 to the lab", () => {
    expect(line(configuration(), "com1")).toBe("com1: enabled=1, mode=socket-client, dev=127.0.0.1:4711");
  });

  it("has no stub for GDB", () => {
    expect(() => configuration({ gdbPort: 1234 })).toThrow(LabError);
  });
});

describe("bochsLinuxWords", () => {
  it("keep Linux off its root disk, which they name, and say how fast the clock is", () => {
    expect(bochsLinuxWords("512M", 4096)).toEqual(["mem=512M memmap=4096!512M", "tsc_early_khz=50000"]);
  });
});

describe("multibootScript", () => {
  it("passes words on as they are, whatever they mean to GRUB", () => {
    expect(multibootScript("/b", " cpuid=1  a;b 'c' ", ["/k", "/e"])).toBe(
      "multiboot /b 'cpuid=1' 'a;b' ''\\''c'\\'''\nmodule /k\nmodule /e\nboot\n",
    );
  });
});

describe("readPanic", () => {
  it.each([
    ["00208753244p[UNMAP ] >>PANIC<< Shutdown port: shutdown requested", "guest-exit"],
    ["00208753244p[ACPI  ] >>PANIC<< ACPI control: soft power off", "powered-off"],
    ["00044501578p[CPU0  ] >>PANIC<< exception(): 3rd (13) exception with no resolution", "triple-fault"],
    ["00044501578p[HD    ] >>PANIC<< something else", "panic"],
  ])("finds in %s why Bochs ended: %s", (text, reason) => {
    expect(readPanic(text)).toMatchObject({ reason });
  });

  it("finds nothing in other lines", () => {
    expect(readPanic("00206019148e[CPU0  ] RDMSR: Unknown register 0xc0010114")).toBeUndefined();
  });
});

describe("BochsLog", () => {
  const folder = mkdtempSync(join(tmpdir(), "bf-lab-log-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const read = async (...lines: string[]) => {
    const stream = new PassThrough();
    const log = new BochsLog(stream, join(folder, "bochs.log"));
    let reset = false;
    log.reset.then(() => {
      reset = true;
    });
    stream.end(`${lines.join("\n")}\n`);
    await once(stream, "end");
    await setImmediate();
    return { log, reset };
  };

  const start = "00000000000i[SYS   ] bx_pc_system_c::Reset(HARDWARE) called";

  it("does not take the first reset for one", async () => {
    expect(await read(start)).toMatchObject({ reset: false, log: { stop: undefined } });
    const again = "00133270954i[SYS   ] bx_pc_system_c::Reset(SOFTWARE) called";
    expect(await read(start, again)).toMatchObject({ reset: true });
  });

  it("has the registers behind a panic", async () => {
    const { log } = await read(
      "00044501578i[CPU0  ] cpu hardware reset",
      "00044501578p[CPU0  ] >>PANIC<< exception(): 3rd (13) exception with no resolution",
      "00044501578i[CPU0  ] CPU is in protected mode (active)",
      "00044501578i[CPU1  ] | EIP=00000048 (00000048)",
      "00044501578i[CMOS  ] Last time is 1795309865",
    );
    expect(log.registers).toBe("CPU0 CPU is in protected mode (active)\nCPU1 EIP=00000048 (00000048)\n");
  });
});

describe("printedExitValue", () => {
  it("is in the last line of what was printed", () => {
    expect(printedExitValue("bare: exit 3\nbare: 1 processors\r\nbare: exit 17\r\n")).toBe(17);
    expect(printedExitValue("bare: exit 16\n")).toBe(16);
  });

  it.each(["", "bare: exit 16\nmore\n", "bare: exit "])("is not in %j", (text) => {
    expect(printedExitValue(text)).toBeUndefined();
  });
});

describe("BochsDebugger", () => {
  /** A debugger that answers each command with the command itself. */
  const machineWith = () => {
    const stdout = new PassThrough();
    const heard: string[] = [];
    let prompts = 0;
    const prompt = () => stdout.write(`<bochs:${++prompts}> `);
    const send = (text: string) => {
      const command = text.trim();
      heard.push(command);
      if (command !== "c") {
        stdout.write(`${command}\n${command}!\n`);
        prompt();
      }
    };
    const interrupt = () => {
      heard.push("interrupt");
      stdout.write("Next at t=7\n");
      prompt();
    };
    prompt();
    return { heard, monitor: new BochsDebugger({ send, stdout, interrupt, end: () => heard.push("end") }, 2) };
  };

  it("runs commands before the machine runs", async () => {
    const { heard, monitor } = machineWith();
    expect(await monitor.human("info tab")).toBe("info tab!\n");
    await monitor.resume();
    expect(heard).toEqual(["info tab", "c"]);
  });

  it("interrupts a machine that runs, and lets it go on", async () => {
    const { heard, monitor } = machineWith();
    await monitor.resume();
    const [first, second] = await Promise.all([monitor.human("r"), monitor.human("sreg")]);
    expect([first, second]).toEqual(["r!\n", "sreg!\n"]);
    expect(heard).toEqual(["c", "interrupt", "r", "c", "interrupt", "sreg", "c"]);
  });

  it("shows the registers of every processor, which stand still then", async () => {
    const { heard, monitor } = machineWith();
    await monitor.resume();
    const text = await monitor.registers();
    expect(text).toContain("set $cpu = 0!\nr!\n");
    expect(text).toContain("set $cpu = 1!\nr!\n");
    expect(heard.filter((command) => command === "interrupt" || command === "c")).toEqual(["c", "interrupt"]);
  });
});
