// A sentence for every error that a start can end with, for people in front of a machine that has no operating system yet

import {
  BOOT_EXT_EXIT,
  BOOT_EXT_FAULT,
  BOOT_EXT_NO_BOOTSTRAP,
  BOOT_EXT_NO_FAIL,
  BOOT_EXT_NO_VMEXIT,
  BOOT_EXT_OVERDUE,
  BOOT_EXT_RETURNED,
  BOOT_EXT_WAIT,
  BOOT_INVALID_VM,
  BOOT_KERNEL_FAULT,
  BOOT_NO_MEMORY,
  BOOT_NO_VMX_OPERATION,
} from "../../abi/generated/bare/boot";
import {
  ELF_MAGIC,
  ELF_NO_KERNEL_NOTE,
  ELF_TOO_LARGE,
  ELF_TOO_SMALL,
  ELF_TRUNCATED,
  ERROR_CORRUPT,
  ERROR_ELF,
  ERROR_KERNEL_VERSION,
  ERROR_LA57,
  ERROR_MEMORY_ENCRYPTION,
  ERROR_MEMORY_LIMIT,
  ERROR_NO_ANSWER,
  ERROR_NO_EPT,
  ERROR_NO_LONG_MODE,
  ERROR_NO_MEMORY,
  ERROR_NO_NX,
  ERROR_NO_SVM,
  ERROR_NO_UNRESTRICTED_GUEST,
  ERROR_NO_VMX,
  ERROR_NOBODY_WATCHES,
  ERROR_START_FAILED,
  ERROR_STARTED_BEFORE,
  ERROR_STOP_MISMATCH,
  ERROR_STOP_REFUSED,
  ERROR_SVM_IN_USE,
  ERROR_SVM_LOCKED,
  ERROR_TIMEOUT,
  ERROR_TOO_MANY_CPUS,
  ERROR_VENDOR,
  ERROR_VMX_IN_USE,
  ERROR_VMX_LOCKED,
} from "../../abi/generated/bare/driver";
import { NO_CPU, reportCpu, reportDetail, reportError } from "../src/report";
import { print, printDecimal, printHex } from "./console";
import { FILE_EMPTY, FILE_FOLDER, FILE_MISSING, FILE_NO_MEMORY, FILE_TOO_LARGE } from "./volume";

/** Prints what the loader's report says. */
export function printReport(): void {
  const error = reportError();
  print(errorText(error));
  if (reportCpu() !== NO_CPU) {
    print(", on processor ");
    printDecimal(reportCpu());
  }
  if (error === ERROR_START_FAILED) {
    print(": ");
    print(bootText(<u32>(reportDetail() >> 32)));
  }
  if (error === ERROR_MEMORY_LIMIT) {
    print(": ");
    printDecimal((reportDetail() + 1023) / 1024);
    print(" KiB");
  }
  print(" (error ");
  printDecimal(error);
  print(", detail ");
  printHex(reportDetail());
  print(")\n");
}

function errorText(error: u32): string {
  switch (error) {
    case ERROR_CORRUPT:
      return "a processor was lost";
    case ERROR_NO_MEMORY:
      return "there is too little memory";
    case ERROR_MEMORY_LIMIT:
      return 'the start takes more than "memory" allows';
    case ERROR_KERNEL_VERSION:
      return "the kernel is of another release than this application";
    case ERROR_TOO_MANY_CPUS:
      return "there are more processors than this release can hold";
    case ERROR_VENDOR:
      return "a processor is neither AMD's nor Intel's";
    case ERROR_NO_SVM:
      return "a processor has no virtualization (SVM)";
    case ERROR_NO_VMX:
      return "a processor has no virtualization (VT-x)";
    case ERROR_NO_EPT:
    case ERROR_NO_UNRESTRICTED_GUEST:
      return "a processor's virtualization is too old (no EPT, or no unrestricted guest)";
    case ERROR_SVM_LOCKED:
    case ERROR_VMX_LOCKED:
      return "virtualization is switched off in the firmware's set-up: switch it on there";
    case ERROR_STARTED_BEFORE:
    case ERROR_SVM_IN_USE:
    case ERROR_VMX_IN_USE:
      return "another hypervisor runs already";
    case ERROR_NO_NX:
      return "no-execute pages (NX) are switched off in the firmware's set-up: switch them on there";
    case ERROR_NO_LONG_MODE:
      return "a processor is not in 64-bit mode";
    case ERROR_LA57:
      return "the firmware uses 5-level paging, which this release does not support";
    case ERROR_MEMORY_ENCRYPTION:
      return "memory is encrypted (SME), which this release does not support";
    case ERROR_START_FAILED:
      return "the hypervisor did not start";
    case ERROR_TIMEOUT:
      return "the hypervisor did not come back";
    case ERROR_NO_ANSWER:
      return "the extension does not answer its control leaf";
    case ERROR_STOP_REFUSED:
      return "the extension does not stop";
    case ERROR_STOP_MISMATCH:
      return "a register is not what it was";
    case ERROR_ELF:
      return "a file is damaged";
    case ERROR_NOBODY_WATCHES:
      return 'on one processor nobody watches: leave "watchdog" away';
    default:
      return "the processors do not have what the hypervisor needs";
  }
}

function bootText(status: u32): string {
  switch (status) {
    case BOOT_NO_MEMORY:
      return "the kernel's memory is used up";
    case BOOT_EXT_NO_BOOTSTRAP:
    case BOOT_EXT_NO_VMEXIT:
    case BOOT_EXT_NO_FAIL:
      return "the extension registered too few callbacks";
    case BOOT_EXT_FAULT:
      return "the extension faulted";
    case BOOT_EXT_RETURNED:
    case BOOT_EXT_WAIT:
      return "a callback of the extension ended in no system call that it may end in";
    case BOOT_EXT_EXIT:
      return "the extension ended";
    case BOOT_EXT_OVERDUE:
      return "the extension did not return in time";
    case BOOT_KERNEL_FAULT:
      return "the microkernel faulted";
    case BOOT_INVALID_VM:
      return "the processor refuses the state of the VM";
    case BOOT_NO_VMX_OPERATION:
      return "the processor refuses VMX operation";
    default:
      return "see what the hypervisor wrote";
  }
}

/** FILE_*, as it follows the name. */
export function fileText(outcome: u32): string {
  switch (outcome) {
    case FILE_MISSING:
      return "there is no such file";
    case FILE_FOLDER:
      return "that is a folder";
    case FILE_EMPTY:
      return "it is empty";
    case FILE_TOO_LARGE:
      return "it is larger than 64 MiB";
    case FILE_NO_MEMORY:
      return "there is too little memory to read it";
    default:
      return "it cannot be read";
  }
}

/** ELF_*, as it follows the name. */
export function elfText(problem: u32): string {
  switch (problem) {
    case ELF_TOO_SMALL:
    case ELF_TRUNCATED:
      return "it is cut off: copy it again";
    case ELF_TOO_LARGE:
      return "it is too large: strip it";
    case ELF_MAGIC:
      return "it is no ELF file";
    case ELF_NO_KERNEL_NOTE:
      return "it is no Bareflank kernel";
    default:
      return "it is damaged, or of no use here";
  }
}
