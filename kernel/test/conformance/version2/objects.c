/* SPDX-License-Identifier: MIT */
/* Groups 0xA to 0xD: nested page tables, permission maps, statistics, an extension's own memory */
#include "case.h"
#include "../extension/vendor.h"

#define PAGE 0x1000u
#define GUEST 0x40000000u
#define GUEST_END (1ull << 48)
#define MAPPED (BF_NESTED_READ | BF_NESTED_WRITE | BF_NESTED_WRITE_BACK)
#define NO_OBJECT 0xffffu

/** The linear memory that this file asks for, on each processor. */
#define INITIAL_PAGES 1u
#define MOST_PAGES 3u
#define MEMORY_OFFSET 0x10000u
static volatile u64 *const last_word = (u64 *)(BF_EXT_MEMORY_BASE + MEMORY_OFFSET + MOST_PAGES * PAGE) - 1;

static const struct {
    u32 name_bytes, bytes, type;
    char name[12];
    u32 version, flags, initial_pages, maximum_pages, data_offset, reserved;
} memory __attribute__((section(".note.bareflank"), used, aligned(4))) = {
    10, 24, BF_NOTE_EXTENSION_MEMORY, "Bareflank", 1, BF_EXT_MEMORY_PER_PP, INITIAL_PAGES, MOST_PAGES, MEMORY_OFFSET, 0};

extern u64 client_handle;

#define NAMED(name) {#name, BF_SYSCALL_##name}
static const struct {
    const char *name;
    u32 number;
} calls[] = {
    NAMED(NESTED_CREATE), NAMED(NESTED_DESTROY), NAMED(NESTED_MAP), NAMED(NESTED_UNMAP), NAMED(NESTED_PROTECT),
    NAMED(NESTED_TRANSLATE), NAMED(NESTED_IDENTITY), NAMED(NESTED_ATTACH), NAMED(NESTED_DETACH), NAMED(NESTED_FLUSH),
    NAMED(NESTED_GUARD), NAMED(NESTED_COPY), NAMED(NESTED_HARVEST), NAMED(MAP_CREATE), NAMED(MAP_DESTROY), NAMED(MAP_TRAP), NAMED(MAP_PASS), NAMED(MAP_QUERY), NAMED(MAP_ATTACH),
    NAMED(MAP_DETACH), NAMED(FPU_READ), NAMED(FPU_WRITE), NAMED(MSR_READ), NAMED(MSR_WRITE), NAMED(STATISTICS_POOL), NAMED(STATISTICS_EXITS), NAMED(STATISTICS_CALLS), NAMED(MEMORY_GROW),
    NAMED(PP_KICK), NAMED(PP_WAIT),
};
#define CALLS (sizeof(calls) / sizeof(*calls))
/** Those that only the owner of the vmexit callback makes come first. */
#define OWNED_CALLS 24u

static void refuse(const char *name, u32 count, u64 handle, u64 status)
{
    for (u32 i = 0; i < count; i++) {
        begin(name, calls[i].name);
        want(make(calls[i].number, handle, 0, 0, 0, 0, 0).status, status, "status");
        end();
    }
}

void test_objects_absent(u64 handle) { refuse("not_in_version_1", CALLS, handle, BF_STATUS_FAILURE_UNSUPPORTED); }

void test_objects_unowned(u64 handle) { refuse("without_vmexit", OWNED_CALLS, handle, BF_STATUS_INVALID_PERM_DENIED); }

static void status(struct result result, u64 wanted, const char *what) { want(result.status, wanted, what); }

static void good(struct result result) { status(result, BF_STATUS_SUCCESS, "status"); }

/** A call that has done something and has no outputs. */
static void silent(struct result result)
{
    good(result);
    want(result.reg[0], client_handle, "REG0");
}

/** A call that has an output that is known. */
static void gives(struct result result, u64 reg0)
{
    good(result);
    want(result.reg[0], reg0, "REG0");
}

/** A call with an object that is none. */
static void wants_object(const char *name, u32 number)
{
    begin("object", name);
    status(make(number, client_handle, NO_OBJECT, 0, 0, 0, 0), BF_STATUS_INVALID_INPUT_REG1, "no object");
    end();
}
#define WANTS_OBJECT(name) wants_object(#name, BF_SYSCALL_##name)

