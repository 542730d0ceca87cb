// Groups 9 and above: calls that an extension has which opened version 2
//
// They check in this order: that the call exists, the handle, the policy, then what the call itself wants: the owner of
// the vmexit callback where that applies, its arguments in the order of their registers, the state. The first three are
// done here. A call takes its arguments from this processor's block, where the entry of system calls saved them.

import {
  STATUS_FAILURE_INVALID_HANDLE,
  STATUS_FAILURE_UNSUPPORTED,
  STATUS_INVALID_PERM_DENIED,
} from "../../../abi/generated/bare/status";
import {
  SYSCALL_FPU_READ,
  SYSCALL_FPU_WRITE,
  SYSCALL_MAP_ATTACH,
  SYSCALL_MAP_CREATE,
  SYSCALL_MAP_DESTROY,
  SYSCALL_MAP_DETACH,
  SYSCALL_MAP_PASS,
  SYSCALL_MAP_QUERY,
  SYSCALL_MAP_TRAP,
  SYSCALL_MEMORY_GROW,
  SYSCALL_MESSAGE_CALL,
  SYSCALL_MESSAGE_FIND,
  SYSCALL_MESSAGE_REGISTER,
  SYSCALL_MESSAGE_REPLY,
  SYSCALL_MSR_READ,
  SYSCALL_MSR_WRITE,
  SYSCALL_NESTED_ATTACH,
  SYSCALL_NESTED_COPY,
  SYSCALL_NESTED_CREATE,
  SYSCALL_NESTED_DESTROY,
  SYSCALL_NESTED_DETACH,
  SYSCALL_NESTED_FLUSH,
  SYSCALL_NESTED_GUARD,
  SYSCALL_NESTED_HARVEST,
  SYSCALL_NESTED_IDENTITY,
  SYSCALL_NESTED_MAP,
  SYSCALL_NESTED_PROTECT,
  SYSCALL_NESTED_TRANSLATE,
  SYSCALL_NESTED_UNMAP,
  SYSCALL_PP_KICK,
  SYSCALL_PP_WAIT,
  SYSCALL_STATISTICS_CALLS,
  SYSCALL_STATISTICS_EXITS,
  SYSCALL_STATISTICS_POOL,
} from "../../../abi/generated/bare/syscalls";
import { currentExtension } from "../extension";
import { lockObjects, unlockObjects } from "../objects";
import { mayCall } from "../policy";
import { countCall } from "../statistics";
import { deny } from "./deny";
import { finish } from "./finish";
import { fpuRead, fpuWrite } from "./fpu";
import { isHandle } from "./handle";
import { mapAttach, mapChange, mapCreate, mapDestroy, mapDetach, mapQuery } from "./map";
import { memoryGrow } from "./memory";
import { messageCall, messageFind, messageRegister, messageReply } from "./message";
import { msrRead, msrWrite } from "./msr";
import {
  nestedAttach,
  nestedCopy,
  nestedCreate,
  nestedDestroy,
  nestedDetach,
  nestedFlush,
  nestedGuard,
  nestedHarvest,
  nestedIdentity,
  nestedMap,
  nestedProtect,
  nestedTranslate,
  nestedUnmap,
} from "./nested";
import { ppKick, ppWait } from "./pp";
import { statisticsCalls, statisticsExits, statisticsPool } from "./statistics";

const NESTED_GROUP: u32 = 0xa;
const NESTED_CALLS: u32 = 13;
const MAP_GROUP: u32 = 0xb;
const MAP_CALLS: u32 = 7;
const STATISTICS_GROUP: u32 = 0xc;
const STATISTICS_CALLS: u32 = 3;
const MEMORY_GROUP: u32 = 0xd;
const MEMORY_CALLS: u32 = 1;

const PP_GROUP: u32 = 0xe;
const PP_CALLS: u32 = 2;

const REGISTERS_GROUP: u32 = 0xf;
const REGISTERS_CALLS: u32 = 4;

const MESSAGE_GROUP: u32 = 0x9;
const MESSAGE_CALLS: u32 = 4;

