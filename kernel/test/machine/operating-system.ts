// The operating system that the kernel slides under: its state when the loader took its processor, SavedState's fields

import type { Processor, Segment, SegmentName } from "./processor.ts";
import { MSR, SEGMENTS } from "./processor.ts";

const EFER = 0x0d01n;
const EFER_SVME = 0x1000n;

/** Every field of SavedState that the kernel may look at, each with a value of its own. */
export function operatingSystemState(ppid: number): Record<string, bigint> {
  const own = BigInt(ppid) << 32n;
  const general = ["rax", "rbx", "rcx", "rdx", "rbp", "rsi", "rdi", ...numbered("r", 8, 15)];
  const state: Record<string, bigint> = {
    osAddress: 0xffff_8880_1234_0000n,
    hostCr4: 0x30_0660n | (1n << 18n) | (1n << 11n),
    hostEfer: 0x1d01n,
    rip: 0xffff_ffff_c010_0042n,
    rsp: 0xffff_c900_0004_bd38n + own,
    rflags: 0x46n,
    cr0: 0x8005_0033n,
    cr2: 0x7fff_1234_5678n + own,
    cr3: 0x1_0a5b_c000n,
    cr4: 0x35_06e0n,
    cr8: 3n,
    xcr0: 7n,
    dr0: 0xd0n + own,
    dr1: 0xd1n + own,
    dr2: 0xd2n + own,
    dr3: 0xd3n + own,
    dr6: 0xffff_0ff1n,
    dr7: 0x455n,
    efer: EFER,
    star: 0x0023_0010_0000_0000n,
    lstar: 0xffff_ffff_8200_0080n,
    cstar: 0xffff_ffff_8200_0100n,
    sfmask: 0x25_7fd5n,
    kernelGsBase: 0x7f00_0000_1000n + own,
    sysenterCs: 0x10n,
    sysenterEsp: 0xffff_fe00_0000_3000n,
    sysenterEip: 0xffff_ffff_8200_0200n,
    pat: 0x0407_0506_0407_0506n,
    debugctl: 0n,
    hsavePa: 0x77_7000n,
    gdtrBase: 0xffff_fe00_0000_1000n + own,
    gdtrLimit: 0x7fn,
    idtrBase: 0xffff_fe00_0000_0000n,
    idtrLimit: 0xfffn,
  };
  general.forEach((name, index) => {
    state[name] = 0x1111_0000_0000_0000n + own + BigInt(index);
  });
  for (const name of SEGMENTS) {
    const [selector, attrib, limit, base] = SEGMENT_VALUES[name];
    state[`${name}Selector`] = selector;
    state[`${name}Attrib`] = attrib;
    state[`${name}Limit`] = limit;
    state[`${name}Base`] = base === 0n ? 0n : base + own;
  }
  return state;
}

/** Selector, attributes, limit, base: a Linux kernel's. */
const SEGMENT_VALUES: Record<SegmentName, readonly [bigint, bigint, bigint, bigint]> = {
  es: [0n, 0n, 0n, 0n],
  cs: [0x10n, 0xa9bn, 0xffff_ffffn, 0n],
  ss: [0x18n, 0xc93n, 0xffff_ffffn, 0n],
  ds: [0n, 0n, 0n, 0n],
  fs: [0n, 0n, 0n, 0x7f12_3456_0000n],
  gs: [0n, 0n, 0n, 0xffff_8880_7dc0_0000n],
  ldtr: [0n, 0n, 0n, 0n],
  tr: [0x40n, 0x08bn, 0x4087n, 0xffff_fe00_0000_3000n],
};

/**
 * Puts a processor where the loader's code leaves it: the operating system's registers, but host CR3, CR4 and EFER, and no
 * breakpoint.
 */
export function arrive(processor: Processor, state: Record<string, bigint>, root: bigint): void {
  const of = (name: string): bigint => state[name] ?? 0n;
  processor.cr0 = of("cr0");
  processor.cr2 = of("cr2");
  processor.cr3 = root;
  processor.cr4 = of("hostCr4");
  processor.cr8 = of("cr8");
  processor.xcr0 = of("xcr0");
  [0, 1, 2, 3, 6, 7].forEach((index) => {
    processor.dr[index] = of(`dr${index}`);
  });
  processor.dr[7] = 0x400n;
  processor.gdtr = { base: of("gdtrBase"), limit: Number(of("gdtrLimit")) };
  processor.idtr = { base: of("idtrBase"), limit: Number(of("idtrLimit")) };
  for (const name of SEGMENTS) processor.segments[name] = hiddenSegment(state, name);
  for (const [name, index] of Object.entries(savedMsrs(processor))) processor.wrmsr(index, of(name));
  if (processor.vmx !== undefined) processor.wrmsr(MSR.EFER, of("hostEfer") & ~EFER_SVME);
}

/**
 * A segment as the processor holds it, and as VMSAVE writes it: of a task register, that its type does not say "busy", which
 * the descriptor says. Some do it so.
 */
export function hiddenSegment(state: Record<string, bigint>, name: SegmentName): Segment {
  const of = (part: string): bigint => state[`${name}${part}`] ?? 0n;
  const attrib = Number(of("Attrib")) & (name === "tr" ? ~2 : ~0);
  return { selector: Number(of("Selector")), attrib, limit: Number(of("Limit")), base: of("Base") };
}

/** MSRs that SavedState holds and the kernel changes, by field. */
export function savedMsrs(processor: Processor): Readonly<Record<string, number>> {
  return processor.vmx === undefined ? { ...SAVED_MSRS, hsavePa: MSR.VM_HSAVE_PA } : { ...SAVED_MSRS, pat: MSR.PAT };
}

const SAVED_MSRS = {
  star: MSR.STAR,
  lstar: MSR.LSTAR,
  cstar: MSR.CSTAR,
  sfmask: MSR.SFMASK,
  kernelGsBase: MSR.KERNEL_GS_BASE,
  sysenterCs: MSR.SYSENTER_CS,
  sysenterEsp: MSR.SYSENTER_ESP,
  sysenterEip: MSR.SYSENTER_EIP,
} as const;

function numbered(prefix: string, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `${prefix}${from + index}`);
}
