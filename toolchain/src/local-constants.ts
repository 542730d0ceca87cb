// Makes `const` in functions `let`, for the compiler with closures
//
// A closure may not assign to a variable of the function around it when a constant of its own happens to have the same
// number: "Cannot assign to ... because it is a constant" (@btc-vision/assemblyscript 0.29.3). tsc sees to it that nobody
// assigns to constants, and Binaryen finds out by itself what never changes. Runs as a transform, after parsing.

import { CommonFlags, type Node, NodeKind, type Source, walk } from "./syntax-tree.ts";

export const localConstants = {
  afterParse({ sources }: { readonly sources: readonly Source[] }): void {
    for (const source of sources.filter(({ isLibrary }) => !isLibrary)) {
      walk(source, false, (node, inFunction) => {
        if (inFunction && node.kind === NodeKind.VariableDeclaration) {
          (node as Node & { flags: number }).flags &= ~CommonFlags.Const;
        }
      });
    }
  },
};
