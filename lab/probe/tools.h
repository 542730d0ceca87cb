/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* What the lab's tools ask of /dev/bftools: what a program alone may not do. */

#include <linux/ioctl.h>
#include <linux/types.h>

struct bf_request {
    __u32 cpu;   /* the processor that it is for; of a line the one that Linux has chosen */
    __u32 bytes; /* 1, 2, 4 or 8 */
    __u64 at;    /* number of an MSR, physical address, vector, line, count of IPIs */
    __u64 value; /* what was read, or is to be written; milliseconds to wait */
};

#define BF_READ_MSR _IOWR('b', 1, struct bf_request)
#define BF_WRITE_MSR _IOWR('b', 2, struct bf_request)
#define BF_READ_MEMORY _IOWR('b', 3, struct bf_request)
#define BF_WRITE_MEMORY _IOWR('b', 4, struct bf_request)
#define BF_SEND _IOWR('b', 5, struct bf_request)
#define BF_LINE _IOWR('b', 6, struct bf_request)
#define BF_TRIGGER _IOWR('b', 7, struct bf_request)
#define BF_WAIT _IOWR('b', 8, struct bf_request)
#define BF_STORM _IOWR('b', 9, struct bf_request)
