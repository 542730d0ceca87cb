// Group 0xB, permission maps

import { MAP_ACCESSES, MAP_IO } from "../../../abi/generated/bare/objects";
import {
  PP_BLOCK_REG0,
  PP_BLOCK_REG1,
  PP_BLOCK_REG2,
  PP_BLOCK_REG3,
  PP_BLOCK_REG4,
} from "../../../abi/generated/bare/pp-block";
import {
  STATUS_FAILURE_UNKNOWN,
  STATUS_INVALID_INPUT_REG1,
  STATUS_INVALID_INPUT_REG2,
  STATUS_INVALID_INPUT_REG3,
  STATUS_INVALID_INPUT_REG4,
  STATUS_SUCCESS,
} from "../../../abi/generated/bare/status";
import { INVALID_ID } from "../../../abi/generated/bare/syscalls";
import { dropMap, useMap } from "../attach";
import { currentExtension } from "../extension";
import { mapAt, maps, PermissionMap } from "../permission-map";
import { block64, ppid, setBlock64, setIdentifier } from "../pp";
import { Vs, vsAt, vss } from "../vs";

/** B.0: REG1 kind -> REG0 map. */
export function mapCreate(): u64 {
  const kind = block64(PP_BLOCK_REG1);
  if (kind > MAP_IO) return STATUS_INVALID_INPUT_REG1;
  const id = maps.allocate(currentExtension().address(), false, true);
  if (id == INVALID_ID) return STATUS_FAILURE_UNKNOWN;
  if (!mapAt(id).init(<u32>kind)) {
    maps.release(id);
    return STATUS_FAILURE_UNKNOWN;
  }
  setIdentifier(PP_BLOCK_REG0, mapAt(id));
  return STATUS_SUCCESS;
}

/** B.1: REG1 map. */
export function mapDestroy(): u64 {
  if (!isMap()) return STATUS_INVALID_INPUT_REG1;
  const map = mapOf();
  if (map.users != 0) return STATUS_FAILURE_UNKNOWN;
  map.discard();
  maps.release(map.id);
  return STATUS_SUCCESS;
}

/** B.2 and B.3: REG1 map, REG2 first, REG3 last, REG4 accesses -> REG0 how many numbers exit always. */
export function mapChange(exits: bool): u64 {
  if (!isMap()) return STATUS_INVALID_INPUT_REG1;
  const map = mapOf();
  const first = block64(PP_BLOCK_REG2);
  const last = block64(PP_BLOCK_REG3);
  const accesses = block64(PP_BLOCK_REG4);
  if (first > map.last) return STATUS_INVALID_INPUT_REG2;
  if (last < first || last > map.last) return STATUS_INVALID_INPUT_REG3;
  if (accesses == 0 || accesses > MAP_ACCESSES) return STATUS_INVALID_INPUT_REG4;
  setBlock64(PP_BLOCK_REG0, map.change(<u32>first, <u32>last, <u32>accesses, exits));
  return STATUS_SUCCESS;
}

/** B.4: REG1 map, REG2 number -> REG0 accesses. */
export function mapQuery(): u64 {
  if (!isMap()) return STATUS_INVALID_INPUT_REG1;
  const number = block64(PP_BLOCK_REG2);
  if (number > mapOf().last) return STATUS_INVALID_INPUT_REG2;
  setBlock64(PP_BLOCK_REG0, mapOf().query(<u32>number));
  return STATUS_SUCCESS;
}

/** B.5: REG1 map, REG2 vs. */
export function mapAttach(): u64 {
  const status = checkVs();
  if (status != STATUS_SUCCESS) return status;
  if (isElsewhere(vsOf())) return STATUS_FAILURE_UNKNOWN;
  useMap(vsOf(), mapOf());
  return STATUS_SUCCESS;
}

/** B.6: REG1 map, REG2 vs, which has it. */
export function mapDetach(): u64 {
  const status = checkVs();
  if (status != STATUS_SUCCESS) return status;
  const map = mapOf();
  const vs = vsOf();
  const present = map.kind == MAP_IO ? vs.ioMap : vs.msrMap;
  if (present != map.id + 1 || isElsewhere(vs)) return STATUS_FAILURE_UNKNOWN;
  dropMap(vs, map.kind);
  return STATUS_SUCCESS;
}

function isMap(): bool {
  return maps.isOwn(block64(PP_BLOCK_REG1));
}

function mapOf(): PermissionMap {
  return mapAt(<u32>block64(PP_BLOCK_REG1) & 0xffff);
}

function vsOf(): Vs {
  return vsAt(<u32>block64(PP_BLOCK_REG2) & 0xffff);
}

/** A map in REG1, a VS in REG2. */
function checkVs(): u64 {
  if (!isMap()) return STATUS_INVALID_INPUT_REG1;
  return vss.isOwn(block64(PP_BLOCK_REG2)) ? STATUS_SUCCESS : STATUS_INVALID_INPUT_REG2;
}

/** Whether a VS is another processor's active one. */
function isElsewhere(vs: Vs): bool {
  return vs.active != 0 && vs.ppid != ppid();
}
