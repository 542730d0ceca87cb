// Requests from one extension to another, on the same processor (docs/abi.md: messages)
//
//     serve((request) => request.answer(request.a + 1)); // the service, at the top level; its bootstrap: Next.Wait
//
//     const service = Service.find("counter");           // another extension, as the load manifest names them
//     const reply = service.call(41);
//     if (reply.isAnswered) logNumber("next: ", reply.a);
//
// A service runs while its caller waits: a request costs two switches of address spaces, and no time passes for the VM.

import {
  STATUS_FAILURE_BUSY,
  STATUS_FAILURE_DEAD,
  STATUS_INVALID_PERM_DENIED,
  STATUS_SUCCESS,
} from "../../../../abi/generated/bare/status";
import { SYSCALL_MESSAGE_CALL, SYSCALL_MESSAGE_FIND } from "../../../../abi/generated/bare/syscalls";
import { peek64, poke64 } from "../../../../bsl/src/memory";
import { handleOf, idOf, SINGLETON } from "../calls/handle";
import { callObject, callResult } from "../calls/objects";
import { useAnswerer } from "../calls/syscall";
import { requireOwnInstance } from "../life/instance";
import { collectIfNeeded } from "../memory/collector";

/** Longest name in a manifest. */
const NAME_BYTES: i32 = 32;

/** What became of a request. */
export enum Outcome {
  Answered,
  /** The service runs already, waits for an answer itself, or has not ended its bootstrap on this processor. */
  Busy,
  /** It has failed for good on this processor, maybe at this request. */
  Dead,
  /** The manifest does not let this extension ask. */
  Denied,
  /** No extension has that name, or it answers no requests. */
  Refused,
}

/** What came of a request; it is good until the next one on this processor. */
@unmanaged
export class Reply {
  get outcome(): Outcome {
    return outcome;
  }
  get isAnswered(): bool {
    return outcome == Outcome.Answered;
  }
  /** The four words of the answer; 0 when there is none. */
  get a(): u64 {
    return this.word(0);
  }
  get b(): u64 {
    return this.word(1);
  }
  get c(): u64 {
    return this.word(2);
  }
  get d(): u64 {
    return this.word(3);
  }

  private word(index: u32): u64 {
    return load<u64>(answer + ((<usize>index) << 3));
  }
}

let outcome: Outcome = Outcome.Refused;
const answer: usize = memory.data(4 * 8, 8);

/** Another extension that answers requests. */
@unmanaged
export class Service {
  /** The extension that the load manifest calls this; one that there is not refuses every request. */
  static find(name: string): Service {
    const status = callObject(SYSCALL_MESSAGE_FIND, word(name, 0), word(name, 8), word(name, 16), word(name, 24), 0);
    const isFound = status == STATUS_SUCCESS && name.length <= NAME_BYTES;
    return changetype<Service>(isFound ? handleOf(<u32>callResult(0)) : 0);
  }

  /** Whether there is such an extension. */
  get exists(): bool {
    return changetype<usize>(this) != 0;
  }

  /** Asks, and waits for the answer. */
  call(a: u64, b: u64 = 0, c: u64 = 0, d: u64 = 0): Reply {
    requireOwnInstance();
    let status: u64 = 0;
    if (this.exists) status = callObject(SYSCALL_MESSAGE_CALL, idOf(changetype<usize>(this)), a, b, c, d);
    outcome = this.exists ? outcomeOf(status) : Outcome.Refused;
    const isAnswered = outcome == Outcome.Answered;
    for (let i: u32 = 0; i < 4; i++) store<u64>(answer + ((<usize>i) << 3), isAnswered ? callResult(i) : 0);
    return changetype<Reply>(SINGLETON);
  }
}

function outcomeOf(status: u64): Outcome {
  if (status == STATUS_SUCCESS) return Outcome.Answered;
  if (status == STATUS_FAILURE_BUSY) return Outcome.Busy;
  if (status == STATUS_FAILURE_DEAD) return Outcome.Dead;
  return status == STATUS_INVALID_PERM_DENIED ? Outcome.Denied : Outcome.Refused;
}

/** Eight characters of a name, the first one lowest; zeroes behind its end. */
function word(name: string, from: i32): u64 {
  let value: u64 = 0;
  for (let i = 0; i < 8 && from + i < name.length; i++) {
    value |= (<u64>(name.charCodeAt(from + i) & 0xff)) << (<u64>i * 8);
  }
  return value;
}

/** A request that another extension waits for; it is answered when its handler returns. */
@unmanaged
export class Request {
  /** The number of the extension that asks: its place in the manifest, from 0. */
  get from(): u32 {
    return caller;
  }
  get a(): u64 {
    return peek64(words);
  }
  get b(): u64 {
    return peek64(words + 8);
  }
  get c(): u64 {
    return peek64(words + 16);
  }
  get d(): u64 {
    return peek64(words + 24);
  }

  /** What the caller gets; without it, four zeroes. */
  answer(a: u64, b: u64 = 0, c: u64 = 0, d: u64 = 0): void {
    reply0 = a;
    reply1 = b;
    reply2 = c;
    reply3 = d;
  }
}

let caller: u32 = 0;
let words: u64 = 0;
let reply0: u64 = 0;
let reply1: u64 = 0;
let reply2: u64 = 0;
let reply3: u64 = 0;
let handler: ((request: Request) => void) | null = null;

/**
 * Makes this extension a service, and has a function called with each request. To be called at the top level of a module:
 * the microkernel learns at the beginning that a service handles no exits. Its bootstrap ends with Next.Wait.
 */
export function serve(function_: (request: Request) => void): void {
  requireOwnInstance();
  handler = function_;
  const receiver: (from: u32, at: u64) => void = receive;
  useAnswerer(receiver.index);
}

/** Called by native code: the words of the answer replace those of the request when the handler is through with it. */
function receive(from: u32, at: u64): void {
  caller = from;
  words = at;
  changetype<Request>(SINGLETON).answer(0);
  if (handler !== null) handler(changetype<Request>(SINGLETON));
  poke64(at, reply0);
  poke64(at + 8, reply1);
  poke64(at + 16, reply2);
  poke64(at + 24, reply3);
  collectIfNeeded();
}
