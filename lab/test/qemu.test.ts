import { describe, expect, it } from "vitest";
import type { BareBoot, LinuxBoot, MachineOptions } from "../src/emulator/emulator.ts";
import { qemuArguments, rootDiskWord } from "../src/emulator/qemu-arguments.ts";
import { kernelCommandLine } from "../src/linux/command-line.ts";
import { linuxDevices } from "../src/linux/devices.ts";
import { findMachine, type QemuMachine } from "../src/machines.ts";

const machine = findMachine("amd") as QemuMachine;
const options: MachineOptions = { machine, smp: 1, memory: "1G", icount: false };
const bare: BareBoot = { kind: "bare", image: "bare.elf", modules: ["k.elf", "a,b.elf"], append: "" };
const linux: LinuxBoot = {
  kind: "linux",
  kernel: "/boot/vmlinuz",
  initramfs: "/i.cpio",
  commandLine: "quiet",
  root: "/root.img",
  initramfsBytes: 4096,
  rootBytes: 134217728,
  terminal: false,
};

const wordsFor = (changes: Partial<MachineOptions>, boot: BareBoot | LinuxBoot = bare): string[] =>
  qemuArguments(machine, { ...options, ...changes }, boot, (name) => `/s/${name}`, "/logs");

/** The values of an option that may be repeated. */
const valuesOf = (words: readonly string[], option: string): string[] =>
  words.flatMap((word, index) => (word === option ? [words[index + 1] ?? ""] : []));

describe("qemuArguments", () => {
  it("emulates an EPYC with SVM that does not look virtual, on a thread per processor", () => {
    const words = wordsFor({ smp: 4 });
    expect(valuesOf(words, "-accel")).toEqual(["tcg,thread=multi"]);
    expect(valuesOf(words, "-cpu")).toEqual(["EPYC,+svm,-hypervisor,tcg-cpuid=off"]);
    expect(valuesOf(words, "-smp")).toEqual(["4"]);
    expect(words).toContain("-no-reboot");
    expect(words).not.toContain("-icount");
    expect(words).not.toContain("-gdb");
  });

  it("has processors take turns while a plugin counts", () => {
    const words = wordsFor({ smp: 4, plugin: "/p/count.so,to=/p/sums" });
    expect(valuesOf(words, "-accel")).toEqual(["tcg,thread=single"]);
    expect(valuesOf(words, "-plugin")).toEqual(["/p/count.so,to=/p/sums"]);
  });

  it("starts again behind a reset where that is wanted", () => {
    expect(wordsFor({ restarts: true })).not.toContain("-no-reboot");
  });

  it("makes COM1 the first serial port", () => {
    const words = wordsFor({});
    expect(valuesOf(words, "-serial")).toEqual(["chardev:serial"]);
    expect(valuesOf(words, "-chardev")).toContain("socket,id=serial,path=/s/serial");
  });

  it("counts instructions on one thread", () => {
    const words = wordsFor({ icount: true });
    expect(valuesOf(words, "-accel")).toEqual(["tcg"]);
    expect(valuesOf(words, "-icount")).toEqual(["shift=0,sleep=off"]);
  });

  it("takes another processor, and waits for GDB", () => {
    const words = wordsFor({ cpu: "EPYC,-svm", gdbPort: 4000 });
    expect(valuesOf(words, "-cpu")).toEqual(["EPYC,-svm"]);
    expect(valuesOf(words, "-gdb")).toEqual(["tcp:127.0.0.1:4000"]);
    expect(words).toContain("-S");
  });
});

describe("qemuArguments for Linux", () => {
  it("maps the root disk for reading, where Linux is told that it is", () => {
    expect(valuesOf(wordsFor({}, linux), "-object")).toEqual([
      "memory-backend-file,id=root,mem-path=/root.img,size=134217728,share=on,readonly=on",
    ]);
    expect(valuesOf(wordsFor({}, linux), "-device")[0]).toContain("memaddr=34359738368");
    expect(rootDiskWord(134217728)).toBe("memmap=134217728!34359738368");
  });

  it("goes on from a saved state, whatever its file is called", () => {
    expect(wordsFor({}, linux)).not.toContain("-incoming");
    expect(valuesOf(wordsFor({}, { ...linux, state: "/a 'b'/state" }), "-incoming")).toEqual([
      "exec:cat '/a '\\''b'\\''/state'",
    ]);
  });

  it("has a terminal only when one is wanted", () => {
    expect(wordsFor({}, linux).join(" ")).not.toContain("virtconsole");
    expect(wordsFor({}, { ...linux, terminal: true }).join(" ")).toContain("virtconsole");
  });
});

describe("qemuArguments for UEFI", () => {
  const uefi = findMachine("uefi") as QemuMachine;
  const boot = { ...linux, partition: "/t/partition.img" };
  const words = (secureBoot?: boolean) =>
    qemuArguments(uefi, { ...options, machine: uefi, secureBoot }, boot, (name) => `/s/${name}`, "/logs");

  it("boots the partition by its firmware", () => {
    expect(valuesOf(words(), "-bios")).toEqual(["/usr/share/ovmf/OVMF.fd"]);
    expect(valuesOf(words(), "-drive")).toEqual(["file=/t/partition.img,format=raw,if=virtio,readonly=on"]);
    expect(words()).not.toContain("-kernel");
  });

  it("has variables with a key for Secure Boot, which stay as they are", () => {
    expect(valuesOf(words(true), "-bios")).toEqual([]);
    expect(valuesOf(words(true), "-drive").slice(0, 2)).toEqual([
      "if=pflash,unit=0,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd",
      "if=pflash,unit=1,format=raw,snapshot=on,file=/usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd",
    ]);
  });
});

describe("qemuArguments for the bare platform", () => {
  it("pass kernel and extensions as multiboot modules, commas in names doubled", () => {
    const words = wordsFor({});
    expect(valuesOf(words, "-kernel")).toEqual(["bare.elf"]);
    expect(valuesOf(words, "-initrd")).toEqual(["k.elf,a,,b.elf"]);
    expect(words).not.toContain("-append");
    expect(valuesOf(words, "-device")).toEqual(["isa-debug-exit,iobase=0xf4,iosize=4"]);
  });
});

describe("kernelCommandLine", () => {
  it("leaves COM1 to the hypervisor and makes an oops a panic", () => {
    const words = kernelCommandLine(linuxDevices.qemu).split(" ");
    expect(words).toContain("console=ttyS1,115200");
    expect(words).toContain("oops=panic");
  });

  it("puts the user's words last, where they win", () => {
    expect(kernelCommandLine(linuxDevices.qemu, "panic=5").endsWith(" panic=5")).toBe(true);
  });
});
