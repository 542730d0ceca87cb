// What to type to look into a machine with GDB

import { products } from "./paths.ts";

/** Port when `--gdb` names none; QEMU's own habit. */
export const DEFAULT_GDB_PORT = 1234;

/** The command for a second terminal. The machine waits for it before its first instruction. */
export const gdbCommand = (port: number): string =>
  `gdb -ex 'target remote localhost:${port}' ${products.kernelSymbols}`;
