// From the reason of an exit to the kind of its handlers

import * as exits from "../../../../abi/generated/bare/callbacks";
import { isNmi } from "../events/intel-events";
import { isIntel } from "../vendor/vendor";
import { Vs } from "../vs/vs";
import { Kind } from "./handlers";
import {
  EXIT_CPUID,
  EXIT_HLT,
  EXIT_HYPERCALL,
  EXIT_INTERRUPT_WINDOW,
  EXIT_IO,
  EXIT_NESTED_PAGE_FAULT,
} from "./reasons";
import { information1 } from "./told";

const AMD_EXCEPTIONS: u64 = 32;

/** Qualification of CR_ACCESS, bits 5:4: a move from the register; the others write it (SDM volume 3, table 28-3). */
const ACCESS_TYPE: u64 = 3 << 4;
const ACCESS_READ: u64 = 1 << 4;

/** The kind of an exit of a VS. */
export function kindOf(vs: Vs, reason: u64): Kind {
  if (reason == EXIT_CPUID) return Kind.Cpuid;
  if (reason == EXIT_IO) return Kind.Io;
  if (reason == EXIT_NESTED_PAGE_FAULT) return Kind.NestedPageFault;
  if (reason == EXIT_HYPERCALL) return Kind.Hypercall;
  if (reason == EXIT_HLT) return Kind.Hlt;
  if (reason == EXIT_INTERRUPT_WINDOW) return Kind.InterruptWindow;
  if (reason == exits.EXIT_KICK) return Kind.Kick;
  return isIntel() ? intelKind(vs, reason) : amdKind(reason);
}

function amdKind(reason: u64): Kind {
  if (reason == exits.AMD_EXIT_MSR) return information1() != 0 ? Kind.MsrWrite : Kind.MsrRead;
  if (reason == exits.AMD_EXIT_CR0_SELECTIVE_WRITE) return Kind.ControlWrite;
  if (reason < exits.AMD_EXIT_CR_WRITE) return Kind.ControlRead;
  if (reason < exits.AMD_EXIT_DR_READ) return Kind.ControlWrite;
  return reason - exits.AMD_EXIT_EXCEPTION < AMD_EXCEPTIONS ? Kind.Exception : Kind.Other;
}

function intelKind(vs: Vs, reason: u64): Kind {
  if (reason == exits.INTEL_EXIT_RDMSR) return Kind.MsrRead;
  if (reason == exits.INTEL_EXIT_WRMSR) return Kind.MsrWrite;
  if (reason == exits.INTEL_EXIT_EXCEPTION_OR_NMI) return isNmi(vs) ? Kind.Other : Kind.Exception;
  if (reason != exits.INTEL_EXIT_CR_ACCESS) return Kind.Other;
  return (information1() & ACCESS_TYPE) == ACCESS_READ ? Kind.ControlRead : Kind.ControlWrite;
}
