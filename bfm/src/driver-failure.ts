// From the driver's answers to sentences for the user

import { getSystemErrorName } from "node:util";
import * as abi from "@bareflank/abi";
import { bootTexts, errorTexts, NO_CPU, type Report, whatHappened } from "@bareflank/abi/messages";
import { constantName } from "./constant-names.ts";
import type { Errno } from "./device.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { Failure, type FailureFacts } from "./failure.ts";

const sameRelease =
  "Install bfm and driver of the same release, and insert the new driver: rmmod bfdriver && modprobe bfdriver.";
const asRoot = "Run bfm as root: sudo bfm ...";

/** Why /dev/bareflank does not open. */
export function openFailure(errno: Errno, path: string): Failure {
  const code = errnoName(errno);
  switch (code) {
    case "ENOENT":
    case "ENXIO":
    case "ENODEV":
      return new Failure(
        code,
        exitCodes.noDriver,
        `the driver is not there (no ${path})`,
        "Insert it: modprobe bfdriver (or insmod /usr/lib/bareflank/bfdriver.ko).",
      );
    case "EACCES":
    case "EPERM":
      return new Failure(code, exitCodes.noDriver, `you may not open ${path}`, asRoot);
    default:
      return new Failure(
        code,
        exitCodes.noDriver,
        `${path} does not open (${code})`,
        "Look at the kernel's log: dmesg.",
      );
  }
}

/** Why the driver refused a request before it looked into it. */
export function ioctlFailure(errno: Errno, driverVersion: bigint): Failure {
  const code = errnoName(errno);
  switch (code) {
    case "EPROTO":
      return new Failure(
        code,
        exitCodes.noDriver,
        `the driver speaks version ${driverVersion} of its interface, and this bfm version ${abi.DRIVER_VERSION}`,
        sameRelease,
        { facts: { driverVersion: Number(driverVersion), bfmVersion: Number(abi.DRIVER_VERSION) } },
      );
    case "ENOTTY":
      return new Failure(code, exitCodes.noDriver, "the driver does not know this request", sameRelease);
    case "EPERM":
    case "EACCES":
      return new Failure(
        code,
        exitCodes.noDriver,
        "you may not manage the hypervisor (CAP_SYS_ADMIN is missing)",
        asRoot,
      );
    case "EINTR":
      return new Failure(
        code,
        exitCodes.interrupted,
        "interrupted before anything was done",
        "Type the command again.",
      );
    default:
      return new Failure(code, exitCodes.failed, `the driver failed (${code})`, "Look at the kernel's log: dmesg.");
  }
}

/** What the driver reported about an operation. */
export function reportFailure(report: Report): Failure {
  return new Failure(
    constantName("ERROR_", report.error),
    exitCodeOf(report.error),
    whatHappened(report),
    adviceOf(report),
    { facts: factsOf(report) },
  );
}

/** Where the kernel says why it gave a processor back, its advice is the better one. */
function adviceOf(report: Report): string {
  const advice = errorTexts()[report.error]?.advice ?? sameRelease;
  if (report.error !== abi.ERROR_START_FAILED) return advice;
  const own = bootTexts()[Number(report.detail >> 32n)]?.advice;
  return own === undefined || advice.includes(own) ? advice : `${own} ${advice}`;
}

function exitCodeOf(error: number): ExitCode {
  switch (error) {
    case abi.ERROR_CORRUPT:
      return exitCodes.corrupt;
    case abi.ERROR_ELF:
    case abi.ERROR_KERNEL_VERSION:
      return exitCodes.file;
    case abi.ERROR_TIMEOUT:
    case abi.ERROR_INTERRUPTED:
      return exitCodes.interrupted;
    default:
      return exitCodes.failed;
  }
}

function factsOf(report: Report): FailureFacts {
  const onCpu: FailureFacts =
    report.cpu === NO_CPU ? {} : { cpu: report.cpu, phase: constantName("PHASE_", report.phase) };
  const onFile: FailureFacts = report.error === abi.ERROR_ELF ? { file: report.fileName ?? report.file } : {};
  return { ...onCpu, ...onFile, detail: `0x${report.detail.toString(16)}`, ...namedDetail(report) };
}

function namedDetail({ error, detail }: Report): FailureFacts {
  if (error === abi.ERROR_ELF) return { reason: constantName("ELF_", Number(detail)) };
  if (error === abi.ERROR_START_FAILED) return { reason: constantName("BOOT_", Number(detail >> 32n)) };
  return {};
}

function errnoName(errno: Errno): string {
  return getSystemErrorName(-errno);
}
