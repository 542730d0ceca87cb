/* SPDX-License-Identifier: MIT */
/* The vmexit callback: a script of steps, one for each exit, which runs a guest beside the root VM */
#include "guest.h"
#include "phases.h"
#include "vendor.h"

#define AMD_INTERCEPT_PAUSE 0x800000u
#define INTEL_PAUSE_EXITING 0x40000000u
#define GENERAL_COUNT 15u
/** How long processors wait for each other, in system calls. */
#define PATIENCE 1000000u

/** Where a processor is in its script, and what the step before left for the next. */
struct script {
    u32 step;
    u64 rip;
    u64 general[GENERAL_COUNT];
    struct guest guest;
};

static struct script scripts[MAX_TESTED_PPS];

/** What processor 0 and the one that unmaps tell each other. */
enum { NOTHING, MAPPED, TOUCHED, UNMAPPED, DONE };
static u32 meeting;
static u32 partner_faulted;

static u32 meeting_is(void) { return __atomic_load_n(&meeting, __ATOMIC_ACQUIRE); }
static void meet(u32 what) { __atomic_store_n(&meeting, what, __ATOMIC_RELEASE); }

#define SHARED_PAGE 0x60000u
#define SHARED_ADDRESS (BF_EXT_DIRECT_BASE + SHARED_PAGE)

static struct script *script(void) { return &scripts[this_pp()]; }
static u64 general(u32 place) { return *(volatile u64 *)((u64)tcb() + BF_TCB_RAX + 8 * place); }

static u64 read(u16 vs, u64 reg)
{
    struct result result = CALL(VS_READ, handle, vs, reg);
    must(result);
    return result.reg[0];
}

static void expect_rip(u16 vs, u64 rip)
{
    expect(read(vs, REG(RIP)), rip, "RIP");
}

static void set_root_ids(void) { set_active_ids(BF_ROOT_VMID, root_vp(this_pp()), root_vs(this_pp())); }
static void set_guest_ids(const struct guest *guest) { set_active_ids(guest->vm, guest->vp, guest->vs); }

#define RUN_ROOT(name)                                                                                              \
    set_root_ids();                                                                                                 \
    must(CALL(name, handle, BF_ROOT_VMID, root_vp(this_pp()), root_vs(this_pp())));
#define RUN_GUEST(name, guest)                                                                                      \
    set_guest_ids(guest);                                                                                           \
    must(CALL(name, handle, 0xabcd0000u | (guest)->vm, 0xabcd0000u | (guest)->vp, 0xabcd0000u | (guest)->vs));

/** The root VS where it exited before, as it was. */
static void expect_root_unmoved(void)
{
    u64 bits = 0;
    for (u32 i = 0; i < GENERAL_COUNT; i++)
        bits |= general(i) ^ script()->general[i];
    expect_rip(root_vs(this_pp()), script()->rip);
    expect(bits, 0, "bits of the root VS's registers that changed");
}

static void expect_exit(const struct entry *entry, u16 vs, u64 reason)
{
    u64 top = BF_EXT_STACK_BASE + this_pp() * BF_EXT_STACK_STRIDE + BF_EXT_STACK_BYTES;
    expect(entry->registers.rdi, vs, "VS that exited");
    expect(entry->registers.rsi, reason, "exit reason");
    expect_entry(entry, top, entry->registers.rdi, entry->registers.rsi, (const char *)vmexit);
}

/** The guest's RBX counts how far it is. */
static void expect_guest(const struct entry *entry, const struct guest *guest, u64 rip, u64 increments)
{
    expect_exit(entry, guest->vs, rip == GUEST_HLT ? EXIT(HLT) : EXIT(CPUID));
    expect_rip(guest->vs, rip);
    expect(general(1), GUEST_RBX + increments, "RBX of the guest");
}

