// The tools in the lab's Linux on Intel's processors, on Bochs, under the hypervisor: one run

import { expect, it } from "vitest";
import { runLinux } from "../../src/index.ts";

/** Each line begins with what it is about. */
const COMMAND = `bfm quick >/dev/null || exit 1
say() { echo "$1: $(shift; "$@" 2>&1)"; }
bf-port write 0x70 0x0d && say port bf-port read 0x71
bf-msr write 0xc0000103 7 --cpu 1 && say msr bf-msr read 0xc0000103 --cpu 1
bf-msr write 0xc0000103 1 --cpu 1
# With the module that those want comes the file
printf '\\015' | dd of=/dev/port bs=1 seek=112 2>/dev/null
echo "file: $(dd if=/dev/port bs=1 skip=113 count=1 2>/dev/null | od -An -tx1)"
bf-memory write 0x4f0 0x1122334455667788 --bytes 8 && say memory bf-memory read 0x4f4
bf-memory write 0x4f0 0 --bytes 8
say text bf-memory write 0x1000000 0
before=$(awk '/NMI:/ { print $3 }' /proc/interrupts)
bf-interrupt send 2 --cpu 1; sleep 1
echo "nmis: $(($(awk '/NMI:/ { print $3 }' /proc/interrupts) - before))"
bf-interrupt wait 7 --seconds 60 >raised & sleep 3
bf-interrupt trigger 7; wait; echo "raised: $(cat raised)"
say storm bf-ipi --count 50
bfm stop >/dev/null`;

it("read, write, interrupt and storm", async () => {
  const { exitCode, stdout, stderr } = await runLinux({ machine: "intel", smp: 2, command: COMMAND });
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(stdout.trim().split("\n")).toEqual([
    "port: 0x80",
    "msr: 0x0000000000000007",
    "file:  80",
    "memory: 0x11223344",
    expect.stringMatching(/^text: bf-memory: address 0x1000000: a page fault: /),
    "nmis: 1",
    "raised: 1",
    expect.stringMatching(/^storm: count=100 tsc=\d+$/),
  ]);
});
