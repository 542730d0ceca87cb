// What exits cost on a KVM: nanoseconds of each, which are instructions where the machine counts them (bf lab run --icount)

import { applyStart, asHypervisor, Kvm, longMode } from "@bareflank/vmm";

const CODE = 0x1_0000;
const REPEATS = 4000;
/** V8 compiles what runs often; the best round is one behind that. */
const ROUNDS = 15;

/** mov r12d, REPEATS; next: (code); dec r12d; jnz next; hlt */
const loopOf = (code: readonly number[]): Uint8Array => {
  const back = -(code.length + 5);
  return Uint8Array.of(
    0x41,
    0xbc,
    REPEATS & 0xff,
    REPEATS >> 8,
    0,
    0,
    ...code,
    0x41,
    0xff,
    0xcc,
    0x75,
    back & 0xff,
    0xf4,
  );
};

const instructions: Readonly<Record<string, readonly number[]>> = {
  "nothing, for comparison": [],
  // xor eax, eax; cpuid
  CPUID: [0x31, 0xc0, 0x0f, 0xa2],
  // mov ecx, 3bh (TSC_ADJUST); rdmsr
  "RDMSR of TSC_ADJUST": [0xb9, 0x3b, 0x00, 0x00, 0x00, 0x0f, 0x32],
  // mov dx, 99h; in al, dx
  "IN, served by Node.js": [0x66, 0xba, 0x99, 0x00, 0xec],
  // out f0h, al
  "OUT, served by Node.js": [0xe6, 0xf0],
  // mov eax, [70000000h]
  "read of memory that is not there, served by Node.js": [0x8b, 0x04, 0x25, 0x00, 0x00, 0x00, 0x70],
};

const measure = (code: readonly number[]): { perExit: number; exits: number } => {
  const kvm = Kvm.open();
  const vm = kvm.createVm();
  vm.addMemory({ sizeBytes: 1024 * 1024 });
  vm.memory.write(CODE, loopOf(code));
  const vcpu = vm.createVcpu();
  vcpu.setCpuid(asHypervisor(kvm.supportedCpuid()));
  let best = Number.POSITIVE_INFINITY;
  let exits = 0;
  for (let round = 0; round < ROUNDS; round++) {
    applyStart(vcpu, longMode(vm.memory, BigInt(CODE)));
    exits = 0;
    const begin = process.hrtime.bigint();
    for (;;) {
      const exit = vcpu.run();
      if (exit.kind === "hlt") break;
      if (exit.kind === "io") {
        if (exit.direction === "in") exit.set(0, 1);
      } else if (exit.kind === "mmio") exit.data[0] = 1;
      else throw new Error(`an exit that is not expected: ${exit.kind}`);
      exits++;
    }
    best = Math.min(best, Number(process.hrtime.bigint() - begin) / REPEATS);
  }
  vm.close();
  kvm.close();
  return { perExit: Math.round(best), exits };
};

const figures = Object.fromEntries(Object.entries(instructions).map(([name, code]) => [name, measure(code).perExit]));
process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
