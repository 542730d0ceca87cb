// bareflank.h, constants and structures for C, C++ and assembly; bareflank-calls.h, the system calls as C functions

import {
  type CallArgument,
  type Constant,
  type Item,
  type Structure,
  type SystemCall,
  scalarSize,
  type Table,
  takesAll,
} from "./schema.ts";
import { banner, hex, snake, structureConstants } from "./spelling.ts";

const top = `/* SPDX-License-Identifier: MIT */\n${banner("/*").trimEnd()} */\n`;

/** bareflank.h */
export function cHeader(items: readonly Item[]): string {
  const sections = items.map(
    (item) => `\n/* ${item.title} */\n${item.kind === "table" ? cTable(item) : cStructure(item)}`,
  );
  return `${top}#ifndef BAREFLANK_H
#define BAREFLANK_H

#ifdef __ASSEMBLER__
#define BF_U32(value) value
#define BF_U64(value) value
#else
#include <stdint.h>
#define BF_U32(value) value##U
#define BF_U64(value) value##ULL
#endif
${sections.join("")}
#endif
`;
}

function define(constant: Constant, macro: string): string {
  const line = `#define BF_${constant.name} ${macro}(${hex(constant.value)})`;
  return constant.doc === undefined ? `${line}\n` : `${line} /* ${constant.doc} */\n`;
}

function cTable(item: Table): string {
  const macro = item.width === "u64" ? "BF_U64" : "BF_U32";
  return item.constants.map((constant) => define(constant, macro)).join("");
}

function cStructure(item: Structure): string {
  const members = item.fields.map((field) => {
    const suffix = field.count === 1 ? "" : `[${field.count}]`;
    return `    uint${scalarSize(field.type) * 8}_t ${snake(field.name)}${suffix};\n`;
  });
  const name = snake(item.name);
  const offsets = structureConstants(item).map((constant) => define(constant, "BF_U32"));
  return `${offsets.join("")}#ifndef __ASSEMBLER__
struct bf_${name} {
${members.join("")}};
_Static_assert(sizeof(struct bf_${name}) == ${item.sizeBytes}, "size of bf_${name}");
#endif
`;
}

const CALLS_PREAMBLE = `
#include "bareflank.h"

/* What a call ended with: BF_STATUS_*. */
typedef uint64_t bf_status;

/* Identifiers, a type each, so that none is taken for another. */
typedef struct bf_vm { uint32_t id; } bf_vm;
typedef struct bf_vp { uint32_t id; } bf_vp;
typedef struct bf_vs { uint32_t id; } bf_vs;
typedef struct bf_pp { uint16_t id; } bf_pp;
typedef struct bf_nested { uint32_t id; } bf_nested;
typedef struct bf_map { uint32_t id; } bf_map;

/* The handle that the start file opened. */
extern uint64_t bf_handle __attribute__((visibility("hidden")));

/*
 * Makes a call (BF_SYSCALL_*). REG0 and REG1 are inputs and outputs; a handle goes into REG0. RCX and R11 are the
 * instruction's own, every other register stays as it is.
 */
static inline bf_status bf_call(uint32_t call, uint64_t *reg0, uint64_t *reg1, uint64_t reg2, uint64_t reg3)
{
    bf_status status;
    register uint64_t r10 __asm__("r10") = reg3;
    __asm__ volatile("syscall"
                     : "=a"(status), "+D"(*reg0), "+S"(*reg1)
                     : "a"((uint64_t)BF_SYSCALL_SIGNATURE << 48 | call), "d"(reg2), "r"(r10)
                     : "rcx", "r11", "memory");
    return status;
}

/* The same for a call that takes more: REG0 to REG5, of which the first four are outputs, too. */
static inline bf_status bf_call6(uint32_t call, uint64_t reg[6])
{
    bf_status status;
    register uint64_t r10 __asm__("r10") = reg[3];
    register uint64_t r8 __asm__("r8") = reg[4];
    register uint64_t r9 __asm__("r9") = reg[5];
    __asm__ volatile("syscall"
                     : "=a"(status), "+D"(reg[0]), "+S"(reg[1]), "+d"(reg[2]), "+r"(r10)
                     : "a"((uint64_t)BF_SYSCALL_SIGNATURE << 48 | call), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    reg[3] = r10;
    return status;
}
`;

/** bareflank-calls.h */
export function cCalls(calls: readonly SystemCall[]): string {
  return `${top}#ifndef BAREFLANK_CALLS_H
#define BAREFLANK_CALLS_H
${CALLS_PREAMBLE}${calls.map(cCall).join("")}
#endif
`;
}

function cCall(call: SystemCall): string {
  const { name, inputs, outputs } = call;
  const parameters = [...inputs.map((input) => `${cType(input)} ${input.name}`), ...outputs.map(cOutput)];
  const given = [...(call.handle ? ["bf_handle"] : []), ...inputs.map(cInput)];
  const [reg0 = "0", reg1 = "0", reg2 = "0", reg3 = "0"] = given;
  const isWide = takesAll(call);
  const number = `BF_SYSCALL_${name.toUpperCase()}`;
  const head = `bf_${name}(${parameters.join(", ") || "void"})`;
  const made = isWide ? `bf_call6(${number}, reg)` : `bf_call(${number}, &reg0, &reg1, ${reg2}, ${reg3})`;
  const registers = isWide ? `uint64_t reg[6] = {${given.join(", ")}};` : `uint64_t reg0 = ${reg0}, reg1 = ${reg1};`;
  const body =
    outputs.length === 0
      ? [`return ${made};`]
      : [
          `bf_status status = ${made};`,
          ...outputs.map((output, index) => cResult(output, isWide ? `reg[${index}]` : `reg${index}`)),
          "return status;",
        ];
  const [type, lines] =
    call.returns === "never"
      ? ["__attribute__((noreturn)) static inline void", [`${made};`, "__builtin_unreachable();"]]
      : [`${mustLookAt(call) ? "__attribute__((warn_unused_result)) " : ""}static inline bf_status`, body];
  return `
/* ${cDoc(call)} */
${type} ${head}
{
    ${registers}
${lines.map((line) => `    ${line}\n`).join("")}}
`;
}

/** Nobody has anything to do about a line that the debug ring does not take. */
const mustLookAt = ({ name }: SystemCall) => !name.startsWith("debug_");

function cDoc(call: SystemCall): string {
  const returns = { always: "", "on-failure": " Returns only when it failed.", never: " Never returns." }[call.returns];
  return `${call.doc}${returns}${call.unsafe === undefined ? "" : ` ${call.unsafe}`}`;
}

const isIdentifier = (argument: CallArgument) => !argument.type.startsWith("u");
const cType = (argument: CallArgument) =>
  isIdentifier(argument) ? `bf_${argument.type}` : `uint${argument.type.slice(1)}_t`;
const cInput = (argument: CallArgument) => (isIdentifier(argument) ? `${argument.name}.id` : argument.name);
const cOutput = (argument: CallArgument) => `${cType(argument)} *${argument.name}`;
const cResult = (argument: CallArgument, register: string) =>
  isIdentifier(argument) ? `${argument.name}->id = (uint32_t)${register};` : `*${argument.name} = ${register};`;
