// What `bfm efi` finds of the machine; tests put their own in its place

import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** How a program ended. */
export interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly error: string;
}

/** Where on which disk a partition is. */
export interface Partition {
  /** /dev/sda, /dev/nvme0n1. */
  readonly disk: string;
  readonly number: number;
  /** GPT's unique GUID of the partition, in small letters; undefined where udev names none. */
  readonly guid: string | undefined;
}

export interface Firmware {
  /** The text of /proc/self/mounts. */
  readonly mounts: () => string;
  /** Whether UEFI booted this system, so that its boot entries can be read and written. */
  readonly hasVariables: () => boolean;
  /** Whether the firmware starts nothing that is not signed. */
  readonly isSecureBoot: () => boolean;
  /** Undefined when the device is no partition. */
  readonly partition: (device: string) => Partition | undefined;
  /** Runs a program to its end; undefined when it is not installed. */
  readonly run: (program: string, args: readonly string[]) => Ended | undefined;
}

const VARIABLES = "/sys/firmware/efi/efivars";
/** UEFI specification 2.10, 3.3: the global variables' GUID. The first four bytes of a file are the attributes. */
const SECURE_BOOT = "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
const ATTRIBUTE_BYTES = 4;
const BY_GUID = "/dev/disk/by-partuuid";

export const linuxFirmware: Firmware = {
  mounts: () => readFileSync("/proc/self/mounts", "utf8"),

  hasVariables: () => existsSync(VARIABLES) && readdirSync(VARIABLES).length > 0,

  isSecureBoot() {
    const file = join(VARIABLES, SECURE_BOOT);
    return existsSync(file) && readFileSync(file)[ATTRIBUTE_BYTES] === 1;
  },

  partition(device) {
    const block = join("/sys/class/block", basename(realpathSync(device)));
    if (!existsSync(join(block, "partition"))) return undefined;
    return {
      disk: join("/dev", basename(dirname(realpathSync(block)))),
      number: Number(readFileSync(join(block, "partition"), "utf8")),
      guid: guidOf(realpathSync(device)),
    };
  },

  run(program, args) {
    // Not imported: what it loads costs more than the rest of a command
    const { spawnSync } = process.getBuiltinModule("node:child_process");
    const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
    if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOENT") return undefined;
    if (error !== undefined) throw error;
    return { status, out: stdout, error: stderr };
  },
};

function guidOf(device: string): string | undefined {
  if (!existsSync(BY_GUID)) return undefined;
  return readdirSync(BY_GUID).find((guid) => realpathSync(join(BY_GUID, guid)) === device);
}
