// Which source imports which, in a whole workspace: for bare metal and for Node.js, values and types alike

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { resolveImport } from "../imports.ts";

/** One import. */
export interface Arrow {
  /** Path of what is imported, relative to the workspace's root. */
  readonly to: string;
  /** As it is written. */
  readonly name: string;
  /** Where, counted in characters. */
  readonly offset: number;
}

/** A source with what it imports; imports of packages that are installed are left out. */
export interface SourceFile {
  readonly text: string;
  readonly arrows: readonly Arrow[];
}

/** By path, relative to the workspace's root. */
export type ImportGraph = ReadonlyMap<string, SourceFile>;

const SKIPPED = new Set(["node_modules", "build", ".git", "coverage"]);
/** Sources that are wrong on purpose, or a workspace of their own. */
const FIXTURES = /(^|\/)test\/.*fixtures(\/|$)/;

/** An import or a re-export at the beginning of a line, or `import("...")` wherever. */
const IMPORT =
  /^(?:import|export)\s+(?:[\w\s{},*$]*?\bfrom\s*)?["']([^"'\n]+)["']|\bimport\(\s*["']([^"'\n]+)["']\s*\)/gm;

/** Reads all sources below a workspace's root. */
export function readImportGraph(root: string): ImportGraph {
  const graph = new Map<string, SourceFile>();
  for (const path of sourcesIn(root, root)) {
    const text = readFileSync(path, "utf8");
    graph.set(relative(root, path), { text, arrows: arrowsOf(text, path, root) });
  }
  return graph;
}

function sourcesIn(folder: string, root: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return SKIPPED.has(entry.name) || FIXTURES.test(relative(root, path)) ? [] : sourcesIn(path, root);
    }
    return /\.m?ts$|\.mjs$/.test(entry.name) ? [path] : [];
  });
}

function arrowsOf(text: string, path: string, root: string): Arrow[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, (comment) => comment.replace(/[^\n]/g, " "));
  return [...code.matchAll(IMPORT)].flatMap((found) => {
    const name = found[1] ?? found[2] ?? "";
    const target = resolveImport(name, path);
    const to = target === undefined ? undefined : relative(root, target);
    if (to === undefined || to.startsWith("..") || to.includes("node_modules/")) return [];
    return [{ to, name, offset: found.index }];
  });
}

/** Circles: of each knot of files that reach one another, the shortest way round. */
export function findCircles(graph: ImportGraph): string[][] {
  const circles: string[][] = [];
  const known = new Set<string>();
  for (const start of [...graph.keys()].sort()) {
    if (known.has(start)) continue;
    const circle = shortestCircle(graph, start);
    if (circle === undefined) continue;
    for (const file of circle) known.add(file);
    circles.push(circle);
  }
  return circles;
}

/** The shortest way from a file back to itself. */
function shortestCircle(graph: ImportGraph, start: string): string[] | undefined {
  const from = new Map<string, string>();
  const queue = [start];
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    for (const { to } of graph.get(file)?.arrows ?? []) {
      if (to === start) return wayTo(file, start, from);
      if (from.has(to)) continue;
      from.set(to, file);
      queue.push(to);
    }
  }
  return undefined;
}

function wayTo(end: string, start: string, from: ReadonlyMap<string, string>): string[] {
  const way = [end];
  for (let file = end; file !== start; way.unshift(file)) file = from.get(file) ?? start;
  return way;
}
