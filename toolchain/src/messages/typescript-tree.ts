// TypeScript's own syntax tree, as far as the toolchain looks at it, of any version up to 6: an editor has its own

/** A node has those of the fields that its kind has. */
export interface TsNode {
  readonly kind: number;
  readonly parent: TsNode;
  readonly flags: number;
  readonly text?: string;
  readonly name?: TsNode;
  readonly type?: TsNode;
  readonly typeName?: TsNode;
  readonly types?: readonly TsNode[];
  readonly literal?: TsNode;
  readonly operator?: number;
  readonly operatorToken?: TsNode;
  readonly left?: TsNode;
  readonly right?: TsNode;
  readonly initializer?: TsNode;
  readonly expression?: TsNode;
  readonly body?: TsNode;
  readonly modifiers?: readonly TsNode[];
  readonly arguments?: readonly TsNode[];
  readonly asteriskToken?: TsNode;
  readonly questionToken?: TsNode;
  readonly questionDotToken?: TsNode;
  readonly dotDotDotToken?: TsNode;
  getStart(): number;
  getEnd(): number;
  getFirstToken(): TsNode | undefined;
}

/** A source, and what its parser did not understand. */
export interface TsFile extends TsNode {
  readonly parseDiagnostics: readonly {
    readonly start: number;
    readonly length: number;
    readonly code: number;
    readonly messageText: unknown;
  }[];
}

/** The functions of the package "typescript" that are called. */
export interface Ts {
  readonly SyntaxKind: Readonly<Record<string, number>>;
  readonly NodeFlags: { readonly Using: number };
  readonly ScriptTarget: { readonly ESNext: number };
  createSourceFile(name: string, text: string, target: number, withParents: boolean): TsFile;
  forEachChild(node: TsNode, visit: (child: TsNode) => void): void;
  tokenToString(kind: number): string | undefined;
  flattenDiagnosticMessageText(text: unknown, newLine: string): string;
}
