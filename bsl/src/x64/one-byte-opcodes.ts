// The one-byte opcode map (APM volume 3, appendix A.1.1, tables; SDM volume 2, appendix A.3, table A-2)
//
// Prefixes and the escapes to other maps stand here as undefined: the decoder knows them before it looks here. Where an
// opcode is something else in 64-bit mode (63, and the first bytes of VEX, EVEX and XOP) its entry is the older one.

import {
  ALIb,
  Ap,
  AXIz,
  BYTES,
  CMPS,
  E,
  Eb,
  Ev,
  Ew,
  Ib,
  INS,
  Iv,
  Iw,
  IwIb,
  Iz,
  Jb,
  Jz,
  LODS,
  M,
  MEMORY_ANY,
  MOFFSET,
  MOVS,
  NONE,
  NOT_64,
  ONLY_MEMORY,
  OTHER_REGISTER,
  OUTS,
  PORT_AL,
  PORT_AX,
  READ,
  SCAS,
  SEGMENT,
  STACK,
  STOS,
  UNDEFINED,
  UPDATE,
  WRITE,
  Zb,
  Zv,
} from "./forms";
import { GROUP_1, GROUP_1A, GROUP_2, GROUP_3B, GROUP_3V, GROUP_4, GROUP_5, GROUP_11 } from "./opcode-groups";
import { Operation as Op } from "./operation";

