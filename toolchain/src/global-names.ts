// Names of a module's variables for those who read them in a debugger: `print instance->main_count`

const SEPARATOR = "0x2F";
const FIELD = /^\s+(?:u32|u64|f32|f64) (w2c_\w+0x2F\w+);$/gm;

/** The last parts of a path, as one word. */
const wordOf = (parts: readonly string[], count: number): string =>
  parts
    .slice(-count)
    .join("_")
    .replace(/0x[0-9A-F]{2}/g, "_");

/**
 * New names for the fields that wasm2c names after whole paths: file and variable, and as many folders as tell it from others.
 *
 * @param header what wasm2c wrote: `u64 w2c_src0x2Fmain0x2Fcount;`
 * @returns by the old ones: `main_count`
 */
export function globalNames(header: string): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  let rest = [...header.matchAll(FIELD)].map(([, field = ""]) => ({
    field,
    parts: field.replace(/^w2c_/, "").split(SEPARATOR),
  }));
  for (let count = 2; rest.length > 0; count++) {
    const uses = new Map<string, number>();
    for (const { parts } of rest) uses.set(wordOf(parts, count), (uses.get(wordOf(parts, count)) ?? 0) + 1);
    rest = rest.filter(({ field, parts }) => {
      const word = wordOf(parts, count);
      if (taken.has(word) || uses.get(word) !== 1) return count < parts.length;
      taken.add(word);
      names.set(field, word);
      return false;
    });
  }
  return names;
}

/** The C of a module with its variables' new names. */
export function nameGlobals(source: string, header: string): string {
  const names = globalNames(header);
  return source.replace(/\bw2c_\w+0x2F\w+\b/g, (name) => names.get(name) ?? name);
}
