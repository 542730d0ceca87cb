// KVM_GET_FPU, KVM_SET_FPU, KVM_GET_XSAVE, KVM_SET_XSAVE: the guest's XSAVE area, or what FXSAVE has of it

import {
  MV_FPU_BYTES,
  MV_PAGE_LIST,
  MV_STATUS_SUCCESS,
  MV_VS_FPU_GET_ALL,
  MV_VS_FPU_SET_ALL,
} from "../../../abi/generated/bare/hypercalls";
import * as kvm from "../../../abi/generated/bare/kvm";
import {
  copyMemory,
  fillMemory,
  peek8,
  peek16,
  peek32,
  peek64,
  poke8,
  poke16,
  poke32,
  poke64,
} from "../../../bsl/src/memory";
import { EINVAL, ENODEV } from "./errors";
import { callMv } from "./hypercall";
import { VCPU_ARGUMENT, VCPU_BLOCK, VCPU_PAGE, VCPU_VS, word } from "./objects";

/** The area goes over in two parts. */
const PART: u64 = MV_FPU_BYTES / 2;

/** FXSAVE's format (APM volume 2, figure 11-7), and XSAVE's header behind it. */
const AREA_FCW: u64 = 0;
const AREA_FSW: u64 = 2;
const AREA_FTW: u64 = 4;
const AREA_FOP: u64 = 6;
const AREA_RIP: u64 = 8;
const AREA_RDP: u64 = 16;
const AREA_MXCSR: u64 = 24;
const AREA_ST: u64 = 32;
const ST_BYTES: u64 = 128;
const AREA_XMM: u64 = 160;
const XMM_BYTES: u64 = 256;
const AREA_COMPONENTS: u64 = 512;
const HEADER_WORDS: u64 = 8;
const X87: u64 = 1;
const SSE: u64 = 2;
const X87_AND_SSE: u64 = 3;
/** x87 as FNINIT leaves it: no register is in use. */
const FCW_INITIAL: u16 = 0x37f;
/** What guests may have (microv/extension/src/guest-leaves.ts). */
const COMPONENTS: u64 = 0xe7;
const MXCSR_RESERVED: u32 = 0xffff_0000;

export function getFpu(vcpu: u64, to: u64): i64 {
  const area = areaOf(vcpu);
  if (!readArea(vcpu, area)) return ENODEV;
  fillMemory(to, 0, kvm.KVM_FPU_BYTES);
  copyMemory(to + kvm.KVM_FPU_FPR, area + AREA_ST, ST_BYTES);
  copyMemory(to + kvm.KVM_FPU_XMM, area + AREA_XMM, XMM_BYTES);
  poke16(to + kvm.KVM_FPU_FCW, peek16(area + AREA_FCW));
  poke16(to + kvm.KVM_FPU_FSW, peek16(area + AREA_FSW));
  poke8(to + kvm.KVM_FPU_FTWX, peek8(area + AREA_FTW));
  poke16(to + kvm.KVM_FPU_LAST_OPCODE, peek16(area + AREA_FOP));
  poke64(to + kvm.KVM_FPU_LAST_IP, peek64(area + AREA_RIP));
  poke64(to + kvm.KVM_FPU_LAST_DP, peek64(area + AREA_RDP));
  poke32(to + kvm.KVM_FPU_MXCSR, peek32(area + AREA_MXCSR));
  return 0;
}

export function setFpu(vcpu: u64, from: u64): i64 {
  const area = areaOf(vcpu);
  if ((peek32(from + kvm.KVM_FPU_MXCSR) & MXCSR_RESERVED) != 0) return EINVAL;
  if (!readArea(vcpu, area)) return ENODEV;
  copyMemory(area + AREA_ST, from + kvm.KVM_FPU_FPR, ST_BYTES);
  copyMemory(area + AREA_XMM, from + kvm.KVM_FPU_XMM, XMM_BYTES);
  poke16(area + AREA_FCW, peek16(from + kvm.KVM_FPU_FCW));
  poke16(area + AREA_FSW, peek16(from + kvm.KVM_FPU_FSW));
  poke8(area + AREA_FTW, peek8(from + kvm.KVM_FPU_FTWX));
  poke16(area + AREA_FOP, peek16(from + kvm.KVM_FPU_LAST_OPCODE));
  poke64(area + AREA_RIP, peek64(from + kvm.KVM_FPU_LAST_IP));
  poke64(area + AREA_RDP, peek64(from + kvm.KVM_FPU_LAST_DP));
  poke32(area + AREA_MXCSR, peek32(from + kvm.KVM_FPU_MXCSR));
  poke64(area + AREA_COMPONENTS, peek64(area + AREA_COMPONENTS) | X87_AND_SSE);
  return writeArea(vcpu, area) ? 0 : ENODEV;
}

