/* SPDX-License-Identifier: MIT */
/*
 * Loads the kernel that the lab brought along (`--crash-kernel`), for a panic or for at once.
 *
 * Usage: bf-kexec --panic   when this Linux panics, the other one comes up (kdump)
 *        bf-kexec --now     this Linux ends, and the other one comes up
 *
 * The other Linux gets this one's command line, without the reservation for itself.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FOLDER "/usr/lib/bareflank/lab/next"

/* One processor, because the others are as the panic left them; devices that nobody has quieted. */
static const char crash_words[] = " nr_cpus=1 irqpoll reset_devices";

static int fail(const char *what)
{
    fprintf(stderr, "bf-kexec: %s: %s\n", what, strerror(errno));
    return 1;
}

/* This Linux's command line without the word that reserves memory for the other. */
static int command_line(char *line, size_t size)
{
    FILE *file = fopen("/proc/cmdline", "r");
    if (file == NULL)
        return -1;
    char word[512];
    line[0] = '\0';
    while (fscanf(file, "%511s", word) == 1) {
        if (strncmp(word, "crashkernel=", 12) == 0)
            continue;
        if (strlen(line) + strlen(word) + sizeof(crash_words) + 1 >= size)
            break;
        if (line[0] != '\0')
            strcat(line, " ");
        strcat(line, word);
    }
    fclose(file);
    return 0;
}

int main(int argc, char **argv)
{
    int panic = argc == 2 && strcmp(argv[1], "--panic") == 0;
    if (!panic && (argc != 2 || strcmp(argv[1], "--now") != 0)) {
        fprintf(stderr, "Usage: bf-kexec --panic | --now\n");
        return 2;
    }
    int kernel = open(FOLDER "/vmlinuz", O_RDONLY);
    int initramfs = open(FOLDER "/initramfs", O_RDONLY);
    if (kernel < 0 || initramfs < 0)
        return fail("there is no kernel in " FOLDER " (boot the lab with a crash kernel)");
    char line[4096];
    if (command_line(line, sizeof(line)) != 0)
        return fail("/proc/cmdline");
    if (panic)
        strcat(line, crash_words);
    long flags = panic ? KEXEC_FILE_ON_CRASH : 0;
    if (syscall(SYS_kexec_file_load, kernel, initramfs, strlen(line) + 1, line, flags) != 0)
        return fail("kexec_file_load");
    if (panic)
        return 0;
    sync();
    syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_KEXEC, NULL);
    return fail("reboot");
}
