// Messages from processor to processor in C, C++ and Rust; abi/src/sdk-functions.ts says what each function is

import { storeRelease64 } from "../../../bsl/src/atomic";
import { nativeAddress } from "../../../bsl/src/memory";
import { callReceiver } from "../../typescript/src/calls/native";
import { type Message, onMessage, post, postToOthers } from "../../typescript/src/messages/messages";

/** The extension's function. */
const receiver: usize = memory.data(8, 8);

export function bf_on_message(function_: u64): void {
  // Others may have messages by now
  storeRelease64(nativeAddress(<u32>receiver), function_);
  onMessage(receive);
}

export function bf_post(ppid: u32, kind: u32, a: u64, b: u64): u32 {
  return post(ppid, kind, a, b) ? 1 : 0;
}

export function bf_post_to_others(kind: u32, a: u64, b: u64): u32 {
  return postToOthers(kind, a, b);
}

function receive(message: Message): void {
  callReceiver(load<u64>(receiver), message.from, message.kind, message.a, message.b);
}
