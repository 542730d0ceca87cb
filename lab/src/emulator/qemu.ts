// QEMU's command line

import { LabError } from "../errors.ts";
import type { Machine } from "../machines.ts";

/** What a machine is made of, apart from what it boots. */
export interface MachineOptions {
  readonly machine: Machine;
  /** Processors. */
  readonly smp: number;
  /** Memory, as QEMU writes it: `1G`, `512M`. */
  readonly memory: string;
  /** Count instructions: RDTSC then is an exact instruction count, the same from run to run. Needs one processor. */
  readonly icount: boolean;
  /** Replaces the machine's `-cpu`, to try processors with something missing. */
  readonly cpu?: string;
  /** Port for a GDB, for which the machine then waits before its first instruction. */
  readonly gdbPort?: number;
}

/** Sockets that QEMU connects to as a client; the lab listens on them before it starts QEMU. */
export interface Sockets {
  readonly qmp: string;
  /** COM1: what hypervisor and loader write raw. */
  readonly serial: string;
}

/** What hypervisor and loader write. */
export const SERIAL_LOG = "serial.log";
/** QEMU's own log: every reset of a processor, triple faults among them. */
export const RESET_LOG = "resets.log";

const checkCpus = ({ machine, smp, icount }: MachineOptions): void => {
  if (!Number.isInteger(smp) || smp < 1 || smp > machine.maxCpus) {
    throw new LabError(`${smp} processors: the machine "${machine.name}" has 1 to ${machine.maxCpus}.`);
  }
  if (icount && smp !== 1) {
    throw new LabError(
      `--icount counts the instructions of one processor, but ${smp} were asked for.`,
      "Leave --smp away, or --icount.",
    );
  }
};

/** A character device that connects to the socket. */
export const socketDevice = (id: string, socket: string): string[] => ["-chardev", `socket,id=${id},path=${socket}`];

/**
 * QEMU's arguments for the machine itself; what it boots comes behind them.
 *
 * @param folder where the logs go
 * @throws LabError for an impossible number of processors
 */
export const qemuArguments = (options: MachineOptions, sockets: Sockets, folder: string): string[] => {
  checkCpus(options);
  const { machine, smp, memory, icount, gdbPort } = options;
  return [
    ...["-accel", icount ? "tcg" : "tcg,thread=multi"],
    ...(icount ? ["-icount", "shift=0,sleep=off"] : []),
    ...["-machine", machine.board],
    ...["-cpu", options.cpu ?? machine.cpu],
    ...["-smp", String(smp)],
    ...["-m", `${memory},slots=2,maxmem=64G`],
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
    ...["-d", "cpu_reset", "-D", `${folder}/${RESET_LOG}`],
    ...socketDevice("qmp", sockets.qmp),
    ...["-mon", "chardev=qmp,mode=control"],
    ...socketDevice("serial", sockets.serial),
    ...["-serial", "chardev:serial"],
    // Its processors wait until the lab, or GDB, lets them go.
    "-S",
    ...(gdbPort === undefined ? [] : ["-gdb", `tcp:127.0.0.1:${gdbPort}`]),
  ];
};

/** What the Linux machine adds: the kernel, its small initial file system, the root disk, console and channel. */
export interface LinuxBoot {
  readonly kernel: string;
  readonly initramfs: string;
  readonly commandLine: string;
  /** Image of the root file system, and its size in bytes. */
  readonly root: string;
  readonly rootBytes: number;
  readonly consoleSocket: string;
  readonly channelSocket: string;
  /** Socket of an interactive terminal. */
  readonly terminalSocket?: string;
}

/** What Linux itself prints. */
export const CONSOLE_LOG = "console.log";

/**
 * The root disk is a persistent-memory device on a private mapping of the image file: Linux maps its pages directly
 * (DAX), so nothing is copied, and all machines share the host's page cache.
 */
export const linuxArguments = (boot: LinuxBoot): string[] => [
  ...["-kernel", boot.kernel, "-initrd", boot.initramfs, "-append", boot.commandLine],
  ...socketDevice("console", boot.consoleSocket),
  ...["-serial", "chardev:console"],
  ...["-object", `memory-backend-file,id=root,mem-path=${boot.root},size=${boot.rootBytes},share=off`],
  ...["-device", "virtio-pmem-pci,memdev=root,id=rootdisk"],
  ...["-device", "virtio-serial-pci"],
  ...socketDevice("channel", boot.channelSocket),
  ...["-device", "virtserialport,nr=1,chardev=channel,name=bareflank.lab"],
  ...(boot.terminalSocket === undefined
    ? []
    : [...socketDevice("terminal", boot.terminalSocket), "-device", "virtconsole,nr=2,chardev=terminal"]),
];

/** What the bare platform adds: the image, the modules it gets, and the port that ends the run. */
export interface BareBoot {
  readonly image: string;
  /** The microkernel, then the extensions. */
  readonly modules: readonly string[];
  readonly append: string;
}

/** Multiboot modules are separated by commas, so a comma in a name is doubled, as QEMU wants it. */
const moduleList = (modules: readonly string[]): string =>
  modules.map((module) => module.replaceAll(",", ",,")).join(",");

export const bareArguments = (boot: BareBoot): string[] => [
  ...["-kernel", boot.image, "-initrd", moduleList(boot.modules)],
  ...(boot.append === "" ? [] : ["-append", boot.append]),
  ...["-device", "isa-debug-exit,iobase=0xf4,iosize=4"],
];
