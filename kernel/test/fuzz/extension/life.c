/* SPDX-License-Identifier: MIT */
/* The callbacks: each makes some calls at random, then does what it is for
 *
 * -DSEED=n -DCALLS=n choose the calls, and how many each processor makes at most. The choices depend on nothing but the
 * seed, the processor and what earlier calls gave it.
 */
#include "fuzz.h"

#define BATCH 12
#define BATCH_IN_FAIL 4
#define CALLS_IN_START 64
/** It succeeds in bootstrap alone, so it is made there often. */
#define ROOTS_MADE 100
/** The part of the calls that bootstrap makes. */
#define BOOTSTRAP_SHARE 4
/** Exits of the sacrificial VM in a row. */
#define GUEST_RUNS 4
#define VECTOR_BREAKPOINT 3u
#ifdef VERSION_2
#define VERSION BF_SPEC_VERSION_2
#else
#define VERSION BF_SPEC_VERSION_1
#endif
#define LINE_BYTES 200

#ifdef INTEL
#define EXIT_CPUID BF_INTEL_EXIT_CPUID
#define EXIT_HLT BF_INTEL_EXIT_HLT
#else
#define EXIT_CPUID 0x72u
#define EXIT_HLT 0x78u
#define INTERCEPT_CPUID 0x40000u
#define INTERCEPT_VMRUN 0x1u
#endif

struct processor processors[MAX_FUZZED_PPS];
u32 root_vps[MAX_FUZZED_PPS];

void bootstrap(void);
void vmexit(void);
void fail(void);

static struct {
    char text[LINE_BYTES];
    u32 length;
} lines[MAX_FUZZED_PPS];

void print(const char *text)
{
    u32 pp = this_pp();
    for (; *text != 0 && lines[pp].length < LINE_BYTES; text++)
        lines[pp].text[lines[pp].length++] = *text;
}

void print_hex(u64 value)
{
    char text[20] = " 0x";
    for (u32 i = 0; i < 16; i++)
        text[3 + i] = "0123456789abcdef"[value >> (60 - 4 * i) & 15];
    text[19] = 0;
    print(text);
}

/** A line is one call, so that no other processor's comes in between. */
void end_line(void)
{
    u32 pp = this_pp();
    print("\n");
    struct registers registers = {
        .rax = SIGNED(BF_SYSCALL_DEBUG_WRITE_STR), .rdi = (u64)lines[pp].text, .rsi = lines[pp].length};
    raw_call(&registers);
    lines[pp].length = 0;
}

/** xorshift64*, of each processor's own. */
u64 next_random(void)
{
    u64 *state = &mine()->random;
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1dull;
}

u64 below(u64 count) { return (next_random() >> 11) % count; }
u32 once(u64 in) { return below(in) == 0; }

static void batch(u32 calls)
{
    struct processor *p = mine();
    for (u32 i = 0; i < calls && p->left > 0; i++, p->left--) {
        if (!p->failing && once(100))
            __asm__ volatile("int3" : : : "memory");
        random_call();
    }
}

void start_entered(const struct entry *entry)
{
    (void)entry;
    struct processor *p = mine();
    for (u32 pp = 0; pp < MAX_FUZZED_PPS; pp++) {
        processors[pp].random = (SEED + 1ull) * 0x9e3779b97f4a7c15ull + pp;
        processors[pp].left = CALLS;
        processors[pp].running = NOTHING;
    }
    struct registers open = {.rax = SIGNED(BF_SYSCALL_HANDLE_OPEN), .rdi = VERSION};
    raw_call(&open);
    need(BF_SYSCALL_CALLBACK_REGISTER_BOOTSTRAP, (u64)bootstrap, 0, 0);
    need(BF_SYSCALL_CALLBACK_REGISTER_VMEXIT, (u64)vmexit, 0, 0);
    need(BF_SYSCALL_CALLBACK_REGISTER_FAIL, (u64)fail, 0, 0);
    // The root VS of a processor has its number: all are made before anything else is
    u32 online = tcb()->online_pps;
    for (u32 pp = 0; pp < online; pp++) {
        root_vps[pp] = (u32)need(BF_SYSCALL_VP_CREATE, BF_ROOT_VMID, 0, 0).rdi;
        need(BF_SYSCALL_VS_CREATE, root_vps[pp], pp, 0);
    }
    p->failing = 1;
    batch(CALLS_IN_START);
    p->failing = 0;
    need(BF_SYSCALL_CONTROL_WAIT, 0, 0, 0);
}

