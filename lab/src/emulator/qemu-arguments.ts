// QEMU's command line

import type { Firmware, QemuMachine } from "../machines.ts";
import type { BareBoot, Boot, LinuxBoot, MachineOptions, Wire } from "./emulator.ts";
import { quotedWord } from "./qemu-monitor.ts";

/** QEMU's own log: every reset of a processor, triple faults among them. */
export const RESET_LOG = "resets.log";

/** The path of a socket that QEMU connects to as a client; the lab listens on it before it starts QEMU. */
export type SocketPath = (name: Wire | "qmp") => string;

/** Where the root disk lies, in bytes: behind the memory of every machine here. */
const ROOT_DISK_ADDRESS = 32 * 1024 ** 3;

/** What Linux must know of the root disk: persistent memory, by a word of its command line. */
export const rootDiskWord = (bytes: number): string => `memmap=${bytes}!${ROOT_DISK_ADDRESS}`;

/** A character device that connects to the socket. */
const socketDevice = (id: string, socket: string): string[] => ["-chardev", `socket,id=${id},path=${socket}`];

/** QEMU's arguments for the machine itself; what it boots comes behind them. */
const hardwareArguments = (
  machine: QemuMachine,
  { smp, memory, icount, cpu, plugin, restarts, gdbPort }: MachineOptions,
  path: SocketPath,
  folder: string,
): string[] => [
  // What a plugin adds up is not atomic: processors take turns.
  ...["-accel", icount ? "tcg" : `tcg,thread=${plugin === undefined ? "multi" : "single"}`],
  ...(icount ? ["-icount", "shift=0,sleep=off"] : []),
  ...["-machine", machine.board],
  ...["-cpu", cpu ?? machine.cpu],
  ...["-smp", String(smp)],
  ...["-m", `${memory},slots=2,maxmem=64G`],
  ...["-nodefaults", "-no-user-config", "-display", "none"],
  ...(restarts ? [] : ["-no-reboot"]),
  ...["-d", "cpu_reset", "-D", `${folder}/${RESET_LOG}`],
  ...socketDevice("qmp", path("qmp")),
  ...["-mon", "chardev=qmp,mode=control"],
  ...socketDevice("serial", path("serial")),
  ...["-serial", "chardev:serial"],
  // Its processors wait until the lab, or GDB, lets them go.
  "-S",
  ...(plugin === undefined ? [] : ["-plugin", plugin]),
  ...(gdbPort === undefined ? [] : ["-gdb", `tcp:127.0.0.1:${gdbPort}`]),
];

/** QEMU loads Linux itself, or its firmware finds what to boot on a disk. */
const bootArguments = ({ firmware }: QemuMachine, boot: LinuxBoot, secureBoot: boolean): string[] =>
  firmware === undefined || boot.partition === undefined
    ? ["-kernel", boot.kernel, "-initrd", boot.initramfs, "-append", boot.commandLine]
    : [
        ...firmwareArguments(firmware, secureBoot),
        "-drive",
        `file=${boot.partition},format=raw,if=virtio${boot.isPartitionWritable === true ? "" : ",readonly=on"}`,
        ...stickArguments(boot),
      ];

/** One image, or two: QEMU forgets what is written into the variables. */
const firmwareArguments = ({ image, secure }: Firmware, secureBoot: boolean): string[] =>
  secureBoot && secure !== undefined
    ? [
        ...["-drive", `if=pflash,unit=0,format=raw,readonly=on,file=${secure.code}`],
        ...["-drive", `if=pflash,unit=1,format=raw,snapshot=on,file=${secure.variables}`],
      ]
    : ["-bios", image];

const stickArguments = ({ stick }: LinuxBoot): string[] =>
  stick === undefined
    ? []
    : [
        ...[
          "-device",
          "qemu-xhci",
          "-drive",
          `file=${stick.replaceAll(",", ",,")},format=raw,if=none,id=stick,readonly=on`,
        ],
        ...["-device", "usb-storage,drive=stick,bootindex=0"],
      ];

/**
 * The root disk is the image file, mapped as memory: Linux maps its pages directly (DAX), so nothing is copied, and all machines
 * share the host's page cache. What lends it to the machine is a virtio device whose queue nobody uses: Linux is told where the
 * memory is (`rootDiskWord`). QEMU does not save that queue, so a machine with a driver for it, gone on from a saved state, would
 * wait for its last flush for ever.
 */
const linuxArguments = (
  machine: QemuMachine,
  { secureBoot = false }: MachineOptions,
  boot: LinuxBoot,
  path: SocketPath,
): string[] => [
  ...bootArguments(machine, boot, secureBoot),
  ...socketDevice("console", path("console")),
  ...["-serial", "chardev:console"],
  ...(boot.state === undefined ? [] : ["-incoming", `exec:cat ${quotedWord(boot.state)}`]),
  ...["-object", `memory-backend-file,id=root,mem-path=${boot.root},size=${boot.rootBytes},share=on,readonly=on`],
  ...["-device", `virtio-pmem-pci,memdev=root,id=rootdisk,memaddr=${ROOT_DISK_ADDRESS}`],
  ...["-device", "virtio-serial-pci"],
  ...socketDevice("channel", path("channel")),
  ...["-device", "virtserialport,nr=1,chardev=channel,name=bareflank.lab"],
  ...(boot.terminal
    ? [...socketDevice("terminal", path("terminal")), "-device", "virtconsole,nr=2,chardev=terminal"]
    : []),
];

/** Multiboot modules are separated by commas, so a comma in a name is doubled, as QEMU wants it. */
const moduleList = (modules: readonly string[]): string =>
  modules.map((module) => module.replaceAll(",", ",,")).join(",");

const bareArguments = (boot: BareBoot): string[] => [
  ...["-kernel", boot.image, "-initrd", moduleList(boot.modules)],
  ...(boot.append === "" ? [] : ["-append", boot.append]),
  ...["-device", "isa-debug-exit,iobase=0xf4,iosize=4"],
];

/**
 * All of QEMU's arguments.
 *
 * @param folder where the logs go
 */
export const qemuArguments = (
  machine: QemuMachine,
  options: MachineOptions,
  boot: Boot,
  path: SocketPath,
  folder: string,
): string[] => [
  ...hardwareArguments(machine, options, path, folder),
  ...(boot.kind === "bare" ? bareArguments(boot) : linuxArguments(machine, options, boot, path)),
];