static u64 created(struct result result)
{
    good(result);
    want(result.reg[0] >> 32, 0, "upper half of an identifier");
    return result.reg[0];
}

/** What calls on ranges of guest physical addresses have in common, with flags in REG4. */
static void ranges(u32 number, u64 nested, u64 reg4)
{
    const u64 h = client_handle;
    status(make(number, h, nested, GUEST + 8, PAGE, reg4, 0), BF_STATUS_INVALID_INPUT_REG2, "unaligned");
    status(make(number, h, nested, GUEST_END, PAGE, reg4, 0), BF_STATUS_INVALID_INPUT_REG2, "no address");
    status(make(number, h, nested, GUEST, 0, reg4, 0), BF_STATUS_INVALID_INPUT_REG3, "nothing");
    status(make(number, h, nested, GUEST, PAGE + 1, reg4, 0), BF_STATUS_INVALID_INPUT_REG3, "part of a page");
    status(make(number, h, nested, GUEST, GUEST_END, reg4, 0), BF_STATUS_INVALID_INPUT_REG3, "behind the end");
}

static void map_checks(u64 h, u64 nested, u64 host)
{
    begin("checks", "NESTED_MAP");
    const u64 reg2 = BF_STATUS_INVALID_INPUT_REG2, reg3 = BF_STATUS_INVALID_INPUT_REG3;
    const u64 reg4 = BF_STATUS_INVALID_INPUT_REG4, reg5 = BF_STATUS_INVALID_INPUT_REG5;
    status(MAKE(NESTED_MAP, h, nested, GUEST + 8, host, PAGE, MAPPED), reg2, "unaligned");
    status(MAKE(NESTED_MAP, h, nested, GUEST_END, host, PAGE, MAPPED), reg2, "no address");
    status(MAKE(NESTED_MAP, h, nested, GUEST, host + 8, PAGE, MAPPED), reg3, "unaligned host");
    status(MAKE(NESTED_MAP, h, nested, GUEST, 1ull << 52, PAGE, MAPPED), reg3, "no host address");
    status(MAKE(NESTED_MAP, h, nested, GUEST, 0, 1ull << 32, MAPPED), reg3, "the hypervisor's memory");
    status(MAKE(NESTED_MAP, h, nested, GUEST, host, 0, MAPPED), reg4, "nothing");
    status(MAKE(NESTED_MAP, h, nested, GUEST, host, PAGE + 1, MAPPED), reg4, "part of a page");
    status(MAKE(NESTED_MAP, h, nested, GUEST_END - PAGE, host, 2 * PAGE, MAPPED), reg4, "behind the end");
    status(MAKE(NESTED_MAP, h, nested, GUEST, host, PAGE, MAPPED | 8), reg5, "flag");
    status(MAKE(NESTED_MAP, h, nested, GUEST, host, PAGE, MAPPED | BF_NESTED_OWN_BLANK), reg5, "nested_identity's flag");
    status(MAKE(NESTED_MAP, h, nested, GUEST, host, PAGE, BF_NESTED_WRITE | BF_NESTED_WRITE_BACK), reg5, "write only");
    status(MAKE(NESTED_MAP, h, nested, GUEST, host, PAGE, BF_NESTED_READ | 0x200), reg5, "memory type");
    end();
}

static u64 rights(u64 nested)
{
    struct result result = MAKE(NESTED_TRANSLATE, client_handle, nested, GUEST);
    return result.status == BF_STATUS_SUCCESS ? result.reg[1] & BF_NESTED_RIGHTS : ~0ull;
}

