// A VS that nothing of the machine reaches: every port and every MSR exits, and no memory is there
//
// The maps and tables are one of each for all VSs of this instance, and never change: what an extension wants a VM to have
// it gives in maps and tables of its own.

import { assertionFailed } from "../calls/syscall";
import { NativeVs } from "../vs/native-vs";
import { IoMap } from "./io-map";
import { MsrMap } from "./msr-map";
import { NestedTables } from "./nested-tables";

let ports: IoMap | null = null;
let msrs: MsrMap | null = null;
let tables: NestedTables | null = null;

/** Closes a VS; asserts that there is memory for what the first one needs. */
export function close(vs: NativeVs): void {
  if (ports === null) ports = IoMap.closed();
  if (msrs === null) msrs = MsrMap.closed();
  if (tables === null) tables = NestedTables.empty();
  const io = ports;
  const msr = msrs;
  const memory_ = tables;
  if (io !== null) io.use(vs);
  if (msr !== null) msr.use(vs);
  if (memory_ === null) assertionFailed();
  else memory_.use(vs);
}
