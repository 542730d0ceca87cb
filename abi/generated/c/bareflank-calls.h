/* SPDX-License-Identifier: MIT */
/* Generated from abi/src by `bf build abi`. Do not edit. */
#ifndef BAREFLANK_CALLS_H
#define BAREFLANK_CALLS_H

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

/* Ends the current callback as a failure. Never returns. */
__attribute__((noreturn)) static inline void bf_control_exit(void)
{
    uint64_t reg0 = 0, reg1 = 0;
    bf_call(BF_SYSCALL_CONTROL_EXIT, &reg0, &reg1, 0, 0);
    __builtin_unreachable();
}

/* Ends `_start`; anywhere else it is a failure. Never returns. */
__attribute__((noreturn)) static inline void bf_control_wait(void)
{
    uint64_t reg0 = 0, reg1 = 0;
    bf_call(BF_SYSCALL_CONTROL_WAIT, &reg0, &reg1, 0, 0);
    __builtin_unreachable();
}

/* Ends the fail callback: what failed is tried once more. Never returns. */
__attribute__((noreturn)) static inline void bf_control_again(void)
{
    uint64_t reg0 = 0, reg1 = 0;
    bf_call(BF_SYSCALL_CONTROL_AGAIN, &reg0, &reg1, 0, 0);
    __builtin_unreachable();
}

/* Opens the handle that most calls want. */
__attribute__((warn_unused_result)) static inline bf_status bf_handle_open(uint32_t version, uint64_t *handle)
{
    uint64_t reg0 = version, reg1 = 0;
    bf_status status = bf_call(BF_SYSCALL_HANDLE_OPEN, &reg0, &reg1, 0, 0);
    *handle = reg0;
    return status;
}

/* Closes the handle: no call that wants one works until another is opened. */
__attribute__((warn_unused_result)) static inline bf_status bf_handle_close(void)
{
    uint64_t reg0 = bf_handle, reg1 = 0;
    return bf_call(BF_SYSCALL_HANDLE_CLOSE, &reg0, &reg1, 0, 0);
}

/* Prints two numbers in hexadecimal. */
static inline bf_status bf_debug_out(uint64_t first, uint64_t second)
{
    uint64_t reg0 = first, reg1 = second;
    return bf_call(BF_SYSCALL_DEBUG_OUT, &reg0, &reg1, 0, 0);
}

/* Prints a VM. */
static inline bf_status bf_debug_dump_vm(bf_vm vm)
{
    uint64_t reg0 = vm.id, reg1 = 0;
    return bf_call(BF_SYSCALL_DEBUG_DUMP_VM, &reg0, &reg1, 0, 0);
}

/* Prints a VP. */
static inline bf_status bf_debug_dump_vp(bf_vp vp)
{
    uint64_t reg0 = vp.id, reg1 = 0;
    return bf_call(BF_SYSCALL_DEBUG_DUMP_VP, &reg0, &reg1, 0, 0);
}

/* Prints a VS with all its registers. */
static inline bf_status bf_debug_dump_vs(bf_vs vs)
{
    uint64_t reg0 = vs.id, reg1 = 0;
    return bf_call(BF_SYSCALL_DEBUG_DUMP_VS, &reg0, &reg1, 0, 0);
}

/* Prints a processor's last VM exits. */
static inline bf_status bf_debug_dump_vmexit_log(bf_pp pp)
{
    uint64_t reg0 = pp.id, reg1 = 0;
    return bf_call(BF_SYSCALL_DEBUG_DUMP_VMEXIT_LOG, &reg0, &reg1, 0, 0);
}

/* Prints a character. */
static inline bf_status bf_debug_write_c(uint32_t character)
{
    uint64_t reg0 = character, reg1 = 0;
    return bf_call(BF_SYSCALL_DEBUG_WRITE_C, &reg0, &reg1, 0, 0);
}

/* Prints text: its address and its bytes. The text must be readable memory of the extension. */
static inline bf_status bf_debug_write_str(uint64_t text, uint64_t bytes)
{
    uint64_t reg0 = text, reg1 = bytes;
    return bf_call(BF_SYSCALL_DEBUG_WRITE_STR, &reg0, &reg1, 0, 0);
}

