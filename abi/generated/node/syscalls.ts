// Generated from abi/src by `bf build abi`. Do not edit.

// Versions, identifiers and limits of the system call interface

/** Bits 63:48 of RAX. */
export const SYSCALL_SIGNATURE = 0x6642;
/** "Bf#1". */
export const SPEC_ID = 0x31236642;
/** The version bit of Bareflank 3.0's interface. */
export const SPEC_VERSION_1 = 0x2;
/** The version bit of what goes beyond it: tagged identifiers, and groups 9 and above. */
export const SPEC_VERSION_2 = 0x4;
/** What `_start` is offered when the file has no NOTE_EXTENSION_VERSIONS. */
export const SPEC_ALL_SUPPORTED = 0x2;
/** All version bits that the microkernel supports. */
export const SPEC_ALL_KNOWN = 0x6;
export const SPEC_INVALID_VERSION = 0x80000000;
/** No VM, VP, VS or PP. */
export const INVALID_ID = 0xffff;
export const BOOTSTRAP_PPID = 0x0;
export const ROOT_VMID = 0x0;
/** Version 1: VM 0 among them. Version 2 has as many as memory and 16 bits allow, VPs and VSs alike. */
export const MAX_VMS = 0x10;
/** Version 1. */
export const MAX_VPS = 0x100;
/** Version 1. */
export const MAX_VSS = 0x100;
export const MAX_PPS = 0x80;
export const MAX_EXTENSIONS = 0x40;
/** Longest name of an extension. */
export const EXTENSION_NAME_BYTES = 0x20;
export const MAX_HUGE_ALLOCATIONS = 0x40;
export const PAGE_SIZE = 0x1000;
/** Version 1: alloc_huge takes less. */
export const HUGE_POOL_BYTES = 0x20000;
/** Version 2: alloc_huge takes no more. */
export const HUGE_MOST_BYTES = 0x40000000;
/** Pages that one memory_grow adds at most. */
export const MEMORY_STEP_PAGES = 0x40;

// System calls: bits 31:0 of RAX (opcode << 16 | index)

