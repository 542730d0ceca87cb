/* SPDX-License-Identifier: MIT */
/* Errors of a module with the runtime "managed": what wasm2c 1.0.39 makes `throw`, `try` and `catch` of
 *
 * `try` saves the registers (unwind.S) and makes that the target of errors; `throw` stores the error and goes there. One
 * error is under way at a time on a processor. Its stack trace is taken when it is thrown first, from frame pointers.
 */
#ifndef WASM_RT_EXCEPTIONS_H
#define WASM_RT_EXCEPTIONS_H

#include "wasm-rt.h"

#define wasm_rt_memcpy memcpy
#define alloca __builtin_alloca

/* What a function called by C keeps for its caller, the stack, and where to go on. */
struct module_target {
    u64 rbx, rbp, r12, r13, r14, r15, rsp, rip;
};
#define WASM_RT_UNWIND_TARGET struct module_target

/* 0 at first; 1 when it returns once more, because of module_unwind. */
u32 module_try(struct module_target *target) __attribute__((returns_twice));
_Noreturn void module_unwind(struct module_target *target);

/* Supplied by native code: nobody catches this error, a reference into the linear memory. All frames are still there. */
_Noreturn void module_uncaught(u32 error) __attribute__((cold));

typedef const void *wasm_rt_tag_t;

#define MODULE_TRACE_FRAMES 16

static _Thread_local struct {
    struct module_target *target;
    wasm_rt_tag_t tag;
    u32 error, frames;
    bool exhausted; /* memory could not grow: a trap that follows is an allocation's */
    u64 trace[MODULE_TRACE_FRAMES];
} module_error;

/* Native code calls into the module: nothing on the stack catches anything. */
#define module_begin() ((void)(module_error.target = NULL))

#define wasm_rt_try(target) module_try(&(target))
#define wasm_rt_get_unwind_target() (module_error.target)
#define wasm_rt_set_unwind_target(to) (module_error.target = (to))
#define wasm_rt_exception_tag() (module_error.tag)
#define wasm_rt_exception_size() ((u32)sizeof(module_error.error))
#define wasm_rt_exception() (&module_error.error)

/* A frame begins with the caller's frame pointer, and the return address lies behind; the first caller has none. */
static __attribute__((cold, noinline)) void wasm_rt_load_exception(wasm_rt_tag_t tag, u32 size, const void *error)
{
    u32 value = *(const u32 *)error;
    module_error.tag = tag;
    if (value == module_error.error && module_error.frames != 0)
        return;
    module_error.error = value;
    module_error.frames = 0;
    for (u64 *frame = __builtin_frame_address(0); frame != NULL && module_error.frames < MODULE_TRACE_FRAMES;) {
        module_error.trace[module_error.frames++] = frame[1];
        u64 *next = (u64 *)frame[0];
        frame = next > frame ? next : NULL;
    }
}

static _Noreturn __attribute__((cold, noinline)) void wasm_rt_throw(void)
{
    if (module_error.target == NULL)
        module_uncaught(module_error.error);
    module_unwind(module_error.target);
}

#endif
