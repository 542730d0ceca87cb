// SPDX-License-Identifier: MIT
// Exits that nobody asked for, and those that nobody wants, for extensions in C, C++ and Rust
//
// What abi/src/exit-answers.ts says of each reason; the SDK for TypeScript has the same in exits/unasked.ts. Ports, and
// on AMD control registers, exit only for an extension that asks, and then are its own to carry out.

#include <bareflank-exits.h>

#include <bareflank/log.h>
#include <bareflank/root.h>

#define MSR_TSC 0x10
#define MSR_TSC_AUX 0xc0000103
#define NESTED_PAGING 1
// Events (APM volume 2, 15.20).
#define EVENT_VALID 0x80000000
#define TYPE_EXCEPTION 3
#define TYPE_SOFTWARE 4

static uint64_t get(bf_vs vs, uint32_t reg)
{
    uint64_t value;
    bf_require(bf_vs_read(vs, reg, &value));
    return value;
}

// The register of a VS that holds an MSR; 0: it is the processor's.
static uint32_t register_of(bf_vs vs, uint32_t msr)
{
    switch (msr) {
    case 0x174: return BF_REG_SYSENTER_CS;
    case 0x175: return BF_REG_SYSENTER_ESP;
    case 0x176: return BF_REG_SYSENTER_EIP;
    case 0x1d9: return bf_is_intel ? BF_REG_DEBUG_CONTROL : 0;
    case 0x277: return bf_is_intel || (get(vs, BF_AMD_REG_CTLS1) & NESTED_PAGING) ? BF_REG_PAT : 0;
    case 0xc0000080: return BF_REG_EFER;
    case 0xc0000081: return BF_REG_STAR;
    case 0xc0000082: return BF_REG_LSTAR;
    case 0xc0000083: return BF_REG_CSTAR;
    case 0xc0000084: return BF_REG_SFMASK;
    case 0xc0000100: return BF_REG_FS_BASE;
    case 0xc0000101: return BF_REG_GS_BASE;
    case 0xc0000102: return BF_REG_KERNEL_GS_BASE;
    default: return 0;
    }
}

static uint64_t operand(void) { return bf_guest->rdx << 32 | (uint32_t)bf_guest->rax; }

static enum bf_next give(uint64_t value)
{
    bf_guest->rax = (uint32_t)value;
    bf_guest->rdx = value >> 32;
    return bf_advance_and_run;
}

static enum bf_next access_msr(bf_vs vs, bool is_write)
{
    uint32_t msr = (uint32_t)bf_guest->rcx, reg = register_of(vs, msr);
    uint64_t value = 0;
    bool done = true;
    if (reg != 0 && is_write)
        done = bf_vs_try_set(vs, reg, operand());
    else if (reg != 0)
        value = bf_vs_get(vs, reg);
    else if (bf_guest->active_vm != BF_ROOT_VMID)
        done = false; // the machine's: not for another VM
    else
        done = (is_write ? bf_intrinsic_wrmsr(msr, operand()) : bf_intrinsic_rdmsr(msr, &value)) == BF_STATUS_SUCCESS;
    if (!done)
        return bf_vs_refuse(vs);
    return is_write ? bf_advance_and_run : give(value);
}

static enum bf_next read_time(bf_vs vs, uint64_t reason)
{
    uint64_t time, processor = 0;
    bool has_processor = bf_is_exit(reason, BF_EXIT_RDTSCP);
    if (bf_intrinsic_rdmsr(MSR_TSC, &time) != BF_STATUS_SUCCESS ||
        (has_processor && bf_intrinsic_rdmsr(MSR_TSC_AUX, &processor) != BF_STATUS_SUCCESS))
        return bf_vs_inject_undefined_opcode(vs);
    if (has_processor)
        bf_guest->rcx = (uint32_t)processor;
    return give(time + bf_vs_get(vs, BF_REG_TSC_OFFSET));
}

static enum bf_next write_xcr0(bf_vs vs)
{
    if ((uint32_t)bf_guest->rcx != 0 || !bf_vs_try_set(vs, BF_REG_XCR0, operand()))
        return bf_vs_refuse(vs);
    return bf_advance_and_run;
}

