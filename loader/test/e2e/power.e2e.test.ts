import { rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runLinux } from "../../../lab/src/index.ts";

describe("a machine on which the hypervisor runs", () => {
  it.each(["reboot", "poweroff"])("stops it before %s", async (command) => {
    const result = await runLinux({ smp: 2, command: `bfm quick && echo running; ${command}; sleep 60`, timeout: 60 });
    if (result.folder !== undefined) rmSync(result.folder, { recursive: true });
    expect(result.kind).toBe("powered-off");
    expect(result.stdout).toMatch(/running\n$/);
    const stopped = [...result.serial.matchAll(/^bareflank: PP (\d): exits by reason: 0x72=\d+\r$/gm)];
    expect(stopped.map(([, cpu]) => cpu)).toEqual(["1", "0"]);
    expect(result.console).not.toMatch(/BUG|Oops|Call Trace|bfdriver: stop/);
  });
});