/* Prints an extension. */
static inline bf_status bf_debug_dump_ext(uint32_t extension)
{
    uint64_t reg0 = extension, reg1 = 0;
    return bf_call(BF_SYSCALL_DEBUG_DUMP_EXT, &reg0, &reg1, 0, 0);
}

/* Prints how full the page pool is. */
static inline bf_status bf_debug_dump_page_pool(void)
{
    uint64_t reg0 = 0, reg1 = 0;
    return bf_call(BF_SYSCALL_DEBUG_DUMP_PAGE_POOL, &reg0, &reg1, 0, 0);
}

/* Prints how full the pool of huge allocations is. */
static inline bf_status bf_debug_dump_huge_pool(void)
{
    uint64_t reg0 = 0, reg1 = 0;
    return bf_call(BF_SYSCALL_DEBUG_DUMP_HUGE_POOL, &reg0, &reg1, 0, 0);
}

/* Registers the bootstrap callback, by its address. The address must be that of such a callback, which never returns. */
__attribute__((warn_unused_result)) static inline bf_status bf_callback_register_bootstrap(uint64_t callback)
{
    uint64_t reg0 = bf_handle, reg1 = callback;
    return bf_call(BF_SYSCALL_CALLBACK_REGISTER_BOOTSTRAP, &reg0, &reg1, 0, 0);
}

/* Registers the vmexit callback, by its address. The address must be that of such a callback, which never returns. */
__attribute__((warn_unused_result)) static inline bf_status bf_callback_register_vmexit(uint64_t callback)
{
    uint64_t reg0 = bf_handle, reg1 = callback;
    return bf_call(BF_SYSCALL_CALLBACK_REGISTER_VMEXIT, &reg0, &reg1, 0, 0);
}

/* Registers the fail callback, by its address. The address must be that of such a callback, which never returns. */
__attribute__((warn_unused_result)) static inline bf_status bf_callback_register_fail(uint64_t callback)
{
    uint64_t reg0 = bf_handle, reg1 = callback;
    return bf_call(BF_SYSCALL_CALLBACK_REGISTER_FAIL, &reg0, &reg1, 0, 0);
}

/* Creates a VM. */
__attribute__((warn_unused_result)) static inline bf_status bf_vm_create(bf_vm *vm)
{
    uint64_t reg0 = bf_handle, reg1 = 0;
    bf_status status = bf_call(BF_SYSCALL_VM_CREATE, &reg0, &reg1, 0, 0);
    vm->id = (uint32_t)reg0;
    return status;
}

/* Destroys a VM that has no VP and runs nowhere. */
__attribute__((warn_unused_result)) static inline bf_status bf_vm_destroy(bf_vm vm)
{
    uint64_t reg0 = bf_handle, reg1 = vm.id;
    return bf_call(BF_SYSCALL_VM_DESTROY, &reg0, &reg1, 0, 0);
}

/* Maps a page of physical memory into the extension's view of a VM. */
__attribute__((warn_unused_result)) static inline bf_status bf_vm_map_direct(bf_vm vm, uint64_t physical, uint64_t *address)
{
    uint64_t reg0 = bf_handle, reg1 = vm.id;
    bf_status status = bf_call(BF_SYSCALL_VM_MAP_DIRECT, &reg0, &reg1, physical, 0);
    *address = reg0;
    return status;
}

/* Takes such a page back, on this processor. Nothing may use the memory there any more. */
__attribute__((warn_unused_result)) static inline bf_status bf_vm_unmap_direct(bf_vm vm, uint64_t address)
{
    uint64_t reg0 = bf_handle, reg1 = vm.id;
    return bf_call(BF_SYSCALL_VM_UNMAP_DIRECT, &reg0, &reg1, address, 0);
}

/* Takes such a page back, on all processors. Nothing may use the memory there any more. */
__attribute__((warn_unused_result)) static inline bf_status bf_vm_unmap_direct_broadcast(bf_vm vm, uint64_t address)
{
    uint64_t reg0 = bf_handle, reg1 = vm.id;
    return bf_call(BF_SYSCALL_VM_UNMAP_DIRECT_BROADCAST, &reg0, &reg1, address, 0);
}