export const SYSCALL_CONTROL_EXIT = 0x0;
export const SYSCALL_CONTROL_WAIT = 0x1;
export const SYSCALL_CONTROL_AGAIN = 0x2;
export const SYSCALL_HANDLE_OPEN = 0x10000;
export const SYSCALL_HANDLE_CLOSE = 0x10001;
export const SYSCALL_DEBUG_OUT = 0x20000;
export const SYSCALL_DEBUG_DUMP_VM = 0x20001;
export const SYSCALL_DEBUG_DUMP_VP = 0x20002;
export const SYSCALL_DEBUG_DUMP_VS = 0x20003;
export const SYSCALL_DEBUG_DUMP_VMEXIT_LOG = 0x20004;
export const SYSCALL_DEBUG_WRITE_C = 0x20005;
export const SYSCALL_DEBUG_WRITE_STR = 0x20006;
export const SYSCALL_DEBUG_DUMP_EXT = 0x20007;
export const SYSCALL_DEBUG_DUMP_PAGE_POOL = 0x20008;
export const SYSCALL_DEBUG_DUMP_HUGE_POOL = 0x20009;
export const SYSCALL_CALLBACK_REGISTER_BOOTSTRAP = 0x30000;
export const SYSCALL_CALLBACK_REGISTER_VMEXIT = 0x30001;
export const SYSCALL_CALLBACK_REGISTER_FAIL = 0x30002;
export const SYSCALL_VM_CREATE = 0x40000;
export const SYSCALL_VM_DESTROY = 0x40001;
export const SYSCALL_VM_MAP_DIRECT = 0x40002;
export const SYSCALL_VM_UNMAP_DIRECT = 0x40003;
export const SYSCALL_VM_UNMAP_DIRECT_BROADCAST = 0x40004;
export const SYSCALL_VM_TLB_FLUSH = 0x40005;
export const SYSCALL_VP_CREATE = 0x50000;
export const SYSCALL_VP_DESTROY = 0x50001;
export const SYSCALL_VS_CREATE = 0x60000;
export const SYSCALL_VS_DESTROY = 0x60001;
export const SYSCALL_VS_INIT_AS_ROOT = 0x60002;
export const SYSCALL_VS_READ = 0x60003;
export const SYSCALL_VS_WRITE = 0x60004;
export const SYSCALL_VS_RUN = 0x60005;
export const SYSCALL_VS_RUN_CURRENT = 0x60006;
export const SYSCALL_VS_ADVANCE_IP_AND_RUN = 0x60007;
export const SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT = 0x60008;
export const SYSCALL_VS_PROMOTE = 0x60009;
export const SYSCALL_VS_CLEAR = 0x6000a;
export const SYSCALL_VS_MIGRATE = 0x6000b;
export const SYSCALL_VS_SET_ACTIVE = 0x6000c;
export const SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE = 0x6000d;
export const SYSCALL_VS_TLB_FLUSH = 0x6000e;
export const SYSCALL_INTRINSIC_RDMSR = 0x70000;
export const SYSCALL_INTRINSIC_WRMSR = 0x70001;
export const SYSCALL_MEM_ALLOC_PAGE = 0x80000;
export const SYSCALL_MEM_FREE_PAGE = 0x80001;
export const SYSCALL_MEM_ALLOC_HUGE = 0x80002;
export const SYSCALL_MEM_FREE_HUGE = 0x80003;
/** Version 2, like all that follow. */
export const SYSCALL_MESSAGE_REGISTER = 0x90000;
export const SYSCALL_MESSAGE_FIND = 0x90001;
export const SYSCALL_MESSAGE_CALL = 0x90002;
export const SYSCALL_MESSAGE_REPLY = 0x90003;
export const SYSCALL_NESTED_CREATE = 0xa0000;
export const SYSCALL_NESTED_DESTROY = 0xa0001;
export const SYSCALL_NESTED_MAP = 0xa0002;
export const SYSCALL_NESTED_UNMAP = 0xa0003;
export const SYSCALL_NESTED_PROTECT = 0xa0004;
export const SYSCALL_NESTED_TRANSLATE = 0xa0005;
export const SYSCALL_NESTED_IDENTITY = 0xa0006;
export const SYSCALL_NESTED_ATTACH = 0xa0007;
export const SYSCALL_NESTED_DETACH = 0xa0008;
export const SYSCALL_NESTED_FLUSH = 0xa0009;
export const SYSCALL_NESTED_GUARD = 0xa000a;
export const SYSCALL_NESTED_COPY = 0xa000b;
export const SYSCALL_NESTED_HARVEST = 0xa000c;
export const SYSCALL_MAP_CREATE = 0xb0000;
export const SYSCALL_MAP_DESTROY = 0xb0001;
export const SYSCALL_MAP_TRAP = 0xb0002;
export const SYSCALL_MAP_PASS = 0xb0003;
export const SYSCALL_MAP_QUERY = 0xb0004;
export const SYSCALL_MAP_ATTACH = 0xb0005;
export const SYSCALL_MAP_DETACH = 0xb0006;
export const SYSCALL_STATISTICS_POOL = 0xc0000;
export const SYSCALL_STATISTICS_EXITS = 0xc0001;
export const SYSCALL_STATISTICS_CALLS = 0xc0002;
export const SYSCALL_MEMORY_GROW = 0xd0000;
export const SYSCALL_PP_KICK = 0xe0000;
export const SYSCALL_PP_WAIT = 0xe0001;
export const SYSCALL_FPU_READ = 0xf0000;
export const SYSCALL_FPU_WRITE = 0xf0001;
export const SYSCALL_MSR_READ = 0xf0002;
export const SYSCALL_MSR_WRITE = 0xf0003;
