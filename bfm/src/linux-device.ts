// The driver's device under Linux; ioctl of the C library is called through koffi

import { closeSync, constants, openSync } from "node:fs";
import { dirname, join } from "node:path";
import type * as Koffi from "koffi";
import { DEVICE_PATH, type Device, type Errno } from "./device.ts";

/** koffi's native half alone: its JavaScript half looks for the platform, and costs more than all of bfm. */
function loadKoffi(): typeof Koffi {
  const module = { exports: {} };
  process.dlopen(module, join(dirname(__filename), "koffi.node"));
  return module.exports as typeof Koffi;
}

/** Opens /dev/bareflank; a number is the error. */
export function openLinuxDevice(): Device | Errno {
  let fd: number;
  try {
    fd = openSync(DEVICE_PATH, constants.O_RDWR);
  } catch (error) {
    return -((error as NodeJS.ErrnoException).errno ?? 0);
  }
  const koffi = loadKoffi();
  const ioctl = koffi.load(null).func("ioctl", "int", ["int", "ulong", "void *"]);
  return {
    ioctl: (request, block) => (ioctl(fd, request, block) < 0 ? koffi.errno() : 0),

    ioctlInThread: (request, block) =>
      new Promise((resolve, reject) => {
        ioctl.async(fd, request, block, (error: Error | null, result: number) => {
          // errno is the thread's: koffi carries it over for the time of this callback.
          const errno = result < 0 ? koffi.errno() : 0;
          if (error) reject(error);
          else resolve(errno);
        });
      }),

    address: (bytes) => koffi.address(bytes),

    close: () => closeSync(fd),
  };
}
