// Boots Linux, or another system that begins by PVH or multiboot: linux.ts KERNEL [INITRD [COMMAND-LINE]]

import { readFileSync } from "node:fs";
import { Machine } from "@bareflank/vmm";

const [kernel, initrd, commandLine = "console=ttyS0 quiet"] = process.argv.slice(2);
if (kernel === undefined) throw new Error("Say which kernel: linux.ts KERNEL [INITRD [COMMAND-LINE]]");

const machine = Machine.create({ onConsole: (bytes) => process.stdout.write(bytes) });
machine.boot({
  kernel: readFileSync(kernel),
  initrd: initrd === undefined ? undefined : readFileSync(initrd),
  commandLine,
});
const { ending, exits } = await machine.run();
machine.close();
console.error(`ended: ${JSON.stringify(ending)}, exits: ${JSON.stringify(exits)}`);