// The registers in the order of their encodings; RSP is the VS's own.
static uint64_t general(bf_vs vs, uint32_t number)
{
    switch (number) {
    case 0: return bf_guest->rax;
    case 1: return bf_guest->rcx;
    case 2: return bf_guest->rdx;
    case 3: return bf_guest->rbx;
    case 4: return get(vs, BF_INTEL_REG_RSP);
    case 5: return bf_guest->rbp;
    case 6: return bf_guest->rsi;
    case 7: return bf_guest->rdi;
    default: return (&bf_guest->r8)[number - 8];
    }
}

// Intel: a move to CR0 or CR4 that changes what is the hypervisor's: CR4.VMXE. The VM reads what it wrote.
static enum bf_next write_control(bf_vs vs)
{
    uint64_t access = get(vs, BF_INTEL_REG_EXIT_QUALIFICATION);
    uint32_t number = access & 15;
    if ((access & 0x30) != 0 || (number != 0 && number != 4))
        return bf_vs_inject_undefined_opcode(vs); // asked for, and nobody carries it out
    uint64_t value = general(vs, access >> 8 & 15);
    if (!bf_vs_try_set(vs, number == 0 ? BF_REG_CR0 : BF_REG_CR4, value))
        return bf_vs_refuse(vs);
    bf_require(bf_vm_tlb_flush((bf_vm){BF_ROOT_VMID}));
    return bf_advance_and_run;
}

// Nobody carries the instruction out. Once for each reason: a program of the VM could fill the debug ring.
static enum bf_next refuse_missing(bf_vs vs, uint64_t reason)
{
    static uint8_t said[BF_LAST_ANSWERED + 1];
    if (!__atomic_test_and_set(&said[reason], __ATOMIC_RELAXED))
        bf_log_number("warning: nobody carries out the instruction of exit ", reason);
    return bf_vs_inject_undefined_opcode(vs);
}

// Machine checks are exceptions: type and vector 18, in the VM or on the way into it (APM volume 2, 15.12; SDM volume 3, 25.9.2).
#define MACHINE_CHECK 18

static bool is_machine_check(bf_vs vs, uint64_t reason)
{
    if (!bf_is_intel)
        return reason == BF_AMD_EXIT_EXCEPTION + MACHINE_CHECK;
    if (reason == (BF_INTEL_EXIT_ENTRY_FAILURE | BF_INTEL_EXIT_MACHINE_CHECK_AT_ENTRY))
        return true;
    return reason == BF_INTEL_EXIT_EXCEPTION_OR_NMI &&
           (get(vs, BF_INTEL_REG_VMEXIT_INTERRUPTION_INFORMATION) & 0x7ff) == (TYPE_EXCEPTION << 8 | MACHINE_CHECK);
}

// Interrupts, NMIs and machine checks are the machine's: those that come while another VM runs are the root VM's.
static bool is_for_root(bf_vs vs, uint64_t reason)
{
    if (bf_guest->active_vm == BF_ROOT_VMID)
        return false;
    if (is_machine_check(vs, reason))
        return true;
    if (!bf_is_intel)
        return reason == BF_AMD_EXIT_INTR || reason == BF_AMD_EXIT_NMI;
    return reason == BF_INTEL_EXIT_EXTERNAL_INTERRUPT ||
           (reason == BF_INTEL_EXIT_EXCEPTION_OR_NMI && bf_intel_is_nmi(vs));
}

// On AMD INT, INT3 and INTO are executed again, and deliver it themselves (APM volume 2, 15.7.2).
void bf_vs_redeliver(bf_vs vs)
{
    if (bf_is_intel) {
        bf_intel_redeliver(vs);
        return;
    }
    uint64_t event = get(vs, BF_AMD_REG_EXITINTINFO);
    uint32_t type = event >> 8 & 7, vector = event & 0xff;
    bool is_instruction = type == TYPE_SOFTWARE || (type == TYPE_EXCEPTION && (vector == 3 || vector == 4));
    if ((event & EVENT_VALID) && !is_instruction && !(get(vs, BF_AMD_REG_EVENTINJ) & EVENT_VALID))
        bf_require(bf_vs_write(vs, BF_AMD_REG_EVENTINJ, event));
}

