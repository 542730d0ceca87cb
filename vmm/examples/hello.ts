// A 16-bit program that writes to a port and halts

import { applyStart, Kvm, realMode } from "@bareflank/vmm";

const kvm = Kvm.open();
const vm = kvm.createVm();
vm.addMemory({ sizeBytes: 0x1000 });
// mov dx, 0x3f8; mov si, text; mov cx, 19; rep outsb; hlt; text: "Hello..."
vm.memory.write(0, Uint8Array.of(0xba, 0xf8, 0x03, 0xbe, 0x0c, 0x00, 0xb9, 0x13, 0x00, 0xf3, 0x6e, 0xf4));
vm.memory.write(0x0c, Buffer.from("Hello from 16 bits\n"));

const vcpu = vm.createVcpu();
applyStart(vcpu, realMode(0));
let exit = vcpu.run();
for (; exit.kind === "io"; exit = vcpu.run()) process.stdout.write(exit.data);
console.log(`ended by ${exit.kind}`);
vm.close();
kvm.close();
