// Why a VM exits, and which exits it is asked for (APM volume 2, appendix C and 15.9 to 15.14)

/** Exit reasons of AMD processors, as the vmexit callback gets them. */
export const EXIT_CPUID: u64 = 0x72;
export const EXIT_VMRUN: u64 = 0x80;

/** Instructions whose execution by the VM can be intercepted: an argument of Vs.intercept. */
export enum Instruction {
  Cpuid = 18,
  Vmrun = 32,
}
