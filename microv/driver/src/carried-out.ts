// Registers behind an instruction that was carried out here: the guest gets them with its next run, or at once

import * as mv from "../../../abi/generated/bare/hypercalls";
import { peek64 } from "../../../bsl/src/memory";
import { append, beginList, setList } from "./list";
import { setWord, VCPU_HAS_REGISTERS, VCPU_PAGE, word } from "./objects";

/** In the order of their encodings (APM volume 3, table 1-10), then RIP and RFLAGS: as the page has them. */
const REGISTERS: usize = memory.data<u32>([
  mv.MV_REG_RAX,
  mv.MV_REG_RCX,
  mv.MV_REG_RDX,
  mv.MV_REG_RBX,
  mv.MV_REG_RSP,
  mv.MV_REG_RBP,
  mv.MV_REG_RSI,
  mv.MV_REG_RDI,
  mv.MV_REG_R8,
  mv.MV_REG_R9,
  mv.MV_REG_R10,
  mv.MV_REG_R11,
  mv.MV_REG_R12,
  mv.MV_REG_R13,
  mv.MV_REG_R14,
  mv.MV_REG_R15,
  mv.MV_REG_RIP,
  mv.MV_REG_RFLAGS,
]);
const REGISTER_COUNT: u32 = 18;

/** Gives them at once, because the guest does not run now; true when there are none. */
export function giveRegisters(vcpu: u64): bool {
  if (word(vcpu, VCPU_HAS_REGISTERS) == 0) return true;
  setWord(vcpu, VCPU_HAS_REGISTERS, 0);
  const general = word(vcpu, VCPU_PAGE) + mv.MV_PAGE_GENERAL;
  beginList(vcpu);
  for (let i: u32 = 0; i < REGISTER_COUNT; i++) append(vcpu, load<u32>(REGISTERS + i * 4), peek64(general + i * 8));
  append(vcpu, mv.MV_REG_INTERRUPT_SHADOW, 0);
  return setList(vcpu);
}
