import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assemble } from "../../../kernel/test/bare/assemble.ts";
import { LabError, LinuxMachine, MachineFailure, runLinux } from "../../src/index.ts";

describe("a machine with two processors", () => {
  let linux: LinuxMachine;

  beforeAll(async () => {
    linux = await LinuxMachine.boot({
      smp: 2,
      put: [{ from: Buffer.from("content"), to: "/root/put.txt" }, import.meta.filename],
    });
  });

  afterAll(() => linux?.close());

  const run = (command: string) => linux.run(command, { timeout: 60 });

  it("runs commands as root in /root, with Debian's kernel", async () => {
    const { stdout } = await run("id -u; pwd; uname -r; nproc");
    expect(stdout).toMatch(/^0\n\/root\n\S+-cloud-amd64\n2\n$/);
  });

  it("passes exit codes and signals on", async () => {
    expect((await run("exit 77")).exitCode).toBe(77);
    expect((await run("kill -9 $$")).exitCode).toBe(128 + 9);
    expect((await run("no-such-command")).exitCode).toBe(127);
  });

  it("keeps stdout and stderr apart, byte for byte", async () => {
    const { stdout, stderr } = await run("printf 'a\\r\\n\\tb'; printf 'no newline' >&2");
    expect(stdout).toBe("a\r\n\tb");
    expect(stderr).toBe("no newline");
  });

  it("streams output as it comes", async () => {
    const times: number[] = [];
    await linux.run("echo 1; sleep 1; echo 2", { onOutput: () => times.push(performance.now()) });
    expect(times).toHaveLength(2);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(500);
  });

  it("passes a megabyte of output on unharmed", async () => {
    const { stdout } = await run("seq 1 150000");
    expect(stdout).toBe(Array.from({ length: 150000 }, (_, index) => `${index + 1}\n`).join(""));
  });

  it("does not wait for processes in the background", async () => {
    const { stdout } = await run("sleep 1000 & echo done");
    expect(stdout).toBe("done\n");
  });

  it("has the files that it was given, and gives files back", async () => {
    expect((await linux.get("put.txt")).toString()).toBe("content");
    const name = "linux.e2e.test.ts";
    expect((await linux.get(name)).equals(readFileSync(import.meta.filename))).toBe(true);
    await run("dd if=/dev/urandom of=/tmp/random bs=1M count=3 2>/dev/null");
    const { stdout } = await run("sha256sum </tmp/random");
    const { createHash } = await import("node:crypto");
    const digest = createHash("sha256")
      .update(await linux.get("/tmp/random"))
      .digest("hex");
    expect(stdout).toContain(digest);
  });

  it("says which file it cannot read", async () => {
    await expect(linux.get("/no/such/file")).rejects.toThrow(LabError);
  });

  it("has Node.js", async () => {
    expect((await run("node -p 6*7")).stdout).toBe("42\n");
  });

  it("looks like a bare AMD processor with SVM", async () => {
    const { stdout } = await run(
      "grep -c -w svm /proc/cpuinfo; grep -c -w hypervisor /proc/cpuinfo; bf-cpuid --leaf 0x40000000",
    );
    const [svm, hypervisor] = stdout.split("\n");
    expect(svm).toBe("2");
    expect(hypervisor).toBe("0");
    expect(stdout).not.toContain("54474354"); // "TCGT"
  });

  it("answers CPUID on every processor, the same each time", async () => {
    const first = (await run("bf-cpuid --no-hypervisor")).stdout;
    expect(first).toContain('"cpu":0,');
    expect(first).toContain('"cpu":1,');
    expect(first).not.toContain('"leaf":"0x4');
    expect((await run("bf-cpuid --no-hypervisor")).stdout).toBe(first);
  });

  it("has a probe that reads the same registers twice", async () => {
    const read = "cat /proc/bfprobe";
    const { stdout: first } = await run(`insmod /usr/lib/bareflank/probe.ko && ${read}`);
    for (const name of [
      "cr0",
      "cr4",
      "efer",
      "gs_base",
      "gdtr_limit",
      "idtr_base",
      "tr_limit",
      "rflags",
      "xcr0",
      "dr7",
    ]) {
      expect(first).toMatch(new RegExp(`^cpu0 ${name}=[0-9a-f]+$`, "m"));
      expect(first).toMatch(new RegExp(`^cpu1 ${name}=[0-9a-f]+$`, "m"));
    }
    expect((await run(read)).stdout).toBe(first);
  });

  it("lets QEMU's monitor look at registers and memory", async () => {
    expect(await linux.monitor.human("info registers -a")).toContain("CPU#1");
    const file = join(linux.folder, "memory");
    await linux.monitor.saveMemory(0x1000n, 0x2000n, file);
    expect(readFileSync(file)).toHaveLength(0x2000);
  });

  it("leaves no folder behind when it is closed", async () => {
    const { folder } = linux;
    expect(existsSync(folder)).toBe(true);
    await linux.close();
    expect(existsSync(folder)).toBe(false);
  });
});

