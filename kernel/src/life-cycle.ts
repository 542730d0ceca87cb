// From start to stop on one processor: which callback comes next, and what happens when one fails
//
//     _start ──wait──> bootstrap ──run──> the VM runs ──exit──> vmexit ──run──> ...
//                                                                 └──promote──> the operating system has it back
//     any of them, when it faults ──> fail ──run or again──> as if nothing had happened
//                                      └──anything else──> the processor is given back, or halted
//     any of them, when it does not end (watchdog.ts) ──> fail
//     any of them, when it calls exit, or wait or again where that ends nothing ──> the same, and fail is not asked
//
// With several extensions, _start of each is called in turn, then on every processor bootstrap of each, that of the one
// which owns the root VM last. The others end both in wait; afterwards they are called by messages.

import { hideFpu, settleFpu } from "#arch/fpu";
import { resetForFail, resetRing3 } from "#arch/ring3";
import { giveBack, giveBackSaved } from "#arch/root";
import { raiseStep, skipInstruction } from "#arch/vendor";
import {
  BOOT_EXT_EXIT,
  BOOT_EXT_FAULT,
  BOOT_EXT_NO_BOOTSTRAP,
  BOOT_EXT_NO_FAIL,
  BOOT_EXT_NO_VMEXIT,
  BOOT_EXT_OVERDUE,
  BOOT_EXT_RETURNED,
  BOOT_EXT_WAIT,
  BOOT_INVALID_VM,
  BOOT_KERNEL_FAULT,
  PHASE_BOOTSTRAP,
  PHASE_HALTED,
  PHASE_RUNNING,
  PHASE_START,
  PHASE_STOPPED,
} from "../../abi/generated/bare/boot";
import { EXIT_KICK, FAIL_OVERDUE } from "../../abi/generated/bare/callbacks";
import {
  ACTION_HALT,
  ACTION_PROMOTE,
  ACTION_RESUME,
  ACTION_RUN,
  ACTION_UPCALL,
  CONTEXT_BOOTSTRAP,
  CONTEXT_FAIL,
  CONTEXT_FIRST_VMEXIT,
  CONTEXT_MESSAGE,
  CONTEXT_NONE,
  CONTEXT_START,
  CONTEXT_VMEXIT,
  PP_BLOCK_CONTEXT,
  PP_BLOCK_FAILED_CONTEXT,
  PP_BLOCK_FAILED_DETAIL,
  PP_BLOCK_FAILED_STATUS,
  PP_BLOCK_PRESENCE,
  PP_BLOCK_UPCALL_REG1,
  PRESENCE_READY,
} from "../../abi/generated/bare/pp-block";
import { activate } from "./activate";
import { noteCaller, printBacktrace } from "./backtrace";
import { close, decimal, hex, line, open, text } from "./console";
import {
  currentExtension,
  Extension,
  extensionAt,
  extensionCount,
  failStackTop,
  stackTop,
  threadPointer,
} from "./extension";
import { flushIfAsked } from "./flush";
import { refuseKicks } from "./kick";
import { failCall, isCalled } from "./message";
import { lockObjects, tryLockObjects, unlockObjects } from "./objects";
import { printExtension } from "./policy";
import {
  activeVs,
  block32,
  block64,
  ppid,
  prepareUpcall,
  reportedStatus,
  setBlock32,
  setBlock64,
  setPhase,
  setStatus,
} from "./pp";
import { takeSeat } from "./seat";
import { countExit, printExits } from "./statistics";
import { ownsRootVm, rootOwner } from "./vm";
import { Vs, vsAt, vss } from "./vs";
import { allowFail, endWatch } from "./watchdog";
import { awaitWork, beginKicked, endExit, leaveForGuest, leaveKernel, putOffKick } from "./work";

/** Calls the extension's _start. */
export function callStart(): u32 {
  setPhase(PHASE_START);
  const extension = currentExtension();
  prepareUpcall(CONTEXT_START, extension.entry, stackTop(ppid()), extension.offeredVersions, 0);
  return leaveKernel(false, ACTION_UPCALL);
}

/** Calls the bootstrap callback of each extension in turn. */
export function callBootstraps(): u32 {
  return callBootstrapFrom(0);
}

