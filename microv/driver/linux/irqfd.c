// SPDX-License-Identifier: MIT
// Eventfds that call the core when they are signalled

#include <linux/err.h>
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "glue.h"

struct irqfd {
    wait_queue_entry_t wait;
    poll_table poll;
    /* The eventfd's, which lives as long as it is held; NULL: nobody waits there. */
    wait_queue_head_t *head;
    struct eventfd_ctx *event;
    /* Until it is watched. */
    struct file *file;
    bool ended;
    u64 core;
};

/* The lock of the eventfd's queue is held. What is counted there is taken, so that nobody else sees it. */
static int irqfd_signalled(wait_queue_entry_t *wait, unsigned int mode, int sync, void *key)
{
    struct irqfd *irqfd = container_of(wait, struct irqfd, wait);
    __poll_t what = key_to_poll(key);
    u64 count;

    if (what & EPOLLHUP) {
        list_del_init(&wait->entry);
        WRITE_ONCE(irqfd->ended, true);
    }
    if (!(what & EPOLLIN))
        return 0;
    eventfd_ctx_do_read(irqfd->event, &count);
    irqfdRaised(irqfd->core);
    return 1;
}

static void irqfd_wait(struct file *file, wait_queue_head_t *head, poll_table *poll)
{
    struct irqfd *irqfd = container_of(poll, struct irqfd, poll);

    irqfd->head = head;
    add_wait_queue_priority(head, &irqfd->wait);
}

u64 platform_openIrqfd(u64 core, u32 number)
{
    struct irqfd *irqfd = kzalloc(sizeof(*irqfd), GFP_KERNEL_ACCOUNT);
    long error = -EBADF;

    if (!irqfd)
        return (u64)ERR_PTR(-ENOMEM);
    irqfd->file = fget(number);
    if (!irqfd->file)
        goto failed;
    irqfd->event = eventfd_ctx_fileget(irqfd->file);
    if (IS_ERR(irqfd->event)) {
        error = PTR_ERR(irqfd->event);
        fput(irqfd->file);
        goto failed;
    }
    irqfd->core = core;
    return (u64)irqfd;
failed:
    kfree(irqfd);
    return (u64)ERR_PTR(error);
}

u64 platform_eventOf(u64 glue)
{
    return (u64)((struct irqfd *)glue)->event;
}

/* Whoever signals it from now on calls; what was before is told here. */
u32 platform_watchIrqfd(u64 glue)
{
    struct irqfd *irqfd = (struct irqfd *)glue;
    __poll_t events;

    init_waitqueue_func_entry(&irqfd->wait, irqfd_signalled);
    init_poll_funcptr(&irqfd->poll, irqfd_wait);
    events = vfs_poll(irqfd->file, &irqfd->poll);
    fput(irqfd->file);
    irqfd->file = NULL;
    return (events & EPOLLIN) != 0;
}

u32 platform_hasEnded(u64 glue)
{
    return READ_ONCE(((struct irqfd *)glue)->ended);
}

/* Behind the lock of the queue nobody is calling. */
void platform_closeIrqfd(u64 glue)
{
    struct irqfd *irqfd = (struct irqfd *)glue;

    if (irqfd->file)
        fput(irqfd->file);
    if (irqfd->head)
        remove_wait_queue(irqfd->head, &irqfd->wait);
    eventfd_ctx_put(irqfd->event);
    kfree(irqfd);
}