/* Flushes the address translations of a VM's VSs on this processor. */
__attribute__((warn_unused_result)) static inline bf_status bf_vm_tlb_flush(bf_vm vm)
{
    uint64_t reg0 = bf_handle, reg1 = vm.id;
    return bf_call(BF_SYSCALL_VM_TLB_FLUSH, &reg0, &reg1, 0, 0);
}

/* Creates a VP of a VM. */
__attribute__((warn_unused_result)) static inline bf_status bf_vp_create(bf_vm vm, bf_vp *vp)
{
    uint64_t reg0 = bf_handle, reg1 = vm.id;
    bf_status status = bf_call(BF_SYSCALL_VP_CREATE, &reg0, &reg1, 0, 0);
    vp->id = (uint32_t)reg0;
    return status;
}

/* Destroys a VP that has no VS and runs nowhere. */
__attribute__((warn_unused_result)) static inline bf_status bf_vp_destroy(bf_vp vp)
{
    uint64_t reg0 = bf_handle, reg1 = vp.id;
    return bf_call(BF_SYSCALL_VP_DESTROY, &reg0, &reg1, 0, 0);
}

/* Creates a VS of a VP on a processor. */
__attribute__((warn_unused_result)) static inline bf_status bf_vs_create(bf_vp vp, bf_pp pp, bf_vs *vs)
{
    uint64_t reg0 = bf_handle, reg1 = vp.id;
    bf_status status = bf_call(BF_SYSCALL_VS_CREATE, &reg0, &reg1, pp.id, 0);
    vs->id = (uint32_t)reg0;
    return status;
}

/* Destroys a VS that runs nowhere. */
__attribute__((warn_unused_result)) static inline bf_status bf_vs_destroy(bf_vs vs)
{
    uint64_t reg0 = bf_handle, reg1 = vs.id;
    return bf_call(BF_SYSCALL_VS_DESTROY, &reg0, &reg1, 0, 0);
}

/* Gives this processor's root VS the operating system's state. */
__attribute__((warn_unused_result)) static inline bf_status bf_vs_init_as_root(bf_vs vs)
{
    uint64_t reg0 = bf_handle, reg1 = vs.id;
    return bf_call(BF_SYSCALL_VS_INIT_AS_ROOT, &reg0, &reg1, 0, 0);
}

/* Reads a register: AMD_REG_* or INTEL_REG_*. */
__attribute__((warn_unused_result)) static inline bf_status bf_vs_read(bf_vs vs, uint32_t reg, uint64_t *value)
{
    uint64_t reg0 = bf_handle, reg1 = vs.id;
    bf_status status = bf_call(BF_SYSCALL_VS_READ, &reg0, &reg1, reg, 0);
    *value = reg0;
    return status;
}

/* Writes a register: AMD_REG_* or INTEL_REG_*. */
__attribute__((warn_unused_result)) static inline bf_status bf_vs_write(bf_vs vs, uint32_t reg, uint64_t value)
{
    uint64_t reg0 = bf_handle, reg1 = vs.id;
    return bf_call(BF_SYSCALL_VS_WRITE, &reg0, &reg1, reg, value);
}

/* Runs a VS. Returns only when it failed. */
__attribute__((warn_unused_result)) static inline bf_status bf_vs_run(bf_vm vm, bf_vp vp, bf_vs vs)
{
    uint64_t reg0 = bf_handle, reg1 = vm.id;
    return bf_call(BF_SYSCALL_VS_RUN, &reg0, &reg1, vp.id, vs.id);
}

/* Runs the active VS. Returns only when it failed. */
__attribute__((warn_unused_result)) static inline bf_status bf_vs_run_current(void)
{
    uint64_t reg0 = bf_handle, reg1 = 0;
    return bf_call(BF_SYSCALL_VS_RUN_CURRENT, &reg0, &reg1, 0, 0);
}

/* Skips the instruction that a VS exited for, and runs it. Returns only when it failed. */
__attribute__((warn_unused_result)) static inline bf_status bf_vs_advance_ip_and_run(bf_vm vm, bf_vp vp, bf_vs vs)
{
    uint64_t reg0 = bf_handle, reg1 = vm.id;
    return bf_call(BF_SYSCALL_VS_ADVANCE_IP_AND_RUN, &reg0, &reg1, vp.id, vs.id);
}

