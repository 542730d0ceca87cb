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
const instructionsPerSecond = { bare: 4_000_000, linux: 50_000_000 } as const;

/** Memory in MiB, as Bochs wants it. */
const mebibytes = (size: string): number => Number.parseInt(size, 10) * (size.endsWith("G") ? 1024 : 1);

/**
 * The whole file.
 *
 * @param ports TCP port of each wire that there is; the lab listens on them
 * @param disc image of the CD that the machine boots
 * @throws LabError for what Bochs cannot do
 */
export const bochsConfiguration = (
  machine: BochsMachine,
  { smp, memory, cpu, gdbPort }: MachineOptions,
  ports: ReadonlyMap<Wire, number>,
  disc: string,
  kind: Boot["kind"],
): string => {
  if (gdbPort !== undefined) {
    throw new LabError(`The machine "${machine.name}" cannot wait for GDB: its emulator has a debugger of its own.`);
  }
  const ips = instructionsPerSecond[kind];
  const lines = [
    // A triple fault stops the processor, so that its registers can be read; MSRs that Bochs does not know read as 0.
    `cpu: model=${cpu ?? machine.cpu}, count=${smp}, ips=${ips}, reset_on_triple_fault=0, ignore_bad_msrs=1`,
    `memory: guest=${mebibytes(memory)}, host=${mebibytes(memory)}`,
    "romimage: file=/usr/share/bochs/BIOS-bochs-latest",
    "vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest",
    // The one display that Debian's Bochs always has and that needs neither terminal nor X: nobody has to connect.
    'display_library: rfb, options="timeout=0"',
    // Devices that nobody needs; the speaker's plugin crashes.
    "plugin_ctrl: speaker=0, parallel=0, gameport=0, usb_uhci=0",
    "sound: driver=dummy, waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy",
    // Time passes by instructions, as fast as the host can.
    "clock: sync=none",
    `ata0-master: type=cdrom, path="${disc}", status=inserted`,
    "boot: cdrom",
    ...[...ports].map(([wire, port]) => `${serialPorts[wire]}: enabled=1, mode=socket-client, dev=127.0.0.1:${port}`),
    "log: -",
    // The lab reads what is reported: panics are triple faults or Bochs's own, and the system tells of resets.
    "panic: action=report",
    "error: action=report",
    "info: action=ignore, pc_system=report",
  ];
  return `${lines.join("\n")}\n`;
};
