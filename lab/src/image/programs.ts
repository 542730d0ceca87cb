// Programs of the host that run inside, too

import { runTool } from "../host-tools.ts";
import type { Entry } from "./tree.ts";

/** A host program together with the shared libraries that it is linked to. */
export const dynamicProgram = (path: string, source: string): Entry[] => {
  const libraries = [...runTool("ldd", [source]).matchAll(/(\/\S+) \(0x/g)].flatMap((match) => match[1] ?? []);
  return [
    { kind: "host-file", path, source, mode: 0o755 },
    ...libraries.map(
      (library): Entry => ({
        kind: "host-file",
        path: library.replace(/^\/lib/, "/usr/lib"),
        source: library,
        mode: 0o755,
      }),
    ),
  ];
};