static void pages(u64 h, u64 nested)
{
    struct result page = MAKE(MEM_ALLOC_PAGE, h);
    u64 host = page.reg[1];
    map_checks(h, nested, host);
    begin("good", "NESTED_MAP");
    gives(MAKE(NESTED_MAP, h, nested, GUEST, host, PAGE, MAPPED), PAGE);
    want(rights(nested) != ~0ull, 1, "whether something is mapped");
    status(MAKE(MEM_FREE_PAGE, h, page.reg[0]), BF_STATUS_FAILURE_UNKNOWN, "to give back a page that is shown");
    end();
    begin("good", "NESTED_TRANSLATE");
    struct result found = MAKE(NESTED_TRANSLATE, h, nested, GUEST + 0x123);
    gives(found, host + 0x123);
    want(found.reg[1] & ~(u64)BF_NESTED_TYPE, BF_NESTED_READ | BF_NESTED_WRITE | BF_NESTED_PAGE_4K, "rights and size");
    status(MAKE(NESTED_TRANSLATE, h, nested, GUEST + PAGE), BF_STATUS_FAILURE_UNKNOWN, "not mapped");
    status(MAKE(NESTED_TRANSLATE, h, nested, GUEST_END), BF_STATUS_INVALID_INPUT_REG2, "no address");
    end();
    begin("checks", "NESTED_PROTECT");
    ranges(BF_SYSCALL_NESTED_PROTECT, nested, BF_NESTED_READ);
    const u64 reg4 = BF_STATUS_INVALID_INPUT_REG4;
    status(MAKE(NESTED_PROTECT, h, nested, GUEST, PAGE, BF_NESTED_RIGHTS + 1), reg4, "no right");
    status(MAKE(NESTED_PROTECT, h, nested, GUEST, PAGE, BF_NESTED_WRITE), reg4, "write only");
    status(MAKE(NESTED_PROTECT, h, nested, GUEST + PAGE, PAGE, 1), BF_STATUS_FAILURE_UNKNOWN, "not mapped");
    end();
    begin("good", "NESTED_PROTECT");
    gives(MAKE(NESTED_PROTECT, h, nested, GUEST, PAGE, BF_NESTED_READ), PAGE);
    want(rights(nested), BF_NESTED_READ, "rights");
    end();
    begin("good", "NESTED_UNMAP");
    ranges(BF_SYSCALL_NESTED_UNMAP, nested, 0);
    gives(MAKE(NESTED_UNMAP, h, nested, GUEST, PAGE), PAGE);
    want(rights(nested), ~0ull, "whether nothing is mapped");
    end();
    begin("good", "NESTED_FLUSH");
    gives(MAKE(NESTED_FLUSH, h, nested), 0);
    status(MAKE(MEM_FREE_PAGE, h, page.reg[0]), BF_STATUS_SUCCESS, "to give back a page that was shown");
    end();
}

/** Bytes of all that XSAVE can hold: CPUID says it. */
static u32 xsave_bytes(void)
{
    u32 a = 0xd, b, c = 0, d;
    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    return c;
}

/** What a VS's XSAVE area has initially, and what was written. */
static void registers(u64 h, u64 vs)
{
    struct result own = MAKE(MEM_ALLOC_PAGE, h);
    u64 *area = (u64 *)own.reg[0];
    begin("checks", "FPU_READ");
    status(MAKE(FPU_READ, h, vs, (u64)area + 8), BF_STATUS_INVALID_INPUT_REG2, "no page");
    status(MAKE(FPU_READ, h, vs, 0), BF_STATUS_INVALID_INPUT_REG2, "nothing");
    status(MAKE(FPU_READ, h, vs, BF_DIRECT_BASE + PAGE), BF_STATUS_INVALID_INPUT_REG2, "the kernel's memory");
    end();
    begin("good", "FPU_READ");
    gives(MAKE(FPU_READ, h, vs, (u64)area), xsave_bytes());
    want(area[0] & 0xffff, 0x37f, "FCW");
    want(area[3] & 0xffffffff, 0x1f80, "MXCSR");
    want(area[64], 0, "XSTATE_BV");
    end();
    begin("good", "FPU_WRITE");
    area[3] = 0xffffffff00001fc0, area[20] = 0x1122334455667788, area[64] = 0xf000000000000003, area[65] = 1ull << 63;
    silent(MAKE(FPU_WRITE, h, vs, (u64)area));
    area[20] = 0;
    good(MAKE(FPU_READ, h, vs, (u64)area));
    want(area[20], 0x1122334455667788, "XMM0");
    want(area[3] & 0xffffffff, 0x1fc0, "MXCSR");
    want(area[64], 3, "XSTATE_BV");
    want(area[65], 0, "XCOMP_BV");
    end();
    silent(MAKE(MEM_FREE_PAGE, h, own.reg[0]));
}

