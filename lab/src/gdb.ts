// What to type to look into a machine with GDB

import { products, repository } from "./paths.ts";
import { debugFiles } from "./symbol-files.ts";

/** Port when `--gdb` names none; QEMU's own habit. */
export const DEFAULT_GDB_PORT = 1234;

/**
 * The command for a second terminal. The machine waits for it before its first instruction.
 *
 * @param files Those of them that are extensions' have symbols, which it reads, too.
 */
export function gdbCommand(port: number, files: readonly string[] = []): string {
  const extensions = files.filter((file) => file.endsWith(".elf"));
  const symbols = debugFiles(extensions).filter((file) => file !== products.kernelSymbols);
  const commands = [
    `directory ${repository}`,
    ...symbols.map((file) => `add-symbol-file ${file}`),
    `target remote localhost:${port}`,
  ];
  return `gdb ${commands.map((command) => `-ex '${command}'`).join(" ")} ${products.kernelSymbols}`;
}
