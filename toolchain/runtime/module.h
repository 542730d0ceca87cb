/* SPDX-License-Identifier: MIT */
/* The frame of a module's single C translation unit, before its intrinsics: addressing model and INTRINSIC
 *
 * Two addressing models. With MODULE_MEMORY_BASE the linear memory lies at that address, a constant of the linker's, nothing is checked,
 * and unmapped pages catch stray accesses: the module needs a window of 8 GiB. Without it the platform hands the memory
 * to module_init, and every access is checked.
 */
#ifndef BAREFLANK_MODULE_H
#define BAREFLANK_MODULE_H

#include "bareflank.h"
#include "wasm-rt.h"

/* Data starts here; below it every access is that of a null reference. */
#define MODULE_MEMORY_START 0x10000u

/* Native code calls into the module; with exceptions, nothing on the stack catches any then. */
#ifndef MODULE_MANAGED
#define module_begin() ((void)0)
#endif

#define MODULE_INLINE static inline __attribute__((always_inline, unused))

/*
 * Defines the native side of `export declare function name(...)` in the file `module.ts`:
 *
 *     INTRINSIC(u64, cpu, rdmsr, u32 index) { ... }
 *
 * Types are u32 for everything up to 32 bits (u8, u16, bool, pointers into linear memory; upper bits undefined) and u64.
 */
#define INTRINSIC(result, module, name, ...)                                                                           \
    struct w2c_##module;                                                                                               \
    MODULE_INLINE result w2c_##module##_##name(struct w2c_##module *self __attribute__((unused)), ##__VA_ARGS__)

/* The same without parameters. */
#define INTRINSIC0(result, module, name) INTRINSIC(result, module, name)

#ifdef MODULE_MEMORY_MOVES
extern unsigned char module_memory[];
#endif

#ifdef MODULE_MEMORY_BASE
#define MODULE_MEMORY_DATA ((u8 *)MODULE_MEMORY_BASE)
#else
/* The address that offset 0 would have; memory begins MODULE_MEMORY_START behind it. */
static u8 *module_memory_data;
#define MODULE_MEMORY_DATA module_memory_data
#endif

/* Native address of an offset in the linear memory, unchecked: for intrinsics that share a structure with TypeScript. */
#define MODULE_MEMORY(offset) (MODULE_MEMORY_DATA + (u64)(u32)(offset))

/* Provided by freestanding.c, or by the operating system around the module. */
void *memcpy(void *to, const void *from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
int memcmp(const void *left, const void *right, size_t bytes);

#endif
