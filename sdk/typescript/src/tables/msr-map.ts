// Which MSRs a VM can use without the hypervisor (APM volume 2, 15.11; SDM volume 3, 25.6.9)
//
// A processor has bits for MSRs 0 to 1FFF and C000_0000 to C000_1FFF, AMD's for C001_0000 to C001_1FFF, too. All others
// exit always.

import { MAP_ACCESSES, MAP_ALWAYS, MAP_MSR, MAP_READS, MAP_WRITES } from "../../../../abi/generated/bare/objects";
import { handleOf, idOf } from "../calls/handle";
import { isIntel } from "../vendor/vendor";
import { NativeVs } from "../vs/native-vs";
import {
  attachMap,
  createMap,
  destroyMap,
  detachMap,
  NO_MAP,
  passInMap,
  queryMap,
  trapInMap,
  tryCreateMap,
} from "./permission-map";

const LAST_LOW: u32 = 0x1fff;
const FIRST_HIGH: u32 = 0xc000_0000;
const FIRST_AMD: u32 = 0xc001_0000;

/** A map, by its identifier. All MSRs that have bits pass in a new one. */
@unmanaged
export class MsrMap {
  static of(id: u32): MsrMap {
    return changetype<MsrMap>(handleOf(id));
  }

  /** A new map; asserts that there is memory. */
  static create(): MsrMap {
    return MsrMap.of(createMap(MAP_MSR));
  }

  /** A new map in which all MSRs exit. */
  static closed(): MsrMap {
    return MsrMap.create().trapAll();
  }

  /** The same, or null: there is no memory. */
  static tryClosed(): MsrMap | null {
    const map = tryCreateMap(MAP_MSR);
    return map == NO_MAP ? null : MsrMap.of(map).trapAll();
  }

  get id(): u32 {
    return idOf(changetype<usize>(this));
  }

  /** Makes a VS use the map, instead of the one that it had. */
  use(vs: NativeVs): MsrMap {
    attachMap(this.id, vs);
    return this;
  }

  /** Takes the map from a VS, which uses it: on Intel every access exits then; on AMD the root VM has all MSRs, another VM none. */
  release(vs: NativeVs): void {
    detachMap(this.id, vs);
  }

  /** Makes RDMSR of an MSR exit. */
  trapReads(msr: u32): MsrMap {
    trapInMap(this.id, msr, msr, MAP_READS);
    return this;
  }

  /** Makes WRMSR to an MSR exit. */
  trapWrites(msr: u32): MsrMap {
    trapInMap(this.id, msr, msr, MAP_WRITES);
    return this;
  }

  /** Makes RDMSR and WRMSR of MSRs `first` to `last` exit. */
  trapRange(first: u32, last: u32): MsrMap {
    trapInMap(this.id, first, last, MAP_ACCESSES);
    return this;
  }

  /** Makes all accesses exit. */
  trapAll(): MsrMap {
    this.trapRange(0, LAST_LOW).trapRange(FIRST_HIGH, FIRST_HIGH + LAST_LOW);
    return isIntel() ? this : this.trapRange(FIRST_AMD, FIRST_AMD + LAST_LOW);
  }

  /** Lets both happen without an exit, where the processor has bits for the MSR. */
  pass(msr: u32): MsrMap {
    return this.passRange(msr, msr);
  }

  /** The same for MSRs `first` to `last`. */
  passRange(first: u32, last: u32): MsrMap {
    passInMap(this.id, first, last, MAP_ACCESSES);
    return this;
  }

  /** Whether RDMSR of an MSR exits. */
  trapsReads(msr: u32): bool {
    return (queryMap(this.id, msr) & MAP_READS) != 0;
  }

  /** Whether WRMSR to an MSR exits. */
  trapsWrites(msr: u32): bool {
    return (queryMap(this.id, msr) & MAP_WRITES) != 0;
  }

  /** Whether the processor has no bits for an MSR, so that both exit whatever is asked for. */
  trapsAlways(msr: u32): bool {
    return (queryMap(this.id, msr) & MAP_ALWAYS) != 0;
  }

  /** Gives the memory back. No VS may use the map any more. */
  free(): void {
    destroyMap(this.id);
  }
}
