// Which I/O ports a VM can use without the hypervisor (APM volume 2, 15.10.1; SDM volume 3, 25.6.4)
//
// An access that touches several ports exits when one of them does.

import { MAP_ACCESSES, MAP_IO } from "../../../../abi/generated/bare/objects";
import { handleOf, idOf } from "../calls/handle";
import { NativeVs } from "../vs/native-vs";
import { attachMap, createMap, destroyMap, detachMap, passInMap, queryMap, trapInMap } from "./permission-map";

const LAST_PORT: u32 = 0xffff;

/** A map, by its identifier. All ports pass in a new one. */
@unmanaged
export class IoMap {
  /** A new map; asserts that there is memory. */
  static create(): IoMap {
    return changetype<IoMap>(handleOf(createMap(MAP_IO)));
  }

  /** A new map in which all ports exit. */
  static closed(): IoMap {
    return IoMap.create().trap(0, LAST_PORT);
  }

  get id(): u32 {
    return idOf(changetype<usize>(this));
  }

  /** Makes a VS use the map, instead of the one that it had. */
  use(vs: NativeVs): IoMap {
    attachMap(this.id, vs);
    return this;
  }

  /** Takes the map from a VS, which uses it: the root VM has all ports then, another VM none. */
  release(vs: NativeVs): void {
    detachMap(this.id, vs);
  }

  /** Makes accesses to ports `first` to `last` exit. */
  trap(first: u32, last: u32): IoMap {
    trapInMap(this.id, first, last, MAP_ACCESSES);
    return this;
  }

  /** Lets them happen without an exit. */
  pass(first: u32, last: u32): IoMap {
    passInMap(this.id, first, last, MAP_ACCESSES);
    return this;
  }

  /** Whether accesses to a port exit. */
  traps(port: u32): bool {
    return queryMap(this.id, port) != 0;
  }

  /** Gives the memory back. No VS may use the map any more. */
  free(): void {
    destroyMap(this.id);
  }
}
