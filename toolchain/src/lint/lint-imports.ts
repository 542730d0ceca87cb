// Rules about which source may import which: no circles, and the workspace's own table of layers

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BuildError, type Diagnostic, locate } from "../errors.ts";
import { type Arrow, findCircles, type ImportGraph, readImportGraph } from "./import-graph.ts";

/** The table, at the workspace's root; without it only circles are looked for. */
export const LAYERS_FILE = "layers.json";

/** One line of the table. A file belongs to the layer with the longest folder that it lies in. */
export interface Layer {
  readonly folder: string;
  /** Folders of the layers that it may import from, beside its own. */
  readonly knows: readonly string[];
  /** Beginnings of its package's own names ("#arch/") through which it reaches what it does not know otherwise. */
  readonly names?: readonly string[];
  /** What the reader of a finding is told. */
  readonly why: string;
}

/** Tests may import whatever they look at. */
const TEST = /(^|\/)test\//;

/** All findings in a workspace. */
export function lintImports(root: string): Diagnostic[] {
  const graph = readImportGraph(root);
  return [...circleFindings(graph), ...layerFindings(graph, readLayers(root))];
}

function circleFindings(graph: ImportGraph): Diagnostic[] {
  return findCircles(graph).map((circle) => {
    const steps = circle.map((file, index) => {
      const next = circle[(index + 1) % circle.length] ?? file;
      const { line } = placeOf(graph, file, arrowTo(graph, file, next));
      return `    ${file}:${line} imports ${next}`;
    });
    const [first = ""] = circle;
    return {
      severity: "error",
      code: "import-circle",
      message: [
        "a circle of imports: let a third file hold what both need, or the higher one hand the lower one a value",
        ...steps,
      ].join("\n"),
      file: first,
      line: placeOf(graph, first, arrowTo(graph, first, circle[1] ?? first)).line,
    };
  });
}

function layerFindings(graph: ImportGraph, layers: readonly Layer[]): Diagnostic[] {
  if (layers.length === 0) return [];
  const findings: Diagnostic[] = [];
  for (const [file, { arrows }] of graph) {
    // Tests, and what stands at the root: the settings of tools
    if (TEST.test(file) || !file.includes("/")) continue;
    const layer = layerOf(file, layers);
    if (layer === undefined) {
      findings.push({
        severity: "error",
        code: "no-layer",
        file,
        message: `no folder in ${LAYERS_FILE} holds this file`,
      });
      continue;
    }
    for (const arrow of arrows) {
      if (mayImport(layer, arrow, layers)) continue;
      const target = TEST.test(arrow.to) ? "tests" : (layerOf(arrow.to, layers)?.folder ?? "what is in no layer");
      const { folder, knows, why } = layer;
      const message = `${folder} must not know ${target}: ${why}`;
      const hint = knows.length === 0 ? "It knows nobody." : `It knows ${knows.join(", ")}.`;
      const place = placeOf(graph, file, arrow);
      findings.push({ severity: "error", code: "layer", message: `${message} ${hint}`, file, ...place });
    }
  }
  return findings;
}

function mayImport({ folder, knows, names = [] }: Layer, { to, name }: Arrow, layers: readonly Layer[]): boolean {
  if (names.some((start) => name.startsWith(start))) return true;
  // A folder of tests is known by its own name, never as part of what it tests
  if (TEST.test(to)) return knows.some((known) => to.startsWith(`${known}/`) && TEST.test(`${known}/`));
  const target = layerOf(to, layers)?.folder;
  return target !== undefined && (target === folder || knows.includes(target));
}

function layerOf(file: string, layers: readonly Layer[]): Layer | undefined {
  const around = layers.filter(({ folder }) => file.startsWith(`${folder}/`));
  return around.sort((one, other) => other.folder.length - one.folder.length)[0];
}

const arrowTo = (graph: ImportGraph, file: string, to: string) =>
  graph.get(file)?.arrows.find((arrow) => arrow.to === to);

const placeOf = (graph: ImportGraph, file: string, arrow: Arrow | undefined) =>
  locate(graph.get(file)?.text ?? "", arrow?.offset ?? 0);

function readLayers(root: string): Layer[] {
  const path = join(root, LAYERS_FILE);
  if (!existsSync(path)) return [];
  try {
    return (JSON.parse(readFileSync(path, "utf8")) as { layers: Layer[] }).layers;
  } catch (cause) {
    throw new BuildError(`${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
