/* SPDX-License-Identifier: MIT */
/*
 * x87 and vector registers across an instruction that exits.
 *
 * Usage: vectors ROUNDS      prints: wrong=N, the rounds in which one of them was not as before
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct state {
    uint64_t xmm[16][2];
    double x87;
    uint32_t mxcsr;
};

#define EACH(do) do(0) do(1) do(2) do(3) do(4) do(5) do(6) do(7) do(8) do(9) do(10) do(11) do(12) do(13) do(14) do(15)
#define LOAD(n) "movdqu " #n "*16(%[in]), %%xmm" #n "\n"
#define STORE(n) "movdqu %%xmm" #n ", " #n "*16(%[out])\n"

static void across_cpuid(const struct state *in, struct state *out)
{
    __asm__ volatile(EACH(LOAD) "fninit\n"
                                "fldl 256(%[in])\n"
                                "ldmxcsr 264(%[in])\n"
                                "xorl %%eax, %%eax\n"
                                "cpuid\n" EACH(STORE) "fstpl 256(%[out])\n"
                                                      "stmxcsr 264(%[out])\n"
                     :
                     : [in] "r"(in), [out] "r"(out)
                     : "rax", "rbx", "rcx", "rdx", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",
                       "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
}

int main(int count, char **words)
{
    int rounds = count > 1 ? atoi(words[1]) : 1, wrong = 0;
    struct state in = {.mxcsr = 0x1fa0}, out;
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < 32; i++)
            in.xmm[i / 2][i % 2] = 0x9e3779b97f4a7c15u * (uint64_t)(round * 32 + i + 1);
        in.x87 = round + 0.5;
        memset(&out, 0, sizeof(out));
        across_cpuid(&in, &out);
        wrong += memcmp(in.xmm, out.xmm, sizeof(in.xmm)) != 0 || in.x87 != out.x87 || in.mxcsr != out.mxcsr;
    }
    printf("wrong=%d\n", wrong);
    return 0;
}
