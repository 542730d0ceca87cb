// Machines for the tests that run on a KVM: a few bytes of code each

import { applyStart, Kvm, longMode, protectedMode, realMode, type Vcpu, type VirtualMachine } from "@bareflank/vmm";

export const MIB = 1024 * 1024;
/** Where code lies, in every mode. */
export const CODE = 0x7c00;

export interface TestMachine {
  readonly kvm: Kvm;
  readonly vm: VirtualMachine;
  readonly vcpu: Vcpu;
}

/** Runs an action with a machine of 1 MiB whose processor begins at code of so many bits, and closes it. */
export const withMachine = async (
  bits: 16 | 32 | 64,
  code: readonly number[],
  action: (machine: TestMachine) => void | Promise<void>,
): Promise<void> => {
  const kvm = Kvm.open();
  const vm = kvm.createVm();
  try {
    vm.addMemory({ sizeBytes: MIB });
    vm.memory.write(CODE, Uint8Array.from(code));
    const vcpu = vm.createVcpu();
    // KVM lets a processor into 64-bit mode that has it.
    if (bits === 64) vcpu.setCpuid(kvm.supportedCpuid());
    const state = {
      16: () => realMode(CODE),
      32: () => protectedMode(vm.memory, CODE),
      64: () => longMode(vm.memory, BigInt(CODE)),
    };
    applyStart(vcpu, state[bits]());
    await action({ kvm, vm, vcpu });
  } finally {
    vm.close();
    kvm.close();
  }
};