/** A guest's own TSC_AUX, which all emulated processors have. */
static void msrs(u64 h, u64 vs)
{
    const u32 tsc_aux = 0xc0000103, efer = 0xc0000080;
    begin("checks", "MSR_READ");
    status(MAKE(MSR_READ, h, vs, efer), BF_STATUS_INVALID_INPUT_REG2, "EFER");
    status(MAKE(MSR_READ, h, vs, tsc_aux + (1ull << 32)), BF_STATUS_INVALID_INPUT_REG2, "no MSR");
    end();
    begin("good", "MSR_READ");
    gives(MAKE(MSR_READ, h, vs, tsc_aux), 0);
    end();
    begin("checks", "MSR_WRITE");
    status(MAKE(MSR_WRITE, h, vs, efer, 0), BF_STATUS_INVALID_INPUT_REG2, "EFER");
    end();
    begin("good", "MSR_WRITE");
    silent(MAKE(MSR_WRITE, h, vs, tsc_aux, 0x12345));
    gives(MAKE(MSR_READ, h, vs, tsc_aux), 0x12345);
    end();
}

/** Between two pages of the client's, one of which the VM sees. */
static void copies(u64 h, u64 nested)
{
    const u64 reg4 = BF_STATUS_INVALID_INPUT_REG4;
    struct result page = MAKE(MEM_ALLOC_PAGE, h), own = MAKE(MEM_ALLOC_PAGE, h);
    u64 *shown = (u64 *)page.reg[0], *buffer = (u64 *)own.reg[0];
    gives(MAKE(NESTED_MAP, h, nested, GUEST, page.reg[1], PAGE, MAPPED), PAGE);
    begin("checks", "NESTED_COPY");
    status(MAKE(NESTED_COPY, h, nested, GUEST_END, (u64)buffer, 8), BF_STATUS_INVALID_INPUT_REG2, "no address");
    status(MAKE(NESTED_COPY, h, nested, GUEST, 0, 8), BF_STATUS_INVALID_INPUT_REG3, "no buffer");
    status(MAKE(NESTED_COPY, h, nested, GUEST, BF_DIRECT_BASE + PAGE, 8), BF_STATUS_INVALID_INPUT_REG3, "the kernel's memory");
    status(MAKE(NESTED_COPY, h, nested, GUEST, (u64)&copies, 8), BF_STATUS_INVALID_INPUT_REG3, "code");
    status(MAKE(NESTED_COPY, h, nested, GUEST, (u64)buffer, 0), reg4, "nothing");
    status(MAKE(NESTED_COPY, h, nested, GUEST, (u64)buffer, GUEST_END), reg4, "behind the end");
    status(MAKE(NESTED_COPY, h, nested, GUEST, (u64)buffer, 8, 2), BF_STATUS_INVALID_INPUT_REG5, "direction");
    status(MAKE(NESTED_COPY, h, nested, GUEST + PAGE, (u64)buffer, 8), BF_STATUS_FAILURE_UNKNOWN, "not mapped");
    end();
    begin("good", "NESTED_COPY");
    shown[511] = 0x123456789abcdef0;
    gives(MAKE(NESTED_COPY, h, nested, GUEST + PAGE - 7, (u64)buffer + 1, 16), 7);
    want(buffer[0], 0x123456789abcde00, "what was read");
    buffer[1] = 0x1122;
    gives(MAKE(NESTED_COPY, h, nested, GUEST + 3, (u64)&buffer[1], 2, BF_NESTED_COPY_TO_VM), 2);
    want(shown[0], 0x1122000000, "what was written");
    gives(MAKE(NESTED_PROTECT, h, nested, GUEST, PAGE, BF_NESTED_READ), PAGE);
    status(MAKE(NESTED_COPY, h, nested, GUEST, (u64)buffer, 8, BF_NESTED_COPY_TO_VM), BF_STATUS_FAILURE_UNKNOWN, "read-only");
    end();
    gives(MAKE(NESTED_UNMAP, h, nested, GUEST, PAGE), PAGE);
    silent(MAKE(MEM_FREE_PAGE, h, page.reg[0]));
    silent(MAKE(MEM_FREE_PAGE, h, own.reg[0]));
}

