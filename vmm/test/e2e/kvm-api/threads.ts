// Guests in threads of their own

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { applyStart, realMode, type Vcpu, VcpuThread, VmmError } from "@bareflank/vmm";
import { CODE, withMachine } from "../machines.ts";
import { failsWith, HLT } from "./expectations.ts";

/** Starts a loop in a thread, and does something meanwhile; the thread must end when it is told to. */
const duringLoop = (code: readonly number[], action: (thread: VcpuThread, vcpu: Vcpu) => void | Promise<void>) =>
  withMachine(16, code, async ({ vm, vcpu }) => {
    const thread = new VcpuThread(vm, vcpu);
    const run = thread.run();
    while (Atomics.load(vcpu.handle.guard, 0) === 0) await sleep(10);
    await action(thread, vcpu);
    thread.stop();
    assert.deepEqual((await run).ending, { kind: "stopped" });
  });

test("stops a guest that loops, and refuses a second thread", () =>
  // sti; jmp $
  duringLoop([0xfb, 0xeb, 0xfe], async (thread, vcpu) => {
    failsWith("EBUSY", () => vcpu.run());
    await assert.rejects(thread.run(), VmmError);
  }));

test("stops a guest that loops with interrupts off", async (context) => {
  // Bochs holds interrupts back while a guest that was entered with interrupts off runs.
  if (process.env.BAREFLANK_KVM_IN === "bochs") return context.skip("the emulator would stand still");
  // cli; jmp $
  await duringLoop([0xfa, 0xeb, 0xfe], () => undefined);
});

test("asks the main thread about ports and memory where nothing is", () => {
  // in ax, 99h; mov [d0000000h], eax; mov eax, [d0000004h]; out f4h, al
  const code = [0x66, 0xe5, 0x99, 0xa3, 0x00, 0x00, 0x00, 0xd0, 0xa1, 0x04, 0x00, 0x00, 0xd0, 0xe6, 0xf4];
  return withMachine(32, code, async ({ vm, vcpu }) => {
    const asked: unknown[] = [];
    vcpu.setRegisters({ rax: 0n });
    const thread = new VcpuThread(vm, vcpu, {
      devices: { exitPort: 0xf4 },
      onAccess: async ({ kind, direction, address, sizeBytes, value }) => {
        await sleep(1);
        asked.push([kind, direction, address, sizeBytes, value]);
        return kind === "io" ? 0x1234 : 0x5fn;
      },
    });
    const { ending, exits } = await thread.run();
    assert.deepEqual(ending, { kind: "exitPort", value: 0x5f });
    assert.deepEqual(asked, [
      ["io", "read", 0x99n, 2, undefined],
      ["mmio", "write", 0xd000_0000n, 4, 0x1234n],
      ["mmio", "read", 0xd000_0004n, 4, undefined],
    ]);
    assert.deepEqual([exits.io, exits.mmio], [2, 2]);
  });
});

test("ends a thread whose handler throws", () =>
  withMachine(16, [0xe4, 0x99, HLT], async ({ vm, vcpu }) => {
    const onAccess = () => {
      throw new Error("no such device");
    };
    await assert.rejects(new VcpuThread(vm, vcpu, { onAccess }).run(), /no such device/);
  }));

test("carries characters to the serial port and back", () => {
  // mov dx, 3fdh; wait: in al, dx; test al, 1; jz wait; mov dx, 3f8h; in al, dx; inc al; out dx, al; out f4h, al
  const code = [0xba, 0xfd, 0x03, 0xec, 0xa8, 0x01, 0x74, 0xfb, 0xba, 0xf8, 0x03, 0xec, 0xfe, 0xc0, 0xee, 0xe6, 0xf4];
  return withMachine(16, code, async ({ vm, vcpu }) => {
    let console = "";
    const thread = new VcpuThread(vm, vcpu, {
      devices: { serial: true, exitPort: 0xf4 },
      onConsole: (bytes) => {
        console += Buffer.from(bytes).toString();
      },
    });
    const run = thread.run();
    thread.send(Buffer.from("A"));
    assert.deepEqual((await run).ending, { kind: "exitPort", value: 0x42 });
    assert.equal(console, "B");
  });
});

test("runs two processors at once", () => {
  // mov cx, 1000; next: lock inc dword [0200h]; loop next; hlt
  const code = [0xb9, 0xe8, 0x03, 0x66, 0xf0, 0xff, 0x06, 0x00, 0x02, 0xe2, 0xf8, HLT];
  return withMachine(16, code, async ({ vm, vcpu }) => {
    const second = vm.createVcpu();
    assert.equal(second.number, 1);
    if (second.runState() !== "runnable") second.setRunState("runnable");
    applyStart(second, realMode(CODE));
    const endings = await Promise.all([vcpu, second].map((each) => new VcpuThread(vm, each).run()));
    assert.deepEqual(
      endings.map(({ ending }) => ending.kind),
      ["halted", "halted"],
    );
    assert.equal(new DataView(vm.memory.read(0x200, 4).buffer).getUint32(0, true), 2000);
  });
});