/* Skips the instruction that the active VS exited for, and runs it. Returns only when it failed. */
__attribute__((warn_unused_result)) static inline bf_status bf_vs_advance_ip_and_run_current(void)
{
    uint64_t reg0 = bf_handle, reg1 = 0;
    return bf_call(BF_SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, &reg0, &reg1, 0, 0);
}

/* Gives this processor to the operating system for good, in a VS's state. Returns only when it failed. */
__attribute__((warn_unused_result)) static inline bf_status bf_vs_promote(bf_vs vs)
{
    uint64_t reg0 = bf_handle, reg1 = vs.id;
    return bf_call(BF_SYSCALL_VS_PROMOTE, &reg0, &reg1, 0, 0);
}

/* Has the processor forget what it keeps of a VS. */
__attribute__((warn_unused_result)) static inline bf_status bf_vs_clear(bf_vs vs)
{
    uint64_t reg0 = bf_handle, reg1 = vs.id;
    return bf_call(BF_SYSCALL_VS_CLEAR, &reg0, &reg1, 0, 0);
}

/* Moves a VS that runs nowhere to another processor. */
__attribute__((warn_unused_result)) static inline bf_status bf_vs_migrate(bf_vs vs, bf_pp pp)
{
    uint64_t reg0 = bf_handle, reg1 = vs.id;
    return bf_call(BF_SYSCALL_VS_MIGRATE, &reg0, &reg1, pp.id, 0);
}

/* Makes a VS the active one. */
__attribute__((warn_unused_result)) static inline bf_status bf_vs_set_active(bf_vm vm, bf_vp vp, bf_vs vs)
{
    uint64_t reg0 = bf_handle, reg1 = vm.id;
    return bf_call(BF_SYSCALL_VS_SET_ACTIVE, &reg0, &reg1, vp.id, vs.id);
}

/* Skips the instruction that the active VS exited for, and makes another active. */
__attribute__((warn_unused_result)) static inline bf_status bf_vs_advance_ip_and_set_active(bf_vm vm, bf_vp vp, bf_vs vs)
{
    uint64_t reg0 = bf_handle, reg1 = vm.id;
    return bf_call(BF_SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE, &reg0, &reg1, vp.id, vs.id);
}

/* Flushes a VS's translation of one guest virtual address. */
__attribute__((warn_unused_result)) static inline bf_status bf_vs_tlb_flush(bf_vs vs, uint64_t address)
{
    uint64_t reg0 = bf_handle, reg1 = vs.id;
    return bf_call(BF_SYSCALL_VS_TLB_FLUSH, &reg0, &reg1, address, 0);
}

/* Reads an MSR of the processor. */
__attribute__((warn_unused_result)) static inline bf_status bf_intrinsic_rdmsr(uint32_t msr, uint64_t *value)
{
    uint64_t reg0 = bf_handle, reg1 = msr;
    bf_status status = bf_call(BF_SYSCALL_INTRINSIC_RDMSR, &reg0, &reg1, 0, 0);
    *value = reg0;
    return status;
}

/* Writes an MSR of the processor. An MSR can change what any code on this processor does. */
__attribute__((warn_unused_result)) static inline bf_status bf_intrinsic_wrmsr(uint32_t msr, uint64_t value)
{
    uint64_t reg0 = bf_handle, reg1 = msr;
    return bf_call(BF_SYSCALL_INTRINSIC_WRMSR, &reg0, &reg1, value, 0);
}

/* Allocates a zeroed page. */
__attribute__((warn_unused_result)) static inline bf_status bf_mem_alloc_page(uint64_t *address, uint64_t *physical)
{
    uint64_t reg0 = bf_handle, reg1 = 0;
    bf_status status = bf_call(BF_SYSCALL_MEM_ALLOC_PAGE, &reg0, &reg1, 0, 0);
    *address = reg0;
    *physical = reg1;
    return status;
}

/* Frees such a page. Nothing may use the memory there any more. */
__attribute__((warn_unused_result)) static inline bf_status bf_mem_free_page(uint64_t address)
{
    uint64_t reg0 = bf_handle, reg1 = address;
    return bf_call(BF_SYSCALL_MEM_FREE_PAGE, &reg0, &reg1, 0, 0);
}