describe("a machine that goes on from where another has booted", () => {
  const run = (content: string, fresh = false) =>
    runLinux({
      fresh,
      put: [{ from: Buffer.from(content), to: "/root/deep/er/put.txt" }],
      // The times in a boot's messages are another boot's never
      command: "dmesg | head -n 100 | md5sum; cat deep/er/put.txt; lsmod | grep -c ^bfdriver; bfm --version",
    });

  it("has its own files and the driver, and changes nothing for the next", async () => {
    const [first, second, fresh] = [await run("one"), await run("two"), await run("three", true)];
    const [boot] = first.stdout.split("\n");
    expect(first.stdout).toMatch(/^[0-9a-f]{32} {2}-\none1\n\S/);
    expect(second.stdout).toBe(first.stdout.replace("one", "two"));
    expect(fresh.stdout).toMatch(/^[0-9a-f]{32} {2}-\nthree1\n\S/);
    expect(fresh.stdout.split("\n")[0]).not.toBe(boot);
  });

  it("knows what time it is", async () => {
    await runLinux({ command: "true" });
    const begin = Math.floor(Date.now() / 1000);
    const { stdout } = await runLinux({ command: "date +%s" });
    expect(Number(stdout)).toBeGreaterThanOrEqual(begin);
    expect(Number(stdout)).toBeLessThan(begin + 3600);
  });
});

describe("runLinux", () => {
  it("fetches files, whatever the command's exit code", async () => {
    const { kind, exitCode, files } = await runLinux({ command: "echo 1 >a; exit 3", get: ["a", "b"] });
    expect({ kind, exitCode }).toEqual({ kind: "exit", exitCode: 3 });
    expect(files.get("a")?.toString()).toBe("1\n");
    expect(files.has("b")).toBe(false);
  });

  it("fails when a command succeeds without writing a file that is wanted", async () => {
    const { kind, exitCode, message, folder } = await runLinux({ command: "true", get: ["b"] });
    expect({ kind, exitCode }).toEqual({ kind: "lab-error", exitCode: 247 });
    expect(message).toContain("cannot read b");
    rmSync(folder ?? "", { recursive: true });
  });
});

describe("a machine with a terminal", () => {
  it("has a login shell on it, and ends with the shell's exit code", async () => {
    const linux = await LinuxMachine.boot({ terminal: true });
    try {
      let typed = "";
      const terminal = await linux.terminal();
      const prompt = new Promise<void>((resolve) =>
        terminal.on("data", (bytes) => {
          typed += bytes;
          if (typed.includes("lab:~# ")) {
            resolve();
          }
        }),
      );
      const ended = linux.runShell(30, 90);
      await prompt;
      terminal.write("stty size; tty; exit 5\r");
      expect(await ended).toBe(5);
      expect(typed).toContain("30 90");
      expect(typed).toContain("/dev/hvc0");
    } finally {
      await linux.close();
    }
  });
});

