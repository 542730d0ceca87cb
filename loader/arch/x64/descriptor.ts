// Segment descriptors as a VMCB holds them (APM volume 2, 4.8 and 15.5.1)
//
//      63      56 55  52 51    48 47       40 39                 16 15             0
//     ┌──────────┬──────┬────────┬───────────┬─────────────────────┬────────────────┐
//     │ base     │ G D  │ limit  │ P DPL S   │ base 23:0           │ limit 15:0     │
//     │ 31:24    │ L AVL│ 19:16  │ type      │                     │                │
//     └──────────┴──────┴────────┴───────────┴─────────────────────┴────────────────┘
//                  └─ attributes 11:8   └─ attributes 7:0

import { peek64 } from "../../../bsl/src/memory";

const SELECTOR_LOCAL: u32 = 4;
const SELECTOR_INDEX: u32 = 0xfff8;
const GRANULARITY: u64 = 1 << 55;

/** Whether a selector names no descriptor at all. */
export function isNull(selector: u32): bool {
  return (selector & SELECTOR_INDEX) === 0 && (selector & SELECTOR_LOCAL) === 0;
}

/** Where a selector's descriptor lies: in the GDT, or in the LDT whose base is given. */
export function descriptorAddress(selector: u32, gdt: u64, ldt: u64): u64 {
  return ((selector & SELECTOR_LOCAL) !== 0 ? ldt : gdt) + (selector & SELECTOR_INDEX);
}

/** Descriptor bits 55:52 and 47:40. */
export function attributesOf(address: u64): u32 {
  const descriptor = peek64(address);
  return <u32>((descriptor >> 40) & 0xff) | <u32>((descriptor >> 44) & 0xf00);
}

/** The limit in bytes. */
export function limitOf(address: u64): u32 {
  const descriptor = peek64(address);
  const limit = (descriptor & 0xffff) | ((descriptor >> 32) & 0xf_0000);
  return <u32>((descriptor & GRANULARITY) !== 0 ? (limit << 12) | 0xfff : limit);
}

/** Base of a code or data segment. */
export function baseOf(address: u64): u64 {
  const descriptor = peek64(address);
  return ((descriptor >> 16) & 0xff_ffff) | ((descriptor >> 32) & 0xff00_0000);
}

/** Base of a system segment (TSS, LDT), whose descriptor has 16 bytes. */
export function systemBaseOf(address: u64): u64 {
  return baseOf(address) | (peek64(address + 8) << 32);
}
