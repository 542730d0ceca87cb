// What rustc says, as JSON: https://doc.rust-lang.org/rustc/json.html
//
// A message has its place and label; what rustc knows besides, which is often the half that helps, becomes notes.

import type { Diagnostic } from "../errors.ts";

/** One of its messages: what is used here. */
interface Message {
  readonly message: string;
  readonly level: string;
  readonly code: { readonly code: string } | null;
  readonly spans: readonly Span[];
  readonly children: readonly Pick<Message, "message" | "level" | "spans">[];
}

interface Span {
  readonly file_name: string;
  readonly line_start: number;
  readonly column_start: number;
  readonly is_primary: boolean;
  readonly label: string | null;
  readonly suggested_replacement: string | null;
  readonly text: readonly { readonly text: string }[];
}

/** Messages about lines of the sources; what rustc says of its own command line is left out. */
export function rustDiagnostics(output: string, root: string): Diagnostic[] {
  return output.split("\n").flatMap((line) => {
    if (!line.startsWith("{")) return [];
    const { message, level, code, spans, children } = JSON.parse(line) as Message;
    const span = spans.find(({ is_primary }) => is_primary);
    const isAboutCommandLine = span === undefined && (level !== "error" || message.startsWith("aborting"));
    if (isAboutCommandLine) return [];
    const missing = callbackHint(message);
    const labels = spans.flatMap((other) =>
      other === span || !other.label ? [] : [`${other.label} (${placeOf(other, root)})`],
    );
    const notes = missing === undefined ? [...labels, ...children.flatMap((child) => noteOf(child, root))] : [];
    return [
      {
        severity: level === "warning" ? "warning" : "error",
        message: missing ?? (span?.label == null ? message : `${message}: ${span.label}`),
        code: code?.code,
        file: span?.file_name.replace(`${root}/`, ""),
        line: span?.line_start,
        column: span?.column_start,
        text: span?.text[0]?.text,
        ...(notes.length > 0 ? { notes } : {}),
      } satisfies Diagnostic,
    ];
  });
}

/** Why a warning is an error: the flag is the toolchain's. */
const OWN_FLAG = /`-D [\w-]+`/;

/** `note: expected enum `Result<Next, Status>`, found enum `Next``; where there is one thing to write instead, that, too. */
function noteOf({ message, level, spans }: Message["children"][number], root: string): string[] {
  if (message === "" || OWN_FLAG.test(message)) return [];
  const span = spans.find(({ is_primary }) => is_primary);
  const replacement = spans.length === 1 ? span?.suggested_replacement?.trim() : undefined;
  const place = span === undefined || span.suggested_replacement !== null ? "" : ` (${placeOf(span, root)})`;
  const text = message.trim().replace(/\n\s*/g, ", ");
  return [`${level}: ${text}${replacement ? `: ${replacement}` : ""}${place}`];
}

const placeOf = ({ file_name, line_start, column_start }: Span, root: string) =>
  `${file_name.replace(`${root}/`, "")}:${line_start}:${column_start}`;

/** What is missing where the compiler only sees a function that nobody calls. */
function callbackHint(message: string): string | undefined {
  const [, name] = /^function `(bootstrap|vmexit)` is never used$/.exec(message) ?? [];
  return name && `${name} is no callback yet: write callbacks!(bootstrap, vmexit);`;
}
