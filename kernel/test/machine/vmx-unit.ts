// What a simulated processor has for VMX

import type { Vmcs } from "./vmcs.ts";

/** What a processor has when it can VMX. */
export class VmxUnit {
  on = false;
  current: { readonly address: bigint; readonly vmcs: Vmcs } | undefined;
  /** Regions of VMCSs that this processor may have parts of. */
  readonly loaded = new Set<bigint>();
  /** VMREADs and VMWRITEs ever. */
  reads = 0;
  writes = 0;
}
