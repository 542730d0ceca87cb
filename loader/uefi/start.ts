// The start, step by step: configuration, files, processors, the loader's own start; and the stop of a trial

import { cpuidEbx } from "#arch/cpu";
import { DEBUG_RING_CHARS, EXTENSION_POLICY_BYTES } from "../../abi/generated/bare/boot";
import { CPUID_HYPERVISOR_MAX, CPUID_INTERFACE_INIT_SIPI } from "../../abi/generated/bare/control";
import { ELF_OK, ERROR_NONE } from "../../abi/generated/bare/driver";
import { checkExtension, checkKernel } from "../../bsl/src/elf-check";
import { peek8 } from "../../bsl/src/memory";
import { quietExchange } from "../src/exchange";
import { dropStagedFiles, stageFile } from "../src/files";
import { POLICY_FILE } from "../src/limits";
import { load as loadStaged, memoryBytes, start, stop } from "../src/machine";
import { MITIGATE_OTHERS } from "../src/mitigations";
import { beginReport, reportError } from "../src/report";
import { dumpRing } from "../src/ring";
import { chosenFile } from "./boot";
import {
  BOOT_STOP,
  bootChoice,
  extensionPath,
  extensionsWanted,
  kernelPath,
  readConfiguration,
  reserveBytes,
  setDefaults,
  watchdogWanted,
} from "./configuration";
import { beginLine, print, printDecimal, printText, printUnit, say } from "./console";
import { hasDigests, isSignedConfiguration, isSignedFile, isUnconfigured } from "./digests";
import { printHeld } from "./held";
import { problemColumn, problemLine, problemText } from "./json";
import { giveBack, takeBriefly } from "./memory";
import { elfText, fileText, printReport } from "./messages";
import { policiesAddress } from "./policies";
import { findProcessors, gatherProcessors, processorsDisabled, processorsFound, releaseProcessors } from "./processors";
import { SETTINGS_NONE_TAKEN, SETTINGS_WRITTEN, writeSettings } from "./settings";
import { textOf } from "./text";
import { isSecureBoot } from "./variables";
import { dropFile, FILE_MISSING, FILE_READY, fileSize, fileStart, isFile, openVolume, readFile } from "./volume";

const CONFIGURATION: string = "\\EFI\\bareflank\\bareflank.json";
const NOT_SIGNED: string = "it is not the file that was signed with this application";
/** Number of the kernel among the files. */
const KERNEL: u32 = 0;

/** Reads the configuration; false, and said, when it is not to be used. */
export function configure(): bool {
  setDefaults();
  if (!openVolume()) {
    say("the application was not loaded from a volume with files");
    return false;
  }
  if (!hasDigests() && isSecureBoot()) {
    say("Secure Boot is on, and this application was not signed with its files: bfm efi install --sign KEY CERT");
    return false;
  }
  const path = textOf(CONFIGURATION);
  const outcome = readFile(path);
  if (outcome === FILE_MISSING && isUnconfigured()) {
    sayOf(path, "there is none, so the defaults hold");
    return true;
  }
  if (outcome !== FILE_READY) {
    sayOf(path, fileText(outcome));
    return false;
  }
  const isSigned = isSignedConfiguration(fileStart(), fileSize());
  const isRight = isSigned && readConfiguration(fileStart(), fileSize());
  if (isRight) sayOf(path, "read");
  else if (!isSigned) sayOf(path, NOT_SIGNED);
  else sayProblem(path);
  dropFile();
  return isRight;
}

function sayProblem(path: usize): void {
  beginLine();
  printText(path);
  print(", line ");
  printDecimal(problemLine());
  print(", column ");
  printDecimal(problemColumn());
  print(": ");
  print(problemText());
  print("\n");
}

/** A line about a file. */
function sayOf(path: usize, what: string): void {
  beginLine();
  printText(path);
  print(": ");
  print(what);
  print("\n");
}

