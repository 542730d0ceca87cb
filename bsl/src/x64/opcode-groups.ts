// Opcodes that ModRM's register field extends (APM volume 3, appendix A.1.3, table A-6; SDM volume 2, appendix A.4)

import {
  E,
  Ev,
  Ew,
  GROUP,
  Ib,
  Iz,
  M,
  MEMORY_ANY,
  NONE,
  ONLY_MEMORY,
  READ,
  STACK,
  UNDEFINED,
  UPDATE,
  WRITE,
} from "./forms";
import { Operation as Op } from "./operation";

/** References from the opcode maps: numbers of the rows below. Group 3 has one for bytes and one for words. */
export const GROUP_1: u32 = GROUP + 0;
export const GROUP_1A: u32 = GROUP + 1;
export const GROUP_2: u32 = GROUP + 2;
export const GROUP_3B: u32 = GROUP + 3;
export const GROUP_3V: u32 = GROUP + 4;
export const GROUP_4: u32 = GROUP + 5;
export const GROUP_5: u32 = GROUP + 6;
export const GROUP_6: u32 = GROUP + 7;
export const GROUP_7: u32 = GROUP + 8;
export const GROUP_8: u32 = GROUP + 9;
export const GROUP_9: u32 = GROUP + 10;
export const GROUP_11: u32 = GROUP + 11;

/** A far CALL or JMP. */
const FAR: u32 = READ | ONLY_MEMORY | MEMORY_ANY;

/** Eight entries for each group, to be added to those of the opcode. */
// biome-ignore format: a group a line or two
export const OPCODE_GROUPS: usize = memory.data<u32>(
  [
    // 1
    Op.Add | UPDATE, Op.Or | UPDATE, Op.Adc | UPDATE, Op.Sbb | UPDATE,
    Op.And | UPDATE, Op.Sub | UPDATE, Op.Xor | UPDATE, Op.Cmp | READ,
    // 1A
    Op.Pop | WRITE | STACK, UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED,
    // 2
    Op.Shift | UPDATE, Op.Shift | UPDATE, Op.Shift | UPDATE, Op.Shift | UPDATE,
    Op.Shift | UPDATE, Op.Shift | UPDATE, Op.Shift | UPDATE, Op.Shift | UPDATE,
    // 3, bytes
    Op.Test | READ | Ib, Op.Test | READ | Ib, Op.Not | UPDATE, Op.Neg | UPDATE,
    Op.Mul | READ, Op.Imul | READ, Op.Div | READ, Op.Idiv | READ,
    // 3, words
    Op.Test | READ | Iz, Op.Test | READ | Iz, Op.Not | UPDATE, Op.Neg | UPDATE,
    Op.Mul | READ, Op.Imul | READ, Op.Div | READ, Op.Idiv | READ,
    // 4
    Op.Inc | UPDATE, Op.Dec | UPDATE, UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED,
    // 5
    Op.Inc | UPDATE, Op.Dec | UPDATE, Op.Call | READ | STACK, Op.Call | FAR,
    Op.Jmp | READ | STACK, Op.Jmp | FAR, Op.Push | READ | STACK, UNDEFINED,
    // 6
    Op.Sldt | Ew | WRITE, Op.Str | Ew | WRITE, Op.Lldt | Ew | READ, Op.Ltr | Ew | READ,
    Ew | READ, Ew | READ, UNDEFINED, UNDEFINED,
    // 7, with memory; /5 is RSTORSSP
    Op.Sgdt | M | WRITE, Op.Sidt | M | WRITE, Op.Lgdt | M | READ, Op.Lidt | M | READ,
    Op.Smsw | Ew | WRITE, M, Op.Lmsw | Ew | READ, Op.Invlpg | M,
    // 8
    UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED, Op.Bt | READ, Op.Bts | UPDATE, Op.Btr | UPDATE, Op.Btc | UPDATE,
    // 9; /6 is VMPTRLD, VMCLEAR, VMXON or RDRAND, /7 VMPTRST, RDSEED or RDPID
    UNDEFINED, Op.CmpxchgPair | Ev | UPDATE | ONLY_MEMORY, UNDEFINED, M, M, M, E, E,
    // 11; /7 of registers is XABORT and XBEGIN
    Op.Mov | WRITE, UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED, NONE,
  ],
  4,
);

/** Group 7 with a register: the opcode's third byte less C0 (APM volume 3, table A-7). */
// biome-ignore format: eight entries a line
export const GROUP_7_REGISTERS: usize = memory.data<u32>(
  [
    NONE, Op.Vmcall, Op.Vmlaunch, Op.Vmresume, Op.Vmxoff, NONE, UNDEFINED, UNDEFINED,
    Op.Monitor, Op.Mwait, Op.Clac, Op.Stac, UNDEFINED, UNDEFINED, UNDEFINED, NONE,
    Op.Xgetbv, Op.Xsetbv, UNDEFINED, UNDEFINED, Op.Vmfunc, NONE, NONE, NONE,
    Op.Vmrun, Op.Vmmcall, Op.Vmload, Op.Vmsave, Op.Stgi, Op.Clgi, Op.Skinit, Op.Invlpga,
    Op.Smsw | Ew | WRITE, Op.Smsw | Ew | WRITE, Op.Smsw | Ew | WRITE, Op.Smsw | Ew | WRITE,
    Op.Smsw | Ew | WRITE, Op.Smsw | Ew | WRITE, Op.Smsw | Ew | WRITE, Op.Smsw | Ew | WRITE,
    NONE, NONE, NONE, UNDEFINED, NONE, NONE, NONE, NONE,
    Op.Lmsw | Ew | READ, Op.Lmsw | Ew | READ, Op.Lmsw | Ew | READ, Op.Lmsw | Ew | READ,
    Op.Lmsw | Ew | READ, Op.Lmsw | Ew | READ, Op.Lmsw | Ew | READ, Op.Lmsw | Ew | READ,
    Op.Swapgs, Op.Rdtscp, NONE, NONE, NONE, NONE, NONE, NONE,
  ],
  4,
);