describe("a machine that dies", () => {
  const die = async (command: string, timeout = 60, append = "") => {
    const result = await runLinux({ command: `echo before; ${command}`, timeout, append });
    expect(result.stdout).toBe("before\n");
    return result;
  };

  const logs: string[] = [];
  afterAll(() => {
    for (const folder of logs) {
      rmSync(folder, { recursive: true });
    }
  });

  const logOf = (folder: string | undefined, name: string): string => {
    if (folder !== undefined && !logs.includes(folder)) {
      logs.push(folder);
    }
    return readFileSync(join(folder ?? "", name), "utf8");
  };

  it("by a panic, keeps the console's text and the registers", async () => {
    const { kind, exitCode, folder, message, lastWords } = await die("echo c >/proc/sysrq-trigger; sleep 60");
    expect({ kind, exitCode }).toEqual({ kind: "panic", exitCode: 240 });
    expect(lastWords).toMatch(/^What Linux wrote to its console last:\n.*Kernel panic - not syncing/s);
    expect(message).toContain("sysrq triggered crash");
    expect(logOf(folder, "console.log")).toContain("Call Trace");
    expect(logOf(folder, "registers.txt")).toContain("RIP=");
  });

  it("by a hang, ends after the time that was given", async () => {
    const { kind, exitCode, folder } = await die("sleep 60", 2);
    expect({ kind, exitCode }).toEqual({ kind: "hang", exitCode: 243 });
    expect(logOf(folder, "registers.txt")).toContain("RIP=");
  });

  it("by a fault of the microkernel, gets ten seconds, and has the serial text kept", async () => {
    const text = "bareflank: PANIC: the microkernel faulted on PP 0: vector 13";
    const { kind, exitCode, message, folder } = await die(`echo '${text}' >/dev/ttyS0; sleep 60`);
    expect({ kind, exitCode }).toEqual({ kind: "hypervisor-panic", exitCode: 241 });
    expect(message).toContain(text);
    expect(logOf(folder, "serial.log")).toContain(text);
  });

  it("a fault of the microkernel that Linux survives ends as the command does", async () => {
    const result = await runLinux({ command: "echo 'bareflank: PANIC: but' >/dev/ttyS0; exit 3" });
    expect({ kind: result.kind, exitCode: result.exitCode }).toEqual({ kind: "exit", exitCode: 3 });
    expect(result.serial).toContain("PANIC: but");
  });

  it("by a halted processor, ends within seconds and says what the extension failed at, with its author's names", async () => {
    const elf = assemble({
      vmexit:
        "cmp dword ptr [rip + exits], 9; jne 1f; call author; 1: jmp 2f; .type author, @function; author: ud2; 2:",
    });
    const result = await runLinux({
      put: [{ from: elf, to: "/root/failing.elf" }],
      command: "bfm quick failing.elf; bf-cpuid --storm 20",
    });
    expect(result).toMatchObject({ kind: "processor-halted", exitCode: 249 });
    logOf(result.folder, "serial.log");
    expect(result.lastWords).toMatch(
      /the extension faulted in vmexit\n.*\n {6}0x0000\w+ \(author\)\n {6}0x\w+ \(vmexit/,
    );
    expect(logOf(result.folder, "functions.txt")).toMatch(/ author$/m);
  });

  it("by a triple fault, keeps what QEMU saw", async () => {
    const { kind, exitCode, folder } = await die("reboot -f; sleep 60", 60, "reboot=triple");
    expect({ kind, exitCode }).toEqual({ kind: "triple-fault", exitCode: 242 });
    expect(logOf(folder, "resets.log")).toContain("Triple fault");
  });

  it("by being switched off or rebooted, says so", async () => {
    const off = await die("poweroff; sleep 60");
    expect(off.kind).toBe("powered-off");
    logOf(off.folder, "console.log");
    const reboot = await die("reboot; sleep 60");
    expect(reboot.kind).toBe("powered-off");
    logOf(reboot.folder, "console.log");
  });

  it("while it boots, is tried once more, and then given up", async () => {
    const notes: string[] = [];
    const boot = LinuxMachine.boot({ append: "rdinit=/bin/none", bootTimeout: 1, onNote: (note) => notes.push(note) });
    const failure = await boot.catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(MachineFailure);
    const { kind, folder } = failure as MachineFailure;
    expect(kind).toBe("boot-hang");
    expect(notes.filter((note) => note.includes("once more"))).toHaveLength(1);
    logOf(folder, "console.log");
    logOf(/logs: (.*)\)/.exec(notes.find((note) => note.includes("once more")) ?? "")?.[1], "console.log");
  });
});