/** Puts the firmware, and so whatever it boots, into the root VM on every processor. False, and said, when that fails. */
export function startHypervisor(): bool {
  findProcessors();
  if (!isAllowed() || !loadFiles()) return false;
  if (!gatherProcessors()) {
    say("the firmware does not give the other processors away");
    return false;
  }
  beginLine();
  printDecimal(processorsFound());
  print(processorsFound() === 1 ? " processor waits\n" : " processors wait\n");
  beginReport();
  start(true, watchdogWanted(), MITIGATE_OTHERS, false, true, reserveBytes(), reserveBytes());
  if (reportError() !== ERROR_NONE) {
    beginLine();
    printReport();
    printRing();
    endWork();
    return false;
  }
  // Nobody answers before a driver of the operating system's comes
  quietExchange();
  if (!canStartProcessors()) {
    say("no extension virtualizes INIT and SIPI, so an operating system boots inside on one processor only");
    stopHypervisor();
    return false;
  }
  if (!endWork()) return false;
  beginLine();
  print("the hypervisor runs on ");
  printDecimal(processorsFound());
  print(processorsFound() === 1 ? " processor with " : " processors with ");
  printDecimal(memoryBytes() / 1024);
  print(" KiB\n");
  beginLine();
  print("memory that is in use from now on: ");
  printHeld();
  print("\n");
  return true;
}

/** Before anything is touched. */
function isAllowed(): bool {
  const file = chosenFile();
  if (file !== 0 && !isFile(file)) sayOf(file, "there is no such file to boot; the boot manager will go on");
  if (processorsDisabled() !== 0) {
    say("a processor is switched off in the firmware: it could be started behind the hypervisor's back");
    return false;
  }
  return true;
}

/**
 * Whether what boots may start processors. With more than one, firmware and operating system send INIT to those that are
 * inside, which would take them from the hypervisor: somebody inside must be there for it.
 */
function canStartProcessors(): bool {
  if (processorsFound() === 1 || bootChoice() === BOOT_STOP) return true;
  return (cpuidEbx(CPUID_HYPERVISOR_MAX, 0) & CPUID_INTERFACE_INIT_SIPI) !== 0;
}

/** A trial keeps the processors until its stop: they must not be started by the firmware while they are inside. */
function endWork(): bool {
  if (bootChoice() === BOOT_STOP && reportError() === ERROR_NONE) return true;
  if (releaseProcessors()) return true;
  say("a processor does not come back");
  return false;
}

/** Takes the processors out again. */
export function stopHypervisor(): bool {
  beginReport();
  stop();
  printRing();
  if (reportError() !== ERROR_NONE) {
    beginLine();
    printReport();
    return false;
  }
  say("the hypervisor has stopped, registers as before");
  return releaseProcessors();
}

/** Reads, checks and hands over kernel and extensions. */
function loadFiles(): bool {
  beginReport();
  let isWhole = loadFile(KERNEL, kernelPath());
  for (let i: u32 = 0; isWhole && i < extensionsWanted(); i++) isWhole = loadFile(i + 1, extensionPath(i));
  if (isWhole) {
    stageFile(POLICY_FILE, policiesAddress(), <u64>extensionsWanted() * EXTENSION_POLICY_BYTES);
    loadStaged(extensionsWanted());
  }
  dropStagedFiles();
  if (isWhole && reportError() !== ERROR_NONE) {
    beginLine();
    printReport();
  }
  return isWhole && reportError() === ERROR_NONE;
}

function loadFile(index: u32, path: usize): bool {
  const outcome = readFile(path);
  if (outcome !== FILE_READY) {
    sayOf(path, fileText(outcome));
    return false;
  }
  const isLoaded = takeFile(index, path);
  dropFile();
  return isLoaded;
}

function takeFile(index: u32, path: usize): bool {
  if (!isSignedFile(fileStart(), fileSize())) {
    sayOf(path, NOT_SIGNED);
    return false;
  }
  const problem = index === KERNEL ? checkKernel(fileStart(), fileSize()) : checkExtension(fileStart(), fileSize());
  if (problem !== ELF_OK) {
    sayOf(path, elfText(problem));
    return false;
  }
  const settings = index === KERNEL ? SETTINGS_WRITTEN : writeSettings(fileStart(), index - 1);
  if (settings !== SETTINGS_WRITTEN) {
    sayOf(path, settings === SETTINGS_NONE_TAKEN ? "it takes no settings" : "its settings are too long");
    return false;
  }
  stageFile(index, fileStart(), fileSize());
  beginLine();
  printText(path);
  print(": ");
  printDecimal(fileSize());
  print(" bytes");
  if (reportError() !== ERROR_NONE) {
    print(", ");
    printReport();
    return false;
  }
  print("\n");
  return true;
}

/** Prints the debug ring. */
function printRing(): void {
  const text = takeBriefly(DEBUG_RING_CHARS);
  if (text === 0) return;
  const chars = dumpRing(text, DEBUG_RING_CHARS);
  if (chars > 0) {
    say("what the hypervisor wrote:");
    for (let i: i64 = 0; i < chars; i++) printUnit(peek8(text + i));
  }
  giveBack(text, DEBUG_RING_CHARS);
}
