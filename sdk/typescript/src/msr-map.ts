// Which MSRs a VM can use without the hypervisor (MSR permission map, APM volume 2, 15.11)
//
//     0x0000  MSRs 0000_0000 to 0000_1FFF   two bits each: read, write; set: the access exits
//     0x0800  MSRs C000_0000 to C000_1FFF
//     0x1000  MSRs C001_0000 to C001_1FFF   MSRs that are not in the map always exit

import { Instruction } from "../../../abi/generated/bare/enumerations";
import { AMD_REG_MSRPM_BASE_PA } from "../../../abi/generated/bare/registers-amd";
import { peek8, poke8 } from "../../../bsl/src/memory";
import { allocateRun, freeRun, ownMemory } from "./pages";
import { assertionFailed } from "./syscall";
import { Vs } from "./vs";

const MAP_BYTES: u64 = 0x2000;
const RANGE_MSRS: u32 = 0x2000;
const RANGE_BYTES: u32 = 0x800;

const READ: u32 = 1;
const WRITE: u32 = 2;

/** A map. All MSRs pass in a new one. */
export class MsrMap {
  private constructor(private readonly physical: u64) {}

  /** A new map; asserts that there is memory. */
  static create(): MsrMap {
    const physical = allocateRun(MAP_BYTES);
    if (physical == 0) assertionFailed();
    return new MsrMap(physical);
  }

  /** Makes a VS use the map. */
  use(vs: Vs): MsrMap {
    vs.write(AMD_REG_MSRPM_BASE_PA, this.physical);
    vs.intercept(Instruction.Msr);
    return this;
  }

  /** Makes RDMSR of an MSR exit. */
  trapReads(msr: u32): MsrMap {
    return this.change(msr, READ, true);
  }

  /** Makes WRMSR to an MSR exit. */
  trapWrites(msr: u32): MsrMap {
    return this.change(msr, WRITE, true);
  }

  /** Lets both happen without an exit. */
  pass(msr: u32): MsrMap {
    return this.change(msr, READ | WRITE, false);
  }

  /** Gives the memory back. No VS may use the map any more. */
  free(): void {
    freeRun(this.physical);
  }

  private change(msr: u32, bits: u32, trapped: bool): MsrMap {
    const place = placeOf(msr);
    if (place == OUTSIDE) return this;
    const address = ownMemory(this.physical) + (place >> 2);
    const mask = bits << ((place & 3) << 1);
    const before: u32 = peek8(address);
    poke8(address, <u8>(trapped ? before | mask : before & ~mask));
    return this;
  }
}

const OUTSIDE: u32 = 0xffff_ffff;

/** An MSR's place in the map, in units of two bits. */
function placeOf(msr: u32): u32 {
  if (msr < RANGE_MSRS) return msr;
  if (msr - 0xc000_0000 < RANGE_MSRS) return msr - 0xc000_0000 + RANGE_BYTES * 4;
  if (msr - 0xc001_0000 < RANGE_MSRS) return msr - 0xc001_0000 + RANGE_BYTES * 8;
  return OUTSIDE;
}
