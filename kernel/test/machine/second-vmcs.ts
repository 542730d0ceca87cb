// A second VS on Intel, with the least that a VM entry takes

import * as abi from "@bareflank/abi";
import { SYSCALL_VS_CREATE, SYSCALL_VS_WRITE } from "@bareflank/abi";
import { call, HANDLE } from "./extension-life.ts";
import type { Pp } from "./pp.ts";

const UNUSABLE = 0x1_0000n;

const STATE: readonly (readonly [register: number, value: bigint])[] = [
  [abi.INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS, 0x20n],
  [abi.INTEL_REG_VMENTRY_CTLS, 0x200n],
  [abi.INTEL_REG_EFER, 0xd01n],
  [abi.INTEL_REG_CR0, 0x8005_0033n],
  [abi.INTEL_REG_CR4, 0x6e0n],
  [abi.INTEL_REG_RFLAGS, 2n],
  [abi.INTEL_REG_FMASK, 0x4_7700n],
  [abi.INTEL_REG_STAR, 0x0023_0010_0000_0000n],
  [abi.INTEL_REG_CS_ATTRIB, 0xa09bn],
  [abi.INTEL_REG_TR_ATTRIB, 0x8bn],
  [abi.INTEL_REG_SS_ATTRIB, UNUSABLE],
  [abi.INTEL_REG_DS_ATTRIB, UNUSABLE],
  [abi.INTEL_REG_ES_ATTRIB, UNUSABLE],
  [abi.INTEL_REG_FS_ATTRIB, UNUSABLE],
  [abi.INTEL_REG_GS_ATTRIB, UNUSABLE],
  [abi.INTEL_REG_LDTR_ATTRIB, UNUSABLE],
];

/** Makes a VS of a VP on this processor that can run beside the root VS; its VPID is 2. */
export function makeSecondVs(pp: Pp, vp = 0n): bigint {
  const vs = call(pp, SYSCALL_VS_CREATE, HANDLE, vp, pp.block.get("ppid"));
  const vpid = [abi.INTEL_REG_VIRTUAL_PROCESSOR_IDENTIFIER, 2n] as const;
  for (const [register, value] of [vpid, ...STATE]) call(pp, SYSCALL_VS_WRITE, HANDLE, vs, BigInt(register), value);
  return vs;
}
