// A machine whose interrupt controllers are the kernel's, and 16-bit code that has the pair of 8259 give interrupts

import * as abi from "@bareflank/abi/kvm";
import { applyStart, Kvm, realMode } from "@bareflank/vmm";
import { Block } from "../../../src/block.ts";
import { check } from "../../../src/errors.ts";
import { ioctl } from "../../../src/native.ts";
import { CODE, MIB, type TestMachine } from "../machines.ts";

/** Line 0 is vector 20h. */
const FIRST_VECTOR = 0x20;
const HANDLER = 0x600;
/** Where the handler counts. */
const COUNT = 0x500;

/** mov al, value; out port, al */
export const out = (port: number, value: number): number[] =>
  port < 0x100 ? [0xb0, value, 0xe6, port] : [0xb0, value, 0xba, port & 0xff, port >> 8, 0xee];

/** The 8259s begin, nothing masked; sti */
export const begin = [
  ...[0x11, 0x11].flatMap((word, chip) => out(chip === 0 ? 0x20 : 0xa0, word)),
  ...[...out(0x21, FIRST_VECTOR), ...out(0x21, 4), ...out(0x21, 1), ...out(0x21, 0)],
  ...[...out(0xa1, FIRST_VECTOR + 8), ...out(0xa1, 2), ...out(0xa1, 1), ...out(0xa1, 0)],
  0xfb,
];

/** inc word [0500h]; push ax; mov al, 20h; out 20h, al; pop ax; iret */
const handler = [0xff, 0x06, COUNT & 0xff, COUNT >> 8, 0x50, ...out(0x20, 0x20), 0x58, 0xcf];

export interface ControlledMachine extends TestMachine {
  /** An ioctl of the machine's file: not negative, or an error's number below zero. */
  ioctl(command: number, argument?: Uint8Array | number): number;
  /** How many interrupts there were. */
  interrupts(): number;
}

/** Runs an action with such a machine, in which every line of the master has the same handler. */
export const withControllers = async (
  code: readonly number[],
  action: (machine: ControlledMachine) => void | Promise<void>,
): Promise<void> => {
  const kvm = Kvm.open();
  const vm = kvm.createVm();
  try {
    const call = (command: number, argument: Uint8Array | number = 0) => ioctl(vm.handle.fd, command, argument);
    check("KVM_CREATE_IRQCHIP", call(abi.KVM_CREATE_IRQCHIP));
    const config = new Block(abi.KVM_PIT_CONFIG_BYTES).set32(abi.KVM_PIT_CONFIG_FLAGS, abi.KVM_PIT_SPEAKER_DUMMY);
    check("KVM_CREATE_PIT2", call(abi.KVM_CREATE_PIT2, config.bytes));
    vm.addMemory({ sizeBytes: MIB });
    vm.memory.write(CODE, Uint8Array.from(code));
    vm.memory.write(HANDLER, Uint8Array.from(handler));
    for (let line = 0; line < 8; line++) {
      vm.memory.write(4 * (FIRST_VECTOR + line), Uint8Array.of(HANDLER & 0xff, HANDLER >> 8, 0, 0));
    }
    const vcpu = vm.createVcpu();
    applyStart(vcpu, realMode(CODE));
    vcpu.setRegisters({ rsp: 0x7000n });
    const interrupts = () => new DataView(vm.memory.read(COUNT, 2).buffer).getUint16(0, true);
    await action({ kvm, vm, vcpu, ioctl: call, interrupts });
  } finally {
    vm.close();
    kvm.close();
  }
};
