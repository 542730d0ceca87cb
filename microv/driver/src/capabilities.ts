// KVM_CHECK_EXTENSION: what is announced works; what is not is 0

import * as kvm from "../../../abi/generated/bare/kvm";
import { CLOCK_FLAGS } from "./clock";
import { MOST_ROUTES } from "./routes";
import { SLOT_COUNT } from "./slots";
import { SYNCED_PARTS } from "./synced-registers";
import { QUIRKS } from "./vm-options";

/** Machine check banks, and what MCG_CAP may say beside their number: there is MCG_CTL, and software may recover. */
export const MCE_BANKS: u32 = 32;
export const MCE_FEATURES: u64 = (1 << 8) | (1 << 24);

/** vCPUs of a machine. */
export const MOST_VCPUS: u32 = 64;

export function capability(number: u64): i64 {
  if (number >> 32 != 0) return 0;
  switch (<u32>number) {
    case kvm.KVM_CAP_IRQCHIP:
    case kvm.KVM_CAP_VAPIC:
    case kvm.KVM_CAP_IRQ_INJECT_STATUS:
    case kvm.KVM_CAP_SIGNAL_MSI:
    case kvm.KVM_CAP_SPLIT_IRQCHIP:
    case kvm.KVM_CAP_TSC_DEADLINE_TIMER:
    case kvm.KVM_CAP_HLT:
    case kvm.KVM_CAP_USER_MEMORY:
    case kvm.KVM_CAP_SET_TSS_ADDR:
    case kvm.KVM_CAP_EXT_CPUID:
    case kvm.KVM_CAP_NOP_IO_DELAY:
    case kvm.KVM_CAP_MP_STATE:
    case kvm.KVM_CAP_DESTROY_MEMORY_REGION_WORKS:
    case kvm.KVM_CAP_USER_NMI:
    case kvm.KVM_CAP_JOIN_MEMORY_REGIONS_WORKS:
    case kvm.KVM_CAP_SET_IDENTITY_MAP_ADDR:
    case kvm.KVM_CAP_INTERNAL_ERROR_DATA:
    case kvm.KVM_CAP_VCPU_EVENTS:
    case kvm.KVM_CAP_INTR_SHADOW:
    case kvm.KVM_CAP_DEBUGREGS:
    case kvm.KVM_CAP_XSAVE:
    case kvm.KVM_CAP_XCRS:
    case kvm.KVM_CAP_GET_TSC_KHZ:
    case kvm.KVM_CAP_CLOCKSOURCE:
    case kvm.KVM_CAP_READONLY_MEM:
    case kvm.KVM_CAP_CHECK_EXTENSION_VM:
    case kvm.KVM_CAP_IMMEDIATE_EXIT:
    case kvm.KVM_CAP_MMU_SHADOW_CACHE_CONTROL:
    case kvm.KVM_CAP_ENABLE_CAP:
    case kvm.KVM_CAP_ENABLE_CAP_VM:
    case kvm.KVM_CAP_GET_MSR_FEATURES:
    case kvm.KVM_CAP_X86_USER_SPACE_MSR:
    case kvm.KVM_CAP_X86_MSR_FILTER:
    case kvm.KVM_CAP_ENFORCE_PV_FEATURE_CPUID:
    case kvm.KVM_CAP_PIT:
    case kvm.KVM_CAP_PIT2:
    case kvm.KVM_CAP_PIT_STATE2:
    case kvm.KVM_CAP_REINJECT_CONTROL:
    case kvm.KVM_CAP_IRQFD:
    case kvm.KVM_CAP_IRQFD_RESAMPLE:
    case kvm.KVM_CAP_IOEVENTFD:
    case kvm.KVM_CAP_IOEVENTFD_NO_LENGTH:
    case kvm.KVM_CAP_IOEVENTFD_ANY_LENGTH:
    case kvm.KVM_CAP_COALESCED_PIO:
      return 1;
    case kvm.KVM_CAP_DISABLE_QUIRKS2:
      return QUIRKS;
    case kvm.KVM_CAP_COALESCED_MMIO:
      return kvm.KVM_COALESCED_MMIO_PAGE_OFFSET;
    case kvm.KVM_CAP_SYNC_REGS:
      return SYNCED_PARTS;
    case kvm.KVM_CAP_ADJUST_CLOCK:
      return CLOCK_FLAGS;
    case kvm.KVM_CAP_MCE:
      return MCE_BANKS;
    case kvm.KVM_CAP_NR_VCPUS:
      return 4;
    case kvm.KVM_CAP_MAX_VCPUS:
    case kvm.KVM_CAP_MAX_VCPU_ID:
      return MOST_VCPUS;
    case kvm.KVM_CAP_NR_MEMSLOTS:
      return SLOT_COUNT;
    case kvm.KVM_CAP_IRQ_ROUTING:
      return MOST_ROUTES;
    default:
      return 0;
  }
}
