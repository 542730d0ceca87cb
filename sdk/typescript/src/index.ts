// The SDK: everything that an extension in TypeScript needs
//
//   life/      startRoot, the usual way in; the callbacks' results; beginning, end, failures and errors; settings
//   exits/     handlers of exits (on.ts) and what each gets (*-exit.ts); unasked.ts: exits that happen all the same
//   guest/     the VM that exited: registers, memory, the instruction that it exited for and its operands
//   vs/        virtual machines, processors and their states, those beside the root VM too
//   events/    exceptions, interrupts and NMIs that a VM finds when it runs next
//   tables/    which MSRs and ports exit, and what memory a VM sees
//   vendor/    AMD or Intel, and what only one of them has
//   messages/  from processor to processor, from extension to extension, and counters for bfm
//   memory/    pages, what all processors share, and the collector of the runtime "managed"
//   text/      what the debug ring gets to read
//   apic/      INIT and SIPI, by which an operating system starts processors
//   calls/     the microkernel's system calls, and what the processor does for an extension in one instruction

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
export { InitSipi } from "./apic/init-sipi";
export { restart as restartProcessor, startAt as startProcessor } from "./apic/reset-state";
export { portIn, portOut } from "./calls/port";
export { processorCount, processorNumber } from "./calls/processor-number";
export { deliverNmi, isNmi } from "./events/intel-events";
export { isMachineCheck } from "./events/machine-check";
export { redeliver } from "./events/redelivery";
export { hasErrorCode, Vector, vectorName } from "./events/vectors";
export { accessControl, ControlRegisterExit } from "./exits/control-register-exit";
export { CpuidExit } from "./exits/cpuid-exit";
export { ExceptionExit } from "./exits/exception-exit";
export { Exit } from "./exits/exit";
export { HypercallExit } from "./exits/hypercall-exit";
export { IoExit } from "./exits/io-exit";
export { ioInformation } from "./exits/io-information";
export { MsrExit } from "./exits/msr-exit";
export { NestedPageFaultExit, nestedPageFault } from "./exits/nested-page-fault-exit";
export * from "./exits/on";
export * from "./exits/reasons";
export { step } from "./exits/step";
export {
  information1 as exitInformation1,
  information2 as exitInformation2,
  privilege as exitPrivilege,
  toldPriority as exitPriority,
  toldRflags as exitRflags,
  toldRip as exitRip,
  toldShadow as exitShadow,
} from "./exits/told";
export { unaskedExit } from "./exits/unasked";
export { readCr4 } from "./guest/cpuid-bits";
export { Guest, guest } from "./guest/guest";
export { codeMode, guestInstruction } from "./guest/instruction";
export { settableBits, settableBitsBy } from "./guest/legal-values";
export * from "./guest/msr";
export { operandAddress, operandValue, readOperand, setRegister, writeOperand } from "./guest/operand";
export { guestMemory, readGuestPhysical, writeGuestPhysical } from "./guest/physical-memory";
export { trySet } from "./guest/try-set";
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
} from "./guest/virtual-memory";
export { Failure, onFailure } from "./life/failure";
export { hideVirtualization } from "./life/hide-virtualization";
export { lockInstance, unlockInstance } from "./life/instance";
export { Disposable, disposeOnLeave, onLeave, onLoad, onUnload } from "./life/life";
export { Next } from "./life/next";
export { startRoot } from "./life/root";
export { hasSetting, settingIs, settingNumber } from "./life/settings";
export { onUncaught, reportError } from "./life/uncaught";
export { allocatedBytes, collect, collectIfNeeded, collections } from "./memory/collector";
export { EmbeddedFile, embed } from "./memory/embed";
export { allocatePage, allocateRun, freePage, freeRun, ownMemory, PAGE_BYTES, tryFreePage } from "./memory/pages";
export { SHARED_BYTES, sharedMemory } from "./memory/shared";
export { COUNTER_NAME_BYTES, MAX_COUNTERS, publishCounter } from "./messages/counters";
export { kick } from "./messages/kick";
export { MAILBOX_MESSAGES, Message, onMessage, post, postToOthers } from "./messages/messages";
export { Outcome, Reply, Request, Service, serve } from "./messages/service";
export { findHypervisorMemory } from "./tables/hypervisor-memory";
export { IoMap } from "./tables/io-map";
export { MsrMap } from "./tables/msr-map";
export { NestedTables, NOT_NESTED, Note, Own, Right } from "./tables/nested-tables";
export { Explanation } from "./text/explanation";
export { Level, Line, line, log, logNumber, setLogLevel } from "./text/log";
export { registerName } from "./text/register-names";
export { AmdVs } from "./vendor/amd-vs";
export { cpuidRegister } from "./vendor/cpuid";
export { IntelVs } from "./vendor/intel-vs";
export { isIntel } from "./vendor/vendor";
export { startInRealMode } from "./vs/real-mode";
export { ATTRIBUTE_32, ATTRIBUTE_LONG, ATTRIBUTE_PRESENT } from "./vs/segments";
export { Vm, Vp } from "./vs/vm";
export { ReadableControl, Vs, WritableControl } from "./vs/vs";