/* Allocates zeroed, physically contiguous pages; where there are none yet, FAILURE_UNKNOWN, and the driver has been asked. */
__attribute__((warn_unused_result)) static inline bf_status bf_mem_alloc_huge(uint64_t bytes, uint64_t *address, uint64_t *physical)
{
    uint64_t reg0 = bf_handle, reg1 = bytes;
    bf_status status = bf_call(BF_SYSCALL_MEM_ALLOC_HUGE, &reg0, &reg1, 0, 0);
    *address = reg0;
    *physical = reg1;
    return status;
}

/* Frees such pages. Nothing may use the memory there any more. */
__attribute__((warn_unused_result)) static inline bf_status bf_mem_free_huge(uint64_t address)
{
    uint64_t reg0 = bf_handle, reg1 = address;
    return bf_call(BF_SYSCALL_MEM_FREE_HUGE, &reg0, &reg1, 0, 0);
}

/* Registers the message callback, by its address. The address must be that of such a callback, which never returns. */
__attribute__((warn_unused_result)) static inline bf_status bf_message_register(uint64_t callback)
{
    uint64_t reg0 = bf_handle, reg1 = callback;
    return bf_call(BF_SYSCALL_MESSAGE_REGISTER, &reg0, &reg1, 0, 0);
}

/* Finds an extension by its name: 32 bytes in four words, the first character lowest, zero padded. */
__attribute__((warn_unused_result)) static inline bf_status bf_message_find(uint64_t name0, uint64_t name1, uint64_t name2, uint64_t name3, uint64_t *extension)
{
    uint64_t reg[6] = {bf_handle, name0, name1, name2, name3};
    bf_status status = bf_call6(BF_SYSCALL_MESSAGE_FIND, reg);
    *extension = reg[0];
    return status;
}

/* Sends four words to an extension, and waits for its reply on the same processor. */
__attribute__((warn_unused_result)) static inline bf_status bf_message_call(uint64_t extension, uint64_t word0, uint64_t word1, uint64_t word2, uint64_t word3, uint64_t *reply0, uint64_t *reply1, uint64_t *reply2, uint64_t *reply3)
{
    uint64_t reg[6] = {bf_handle, extension, word0, word1, word2, word3};
    bf_status status = bf_call6(BF_SYSCALL_MESSAGE_CALL, reg);
    *reply0 = reg[0];
    *reply1 = reg[1];
    *reply2 = reg[2];
    *reply3 = reg[3];
    return status;
}

/* Ends the message callback with four words for the caller. Returns only when it failed. */
__attribute__((warn_unused_result)) static inline bf_status bf_message_reply(uint64_t word0, uint64_t word1, uint64_t word2, uint64_t word3)
{
    uint64_t reg[6] = {bf_handle, word0, word1, word2, word3};
    return bf_call6(BF_SYSCALL_MESSAGE_REPLY, reg);
}

/* Creates nested page tables in which a VM sees nothing: NESTED_FOR_ROOT or 0; the features are NESTED_HAS_*. */
__attribute__((warn_unused_result)) static inline bf_status bf_nested_create(uint32_t flags, bf_nested *nested, uint64_t *features)
{
    uint64_t reg0 = bf_handle, reg1 = flags;
    bf_status status = bf_call(BF_SYSCALL_NESTED_CREATE, &reg0, &reg1, 0, 0);
    nested->id = (uint32_t)reg0;
    *features = reg1;
    return status;
}

/* Destroys nested page tables that no VS has. Call it again until nothing is left. */
__attribute__((warn_unused_result)) static inline bf_status bf_nested_destroy(bf_nested nested, uint64_t *left)
{
    uint64_t reg0 = bf_handle, reg1 = nested.id;
    bf_status status = bf_call(BF_SYSCALL_NESTED_DESTROY, &reg0, &reg1, 0, 0);
    *left = reg0;
    return status;
}

