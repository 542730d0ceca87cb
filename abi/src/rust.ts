// bareflank.rs: constants, structures and system calls for Rust

import { type CallArgument, type Item, type Structure, type SystemCall, type Table, takesAll } from "./schema.ts";
import { banner, hex, snake } from "./spelling.ts";

const LINE_WIDTH = 120;
const INDENT = 4;

const CALLS_PREAMBLE = `
/// What a call that failed ended with: one of \`STATUS_*\`.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Status(pub u64);
${["VM", "VP", "VS", "PP"]
  .map(
    (name) => `
/// Identifier of a ${name}.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct ${name[0]}${name[1]?.toLowerCase()}(pub ${name === "PP" ? "u16" : "u32"});
`,
  )
  .join("")}
/// Identifier of nested page tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Nested(pub u32);

/// Identifier of a permission map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Map(pub u32);

extern "C" {
    /// The handle that the start file opened, before any Rust ran.
    static bf_handle: u64;
}

#[inline(always)]
fn handle() -> u64 {
    unsafe { bf_handle }
}

/// Makes a call (\`SYSCALL_*\`) and returns its status, REG0 and REG1. A handle goes into REG0.
///
/// # Safety
/// As the call itself.
#[inline(always)]
pub unsafe fn call(number: u32, reg0: u64, reg1: u64, reg2: u64, reg3: u64) -> (u64, u64, u64) {
    let (status, out0, out1);
    core::arch::asm!(
        "syscall",
        inlateout("rax") (SYSCALL_SIGNATURE as u64) << 48 | number as u64 => status,
        inlateout("rdi") reg0 => out0,
        inlateout("rsi") reg1 => out1,
        in("rdx") reg2,
        in("r10") reg3,
        lateout("rcx") _,
        lateout("r11") _,
        options(nostack),
    );
    (status, out0, out1)
}

/// The same for a call that takes more: REG0 to REG5, of which the first four are outputs, too.
///
/// # Safety
/// As the call itself.
#[inline(always)]
pub unsafe fn call6(number: u32, registers: [u64; 6]) -> (u64, [u64; 4]) {
    let (status, out0, out1, out2, out3);
    core::arch::asm!(
        "syscall",
        inlateout("rax") (SYSCALL_SIGNATURE as u64) << 48 | number as u64 => status,
        inlateout("rdi") registers[0] => out0,
        inlateout("rsi") registers[1] => out1,
        inlateout("rdx") registers[2] => out2,
        inlateout("r10") registers[3] => out3,
        in("r8") registers[4],
        in("r9") registers[5],
        lateout("rcx") _,
        lateout("r11") _,
        options(nostack),
    );
    (status, [out0, out1, out2, out3])
}

#[inline(always)]
fn result<T>(status: u64, value: T) -> Result<T, Status> {
    if status == STATUS_SUCCESS {
        Ok(value)
    } else {
        Err(Status(status))
    }
}
`;

/** bareflank.rs */
export function rust(items: readonly Item[], calls: readonly SystemCall[]): string {
  const sections = items.map(
    (item) => `\n// ${item.title}\n\n${item.kind === "table" ? constants(item) : structure(item)}`,
  );
  return `// SPDX-License-Identifier: MIT\n${banner("//")}${sections.join("")}
// System calls as functions
${CALLS_PREAMBLE}${calls.map(rustCall).join("")}`;
}

function constants(item: Table): string {
  return item.constants
    .map(({ name, value, doc }) => `${docComment(doc)}pub const ${name}: ${item.width} = ${hex(value)};\n`)
    .join("");
}

const docComment = (doc: string | undefined, indent = "") => (doc === undefined ? "" : `${indent}/// ${doc}\n`);

/** The one field whose name is a word of the language. */
const fieldName = (name: string) => (name === "self" ? "self_address" : snake(name));

function structure(item: Structure): string {
  const fields = item.fields.map(
    ({ name, type, count, doc }) =>
      `${docComment(doc, "    ")}    pub ${fieldName(name)}: ${count === 1 ? type : `[${type}; ${count}]`},\n`,
  );
  return `#[repr(C)]
pub struct ${item.name} {
${fields.join("")}}

const _: () = assert!(core::mem::size_of::<${item.name}>() == ${item.sizeBytes});
`;
}

function rustCall(call: SystemCall): string {
  const { name, inputs, outputs, unsafe } = call;
  const given = [...(call.handle ? ["handle()"] : []), ...inputs.map(argument)];
  const registers = (takesAll(call) ? [0, 1, 2, 3, 4, 5] : [0, 1, 2, 3]).map((register) => given[register] ?? "0");
  const made = takesAll(call)
    ? `call6(SYSCALL_${name.toUpperCase()}, [${registers.join(", ")}])`
    : `call(SYSCALL_${name.toUpperCase()}, ${registers.join(", ")})`;
  const parameters = inputs.map((input) => `${input.name}: ${rustType(input)}`).join(", ");
  const [type, lines] = body(call, unsafe === undefined ? `unsafe { ${made} }` : made, outputs);
  const safety = unsafe === undefined ? "" : `///\n/// # Safety\n/// ${unsafe}\n`;
  return `
/// ${call.doc}${call.returns === "on-failure" ? " Returns only when it failed." : ""}
${safety}#[inline(always)]
pub ${unsafe === undefined ? "" : "unsafe "}fn ${name}(${parameters}) -> ${type} {
${lines.map((line) => `    ${line}\n`).join("")}}
`;
}

function body(call: SystemCall, made: string, outputs: readonly CallArgument[]): [string, string[]] {
  if (call.returns === "never") {
    return ["!", [`${made};`, "unsafe { core::hint::unreachable_unchecked() }"]];
  }
  if (call.returns === "on-failure") return ["Status", [`Status(${made}.0)`]];
  const register = (index: number) => (takesAll(call) ? `reg[${index}]` : `reg${index}`);
  const values = outputs.map((output, index) =>
    output.type === "u64" ? register(index) : `${rustType(output)}(${register(index)} as u32)`,
  );
  const types = outputs.map(rustType);
  const [value, type] =
    outputs.length === 1 ? [values[0], types[0]] : [`(${values.join(", ")})`, `(${types.join(", ")})`];
  const names = takesAll(call)
    ? [outputs.length > 0 ? "reg" : "_"]
    : [0, 1].map((index) => (index < outputs.length ? register(index) : "_"));
  return [
    `Result<${type}, Status>`,
    [...assignment(`(status, ${names.join(", ")})`, made), `result(status, ${value})`],
  ];
}

/** As rustfmt would break it. */
function assignment(target: string, value: string): string[] {
  const line = `let ${target} = ${value};`;
  return line.length + INDENT <= LINE_WIDTH ? [line] : [`let ${target} =`, `    ${value};`];
}

const rustType = ({ type }: CallArgument) =>
  type.startsWith("u") ? type : `${type[0]?.toUpperCase()}${type.slice(1)}`;
const argument = ({ name, type }: CallArgument) =>
  type === "u64" ? name : type === "u32" ? `${name} as u64` : `${name}.0 as u64`;
