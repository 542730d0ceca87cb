// unittests.cfg of kvm-unit-tests: which file is run how
//
// Sections with a test's name, and lines of "key = value", whose values are pieces of a shell's command line.

/** A test, as its configuration has it. */
export interface ConfiguredTest {
  readonly name: string;
  readonly file: string;
  /** Words for QEMU's command line, and for a shell. */
  readonly words: string;
}

const SECTION = /^\[(.+)\]$/;
const LINE = /^(\w+)\s*=\s*(.*)$/;

/** The tests that are for 64 bits and any KVM; those of the group "nodefault" are for who asks for them by hand. */
export const readConfiguration = (text: string): ConfiguredTest[] => {
  const sections: { readonly name: string; readonly values: Map<string, string> }[] = [];
  for (const line of text.split("\n").map((each) => each.trim())) {
    const section = SECTION.exec(line)?.[1];
    const [, key, value] = LINE.exec(line) ?? [];
    if (section !== undefined) sections.push({ name: section, values: new Map() });
    else if (key !== undefined && value !== undefined) sections.at(-1)?.values.set(key, value);
  }
  return sections.filter(({ values }) => isRun(values)).map(({ name, values }) => ({ name, ...how(values) }));
};

const isRun = (values: ReadonlyMap<string, string>): boolean =>
  values.has("file") &&
  values.get("arch") !== "i386" &&
  (values.get("accel") ?? "kvm") === "kvm" &&
  !(values.get("groups") ?? "").split(/\s+/).includes("nodefault");

/** `extra_params` is what `qemu_params` was called. */
const how = (values: ReadonlyMap<string, string>): { file: string; words: string } => {
  const words = (values.get("test_args") ?? "") === "" ? [] : ["-append", values.get("test_args")];
  words.push("-smp", values.get("smp") ?? "1", values.get("qemu_params") ?? values.get("extra_params"));
  return { file: values.get("file") ?? "", words: words.filter((word) => word !== undefined).join(" ") };
};
