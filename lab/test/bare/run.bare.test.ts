import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runBare } from "../../src/index.ts";
import { products } from "../../src/paths.ts";

const extensions = [products.defaultExtension];

describe("the bare platform", () => {
  it("ends with 0 when all went well, and gives what was written to COM1", async () => {
    const chunks: Buffer[] = [];
    const result = await runBare({ extensions, onOutput: (chunk) => chunks.push(chunk) });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, folder: undefined, message: "" });
    expect(result.output).toContain("in a VM now");
    expect(Buffer.concat(chunks).toString()).toBe(result.output);
  });

  it("passes the platform's own code on", async () => {
    const { kind, exitCode } = await runBare({ extensions, cpu: "EPYC,-svm,-hypervisor,tcg-cpuid=off" });
    expect({ kind, exitCode }).toEqual({ kind: "exit", exitCode: 17 });
  });

  it("is given up when its time is over, with its registers kept", async () => {
    // Not even the firmware is through by then.
    const { kind, exitCode, folder } = await runBare({ extensions, timeout: 0.05 });
    expect({ kind, exitCode }).toEqual({ kind: "hang", exitCode: 243 });
    expect(readFileSync(join(folder ?? "", "registers.txt"), "utf8")).toContain("IP=");
    expect(existsSync(join(folder ?? "", "serial.log"))).toBe(true);
    rmSync(folder ?? "", { recursive: true });
  });
});
