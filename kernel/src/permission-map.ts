// Permission maps as objects: which MSRs or I/O ports a VM can use without the hypervisor

import {
  changeMsrs,
  changePorts,
  initMsrs,
  LAST_PORT,
  msrMapOrder,
  PORT_MAP_ORDER,
  readMsrs,
  readPort,
} from "#arch/objects";
import { MAP_ACCESSES, MAP_ALWAYS, MAP_IO, MAP_MSR } from "../../abi/generated/bare/objects";
import { PAGE_SIZE } from "../../abi/generated/bare/syscalls";
import { DIRECT_BASE } from "../../abi/generated/bare/windows";
import { fillMemory } from "../../bsl/src/memory";
import { allocatePages, pages } from "./memory/pages";
import { MAP_WINDOW } from "./object-pages";
import { Pool, PoolObject } from "./pool";

@unmanaged
export class PermissionMap extends PoolObject {
  /** MAP_MSR or MAP_IO. */
  kind: u32 = 0;
  /** VSs that it is attached to. */
  users: u32 = 0;
  physical: u64 = 0;

  /** Makes one that has just been allocated let everything pass; false when memory runs out. */
  init(kind: u32): bool {
    this.kind = kind;
    this.users = 0;
    this.physical = allocatePages(this.order);
    if (this.physical == 0) return false;
    fillMemory(DIRECT_BASE + this.physical, 0, (<u64>PAGE_SIZE) << this.order);
    if (kind == MAP_MSR) initMsrs(DIRECT_BASE + this.physical);
    return true;
  }

  /** Gives its memory back. */
  discard(): void {
    pages.freePages(this.physical, this.order);
  }

  /** The last number that it can be asked about. */
  get last(): u32 {
    return this.kind == MAP_MSR ? 0xffff_ffff : LAST_PORT;
  }

  /** Makes accesses from `first` to `last` exit, or pass: how many numbers exit always. */
  change(first: u32, last: u32, accesses: u32, exits: bool): u64 {
    const base = DIRECT_BASE + this.physical;
    const count = <u64>(last - first) + 1;
    if (this.kind == MAP_MSR) return count - changeMsrs(base, first, last, accesses, exits);
    changePorts(base, first, last, exits);
    return 0;
  }

  /** MAP_*: which accesses exit. */
  query(number: u32): u32 {
    const base = DIRECT_BASE + this.physical;
    if (this.kind == MAP_IO) return readPort(base, number) * MAP_ACCESSES;
    const accesses = readMsrs(base, number);
    return accesses > MAP_ACCESSES ? MAP_ACCESSES | MAP_ALWAYS : accesses;
  }

  private get order(): u32 {
    return this.kind == MAP_MSR ? msrMapOrder() : PORT_MAP_ORDER;
  }
}

export const maps: Pool = changetype<Pool>(memory.data(offsetof<Pool>(), 8));

export function initMaps(): void {
  maps.init(MAP_WINDOW, offsetof<PermissionMap>(), 0);
}

export function mapAt(id: u32): PermissionMap {
  return changetype<PermissionMap>(maps.at(id));
}
