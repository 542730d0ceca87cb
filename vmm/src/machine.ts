// A machine with one processor that boots a system: memory, devices, a loader

import { isElf } from "./boot/elf.ts";
import { isLinuxImage, loadLinux } from "./boot/linux.ts";
import { isMultiboot, loadMultiboot } from "./boot/multiboot.ts";
import { loadPvh, pvhEntry } from "./boot/pvh.ts";
import { applyStart, type StartState } from "./boot/start-state.ts";
import { asHypervisor, withoutLocalApic } from "./cpuid.ts";
import { EXIT_PORT } from "./devices/exit-port.ts";
import { VmmError } from "./errors.ts";
import { Kvm } from "./kvm.ts";
import type { GuestMemory } from "./memory.ts";
import type { Vcpu } from "./vcpu.ts";
import { type RunResult, type ThreadOptions, VcpuThread } from "./vcpu-thread.ts";
import type { VirtualMachine } from "./virtual-machine.ts";

export interface MachineOptions extends Pick<ThreadOptions, "onConsole" | "onAccess"> {
  /** Default 256 MiB; at most 3 GiB. */
  readonly memoryBytes?: number;
  /** KVM's file, as `Kvm.open` takes it. */
  readonly device?: string;
  /**
   * Where the interrupt controllers and the timer are: `library` (default) is an 8259 pair and an 8254 in this process, which
   * every KVM API can do; `kernel` is KVM's own, with a local APIC.
   */
  readonly interruptControllers?: "library" | "kernel";
}

/** What to boot: the kind of file is found out. */
export interface SystemImage {
  /** Linux's bzImage, or an ELF file with a PVH note or a multiboot header. */
  readonly kernel: Uint8Array;
  /** Linux's initial file system; others' first module. */
  readonly initrd?: Uint8Array;
  readonly commandLine?: string;
}

const MIB = 1024 * 1024;
/** IA32_APIC_BASE (APM volume 2, 16.3.1; SDM volume 3, 11.4.4). */
const APIC_BASE_ENABLE = 1n << 11n;
const DEFAULT_BYTES = 256 * MIB;
/** Devices of PCs begin behind it. */
const MOST_BYTES = 3 * 1024 * MIB;

/** Writes a system into memory; returns what to start with. */
export const loadSystem = (memory: GuestMemory, { kernel, initrd, commandLine }: SystemImage): StartState => {
  if (isLinuxImage(kernel)) return loadLinux(memory, { kernel, initrd, commandLine });
  if (isElf(kernel) && pvhEntry(kernel) !== undefined) return loadPvh(memory, { kernel, module: initrd, commandLine });
  if (isMultiboot(kernel)) {
    return loadMultiboot(memory, { kernel, modules: initrd === undefined ? [] : [{ content: initrd }], commandLine });
  }
  throw new VmmError("The kernel is no bzImage, no ELF file with a PVH note, and has no multiboot header.");
};

/**
 * A virtual PC: one processor, memory from 0, a serial port, a clock, and a port that ends it (f4h).
 *
 * @example
 * const machine = Machine.create({ onConsole: (bytes) => process.stdout.write(bytes) });
 * machine.boot({ kernel: readFileSync("/boot/vmlinuz"), commandLine: "console=ttyS0" });
 * const { ending } = await machine.run();
 * machine.close();
 */
export class Machine {
  readonly vm: VirtualMachine;
  readonly vcpu: Vcpu;
  readonly #kvm: Kvm;
  readonly #thread: VcpuThread;

  /** @throws KvmError, VmmError when there is no such machine to be had */
  static create(options: MachineOptions = {}): Machine {
    const { memoryBytes = DEFAULT_BYTES } = options;
    if (memoryBytes > MOST_BYTES) throw new VmmError(`A machine has at most ${MOST_BYTES / MIB} MiB of memory.`);
    const kvm = Kvm.open(options.device);
    try {
      const vm = kvm.createVm();
      try {
        vm.addMemory({ sizeBytes: memoryBytes });
        if (options.interruptControllers === "kernel") vm.createInterruptControllers();
        return new Machine(kvm, vm, options);
      } catch (error) {
        vm.close();
        throw error;
      }
    } catch (error) {
      kvm.close();
      throw error;
    }
  }

  private constructor(kvm: Kvm, vm: VirtualMachine, { onConsole, onAccess }: MachineOptions) {
    this.#kvm = kvm;
    this.vm = vm;
    this.vcpu = vm.createVcpu();
    const leaves = asHypervisor(kvm.supportedCpuid());
    this.vcpu.setCpuid(vm.hasInterruptControllers ? leaves : withoutLocalApic(leaves));
    if (!vm.hasInterruptControllers) {
      // KVM keeps CPUID's bit like this one.
      const { apicBase } = this.vcpu.specialRegisters();
      this.vcpu.setSpecialRegisters({ apicBase: apicBase & ~APIC_BASE_ENABLE });
    }
    const devices = { serial: true, interrupts: true, clock: true, exitPort: EXIT_PORT };
    this.#thread = new VcpuThread(vm, this.vcpu, { devices, onConsole, onAccess });
  }

  get memory(): GuestMemory {
    return this.vm.memory;
  }

  /** Loads a system; `run` starts it. */
  boot(image: SystemImage): void {
    this.start(loadSystem(this.memory, image));
  }

  /** Sets the registers that `run` starts with, for what was written into memory otherwise. */
  start(state: StartState): void {
    applyStart(this.vcpu, state);
  }

  /** Runs the guest in a thread of its own, to its end. Once. */
  run(): Promise<RunResult> {
    return this.#thread.run();
  }

  /** Ends the guest: `run` returns "stopped". */
  stop(): void {
    this.#thread.stop();
  }

  /** Bytes for its serial port. */
  send(bytes: Uint8Array): void {
    this.#thread.send(bytes);
  }

  /** Gives everything back. `run` must have ended. */
  close(): void {
    this.vm.close();
    this.#kvm.close();
  }
}
