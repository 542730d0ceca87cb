// Memory of MicroV's interrupt controllers: a local APIC's page in xAPIC mode, and the I/O APIC's registers
//
// The emulator carries out the instruction; what it reads and writes are MicroV's registers, 32 bits at multiples of 16.

import * as mv from "../../../abi/generated/bare/hypercalls";
import * as kvm from "../../../abi/generated/bare/kvm";
import { peek64 } from "../../../bsl/src/memory";
import { callMv, firstOf, secondOf } from "./hypercall";
import { hasIrqchip, isFull, wakeVcpus } from "./interrupts";
import {
  MACHINE_QUIRKS,
  MACHINE_VM,
  setWord,
  VCPU_BLOCK,
  VCPU_ENDED,
  VCPU_MACHINE,
  VCPU_PAGE,
  VCPU_VS,
  word,
} from "./objects";

const APIC_BYTES: u64 = 0x1000;
const APIC_ADDRESS: u64 = 0x000f_ffff_ffff_f000;
const APIC_X2APIC: u64 = 1 << 10;
const APIC_ENABLED: u64 = 1 << 11;
const MODE: u64 = APIC_ENABLED | APIC_X2APIC;
const NOTHING: u64 = 0xffff_ffff_ffff_ffff;
const IO_APIC: u64 = 0xfec0_0000;
const IO_APIC_BYTES: u64 = 0x100;
const REGISTER: u64 = 15;

/** Whether an address is one of a controller's. */
export function isController(vcpu: u64, address: u64): bool {
  const machine = word(vcpu, VCPU_MACHINE);
  if (!hasIrqchip(machine)) return false;
  return isLocal(vcpu, address) || isHole(vcpu, address) || (isFull(machine) && address - IO_APIC < IO_APIC_BYTES);
}

/** What is read there: as many bytes as count are the register's from there on. */
export function readController(vcpu: u64, address: u64): u64 {
  if (isHole(vcpu, address)) return NOTHING;
  const block = vcpu + VCPU_BLOCK;
  const offset = address & ~REGISTER;
  const status = isLocal(vcpu, address)
    ? callMv(block, mv.MV_VS_APIC_READ, word(vcpu, VCPU_VS), offset & (APIC_BYTES - 1), 0, 0)
    : callMv(block, mv.MV_VM_IO_APIC_READ, word(word(vcpu, VCPU_MACHINE), MACHINE_VM), offset - IO_APIC, 0, 0);
  const place = address & REGISTER;
  return status == mv.MV_STATUS_SUCCESS && place < 4 ? firstOf(block) >> (place * 8) : 0;
}

/** Writes: a local APIC takes nothing but 32 bits at a register. */
export function writeController(vcpu: u64, address: u64, data: u64, bytes: u32): void {
  if (isHole(vcpu, address)) return;
  if (isLocal(vcpu, address)) {
    if (bytes == 4 && (address & REGISTER) == 0) writeLocal(vcpu, address & (APIC_BYTES - 1), <u32>data);
    return;
  }
  const machine = word(vcpu, VCPU_MACHINE);
  const block = vcpu + VCPU_BLOCK;
  const value = bytes >= 4 ? <u32>data : <u32>data & (((<u32>1) << (8 * bytes)) - 1);
  const status = callMv(block, mv.MV_VM_IO_APIC_WRITE, word(machine, MACHINE_VM), address - IO_APIC, value, 0);
  if (status == mv.MV_STATUS_SUCCESS) wakeVcpus(machine, firstOf(block));
}

function writeLocal(vcpu: u64, offset: u64, value: u32): void {
  const block = vcpu + VCPU_BLOCK;
  if (callMv(block, mv.MV_VS_APIC_WRITE, word(vcpu, VCPU_VS), offset, value, 0) != mv.MV_STATUS_SUCCESS) return;
  const isEnd = secondOf(block) == mv.MV_EXIT_EOI;
  wakeVcpus(word(vcpu, VCPU_MACHINE), firstOf(block));
  // Whoever has to hear of it does when the instruction is done
  if (isEnd) setWord(vcpu, VCPU_ENDED, 1);
}

/** Whether it is the page of a local APIC that shows its registers there. */
function isLocal(vcpu: u64, address: u64): bool {
  return isInPage(vcpu, address) && (base(vcpu) & MODE) == APIC_ENABLED;
}

/** The page of one that is disabled or in x2APIC mode, unless the machine's user does without that quirk: reads find ones, writes nothing. */
function isHole(vcpu: u64, address: u64): bool {
  if ((word(word(vcpu, VCPU_MACHINE), MACHINE_QUIRKS) & kvm.KVM_X86_QUIRK_LAPIC_MMIO_HOLE) != 0) return false;
  return isInPage(vcpu, address) && (base(vcpu) & MODE) != APIC_ENABLED;
}

function isInPage(vcpu: u64, address: u64): bool {
  return address - (base(vcpu) & APIC_ADDRESS) < APIC_BYTES;
}

/** APIC_BASE. */
function base(vcpu: u64): u64 {
  return peek64(word(vcpu, VCPU_PAGE) + mv.MV_PAGE_APIC_BASE);
}
