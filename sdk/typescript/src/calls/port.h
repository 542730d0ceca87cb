// SPDX-License-Identifier: MIT
// Intrinsics of port.ts

INTRINSIC(u32, port, portIn, u32 port, u32 bytes)
{
    u32 value = 0;
    if (bytes == 1)
        __asm__ volatile("inb %w1, %b0" : "+a"(value) : "d"(port) : "memory");
    else if (bytes == 2)
        __asm__ volatile("inw %w1, %w0" : "+a"(value) : "d"(port) : "memory");
    else
        __asm__ volatile("inl %w1, %0" : "+a"(value) : "d"(port) : "memory");
    return value;
}

INTRINSIC(void, port, portOut, u32 port, u32 bytes, u32 value)
{
    if (bytes == 1)
        __asm__ volatile("outb %b0, %w1" : : "a"(value), "d"(port) : "memory");
    else if (bytes == 2)
        __asm__ volatile("outw %w0, %w1" : : "a"(value), "d"(port) : "memory");
    else
        __asm__ volatile("outl %0, %w1" : : "a"(value), "d"(port) : "memory");
}
