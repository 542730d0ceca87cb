import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cached } from "../src/image/cache.ts";
import { cpioArchive } from "../src/image/cpio.ts";
import { type DebianKernel, ModuleIndex, moduleName } from "../src/image/debian.ts";
import { completeTree, type Entry, treeDigest } from "../src/image/tree.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bf-lab-test-"));
  vi.stubEnv("XDG_CACHE_HOME", folder);
});

afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

describe("completeTree", () => {
  it("puts every folder before what it holds, once", () => {
    const tree = completeTree([
      { kind: "file", path: "/a/b/c", content: "1" },
      { kind: "file", path: "/a/b/d", content: "2" },
    ]);
    expect(tree.map(({ path }) => path)).toEqual(["/a", "/a/b", "/a/b/c", "/a/b/d"]);
  });

  it("takes the last of several entries with one path", () => {
    const tree = completeTree([
      { kind: "file", path: "/a", content: "old" },
      { kind: "link", path: "/a", target: "new" },
    ]);
    expect(tree).toEqual([{ kind: "link", path: "/a", target: "new" }]);
  });
});

describe("treeDigest", () => {
  const base: Entry[] = [{ kind: "file", path: "/a", content: "text" }];

  it("is the same for the same content, wherever it comes from", () => {
    const source = join(folder, "source");
    writeFileSync(source, "text");
    const first = treeDigest([{ kind: "host-file", path: "/a", source }]);
    utimesSync(source, 1, 1);
    expect(treeDigest([{ kind: "host-file", path: "/a", source }])).toBe(first);
  });

  it.each<[string, Entry[]]>([
    ["content", [{ kind: "file", path: "/a", content: "Text" }]],
    ["path", [{ kind: "file", path: "/b", content: "text" }]],
    ["mode", [{ kind: "file", path: "/a", content: "text", mode: 0o755 }]],
    ["kind", [{ kind: "link", path: "/a", target: "text" }]],
  ])("changes with the %s", (_, entries) => {
    expect(treeDigest(entries)).not.toBe(treeDigest(base));
  });
});

describe("cached", () => {
  it("makes a file once for each digest", async () => {
    const produce = vi.fn((path: string) => writeFileSync(path, "made"));
    const first = await cached("thing", "a".repeat(64), produce);
    const second = await cached("thing", "a".repeat(64), produce);
    expect(second).toBe(first);
    expect(readFileSync(first, "utf8")).toBe("made");
    await cached("thing", "b".repeat(64), produce);
    expect(produce).toHaveBeenCalledTimes(2);
  });

  it("keeps nothing of a file whose making failed", async () => {
    const fail = cached("thing", "a".repeat(64), (path) => {
      writeFileSync(path, "half");
      throw new Error("no more");
    });
    await expect(fail).rejects.toThrow("no more");
    expect(readdirSync(join(folder, "bareflank-ts", "lab"))).toEqual([]);
  });

  it("forgets those that were not used for longest", async () => {
    const paths: string[] = [];
    for (let index = 0; index < 6; index++) {
      const path = await cached("thing", String(index).repeat(64), (file) => {
        writeFileSync(file, "");
        utimesSync(file, index + 1, index + 1);
      });
      paths.push(path);
    }
    expect(paths.map((path) => existsSync(path))).toEqual([false, false, true, true, true, true]);
  });
});

describe("cpioArchive", () => {
  const entries: Entry[] = [
    { kind: "folder", path: "/sub" },
    { kind: "file", path: "/sub/odd", content: "12345", mode: 0o600 },
    { kind: "file", path: "/sub/empty", content: "" },
    { kind: "link", path: "/link", target: "sub/odd" },
  ];

  it("is what cpio unpacks to the same tree", () => {
    const busybox = (...words: string[]) =>
      execFileSync("busybox", words, { cwd: folder, input: cpioArchive(entries), stdio: ["pipe", "pipe", "ignore"] });
    busybox("cpio", "-i");
    expect(readFileSync(join(folder, "link"), "utf8")).toBe("12345");
    expect(statSync(join(folder, "sub/odd")).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "sub/empty")).size).toBe(0);
  });

  it("has records of multiples of four bytes, and a trailer", () => {
    const archive = cpioArchive(entries);
    expect(archive.length % 4).toBe(0);
    expect(archive.toString("latin1")).toContain("TRAILER!!!");
  });
});

describe("moduleName", () => {
  it("is the file's, with underscores", () => {
    expect(moduleName("kernel/arch/x86/kvm/kvm-amd.ko")).toBe("kvm_amd");
  });
});

describe("ModuleIndex", () => {
  const index = (): ModuleIndex => {
    const lines = [
      "kernel/drivers/virtio/virtio.ko: kernel/drivers/virtio/virtio_ring.ko",
      "kernel/drivers/virtio/virtio_ring.ko:",
      "kernel/char/virtio-console.ko: kernel/drivers/virtio/virtio.ko kernel/drivers/virtio/virtio_ring.ko",
      "kernel/fs/overlay.ko:",
    ];
    writeFileSync(join(folder, "modules.dep"), `${lines.join("\n")}\n`);
    const kernel: DebianKernel = { version: "6.1", image: "", modules: folder, headers: undefined };
    return new ModuleIndex(kernel);
  };

  it("orders modules so that each comes after those that it needs", () => {
    expect(index().closure(["virtio_console", "overlay"])).toEqual([
      "kernel/drivers/virtio/virtio_ring.ko",
      "kernel/drivers/virtio/virtio.ko",
      "kernel/char/virtio-console.ko",
      "kernel/fs/overlay.ko",
    ]);
  });

  it("names a module that is not there", () => {
    expect(() => index().closure(["floppy"])).toThrow("has no module floppy");
  });

  it("gives the lines of modules.dep for some of the modules", () => {
    expect(index().dependencyLines(["kernel/drivers/virtio/virtio.ko"])).toBe(
      "kernel/drivers/virtio/virtio.ko: kernel/drivers/virtio/virtio_ring.ko\n",
    );
  });
});