// The root VM goes on. A machine check's exit has taken it from the processor, on Intel an NMI's, too.
static enum bf_next run_root(bf_vs vs, uint64_t reason)
{
    bool is_checked = is_machine_check(vs, reason);
    bf_vs_redeliver(vs);
    bf_vs root = bf_vs_activate_root();
    if (is_checked)
        return bf_vs_inject(root, MACHINE_CHECK);
    return bf_is_intel && reason == BF_INTEL_EXIT_EXCEPTION_OR_NMI ? bf_intel_deliver_nmi(root) : bf_run;
}

// Reset control of chipsets, whose processors' reset begins by an edge, and the keyboard controller's pulse for it.
#define RESET_CONTROL 0xcf9
#define SYSTEM_RESET 2
#define RESET_PROCESSOR 4
#define KEYBOARD_COMMAND 0x64
#define PULSE_RESET 0xfe
// A port that nobody reads: each access takes about a microsecond.
#define DELAY 0x80
#define PATIENCE 100000

static void out(uint16_t port, uint8_t value) { __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }

static void wait_for_reset(void)
{
    uint8_t nothing;
    for (int i = 0; i < PATIENCE; i++)
        __asm__ volatile("inb %1, %0" : "=a"(nothing) : "Nd"((uint16_t)DELAY));
}

// The third fault in a row resets the operating system's machine (APM volume 2, 8.2.9; SDM volume 3, 6.15), which counts on that.
static enum bf_next reset(void)
{
    if (bf_guest->active_vm != BF_ROOT_VMID)
        return bf_fail;
    out(RESET_CONTROL, SYSTEM_RESET);
    out(RESET_CONTROL, SYSTEM_RESET | RESET_PROCESSOR);
    wait_for_reset();
    out(KEYBOARD_COMMAND, PULSE_RESET);
    wait_for_reset();
    return bf_fail;
}

enum bf_next bf_unasked(bf_vs vs, uint64_t reason)
{
    if (reason == BF_EXIT_KICK)
        return bf_run; // another extension's, and nothing has happened
    if (is_for_root(vs, reason))
        return run_root(vs, reason);
    uint8_t answer = BF_ANSWER_FAIL;
    if (reason <= BF_LAST_ANSWERED)
        answer = bf_is_intel ? bf_intel_answers[reason] : bf_amd_answers[reason];
    switch (answer) {
    case BF_ANSWER_FAIL: return bf_fail;
    case BF_ANSWER_UNDEFINED: return bf_vs_inject_undefined_opcode(vs);
    case BF_ANSWER_SKIP: return bf_advance_and_run;
    case BF_ANSWER_RUN: return bf_run;
    case BF_ANSWER_FLUSH: bf_require(bf_vm_tlb_flush((bf_vm){bf_guest->active_vm})); return bf_advance_and_run;
    case BF_ANSWER_CPUID: bf_guest_answer_cpuid(); return bf_advance_and_run;
    case BF_ANSWER_TIME: return read_time(vs, reason);
    case BF_ANSWER_XSETBV: return write_xcr0(vs);
    case BF_ANSWER_MSR:
        return access_msr(vs, bf_is_intel ? reason == BF_INTEL_EXIT_WRMSR : get(vs, BF_AMD_REG_EXITINFO1) != 0);
    case BF_ANSWER_EVENT: return bf_is_intel && bf_intel_is_nmi(vs) ? bf_intel_deliver_nmi(vs) : bf_fail;
    case BF_ANSWER_NMI_WINDOW: return bf_intel_deliver_waiting_nmi(vs);
    case BF_ANSWER_CONTROL: return bf_is_intel ? write_control(vs) : refuse_missing(vs, reason);
    case BF_ANSWER_WINDOW: return bf_fail;
    case BF_ANSWER_RESET: return reset();
    default: return refuse_missing(vs, reason);
    }
}
