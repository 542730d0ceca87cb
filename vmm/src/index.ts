// A virtual machine monitor for Node.js, on any KVM API

export { findNote, isElf, readElf } from "./boot/elf.ts";
export { isLinuxImage, type LinuxImage, loadLinux } from "./boot/linux.ts";
export { isMultiboot, loadMultiboot, type MultibootImage } from "./boot/multiboot.ts";
export { loadPvh, type PvhImage, pvhEntry } from "./boot/pvh.ts";
export { applyStart, longMode, protectedMode, realMode, type StartState } from "./boot/start-state.ts";
export { asHypervisor, type CpuidLeaf, withoutLocalApic } from "./cpuid.ts";
export { RealTimeClock } from "./devices/clock.ts";
export { EXIT_PORT, ExitPort } from "./devices/exit-port.ts";
export { InterruptController } from "./devices/interrupt-controller.ts";
export { IntervalTimer } from "./devices/interval-timer.ts";
export { type PortDevice, Ports } from "./devices/ports.ts";
export { COM1, SerialPort } from "./devices/serial-port.ts";
export type { Ending } from "./ending.ts";
export { KvmError, VmmError } from "./errors.ts";
export {
  describeExit,
  type Exit,
  type ExitKind,
  type HypercallExit,
  type InternalErrorExit,
  type IoExit,
  type MmioExit,
  type MsrExit,
} from "./exits.ts";
export { Kvm } from "./kvm.ts";
export { loadSystem, Machine, type MachineOptions, type SystemImage } from "./machine.ts";
export type { GuestMemory } from "./memory.ts";
export type { Msrs } from "./msrs.ts";
export type { DescriptorTable, ExtendedControlRegisters, Registers, Segment, SpecialRegisters } from "./registers.ts";
export type { Access, Devices } from "./thread-messages.ts";
export { type RunState, Vcpu } from "./vcpu.ts";
export { type RunResult, type ThreadOptions, VcpuThread } from "./vcpu-thread.ts";
export { type MemoryOptions, type MsrRange, VirtualMachine } from "./virtual-machine.ts";