/** Calls that of the first extension from number `id` on that does not own the root VM, in the end of the one that does. */
function callBootstrapFrom(id: u32): u32 {
  let extension = changetype<Extension>(rootOwner());
  for (; id < extensionCount(); id++) {
    if (ownsRootVm(extensionAt(id))) continue;
    extension = extensionAt(id);
    break;
  }
  takeSeat(extension);
  setPhase(PHASE_BOOTSTRAP);
  prepareUpcall(CONTEXT_BOOTSTRAP, extension.bootstrapHandler, stackTop(ppid()), ppid(), 0);
  return leaveKernel(false, ACTION_UPCALL);
}

/** Hands an exit to the extension; the rest of the upcall stands since the VS became active. */
export function callVmexit(reason: u64): u32 {
  setBlock64(PP_BLOCK_UPCALL_REG1, reason);
  return leaveKernel(true, ACTION_UPCALL);
}

/** The same for one that the processor refused: nothing of the VS has happened, no flush either. */
export function callRefused(reason: u64): u32 {
  setBlock64(PP_BLOCK_UPCALL_REG1, reason);
  return leaveKernel(false, ACTION_UPCALL);
}

/** Runs the active VS again, whose exit the kernel has served. */
export function runAgain(vs: Vs): u32 {
  endExit(vs);
  return leaveForGuest(vs) ? ACTION_RUN : callKicked(vs);
}

/** The same behind the instruction that it exited for; the trap of a single step may be an exit of its own. */
export function runAgainAdvanced(vs: Vs): u32 {
  const exit = skipInstruction(vs) ? raiseStep(vs) : 0;
  if (exit == 0) return runAgain(vs);
  countExit(exit);
  return callVmexit(exit);
}

/** The processor refused the first VS to run: nothing of it has happened. */
export function refuseFirst(): u32 {
  const vs = activeVs();
  if (vs !== null) vs.ran = 0;
  return fatal(BOOT_INVALID_VM, 0);
}

/** Ends a callback by running the active VS. */
export function runActive(): u32 {
  // The field behind the context is the work that waits
  if (block64(PP_BLOCK_CONTEXT) == CONTEXT_VMEXIT) return ACTION_RUN;
  return block32(PP_BLOCK_CONTEXT) == CONTEXT_VMEXIT ? enterVs(changetype<Vs>(activeVs())) : leaveCallback();
}

/** The last thing before a VS runs, on the way that looks. */
function enterVs(vs: Vs): u32 {
  settleFpu(vs.fpu);
  return leaveForGuest(vs) ? ACTION_RUN : callKicked(vs);
}

/** Instead of running the active VS, its extension hears of a kick. */
function callKicked(vs: Vs): u32 {
  beginKicked(vs);
  resetRing3(threadPointer(ppid()));
  setBlock64(PP_BLOCK_UPCALL_REG1, EXIT_KICK);
  return leaveKernel(false, ACTION_UPCALL);
}

/** Whether the extension is in vmexit, or in fail for it, and an exit has been handled before. */
export function mayAwaitKick(): bool {
  return activeVs() !== null && interruptedContext() == CONTEXT_VMEXIT;
}

/** Ends vmexit by keeping the processor in the kernel until it is kicked. */
export function awaitKick(): u32 {
  const vs = changetype<Vs>(activeVs());
  settleFpu(vs.fpu);
  prepareUpcall(CONTEXT_VMEXIT, currentExtension().vmexitHandler, stackTop(ppid()), vs.name(), 0);
  while (leaveForGuest(vs)) {
    flushIfAsked();
    awaitWork();
  }
  return callKicked(vs);
}

/**
 * The same behind the instruction that the VS, which is the active one, exited for. The trap of a single step may be an
 * exit of its own, which nothing runs before.
 */
export function runAdvanced(vs: Vs): u32 {
  return skipInstruction(vs) ? runStepped(vs) : runActive();
}

function runStepped(vs: Vs): u32 {
  const exit = raiseStep(vs);
  const action = runActive();
  if (exit == 0) return action;
  if (action == ACTION_UPCALL && block64(PP_BLOCK_UPCALL_REG1) == EXIT_KICK) putOffKick(vs);
  else if (action != ACTION_RUN) return action;
  countExit(exit);
  setBlock64(PP_BLOCK_UPCALL_REG1, exit);
  return leaveKernel(false, ACTION_UPCALL);
}

/**
 * Whether the running extension may run a VS: the one that owns the root VM may always, others only while another waits
 * for their reply, for afterwards the root VM has to go on.
 */
export function mayRun(): bool {
  return ownsRootVm(currentExtension()) || isCalled();
}

/** What the extension was asked to do last, apart from dealing with a failure. */
function interruptedContext(): u32 {
  const context = block32(PP_BLOCK_CONTEXT);
  return context == CONTEXT_FAIL ? block32(PP_BLOCK_FAILED_CONTEXT) : context;
}

