// What a Linux machine is made of

import type { PutFile } from "../image/initramfs.ts";
import type { PartitionFile, UefiLoader } from "../image/system-partition.ts";

/** What a Linux machine is made of. */
export interface LinuxOptions {
  /** Name in the table of machines; default `amd`. */
  readonly machine?: string;
  /** Processors; default 1. */
  readonly smp?: number;
  /** Memory; default `1G`. */
  readonly memory?: string;
  /** Files to bring along; strings are paths on the host, and land in /root. */
  readonly put?: readonly (string | PutFile)[];
  /**
   * What virtual machines inside need is there: QEMU, and /usr/lib/bareflank/guest/{vmlinuz,initrd.img}. KVM's modules are
   * always there: `modprobe kvm_amd`.
   */
  readonly guests?: boolean;
  /** RDTSC counts instructions exactly; one processor only. */
  readonly icount?: boolean;
  /** Replaces the machine's processor: QEMU's `-cpu`, Bochs's model. */
  readonly cpu?: string;
  /** A plugin of QEMU's, and its arguments: what its option `-plugin` takes. */
  readonly plugin?: string;
  /** A reset starts the machine again instead of ending it, on QEMU: `LinuxMachine.untilNextKernel("reboot -f")`. */
  readonly restarts?: boolean;
  /** Appended to the kernel's command line. */
  readonly append?: string;
  /**
   * Bring a second kernel along, and reserve memory for it: `bf-kexec --panic` inside loads it. Linux's panic then does
   * not end the machine (`LinuxMachine.untilNextKernel`).
   */
  readonly crashKernel?: boolean;
  /** Wait for a GDB on this port before the first instruction; nothing times out then. */
  readonly gdbPort?: number;
  /** An interactive terminal (`LinuxMachine.terminal`) besides the channel. */
  readonly terminal?: boolean;
  /**
   * Most seconds of the machine's own time (emulator/machine-clock.ts) that Linux may take to come up, before the one
   * retry. Without it, a boot is given up when nothing comes from it any more.
   */
  readonly bootTimeout?: number;
  /** Boot, even where the machine could go on from where one of its kind has booted (linux/booted.ts). */
  readonly fresh?: boolean;
  /** Where the machine has UEFI firmware: what boots Linux; default `stub`. */
  readonly uefiLoader?: UefiLoader;
  /** Where the machine has UEFI firmware: a load manifest, which names the extensions that it starts. */
  readonly manifest?: string;
  /** Where the machine has UEFI firmware: files on its system partition besides what is there, or instead of it. */
  readonly partition?: readonly PartitionFile[];
  /** The machine may write to that partition, whose image is made anew for each machine. On QEMU. */
  readonly isPartitionWritable?: boolean;
  /** Image of a USB stick, from which UEFI firmware boots first. The system partition has nothing that starts by itself then. */
  readonly stick?: string;
  /** Where the machine has UEFI firmware: it starts only what is signed. The lab signs what it puts onto the partition. */
  readonly secureBoot?: boolean;
  /** Keep the folder with the logs when all goes well, too. */
  readonly keep?: boolean;
  /** Told about what the user should know, e.g. that the driver is not built yet. */
  readonly onNote?: (note: string) => void;
}
