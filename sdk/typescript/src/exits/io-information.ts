// What an exit for an I/O port says, in one format: that of EXITINFO1 (APM volume 2, 15.10.2)
//
//     bit 0 input, 2 string, 3 REP, 6:4 bytes (4, 2 or 1), 9:7 address size (64, 32, 16), 12:10 segment, 31:16 port
//
// Intel's qualification (SDM volume 3, table 28-5) has bits 2:0 bytes - 1, 3 input, 4 string, 5 REP, 31:16 port. For
// strings the instruction information (table 28-8) has 9:7 address size (0: 16, 1: 32, 2: 64), 17:15 segment.

import { isIntel } from "../vendor/vendor";
import { information1, instructionInformation } from "./told";

const PORT: u64 = 0xffff_0000;
const INTEL_STRING: u64 = 1 << 4;

/** What the VM exited for; without address size and segment when the processor does not tell. */
export function ioInformation(): u64 {
  if (!isIntel()) return information1();
  const qualification = information1();
  const isString = (qualification & INTEL_STRING) != 0;
  return fromQualification(qualification, isString ? instructionInformation() : 0);
}

/** Intel's words in the one format. */
export function fromQualification(qualification: u64, instruction: u64): u64 {
  const bytes = (qualification & 7) + 1;
  const common = (qualification & PORT) | ((qualification >> 3) & 1) | (((qualification >> 4) & 3) << 2) | (bytes << 4);
  if ((qualification & INTEL_STRING) == 0) return common;
  const addressSize = (<u64>1) << ((instruction >> 7) & 3);
  return common | (addressSize << 7) | (((instruction >> 15) & 7) << 10);
}