/** Nobody runs here, so nothing is noted: what that is like, tests of SDKs try. */
static void harvests(u64 h, u64 untracked)
{
    struct result own = MAKE(MEM_ALLOC_PAGE, h);
    u64 *bitmap = (u64 *)own.reg[0], nested = MAKE(NESTED_CREATE, h, BF_NESTED_TRACKED).reg[0];
    begin("checks", "NESTED_HARVEST");
    status(MAKE(NESTED_HARVEST, h, untracked, GUEST, PAGE, (u64)bitmap, 1), BF_STATUS_INVALID_INPUT_REG1, "not tracked");
    status(MAKE(NESTED_HARVEST, h, nested, GUEST_END, PAGE, (u64)bitmap, 1), BF_STATUS_INVALID_INPUT_REG2, "no address");
    status(MAKE(NESTED_HARVEST, h, nested, GUEST, 8, (u64)bitmap, 1), BF_STATUS_INVALID_INPUT_REG3, "no pages");
    status(MAKE(NESTED_HARVEST, h, nested, GUEST, PAGE, (u64)bitmap + 4, 1), BF_STATUS_INVALID_INPUT_REG4, "no word");
    status(MAKE(NESTED_HARVEST, h, nested, GUEST, PAGE, BF_DIRECT_BASE + PAGE, 1), BF_STATUS_INVALID_INPUT_REG4, "the kernel's memory");
    status(MAKE(NESTED_HARVEST, h, nested, GUEST, PAGE, (u64)&harvests, 1), BF_STATUS_INVALID_INPUT_REG4, "code");
    status(MAKE(NESTED_HARVEST, h, nested, GUEST, PAGE, (u64)bitmap, 0), BF_STATUS_INVALID_INPUT_REG5, "nothing");
    status(MAKE(NESTED_HARVEST, h, nested, GUEST, PAGE, (u64)bitmap, 4), BF_STATUS_INVALID_INPUT_REG5, "no note");
    end();
    begin("good", "NESTED_HARVEST");
    gives(MAKE(NESTED_MAP, h, nested, GUEST, own.reg[1], PAGE, MAPPED), PAGE);
    bitmap[0] = bitmap[1] = bitmap[2] = ~0ull;
    gives(MAKE(NESTED_HARVEST, h, nested, GUEST, 65 * PAGE, (u64)bitmap, 3), 65 * PAGE);
    want(bitmap[0] | bitmap[1], 0, "untouched pages");
    want(bitmap[2], ~0ull, "what lies behind");
    end();
    while (MAKE(NESTED_DESTROY, h, nested).reg[0] != 0)
        ;
    silent(MAKE(MEM_FREE_PAGE, h, own.reg[0]));
}

static void identity(u64 h, u64 nested, u64 for_root)
{
    const u64 flags = BF_NESTED_RIGHTS | BF_NESTED_MACHINE, reg4 = BF_STATUS_INVALID_INPUT_REG4;
    begin("checks", "NESTED_IDENTITY");
    ranges(BF_SYSCALL_NESTED_IDENTITY, nested, flags);
    status(MAKE(NESTED_IDENTITY, h, nested, 0, PAGE, flags | 8), reg4, "flag");
    status(MAKE(NESTED_IDENTITY, h, nested, 0, PAGE, flags | 0x2000), reg4, "flag");
    status(MAKE(NESTED_IDENTITY, h, nested, 0, PAGE, BF_NESTED_WRITE | BF_NESTED_MACHINE), reg4, "write only");
    end();
    begin("good", "NESTED_IDENTITY");
    gives(MAKE(NESTED_IDENTITY, h, for_root, 0x100000, 4 * PAGE, flags | BF_NESTED_OWN_BLANK), 4 * PAGE);
    want(MAKE(NESTED_TRANSLATE, h, for_root, 0x102345).reg[0], 0x102345, "address");
    gives(MAKE(NESTED_IDENTITY, h, nested, 0x100000, 4 * PAGE, flags | BF_NESTED_OWN_BLANK), 4 * PAGE);
    gives(MAKE(NESTED_IDENTITY, h, nested, 0x100000, 4 * PAGE, flags), 4 * PAGE);
    end();
}