static void prepare_root(u32 pp)
{
    for (u32 i = 0; i < ROOTS_MADE; i++) {
        need(BF_SYSCALL_VS_INIT_AS_ROOT, pp, 0, 0);
        count_call(BF_SYSCALL_VS_INIT_AS_ROOT);
    }
#ifdef INTEL
#ifdef VERSION_2
    u64 map = need(BF_SYSCALL_MAP_CREATE, BF_MAP_MSR, 0, 0).rdi;
    need(BF_SYSCALL_MAP_ATTACH, map, pp, 0);
#else
    u64 bitmap = need(BF_SYSCALL_MEM_ALLOC_PAGE, 0, 0, 0).rsi;
    need(BF_SYSCALL_VS_WRITE, pp, BF_INTEL_REG_ADDRESS_OF_MSR_BITMAPS, bitmap);
    need(BF_SYSCALL_VS_WRITE, pp, BF_INTEL_REG_PRIMARY_PROC_BASED_VM_EXECUTION_CTLS, 1u << 28);
#endif
    need(BF_SYSCALL_VS_WRITE, pp, BF_INTEL_REG_VIRTUAL_PROCESSOR_IDENTIFIER, 1);
    need(BF_SYSCALL_VS_WRITE, pp, BF_INTEL_REG_VMCS_LINK_POINTER, ~0ull);
    need(BF_SYSCALL_VS_WRITE, pp, BF_INTEL_REG_SECONDARY_PROC_BASED_VM_EXECUTION_CTLS, 0x410102a & ~2u);
    need(BF_SYSCALL_VS_WRITE, pp, BF_INTEL_REG_VMENTRY_CTLS, 1u << 9);
#else
    need(BF_SYSCALL_VS_WRITE, pp, BF_AMD_REG_GUEST_ASID, 1);
    need(BF_SYSCALL_VS_WRITE, pp, BF_AMD_REG_INTERCEPT_INSTRUCTION1, INTERCEPT_CPUID);
    need(BF_SYSCALL_VS_WRITE, pp, BF_AMD_REG_INTERCEPT_INSTRUCTION2, INTERCEPT_VMRUN);
#endif
}

void bootstrap_entered(const struct entry *entry)
{
    (void)entry;
    u32 pp = this_pp();
    prepare_root(pp);
    processors[pp].sacrificial = make_sacrifice() ? 0 : NOTHING;
    batch(CALLS / BOOTSTRAP_SHARE);
    run_call(BF_SYSCALL_VS_RUN, BF_ROOT_VMID, root_vps[pp], pp);
}

static volatile u64 *general(u32 offset) { return (volatile u64 *)((u64)tcb() + offset); }

/** Answers the root VM's CPUID; does not return when it is the command to stop. */
static void answer(void)
{
    u32 leaf = (u32)*general(BF_TCB_RAX), subleaf = (u32)*general(BF_TCB_RCX), b, d;
    if (leaf == BF_CPUID_CONTROL) {
        *general(BF_TCB_RAX) = BF_CPUID_CONTROL_DONE;
        if (subleaf != BF_CPUID_CONTROL_STOP)
            return;
        print_tally();
#ifdef HOLD
        // Whoever wants to look at memory does so now
        for (;;)
            __asm__ volatile("pause");
#endif
        need(BF_SYSCALL_VS_PROMOTE, this_pp(), 0, 0);
    }
    __asm__ volatile("cpuid" : "+a"(leaf), "=b"(b), "+c"(subleaf), "=d"(d));
    *general(BF_TCB_RAX) = leaf;
    *general(BF_TCB_RBX) = b;
    *general(BF_TCB_RCX) = subleaf;
    *general(BF_TCB_RDX) = d;
}

