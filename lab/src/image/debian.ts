// Debian's cloud kernel and its modules: those that are installed, or those that the set-up has unpacked in the cache

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../errors.ts";
import { cacheFolder } from "../paths.ts";

/** A kernel that can be booted. */
export interface DebianKernel {
  /** E.g. 6.1.0-56-cloud-amd64. */
  readonly version: string;
  readonly image: string;
  /** /lib/modules/VERSION of that kernel. */
  readonly modules: string;
  /** Where modules can be built for it; undefined when its headers are not installed. */
  readonly headers: string | undefined;
}

const imagePattern = /^vmlinuz-(.+-cloud-amd64)$/;
const byNumbers = new Intl.Collator("en", { numeric: true });

const kernelsBelow = (root: string): DebianKernel[] => {
  const boot = join(root, "boot");
  if (!existsSync(boot)) {
    return [];
  }
  return readdirSync(boot)
    .flatMap((file) => imagePattern.exec(file)?.[1] ?? [])
    .map((version) => {
      const build = join("/lib/modules", version, "build");
      return {
        version,
        image: join(boot, `vmlinuz-${version}`),
        modules: join(root, "lib/modules", version),
        headers: existsSync(build) ? build : undefined,
      };
    })
    .filter(({ modules }) => existsSync(join(modules, "modules.dep")));
};

const newest = (kernels: readonly DebianKernel[]): DebianKernel | undefined =>
  kernels.toSorted((a, b) => byNumbers.compare(b.version, a.version))[0];

/**
 * The newest cloud kernel whose headers are installed, or else the newest of all. It may be installed in /boot, or
 * unpacked by the set-up in the cache.
 *
 * @throws LabError when there is none
 */
export const findKernel = (): DebianKernel => {
  const cache = join(cacheFolder(), "../debian");
  const unpacked = existsSync(cache) ? readdirSync(cache).map((name) => join(cache, name)) : [];
  const kernels = ["/", ...unpacked].flatMap(kernelsBelow);
  const found = newest(kernels.filter(({ headers }) => headers !== undefined)) ?? newest(kernels);
  if (found === undefined) {
    throw new LabError("There is no kernel to boot, neither in /boot nor in the cache.", "Get one: npm run setup");
  }
  return found;
};

/** The modules of a kernel: where each lies, and which it needs first. */
export class ModuleIndex {
  readonly #folder: string;
  readonly #dependencies = new Map<string, string[]>();
  readonly #pathOf = new Map<string, string>();

  constructor(kernel: DebianKernel) {
    this.#folder = kernel.modules;
    const index = join(kernel.modules, "modules.dep");
    for (const line of readFileSync(index, "utf8").split("\n")) {
      const [path, needed] = line.split(":");
      if (path !== undefined && needed !== undefined) {
        this.#dependencies.set(path, needed.split(" ").filter(Boolean));
        this.#pathOf.set(moduleName(path), path);
      }
    }
  }

  /**
   * The files of these modules and of all that they need, relative to the kernel's folder, in an order in which they
   * can be inserted.
   */
  closure(names: readonly string[]): string[] {
    const order = new Set<string>();
    const add = (path: string): void => {
      if (!order.has(path)) {
        this.#dependencies.get(path)?.forEach(add);
        order.add(path);
      }
    };
    for (const name of names) {
      const path = this.#pathOf.get(name);
      if (path === undefined) {
        throw new LabError(`The kernel in ${this.#folder} has no module ${name}.`);
      }
      add(path);
    }
    return [...order];
  }

  /** The lines of modules.dep for these files. */
  dependencyLines(paths: readonly string[]): string {
    return paths.map((path) => `${path}: ${(this.#dependencies.get(path) ?? []).join(" ")}\n`).join("");
  }
}

/** Name of the module in a file: `kernel/fs/overlayfs/overlay.ko` is `overlay`; dashes count as underscores. */
export const moduleName = (path: string): string =>
  (path.split("/").at(-1) ?? path).replace(/\.ko$/, "").replaceAll("-", "_");
