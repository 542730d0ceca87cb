// A hypervisor that changes nothing: the operating system runs on as a VM

import { Next, startRoot } from "@bareflank/sdk";

/** Called on each processor when it starts: the operating system becomes its root VM. */
export function bootstrap(ppid: u32): Next {
  startRoot(ppid);
  return Next.Run;
}
