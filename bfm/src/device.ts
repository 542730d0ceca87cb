// The interface to the driver's device, which tests replace

/** Outcome of a system call: 0, or the error number of <errno.h>. */
export type Errno = number;

/** An open /dev/bareflank. */
export interface Device {
  /** Calls the driver and waits. The block is read and written in place. */
  ioctl(request: number, block: Uint8Array): Errno;
  /** Calls the driver in a thread of its own. */
  ioctlInThread(request: number, block: Uint8Array): Promise<Errno>;
  /** Where bytes lie in this process's memory. */
  address(bytes: Uint8Array): bigint;
  close(): void;
}

/** Opens the device; a number is the error. */
export type OpenDevice = () => Device | Errno;

/** The driver's device file. */
export const DEVICE_PATH = "/dev/bareflank";