/** The rarer ends of a callback: bootstrap, the first exit, message, fail; and _start, which no VM runs behind. */
function leaveCallback(): u32 {
  const vs = changetype<Vs>(activeVs());
  const context = interruptedContext();
  if (context == CONTEXT_START) return endStart();
  const next = context == CONTEXT_BOOTSTRAP ? CONTEXT_FIRST_VMEXIT : CONTEXT_VMEXIT;
  setPhase(PHASE_RUNNING);
  vs.ran = 1;
  prepareUpcall(next, currentExtension().vmexitHandler, stackTop(ppid()), vs.name(), 0);
  return enterVs(vs);
}

/** Ends _start, if the extension has registered all it must; in version 2 the bootstrap of a service, too. */
export function wait(): u32 {
  const context = block32(PP_BLOCK_CONTEXT);
  if (context == CONTEXT_START) return endStart();
  const extension = currentExtension();
  const isService = extension.version2 != 0 && !ownsRootVm(extension);
  if (!isService || interruptedContext() != CONTEXT_BOOTSTRAP) return giveUp(BOOT_EXT_WAIT);
  setBlock32(PP_BLOCK_PRESENCE, PRESENCE_READY);
  setBlock32(PP_BLOCK_CONTEXT, CONTEXT_NONE);
  return callBootstrapFrom(extension.id + 1);
}

/** Goes on with the next extension's _start, and behind the last one with the first bootstrap. */
function endStart(): u32 {
  const extension = currentExtension();
  const mayServe = extension.version2 != 0 && extensionCount() > 1;
  if (extension.bootstrapHandler == 0) return fatal(BOOT_EXT_NO_BOOTSTRAP, 0);
  if (extension.vmexitHandler == 0 && !mayServe) return fatal(BOOT_EXT_NO_VMEXIT, 0);
  if (extension.failHandler == 0) return fatal(BOOT_EXT_NO_FAIL, 0);
  setBlock32(PP_BLOCK_CONTEXT, CONTEXT_NONE);
  if (extension.id + 1 < extensionCount()) {
    takeSeat(extensionAt(extension.id + 1));
    return callStart();
  }
  return rootOwner() === null ? fatal(BOOT_EXT_NO_VMEXIT, 0) : callBootstraps();
}

/** The extension gave up. When its fail callback does, the reason is still why that was called. */
export function exit(): u32 {
  if (block32(PP_BLOCK_CONTEXT) == CONTEXT_FAIL) {
    return endExtension(block32(PP_BLOCK_FAILED_STATUS), block32(PP_BLOCK_FAILED_DETAIL), false);
  }
  return giveUp(BOOT_EXT_EXIT);
}

/** Ends fail by executing the faulting instruction again. */
export function again(): u32 {
  if (block32(PP_BLOCK_CONTEXT) != CONTEXT_FAIL) return giveUp(BOOT_EXT_WAIT);
  const failed = block32(PP_BLOCK_FAILED_CONTEXT);
  // What the interrupted callback was entered with is not needed again: it is in the middle of its work
  if (failed == CONTEXT_VMEXIT || failed == CONTEXT_FIRST_VMEXIT) {
    const vs = changetype<Vs>(activeVs());
    prepareUpcall(failed, currentExtension().vmexitHandler, stackTop(ppid()), vs.name(), 0);
  }
  hideFpu();
  setBlock32(PP_BLOCK_CONTEXT, failed);
  return leaveKernel(false, ACTION_RESUME);
}

/** The extension said itself that a callback failed, so its fail callback has nothing to repair and is not called. */
function giveUp(status: u32): u32 {
  noteCaller();
  return fatal(status, 0);
}

/**
 * The extension faulted. `code` and `address` are what its fail callback gets; without one, or when that is what failed,
 * the processor is lost to the extension for good.
 */
export function fail(status: u32, detail: u64, code: u64, address: u64): u32 {
  const context = block32(PP_BLOCK_CONTEXT);
  const failHandler = currentExtension().failHandler;
  if (failHandler == 0 || context == CONTEXT_FAIL) return fatal(status, detail);
  setBlock32(PP_BLOCK_FAILED_CONTEXT, context);
  setBlock32(PP_BLOCK_FAILED_STATUS, status);
  setBlock32(PP_BLOCK_FAILED_DETAIL, <u32>detail);
  resetForFail(threadPointer(ppid()));
  prepareUpcall(CONTEXT_FAIL, failHandler, failStackTop(ppid()), code, address);
  return leaveKernel(false, ACTION_UPCALL);
}

