// The page tables of running hypervisors, looked at from outside: nothing is wrong, and what is made wrong is seen

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { auditBare } from "../../src/index.ts";
import { products } from "../../src/paths.ts";

const folder = mkdtempSync(join(tmpdir(), "bf-audit-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const MEMORY = "128M";
const elf = (name: string) => join(import.meta.dirname, `../../../build/extensions/${name}/${name}.elf`);
const DEFAULT = elf("default");
/** Both emulated processors have them. */
const SMEP_SMAP = 0x30_0000n;
/** Leaf of CPUID by which the root VM runs the second VM of the extension "second-vm". */
const LEAF_RUN = 0x4000_0040;

it("AMD, several extensions, two processors: nothing is mapped that should not be", async () => {
  const manifest = join(folder, "several.json");
  const judge = elf("leaf-judge");
  const extensions = [{ file: DEFAULT }, { file: judge }, { name: "second-judge", file: judge }];
  writeFileSync(manifest, JSON.stringify({ extensions }));
  const options = { machine: "amd", smp: 2, memory: MEMORY, manifest, extensions: [] };
  const { cr4, findings, seen } = await auditBare(options);
  expect(findings).toEqual([]);
  expect(cr4 & SMEP_SMAP).toBe(SMEP_SMAP);
  const hosts = [0, 1].flatMap((ppid) => [0, 1, 2].map((extension) => `PP ${ppid}, extension ${extension}`));
  expect(seen).toEqual([...hosts, "VM 0 on PP 0", "VM 0 on PP 1"]);
});

it("Intel, and the microkernel somewhere else: the same", async () => {
  // Three tables up, and seventeen pages
  const append = `slide=${3n + (17n << 32n)}`;
  const { cr4, findings, seen } = await auditBare({ machine: "intel", memory: MEMORY, extensions: [DEFAULT], append });
  expect(findings).toEqual([]);
  expect(cr4 & SMEP_SMAP).toBe(SMEP_SMAP);
  expect(seen).toEqual(["PP 0, extension 0", "VM 0 on PP 0"]);
});

it("ring 3 has tables of its own where the microkernel is isolated, and in them nothing of it but what entries need", async () => {
  const options = { machine: "amd", memory: MEMORY, extensions: [DEFAULT], append: "isolate=1" };
  const { findings, seen } = await auditBare(options);
  expect(findings).toEqual([]);
  expect(seen).toEqual(["PP 0, extension 0", "PP 0, extension 0, ring 3's own", "VM 0 on PP 0"]);
});

it("a second VM reaches the pages that its extension has given it, and nothing else", async () => {
  const { findings, seen } = await auditBare({
    ...{ machine: "amd", memory: MEMORY, guest: true },
    ...{ extensions: [elf("second-vm")], append: `leaf=${LEAF_RUN}` },
  });
  expect(findings).toEqual([]);
  expect(seen).toContainEqual(expect.stringMatching(/^VM [1-9]\d* on PP 0$/));
});

it("a root VM without nested page tables is named", async () => {
  const { findings } = await auditBare({ machine: "amd", memory: MEMORY, extensions: [elf("minimal")] });
  expect(findings).toEqual([expect.objectContaining({ rule: "no nested page tables", where: "VM 0 on PP 0" })]);
});

/** A microkernel that makes data of its own executable: what its instructions hold of an entry's bits, without that one. */
function spoiledKernel(): string {
  const bytes = readFileSync(products.kernel);
  const [noExecute, plain] = [Buffer.alloc(8), Buffer.alloc(8)];
  let count = 0;
  // Present and writable; accessed and dirty, too
  for (const bits of [0x3n, 0x63n]) {
    noExecute.writeBigUInt64LE((1n << 63n) | bits);
    plain.writeBigUInt64LE(bits);
    for (let at = bytes.indexOf(noExecute); at >= 0; at = bytes.indexOf(noExecute, at)) {
      plain.copy(bytes, at);
      count++;
    }
  }
  expect(count).toBeGreaterThan(0);
  const file = join(folder, "kernel.elf");
  writeFileSync(file, bytes);
  return file;
}

it("a microkernel that makes its data executable is found out", async () => {
  const kernel = spoiledKernel();
  const { findings } = await auditBare({ machine: "amd", memory: MEMORY, extensions: [DEFAULT], kernel });
  const rules = new Set(findings.map(({ rule }) => rule));
  expect(rules).toEqual(
    new Set(["writable and executable", "executable where nothing is executed", "mapped twice with different rights"]),
  );
});
