// Machine checks of guests: their banks are MSRs that the user fills, and raises the exception for

import { MV_STATUS_SUCCESS, MV_VS_MCE_SETUP } from "../../../abi/generated/bare/hypercalls";
import { peek64, poke64 } from "../../../bsl/src/memory";
import { MCE_BANKS, MCE_FEATURES } from "./capabilities";
import { EFAULT, EINVAL, ENODEV, ENOMEM } from "./errors";
import { callMv } from "./hypercall";
import { VCPU_BLOCK, VCPU_VS, word } from "./objects";
import { allocate, copyToUser, free } from "./platform";

/** KVM_X86_GET_MCE_CAP_SUPPORTED. */
export function tellMce(argument: u64): i64 {
  const word = allocate(8);
  if (word == 0) return ENOMEM;
  poke64(word, MCE_FEATURES);
  const done = copyToUser(argument, word, 8) != 0;
  free(word);
  return done ? 0 : EFAULT;
}

/** KVM_X86_SETUP_MCE: MCG_CAP from now on; banks and MCG_CTL begin anew. */
export function setupMce(vcpu: u64, from: u64): i64 {
  const wanted = peek64(from);
  const banks = wanted & 0xff;
  if (banks == 0 || banks > MCE_BANKS || (wanted & ~(MCE_FEATURES | 0xff)) != 0) return EINVAL;
  const status = callMv(vcpu + VCPU_BLOCK, MV_VS_MCE_SETUP, word(vcpu, VCPU_VS), wanted, 0, 0);
  return status == MV_STATUS_SUCCESS ? 0 : ENODEV;
}