/** An entry of 32 bits for each opcode; forms.ts has its layout. */
// biome-ignore format: eight entries a block, as the manual's rows are
export const ONE_BYTE_OPCODES: usize = memory.data<u32>(
  [
    // 00
    Op.Add | Eb | UPDATE, Op.Add | Ev | UPDATE, Op.Add | Eb | READ, Op.Add | Ev | READ,
    Op.Add | ALIb, Op.Add | AXIz, Op.Push | SEGMENT, Op.Pop | SEGMENT,
    // 08
    Op.Or | Eb | UPDATE, Op.Or | Ev | UPDATE, Op.Or | Eb | READ, Op.Or | Ev | READ,
    Op.Or | ALIb, Op.Or | AXIz, Op.Push | SEGMENT, UNDEFINED,
    // 10
    Op.Adc | Eb | UPDATE, Op.Adc | Ev | UPDATE, Op.Adc | Eb | READ, Op.Adc | Ev | READ,
    Op.Adc | ALIb, Op.Adc | AXIz, Op.Push | SEGMENT, Op.Pop | SEGMENT,
    // 18
    Op.Sbb | Eb | UPDATE, Op.Sbb | Ev | UPDATE, Op.Sbb | Eb | READ, Op.Sbb | Ev | READ,
    Op.Sbb | ALIb, Op.Sbb | AXIz, Op.Push | SEGMENT, Op.Pop | SEGMENT,
    // 20
    Op.And | Eb | UPDATE, Op.And | Ev | UPDATE, Op.And | Eb | READ, Op.And | Ev | READ,
    Op.And | ALIb, Op.And | AXIz, UNDEFINED, NOT_64,
    // 28
    Op.Sub | Eb | UPDATE, Op.Sub | Ev | UPDATE, Op.Sub | Eb | READ, Op.Sub | Ev | READ,
    Op.Sub | ALIb, Op.Sub | AXIz, UNDEFINED, NOT_64,
    // 30
    Op.Xor | Eb | UPDATE, Op.Xor | Ev | UPDATE, Op.Xor | Eb | READ, Op.Xor | Ev | READ,
    Op.Xor | ALIb, Op.Xor | AXIz, UNDEFINED, NOT_64,
    // 38
    Op.Cmp | Eb | READ, Op.Cmp | Ev | READ, Op.Cmp | Eb | READ, Op.Cmp | Ev | READ,
    Op.Cmp | ALIb, Op.Cmp | AXIz, UNDEFINED, NOT_64,
    // 40
    Op.Inc | Zv | NOT_64, Op.Inc | Zv | NOT_64, Op.Inc | Zv | NOT_64, Op.Inc | Zv | NOT_64,
    Op.Inc | Zv | NOT_64, Op.Inc | Zv | NOT_64, Op.Inc | Zv | NOT_64, Op.Inc | Zv | NOT_64,
    // 48
    Op.Dec | Zv | NOT_64, Op.Dec | Zv | NOT_64, Op.Dec | Zv | NOT_64, Op.Dec | Zv | NOT_64,
    Op.Dec | Zv | NOT_64, Op.Dec | Zv | NOT_64, Op.Dec | Zv | NOT_64, Op.Dec | Zv | NOT_64,
    // 50
    Op.Push | Zv | STACK, Op.Push | Zv | STACK, Op.Push | Zv | STACK, Op.Push | Zv | STACK,
    Op.Push | Zv | STACK, Op.Push | Zv | STACK, Op.Push | Zv | STACK, Op.Push | Zv | STACK,
    // 58
    Op.Pop | Zv | STACK, Op.Pop | Zv | STACK, Op.Pop | Zv | STACK, Op.Pop | Zv | STACK,
    Op.Pop | Zv | STACK, Op.Pop | Zv | STACK, Op.Pop | Zv | STACK, Op.Pop | Zv | STACK,
    // 60
    NOT_64, NOT_64, M | NOT_64, Ew | UPDATE | NOT_64,
    UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED,
    // 68
    Op.Push | Iz | STACK, Op.Imul | Ev | READ | Iz, Op.Push | Ib | STACK, Op.Imul | Ev | READ | Ib,
    Op.Ins | INS | BYTES, Op.Ins | INS, Op.Outs | OUTS | BYTES, Op.Outs | OUTS,
    // 70
    Op.Jcc | Jb, Op.Jcc | Jb, Op.Jcc | Jb, Op.Jcc | Jb,
    Op.Jcc | Jb, Op.Jcc | Jb, Op.Jcc | Jb, Op.Jcc | Jb,
    // 78
    Op.Jcc | Jb, Op.Jcc | Jb, Op.Jcc | Jb, Op.Jcc | Jb,
    Op.Jcc | Jb, Op.Jcc | Jb, Op.Jcc | Jb, Op.Jcc | Jb,
    // 80
    GROUP_1 | Eb | Ib, GROUP_1 | Ev | Iz, GROUP_1 | Eb | Ib | NOT_64, GROUP_1 | Ev | Ib,
    Op.Test | Eb | READ, Op.Test | Ev | READ, Op.Xchg | Eb | UPDATE, Op.Xchg | Ev | UPDATE,
    // 88
    Op.Mov | Eb | WRITE, Op.Mov | Ev | WRITE, Op.Mov | Eb | READ, Op.Mov | Ev | READ,
    Op.MovFromSegment | Ew | WRITE | OTHER_REGISTER, Op.Lea | Ev | MEMORY_ANY | ONLY_MEMORY,
    Op.MovToSegment | Ew | READ | OTHER_REGISTER, GROUP_1A | Ev,
    // 90
    Op.Xchg | Zv, Op.Xchg | Zv, Op.Xchg | Zv, Op.Xchg | Zv,
    Op.Xchg | Zv, Op.Xchg | Zv, Op.Xchg | Zv, Op.Xchg | Zv,
    // 98
    NONE, NONE, Op.Call | Ap, NONE,
    Op.Pushf | STACK, Op.Popf | STACK, NONE, NONE,
    // A0
    Op.Mov | MOFFSET | READ | BYTES, Op.Mov | MOFFSET | READ,
    Op.Mov | MOFFSET | WRITE | BYTES, Op.Mov | MOFFSET | WRITE,
    Op.Movs | MOVS | BYTES, Op.Movs | MOVS, Op.Cmps | CMPS | BYTES, Op.Cmps | CMPS,
    // A8
    Op.Test | ALIb, Op.Test | AXIz, Op.Stos | STOS | BYTES, Op.Stos | STOS,
    Op.Lods | LODS | BYTES, Op.Lods | LODS, Op.Scas | SCAS | BYTES, Op.Scas | SCAS,
    // B0
    Op.Mov | Zb | Ib, Op.Mov | Zb | Ib, Op.Mov | Zb | Ib, Op.Mov | Zb | Ib,
    Op.Mov | Zb | Ib, Op.Mov | Zb | Ib, Op.Mov | Zb | Ib, Op.Mov | Zb | Ib,
    // B8
    Op.Mov | Zv | Iv, Op.Mov | Zv | Iv, Op.Mov | Zv | Iv, Op.Mov | Zv | Iv,
    Op.Mov | Zv | Iv, Op.Mov | Zv | Iv, Op.Mov | Zv | Iv, Op.Mov | Zv | Iv,
    // C0
    GROUP_2 | Eb | Ib, GROUP_2 | Ev | Ib, Op.Ret | Iw | STACK, Op.Ret | STACK,
    M | NOT_64, M | NOT_64, GROUP_11 | Eb | Ib, GROUP_11 | Ev | Iz,
    // C8
    IwIb | STACK, STACK, Op.Ret | Iw, Op.Ret,
    Op.Breakpoint, Op.Int | Ib, NOT_64, Op.Iret,
    // D0
    GROUP_2 | Eb, GROUP_2 | Ev, GROUP_2 | Eb, GROUP_2 | Ev,
    Ib | NOT_64, Ib | NOT_64, NOT_64, NONE,
    // D8
    E, E, E, E,
    E, E, E, E,
    // E0
    Op.Loop | Jb, Op.Loop | Jb, Op.Loop | Jb, Op.Loop | Jb,
    Op.In | PORT_AL | Ib, Op.In | PORT_AX | Ib, Op.Out | PORT_AL | Ib, Op.Out | PORT_AX | Ib,
    // E8
    Op.Call | Jz, Op.Jmp | Jz, Op.Jmp | Ap, Op.Jmp | Jb,
    Op.In | PORT_AL, Op.In | PORT_AX, Op.Out | PORT_AL, Op.Out | PORT_AX,
    // F0
    UNDEFINED, NONE, UNDEFINED, UNDEFINED,
    Op.Hlt, NONE, GROUP_3B | Eb, GROUP_3V | Ev,
    // F8
    NONE, NONE, Op.Cli, Op.Sti,
    NONE, NONE, GROUP_4 | Eb, GROUP_5 | Ev,
  ],
  4,
);
