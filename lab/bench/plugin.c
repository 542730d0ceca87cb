// SPDX-License-Identifier: MIT
// A plugin of QEMU's that counts the instructions which a machine executes, where -icount cannot: its firmware does not get through
//
// Each block of code that QEMU translates adds its instructions when it is entered; one that an exception ends in its middle counts
// whole. The sum is written to a file when the machine ends: the plugin's argument `to`.
//
// No header of QEMU's is packaged: these are the declarations of its plugin interface, version 1 (docs/devel/tcg-plugins).

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define EXPORTED __attribute__((visibility("default")))

typedef uint64_t plugin_id;
struct block;
enum inline_operation { INLINE_ADD_U64 };

typedef void (*on_translation)(plugin_id id, struct block *block);
typedef void (*on_end)(plugin_id id, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, on_translation callback);
void qemu_plugin_register_vcpu_tb_exec_inline(struct block *block, enum inline_operation operation, void *word, uint64_t value);
void qemu_plugin_register_atexit_cb(plugin_id id, on_end callback, void *data);
size_t qemu_plugin_tb_n_insns(const struct block *block);

EXPORTED int qemu_plugin_version = 1;

// Of all processors: the adding is not atomic, so that the machine must have one, or take turns (-accel tcg,thread=single).
static uint64_t executed;
static char path[4096];

static void count(plugin_id id, struct block *block)
{
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_inline(block, INLINE_ADD_U64, &executed, qemu_plugin_tb_n_insns(block));
}

static void write_sum(plugin_id id, void *data)
{
    (void)id, (void)data;
    FILE *file = fopen(path, "w");
    if (file == NULL || fprintf(file, "%llu\n", (unsigned long long)executed) < 0 || fclose(file) != 0)
        perror(path);
}

EXPORTED int qemu_plugin_install(plugin_id id, const void *machine, int count_of_arguments, char **arguments)
{
    (void)machine;
    static const char name[] = "to=";
    if (count_of_arguments != 1 || strncmp(arguments[0], name, sizeof name - 1) != 0)
        return -1;
    snprintf(path, sizeof path, "%s", arguments[0] + sizeof name - 1);
    qemu_plugin_register_vcpu_tb_trans_cb(id, count);
    qemu_plugin_register_atexit_cb(id, write_sum, NULL);
    return 0;
}
