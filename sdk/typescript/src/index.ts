// The SDK: everything that an extension in TypeScript needs
//
//   root.ts, on.ts      the usual way in: the operating system as root VM, and functions for its exits
//   *-exit.ts           what a handler gets, by reason
//   dispatch.ts         what happens when no handler wants an exit
//   vendor.ts           AMD or Intel; amd.ts, intel.ts: what only one of them has
//   unasked.ts          exits that happen all the same, without anybody asking
//   vs.ts, guest.ts     virtual processors' states and their registers; vm.ts: VMs beside the root VM
//   real-mode.ts        a VS as a processor is when it is switched on
//   *-map.ts            which MSRs and ports exit
//   nested-tables.ts    what memory a VM sees
//   shared.ts           memory that all processors see, for the atomic operations
//   instance.ts         one instance for all processors, or one for each
//   messages.ts         from processor to processor
//   service.ts          from extension to extension
//   life.ts             what is done at the beginning and at the end
//   uncaught.ts, collector.ts  errors and memory, with the runtime "managed"
//   step.ts             one instruction at a time
//   guest-*.ts          reading and writing a VM's memory; the instruction that it exited for, and its operands
//   log.ts, failure.ts  what the debug ring gets to read
//   explanation.ts      why the processor refuses a VS

export * from "../../../abi/generated/bare/callbacks";
export * from "../../../abi/generated/bare/control";
export * from "../../../abi/generated/bare/entry-rules";
export * from "../../../abi/generated/bare/enumerations";
export * from "../../../bsl/src/atomic";
export * from "../../../bsl/src/memory";
export {
  DECODED,
  DecodedInstruction,
  MODE_16,
  MODE_32,
  MODE_64,
  NO_REGISTER,
  REGISTER_RIP,
} from "../../../bsl/src/x64/instruction";
export { Operation } from "../../../bsl/src/x64/operation";
export { AmdVs } from "./amd";
export { allocatedBytes, collect, collectIfNeeded, collections } from "./collector";
export { ControlRegisterExit } from "./control-register-exit";
export { COUNTER_NAME_BYTES, MAX_COUNTERS, publishCounter } from "./counters";
export { CpuidExit } from "./cpuid-exit";
export { ExceptionExit } from "./exception-exit";
export { Exit } from "./exit";
export * from "./exits";
export { Explanation } from "./explanation";
export { Failure, onFailure } from "./failure";
export { Guest, guest } from "./guest";
export { codeMode, guestInstruction } from "./guest-instruction";
export { guestMemory, readGuestPhysical, writeGuestPhysical } from "./guest-memory";
export { operandAddress, operandValue, readOperand, setRegister, writeOperand } from "./guest-operand";
export {
  ACCESS_EXECUTE,
  ACCESS_READ,
  ACCESS_USER,
  ACCESS_WRITE,
  guestWord,
  NOT_MAPPED,
  readGuestVirtual,
  translateGuest,
  writeGuestVirtual,
} from "./guest-tables";
export { HypercallExit } from "./hypercall-exit";
export { findHypervisorMemory } from "./hypervisor-memory";
export { lockInstance, unlockInstance } from "./instance";
export { IntelVs } from "./intel";
export { IoExit } from "./io-exit";
export { IoMap } from "./io-map";
export { Disposable, disposeOnLeave, onLeave, onLoad, onUnload } from "./life";
export { Level, Line, line, log, logNumber, setLogLevel } from "./log";
export { MAILBOX_MESSAGES, Message, onMessage, post, postToOthers } from "./messages";
export * from "./msr";
export { MsrExit } from "./msr-exit";
export { MsrMap } from "./msr-map";
export { NestedPageFaultExit } from "./nested-page-fault-exit";
export { NestedTables, NOT_NESTED, Own, Right } from "./nested-tables";
export { Next } from "./next";
export * from "./on";
export { allocatePage, allocateRun, freePage, freeRun, ownMemory, PAGE_BYTES } from "./pages";
export { portIn, portOut } from "./port";
export { startInRealMode } from "./real-mode";
export { registerName } from "./register-names";
export { startRoot } from "./root";
export { ATTRIBUTE_32, ATTRIBUTE_LONG, ATTRIBUTE_PRESENT } from "./segments";
export { Outcome, Reply, Request, Service, serve } from "./service";
export { SHARED_BYTES, sharedMemory } from "./shared";
export { step } from "./step";
export { unaskedExit } from "./unasked";
export { onUncaught, reportError } from "./uncaught";
export { hasErrorCode, Vector, vectorName } from "./vectors";
export { isIntel } from "./vendor";
export { Vm, Vp } from "./vm";
export { ReadableControl, Vs, WritableControl } from "./vs";
