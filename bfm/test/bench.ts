// One bfm command line with a fake driver around it

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { run } from "../src/cli.ts";
import type { Errno } from "../src/device.ts";
import type { Firmware } from "../src/efi/firmware.ts";
import { OutputFailure } from "../src/output.ts";
import { elfFile } from "./elf-file.ts";
import { FakeDriver } from "./fake-driver.ts";

export interface Typed {
  readonly exitCode: number;
  readonly out: string;
  readonly error: string;
}

/** The module that the bundle carries, too. */
export const elfCheck = new Uint8Array(
  readFileSync(new URL("../../build/elf-check/elf-check.wasm", import.meta.url)),
) as Uint8Array<ArrayBuffer>;

export class Bench {
  readonly driver = new FakeDriver();
  /** What opening the device ends with, instead of the driver. */
  openErrno: Errno = 0;
  debug = false;
  iommus: string[] = [];
  /** A machine that BIOS booted. */
  firmware: Firmware = {
    mounts: () => "/dev/sda1 / ext4 rw 0 0\n",
    hasVariables: () => false,
    isSecureBoot: () => false,
    partition: () => undefined,
    run: () => undefined,
  };
  /** What writing data ends with: the disk is full, the reader has gone. */
  outputError: NodeJS.ErrnoException | undefined;
  interruptHandler: (() => void) | undefined;
  error = "";

  /** Types a command, and waits for its end. */
  async bfm(...args: string[]): Promise<Typed> {
    let out = "";
    this.error = "";
    this.driver.requests.length = 0;
    const exitCode = await run(args, {
      openDevice: () => (this.openErrno === 0 ? this.driver : this.openErrno),
      elfCheck,
      writeOut: (text) => {
        if (this.outputError !== undefined) throw new OutputFailure(this.outputError);
        out += text;
      },
      writeError: (text) => {
        this.error += text;
      },
      onInterrupt: (handler) => {
        this.interruptHandler = handler;
        return () => {
          this.interruptHandler = undefined;
        };
      },
      iommus: () => this.iommus,
      firmware: this.firmware,
      debug: this.debug,
    });
    return { exitCode, out, error: this.error };
  }
}

/** A folder with a kernel, an extension and files that are neither; removed after the tests. */
export function makeFiles() {
  const folder = mkdtempSync(join(tmpdir(), "bfm-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (name: string, bytes: Buffer) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  return {
    kernel: write("kernel.elf", elfFile("kernel")),
    nextKernel: write("next-kernel.elf", elfFile("kernel", { version: 0xffff_ffff_ffff_ffffn })),
    extension: write("extension.elf", elfFile("extension")),
    writableCode: write("writable-code.elf", elfFile("extension", { writableCode: true })),
  };
}