/** Skips what the active VS exited for, and makes another one active. */
static void change_to(u32 vm, u32 vp, u32 vs)
{
    need(BF_SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE, vm, vp, vs);
    count_call(BF_SYSCALL_VS_ADVANCE_IP_AND_SET_ACTIVE);
}

/** Goes on with the root VM, whose CPUID is done, or with the sacrificial VM first. */
_Noreturn static void leave_root(struct processor *p, u32 pp)
{
    const struct sacrifice *g = &p->guest;
    u64 way = below(p->sacrificial == NOTHING ? 2 : 4);
    if (way == 0)
        run_call(BF_SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, 0, 0, 0);
    if (way == 1)
        run_call(BF_SYSCALL_VS_ADVANCE_IP_AND_RUN, BF_ROOT_VMID, root_vps[pp], pp);
    p->sacrificial = 1;
    p->guest_runs = 1 + (u32)below(GUEST_RUNS);
    change_to(g->vm, g->vp, g->vs);
    if (way == 2)
        run_call(BF_SYSCALL_VS_RUN_CURRENT, 0, 0, 0);
    run_call(BF_SYSCALL_VS_RUN, g->vm, g->vp, g->vs);
}

/** Goes on with the sacrificial VM, or back to the root VM. */
_Noreturn static void leave_guest(struct processor *p, u32 pp)
{
    const struct sacrifice *g = &p->guest;
    if (--p->guest_runs > 0 && once(2))
        run_call(BF_SYSCALL_VS_ADVANCE_IP_AND_RUN_CURRENT, 0, 0, 0);
    if (p->guest_runs > 0)
        run_call(BF_SYSCALL_VS_ADVANCE_IP_AND_RUN, g->vm, g->vp, g->vs);
    p->sacrificial = 0;
    u64 way = below(3);
    // Without the first of these it exits for the same instruction again
    if (way != 0)
        change_to(BF_ROOT_VMID, root_vps[pp], pp);
    if (way == 1)
        run_call(BF_SYSCALL_VS_RUN_CURRENT, 0, 0, 0);
    run_call(BF_SYSCALL_VS_RUN, BF_ROOT_VMID, root_vps[pp], pp);
}

void vmexit_entered(const struct entry *entry)
{
    u32 pp = this_pp();
    struct processor *p = &processors[pp];
    count_run();
    if ((u32)entry->registers.rsi != EXIT_CPUID && (u32)entry->registers.rsi != EXIT_HLT) {
        print("fuzz: WRONG exit");
        print_hex(entry->registers.rsi);
        end_line();
        p->bad++;
    }
    u32 expected = p->sacrificial == 1 ? p->guest.vs : pp;
    if ((u32)entry->registers.rdi != expected) {
        print("fuzz: WRONG VS exited");
        end_line();
        p->bad++;
    }
    // Before the batch, whose calls change no register of the VS that exited
    if (p->sacrificial != 1)
        answer();
    batch(BATCH);
    if (p->sacrificial == 1)
        leave_guest(p, pp);
    leave_root(p, pp);
}

void fail_entered(const struct entry *entry)
{
    struct processor *p = mine();
    if ((u32)entry->registers.rdi != VECTOR_BREAKPOINT) {
        print("fuzz: WRONG fault");
        print_hex(entry->registers.rdi);
        print_hex(entry->registers.rsi);
        end_line();
        need(BF_SYSCALL_CONTROL_EXIT, 0, 0, 0);
    }
    p->failing = 1;
    batch(BATCH_IN_FAIL);
    p->failing = 0;
    need(BF_SYSCALL_CONTROL_AGAIN, 0, 0, 0);
}

#ifdef VERSION_2
/** It takes no messages. */
void message_entered(const struct entry *entry)
{
    (void)entry;
    print("fuzz: WRONG message");
    end_line();
}
#endif
