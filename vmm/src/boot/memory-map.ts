// What loaders tell a guest about its memory, and where they put what they tell

/** Types of ranges are those of the BIOS (ACPI specification, 15.1). */
export const RAM = 1;
export const RESERVED = 2;

export interface Range {
  readonly address: bigint;
  readonly sizeBytes: bigint;
  readonly type: typeof RAM | typeof RESERVED;
}

/** Where a PC's extended BIOS data, video memory and ROMs are: there is memory here, but no system takes it. */
const LOW_END = 0x9_fc00n;
const HIGH_BEGIN = 0x10_0000n;

/** Memory from 0 to `end`, as a PC has it. */
export const memoryMap = (end: bigint): Range[] => [
  { address: 0n, sizeBytes: LOW_END, type: RAM },
  { address: LOW_END, sizeBytes: HIGH_BEGIN - LOW_END, type: RESERVED },
  ...(end > HIGH_BEGIN ? [{ address: HIGH_BEGIN, sizeBytes: end - HIGH_BEGIN, type: RAM } as const] : []),
];

/** Guest physical addresses of what loaders write besides the image; `reserved` in start-state.ts is below and between. */
export const places = {
  /** hvm_start_info, multiboot_info, and what they lead to. */
  startInfo: 0x6000,
  /** Linux's boot_params. */
  bootParams: 0x7000,
  /** A zero-terminated command line. */
  commandLine: 0x2_0000,
  /** Images of systems begin here at the earliest. */
  image: 0x10_0000,
} as const;

const PAGE = 0x1000n;

/** Where a file of `sizeBytes` bytes goes: as high as `limit` allows, at a page's beginning. */
export const highPlace = (limit: bigint, sizeBytes: number): bigint => ((limit - BigInt(sizeBytes)) / PAGE) * PAGE;