export function getXsave(vcpu: u64, to: u64): i64 {
  if (!readArea(vcpu, to)) return ENODEV;
  poke64(to + AREA_COMPONENTS, peek64(to + AREA_COMPONENTS) & COMPONENTS);
  return 0;
}

/** What no processor would load is refused, as KVM does. */
export function setXsave(vcpu: u64, from: u64): i64 {
  if ((peek32(from + AREA_MXCSR) & MXCSR_RESERVED) != 0) return EINVAL;
  if ((peek64(from + AREA_COMPONENTS) & ~COMPONENTS) != 0) return EINVAL;
  for (let i: u64 = 1; i < HEADER_WORDS; i++) if (peek64(from + AREA_COMPONENTS + i * 8) != 0) return EINVAL;
  return writeArea(vcpu, from) ? 0 : ENODEV;
}

/** Bytes of x87, MMX and XMM registers, as FXSAVE writes them. */
export const LEGACY_BYTES: u64 = AREA_XMM + XMM_BYTES;

/** The guest's. */
export function readLegacy(vcpu: u64, to: u64): bool {
  const area = areaOf(vcpu);
  if (!readArea(vcpu, area)) return false;
  initialize(area);
  copyMemory(to, area, LEGACY_BYTES);
  return true;
}

/** Gives the guest those that are not what they were before. */
export function writeLegacy(vcpu: u64, from: u64, before: u64): bool {
  let components: u64 = isEqual(from, before, 0, AREA_XMM) ? 0 : X87;
  if (!isEqual(from, before, AREA_XMM, LEGACY_BYTES)) components |= SSE;
  if (components == 0) return true;
  const area = areaOf(vcpu);
  if (!readArea(vcpu, area)) return false;
  initialize(area);
  for (let at: u64 = 0; at < LEGACY_BYTES; at += 8) {
    if (peek64(from + at) != peek64(before + at)) poke64(area + at, peek64(from + at));
  }
  poke64(area + AREA_COMPONENTS, peek64(area + AREA_COMPONENTS) | components);
  return writeArea(vcpu, area);
}

/** Writes what the processor has left out of an area, for it is as after a reset. MXCSR belongs to neither component. */
function initialize(area: u64): void {
  const components = peek64(area + AREA_COMPONENTS);
  if ((components & SSE) == 0) fillMemory(area + AREA_XMM, 0, XMM_BYTES);
  if ((components & X87) != 0) return;
  fillMemory(area, 0, AREA_MXCSR);
  poke16(area + AREA_FCW, FCW_INITIAL);
  fillMemory(area + AREA_ST, 0, ST_BYTES);
}

function isEqual(some: u64, others: u64, from: u64, to: u64): bool {
  for (let at = from; at < to; at += 8) if (peek64(some + at) != peek64(others + at)) return false;
  return true;
}

/** Behind the argument of these ioctls. */
function areaOf(vcpu: u64): u64 {
  return word(vcpu, VCPU_ARGUMENT) + MV_FPU_BYTES;
}

function readArea(vcpu: u64, to: u64): bool {
  for (let place: u64 = 0; place < MV_FPU_BYTES; place += PART) {
    const status = callMv(vcpu + VCPU_BLOCK, MV_VS_FPU_GET_ALL, word(vcpu, VCPU_VS), place, PART, 0);
    if (status != MV_STATUS_SUCCESS) return false;
    copyMemory(to + place, word(vcpu, VCPU_PAGE) + MV_PAGE_LIST, PART);
  }
  return true;
}

function writeArea(vcpu: u64, from: u64): bool {
  for (let place: u64 = 0; place < MV_FPU_BYTES; place += PART) {
    const isLast: u64 = place + PART == MV_FPU_BYTES ? 1 : 0;
    copyMemory(word(vcpu, VCPU_PAGE) + MV_PAGE_LIST, from + place, PART);
    const status = callMv(vcpu + VCPU_BLOCK, MV_VS_FPU_SET_ALL, word(vcpu, VCPU_VS), place, PART, isLast);
    if (status != MV_STATUS_SUCCESS) return false;
  }
  return true;
}
