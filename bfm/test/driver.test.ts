import { constants } from "node:os";
import * as abi from "@bareflank/abi";
import { beforeEach, expect, test } from "vitest";
import { Bench } from "./bench.ts";

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

const { EACCES, EINTR, EIO, ENOENT, ENOTTY, EPERM } = constants.errno;

test("a missing driver is named, with how to insert it", async () => {
  bench.openErrno = ENOENT;
  expect(await bench.bfm("status")).toEqual({
    exitCode: 3,
    out: "",
    error:
      "bfm: the driver is not there (no /dev/bareflank).\n" +
      "Insert it: modprobe bfdriver (or insmod /usr/lib/bareflank/bfdriver.ko).\n",
  });
});

test("who is not root is told", async () => {
  for (const errno of [EACCES, EPERM]) {
    bench.openErrno = errno;
    const { exitCode, error } = await bench.bfm("start");
    expect(exitCode).toBe(3);
    expect(error).toBe("bfm: you may not open /dev/bareflank.\nRun bfm as root: sudo bfm ...\n");
  }
});

test("an open that fails otherwise has its errno", async () => {
  bench.openErrno = EIO;
  expect(await bench.bfm("status")).toMatchObject({ exitCode: 3, error: expect.stringContaining("(EIO)") });
});

test("root without CAP_SYS_ADMIN is told", async () => {
  bench.driver.errnos.stop = [EPERM];
  const { exitCode, error } = await bench.bfm("stop");
  expect(exitCode).toBe(3);
  expect(error).toContain("CAP_SYS_ADMIN");
});

test("another version of the driver is refused with both numbers", async () => {
  bench.driver.version = abi.DRIVER_VERSION + 1n;
  const { exitCode, error } = await bench.bfm("status");
  expect(exitCode).toBe(3);
  const [other, own] = [Number(bench.driver.version), Number(abi.DRIVER_VERSION)];
  expect(error).toContain(`bfm: the driver speaks version ${other} of its interface, and this bfm version ${own}.\n`);
  expect(error).toContain("\nInstall bfm and driver of the same release");
  expect(JSON.parse((await bench.bfm("status", "--json")).out).error).toMatchObject({
    code: "EPROTO",
    driverVersion: other,
    bfmVersion: own,
  });
});

test("a driver with other requests is of another release", async () => {
  bench.driver.errnos.status = [ENOTTY];
  expect(await bench.bfm("status")).toMatchObject({ exitCode: 3, error: expect.stringContaining("same release") });
});

test("calls that a signal interrupted are repeated, but not for ever", async () => {
  bench.driver.state = abi.STATE_RUNNING;
  bench.driver.errnos.stop = [EINTR, EINTR];
  expect((await bench.bfm("stop")).exitCode).toBe(0);
  expect(bench.driver.requests).toEqual(["stop", "stop", "stop", "status"]);
  bench.driver.errnos.status = Array.from({ length: 100 }, () => EINTR);
  expect((await bench.bfm("status")).exitCode).toBe(130);
});

test("an interrupted start is not repeated", async () => {
  bench.driver.state = abi.STATE_LOADED;
  bench.driver.errnos.start = [EINTR];
  const { exitCode, error } = await bench.bfm("start");
  expect(exitCode).toBe(130);
  expect(error).toMatch(/^bfm: interrupted before anything was done\./);
  expect(bench.driver.requests).toEqual(["start"]);
});

test("an unknown error of a newer driver is a number, not a crash", async () => {
  bench.driver.reports.stop = { error: 4711 };
  const { exitCode, error } = await bench.bfm("stop");
  expect(exitCode).toBe(1);
  expect(error).toContain("error 4711");
});

test("a bug has no stack trace unless one is wanted", async () => {
  bench.driver.ioctl = () => {
    throw new TypeError("oops");
  };
  const plain = await bench.bfm("status");
  expect(plain.exitCode).toBe(1);
  expect(plain.error).toMatch(/^bfm: this should not have happened: oops\.\n[^\n]+\n$/);
  bench.debug = true;
  expect((await bench.bfm("status")).error).toMatch(/TypeError: oops\n\s+at /);
  bench.debug = false;
  expect((await bench.bfm("status", "--debug")).error).toMatch(/TypeError: oops\n\s+at /);
});
