// What can go wrong while building, in words for the user

/** One message of a compiler, with its place in a source file. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly message: string;
  /** Path as the user would type it, relative to the workspace's root. */
  readonly file?: string;
  /** Counted from 1. */
  readonly line?: number;
  /** Counted from 1. */
  readonly column?: number;
  /** The compiler's own number or rule name. */
  readonly code?: string;
  /** The source line itself. */
  readonly text?: string;
  /** What the compiler says besides, a line each. */
  readonly notes?: readonly string[];
}

/** A place in a source, with its line. */
export type SourceLine = Required<Pick<Diagnostic, "file" | "line" | "column" | "text">>;

/** A build that failed for a reason that the user can do something about. */
export class BuildError extends Error {
  override readonly name = "BuildError";
  /** What to do about it, as a sentence. */
  readonly hint: string | undefined;
  readonly diagnostics: readonly Diagnostic[];

  constructor(message: string, options: { hint?: string; diagnostics?: readonly Diagnostic[]; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.hint = options.hint;
    this.diagnostics = options.diagnostics ?? [];
  }
}

/** `bf` was called in a way that makes no sense; ends with exit code 2. */
export class UsageError extends BuildError {}

/** `file:line:column: error: message`, and below it the source line with a mark under the column, and notes. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { severity, message, file, line, column, code, text, notes = [] } = diagnostic;
  const place = file === undefined ? "" : line === undefined ? `${file}: ` : `${file}:${line}:${column ?? 1}: `;
  const head = `${place}${severity}: ${message}${code === undefined ? "" : ` [${code}]`}`;
  const below = notes.map((note) => `\n    ${note}`).join("");
  if (text === undefined || column === undefined) return head + below;
  const mark = text.slice(0, column - 1).replace(/[^\t]/g, " ");
  return `${head}\n    ${text}\n    ${mark}^${below}`;
}

/** Line and column (both from 1) of a character offset, and the line's text. */
export function locate(source: string, offset: number): { line: number; column: number; text: string } {
  const before = source.slice(0, offset);
  const start = before.lastIndexOf("\n") + 1;
  const end = source.indexOf("\n", offset);
  return {
    line: before.split("\n").length,
    column: offset - start + 1,
    text: source.slice(start, end < 0 ? undefined : end).replace(/\r$/, ""),
  };
}
