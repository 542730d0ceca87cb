/* SPDX-License-Identifier: MIT */
/* Replaces the prelude of the C files that wasm2c 1.0.39 writes: what its functions are made of
 *
 * Differences: addressing as module.h says; no floating point; one static instance, so that the optimizer sees globals
 * instead of fields; loads that nobody needs may be dropped.
 */

#include <stdarg.h>

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#define TRAP(x) (module_trap(MODULE_TRAP_##x), 0)
#define UNREACHABLE TRAP(UNREACHABLE)

/* Every function works on the one instance, whatever its caller passed. */
#define FUNC_PROLOGUE (instance = &module_instance)
#define FUNC_EPILOGUE ((void)0)

#define assert(condition) ((void)0)

/* -- memory ------------------------------------------------------------------------------------------------------- */

#ifdef MODULE_MEMORY_BASE
#define MEMORY_CHECK(address, bytes) ((void)0)
#else
#define MEMORY_CHECK(address, bytes)                                                                                   \
    if (UNLIKELY((u64)(address) - MODULE_MEMORY_START > MODULE_MEMORY_BYTES - MODULE_MEMORY_START - (u64)(bytes)))     \
    module_trap(MODULE_TRAP_OOB)
#endif

#ifdef MODULE_MEMORY_GROWS
#define MODULE_MEMORY_MOST_BYTES (MODULE_MEMORY_MAXIMUM_PAGES * 65536ull)
#else
#define MODULE_MEMORY_MOST_BYTES MODULE_MEMORY_BYTES
#endif

/* Addresses are a 32-bit index plus a 32-bit offset and never wrap; bytes is below 4 GiB. */
#define RANGE_CHECK_MEMORY(address, bytes)                                                                             \
    do {                                                                                                               \
        if ((bytes) != 0) {                                                                                            \
            if (UNLIKELY((u64)(bytes) > MODULE_MEMORY_MOST_BYTES - MODULE_MEMORY_START))                               \
                module_trap(MODULE_TRAP_OOB);                                                                          \
            MEMORY_CHECK(address, bytes);                                                                              \
        }                                                                                                              \
    } while (0)

#define DEFINE_LOAD(name, memory_type, wide_type, result_type)                                                         \
    MODULE_INLINE result_type name##_default32(const wasm_rt_memory_t *memory __attribute__((unused)), u64 address) {  \
        memory_type value;                                                                                             \
        MEMORY_CHECK(address, sizeof(value));                                                                          \
        __builtin_memcpy(&value, MODULE_MEMORY_DATA + address, sizeof(value));                                         \
        return (result_type)(wide_type)value;                                                                          \
    }

#define DEFINE_STORE(name, memory_type, value_type)                                                                    \
    MODULE_INLINE void name##_default32(const wasm_rt_memory_t *memory __attribute__((unused)), u64 address,           \
                                        value_type wide) {                                                             \
        memory_type value = (memory_type)wide;                                                                         \
        MEMORY_CHECK(address, sizeof(value));                                                                          \
        __builtin_memcpy(MODULE_MEMORY_DATA + address, &value, sizeof(value));                                         \
    }

DEFINE_LOAD(i32_load, u32, u32, u32)
DEFINE_LOAD(i64_load, u64, u64, u64)
DEFINE_LOAD(i32_load8_s, s8, s32, u32)
DEFINE_LOAD(i64_load8_s, s8, s64, u64)
DEFINE_LOAD(i32_load8_u, u8, u32, u32)
DEFINE_LOAD(i64_load8_u, u8, u64, u64)
DEFINE_LOAD(i32_load16_s, s16, s32, u32)
DEFINE_LOAD(i64_load16_s, s16, s64, u64)
DEFINE_LOAD(i32_load16_u, u16, u32, u32)
DEFINE_LOAD(i64_load16_u, u16, u64, u64)
DEFINE_LOAD(i64_load32_s, s32, s64, u64)
DEFINE_LOAD(i64_load32_u, u32, u64, u64)
DEFINE_STORE(i32_store, u32, u32)
DEFINE_STORE(i64_store, u64, u64)
DEFINE_STORE(i32_store8, u8, u32)
DEFINE_STORE(i32_store16, u16, u32)
DEFINE_STORE(i64_store8, u8, u64)
DEFINE_STORE(i64_store16, u16, u64)
DEFINE_STORE(i64_store32, u32, u64)

/* The address of a data segment's destination lies in the memory: the compiler placed it there. */
#define LOAD_DATA(memory, offset, data, bytes) memcpy(MODULE_MEMORY_DATA + (offset), data, bytes)

MODULE_INLINE void memory_fill(const wasm_rt_memory_t *memory __attribute__((unused)), u64 to, u32 value, u64 bytes) {
    RANGE_CHECK_MEMORY(to, bytes);
    memset(MODULE_MEMORY_DATA + to, (int)(value & 0xff), bytes);
}

MODULE_INLINE void memory_copy(const wasm_rt_memory_t *to_memory __attribute__((unused)),
                               const wasm_rt_memory_t *from_memory __attribute__((unused)), u64 to, u64 from,
                               u64 bytes) {
    RANGE_CHECK_MEMORY(to, bytes);
    RANGE_CHECK_MEMORY(from, bytes);
    memmove(MODULE_MEMORY_DATA + to, MODULE_MEMORY_DATA + from, bytes);
}

