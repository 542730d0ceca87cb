/* SPDX-License-Identifier: MIT */
/* What the portable loader exports (loader/src/main.ts), and what this glue gives it (loader/src/platform.ts) */
#ifndef BFDRIVER_LOADER_H
#define BFDRIVER_LOADER_H

#include <linux/types.h>

/* Linear memory of the loader's module; package.json: memory.initialKiB, without the first 64. */
#define LOADER_MEMORY_BYTES 0x10000

/* At least the largest argument block: STATUS_ARGS_BYTES. */
#define LOADER_BLOCK_BYTES 1152

/* abi/src/exchange.ts */
#define MOST_RAM_RANGES 32
#define RUN_STEP_BYTES 0x200000

/* abi/src/driver.ts */
#define ERROR_STOP_GUESTS 52

/* loader/src/run.ts */
#define RUN_DONE 0
#define RUN_CANCELLED 1
#define RUN_LOST 2
#define OPERATION_ENTER 2

/* loader/src/control.ts */
#define CONTROL_DONE 0
#define CONTROL_COMMAND 1
#define CONTROL_VERSION 2
#define CONTROL_FAULT 3

/* Its symbol is module_init, which is a macro of Linux's. */
void loader_init(void *memory) asm("module_init");

u32 loaderBlockBytes(u32 command);
u32 loaderControl(u32 command, u64 block);
u32 loaderStatusMeanwhile(u64 block);
void loaderOnCpu(u32 index, u32 operation);
u32 loaderTakeOver(void);
u32 loaderKeepsCpus(void);
void loaderCpuComes(u32 cpu);
void loaderCpuGoes(u32 cpu);
u32 loaderStaysBehind(void);
u32 loaderStop(u32 is_end);
u32 loaderIsInterrupted(void);
u32 loaderStartAgain(void);
u32 loaderBalance(void);
void loaderLeaveNow(u32 index);
u32 loaderLookPeriod(void);
void loaderLook(void);
void loaderWatch(void);
u32 loaderUnload(void);
u32 loaderIsStatus(u32 command);
u32 loaderIsHeld(void);

u64 platform_allocatePages(u32 pages, u32 contiguous);
void platform_freePages(u64 address, u32 pages, u32 contiguous);
u64 platform_physicalAddress(u64 address);
u64 platform_mapReserved(u64 physical, u64 bytes);
void platform_unmapReserved(u64 address);
u32 platform_listRam(void);
u64 platform_ramBase(u32 index);
u64 platform_ramEnd(u32 index);
void platform_watchSignals(u64 address);
u64 platform_now(void);
u32 platform_onlineCpus(void);
u32 platform_listCpus(void);
u32 platform_cpuNumber(u32 index);
void platform_setCpus(u64 numbers, u32 count);
u32 platform_runOnCpu(u32 index, u32 operation);
void platform_sendNmi(u32 index);
u32 platform_tscKhz(void);
u32 platform_injectedFailure(void);
u64 platform_randomNumber(void);
u32 platform_forcedMitigations(void);
u32 platform_debugLevel(void);
u32 platform_copyFromCaller(u64 to, u64 from, u64 bytes);
u32 platform_copyToCaller(u64 to, u64 from, u64 bytes);
void module_trap(u32 code);

/*
 * cpus.c: a status of what is known, if an operation is waiting for a processor right now.
 * False when none is.
 */
bool bf_status_meanwhile(u64 block, u32 *result);

/* cpus.c: before anything else of it, and when nothing runs any more. */
void bf_init_cpus(void);
void bf_exit_cpus(void);
/* cpus.c: the place of this processor in the list; as many as are listed when it has none. */
u32 bf_processor_index(void);
u32 bf_processor_count(void);

/* signal.c: what is called, without delay and not in an interrupt, when the microkernel wants the driver's attention. */
int bf_signals_open(void (*attend)(void));
void bf_signals_close(void);

/* cpus.c: gives this processor back at once, because Linux dies. */
void bf_leave_now(void);

#endif
