// Which I/O ports a VM can use without the hypervisor (I/O permission map, APM volume 2, 15.10.1): a bit for each, set:
// an access exits. One that touches several ports exits when one of them does.

import { Instruction } from "../../../abi/generated/bare/enumerations";
import { AMD_REG_IOPM_BASE_PA } from "../../../abi/generated/bare/registers-amd";
import { peek8, poke8 } from "../../../bsl/src/memory";
import { allocateRun, freeRun, ownMemory } from "./pages";
import { assertionFailed } from "./syscall";
import { Vs } from "./vs";

/** 64 Ki bits, and those of an access that wraps around behind them. */
const MAP_BYTES: u64 = 0x3000;

/** A map. All ports pass in a new one. */
export class IoMap {
  private constructor(private readonly physical: u64) {}

  /** A new map; asserts that there is memory. */
  static create(): IoMap {
    const physical = allocateRun(MAP_BYTES);
    if (physical == 0) assertionFailed();
    return new IoMap(physical);
  }

  /** Makes a VS use the map. */
  use(vs: Vs): IoMap {
    vs.write(AMD_REG_IOPM_BASE_PA, this.physical);
    vs.intercept(Instruction.Io);
    return this;
  }

  /** Makes accesses to ports `first` to `last` exit. */
  trap(first: u32, last: u32): IoMap {
    for (let port = first; port <= last; port++) this.change(port, true);
    return this;
  }

  /** Lets them happen without an exit. */
  pass(first: u32, last: u32): IoMap {
    for (let port = first; port <= last; port++) this.change(port, false);
    return this;
  }

  /** Gives the memory back. No VS may use the map any more. */
  free(): void {
    freeRun(this.physical);
  }

  private change(port: u32, trapped: bool): void {
    const address = ownMemory(this.physical) + ((port & 0xffff) >> 3);
    const mask: u32 = 1 << (port & 7);
    const before: u32 = peek8(address);
    poke8(address, <u8>(trapped ? before | mask : before & ~mask));
  }
}
