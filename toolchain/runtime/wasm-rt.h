/* SPDX-License-Identifier: MIT */
/* What a module's generated header needs of wasm2c's runtime, without libc: one fixed memory, tables, traps */
#ifndef WASM_RT_H
#define WASM_RT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The generated header names these as well; wasm-rt.h may come first, for intrinsics and native code. */
#ifndef WASM_RT_CORE_TYPES_DEFINED
#define WASM_RT_CORE_TYPES_DEFINED
typedef uint8_t u8;
typedef int8_t s8;
typedef uint16_t u16;
typedef int16_t s16;
typedef uint32_t u32;
typedef int32_t s32;
typedef uint64_t u64;
typedef int64_t s64;
#endif

/* Why a module trapped: the argument of module_trap. The numbers are part of what native code may print. */
#define MODULE_TRAP_OOB 1             /* an access outside the linear memory, or a null reference */
#define MODULE_TRAP_INT_OVERFLOW 2    /* smallest integer / -1 */
#define MODULE_TRAP_DIV_BY_ZERO 3     /* integer division by zero */
#define MODULE_TRAP_UNREACHABLE 4     /* throw, failed bounds check of an array, out of memory */
#define MODULE_TRAP_CALL_INDIRECT 5   /* call through a function value of another type, or null */

/* Supplied by the part's native code; never returns. */
_Noreturn void module_trap(u32 code) __attribute__((cold));

/*
 * Supplied by the native code of a part whose memory may grow: maps `more` pages of 64 KiB behind the first `pages`,
 * zeroed. False when that is not possible.
 */
bool module_memory_grow(u32 pages, u32 more);

/* The linear memory: where it lies is a matter of the addressing model (module.h), so only its size is kept. */
typedef struct {
    u32 pages;
} wasm_rt_memory_t;

typedef enum { WASM_RT_I32, WASM_RT_I64, WASM_RT_F32, WASM_RT_F64 } wasm_rt_type_t;

typedef const char *wasm_rt_func_type_t;
typedef void (*wasm_rt_function_ptr_t)(void);
typedef struct {
    void (*fn)(void);
} wasm_rt_tailcallee_t;

typedef struct {
    wasm_rt_func_type_t func_type;
    wasm_rt_function_ptr_t func;
    wasm_rt_tailcallee_t func_tailcallee;
    void *module_instance;
} wasm_rt_funcref_t;

typedef struct {
    wasm_rt_funcref_t *data;
    u32 size;
} wasm_rt_funcref_table_t;

#endif
