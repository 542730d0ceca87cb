// The opcode map behind 0F (APM volume 3, appendix A.1.2, tables; SDM volume 2, appendix A.3, table A-3)
//
// What a mandatory prefix (66, F2, F3) makes of an opcode is the decoder's business where it matters: for lengths, once.

import {
  CONTROL,
  E,
  Eb,
  Ev,
  Ew,
  Ib,
  Jz,
  M,
  MEMORY_BYTE,
  NATURAL,
  NONE,
  ONLY_MEMORY,
  OTHER_REGISTER,
  READ,
  STACK,
  UNDEFINED,
  UPDATE,
  WRITE,
  Zv,
} from "./forms";
import { GROUP_6, GROUP_7, GROUP_8, GROUP_9 } from "./opcode-groups";
import { Operation as Op } from "./operation";

/** An entry of 32 bits for each second byte; forms.ts has its layout. */
// biome-ignore format: eight entries a block, as the manual's rows are
export const TWO_BYTE_OPCODES: usize = memory.data<u32>(
  [
    // 00
    GROUP_6, GROUP_7, Ew | READ, Ew | READ,
    UNDEFINED, Op.Syscall, Op.Clts, Op.Sysret,
    // 08
    Op.Invd, Op.Wbinvd, UNDEFINED, Op.Undefined,
    UNDEFINED, Op.Nop | E, NONE, E | Ib,
    // 10
    E, E, E, E,
    E, E, E, E,
    // 18
    Op.Nop | E, Op.Nop | E, Op.Nop | E, Op.Nop | E,
    Op.Nop | E, Op.Nop | E, Op.Nop | E, Op.Nop | E,
    // 20
    Op.MovFromCr | CONTROL | WRITE, Op.MovFromDr | CONTROL | WRITE,
    Op.MovToCr | CONTROL | READ, Op.MovToDr | CONTROL | READ,
    UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED,
    // 28
    E, E, E, E,
    E, E, E, E,
    // 30
    Op.Wrmsr, Op.Rdtsc, Op.Rdmsr, Op.Rdpmc,
    Op.Sysenter, Op.Sysexit, UNDEFINED, NONE,
    // 38
    UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED,
    UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED,
    // 40
    Op.Cmovcc | Ev | READ, Op.Cmovcc | Ev | READ, Op.Cmovcc | Ev | READ, Op.Cmovcc | Ev | READ,
    Op.Cmovcc | Ev | READ, Op.Cmovcc | Ev | READ, Op.Cmovcc | Ev | READ, Op.Cmovcc | Ev | READ,
    // 48
    Op.Cmovcc | Ev | READ, Op.Cmovcc | Ev | READ, Op.Cmovcc | Ev | READ, Op.Cmovcc | Ev | READ,
    Op.Cmovcc | Ev | READ, Op.Cmovcc | Ev | READ, Op.Cmovcc | Ev | READ, Op.Cmovcc | Ev | READ,
    // 50
    E, E, E, E,
    E, E, E, E,
    // 58
    E, E, E, E,
    E, E, E, E,
    // 60
    E, E, E, E,
    E, E, E, E,
    // 68
    E, E, E, E,
    E, E, E, E,
    // 70
    E | Ib, E | Ib, E | Ib, E | Ib,
    E, E, E, NONE,
    // 78
    Op.Vmread | Ev | NATURAL | WRITE, Op.Vmwrite | Ev | NATURAL | READ, UNDEFINED, UNDEFINED,
    E, E, E, E,
    // 80
    Op.Jcc | Jz, Op.Jcc | Jz, Op.Jcc | Jz, Op.Jcc | Jz,
    Op.Jcc | Jz, Op.Jcc | Jz, Op.Jcc | Jz, Op.Jcc | Jz,
    // 88
    Op.Jcc | Jz, Op.Jcc | Jz, Op.Jcc | Jz, Op.Jcc | Jz,
    Op.Jcc | Jz, Op.Jcc | Jz, Op.Jcc | Jz, Op.Jcc | Jz,
    // 90
    Op.Setcc | Eb | WRITE | OTHER_REGISTER, Op.Setcc | Eb | WRITE | OTHER_REGISTER,
    Op.Setcc | Eb | WRITE | OTHER_REGISTER, Op.Setcc | Eb | WRITE | OTHER_REGISTER,
    Op.Setcc | Eb | WRITE | OTHER_REGISTER, Op.Setcc | Eb | WRITE | OTHER_REGISTER,
    Op.Setcc | Eb | WRITE | OTHER_REGISTER, Op.Setcc | Eb | WRITE | OTHER_REGISTER,
    // 98
    Op.Setcc | Eb | WRITE | OTHER_REGISTER, Op.Setcc | Eb | WRITE | OTHER_REGISTER,
    Op.Setcc | Eb | WRITE | OTHER_REGISTER, Op.Setcc | Eb | WRITE | OTHER_REGISTER,
    Op.Setcc | Eb | WRITE | OTHER_REGISTER, Op.Setcc | Eb | WRITE | OTHER_REGISTER,
    Op.Setcc | Eb | WRITE | OTHER_REGISTER, Op.Setcc | Eb | WRITE | OTHER_REGISTER,
    // A0
    Op.Push | STACK, Op.Pop | STACK, Op.Cpuid, Op.Bt | Ev | READ,
    Ev | UPDATE | Ib, Ev | UPDATE, UNDEFINED, UNDEFINED,
    // A8
    Op.Push | STACK, Op.Pop | STACK, Op.Rsm, Op.Bts | Ev | UPDATE,
    Ev | UPDATE | Ib, Ev | UPDATE, E, Op.Imul | Ev | READ,
    // B0
    Op.Cmpxchg | Eb | UPDATE, Op.Cmpxchg | Ev | UPDATE, M, Op.Btr | Ev | UPDATE,
    M, M, Op.Movzx | Ev | MEMORY_BYTE | READ, Op.Movzx | Ew | READ,
    // B8
    Ev | READ, Op.Undefined | E, GROUP_8 | Ev | Ib, Op.Btc | Ev | UPDATE,
    Ev | READ, Ev | READ, Op.Movsx | Ev | MEMORY_BYTE | READ, Op.Movsx | Ew | READ,
    // C0
    Op.Xadd | Eb | UPDATE, Op.Xadd | Ev | UPDATE, E | Ib, Op.Movnti | Ev | WRITE | ONLY_MEMORY,
    E | Ib, E | Ib, E | Ib, GROUP_9,
    // C8
    Zv, Zv, Zv, Zv,
    Zv, Zv, Zv, Zv,
    // D0
    E, E, E, E,
    E, E, E, E,
    // D8
    E, E, E, E,
    E, E, E, E,
    // E0
    E, E, E, E,
    E, E, E, E,
    // E8
    E, E, E, E,
    E, E, E, E,
    // F0
    E, E, E, E,
    E, E, E, E,
    // F8
    E, E, E, E,
    E, E, E, Op.Undefined | E,
  ],
  4,
);
