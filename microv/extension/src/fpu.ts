// x87, vector and other such registers of a guest: its XSAVE area, a part at a time by the list of its page

import { copyMemory, guest, ownMemory } from "@bareflank/sdk";
import {
  MV_FPU_BYTES,
  MV_LIST_BYTES,
  MV_PAGE_LIST,
  MV_STATUS_INVALID_INPUT_REG2,
  MV_STATUS_INVALID_INPUT_REG3,
  MV_STATUS_INVALID_INPUT_REG4,
  MV_STATUS_SUCCESS,
} from "../../../abi/generated/bare/hypercalls";
import { Vcpu } from "./vcpu";

/** MV_VS_FPU_GET_ALL: a part of the area as it is now. */
export function readFpu(vcpu: Vcpu, place: u64, bytes: u64): u64 {
  const wrong = checkPart(place, bytes);
  if (wrong != MV_STATUS_SUCCESS) return wrong;
  guest.r10 = min(vcpu.vs.readFpu(vcpu.fpu), MV_FPU_BYTES);
  copyMemory(vcpu.shared(MV_PAGE_LIST), ownMemory(vcpu.fpu) + place, bytes);
  return MV_STATUS_SUCCESS;
}

/** MV_VS_FPU_SET_ALL: a part of the area that the guest gets with the last one. */
export function writeFpu(vcpu: Vcpu, place: u64, bytes: u64, isLast: u64): u64 {
  const wrong = checkPart(place, bytes);
  if (wrong != MV_STATUS_SUCCESS) return wrong;
  if (isLast > 1) return MV_STATUS_INVALID_INPUT_REG4;
  copyMemory(ownMemory(vcpu.fpu) + place, vcpu.shared(MV_PAGE_LIST), bytes);
  if (isLast != 0) vcpu.vs.writeFpu(vcpu.fpu);
  return MV_STATUS_SUCCESS;
}

function checkPart(place: u64, bytes: u64): u64 {
  if (place >= MV_FPU_BYTES) return MV_STATUS_INVALID_INPUT_REG2;
  return bytes <= MV_LIST_BYTES && bytes <= MV_FPU_BYTES - place ? MV_STATUS_SUCCESS : MV_STATUS_INVALID_INPUT_REG3;
}
