// What was being delivered to a VM when it exited

import { AMD_REG_EVENTINJ, AMD_REG_EXITINTINFO } from "../../../../abi/generated/bare/registers-amd";
import { isIntel } from "../vendor/vendor";
import { NativeVs } from "../vs/native-vs";
import { EVENT_TYPE, EVENT_VALID, hasEvent, TYPE_SOFTWARE } from "./event";
import { redeliverIntel } from "./intel-events";

/**
 * Delivers again what was being delivered when the VM exited (APM volume 2, 15.7.2; SDM volume 3, 25.9.3), unless
 * something else is to be delivered: for exits after which the same instruction runs again.
 */
export function redeliver(vs: NativeVs): void {
  if (isIntel()) {
    redeliverIntel(vs);
    return;
  }
  const event = vs.read(AMD_REG_EXITINTINFO);
  // The instruction INT is executed again, and delivers it itself
  if ((event & EVENT_VALID) == 0 || (event & EVENT_TYPE) == TYPE_SOFTWARE || hasEvent(vs)) return;
  vs.write(AMD_REG_EVENTINJ, event);
}