/** The VS that the processor to the left made is this one's now. */
static void begin_migration(void)
{
    u32 pp = this_pp();
    const struct guest *guest = &scripts[pp - 1].guest;
    begin_case("elsewhere", BF_SYSCALL_VS_RUN);
    expect_status(CALL(VS_RUN, handle, guest->vm, guest->vp, guest->vs), BF_STATUS_INVALID_INPUT_REG3, "of another PP");
    end_case();
    begin_case("elsewhere", BF_SYSCALL_VS_DESTROY);
    expect_status(CALL(VS_DESTROY, handle, root_vs(pp - 1)), BF_STATUS_FAILURE_UNKNOWN, "active on another PP");
    end_case();
    begin_case("elsewhere", BF_SYSCALL_VS_MIGRATE);
    expect_status(CALL(VS_MIGRATE, handle, root_vs(pp - 1), pp), BF_STATUS_FAILURE_UNKNOWN, "active on another PP");
    end_case();
    begin_case("run", BF_SYSCALL_VS_MIGRATE);
    must(CALL(VS_MIGRATE, handle, guest->vs, pp));
    RUN_GUEST(VS_RUN, guest)
}

/** Processor 0 uses a page that this one takes away: its next use faults. */
static void unmap_everywhere(void)
{
    begin_case("other_pps", BF_SYSCALL_VM_UNMAP_DIRECT_BROADCAST);
    must(CALL(VM_MAP_DIRECT, handle, BF_ROOT_VMID, SHARED_PAGE));
    expect(faults(SHARED_ADDRESS), 0, "mapped page faults");
    partner_faulted = 0;
    meet(MAPPED);
    u32 patience = PATIENCE;
    while (meeting_is() != TOUCHED && --patience != 0)
        __asm__ volatile("pause");
    expect(patience == 0, 0, "processor 0 does not come");
    must(CALL(VM_UNMAP_DIRECT_BROADCAST, handle, BF_ROOT_VMID, SHARED_ADDRESS));
    expect(faults(SHARED_ADDRESS), 1, "unmapped page can be read here");
    must(CALL(VM_UNMAP_DIRECT_BROADCAST, handle, BF_ROOT_VMID, SHARED_ADDRESS));
    meet(UNMAPPED);
    for (patience = PATIENCE; meeting_is() != DONE && --patience != 0;)
        __asm__ volatile("pause");
    expect(partner_faulted, 1, "unmapped page can be read on processor 0");
    must(CALL(VM_UNMAP_DIRECT_BROADCAST, handle, BF_ROOT_VMID, SHARED_ADDRESS));
    meet(NOTHING);
    end_case();
}

/** A system call that changes nothing. */
static void call_nothing(void)
{
    struct registers registers = {.rax = SIGNED(0xffff)};
    raw_call(&registers);
}

/** Processor 0's part, in an exit for PAUSE: nobody waits for its ring 3, so the page is gone behind its next system call. */
static void be_partner(void)
{
    if (meeting_is() != MAPPED)
        return;
    (void)*(volatile u8 *)SHARED_ADDRESS;
    meet(TOUCHED);
    for (u32 patience = PATIENCE; meeting_is() != UNMAPPED && --patience != 0;)
        call_nothing();
    call_nothing();
    partner_faulted = faults(SHARED_ADDRESS);
    meet(DONE);
}