static void destroy_nested(u64 nested)
{
    struct result result;
    do {
        result = MAKE(NESTED_DESTROY, client_handle, nested);
        good(result);
    } while (result.status == BF_STATUS_SUCCESS && result.reg[0] == 1);
    want(result.reg[0], 0, "REG0");
    want(MAKE(NESTED_TRANSLATE, client_handle, nested, GUEST).status == BF_STATUS_INVALID_INPUT_REG1, 1, "whether it is gone");
    status(MAKE(NESTED_DESTROY, client_handle, nested), BF_STATUS_INVALID_INPUT_REG1, "destroyed already");
}

static void test_nested(u64 h, u64 vs)
{
    begin("good", "NESTED_CREATE");
    status(MAKE(NESTED_CREATE, h, 4), BF_STATUS_INVALID_INPUT_REG1, "flag");
    u64 nested = created(MAKE(NESTED_CREATE, h)), for_root = created(MAKE(NESTED_CREATE, h, BF_NESTED_FOR_ROOT));
    want(nested != for_root, 1, "two objects");
    end();
    pages(h, nested);
    copies(h, nested);
    harvests(h, nested);
    identity(h, nested, for_root);
    begin("good", "NESTED_ATTACH");
    status(MAKE(NESTED_ATTACH, h, nested, NO_OBJECT), BF_STATUS_INVALID_INPUT_REG2, "no VS");
    status(MAKE(NESTED_ATTACH, h, for_root, vs), BF_STATUS_INVALID_INPUT_REG2, "not the root VM's");
    silent(MAKE(NESTED_ATTACH, h, nested, vs));
    status(MAKE(NESTED_DESTROY, h, nested), BF_STATUS_FAILURE_UNKNOWN, "to destroy what is attached");
    end();
    begin("good", "NESTED_DETACH");
    status(MAKE(NESTED_DETACH, h, nested, NO_OBJECT), BF_STATUS_INVALID_INPUT_REG2, "no VS");
    status(MAKE(NESTED_DETACH, h, for_root, vs), BF_STATUS_FAILURE_UNKNOWN, "it has others");
    silent(MAKE(NESTED_DETACH, h, nested, vs));
    status(MAKE(NESTED_DETACH, h, nested, vs), BF_STATUS_FAILURE_UNKNOWN, "it has none");
    end();
    begin("checks", "NESTED_GUARD");
    status(MAKE(NESTED_GUARD, h, vs), BF_STATUS_INVALID_INPUT_REG1, "not the root VM's");
    end();
    begin("good", "NESTED_DESTROY");
    destroy_nested(nested);
    destroy_nested(for_root);
    end();
}

static u64 tables_of(u64 vs) { return MAKE(VS_READ, client_handle, vs, REG_OF(N_CR3, EPT_POINTER)).reg[0]; }

void test_guard(u64 root)
{
    u64 before = tables_of(root);
    begin("good", "NESTED_GUARD");
    silent(MAKE(NESTED_GUARD, client_handle, root));
    want(tables_of(root) != before, 1, "whether the VS has other tables");
    silent(MAKE(NESTED_GUARD, client_handle, root));
    end();
}

/** map_trap and map_pass check alike. */
static void map_ranges(u32 number, u64 ports)
{
    const u64 h = client_handle;
    status(make(number, h, ports, 0x10000, 0x10000, 3, 0), BF_STATUS_INVALID_INPUT_REG2, "no port");
    status(make(number, h, ports, 2, 1, 3, 0), BF_STATUS_INVALID_INPUT_REG3, "backwards");
    status(make(number, h, ports, 2, 0x10000, 3, 0), BF_STATUS_INVALID_INPUT_REG3, "behind the end");
    status(make(number, h, ports, 2, 3, 0, 0), BF_STATUS_INVALID_INPUT_REG4, "no access");
    status(make(number, h, ports, 2, 3, BF_MAP_ALWAYS, 0), BF_STATUS_INVALID_INPUT_REG4, "no kind of access");
}

