// Bochs's configuration file

import { LabError } from "../errors.ts";
import type { BochsMachine } from "../machines.ts";
import type { Boot, MachineOptions, Wire } from "./emulator.ts";

/** Which serial port each wire is. */
const serialPorts: Readonly<Record<Wire, string>> = {
  serial: "com1",
  console: "com2",
  channel: "com3",
  terminal: "com4",
};

/**
 * How many instructions are a second of the machine's time. Delays of firmware and devices are so many instructions,
 * so the fewer the faster; Linux, whose timer ticks come in that time, too, wants more.
 */
export const instructionsPerSecond = { bare: 4_000_000, linux: 50_000_000 } as const;

const BIOS = "/usr/share/bochs/BIOS-bochs-latest";

const MEBIBYTE = 1024 * 1024;
/** What OVMF takes from the end of memory down, with room for what it starts: about half was seen. */
const UEFI_MEBIBYTES = 192;

/** Memory in MiB, as Bochs wants it. */
const mebibytes = (size: string): number => Number.parseInt(size, 10) * (size.endsWith("G") ? 1024 : 1);

/** Physical address of Linux's root disk, which lies in memory behind Linux's own. */
export const rootDiskAddress = (memory: string): bigint => BigInt(mebibytes(memory) * MEBIBYTE);

/**
 * Words of Linux's command line for these machines: the root disk is memory behind Linux's own. GRUB heeds "mem" for the
 * initial file system. Linux would believe what the processor's model says of its clock, but that counts instructions.
 */
export const bochsLinuxWords = (memory: string, rootBytes: number): string[] => [
  `mem=${memory} memmap=${rootBytes}!${memory}`,
  `tsc_early_khz=${instructionsPerSecond.linux / 1000}`,
];

/** What the machine boots from. */
export interface BootDisk {
  readonly type: "cdrom" | "disk";
  /** Its image. */
  readonly path: string;
}

const diskLines = ({ type, path }: BootDisk): string[] => [
  `ata0-master: type=${type}, path="${path}", ${type === "cdrom" ? "status=inserted" : "mode=flat, cylinders=0"}`,
  `boot: ${type}`,
];

/**
 * The whole file.
 *
 * @param ports TCP port of each wire that there is; the lab listens on them
 * @throws LabError for what Bochs cannot do
 */
export const bochsConfiguration = (
  machine: BochsMachine,
  { smp, memory, cpu, gdbPort }: MachineOptions,
  ports: ReadonlyMap<Wire, number>,
  disk: BootDisk,
  boot: Boot,
): string => {
  if (gdbPort !== undefined) {
    throw new LabError(`The machine "${machine.name}" cannot wait for GDB: its emulator has a debugger of its own.`);
  }
  const ips = instructionsPerSecond[boot.kind];
  const size = mebibytes(memory);
  // Behind the root disk are the firmware's tables and GRUB's heap, in which the initial file system lies until Linux starts;
  // UEFI firmware works there, and what it starts.
  const behind = (bytes: number) =>
    Math.ceil(bytes / MEBIBYTE) + (machine.firmware === undefined ? 16 : UEFI_MEBIBYTES);
  const all = boot.kind === "bare" ? size : size + behind(boot.rootBytes + boot.initramfsBytes);
  const lines = [
    // A triple fault is a panic, not a reset; MSRs that Bochs does not know read as 0.
    `cpu: model=${cpu ?? machine.cpu}, count=${smp}, ips=${ips}, reset_on_triple_fault=0, ignore_bad_msrs=1`,
    `memory: guest=${all}, host=${all}`,
    ...(boot.kind === "bare"
      ? []
      : [`optramimage1: file="${boot.root}", address=0x${rootDiskAddress(memory).toString(16)}`]),
    `romimage: file=${machine.firmware?.image ?? BIOS}`,
    "vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest",
    // The one display that Debian's Bochs always has and that needs neither terminal nor X: nobody has to connect.
    'display_library: rfb, options="timeout=0"',
    // Devices that nobody needs; the speaker's plugin crashes.
    "plugin_ctrl: speaker=0, parallel=0, gameport=0, usb_uhci=0",
    "sound: driver=dummy, waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy",
    // Time passes by instructions, as fast as the host can.
    "clock: sync=none",
    ...diskLines(disk),
    ...[...ports].map(([wire, port]) => `${serialPorts[wire]}: enabled=1, mode=socket-client, dev=127.0.0.1:${port}`),
    "log: -",
    // A panic ends Bochs, and "info" is how it then writes every processor's registers; resets are there, too.
    "panic: action=fatal",
    // Linux reads registers that Bochs does not know, thousands of times, and an interruption while Bochs writes such a
    // line makes it wait for itself for ever: its handler writes a line, too.
    "error: action=ignore",
    "info: action=report",
  ];
  return `${lines.join("\n")}\n`;
};