/** The steps; each ends by running a VS, and the next exit is the next step. */
static void take_step(const struct entry *entry)
{
    struct script *now = script();
    struct guest *guest = &now->guest;
    u32 pp = this_pp();
    switch (now->step++) {
    case 0:
        begin_case("vmexit", SUBJECT_ENTRY);
        expect_exit(entry, root_vs(pp), EXIT(CPUID));
        end_case();
        chain_cases();
        test_active();
        test_active_run_checks();
        test_live_registers();
        begin_case("good", BF_SYSCALL_VS_RUN);
        make_guest(guest);
        now->rip = read(root_vs(pp), REG(RIP));
        for (u32 i = 0; i < GENERAL_COUNT; i++)
            now->general[i] = general(i);
        RUN_GUEST(VS_RUN, guest)
        return;
    case 1:
        expect_guest(entry, guest, GUEST_CPUID1, 0);
        end_case();
        begin_case("good", BF_SYSCALL_VS_RUN_CURRENT);
        must(CALL(VS_RUN_CURRENT, handle));
        return;
    case 2:
        expect_guest(entry, guest, GUEST_CPUID1, 0);
        end_case();
        begin_case("good", BF_SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT);
        must(CALL(VS_ADVANCE_IP_AND_RUN_CURRENT, handle));
        return;
    case 3:
        expect_guest(entry, guest, GUEST_CPUID2, 1);
        end_case();
        begin_case("switch", BF_SYSCALL_VS_RUN);
        RUN_ROOT(VS_RUN)
        return;
    case 4:
        expect_exit(entry, root_vs(pp), EXIT(CPUID));
        expect_root_unmoved();
        end_case();
        begin_case("switch", BF_SYSCALL_VS_ADVANCE_IP_AND_RUN);
        RUN_GUEST(VS_ADVANCE_IP_AND_RUN, guest)
        return;
    case 5:
        expect_guest(entry, guest, GUEST_CPUID3, 2);
        expect_rip(root_vs(pp), now->rip);
        end_case();
        begin_case("active", BF_SYSCALL_VS_ADVANCE_IP_AND_RUN);
        RUN_GUEST(VS_ADVANCE_IP_AND_RUN, guest)
        return;
    case 6:
        expect_guest(entry, guest, GUEST_HLT, 2);
        end_case();
        begin_case("length", BF_SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE);
        set_root_ids();
        must(CALL(VS_ADVANCE_IP_AND_SET_ACTIVE, handle, BF_ROOT_VMID, root_vp(pp), root_vs(pp)));
        expect_rip(guest->vs, GUEST_BEHIND_HLT);
        expect_root_unmoved();
        must(CALL(VS_WRITE, handle, guest->vs, REG(RIP), GUEST_CPUID1));
        must(CALL(VS_WRITE, handle, guest->vs, REG(RBX), GUEST_RBX));
        end_case();
        break;
    case 7:
        if (pp == 0)
            break;
        begin_migration();
        return;
    case 8:
        if (pp == 0)
            break;
        expect_guest(entry, &scripts[pp - 1].guest, GUEST_CPUID1, 0);
        end_case();
        set_root_ids();
        must(CALL(VS_SET_ACTIVE, handle, BF_ROOT_VMID, root_vp(pp), root_vs(pp)));
        begin_case("migrated", BF_SYSCALL_VS_DESTROY);
        destroy_guest(&scripts[pp - 1].guest);
        end_case();
        unmap_everywhere();
        break;
    case 9:
        if (pp == 0 && online_pps > 1) {
            u32 controls = REG_OF(INTERCEPT_INSTRUCTION1, PRIMARY_PROC_BASED_VM_EXECUTION_CTLS);
            u64 pause = is_intel() ? INTEL_PAUSE_EXITING : AMD_INTERCEPT_PAUSE;
            must(CALL(VS_WRITE, handle, root_vs(0), controls, read(root_vs(0), controls) | pause));
        }
        begin_text("DEBUG_DUMP_VMEXIT_LOG/later");
        CALL(DEBUG_DUMP_VMEXIT_LOG, pp);
        end_text();
        print("exits done");
        break;
    }
    RUN_ROOT(VS_ADVANCE_IP_AND_RUN)
}

_Noreturn static void stop(void)
{
    u16 vs = root_vs(this_pp());
    begin_case("good", BF_SYSCALL_VS_PROMOTE);
    must(CALL(VS_PROMOTE, handle, 0xabcd0000u | vs));
    end_case();
    struct registers registers = {.rax = SIGNED(BF_SYSCALL_CONTROL_EXIT)};
    raw_call(&registers);
    for (;;)
        __asm__ volatile("ud2");
}

_Noreturn void vmexit_entered(const struct entry *entry)
{
    volatile struct bf_tcb *block = tcb();
    u32 is_root = entry->registers.rdi == root_vs(this_pp());
    if (is_root && entry->registers.rsi == EXIT(PAUSE)) {
        check_ids(SUBJECT_ENTRY);
        be_partner();
        CALL(VS_ADVANCE_IP_AND_RUN_CURRENT, handle);
    } else if (is_root && (u32)block->rax == BF_CPUID_CONTROL) {
        check_ids(SUBJECT_ENTRY);
        block->rax = BF_CPUID_CONTROL_DONE;
        if ((u32)block->rcx == BF_CPUID_CONTROL_STOP)
            stop();
        CALL(VS_ADVANCE_IP_AND_RUN_CURRENT, handle);
    } else {
        take_step(entry);
    }
    // Only a call that should have run a VS comes here
    end_case();
    print("giving up");
    struct registers registers = {.rax = SIGNED(BF_SYSCALL_CONTROL_EXIT)};
    raw_call(&registers);
    for (;;)
        __asm__ volatile("ud2");
}
