// Builds parts in the order in which they need each other

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cache } from "./cache.ts";
import { Compilers } from "./compilers.ts";
import type { BuildContext, Product } from "./context.ts";
import { BuildError, type Diagnostic, UsageError } from "./errors.ts";
import { withLock } from "./lock.ts";
import { buildModule } from "./module.ts";
import { type DeclaredPart, type Part, resolvePart, type Workspace } from "./part.ts";

/** What a build tells while it runs. */
export interface BuildEvents {
  /** Another process builds here; it is waited for. */
  readonly onWait?: (pid: number) => void;
  readonly onStep?: (part: string, step: string) => void;
  readonly onWarning?: (diagnostic: Diagnostic) => void;
  readonly onProduct?: (product: Product, milliseconds: number) => void;
  readonly onFailure?: (part: string, error: Error) => void;
}

/** Result of building some parts. */
export interface BuildResult {
  readonly products: readonly Product[];
  readonly failures: readonly { readonly part: string; readonly error: Error }[];
}

/**
 * The parts that words on a command line mean: names, types (all parts of that type), or a type and a name
 * (`extension default`). No words: all parts.
 */
export function selectParts(workspace: Workspace, words: readonly string[]): DeclaredPart[] {
  const { parts } = workspace;
  if (words.length === 0) return parts.filter(({ field }) => field.whenNamed !== true);
  const selected = new Set<DeclaredPart>();
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    const next = words[index + 1];
    const exact = parts.find((part) => part.type === word && part.name === next);
    if (exact !== undefined) {
      selected.add(exact);
      index++;
      continue;
    }
    const named = parts.filter((part) => part.name === word);
    const matches = named.length > 0 ? named : parts.filter((part) => part.type === word);
    if (matches.length === 0) throw unknownPart(word, parts);
    for (const part of matches) selected.add(part);
  }
  return [...selected];
}

function unknownPart(word: string, parts: readonly DeclaredPart[]): UsageError {
  const names = parts.map((part) => part.name).join(", ");
  return new UsageError(`There is no part "${word}".`, {
    hint: parts.length === 0 ? `No package.json here has a "bareflank" field.` : `Parts here: ${names}.`,
  });
}

interface BuilderOptions {
  readonly fresh?: boolean;
  readonly cache?: string;
  readonly compilers?: Compilers;
  readonly development?: boolean;
}

/** A builder keeps its compilers warm and its knowledge of files from one build to the next; `close` it at the end. */
export class Builder {
  readonly workspace: Workspace;
  readonly #compilers: Compilers;
  readonly #ownCompilers: boolean;
  readonly #cache: Cache;
  readonly #temporary: string | undefined;
  readonly #development: boolean;

  /**
   * @param options `fresh`: use nothing that was built before; `cache`: the cache's folder; `compilers`: warm ones of the
   * caller's, who closes them; `development`: compile extensions in TypeScript to be there soon, instead of to be fast
   */
  constructor(workspace: Workspace, options: BuilderOptions = {}) {
    this.workspace = workspace;
    this.#development = options.development === true;
    this.#compilers = options.compilers ?? new Compilers();
    this.#ownCompilers = options.compilers === undefined;
    const folder = options.cache ?? process.env.BF_CACHE ?? join(workspace.build, ".cache");
    if (options.fresh === true) this.#temporary = mkdtempSync(join(tmpdir(), "bf-cache-"));
    this.#cache = new Cache(this.#temporary ?? folder, workspace.root);
  }

  /** Builds the parts and what they link, independent ones at the same time; a failure does not stop the others. */
  build(parts: readonly DeclaredPart[], events: BuildEvents = {}): Promise<BuildResult> {
    const onWait = events.onWait ?? (() => {});
    return withLock(join(this.workspace.build, ".lock"), () => this.#build(parts, events), onWait);
  }

  async #build(parts: readonly DeclaredPart[], events: BuildEvents): Promise<BuildResult> {
    const running = new Map<DeclaredPart, Promise<Product>>();
    const start = (part: DeclaredPart): Promise<Product> => {
      const known = running.get(part);
      if (known !== undefined) return known;
      const fresh = this.#buildOne(part, context, events);
      running.set(part, fresh);
      return fresh;
    };
    const context: BuildContext = {
      root: this.workspace.root,
      build: this.workspace.build,
      cache: this.#cache,
      compilers: this.#compilers,
      development: this.#development,
      onStep: events.onStep ?? (() => {}),
      onWarning: events.onWarning ?? (() => {}),
      require: (by, type, name) => start(this.#find(by, type, name)),
    };
    const first = parts.filter((part) => part.type === "abi");
    await Promise.allSettled(first.map(start));
    const outcomes = await Promise.allSettled(parts.map(start));
    const products = (await Promise.allSettled(running.values())).flatMap((outcome) =>
      outcome.status === "fulfilled" ? [outcome.value] : [],
    );
    const failures = outcomes.flatMap((outcome, index) =>
      outcome.status === "rejected" ? [{ part: parts[index]?.name ?? "", error: outcome.reason as Error }] : [],
    );
    return { products, failures };
  }

  async close(): Promise<void> {
    if (this.#ownCompilers) await this.#compilers.close();
    this.#cache.prune();
    if (this.#temporary !== undefined) rmSync(this.#temporary, { recursive: true, force: true });
  }

  async #buildOne(declared: DeclaredPart, context: BuildContext, events: BuildEvents): Promise<Product> {
    const begin = performance.now();
    try {
      const product = await this.#dispatch(resolvePart(declared), context);
      events.onProduct?.(product, performance.now() - begin);
      return product;
    } catch (error) {
      events.onFailure?.(declared.name, error as Error);
      throw error;
    }
  }

  async #dispatch(part: Part, context: BuildContext): Promise<Product> {
    switch (part.type) {
      case "extension":
        if (part.language === "typescript") return buildModule(context, part);
        return (await import("./other-languages.ts")).buildExtension(context, part);
      case "kernel":
      case "loader":
      case "uefi":
      case "library":
        return buildModule(context, part);
      case "bare":
        return (await import("./bare.ts")).buildBare(context, part);
      case "linux-driver":
        return (await import("./linux-driver.ts")).buildLinuxDriver(context, part);
      case "bfm":
        return (await import("./bundle.ts")).buildBundle(context, part);
      case "abi":
        return (await import("./abi.ts")).buildAbi(context, part);
    }
  }

  #find(by: Part, type: Part["type"], name: string): DeclaredPart {
    const found = this.workspace.parts.find((part) => part.type === type && part.name === name);
    if (found === undefined) throw new BuildError(`${by.name} links the ${type} "${name}", which is not there.`);
    return found;
  }
}
