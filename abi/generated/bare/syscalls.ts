// Generated from abi/src by `bf build abi`. Do not edit.

// Versions, identifiers and limits of the system call interface

/** Bits 63:48 of RAX. */
export const SYSCALL_SIGNATURE: u32 = 0x6642;
/** "Bf#1". */
export const SPEC_ID: u32 = 0x31236642;
/** The version bit of Bareflank 3.0's interface. */
export const SPEC_VERSION_1: u32 = 0x2;
/** The version bit of what goes beyond it: tagged identifiers, and groups 9 and above. */
export const SPEC_VERSION_2: u32 = 0x4;
/** What `_start` is offered when the file has no NOTE_EXTENSION_VERSIONS. */
export const SPEC_ALL_SUPPORTED: u32 = 0x2;
/** All version bits that the microkernel supports. */
export const SPEC_ALL_KNOWN: u32 = 0x6;
export const SPEC_INVALID_VERSION: u32 = 0x80000000;
/** No VM, VP, VS or PP. */
export const INVALID_ID: u32 = 0xffff;
export const BOOTSTRAP_PPID: u32 = 0x0;
export const ROOT_VMID: u32 = 0x0;
/** Version 1: VM 0 among them. Version 2 has as many as memory and 16 bits allow, VPs and VSs alike. */
export const MAX_VMS: u32 = 0x10;
/** Version 1. */
export const MAX_VPS: u32 = 0x100;
/** Version 1. */
export const MAX_VSS: u32 = 0x100;
export const MAX_PPS: u32 = 0x80;
export const MAX_EXTENSIONS: u32 = 0x40;
/** Longest name of an extension. */
export const EXTENSION_NAME_BYTES: u32 = 0x20;
export const MAX_HUGE_ALLOCATIONS: u32 = 0x40;
export const PAGE_SIZE: u32 = 0x1000;
/** Version 1: alloc_huge takes less. */
export const HUGE_POOL_BYTES: u32 = 0x20000;
/** Version 2: alloc_huge takes no more. */
export const HUGE_MOST_BYTES: u32 = 0x40000000;
/** Pages that one memory_grow adds at most. */
export const MEMORY_STEP_PAGES: u32 = 0x40;

// System calls: bits 31:0 of RAX (opcode << 16 | index)

