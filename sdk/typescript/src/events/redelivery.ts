// What was being delivered to a VM when it exited

import { AMD_REG_EVENTINJ, AMD_REG_RIP } from "../../../../abi/generated/bare/registers-amd";
import { TCB_ACTIVE_VS } from "../../../../abi/generated/bare/tls";
import { tcbLoad32 } from "../calls/tcb";
import { interruptedEvent } from "../exits/told";
import { isIntel } from "../vendor/vendor";
import { NativeVs } from "../vs/native-vs";
import {
  EVENT_TYPE,
  EVENT_VALID,
  EVENT_VECTOR,
  hasEvent,
  isTrap,
  TYPE_EXCEPTION,
  TYPE_SOFTWARE,
  wasInjected,
} from "./event";
import { redeliverIntel } from "./intel-events";

/**
 * Delivers again what was being delivered when the VM exited (APM volume 2, 15.7.2; SDM volume 3, 25.9.3), unless
 * something else is to be delivered: for exits after which the same instruction runs again.
 */
export function redeliver(vs: NativeVs): void {
  // A handler may have destroyed it: another one is active then
  if (vs.id != tcbLoad32(TCB_ACTIVE_VS) && !vs.exists) return;
  if (isIntel()) {
    redeliverIntel(vs);
    return;
  }
  const event = interruptedEvent();
  if ((event & EVENT_VALID) == 0 || hasEvent(vs)) return;
  // INT, INT3 and INTO are executed again, and deliver it themselves: RIP is still at them
  if ((event & EVENT_TYPE) == TYPE_SOFTWARE || isOfInstruction(vs, event)) return;
  vs.write(AMD_REG_EVENTINJ, event);
}

/** Whether INT3 or INTO raised it: an exception with their vector that was not injected, behind the instruction. */
function isOfInstruction(vs: NativeVs, event: u64): bool {
  const vector = <u32>(event & EVENT_VECTOR);
  if ((event & EVENT_TYPE) != TYPE_EXCEPTION || !isTrap(vector)) return false;
  return !wasInjected(vs, vs.read(AMD_REG_RIP));
}