/* Shows host memory at guest physical addresses: NESTED_* rights, type, page size. Call it again for what is not done. What the VM does to memory that it is shown, nothing of the extension's may depend on. */
__attribute__((warn_unused_result)) static inline bf_status bf_nested_map(bf_nested nested, uint64_t guest, uint64_t host, uint64_t bytes, uint32_t flags, uint64_t *done)
{
    uint64_t reg[6] = {bf_handle, nested.id, guest, host, bytes, flags};
    bf_status status = bf_call6(BF_SYSCALL_NESTED_MAP, reg);
    *done = reg[0];
    return status;
}

/* Shows nothing at guest physical addresses any more. Call it again for what is not done. */
__attribute__((warn_unused_result)) static inline bf_status bf_nested_unmap(bf_nested nested, uint64_t guest, uint64_t bytes, uint64_t *done)
{
    uint64_t reg0 = bf_handle, reg1 = nested.id;
    bf_status status = bf_call(BF_SYSCALL_NESTED_UNMAP, &reg0, &reg1, guest, bytes);
    *done = reg0;
    return status;
}

/* Changes what a VM may do with memory that it is shown. Call it again for what is not done. */
__attribute__((warn_unused_result)) static inline bf_status bf_nested_protect(bf_nested nested, uint64_t guest, uint64_t bytes, uint32_t rights, uint64_t *done)
{
    uint64_t reg[6] = {bf_handle, nested.id, guest, bytes, rights};
    bf_status status = bf_call6(BF_SYSCALL_NESTED_PROTECT, reg);
    *done = reg[0];
    return status;
}

/* Looks a guest physical address up: the host's, and NESTED_* rights, type and page size. */
__attribute__((warn_unused_result)) static inline bf_status bf_nested_translate(bf_nested nested, uint64_t guest, uint64_t *host, uint64_t *flags)
{
    uint64_t reg0 = bf_handle, reg1 = nested.id;
    bf_status status = bf_call(BF_SYSCALL_NESTED_TRANSLATE, &reg0, &reg1, guest, 0);
    *host = reg0;
    *flags = reg1;
    return status;
}

/* Shows host memory at its own addresses: NESTED_* flags. Call it again for what is not done. What the VM does to memory that it is shown, nothing of the extension's may depend on. */
__attribute__((warn_unused_result)) static inline bf_status bf_nested_identity(bf_nested nested, uint64_t guest, uint64_t bytes, uint32_t flags, uint64_t *done)
{
    uint64_t reg[6] = {bf_handle, nested.id, guest, bytes, flags};
    bf_status status = bf_call6(BF_SYSCALL_NESTED_IDENTITY, reg);
    *done = reg[0];
    return status;
}

/* Makes a VS see memory by nested page tables. */
__attribute__((warn_unused_result)) static inline bf_status bf_nested_attach(bf_nested nested, bf_vs vs)
{
    uint64_t reg0 = bf_handle, reg1 = nested.id;
    return bf_call(BF_SYSCALL_NESTED_ATTACH, &reg0, &reg1, vs.id, 0);
}

/* Makes a VS see all physical memory as it is. */
__attribute__((warn_unused_result)) static inline bf_status bf_nested_detach(bf_nested nested, bf_vs vs)
{
    uint64_t reg0 = bf_handle, reg1 = nested.id;
    return bf_call(BF_SYSCALL_NESTED_DETACH, &reg0, &reg1, vs.id, 0);
}

/* Gives back what processors have flushed: how many other processors still run with older translations. */
__attribute__((warn_unused_result)) static inline bf_status bf_nested_flush(bf_nested nested, uint64_t *waiting)
{
    uint64_t reg0 = bf_handle, reg1 = nested.id;
    bf_status status = bf_call(BF_SYSCALL_NESTED_FLUSH, &reg0, &reg1, 0, 0);
    *waiting = reg0;
    return status;
}

/* Makes a root VS see all physical memory as it is, but the hypervisor's own: that reads as zeroes, and writes raise #GP. */
__attribute__((warn_unused_result)) static inline bf_status bf_nested_guard(bf_vs vs)
{
    uint64_t reg0 = bf_handle, reg1 = vs.id;
    return bf_call(BF_SYSCALL_NESTED_GUARD, &reg0, &reg1, 0, 0);
}

