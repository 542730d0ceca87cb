import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { register } from "../src/commands.ts";
import { LabError, type RunBareOptions, type RunLinuxOptions } from "../src/index.ts";

const linuxResult = {
  kind: "exit" as const,
  exitCode: 7,
  stdout: "",
  stderr: "",
  output: "",
  files: new Map<string, Buffer>(),
  serial: "",
  console: "",
  folder: undefined,
  message: "",
  lastWords: "",
};

let stderr = "";
let stdout = "";
const runners = { runLinux: vi.fn(), runShell: vi.fn(), runBare: vi.fn(), auditBare: vi.fn(), runKvmTests: vi.fn() };

const lab = async (...words: string[]): Promise<void> => {
  const program = new Command("bf").exitOverride().configureOutput({ writeErr: (text) => (stderr += text) });
  register(program, runners);
  for (const command of program.commands.flatMap((group) => group.commands)) {
    command
      .exitOverride()
      .configureOutput({ writeErr: (text) => (stderr += text), writeOut: (text) => (stdout += text) });
  }
  await program.parseAsync(["lab", ...words], { from: "user" });
};

const linuxOptions = (): RunLinuxOptions => runners.runLinux.mock.calls[0]?.[0] as RunLinuxOptions;
const bareOptions = (): RunBareOptions => runners.runBare.mock.calls[0]?.[0] as RunBareOptions;

beforeEach(() => {
  stderr = "";
  stdout = "";
  vi.resetAllMocks();
  runners.runLinux.mockResolvedValue(linuxResult);
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    stderr += text;
    return true;
  });
});

afterEach(() => {
  process.exitCode = undefined;
  vi.restoreAllMocks();
});

describe("lab run", () => {
  it("hands over every option and ends with the command's exit code", async () => {
    const words = ["--smp", "2", "--memory", "2G", "--put", "a", "--put", "b", "--get", "c", "--timeout", "9"];
    await lab("run", "--machine", "amd", "--guests", ...words, "--", "bfm", "status", "--json");
    expect(linuxOptions()).toMatchObject({
      machine: "amd",
      smp: 2,
      memory: "2G",
      put: ["a", "b"],
      get: ["c"],
      timeout: 9,
      guests: true,
      command: "bfm status --json",
      gdbPort: undefined,
    });
    expect(process.exitCode).toBe(7);
  });

  it("leaves a single quoted command as it is", async () => {
    await lab("run", "--machine", "amd", "--", "a  && b | c");
    expect(linuxOptions().command).toBe("a  && b | c");
  });

  it("writes the files that it fetched into the working folder, by their base names", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bf-lab-test-"));
    vi.spyOn(process, "cwd").mockReturnValue(folder);
    runners.runLinux.mockResolvedValue({ ...linuxResult, files: new Map([["/tmp/x.txt", Buffer.from("content")]]) });
    await lab("run", "--machine", "amd", "--get", "/tmp/x.txt", "--", "true");
    expect(readFileSync(join(folder, "x.txt"), "utf8")).toBe("content");
    rmSync(folder, { recursive: true });
  });

  it("prints what happened to a machine that died, and ends with its code", async () => {
    const lastWords = "What it wrote last:\n  help\n";
    const died = { kind: "panic", exitCode: 240, message: "Linux panicked", lastWords };
    runners.runLinux.mockResolvedValue({ ...linuxResult, ...died });
    await lab("run", "--machine", "amd", "--", "true");
    expect(stderr).toBe("lab: What it wrote last:\n  help\nlab: Linux panicked\n");
    expect(process.exitCode).toBe(240);
  });

  it("prints the lab's own errors with their hint, and ends with 247", async () => {
    runners.runLinux.mockRejectedValue(new LabError("clang is not installed.", "apt install clang"));
    await lab("run", "--machine", "amd", "--", "true");
    expect(stderr).toBe("lab: clang is not installed.\nlab: apt install clang\n");
    expect(process.exitCode).toBe(247);
  });

  it("says what to type for GDB, on the default port or another", async () => {
    await lab("run", "--machine", "amd", "--gdb", "--", "true");
    expect(linuxOptions().gdbPort).toBe(1234);
    expect(stderr).toMatch(/gdb .*-ex 'target remote localhost:1234' .*kernel\.debug\.elf/);
    runners.runLinux.mockClear();
    await lab("run", "--machine", "amd", "--gdb", "4000", "--", "true");
    expect(linuxOptions().gdbPort).toBe(4000);
  });

  it.each([
    [["--smp", "0"], "at least 1"],
    [["--smp", "two"], "at least 1"],
    [["--timeout", "-1"], "at least 1"],
    [["--memory", "1"], "512M or 2G"],
    [["--memory", "0G"], "512M or 2G"],
  ])("refuses %j", async (words, sentence) => {
    await expect(lab("run", "--machine", "amd", ...words, "--", "true")).rejects.toThrow(CommanderError);
    expect(stderr).toContain(sentence);
    expect(runners.runLinux).not.toHaveBeenCalled();
  });

  it("wants a machine and a command", async () => {
    await expect(lab("run", "--", "true")).rejects.toThrow("--machine");
    await expect(lab("run", "--machine", "amd")).rejects.toThrow("missing required argument");
  });

  it("documents its exit codes in --help", async () => {
    await expect(lab("run", "--help")).rejects.toThrow(CommanderError);
    for (const code of [240, 241, 242, 243, 244, 245, 246, 247, 248, 249]) {
      expect(stdout).toContain(`  ${code}  `);
    }
  });
});

