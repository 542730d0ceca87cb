// SPDX-License-Identifier: MIT
// Intrinsics of firmware.ts, and of the architecture's handoff.ts: the hand-off keeps to the System V ABI everywhere

u64 handoff_demote(u64 state) __attribute__((sysv_abi));
u64 handoff_page(void) __attribute__((sysv_abi));
u64 processor_procedure(void *argument);
/* `bfm efi install --sign` writes it. */
static const u8 file_digests[4096] __attribute__((section(".digests"), used));

extern char image_base[] __asm__("__ImageBase");

/* PE32+ (Microsoft PE and COFF specification): where the header is, and in it the image's size. */
#define PE_HEADER (*(u32 *)(image_base + 0x3c))
#define IMAGE_BYTES (*(u32 *)(image_base + PE_HEADER + 24 + 56))

INTRINSIC(u64, handoff, demote, u64 state) { return handoff_demote(state); }
INTRINSIC0(u64, handoff, page) { return handoff_page(); }

INTRINSIC(u64, firmware, call, u64 address, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f, u64 g)
{
    return ((u64(*)(u64, u64, u64, u64, u64, u64, u64))address)(a, b, c, d, e, f, g);
}
INTRINSIC0(u64, firmware, processorProcedure) { return (u64)processor_procedure; }
INTRINSIC0(u64, firmware, fileDigests)
{
    u64 address = (u64)file_digests;
    /* The compiler knows the content otherwise: zeroes. */
    __asm__("" : "+r"(address));
    return address;
}

INTRINSIC0(u64, firmware, imageBase) { return (u64)image_base; }
INTRINSIC0(u64, firmware, imageBytes) { return (IMAGE_BYTES + 4095) & ~4095ull; }

INTRINSIC(void, firmware, outb, u32 port, u32 value) { __asm__ volatile("outb %b0, %w1" : : "a"(value), "d"(port) : "memory"); }
INTRINSIC(u32, firmware, inb, u32 port)
{
    u8 value;
    __asm__ volatile("inb %w1, %0" : "=a"(value) : "d"(port) : "memory");
    return value;
}
INTRINSIC0(u64, firmware, rdtsc)
{
    u32 low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (u64)high << 32 | low;
}
INTRINSIC0(u64, firmware, disableInterrupts)
{
    u64 flags;
    __asm__ volatile("pushfq\npopq %0\ncli" : "=r"(flags) : : "memory");
    return flags;
}
INTRINSIC(void, firmware, restoreFlags, u64 flags) { __asm__ volatile("pushq %0\npopfq" : : "r"(flags) : "memory", "cc"); }
INTRINSIC(void, firmware, loadTables, u64 base, u32 limit, u32 taskSelector)
{
    struct table_register gdtr = {(u16)limit, base};
    __asm__ volatile("lgdt %0\nltr %w1" : : "m"(gdtr), "r"(taskSelector) : "memory");
}
