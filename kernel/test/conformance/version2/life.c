/* SPDX-License-Identifier: MIT */
/* The lives of both extensions, which are one file: the first that is loaded is the client, the second the service */
#include "case.h"
#include "../extension/vendor.h"

static const struct {
    u32 name_bytes, bytes, type;
    char name[12];
    u32 versions;
} note __attribute__((section(".note.bareflank"), used, aligned(4))) = {
    10, 4, BF_NOTE_EXTENSION_VERSIONS, "Bareflank", BF_SPEC_VERSION_1 | BF_SPEC_VERSION_2};

void bootstrap(void);
void vmexit(void);
void fail(void);
void message(void);

static u16 vps[8], vss[8];
static u32 exits[8];

static u32 is_client(void) { return tcb()->extid == 0; }

static void versions(void)
{
    begin("version_1_has_no_group_9", "MESSAGE_FIND");
    want(MAKE(HANDLE_OPEN, BF_SPEC_VERSION_1).status, BF_STATUS_SUCCESS, "open_handle of version 1");
    want(MAKE(MESSAGE_FIND, HANDLE).status, BF_STATUS_FAILURE_UNSUPPORTED, "status in version 1");
    end();
    test_objects_absent(HANDLE);
    begin("version_1", "HANDLE_CLOSE");
    want(MAKE(HANDLE_CLOSE, HANDLE).status, BF_STATUS_SUCCESS, "status");
    end();
}

static void registration(u64 handle)
{
    begin("checks", "MESSAGE_REGISTER");
    want(MAKE(MESSAGE_REGISTER, handle + 1, (u64)message).status, BF_STATUS_FAILURE_INVALID_HANDLE, "handle");
    want(MAKE(MESSAGE_REGISTER, handle, 0x1000).status, BF_STATUS_INVALID_INPUT_REG1, "no address of code");
    want(MAKE(MESSAGE_REGISTER, handle, (u64)message).status, BF_STATUS_SUCCESS, "status");
    want(MAKE(MESSAGE_REGISTER, handle, (u64)message).status, BF_STATUS_FAILURE_UNKNOWN, "registered already");
    end();
}

u64 client_handle;

_Noreturn void start_entered(const struct entry *entry)
{
    if (is_client())
        versions();
    begin("offered", "HANDLE_OPEN");
    want(entry->registers.rdi, BF_SPEC_ALL_KNOWN, "RDI of _start");
    struct result opened = MAKE(HANDLE_OPEN, BF_SPEC_VERSION_2);
    want(opened.status, BF_STATUS_SUCCESS, "status");
    end();
    u64 handle = opened.reg[0];
    if (is_client()) {
        client_handle = handle;
        test_objects_unowned(handle);
    }
    MAKE(CALLBACK_REGISTER_BOOTSTRAP, handle, (u64)bootstrap);
    if (is_client())
        MAKE(CALLBACK_REGISTER_VMEXIT, handle, (u64)vmexit);
    MAKE(CALLBACK_REGISTER_FAIL, handle, (u64)fail);
    registration(handle);
    MAKE(CONTROL_WAIT);
    give_up();
}

static void run_root(u32 pp)
{
    u64 handle = client_handle;
    vps[pp] = (u16)MAKE(VP_CREATE, handle, BF_ROOT_VMID).reg[0];
    vss[pp] = (u16)MAKE(VS_CREATE, handle, vps[pp], pp).reg[0];
    write_root_controls(handle, vss[pp]);
    MAKE(VS_INIT_AS_ROOT, handle, vss[pp]);
    test_guard(vss[pp]);
    MAKE(VS_RUN, handle, BF_ROOT_VMID, vps[pp], vss[pp]);
    give_up();
}

_Noreturn void bootstrap_entered(const struct entry *entry)
{
    (void)entry;
    if (is_client()) {
        test_names();
        test_messages();
        print_line("bootstrap done");
        run_root(this_pp());
    }
    MAKE(CONTROL_WAIT);
    give_up();
}

_Noreturn void message_entered(const struct entry *entry)
{
    const u64 words[] = {entry->registers.rsi, entry->registers.rdx, entry->registers.r10, entry->registers.r8};
    serve_message(entry->registers.rdi, words);
}

_Noreturn void fail_entered(const struct entry *entry)
{
    if (!is_client())
        repair_service(entry->registers.rdi);
    give_up();
}

static u32 kicks[8];
static u64 vm_rax[8];

/** The processor kicked itself: in place of the entry of its VM, then out of its wait. */
static _Noreturn void kicked(u32 pp)
{
    begin(kicks[pp] == 0 ? "comes" : "good", kicks[pp] == 0 ? "PP_KICK" : "PP_WAIT");
    want(tcb()->rax, vm_rax[pp], "RAX of the VM");
    end();
    if (kicks[pp]++ == 0) {
        MAKE(PP_KICK, client_handle, pp);
        MAKE(PP_WAIT, client_handle);
        give_up();
    }
    // There is no instruction to skip
    MAKE(VS_ADVANCE_IP_AND_RUN_CURRENT, client_handle);
    give_up();
}

_Noreturn void vmexit_entered(const struct entry *entry)
{
    u32 pp = this_pp();
    // What was asked of the driver on Intel: no other exit has that number here
    if (entry->registers.rsi == BF_INTEL_EXIT_NMI_WINDOW)
        MAKE(VS_RUN_CURRENT, client_handle);
    if (entry->registers.rsi == BF_EXIT_KICK)
        kicked(pp);
    if (exits[pp]++ == 1) {
        test_identifiers();
        test_objects();
        test_death();
        print_line("exits done");
    }
    volatile struct bf_tcb *block = tcb();
    u32 leaf = (u32)block->rax, command = (u32)block->rcx, a = 0, b = 0, c = 0, d = 0;
    if (leaf != BF_CPUID_CONTROL)
        __asm__ volatile("cpuid" : "=a"(a), "=b"(b), "=c"(c), "=d"(d) : "a"(leaf), "c"(command));
    block->rax = vm_rax[pp] = a;
    block->rbx = b;
    block->rcx = c;
    block->rdx = d;
    if (leaf == BF_CPUID_CONTROL && command == BF_CPUID_CONTROL_STOP) {
        begin("counted", "PP_KICK");
        want(kicks[pp], 2, "kicks that came");
        end();
        MAKE(VS_PROMOTE, client_handle, vss[pp]);
    }
    MAKE(VS_ADVANCE_IP_AND_RUN_CURRENT, client_handle);
    give_up();
}
