// Time stamp counters of a machine's vCPUs: they count alike, although their user sets them one behind the other
//
// As Linux's KVM does: what is written within a second of what the counter would have, and 0, means what the others have.

import { MV_REG_TSC_OFFSET } from "../../../abi/generated/bare/hypercalls";
import { peek64 } from "../../../bsl/src/memory";
import { setRegister } from "./list";
import {
  MACHINE_GLUE,
  MACHINE_TSC_OFFSET,
  MACHINE_TSC_TIME,
  MACHINE_TSC_WRITTEN,
  setWord,
  VCPU_MACHINE,
  VCPU_SCRATCH,
  word,
} from "./objects";
import { lockMachine, readTime, tscKhz, unlockMachine } from "./platform";

/** A machine is made: its counters begin at 0. */
export function beginTsc(machine: u64, scratch: u64): void {
  readTime(scratch);
  const now = peek64(scratch);
  setWord(machine, MACHINE_TSC_OFFSET, 0 - now);
  setWord(machine, MACHINE_TSC_WRITTEN, 0);
  setWord(machine, MACHINE_TSC_TIME, now);
}

/** A new vCPU counts as the others do. The machine's lock is held. */
export function startTsc(vcpu: u64): bool {
  return setRegister(vcpu, MV_REG_TSC_OFFSET, word(word(vcpu, VCPU_MACHINE), MACHINE_TSC_OFFSET));
}

/** The user writes a vCPU's. */
export function writeTsc(vcpu: u64, value: u64): bool {
  const machine = word(vcpu, VCPU_MACHINE);
  const scratch = vcpu + VCPU_SCRATCH;
  lockMachine(word(machine, MACHINE_GLUE));
  readTime(scratch);
  const now = peek64(scratch);
  const expected = word(machine, MACHINE_TSC_WRITTEN) + (now - word(machine, MACHINE_TSC_TIME));
  const second = <u64>tscKhz() * 1000;
  const isOthers = value == 0 || value - expected + second < 2 * second;
  if (!isOthers) setWord(machine, MACHINE_TSC_OFFSET, value - now);
  setWord(machine, MACHINE_TSC_WRITTEN, value);
  setWord(machine, MACHINE_TSC_TIME, now);
  const offset = word(machine, MACHINE_TSC_OFFSET);
  unlockMachine(word(machine, MACHINE_GLUE));
  return setRegister(vcpu, MV_REG_TSC_OFFSET, offset);
}