static void attach_map(u64 h, u64 map, u64 vs)
{
    begin("good", "MAP_ATTACH");
    status(MAKE(MAP_ATTACH, h, map, NO_OBJECT), BF_STATUS_INVALID_INPUT_REG2, "no VS");
    silent(MAKE(MAP_ATTACH, h, map, vs));
    status(MAKE(MAP_DESTROY, h, map), BF_STATUS_FAILURE_UNKNOWN, "to destroy what is attached");
    end();
    begin("good", "MAP_DETACH");
    status(MAKE(MAP_DETACH, h, map, NO_OBJECT), BF_STATUS_INVALID_INPUT_REG2, "no VS");
    silent(MAKE(MAP_DETACH, h, map, vs));
    status(MAKE(MAP_DETACH, h, map, vs), BF_STATUS_FAILURE_UNKNOWN, "it has none");
    end();
    begin("good", "MAP_DESTROY");
    silent(MAKE(MAP_DESTROY, h, map));
    want(MAKE(MAP_QUERY, h, map, 0x10).status == BF_STATUS_SUCCESS, 0, "whether it is still there");
    status(MAKE(MAP_DESTROY, h, map), BF_STATUS_INVALID_INPUT_REG1, "destroyed already");
    end();
}

static void test_maps(u64 h, u64 vs)
{
    begin("good", "MAP_CREATE");
    status(MAKE(MAP_CREATE, h, BF_MAP_IO + 1), BF_STATUS_INVALID_INPUT_REG1, "kind");
    u64 msrs = created(MAKE(MAP_CREATE, h, BF_MAP_MSR)), ports = created(MAKE(MAP_CREATE, h, BF_MAP_IO));
    want(msrs != ports, 1, "two objects");
    end();
    begin("good", "MAP_QUERY");
    gives(MAKE(MAP_QUERY, h, msrs, 0x10), 0);
    gives(MAKE(MAP_QUERY, h, msrs, 0x2000), BF_MAP_ACCESSES | BF_MAP_ALWAYS);
    status(MAKE(MAP_QUERY, h, ports, 0x10000), BF_STATUS_INVALID_INPUT_REG2, "no port");
    end();
    begin("good", "MAP_TRAP");
    map_ranges(BF_SYSCALL_MAP_TRAP, ports);
    gives(MAKE(MAP_TRAP, h, msrs, 0x10, 0x11, BF_MAP_READS), 0);
    gives(MAKE(MAP_TRAP, h, msrs, 0x1fff, 0x2003, BF_MAP_ACCESSES), 4);
    gives(MAKE(MAP_TRAP, h, ports, 0x60, 0x61, BF_MAP_ACCESSES), 0);
    want(MAKE(MAP_QUERY, h, msrs, 0x11).reg[0], BF_MAP_READS, "an MSR");
    want(MAKE(MAP_QUERY, h, msrs, 0x12).reg[0], 0, "the next MSR");
    want(MAKE(MAP_QUERY, h, ports, 0x61).reg[0], BF_MAP_ACCESSES, "a port");
    end();
    begin("checks", "MAP_PASS");
    map_ranges(BF_SYSCALL_MAP_PASS, ports);
    end();
    begin("good", "MAP_PASS");
    gives(MAKE(MAP_PASS, h, msrs, 0x10, 0x10, BF_MAP_ACCESSES), 0);
    gives(MAKE(MAP_PASS, h, msrs, 0x1fff, 0x2003, BF_MAP_ACCESSES), 4);
    want(MAKE(MAP_QUERY, h, msrs, 0x10).reg[0], 0, "an MSR");
    want(MAKE(MAP_QUERY, h, msrs, 0x11).reg[0], BF_MAP_READS, "the next MSR");
    end();
    attach_map(h, msrs, vs);
    attach_map(h, ports, vs);
}

