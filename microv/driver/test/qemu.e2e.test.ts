import { expect, it } from "vitest";
import { runLinux } from "../../../lab/src/index.ts";

const GUEST = "/usr/lib/bareflank/guest";
const QEMU = [
  "timeout 300 qemu-system-x86_64 -machine microvm,rtc=on,kernel-irqchip=off -accel kvm -m 256",
  "-nodefaults -no-reboot -display none -serial stdio",
  `-kernel ${GUEST}/vmlinuz -initrd ${GUEST}/initrd.img -append 'console=ttyS0 quiet reboot=t panic=-1' 2>&1`,
].join(" ");

it("lets Debian's QEMU boot Debian's kernel to its init and back, twice, and leaves nothing behind", async () => {
  const result = await runLinux({
    guests: true,
    command: [
      "bfm quick microv",
      "insmod /usr/lib/bareflank/bareflank_kvm.ko",
      QEMU,
      "bfm memory --json >/tmp/before",
      QEMU,
      "bfm memory --json >/tmp/after",
      "cat /tmp/before /tmp/after",
      "rmmod bareflank_kvm",
      "bfm stop",
      "bfm dump",
    ].join(" && "),
  });
  expect(result).toMatchObject({ message: "", exitCode: 0 });
  expect([...result.stdout.matchAll(/^GUEST-UP [\d.]+/gm)]).toHaveLength(2);
  // Nothing of the microkernel's is taken that was not taken before
  const free = [...result.stdout.matchAll(/"free": (\d+)/g)].map(([, pages]) => Number(pages));
  expect(free).toEqual([expect.any(Number), free[0]]);
  expect(result.stdout).not.toContain("interrupt lost");
});