describe("lab bare", () => {
  it("hands over extensions in their order, kernel and command line", async () => {
    runners.runBare.mockResolvedValue({
      kind: "exit",
      exitCode: 3,
      output: "",
      folder: undefined,
      message: "",
      lastWords: "",
    });
    const words = [
      "--extension",
      "a.elf",
      "--extension",
      "b.elf",
      "--kernel",
      "k.elf",
      "--append",
      "leaf=1",
      "--set",
      "a=b",
    ];
    await lab("bare", "--machine", "amd", "--icount", ...words);
    expect(bareOptions()).toMatchObject({
      extensions: ["a.elf", "b.elf"],
      kernel: "k.elf",
      append: "leaf=1",
      settings: ["a=b"],
      icount: true,
      memory: "256M",
    });
    expect(process.exitCode).toBe(3);
  });

  it.each([[], ["--audit"]])("makes no machine without an extension %j", async (...words) => {
    await lab("bare", "--machine", "amd", ...words);
    expect(stderr).toBe("lab: There is no extension to run.\nlab: Name one: --extension FILE, or --manifest FILE.\n");
    expect(process.exitCode).toBe(247);
    expect(runners.runBare).not.toHaveBeenCalled();
  });

  it("makes no machine for a word that the platform does not know", async () => {
    await lab("bare", "--machine", "amd", "--extension", "a.elf", "--append", "outl=0xcf8");
    expect(stderr).toContain('The bare platform does not know the word "outl".');
    expect(process.exitCode).toBe(247);
    expect(runners.runBare).not.toHaveBeenCalled();
  });

  it("says where an extension that never returns is told", async () => {
    const hang = {
      kind: "hang",
      exitCode: 243,
      output: "",
      folder: "/logs",
      message: "8 seconds are over",
      lastWords: "",
    };
    runners.runBare.mockResolvedValue(hang);
    await lab("bare", "--machine", "amd", "--extension", "a.elf");
    expect(stderr).toMatch(/8 seconds are over\nlab: .*functions.txt there.*watchdog=1000/);
  });

  it("audits instead, prints what it found, and ends with 21", async () => {
    const print = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
    const detail = "kernel memory, ring 0 RWX";
    const rule = "writable and executable" as const;
    const finding = { rule, where: "PP 0, extension 0", address: 0x6001_0000n, physical: 0x11_1000n, detail };
    runners.auditBare.mockResolvedValue({ findings: [finding], seen: ["PP 0, extension 0"], pages: 7, cr4: 0n });
    await lab("bare", "--machine", "amd", "--smp", "2", "--extension", "a.elf", "--audit");
    expect(runners.auditBare.mock.calls[0]?.[0]).toMatchObject({ machine: "amd", smp: 2, extensions: ["a.elf"] });
    expect(print.mock.calls.join("")).toBe(
      "PP 0, extension 0: writable and executable: 0x60010000, page 0x111000 (kernel memory, ring 0 RWX)\n" +
        "audit: 1 sets of page tables with 7 entries for pages: PP 0, extension 0\naudit: 1 findings\n",
    );
    expect(process.exitCode).toBe(21);
    runners.auditBare.mockResolvedValue({ findings: [], seen: [], pages: 0, cr4: 0n });
    await lab("bare", "--machine", "amd", "--extension", "a.elf", "--audit");
    expect(process.exitCode).toBe(0);
  });

  it("an audit has no limit of time, and no GDB", async () => {
    await lab("bare", "--machine", "amd", "--extension", "a.elf", "--audit", "--timeout", "5");
    expect(stderr).toContain("Leave --gdb and --timeout away.");
    expect(runners.auditBare).not.toHaveBeenCalled();
  });
});