/** The watchdog took the processor from the extension, which was at `address`. */
export function failOverdue(address: u64): u32 {
  if (!allowFail()) return fatal(BOOT_EXT_OVERDUE, 0);
  return fail(BOOT_EXT_OVERDUE, 0, FAIL_OVERDUE, address);
}

/** The extension asked to stop: `vs`, which is active, becomes the operating system's state behind what it exited for. */
export function promote(vs: Vs): u32 {
  printExits();
  skipInstruction(vs);
  endWatch();
  refuseKicks();
  giveBack(vs);
  setPhase(PHASE_STOPPED);
  return ACTION_PROMOTE;
}

/**
 * The running extension cannot go on here. When another waits for its reply, that one does. Otherwise nothing can:
 * before the first exit was handled, the operating system gets the processor back, with `status` in RAX; afterwards the
 * processor halts. The phase stays: the loader reports how far the processor had come.
 */
export function fatal(status: u32, detail: u64): u32 {
  return endExtension(status, detail, block32(PP_BLOCK_CONTEXT) == CONTEXT_FAIL);
}

/** `inFail`: its fail callback is what failed, and not the callback that this was called for. */
function endExtension(status: u32, detail: u64, inFail: bool): u32 {
  report(status, detail, interruptedContext(), inFail);
  if ((status >= BOOT_EXT_FAULT && status <= BOOT_EXT_WAIT) || status == BOOT_EXT_OVERDUE) printBacktrace();
  if (isCalled() && status != BOOT_KERNEL_FAULT) return failCall();
  setStatus(status, detail);
  // What the processor ran so far was the root VM, if anything
  const owner = rootOwner();
  if (owner !== null) takeSeat(owner);
  endWatch();
  refuseKicks();
  if (interruptedContext() == CONTEXT_VMEXIT) {
    setPhase(PHASE_HALTED);
    line("bareflank: processor halted: the extension failed after its VM had started");
    return ACTION_HALT;
  }
  const vs = vsAt(ppid());
  const code: u64 = reportedStatus();
  if (activateRoot(vs, status)) {
    skipInstruction(vs);
    vs.writeGeneral(0, code);
    giveBack(vs);
  } else {
    giveBackSaved(code);
  }
  return ACTION_PROMOTE;
}

/** Makes a VS active if it has been the operating system on this processor, and nobody has taken it. */
function activateRoot(vs: Vs, status: u32): bool {
  // The kernel's own fault may have come under the lock
  let isLocked: bool = true;
  if (status == BOOT_KERNEL_FAULT) isLocked = tryLockObjects();
  else lockObjects();
  // Another processor may have made a VS with this number for itself
  const isOurs = vss.has(ppid()) && vs.isRoot() && vs.ppid == ppid() && vs.ran != 0;
  if (isOurs) activate(vs);
  if (isLocked) unlockObjects();
  return isOurs;
}

function report(status: u32, detail: u64, context: u32, inFail: bool): void {
  open();
  text("bareflank: PP ");
  decimal(ppid());
  text(": ");
  if (extensionCount() > 1) {
    printExtension(currentExtension());
    text(": ");
  }
  if (status == BOOT_EXT_FAULT) text("the extension faulted");
  else if (status == BOOT_EXT_RETURNED) text("the extension returned without a system call");
  else if (status == BOOT_EXT_EXIT) text("the extension called exit");
  else if (status == BOOT_EXT_WAIT) text("the extension called wait or again where that ends nothing");
  else if (status == BOOT_EXT_OVERDUE) text("the extension kept the processor for too long");
  else if (status == BOOT_EXT_NO_BOOTSTRAP) text("no bootstrap callback was registered");
  else if (status == BOOT_EXT_NO_VMEXIT) text("no vmexit callback was registered");
  else if (status == BOOT_EXT_NO_FAIL) text("no fail callback was registered");
  else {
    text("failed with status ");
    decimal(status);
    text(", detail ");
    hex(detail);
  }
  if (context != CONTEXT_NONE) text(inFail ? " in fail, called for " : " in ");
  if (context == CONTEXT_START) text("_start");
  else if (context == CONTEXT_BOOTSTRAP) text("bootstrap");
  else if (context == CONTEXT_FIRST_VMEXIT || context == CONTEXT_VMEXIT) text("vmexit");
  else if (context == CONTEXT_MESSAGE) text("its message callback");
  text("\n");
  close();
}
