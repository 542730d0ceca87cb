import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assemble } from "../../../kernel/test/bare/assemble.ts";
import { runTool } from "../../src/host-tools.ts";
import { bareMachineNames, runBare } from "../../src/index.ts";
import { products } from "../../src/paths.ts";

const extensions = [products.defaultExtension];

/** A processor without what a hypervisor needs. */
const lacking: Readonly<Record<string, string>> = {
  amd: "EPYC,-svm,-hypervisor,tcg-cpuid=off",
  intel: "core2_penryn_t9600",
  "amd-bochs": "athlon64_venice",
};

describe.each(bareMachineNames)("the bare platform on the machine %s", (machine) => {
  let images = "";

  beforeAll(() => {
    images = mkdtempSync(join(tmpdir(), "bf-lab-dying-"));
    const source = join(import.meta.dirname, "dying.S");
    const flags = ["-m32", "-nostdlib", "-static", "-fuse-ld=lld", "-Wl,-Ttext=0x200000,-e,start"];
    runTool("clang", [...flags, "-o", join(images, "fault.elf"), source]);
    runTool("clang", [...flags, "-DRESET", "-o", join(images, "reset.elf"), source]);
  });

  afterAll(() => rmSync(images, { recursive: true }));

  it("ends with 0 when all went well, and gives what was written to COM1", async () => {
    const chunks: Buffer[] = [];
    const append = "load=0 cpuid=10";
    const result = await runBare({ machine, extensions, append, onOutput: (chunk) => chunks.push(chunk) });
    expect(result).toMatchObject({ kind: "exit", exitCode: 0, folder: undefined, message: "" });
    expect(result.output).toContain("10 CPUIDs of leaf 0x0 without hypervisor");
    expect(Buffer.concat(chunks).toString()).toBe(result.output);
  });

  it("passes the platform's own code on", async () => {
    const { kind, exitCode } = await runBare({ machine, extensions, cpu: lacking[machine] });
    expect({ kind, exitCode }).toEqual({ kind: "exit", exitCode: 17 });
  });

  it("has as many processors as are wanted", async () => {
    const { output } = await runBare({ machine, extensions, smp: 2, append: "load=0 cpuid=10" });
    expect(output).toContain("processor 1: 10 CPUIDs");
  });

  it("is given up when its time is over, with its registers kept", async () => {
    // Not even the firmware is through by then.
    const { kind, exitCode, folder } = await runBare({ machine, extensions, timeout: 0.05 });
    expect({ kind, exitCode }).toEqual({ kind: "hang", exitCode: 243 });
    expect(readFileSync(join(folder ?? "", "registers.txt"), "utf8")).toMatch(/IP=|rip:/);
    expect(existsSync(join(folder ?? "", "serial.log"))).toBe(true);
    rmSync(folder ?? "", { recursive: true });
  });

  it("ends within seconds when an extension fails for good behind its first exit", async () => {
    const vmexit = "cmp dword ptr [rip + exits], 3; jne 1f; ud2; 1:";
    const failing = [assemble({ vmexit }, machine === "intel" ? "intel" : "amd")];
    const begin = performance.now();
    let text = "";
    const options = { machine, extensions: failing, onText: (piece: string) => (text += piece) };
    const { kind, exitCode, folder, message, lastWords } = await runBare(options);
    expect({ kind, exitCode }).toEqual({ kind: "processor-halted", exitCode: 249 });
    expect(message).toContain("processor halted: the extension failed after its VM had started");
    for (const words of [text, lastWords])
      expect(words).toMatch(/backtrace, newest first:\r?\n +0x\w+ \(vmexit\+0x\w+\)/);
    // Wall time, on a busy host: without an end of its own, it would be minutes.
    expect(performance.now() - begin).toBeLessThan(120_000);
    rmSync(folder ?? "", { recursive: true });
  });

  it("says why the loader did not start", async () => {
    const { message } = await runBare({ machine, extensions, cpu: lacking[machine] });
    expect(message).toMatch(/^start failed: processor 0 has /);
  });

  it("ends by a triple fault", async () => {
    const { kind, exitCode, folder } = await runBare({ machine, extensions, image: join(images, "fault.elf") });
    expect({ kind, exitCode }).toEqual({ kind: "triple-fault", exitCode: 242 });
    rmSync(folder ?? "", { recursive: true });
  });

  it("ends by a reset", async () => {
    const { kind, exitCode, folder } = await runBare({ machine, extensions, image: join(images, "reset.elf") });
    expect({ kind, exitCode }).toEqual({ kind: "powered-off", exitCode: 245 });
    rmSync(folder ?? "", { recursive: true });
  });
});