describe("lab shell", () => {
  it("ends with the shell's exit code", async () => {
    runners.runShell.mockResolvedValue(5);
    await lab("shell", "--machine", "amd", "--smp", "4");
    expect(runners.runShell.mock.calls[0]?.[0]).toMatchObject({ machine: "amd", smp: 4 });
    expect(process.exitCode).toBe(5);
  });
});

describe("lab kvm-tests", () => {
  let folder: string;
  const passed = { ending: "passed", passed: ["a"], failed: [], skipped: [], detail: "" } as const;
  const failed = { ending: "failed", passed: [], failed: ["a"], skipped: [], detail: "a" } as const;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bf-lab-test-"));
    writeFileSync(join(folder, "smap.flat"), "");
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      stdout += text;
      return true;
    });
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("prints a table, and ends with 1 when MicroV is worse", async () => {
    runners.runKvmTests.mockResolvedValue([{ name: "smap", outcomes: { linux: passed, microv: failed } }]);
    await lab("kvm-tests", folder, "--machine", "amd", "--silence", "9", "--output", "x");
    const [tests, options] = runners.runKvmTests.mock.calls[0] ?? [];
    expect(tests).toMatchObject([{ name: "smap" }]);
    expect(options).toMatchObject({ machine: "amd", kvms: ["linux", "microv"], silence: 9, limit: 600, output: "x" });
    expect(stdout).toContain("| smap | 1           | 0/1 failed | worse   | a |");
    expect(stderr).toBe("lab: 1 test: 1 worse\n");
    expect(process.exitCode).toBe(1);
  });

  it("prints JSON, and ends with 0 when it is as good", async () => {
    runners.runKvmTests.mockResolvedValue([{ name: "smap", outcomes: { microv: passed } }]);
    await lab("kvm-tests", folder, "smap", "--machine", "intel", "--kvm", "microv", "--json");
    expect(runners.runKvmTests.mock.calls[0]?.[1]).toMatchObject({ machine: "intel", kvms: ["microv"] });
    expect(JSON.parse(stdout)).toMatchObject({ machine: "intel", isGood: true });
    expect(process.exitCode).toBe(0);
  });

  it("refuses folders without tests, and machines that are for something else", async () => {
    await lab("kvm-tests", join(folder, "nowhere"), "--machine", "amd");
    await lab("kvm-tests", folder, "--machine", "uefi");
    expect(stderr).toContain("is no folder.");
    expect(stderr).toContain("Take one of amd, intel, amd-bochs.");
    expect(process.exitCode).toBe(247);
    expect(runners.runKvmTests).not.toHaveBeenCalled();
    await expect(lab("kvm-tests", folder, "--machine", "amd", "--kvm", "own")).rejects.toThrow("Allowed choices");
  });
});