#define wasm_rt_is_initialized() true
#define wasm_rt_allocate_memory(memory, initial, maximum, is64, page_bytes) ((void)((memory)->pages = (initial)))
#define wasm_rt_free_memory(memory) ((void)(memory))

#ifdef MODULE_MANAGED
#define GROW_FAILED (module_error.exhausted = true, ~0u)
#else
#define GROW_FAILED ~0u
#endif

/* memory.grow: pages of 64 KiB; returns the old number, or -1. */
MODULE_INLINE u32 wasm_rt_grow_memory(wasm_rt_memory_t *memory __attribute__((unused)),
                                      u32 pages __attribute__((unused))) {
#ifdef MODULE_MEMORY_GROWS
    u32 before = memory->pages;
    if (pages > MODULE_MEMORY_MAXIMUM_PAGES - before)
        return GROW_FAILED;
    if (pages != 0 && !module_memory_grow(before, pages))
        return GROW_FAILED;
    memory->pages = before + pages;
    return before;
#else
    return pages == 0 ? memory->pages : GROW_FAILED;
#endif
}

/* -- integers ----------------------------------------------------------------------------------------------------- */

#define I32_CLZ(x) ((x) ? (u32)__builtin_clz(x) : 32u)
#define I64_CLZ(x) ((x) ? (u64)__builtin_clzll(x) : 64u)
#define I32_CTZ(x) ((x) ? (u32)__builtin_ctz(x) : 32u)
#define I64_CTZ(x) ((x) ? (u64)__builtin_ctzll(x) : 64u)
#define I32_POPCNT(x) ((u32)__builtin_popcount(x))
#define I64_POPCNT(x) ((u64)__builtin_popcountll(x))

#define DIV_S(ut, min, x, y)                                                                                           \
    ((UNLIKELY((y) == 0)) ? TRAP(DIV_BY_ZERO)                                                                          \
     : (UNLIKELY((x) == min && (y) == -1)) ? TRAP(INT_OVERFLOW)                                                        \
                                           : (ut)((x) / (y)))
#define REM_S(ut, min, x, y)                                                                                           \
    ((UNLIKELY((y) == 0)) ? TRAP(DIV_BY_ZERO) : (UNLIKELY((x) == min && (y) == -1)) ? 0 : (ut)((x) % (y)))
#define I32_DIV_S(x, y) DIV_S(u32, INT32_MIN, (s32)x, (s32)y)
#define I64_DIV_S(x, y) DIV_S(u64, INT64_MIN, (s64)x, (s64)y)
#define I32_REM_S(x, y) REM_S(u32, INT32_MIN, (s32)x, (s32)y)
#define I64_REM_S(x, y) REM_S(u64, INT64_MIN, (s64)x, (s64)y)

#define DIVREM_U(op, x, y) ((UNLIKELY((y) == 0)) ? TRAP(DIV_BY_ZERO) : ((x)op(y)))
#define DIV_U(x, y) DIVREM_U(/, x, y)
#define REM_U(x, y) DIVREM_U(%, x, y)

#define ROTL(x, y, mask) (((x) << ((y) & (mask))) | ((x) >> (((mask) - (y) + 1) & (mask))))
#define ROTR(x, y, mask) (((x) >> ((y) & (mask))) | ((x) << (((mask) - (y) + 1) & (mask))))
#define I32_ROTL(x, y) ROTL(x, y, 31)
#define I64_ROTL(x, y) ROTL(x, y, 63)
#define I32_ROTR(x, y) ROTR(x, y, 31)
#define I64_ROTR(x, y) ROTR(x, y, 63)

/* -- function values ---------------------------------------------------------------------------------------------- */

/* One string per type in one translation unit: types are equal when their pointers are. */
#define FUNC_TYPE_T(x) static const char x[]

#define CALL_INDIRECT(table, type, expected, index, ...)                                                               \
    ((LIKELY((index) < (table).size && (table).data[index].func_type == (expected)) || TRAP(CALL_INDIRECT)),           \
     ((type)(table).data[index].func)(__VA_ARGS__))

#define wasm_rt_allocate_funcref_table(table, elements, maximum)                                                       \
    do {                                                                                                               \
        static wasm_rt_funcref_t storage[(elements) == 0 ? 1 : (elements)];                                            \
        (table)->data = storage;                                                                                       \
        (table)->size = (elements);                                                                                    \
    } while (0)
#define wasm_rt_free_funcref_table(table) ((void)(table))

typedef enum { RefFunc, RefNull } wasm_elem_segment_expr_type_t;

typedef struct {
    wasm_elem_segment_expr_type_t expr_type;
    wasm_rt_func_type_t type;
    wasm_rt_function_ptr_t func;
    wasm_rt_tailcallee_t func_tailcallee;
    size_t module_offset;
} wasm_elem_segment_expr_t;

MODULE_INLINE void funcref_table_init(wasm_rt_funcref_table_t *table, const wasm_elem_segment_expr_t *segment,
                                      u32 segment_size, u64 to, u32 from, u32 count, void *instance) {
    if (UNLIKELY(from + (u64)count > segment_size || to + count > table->size))
        module_trap(MODULE_TRAP_CALL_INDIRECT);
    for (u32 i = 0; i < count; i++) {
        const wasm_elem_segment_expr_t *element = &segment[from + i];
        if (element->expr_type == RefFunc)
            table->data[to + i] = (wasm_rt_funcref_t){element->type, element->func, element->func_tailcallee, instance};
    }
}
