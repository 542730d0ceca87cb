// The reference page of the system call interface

import type { Item, Structure, SystemCall, Table } from "./schema.ts";
import { status, syscalls } from "./syscalls.ts";

const hex = (value: bigint, digits = 1) => `0x${value.toString(16).padStart(digits, "0")}`;

/** A heading, and a table below it. */
function section(title: string, columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  return `\n## ${title}\n\n${line(columns)}${line(columns.map(() => "---"))}${rows.map(line).join("")}`;
}

/** System calls, statuses, tables and structures, each with what its description says. */
export function markdown(items: readonly Item[], calls: readonly SystemCall[]): string {
  const described = items.filter((item) => item !== syscalls && item !== status);
  return [
    "<!-- Generated from abi/src by `bf build abi`. Do not edit. -->\n\n# Interfaces\n",
    "\nEvery number that two parts of the system share. [The system call interface](../../../docs/abi.md) explains the first two tables.\n",
    section("System calls", ["RAX 31:0", "Call", "In", "Out", "What it does"], calls.map(callRow)),
    section(
      status.title,
      ["Status", "Name"],
      status.constants.map(({ name, value }) => [`\`${hex(value, 16)}\``, `\`${name}\``]),
    ),
    ...described.map((item) => (item.kind === "table" ? tableSection(item) : structureSection(item))),
  ].join("");
}

function callRow(call: SystemCall): string[] {
  const number = syscalls.constants.find(({ name }) => name === `SYSCALL_${call.name.toUpperCase()}`);
  if (number === undefined) throw new Error(`there is no number for ${call.name}`);
  const first = call.handle ? ["REG0 handle"] : [];
  const inputs = call.inputs.map(({ name }, index) => `REG${index + first.length} ${name}`);
  const outputs = call.outputs.map(({ name }, index) => `REG${index} ${name}`);
  return [
    `\`${hex(number.value, 5)}\``,
    `\`${call.name}\``,
    [...first, ...inputs].join(", "),
    call.returns === "never" ? "does not return" : outputs.join(", "),
    call.returns === "on-failure" ? `${call.doc} Returns only when it fails.` : call.doc,
  ];
}

function tableSection({ title, constants, width }: Table): string {
  const rows = constants.map(({ name, value, doc }) => [`\`${name}\``, `\`${hex(value)}\``, doc ?? ""]);
  return section(`${title} (${width})`, ["Name", "Value", ""], rows);
}

function structureSection({ name, title, fields, sizeBytes }: Structure): string {
  const rows = fields.map(({ name: field, type, count, offset, doc }) => [
    `\`${hex(BigInt(offset))}\``,
    `\`${field}\``,
    count === 1 ? type : `${type}[${count}]`,
    doc ?? "",
  ]);
  return section(`${name}: ${title} (${sizeBytes} bytes)`, ["Offset", "Field", "Type", ""], rows);
}
