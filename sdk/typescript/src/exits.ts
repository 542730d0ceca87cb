// Why a VM exits, and which exits it is asked for (APM volume 2, appendix C and 15.9 to 15.14)

/** Exit reasons of AMD processors, as the vmexit callback gets them. */
export const EXIT_CR0_READ: u64 = 0x00;
export const EXIT_CR15_READ: u64 = 0x0f;
export const EXIT_CR0_WRITE: u64 = 0x10;
export const EXIT_CR15_WRITE: u64 = 0x1f;
export const EXIT_EXCEPTION: u64 = 0x40;
export const EXIT_EXCEPTION_LAST: u64 = 0x5f;
export const EXIT_INTERRUPT_WINDOW: u64 = 0x64;
export const EXIT_CPUID: u64 = 0x72;
export const EXIT_HLT: u64 = 0x78;
export const EXIT_IO: u64 = 0x7b;
export const EXIT_MSR: u64 = 0x7c;
export const EXIT_SHUTDOWN: u64 = 0x7f;
export const EXIT_VMRUN: u64 = 0x80;
export const EXIT_VMMCALL: u64 = 0x81;
export const EXIT_SKINIT: u64 = 0x86;
export const EXIT_NESTED_PAGE_FAULT: u64 = 0x400;

/** Instructions and events that can be intercepted: an argument of Vs.intercept. Bits of three words, in their order. */
export enum Instruction {
  Interrupt = 0,
  NonMaskableInterrupt = 1,
  InterruptWindow = 4,
  Rdtsc = 14,
  Rdpmc = 15,
  Cpuid = 18,
  Invd = 22,
  Pause = 23,
  Hlt = 24,
  Invlpg = 25,
  Io = 27,
  Msr = 28,
  Shutdown = 31,
  Vmrun = 32,
  Vmmcall = 33,
  Vmload = 34,
  Vmsave = 35,
  Stgi = 36,
  Clgi = 37,
  Skinit = 38,
  Rdtscp = 39,
  Wbinvd = 41,
  Monitor = 42,
  Mwait = 43,
  Xsetbv = 45,
}
