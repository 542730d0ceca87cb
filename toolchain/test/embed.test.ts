// embed("file"): its bytes in the image, and what is said when there is no such file

import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMPILERS } from "../../test/compilers.ts";
import { BuildError, Builder, findWorkspace, type Product, selectParts } from "../src/index.ts";

const CHECKOUT = fileURLToPath(new URL("../..", import.meta.url));
const CACHE = join(CHECKOUT, "build/test/toolchain/embed");
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "bf-embed-"));
  symlinkSync(join(CHECKOUT, "node_modules"), join(root, "node_modules"));
  mkdirSync(join(root, "src/parts"), { recursive: true });
  const bareflank = { type: "extension", name: "mine" };
  writeFileSync(
    join(root, "package.json"),
    JSON.stringify({ name: "mine", dependencies: { "@bareflank/sdk": "0.1.0" }, bareflank }),
  );
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

const extension = (call: string) => `import { embed, logNumber, Next, startRoot } from "@bareflank/sdk";
export function bootstrap(ppid: u32): Next {
  startRoot(ppid);
  /* embed( is a word here, too */ logNumber("bytes ", ${call}.bytes);
  return Next.Run;
}
`;

async function build(source: string): Promise<Product> {
  writeFileSync(join(root, "src/main.ts"), source);
  const builder = new Builder(findWorkspace(root), { cache: CACHE, compilers: COMPILERS });
  const { products, failures } = await builder.build(selectParts(builder.workspace, []));
  await builder.close();
  if (failures[0] !== undefined) throw failures[0].error;
  const [product] = products;
  if (product === undefined) throw new Error("nothing was built");
  return product;
}

async function failure(source: string): Promise<BuildError> {
  try {
    await build(source);
  } catch (error) {
    if (error instanceof BuildError) return error;
    throw error;
  }
  throw new Error("it was built");
}

const file = (name: string, bytes: string) => writeFileSync(join(root, "src", name), bytes);
const image = (product: Product) => readFileSync(product.files.elf ?? "");

describe("an embedded file", () => {
  it("is in the image, found beside the source that names it, and another one when it has changed", async () => {
    file("parts/one.bin", "the first bytes");
    file("parts/inner.ts", 'import { embed } from "@bareflank/sdk";\nexport const inner = embed("one.bin");\n');
    const source = `import { inner } from "./parts/inner";\n${extension("inner")}`.replace("embed, ", "");
    const first = await build(source);
    expect(image(first).includes("the first bytes")).toBe(true);
    expect(first.inputs).toContain(join(root, "src/parts/one.bin"));
    file("parts/one.bin", "another content");
    const second = await build(source);
    expect(second.cached).toBe(false);
    expect(image(second).includes("another content")).toBe(true);
    expect(image(second).includes("the first bytes")).toBe(false);
    expect((await build(source)).cached).toBe(true);
  });

  it("that is not there is said where it is named, and when it goes away later", async () => {
    rmSync(join(root, "src/gone.bin"), { force: true });
    const source = extension('embed("gone.bin")');
    const path = join(root, "src/gone.bin");
    expect((await failure(source)).diagnostics).toMatchObject([
      { file: "src/main.ts", line: 4, column: 62, code: "embed", message: `gone.bin is not there (${path})` },
    ]);
    file("gone.bin", "now");
    await build(source);
    rmSync(path);
    expect((await failure(source)).diagnostics).toMatchObject([
      { file: "src/main.ts", code: "embed", message: `gone.bin is not there (${path})` },
    ]);
  });

  it("that is a folder, or larger than an image, is refused", async () => {
    expect((await failure(extension('embed("parts")'))).diagnostics[0]?.message).toMatch(/^parts is no file \(/);
    file("large.bin", "");
    truncateSync(join(root, "src/large.bin"), 0x80_0000);
    expect((await failure(extension('embed("large.bin")'))).diagnostics[0]?.message).toMatch(
      /^large\.bin has 8388608 bytes, and an extension's image has 8388608 at most \(/,
    );
    truncateSync(join(root, "src/large.bin"), 0x7f_fff0);
    expect((await failure(extension('embed("large.bin")'))).message).toMatch(
      /^The image of mine has \d+ bytes, and an extension's has 8388608 at most\.$/,
    );
  });

  it("whose name is no text in quotes is refused", async () => {
    const source = extension("embed(`one.bin`)");
    expect((await failure(source)).diagnostics[0]).toMatchObject({
      line: 4,
      column: 62,
      message: 'embed() takes the name of a file, in quotes: embed("payload.bin")',
    });
  });

  it("leaves the columns of a line where its author sees them", async () => {
    file("one.bin", "1");
    const source = extension('missing(embed("one.bin"), misspelt)');
    const places = (await failure(source)).diagnostics.map(({ column, text }) => text?.slice((column ?? 0) - 1));
    expect(places).toEqual([expect.stringMatching(/^missing\(/)]);
    const behind = extension('embed("one.bin")').replace(".bytes)", ".bytes + misspelt)");
    const [diagnostic] = (await failure(behind)).diagnostics;
    expect(diagnostic?.text?.slice((diagnostic.column ?? 0) - 1)).toBe("misspelt);");
  });
});
