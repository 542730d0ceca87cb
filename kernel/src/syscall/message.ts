// Group 9, messages between extensions

import {
  ACTION_EXCHANGE,
  PP_BLOCK_REG0,
  PP_BLOCK_REG1,
  PP_BLOCK_REG2,
  PP_BLOCK_REG3,
  PP_BLOCK_REG4,
  PRESENCE_DEAD,
  PRESENCE_READY,
} from "../../../abi/generated/bare/pp-block";
import {
  STATUS_FAILURE_BUSY,
  STATUS_FAILURE_DEAD,
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_INPUT_REG1,
  STATUS_SUCCESS,
} from "../../../abi/generated/bare/status";
import { currentExtension, extensionAt, extensionCount, isCode } from "../extension";
import { isCalled } from "../message";
import { isNamed } from "../policy";
import { block64, setBlock64 } from "../pp";
import { presenceOf } from "../seat";
import { finish } from "./finish";

/** 9.0: REG1 address, called for every message. */
export function messageRegister(): u64 {
  const address = block64(PP_BLOCK_REG1);
  const extension = currentExtension();
  if (!isCode(address)) return STATUS_INVALID_INPUT_REG1;
  if (extension.messageHandler != 0) return STATUS_FAILURE_UNKNOWN;
  extension.messageHandler = address;
  return STATUS_SUCCESS;
}

/** 9.1: REG1 to REG4 a name, its first character lowest, zero padded -> REG0 extension. */
export function messageFind(): u64 {
  for (let id: u32 = 0; id < extensionCount(); id++) {
    const extension = extensionAt(id);
    if (
      !isNamed(
        extension,
        block64(PP_BLOCK_REG1),
        block64(PP_BLOCK_REG2),
        block64(PP_BLOCK_REG3),
        block64(PP_BLOCK_REG4),
      )
    )
      continue;
    setBlock64(PP_BLOCK_REG0, id);
    return STATUS_SUCCESS;
  }
  return STATUS_INVALID_INPUT_REG1;
}

/** 9.2: REG1 extension, REG2 to REG5 the message -> REG0 to REG3 its reply. Result: ACTION_*. */
export function messageCall(): u32 {
  const id = <u32>block64(PP_BLOCK_REG1) & 0xffff;
  if (id >= extensionCount()) return finish(STATUS_INVALID_INPUT_REG1);
  const target = extensionAt(id);
  if (target.messageHandler == 0) return finish(STATUS_FAILURE_UNKNOWN);
  const presence = presenceOf(target);
  if (presence == PRESENCE_DEAD) return finish(STATUS_FAILURE_DEAD);
  return presence == PRESENCE_READY ? ACTION_EXCHANGE : finish(STATUS_FAILURE_BUSY);
}

/** 9.3: REG1 to REG4 the reply. Returns only when nobody waits for one. Result: ACTION_*. */
export function messageReply(): u32 {
  return isCalled() ? ACTION_EXCHANGE : finish(STATUS_FAILURE_UNKNOWN);
}
