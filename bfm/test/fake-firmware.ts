// A machine with an EFI system partition and boot entries, whose programs do what efibootmgr and sbsign do

import { readFileSync, writeFileSync } from "node:fs";
import type { Ended, Firmware, Partition } from "../src/efi/firmware.ts";

const GUID = "0fc63daf-0001-4477-8000-69d8477de4aa";

export class FakeFirmware implements Firmware {
  /** Number to path, in the boot order. */
  readonly entries = new Map([["0001", "HD(2,GPT,1111,0x800,0x32000)/File(\\EFI\\debian\\shimx64.efi)"]]);
  order = ["0001"];
  secure = false;
  variables = true;
  /** Programs that are not installed. */
  readonly missing = new Set<string>();
  /** What a program says instead of doing what it is told. */
  readonly errors = new Map<string, string>();
  readonly typed: string[] = [];
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  mounts = () => `/dev/sda2 / ext4 rw 0 0\n/dev/sda1 ${this.#folder.replaceAll(" ", "\\040")} vfat rw 0 0\n`;
  hasVariables = () => this.variables;
  isSecureBoot = () => this.secure;
  partition = (device: string): Partition | undefined =>
    device === "/dev/sda1" ? { disk: "/dev/sda", number: 1, guid: GUID } : undefined;

  run = (program: string, args: readonly string[]): Ended | undefined => {
    if (this.missing.has(program)) return undefined;
    this.typed.push([program, ...args].join(" "));
    const error = this.errors.get(program);
    if (error !== undefined && args[0] !== "--version") return { status: 1, out: "", error };
    return { status: 0, out: program === "sbsign" ? this.#sign(args) : this.#manage(args), error: "" };
  };

  #sign(args: readonly string[]): string {
    const plain = readFileSync(args.at(-1) ?? "");
    writeFileSync(args[args.indexOf("--output") + 1] ?? "", Buffer.concat([plain, Buffer.from("signature")]));
    return "";
  }

  #manage(args: readonly string[]): string {
    const value = (option: string) => args[args.indexOf(option) + 1] ?? "";
    if (args.includes("--create")) {
      const number = "0007";
      this.entries.set(
        number,
        `HD(${value("--part")},GPT,${GUID.toUpperCase()},0x800,0x32000)/File(${value("--loader")})`,
      );
      this.order = [number, ...this.order];
    }
    if (args.includes("--delete-bootnum")) {
      this.entries.delete(value("--bootnum"));
      this.order = this.order.filter((number) => number !== value("--bootnum"));
    }
    const lines = [...this.entries].map(([number, path]) => {
      return `Boot${number}* ${path.includes("bareflank") ? "Bareflank" : "debian"}\t${path}`;
    });
    return ["BootCurrent: 0001", "Timeout: 1 seconds", `BootOrder: ${this.order.join(",")}`, ...lines, ""].join("\n");
  }
}
