// Ends its process, by exit code 7, while a guest loops for ever

import { setTimeout as sleep } from "node:timers/promises";
import { VcpuThread } from "@bareflank/vmm";
import { withMachine } from "./machines.ts";

// cli; jmp $
await withMachine(16, [0xfa, 0xeb, 0xfe], async ({ vm, vcpu }) => {
  const thread = new VcpuThread(vm, vcpu);
  const run = thread.run();
  while (Atomics.load(vcpu.handle.guard, 0) === 0) await sleep(10);
  await sleep(100);
  process.exit(7);
  await run;
});
