/* SPDX-License-Identifier: MIT */
/* The extension's life up to the first exit, and its fail callback */
#include "phases.h"
#include "vendor.h"

#define USER_RFLAGS 0x2u
#define USER_CS 0x2bu
#define USER_SS 0x23u
#define VECTOR_BREAKPOINT 3u
#define VECTOR_PAGE_FAULT 14u
#define USER_READ 4ull

static u16 vps[MAX_TESTED_PPS], vss[MAX_TESTED_PPS];
static volatile u64 expected_fault[MAX_TESTED_PPS];
static volatile u32 faulted[MAX_TESTED_PPS];
static volatile u32 expected_break[MAX_TESTED_PPS];

u16 root_vp(u32 pp) { return vps[pp]; }
u16 root_vs(u32 pp) { return vss[pp]; }

static u64 stack_top(u64 base) { return base + this_pp() * BF_EXT_STACK_STRIDE + BF_EXT_STACK_BYTES; }

void expect_entry(const struct entry *entry, u64 top, u64 rdi, u64 rsi, const char *callback)
{
    const struct registers *r = &entry->registers;
    u64 others = r->rax | r->rbx | r->rdx | r->rbp | r->r8 | r->r9 | r->r10 | r->r12 | r->r13 | r->r14 | r->r15;
    expect_of(SUBJECT_ENTRY, r->rdi, rdi, "RDI at entry");
    expect_of(SUBJECT_ENTRY, r->rsi, rsi, "RSI at entry");
    expect_of(SUBJECT_ENTRY, others, 0, "other registers at entry");
    // SYSRET needs these two
    expect_of(SUBJECT_ENTRY, r->rcx == 0 || callback == 0 || r->rcx == (u64)callback, 1, "RCX at entry");
    expect_of(SUBJECT_ENTRY, r->r11 == 0 || r->r11 == USER_RFLAGS, 1, "R11 at entry");
    expect_of(SUBJECT_ENTRY, entry->rflags, USER_RFLAGS, "RFLAGS at entry");
    expect_of(SUBJECT_ENTRY, entry->cs, USER_CS, "CS at entry");
    expect_of(SUBJECT_ENTRY, entry->ss, USER_SS, "SS at entry");
    expect_of(SUBJECT_ENTRY, entry->rsp, top, "RSP at entry");
    check_ids(SUBJECT_ENTRY);
}

_Noreturn static void give_up(void)
{
    print("giving up");
    struct registers registers = {.rax = SIGNED(BF_SYSCALL_CONTROL_EXIT)};
    raw_call(&registers);
    for (;;)
        __asm__ volatile("ud2");
}

_Noreturn void start_entered(const struct entry *entry)
{
    online_pps = tcb()->online_pps;
    set_active_ids(BF_ROOT_VMID, BF_INVALID_ID, BF_INVALID_ID);
    begin_case("start", SUBJECT_ENTRY);
    expect_entry(entry, stack_top(BF_EXT_STACK_BASE), BF_SPEC_ALL_SUPPORTED, 0, 0);
    end_case();
    test_image();
    test_registration();
    begin_case("good", BF_SYSCALL_CONTROL_WAIT);
    struct registers registers = {.rax = SIGNED(BF_SYSCALL_CONTROL_WAIT)};
    raw_call(&registers);
    give_up();
}

/** The root VM's VP and VS first: its VS has to have the processor's number. */
static void make_root(void)
{
    u32 pp = this_pp();
    vps[pp] = (u16)CALL(VP_CREATE, handle, BF_ROOT_VMID).reg[0];
    vss[pp] = (u16)CALL(VS_CREATE, handle, vps[pp], pp).reg[0];
    write_root_controls(handle, vss[pp]);
    depend_on(BF_SYSCALL_VS_WRITE);
    CALL(VS_INIT_AS_ROOT, handle, vss[pp]);
}

u32 faults(u64 address)
{
    u32 pp = this_pp();
    faulted[pp] = 0;
    expected_fault[pp] = address;
    (void)*(volatile u8 *)address;
    expected_fault[pp] = 0;
    return faulted[pp];
}

u32 repair_expected_fault(u64 address)
{
    u32 pp = this_pp();
    if (expected_fault[pp] == 0 || address != expected_fault[pp])
        return 0;
    faulted[pp] = 1;
    u64 physical = (address & ~0xfffull) - BF_EXT_DIRECT_BASE;
    struct registers registers = {
        .rax = SIGNED(BF_SYSCALL_VM_MAP_DIRECT), .rdi = handle, .rsi = BF_ROOT_VMID, .rdx = physical};
    raw_call(&registers);
    return 1;
}

/** The fail callback gets an assertion's vector, and `again` goes on behind it with all registers. */
static void assertion(void)
{
    expected_break[this_pp()] = 1;
    u64 value = 0x5eed5eed5eed5eed, vector = 0;
    __asm__ volatile("int3\n\tmovl $3, %k1" : "+b"(value), "=&S"(vector) : : "memory");
    expect(value, 0x5eed5eed5eed5eed, "RBX behind the assertion");
    expect(vector, 3, "the next instruction");
    expect(expected_break[this_pp()], 0, "assertions that the fail callback has not seen");
}

_Noreturn void fail_entered(const struct entry *entry)
{
    u32 pp = this_pp();
    u64 top = stack_top(BF_EXT_FAIL_STACK_BASE), vector = (u32)entry->registers.rdi;
    u32 known = 0;
    if (vector == VECTOR_BREAKPOINT && expected_break[pp]) {
        expect_entry(entry, top, VECTOR_BREAKPOINT, 0, (const char *)fail);
        expected_break[pp] = 0;
        known = 1;
    } else if (vector == VECTOR_PAGE_FAULT && repair_expected_fault(entry->registers.rsi)) {
        expect_entry(entry, top, USER_READ << 32 | VECTOR_PAGE_FAULT, entry->registers.rsi, (const char *)fail);
        known = 1;
    }
    if (known) {
        struct registers registers = {.rax = SIGNED(BF_SYSCALL_CONTROL_AGAIN)};
        raw_call(&registers);
        print("again returned");
    }
    give_up();
}

_Noreturn void bootstrap_entered(const struct entry *entry)
{
    u32 pp = this_pp();
    set_active_ids(BF_ROOT_VMID, BF_INVALID_ID, BF_INVALID_ID);
    if (pp == BF_BOOTSTRAP_PPID)
        end_case();
    begin_case("bootstrap", SUBJECT_ENTRY);
    expect_entry(entry, stack_top(BF_EXT_STACK_BASE), pp, 0, (const char *)bootstrap);
    end_case();
    make_root();
    if (pp != BF_BOOTSTRAP_PPID)
        test_image();
    static const struct test recovery[] = {{"assertion", BF_SYSCALL_CONTROL_AGAIN, assertion}};
    RUN_ALL(recovery);
    test_dispatch();
    test_handles();
    test_registers();
    test_vms();
    test_direct_maps();
    test_vps();
    test_vss();
    test_run_checks();
    test_msrs();
    test_memory();
    test_limits();
    test_debug();
    print("bootstrap done");
    CALL(VS_INIT_AS_ROOT, handle, vss[pp]);
    set_active_ids(BF_ROOT_VMID, vps[pp], vss[pp]);
    CALL(VS_RUN, handle, BF_ROOT_VMID, vps[pp], vss[pp]);
    give_up();
}