/** Serves a call of these groups; for an extension of version 1 none of them exists. Result: ACTION_*. */
export function extend(call: u32, handle: u64): u32 {
  if (currentExtension().version2 == 0 || (call & 0xffff) >= callCount(call >> 16)) {
    return finish(STATUS_FAILURE_UNSUPPORTED);
  }
  countCall(call);
  if (!isHandle(handle)) return finish(STATUS_FAILURE_INVALID_HANDLE);
  if (!mayCall(call)) return finish(deny(call));
  if (call == SYSCALL_MESSAGE_CALL) return messageCall();
  if (call == SYSCALL_MESSAGE_REPLY) return messageReply();
  return call == SYSCALL_PP_WAIT ? ppWait() : finish(serve(call));
}

/** How many calls a group has. */
function callCount(group: u32): u32 {
  switch (group) {
    case MESSAGE_GROUP:
      return MESSAGE_CALLS;
    case NESTED_GROUP:
      return NESTED_CALLS;
    case MAP_GROUP:
      return MAP_CALLS;
    case STATISTICS_GROUP:
      return STATISTICS_CALLS;
    case MEMORY_GROUP:
      return MEMORY_CALLS;
    case PP_GROUP:
      return PP_CALLS;
    case REGISTERS_GROUP:
      return REGISTERS_CALLS;
    default:
      return 0;
  }
}

function serve(call: u32): u64 {
  switch (call) {
    case SYSCALL_MESSAGE_FIND:
      return messageFind();
    case SYSCALL_STATISTICS_POOL:
      return statisticsPool();
    case SYSCALL_STATISTICS_EXITS:
      return statisticsExits();
    case SYSCALL_STATISTICS_CALLS:
      return statisticsCalls();
    case SYSCALL_MEMORY_GROW:
      return memoryGrow();
    case SYSCALL_PP_KICK:
      return ppKick();
    default:
      return serveLocked(call);
  }
}

/** Calls that change something; those on objects that VSs have only makes who owns the vmexit callback. */
function serveLocked(call: u32): u64 {
  if (call != SYSCALL_MESSAGE_REGISTER && currentExtension().vmexitHandler == 0) return STATUS_INVALID_PERM_DENIED;
  lockObjects();
  const status = changeObjects(call);
  unlockObjects();
  return status;
}

function changeObjects(call: u32): u64 {
  switch (call) {
    case SYSCALL_MESSAGE_REGISTER:
      return messageRegister();
    case SYSCALL_NESTED_CREATE:
      return nestedCreate();
    case SYSCALL_NESTED_DESTROY:
      return nestedDestroy();
    case SYSCALL_NESTED_MAP:
      return nestedMap();
    case SYSCALL_NESTED_UNMAP:
      return nestedUnmap();
    case SYSCALL_NESTED_PROTECT:
      return nestedProtect();
    case SYSCALL_NESTED_TRANSLATE:
      return nestedTranslate();
    case SYSCALL_NESTED_IDENTITY:
      return nestedIdentity();
    case SYSCALL_NESTED_ATTACH:
      return nestedAttach();
    case SYSCALL_NESTED_DETACH:
      return nestedDetach();
    case SYSCALL_NESTED_FLUSH:
      return nestedFlush();
    case SYSCALL_NESTED_GUARD:
      return nestedGuard();
    case SYSCALL_NESTED_COPY:
      return nestedCopy();
    case SYSCALL_NESTED_HARVEST:
      return nestedHarvest();
    case SYSCALL_FPU_READ:
      return fpuRead();
    case SYSCALL_FPU_WRITE:
      return fpuWrite();
    case SYSCALL_MSR_READ:
      return msrRead();
    case SYSCALL_MSR_WRITE:
      return msrWrite();
    case SYSCALL_MAP_CREATE:
      return mapCreate();
    case SYSCALL_MAP_DESTROY:
      return mapDestroy();
    case SYSCALL_MAP_TRAP:
      return mapChange(true);
    case SYSCALL_MAP_PASS:
      return mapChange(false);
    case SYSCALL_MAP_QUERY:
      return mapQuery();
    case SYSCALL_MAP_ATTACH:
      return mapAttach();
    case SYSCALL_MAP_DETACH:
      return mapDetach();
    default:
      return STATUS_FAILURE_UNSUPPORTED;
  }
}
