// Every interface of the system, in one list

import * as boot from "./boot.ts";
import * as callbacks from "./callbacks.ts";
import * as control from "./control.ts";
import * as cpuidBits from "./cpuid-bits.ts";
import * as driver from "./driver.ts";
import * as efi from "./efi.ts";
import * as emulation from "./emulation.ts";
import * as entryRules from "./entry-rules.ts";
import * as events from "./events.ts";
import * as exchange from "./exchange.ts";
import * as hypercalls from "./hypercalls.ts";
import * as kvmCapabilities from "./kvm-capabilities.ts";
import * as kvmIoctls from "./kvm-ioctls.ts";
import * as kvmMachine from "./kvm-machine.ts";
import * as kvmRun from "./kvm-run.ts";
import * as kvmState from "./kvm-state.ts";
import * as objects from "./objects.ts";
import * as portable from "./portable.ts";
import * as ppBlock from "./pp-block.ts";
import * as registers from "./registers.ts";
import type { Item } from "./schema.ts";
import * as syscalls from "./syscalls.ts";
import * as windows from "./windows.ts";

const modules = [
  syscalls,
  registers,
  callbacks,
  objects,
  portable,
  windows,
  boot,
  control,
  driver,
  ppBlock,
  entryRules,
  cpuidBits,
  exchange,
  efi,
  kvmIoctls,
  kvmCapabilities,
  kvmMachine,
  kvmState,
  kvmRun,
  emulation,
  events,
  hypercalls,
];

/** All tables and structures, in the order in which the generated files list them: by module, then by name. */
export const description: readonly Item[] = modules.flatMap((module) => {
  const items = Object.entries<Item>({ ...module });
  return items.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
});
