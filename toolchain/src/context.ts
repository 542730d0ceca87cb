// What every kind of build works with

import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Cache } from "./cache.ts";
import type { Compilers } from "./compilers.ts";
import type { Diagnostic } from "./errors.ts";
import type { DeclaredPart, Part } from "./part.ts";

/** Shared by all parts of one build. */
export interface BuildContext {
  readonly root: string;
  /** Folder of the products. */
  readonly build: string;
  readonly cache: Cache;
  readonly compilers: Compilers;
  /** Extensions in TypeScript are compiled to be there soon, instead of to be fast. */
  readonly development: boolean;
  /** Told of every step that really runs, for the user to see. */
  readonly onStep: (part: string, step: string) => void;
  readonly onWarning: (diagnostic: Diagnostic) => void;
  /** The product of a part that this one links. */
  readonly require: (part: Part, type: Part["type"], name: string) => Promise<Product>;
}

/** What came out of building one part. */
export interface Product {
  readonly part: string;
  readonly type: Part["type"];
  /** Absolute paths by role: `wasm`, `elf`, `debug`, `object`, `header`, `module`, `application`, `bundle`. */
  readonly files: Readonly<Record<string, string>>;
  /** Every file that was read; a change of one of them makes the product stale. */
  readonly inputs: readonly string[];
  /** Made with the development profile. */
  readonly development?: boolean;
  /** Nothing had to be made anew. */
  readonly cached: boolean;
}

/** Folder of a part's products. */
export function productFolder(build: string, part: Pick<DeclaredPart, "type" | "name">): string {
  switch (part.type) {
    case "extension":
      return join(build, "extensions", part.name);
    case "abi":
      return build;
    default:
      return join(build, part.name);
  }
}

export const digestOf = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");

/** Path of a product's file, which its kind of part always has. */
export function requireFile(product: Product, role: string): string {
  const path = product.files[role];
  if (path === undefined) throw new Error(`${product.part} has no ${role}`);
  return path;
}
