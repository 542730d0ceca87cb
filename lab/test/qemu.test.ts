import { describe, expect, it } from "vitest";
import { bareArguments, linuxArguments, qemuArguments } from "../src/emulator/qemu.ts";
import { LabError } from "../src/errors.ts";
import { kernelCommandLine } from "../src/linux/command-line.ts";
import { findMachine } from "../src/machines.ts";

const machine = findMachine("amd");
const sockets = { qmp: "/s/qmp", serial: "/s/serial" };
const options = { machine, smp: 1, memory: "1G", icount: false };

/** The values of an option that may be repeated. */
const valuesOf = (words: readonly string[], option: string): string[] =>
  words.flatMap((word, index) => (word === option ? [words[index + 1] ?? ""] : []));

describe("qemuArguments", () => {
  it("emulates an EPYC with SVM that does not look virtual, on a thread per processor", () => {
    const words = qemuArguments({ ...options, smp: 4 }, sockets, "/logs");
    expect(valuesOf(words, "-accel")).toEqual(["tcg,thread=multi"]);
    expect(valuesOf(words, "-cpu")).toEqual(["EPYC,+svm,-hypervisor,tcg-cpuid=off"]);
    expect(valuesOf(words, "-smp")).toEqual(["4"]);
    expect(words).toContain("-no-reboot");
    expect(words).not.toContain("-icount");
    expect(words).not.toContain("-gdb");
  });

  it("makes COM1 the first serial port", () => {
    const words = qemuArguments(options, sockets, "/logs");
    expect(valuesOf(words, "-serial")).toEqual(["chardev:serial"]);
    expect(valuesOf(words, "-chardev")).toContain("socket,id=serial,path=/s/serial");
  });

  it("counts instructions on one thread", () => {
    const words = qemuArguments({ ...options, icount: true }, sockets, "/logs");
    expect(valuesOf(words, "-accel")).toEqual(["tcg"]);
    expect(valuesOf(words, "-icount")).toEqual(["shift=0,sleep=off"]);
  });

  it("refuses to count the instructions of several processors", () => {
    expect(() => qemuArguments({ ...options, icount: true, smp: 2 }, sockets, "/logs")).toThrow(LabError);
  });

  it.each([0, 65, 1.5, Number.NaN])("refuses %d processors", (smp) => {
    expect(() => qemuArguments({ ...options, smp }, sockets, "/logs")).toThrow("1 to 64");
  });

  it("takes another processor, and waits for GDB", () => {
    const words = qemuArguments({ ...options, cpu: "EPYC,-svm", gdbPort: 4000 }, sockets, "/logs");
    expect(valuesOf(words, "-cpu")).toEqual(["EPYC,-svm"]);
    expect(valuesOf(words, "-gdb")).toEqual(["tcp:127.0.0.1:4000"]);
    expect(words).toContain("-S");
  });
});

describe("linuxArguments", () => {
  const boot = {
    kernel: "/boot/vmlinuz",
    initramfs: "/i.cpio",
    commandLine: "quiet",
    root: "/root.img",
    rootBytes: 134217728,
    consoleSocket: "/s/console",
    channelSocket: "/s/channel",
  };

  it("maps the root disk privately, so that no machine changes it", () => {
    expect(valuesOf(linuxArguments(boot), "-object")).toEqual([
      "memory-backend-file,id=root,mem-path=/root.img,size=134217728,share=off",
    ]);
  });

  it("has a terminal only when one is wanted", () => {
    expect(linuxArguments(boot).join(" ")).not.toContain("virtconsole");
    expect(linuxArguments({ ...boot, terminalSocket: "/s/t" }).join(" ")).toContain("virtconsole");
  });
});

describe("bareArguments", () => {
  it("passes kernel and extensions as multiboot modules, commas in names doubled", () => {
    const words = bareArguments({ image: "bare.elf", modules: ["k.elf", "a,b.elf"], append: "" });
    expect(valuesOf(words, "-kernel")).toEqual(["bare.elf"]);
    expect(valuesOf(words, "-initrd")).toEqual(["k.elf,a,,b.elf"]);
    expect(words).not.toContain("-append");
    expect(valuesOf(words, "-device")).toEqual(["isa-debug-exit,iobase=0xf4,iosize=4"]);
  });
});

describe("kernelCommandLine", () => {
  it("leaves COM1 to the hypervisor and makes an oops a panic", () => {
    const words = kernelCommandLine().split(" ");
    expect(words).toContain("console=ttyS1");
    expect(words).toContain("oops=panic");
  });

  it("puts the user's words last, where they win", () => {
    expect(kernelCommandLine("panic=5").endsWith(" panic=5")).toBe(true);
  });
});
