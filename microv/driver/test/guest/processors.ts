// A guest with several processors, each in a thread, that runs until somebody ends it

import { applyStart, Kvm, realMode, VcpuThread } from "@bareflank/vmm";

const MIB = 1024 * 1024;
const CODE = 0x1000;

/** cli; jmp $ / out 80h, al; jmp back / inc dword [0200h]; jmp back / in al, 80h; jmp back */
const programs = [
  [0xfa, 0xeb, 0xfe],
  [0xe6, 0x80, 0xeb, 0xfc],
  [0x66, 0xff, 0x06, 0x00, 0x02, 0xeb, 0xf9],
  [0xe4, 0x80, 0xeb, 0xfc],
];

const vm = Kvm.open().createVm();
vm.addMemory({ sizeBytes: MIB });
programs.forEach((code, number) => {
  vm.memory.write(CODE * (number + 1), Uint8Array.from(code));
  const vcpu = vm.createVcpu();
  vcpu.setRunState("runnable");
  applyStart(vcpu, realMode(CODE * (number + 1)));
  new VcpuThread(vm, vcpu).run().catch((error: unknown) => {
    throw error;
  });
});
process.stdout.write("up\n");
