// Calls of interrupt controllers that a VM is tried with: near what it has

import * as mv from "../../../../abi/generated/node/hypercalls.ts";
import type { Random } from "../../../../bsl/test-support/index.ts";
import { chooseWord } from "./values.ts";

/** A call, and R11 to R14. */
type Call = readonly [call: number, ...registers: bigint[]];

/** For a VM, or for a VS of its. */
export function chooseControllerCall(random: Random, vm: bigint, vs: bigint): Call {
  const below = (count: number): bigint => BigInt(random.below(count));
  const near = (...words: readonly number[]): bigint =>
    random.once(8) ? chooseWord(random) : BigInt(random.pick(words)) | (random.once(3) ? below(256) : 0n);
  const chip = below(random.once(8) ? 4 : 3);
  switch (random.below(7)) {
    case 0:
      return [mv.MV_VM_IRQ_LINE, vm, chip, below(26) + 256n * below(4), below(3)];
    case 1: {
      const address = near(0xfee0_0000, 0xfee0_1004, 0xfeef_f000);
      return [mv.MV_VM_MSI, vm, address, near(0x40, 0x8040, 0x400, 0x500, 0x602)];
    }
    case 2:
      return [mv.MV_VM_IO_APIC_WRITE, vm, 16n * below(3), near(0x10, 0x18, 0x8041, 0x1_0000)];
    case 3:
      return [mv.MV_VM_IO_APIC_READ, vm, 16n * below(3)];
    case 4: {
      const call = random.pick([mv.MV_VM_IRQCHIP_GET, mv.MV_VM_IRQCHIP_SET]);
      return [call, vm, chip, below(random.once(4) ? 28 : 3), chooseWord(random)];
    }
    default: {
      const call = random.pick([mv.MV_VS_APIC_READ, mv.MV_VS_APIC_WRITE, mv.MV_VS_APIC_GET, mv.MV_VS_APIC_SET]);
      return [call, vs, 16n * below(66), near(0x1ff, 0x40, 0x4540, 0xc_4041)];
    }
  }
}
