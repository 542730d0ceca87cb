// The driver's device under Linux: open, ioctl and close of the C library, called through koffi

import { dirname, join } from "node:path";
import type * as Koffi from "koffi";
import { DEVICE_PATH, type Device, type Errno } from "./device.ts";

const O_RDWR = 2;
const O_CLOEXEC = 0o2000000;

/** koffi's native half alone: its JavaScript half looks for the platform, and costs more than all of bfm. */
function loadKoffi(): typeof Koffi {
  const module = { exports: {} };
  process.dlopen(module, join(dirname(__filename), "koffi.node"));
  return module.exports as typeof Koffi;
}

/** Opens /dev/bareflank; a number is the error. */
export function openLinuxDevice(): Device | Errno {
  const koffi = loadKoffi();
  const libc = koffi.load(null);
  const open = libc.func("int open(const char *path, int flags)");
  const ioctl = libc.func("int ioctl(int fd, unsigned long request, void *argument)");
  const fd: number = open(DEVICE_PATH, O_RDWR | O_CLOEXEC);
  if (fd < 0) return koffi.errno();
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

    close() {
      libc.func("int close(int fd)")(fd);
    },
  };
}