/* Copies between memory of the extension's own and what a VM sees: NESTED_COPY_*. Call it again for what is not done. Copying from a VM replaces so many bytes at the buffer. */
__attribute__((warn_unused_result)) static inline bf_status bf_nested_copy(bf_nested nested, uint64_t guest, uint64_t buffer, uint64_t bytes, uint32_t direction, uint64_t *done)
{
    uint64_t reg[6] = {bf_handle, nested.id, guest, buffer, bytes, direction};
    bf_status status = bf_call6(BF_SYSCALL_NESTED_COPY, reg);
    *done = reg[0];
    return status;
}

/* Tells which pages of a range a VM has accessed or written, a bit for each in the extension's memory, and begins anew: NESTED_ACCESSED, NESTED_DIRTY. The bitmap's words are overwritten, up to the end of its page. */
__attribute__((warn_unused_result)) static inline bf_status bf_nested_harvest(bf_nested nested, uint64_t guest, uint64_t bytes, uint64_t bitmap, uint32_t what, uint64_t *done)
{
    uint64_t reg[6] = {bf_handle, nested.id, guest, bytes, bitmap, what};
    bf_status status = bf_call6(BF_SYSCALL_NESTED_HARVEST, reg);
    *done = reg[0];
    return status;
}

/* Creates a permission map that lets everything pass: MAP_MSR or MAP_IO. */
__attribute__((warn_unused_result)) static inline bf_status bf_map_create(uint32_t kind, bf_map *map)
{
    uint64_t reg0 = bf_handle, reg1 = kind;
    bf_status status = bf_call(BF_SYSCALL_MAP_CREATE, &reg0, &reg1, 0, 0);
    map->id = (uint32_t)reg0;
    return status;
}

/* Destroys a permission map that no VS has. */
__attribute__((warn_unused_result)) static inline bf_status bf_map_destroy(bf_map map)
{
    uint64_t reg0 = bf_handle, reg1 = map.id;
    return bf_call(BF_SYSCALL_MAP_DESTROY, &reg0, &reg1, 0, 0);
}

/* Makes accesses (MAP_*) to a range of MSRs or ports exit: how many of them exit always. */
__attribute__((warn_unused_result)) static inline bf_status bf_map_trap(bf_map map, uint32_t first, uint32_t last, uint32_t accesses, uint64_t *always)
{
    uint64_t reg[6] = {bf_handle, map.id, first, last, accesses};
    bf_status status = bf_call6(BF_SYSCALL_MAP_TRAP, reg);
    *always = reg[0];
    return status;
}

/* Lets accesses (MAP_*) to a range of MSRs or ports happen without an exit: how many of them exit all the same. */
__attribute__((warn_unused_result)) static inline bf_status bf_map_pass(bf_map map, uint32_t first, uint32_t last, uint32_t accesses, uint64_t *always)
{
    uint64_t reg[6] = {bf_handle, map.id, first, last, accesses};
    bf_status status = bf_call6(BF_SYSCALL_MAP_PASS, reg);
    *always = reg[0];
    return status;
}

/* Which accesses to an MSR or port exit: MAP_*. */
__attribute__((warn_unused_result)) static inline bf_status bf_map_query(bf_map map, uint32_t number, uint64_t *accesses)
{
    uint64_t reg0 = bf_handle, reg1 = map.id;
    bf_status status = bf_call(BF_SYSCALL_MAP_QUERY, &reg0, &reg1, number, 0);
    *accesses = reg0;
    return status;
}

/* Makes a VS exit by a permission map. */
__attribute__((warn_unused_result)) static inline bf_status bf_map_attach(bf_map map, bf_vs vs)
{
    uint64_t reg0 = bf_handle, reg1 = map.id;
    return bf_call(BF_SYSCALL_MAP_ATTACH, &reg0, &reg1, vs.id, 0);
}

/* Takes a permission map from a VS. */
__attribute__((warn_unused_result)) static inline bf_status bf_map_detach(bf_map map, bf_vs vs)
{
    uint64_t reg0 = bf_handle, reg1 = map.id;
    return bf_call(BF_SYSCALL_MAP_DETACH, &reg0, &reg1, vs.id, 0);
}

