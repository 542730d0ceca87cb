// What was being delivered to a VM when it exited

import {
  EVENT_TYPE,
  EVENT_TYPE_EXCEPTION,
  EVENT_TYPE_SOFTWARE,
  EVENT_VALID,
  EVENT_VECTOR,
} from "../../../../abi/generated/bare/events";
import { AMD_REG_EVENTINJ, AMD_REG_RIP } from "../../../../abi/generated/bare/registers-amd";
import { TCB_ACTIVE_VS } from "../../../../abi/generated/bare/tls";
import { tcbLoad32 } from "../calls/tcb";
import { interruptedEvent } from "../exits/told";
import { isIntel } from "../vendor/vendor";
import { NativeVs } from "../vs/native-vs";
import { hasEvent, isTrap, wasInjected } from "./event";
import { redeliverIntel } from "./intel-events";

/**
 * Delivers again what was being delivered when the VM exited (APM volume 2, 15.7.2; SDM volume 3, 25.9.3), unless
 * something else is to be delivered: for exits after which the same instruction runs again. Whether there was something.
 */
export function redeliver(vs: NativeVs): bool {
  // A handler may have destroyed it: another one is active then
  if (vs.id != tcbLoad32(TCB_ACTIVE_VS) && !vs.exists) return false;
  if (isIntel()) return redeliverIntel(vs);
  const event = interruptedEvent();
  if ((event & EVENT_VALID) == 0) return false;
  if (hasEvent(vs)) return true;
  // INT, INT3 and INTO are executed again, and deliver it themselves: RIP is still at them
  if ((event & EVENT_TYPE) == EVENT_TYPE_SOFTWARE || isOfInstruction(vs, event)) return false;
  vs.write(AMD_REG_EVENTINJ, event);
  return true;
}

/** Whether INT3 or INTO raised it: an exception with their vector that was not injected, behind the instruction. */
function isOfInstruction(vs: NativeVs, event: u64): bool {
  const vector = <u32>(event & EVENT_VECTOR);
  if ((event & EVENT_TYPE) != EVENT_TYPE_EXCEPTION || !isTrap(vector)) return false;
  return !wasInjected(vs, vs.read(AMD_REG_RIP));
}
