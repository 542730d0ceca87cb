// What a decoded instruction does, as far as a hypervisor has to know
//
// Named are those that can be intercepted, and those that compilers and drivers use on memory, so that they can be
// carried out on a device's behalf. All others are Operation.Other: their length and memory operand are known.

/** At most 255: an entry of the opcode map has a byte for it. */
export enum Operation {
  Other,

  // Moves and arithmetic (APM volume 3, chapter 3). Both operands, or one, as the instruction's getters say
  Mov,
  /** Zero-extends a byte or word. */
  Movzx,
  /** Sign-extends a byte, word or, as MOVSXD, a double word. */
  Movsx,
  /** Swaps the bytes of what it loads or stores. */
  Movbe,
  Movnti,
  Add,
  Or,
  Adc,
  Sbb,
  And,
  Sub,
  Xor,
  Cmp,
  Test,
  Xchg,
  Xadd,
  Cmpxchg,
  /** CMPXCHG8B, or CMPXCHG16B with REX.W. */
  CmpxchgPair,
  Inc,
  Dec,
  Not,
  Neg,
  Mul,
  Imul,
  Div,
  Idiv,
  /** Rotations and shifts: opcodeExtension says which, in the order of the manual's group 2. */
  Shift,
  Bt,
  Bts,
  Btr,
  Btc,
  Setcc,
  Cmovcc,
  Lea,
  Push,
  Pop,
  Pushf,
  Popf,

  // Control transfer
  Call,
  Jmp,
  Jcc,
  /** LOOP, LOOPE, LOOPNE, JCXZ. */
  Loop,
  Ret,
  Iret,
  /** INT n; the immediate is the vector. */
  Int,
  /** INT3. */
  Breakpoint,
  Syscall,
  Sysret,
  Sysenter,
  Sysexit,

  // String instructions: the memory operand is the source at rSI where there is one, else the destination at ES:rDI
  Movs,
  Cmps,
  Stos,
  Lods,
  Scas,
  Ins,
  Outs,

  // Instructions that can be intercepted (APM volume 2, 15.9; SDM volume 3, 26.1)
  In,
  Out,
  Cpuid,
  Rdmsr,
  Wrmsr,
  Rdtsc,
  Rdtscp,
  Rdpmc,
  Hlt,
  Pause,
  Invd,
  /** WBINVD, or WBNOINVD behind F3. */
  Wbinvd,
  Invlpg,
  Invpcid,
  Rsm,
  Monitor,
  Mwait,
  Xsetbv,
  Xgetbv,
  Vmcall,
  Vmmcall,
  Vmrun,
  Vmload,
  Vmsave,
  Stgi,
  Clgi,
  Skinit,
  Invlpga,
  Vmlaunch,
  Vmresume,
  Vmxoff,
  Vmxon,
  Vmptrld,
  Vmptrst,
  Vmclear,
  Vmread,
  Vmwrite,
  Vmfunc,
  Invept,
  Invvpid,
  /** Reads a control register: controlRegister into rm. */
  MovFromCr,
  /** Writes a control register: rm into controlRegister. */
  MovToCr,
  MovFromDr,
  MovToDr,
  Clts,
  Lmsw,
  Smsw,
  Lgdt,
  Lidt,
  Sgdt,
  Sidt,
  Lldt,
  Ltr,
  Sldt,
  Str,

  // What changes RFLAGS.IF, segments or the stack in a way that is not a move
  Cli,
  Sti,
  Clac,
  Stac,
  Swapgs,
  /** MOV from a segment register; `register` is its number. */
  MovFromSegment,
  /** MOV to a segment register; `register` is its number. */
  MovToSegment,
  Nop,
  /** UD0, UD1 and UD2: undefined on purpose. */
  Undefined,
}
