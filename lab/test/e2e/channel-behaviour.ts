// What every Linux in the lab does with commands, files and its terminal, whichever machine it runs on

import { expect, it } from "vitest";
import type { LinuxMachine } from "../../src/index.ts";

/** The file that the machine is booted with. */
export const PUT = { from: Buffer.from("content"), to: "/root/put.txt" };

/** Declares the tests. The machine was booted with `PUT` and a terminal. */
export function describeChannel(machine: () => LinuxMachine, feature: string, terminalDevice: string): void {
  it("passes exit codes on, and keeps stdout and stderr apart, byte for byte", async () => {
    const command = "printf 'a\\r\\n\\tb'; printf 'no newline' >&2; exit 77";
    const { exitCode, stdout, stderr } = await machine().run(command);
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 77, stdout: "a\r\n\tb", stderr: "no newline" });
  });

  it("looks like a bare processor with what a hypervisor needs", async () => {
    const { stdout } = await machine().run(
      `grep -m 1 ^flags /proc/cpuinfo >flags; grep -c -w ${feature} flags; grep -c -w hypervisor flags`,
    );
    expect(stdout).toBe("1\n0\n");
  });

  it("has the files that it was given, and gives files back", async () => {
    expect((await machine().get("put.txt")).toString()).toBe("content");
    await machine().run("seq 1 500 >numbers");
    const numbers = Array.from({ length: 500 }, (_, index) => `${index + 1}\n`).join("");
    expect((await machine().get("numbers")).toString()).toBe(numbers);
  });

  it("has a login shell on its terminal, and ends with the shell's exit code", async () => {
    let typed = "";
    const terminal = await machine().terminal();
    const prompt = new Promise<void>((resolve) =>
      terminal.on("data", (bytes) => {
        typed += bytes;
        if (typed.includes("lab:~# ")) resolve();
      }),
    );
    const ended = machine().runShell(30, 90);
    await prompt;
    terminal.write("stty size; tty; exit 5\r");
    expect(await ended).toBe(5);
    expect(typed).toContain("30 90");
    expect(typed).toContain(terminalDevice);
  });
}
