// The virtual machine control block: offsets, and the place of each register of the ABI in it (APM volume 2, appendix B)

// Control area
export const VMCB_IOPM_BASE: u64 = 0x040;
export const VMCB_MSRPM_BASE: u64 = 0x048;
export const VMCB_ASID: u64 = 0x058;
export const VMCB_TLB_CONTROL: u64 = 0x05c;
export const VMCB_VIRTUAL_INTERRUPT: u64 = 0x060;
export const VMCB_INTERRUPT_SHADOW: u64 = 0x068;
export const VMCB_EXITCODE: u64 = 0x070;
export const VMCB_EXITINFO1: u64 = 0x078;
export const VMCB_EXITINFO2: u64 = 0x080;
export const VMCB_EXITINTINFO: u64 = 0x088;
export const VMCB_NESTED_CONTROL: u64 = 0x090;
export const VMCB_EVENTINJ: u64 = 0x0a8;
export const VMCB_N_CR3: u64 = 0x0b0;
export const VMCB_VIRTUAL_LBR: u64 = 0x0b8;
export const VMCB_NRIP: u64 = 0x0c8;

// State save area: ten segment registers of 16 bytes (selector, attributes, limit, base), then the rest
export const VMCB_ES: u64 = 0x400;
export const VMCB_CS: u64 = 0x410;
export const VMCB_SS: u64 = 0x420;
export const VMCB_DS: u64 = 0x430;
export const VMCB_FS: u64 = 0x440;
export const VMCB_GS: u64 = 0x450;
export const VMCB_GDTR: u64 = 0x460;
export const VMCB_LDTR: u64 = 0x470;
export const VMCB_IDTR: u64 = 0x480;
export const VMCB_TR: u64 = 0x490;
export const VMCB_CPL: u64 = 0x4cb;
export const VMCB_EFER: u64 = 0x4d0;
export const VMCB_CR4: u64 = 0x548;
export const VMCB_CR3: u64 = 0x550;
export const VMCB_CR0: u64 = 0x558;
export const VMCB_DR7: u64 = 0x560;
export const VMCB_DR6: u64 = 0x568;
export const VMCB_RFLAGS: u64 = 0x570;
export const VMCB_RIP: u64 = 0x578;
export const VMCB_RSP: u64 = 0x5d8;
export const VMCB_RAX: u64 = 0x5f8;
export const VMCB_STAR: u64 = 0x600;
export const VMCB_LSTAR: u64 = 0x608;
export const VMCB_CSTAR: u64 = 0x610;
export const VMCB_SFMASK: u64 = 0x618;
export const VMCB_KERNEL_GS_BASE: u64 = 0x620;
export const VMCB_SYSENTER_CS: u64 = 0x628;
export const VMCB_SYSENTER_ESP: u64 = 0x630;
export const VMCB_SYSENTER_EIP: u64 = 0x638;
export const VMCB_CR2: u64 = 0x640;
export const VMCB_PAT: u64 = 0x668;
export const VMCB_DBGCTL: u64 = 0x670;
export const VMCB_SPEC_CTRL: u64 = 0x6e0;

/** EFER.SVME: VMRUN demands it of the guest too. */
export const EFER_SVME: u64 = 0x1000;

/** In the width of a field in which the kernel has a say: asked.ts has what its extension wrote. */
export const KERNEL_HAS_A_SAY: u32 = 0x80;

/** Place and width of the VMCB fields with register numbers 15 to 48: offset << 8 | bytes. */
// prettier-ignore
const CONTROL_FIELDS: usize = memory.data<u32>([
  0x00002,
  0x00202,
  0x00402,
  0x00602,
  0x00884,
  0x00c84,
  0x01084,
  0x01484,
  0x03c02,
  0x03e02, // cr-read .. pause count
  0x04088,
  0x04888,
  0x05008,
  0x05884,
  0x05c84,
  0x06088,
  0x06808,
  0x07008,
  0x07808,
  0x08008, // iopm .. exitinfo2
  0x08808,
  0x09088,
  0x09808,
  0x0a008,
  0x0a808,
  0x0b008,
  0x0b888,
  0x0c084,
  0x0c808,
  0x0d001, // exitintinfo .. fetched
  0x0e008,
  0x0f008,
  0x0f808,
  0x10808, // avic backing page, logical table, physical table, vmsa
]);

/** The same for register numbers 89 to 114: cpl to lastexcp_to. */
// prettier-ignore
const STATE_FIELDS: usize = memory.data<u32>([
  0x4cb01,
  0x4d008,
  0x54808,
  0x55008,
  0x55808,
  0x56008,
  0x56808,
  0x57008,
  0x57808,
  0x5d808,
  0x5f808, // cpl .. rax
  0x60008,
  0x60808,
  0x61008,
  0x61808,
  0x62008,
  0x62808,
  0x63008,
  0x63808,
  0x64008,
  0x66808, // star .. pat
  0x67008,
  0x67808,
  0x68008,
  0x68808,
  0x69008, // dbgctl .. lastexcp_to
]);

const FIRST_CONTROL: u32 = 15;
const FIRST_SEGMENT: u32 = 49;
const FIRST_STATE: u32 = 89;
const FIRST_BEYOND: u32 = 115;

/** Where the VMCB holds a register of the ABI: offset << 8 | bytes, with KERNEL_HAS_A_SAY; 0 when it is not in the VMCB. */
export function vmcbField(register: u64): u32 {
  // Handlers read these most
  if (register - FIRST_STATE < FIRST_BEYOND - FIRST_STATE) {
    return load<u32>(STATE_FIELDS + <usize>((register - FIRST_STATE) * 4));
  }
  if (register < FIRST_CONTROL || register >= FIRST_BEYOND) return 0;
  if (register < FIRST_SEGMENT) return load<u32>(CONTROL_FIELDS + <usize>((register - FIRST_CONTROL) * 4));
  const segment = <u32>(register - FIRST_SEGMENT) >> 2;
  const part = <u32>(register - FIRST_SEGMENT) & 3;
  const offset: u32 = part == 0 ? 0 : part == 1 ? 2 : part == 2 ? 4 : 8;
  const bytes: u32 = part < 2 ? 2 : part == 2 ? 4 : 8;
  return ((0x400 + segment * 16 + offset) << 8) | bytes;
}