static void test_statistics(u64 h)
{
    u64 pp = this_pp();
    begin("good", "STATISTICS_POOL");
    gives(MAKE(STATISTICS_POOL, h, BF_POOL_VMS), BF_INVALID_ID);
    for (u64 pool = BF_POOL_PAGES; pool <= BF_POOL_REGISTERS; pool++) {
        struct result result = MAKE(STATISTICS_POOL, h, pool);
        good(result);
        want(result.reg[1] <= result.reg[0] && result.reg[0] != 0, 1, "use and size of a pool");
    }
    status(MAKE(STATISTICS_POOL, h, BF_POOL_REGISTERS + 1), BF_STATUS_INVALID_INPUT_REG1, "pool");
    end();
    begin("good", "STATISTICS_EXITS");
    struct result exits = MAKE(STATISTICS_EXITS, h, pp, EXIT(CPUID));
    good(exits);
    want(exits.reg[0] >= 2 && exits.reg[0] < 1000, 1, "exits for CPUID");
    good(MAKE(STATISTICS_EXITS, h, pp, ~0ull));
    status(MAKE(STATISTICS_EXITS, h, 1000, EXIT(CPUID)), BF_STATUS_INVALID_INPUT_REG1, "processor");
    status(MAKE(STATISTICS_EXITS, h, pp, 0x1000), BF_STATUS_INVALID_INPUT_REG2, "reason");
    end();
    begin("good", "STATISTICS_CALLS");
    struct result first = MAKE(STATISTICS_CALLS, h, pp, BF_SYSCALL_STATISTICS_CALLS);
    good(first);
    want(first.reg[0] >> 32, 0, "upper half of the count");
    gives(MAKE(STATISTICS_CALLS, h, pp, BF_SYSCALL_STATISTICS_CALLS), first.reg[0] + 1);
    status(MAKE(STATISTICS_CALLS, h, 1000, BF_SYSCALL_VM_CREATE), BF_STATUS_INVALID_INPUT_REG1, "processor");
    status(MAKE(STATISTICS_CALLS, h, pp, 0xe0002), BF_STATUS_INVALID_INPUT_REG2, "call");
    end();
    begin("good", "MEMORY_GROW");
    gives(MAKE(MEMORY_GROW, h, 0), INITIAL_PAGES);
    struct result grown = MAKE(MEMORY_GROW, h, MOST_PAGES);
    gives(grown, MOST_PAGES);
    if (grown.status == BF_STATUS_SUCCESS && grown.reg[0] == MOST_PAGES)
        want(*last_word, 0, "the last page's last word"), *last_word = 1, want(*last_word, 1, "the same, written");
    gives(MAKE(MEMORY_GROW, h, INITIAL_PAGES), MOST_PAGES);
    status(MAKE(MEMORY_GROW, h, MOST_PAGES + 1), BF_STATUS_INVALID_INPUT_REG1, "more than its most");
    status(MAKE(MEMORY_GROW, h, 1ull << 63), BF_STATUS_INVALID_INPUT_REG1, "a negative number");
    end();
    begin("checks", "PP_KICK");
    status(MAKE(PP_KICK, h, 1000), BF_STATUS_INVALID_INPUT_REG1, "processor");
    end();
    // What comes of a kick: life.c
    begin("good", "PP_KICK");
    silent(MAKE(PP_KICK, h, pp));
    end();
}

void test_objects(void)
{
    u64 h = client_handle;
    refuse("handle", CALLS, h + 1, BF_STATUS_FAILURE_INVALID_HANDLE);
    WANTS_OBJECT(NESTED_DESTROY);
    WANTS_OBJECT(NESTED_MAP);
    WANTS_OBJECT(NESTED_UNMAP);
    WANTS_OBJECT(NESTED_PROTECT);
    WANTS_OBJECT(NESTED_TRANSLATE);
    WANTS_OBJECT(NESTED_IDENTITY);
    WANTS_OBJECT(NESTED_ATTACH);
    WANTS_OBJECT(NESTED_DETACH);
    WANTS_OBJECT(NESTED_FLUSH);
    WANTS_OBJECT(NESTED_GUARD);
    WANTS_OBJECT(NESTED_COPY);
    WANTS_OBJECT(NESTED_HARVEST);
    WANTS_OBJECT(MAP_DESTROY);
    WANTS_OBJECT(MAP_TRAP);
    WANTS_OBJECT(MAP_PASS);
    WANTS_OBJECT(MAP_QUERY);
    WANTS_OBJECT(MAP_ATTACH);
    WANTS_OBJECT(MAP_DETACH);
    WANTS_OBJECT(FPU_READ);
    WANTS_OBJECT(FPU_WRITE);
    WANTS_OBJECT(MSR_READ);
    WANTS_OBJECT(MSR_WRITE);
    u64 vm = MAKE(VM_CREATE, h).reg[0], vp = MAKE(VP_CREATE, h, vm).reg[0];
    u64 vs = MAKE(VS_CREATE, h, vp, this_pp()).reg[0];
    test_nested(h, vs);
    registers(h, vs);
    msrs(h, vs);
    test_maps(h, vs);
    test_statistics(h);
    MAKE(VS_DESTROY, h, vs);
    MAKE(VP_DESTROY, h, vp);
    MAKE(VM_DESTROY, h, vm);
}