/* How full a pool (POOL_*) is. */
__attribute__((warn_unused_result)) static inline bf_status bf_statistics_pool(uint32_t pool, uint64_t *total, uint64_t *used)
{
    uint64_t reg0 = bf_handle, reg1 = pool;
    bf_status status = bf_call(BF_SYSCALL_STATISTICS_POOL, &reg0, &reg1, 0, 0);
    *total = reg0;
    *used = reg1;
    return status;
}

/* How often VSs exited on a processor for a reason. */
__attribute__((warn_unused_result)) static inline bf_status bf_statistics_exits(bf_pp pp, uint64_t reason, uint64_t *count)
{
    uint64_t reg0 = bf_handle, reg1 = pp.id;
    bf_status status = bf_call(BF_SYSCALL_STATISTICS_EXITS, &reg0, &reg1, reason, 0);
    *count = reg0;
    return status;
}

/* How often a system call was made on a processor. */
__attribute__((warn_unused_result)) static inline bf_status bf_statistics_calls(bf_pp pp, uint32_t number, uint64_t *count)
{
    uint64_t reg0 = bf_handle, reg1 = pp.id;
    bf_status status = bf_call(BF_SYSCALL_STATISTICS_CALLS, &reg0, &reg1, number, 0);
    *count = reg0;
    return status;
}

/* Makes linear memory have so many pages: how many it has now. Call it again for what is not done. */
__attribute__((warn_unused_result)) static inline bf_status bf_memory_grow(uint64_t pages, uint64_t *has)
{
    uint64_t reg0 = bf_handle, reg1 = pages;
    bf_status status = bf_call(BF_SYSCALL_MEMORY_GROW, &reg0, &reg1, 0, 0);
    *has = reg0;
    return status;
}

/* Makes a processor leave its VM, or end its wait: its extension's vmexit callback is called with EXIT_KICK. */
__attribute__((warn_unused_result)) static inline bf_status bf_pp_kick(bf_pp pp)
{
    uint64_t reg0 = bf_handle, reg1 = pp.id;
    return bf_call(BF_SYSCALL_PP_KICK, &reg0, &reg1, 0, 0);
}

/* Ends the callback, and keeps the processor in the microkernel until it is kicked. Returns only when it failed. */
__attribute__((warn_unused_result)) static inline bf_status bf_pp_wait(void)
{
    uint64_t reg0 = bf_handle, reg1 = 0;
    return bf_call(BF_SYSCALL_PP_WAIT, &reg0, &reg1, 0, 0);
}

/* Copies a VS's XSAVE area, or as much of it as a page holds, to a page of the extension's: its size is returned. The page is overwritten. */
__attribute__((warn_unused_result)) static inline bf_status bf_fpu_read(bf_vs vs, uint64_t page, uint64_t *bytes)
{
    uint64_t reg0 = bf_handle, reg1 = vs.id;
    bf_status status = bf_call(BF_SYSCALL_FPU_READ, &reg0, &reg1, page, 0);
    *bytes = reg0;
    return status;
}

/* Gives a VS the XSAVE area of a page of the extension's. Components that the processor has not, and reserved bits, are left out. */
__attribute__((warn_unused_result)) static inline bf_status bf_fpu_write(bf_vs vs, uint64_t page)
{
    uint64_t reg0 = bf_handle, reg1 = vs.id;
    return bf_call(BF_SYSCALL_FPU_WRITE, &reg0, &reg1, page, 0);
}

/* Reads an MSR that a guest has for itself, or can have: 0 as long as it has the machine's. */
__attribute__((warn_unused_result)) static inline bf_status bf_msr_read(bf_vs vs, uint32_t msr, uint64_t *value)
{
    uint64_t reg0 = bf_handle, reg1 = vs.id;
    bf_status status = bf_call(BF_SYSCALL_MSR_READ, &reg0, &reg1, msr, 0);
    *value = reg0;
    return status;
}

/* Gives a guest a value of its own in an MSR of which the processor has one for all VMs. */
__attribute__((warn_unused_result)) static inline bf_status bf_msr_write(bf_vs vs, uint32_t msr, uint64_t value)
{
    uint64_t reg0 = bf_handle, reg1 = vs.id;
    return bf_call(BF_SYSCALL_MSR_WRITE, &reg0, &reg1, msr, value);
}

#endif
