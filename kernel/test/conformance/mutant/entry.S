// SPDX-License-Identifier: MIT
// The microkernel's entries, with mutant.c between them and the system calls

#define enterFastSyscall mutantFastSyscall
#define enterSyscall mutantSyscall
#define enterExchange mutantExchange
#include "../../../arch/x64/entry.S"
#include "../../../arch/x64/amd/entry.S"
#include "../../../arch/x64/intel/entry.S"