export const SYSCALL_CONTROL_EXIT: u32 = 0x0;
export const SYSCALL_CONTROL_WAIT: u32 = 0x1;
export const SYSCALL_CONTROL_AGAIN: u32 = 0x2;
export const SYSCALL_HANDLE_OPEN: u32 = 0x10000;
export const SYSCALL_HANDLE_CLOSE: u32 = 0x10001;
export const SYSCALL_DEBUG_OUT: u32 = 0x20000;
export const SYSCALL_DEBUG_DUMP_VM: u32 = 0x20001;
export const SYSCALL_DEBUG_DUMP_VP: u32 = 0x20002;
export const SYSCALL_DEBUG_DUMP_VS: u32 = 0x20003;
export const SYSCALL_DEBUG_DUMP_VMEXIT_LOG: u32 = 0x20004;
export const SYSCALL_DEBUG_WRITE_C: u32 = 0x20005;
export const SYSCALL_DEBUG_WRITE_STR: u32 = 0x20006;
export const SYSCALL_DEBUG_DUMP_EXT: u32 = 0x20007;
export const SYSCALL_DEBUG_DUMP_PAGE_POOL: u32 = 0x20008;
export const SYSCALL_DEBUG_DUMP_HUGE_POOL: u32 = 0x20009;
export const SYSCALL_CALLBACK_REGISTER_BOOTSTRAP: u32 = 0x30000;
export const SYSCALL_CALLBACK_REGISTER_VMEXIT: u32 = 0x30001;
export const SYSCALL_CALLBACK_REGISTER_FAIL: u32 = 0x30002;
export const SYSCALL_VM_CREATE: u32 = 0x40000;
export const SYSCALL_VM_DESTROY: u32 = 0x40001;
export const SYSCALL_VM_MAP_DIRECT: u32 = 0x40002;
export const SYSCALL_VM_UNMAP_DIRECT: u32 = 0x40003;
export const SYSCALL_VM_UNMAP_DIRECT_BROADCAST: u32 = 0x40004;
export const SYSCALL_VM_TLB_FLUSH: u32 = 0x40005;
export const SYSCALL_VP_CREATE: u32 = 0x50000;
export const SYSCALL_VP_DESTROY: u32 = 0x50001;
export const SYSCALL_VS_CREATE: u32 = 0x60000;
export const SYSCALL_VS_DESTROY: u32 = 0x60001;
export const SYSCALL_VS_INIT_AS_ROOT: u32 = 0x60002;
export const SYSCALL_VS_READ: u32 = 0x60003;
export const SYSCALL_VS_WRITE: u32 = 0x60004;
export const SYSCALL_VS_RUN: u32 = 0x60005;
export const SYSCALL_VS_RUN_CURRENT: u32 = 0x60006;
export const SYSCALL_VS_ADVANCE_IP_AND_RUN: u32 = 0x60007;
export const SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT: u32 = 0x60008;
export const SYSCALL_VS_PROMOTE: u32 = 0x60009;
export const SYSCALL_VS_CLEAR: u32 = 0x6000a;
export const SYSCALL_VS_MIGRATE: u32 = 0x6000b;
export const SYSCALL_VS_SET_ACTIVE: u32 = 0x6000c;
export const SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE: u32 = 0x6000d;
export const SYSCALL_VS_TLB_FLUSH: u32 = 0x6000e;
export const SYSCALL_INTRINSIC_RDMSR: u32 = 0x70000;
export const SYSCALL_INTRINSIC_WRMSR: u32 = 0x70001;
export const SYSCALL_MEM_ALLOC_PAGE: u32 = 0x80000;
export const SYSCALL_MEM_FREE_PAGE: u32 = 0x80001;
export const SYSCALL_MEM_ALLOC_HUGE: u32 = 0x80002;
export const SYSCALL_MEM_FREE_HUGE: u32 = 0x80003;
/** Version 2, like all that follow. */
export const SYSCALL_MESSAGE_REGISTER: u32 = 0x90000;
export const SYSCALL_MESSAGE_FIND: u32 = 0x90001;
export const SYSCALL_MESSAGE_CALL: u32 = 0x90002;
export const SYSCALL_MESSAGE_REPLY: u32 = 0x90003;
export const SYSCALL_NESTED_CREATE: u32 = 0xa0000;
export const SYSCALL_NESTED_DESTROY: u32 = 0xa0001;
export const SYSCALL_NESTED_MAP: u32 = 0xa0002;
export const SYSCALL_NESTED_UNMAP: u32 = 0xa0003;
export const SYSCALL_NESTED_PROTECT: u32 = 0xa0004;
export const SYSCALL_NESTED_TRANSLATE: u32 = 0xa0005;
export const SYSCALL_NESTED_IDENTITY: u32 = 0xa0006;
export const SYSCALL_NESTED_ATTACH: u32 = 0xa0007;
export const SYSCALL_NESTED_DETACH: u32 = 0xa0008;
export const SYSCALL_NESTED_FLUSH: u32 = 0xa0009;
export const SYSCALL_NESTED_GUARD: u32 = 0xa000a;
export const SYSCALL_NESTED_COPY: u32 = 0xa000b;
export const SYSCALL_NESTED_HARVEST: u32 = 0xa000c;
export const SYSCALL_MAP_CREATE: u32 = 0xb0000;
export const SYSCALL_MAP_DESTROY: u32 = 0xb0001;
export const SYSCALL_MAP_TRAP: u32 = 0xb0002;
export const SYSCALL_MAP_PASS: u32 = 0xb0003;
export const SYSCALL_MAP_QUERY: u32 = 0xb0004;
export const SYSCALL_MAP_ATTACH: u32 = 0xb0005;
export const SYSCALL_MAP_DETACH: u32 = 0xb0006;
export const SYSCALL_STATISTICS_POOL: u32 = 0xc0000;
export const SYSCALL_STATISTICS_EXITS: u32 = 0xc0001;
export const SYSCALL_STATISTICS_CALLS: u32 = 0xc0002;
export const SYSCALL_MEMORY_GROW: u32 = 0xd0000;
export const SYSCALL_PP_KICK: u32 = 0xe0000;
export const SYSCALL_PP_WAIT: u32 = 0xe0001;
export const SYSCALL_FPU_READ: u32 = 0xf0000;
export const SYSCALL_FPU_WRITE: u32 = 0xf0001;
export const SYSCALL_MSR_READ: u32 = 0xf0002;
export const SYSCALL_MSR_WRITE: u32 = 0xf0003;
