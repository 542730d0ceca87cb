// SPDX-License-Identifier: MIT
// A plugin of QEMU's that counts the instructions which a machine executes, where -icount cannot: its firmware does not get through
//
// Each block of code that QEMU translates adds its instructions when it is entered; one that an exception ends in its middle counts
// whole. VMRUN counts by itself, too: an exit for each. Both sums are written to a file when the machine ends: the plugin's argument
// `to`.
//
// No header of QEMU's is packaged: these are the declarations of its plugin interface, version 1 (docs/devel/tcg-plugins).

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define EXPORTED __attribute__((visibility("default")))

typedef uint64_t plugin_id;
struct block;
struct instruction;
enum inline_operation { INLINE_ADD_U64 };

typedef void (*on_translation)(plugin_id id, struct block *block);
typedef void (*on_end)(plugin_id id, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, on_translation callback);
void qemu_plugin_register_vcpu_tb_exec_inline(struct block *block, enum inline_operation operation, void *word, uint64_t value);
void qemu_plugin_register_atexit_cb(plugin_id id, on_end callback, void *data);
void qemu_plugin_register_vcpu_insn_exec_inline(struct instruction *instruction, enum inline_operation operation, void *word,
                                                uint64_t value);
size_t qemu_plugin_tb_n_insns(const struct block *block);
struct instruction *qemu_plugin_tb_get_insn(const struct block *block, size_t index);
const void *qemu_plugin_insn_data(const struct instruction *instruction);
size_t qemu_plugin_insn_size(const struct instruction *instruction);

EXPORTED int qemu_plugin_version = 1;

// Of all processors: the adding is not atomic, so that the machine must have one, or take turns (-accel tcg,thread=single).
static uint64_t executed, entries;
static char path[4096];

// APM volume 3, VMRUN
static const uint8_t vmrun[] = {0x0f, 0x01, 0xd8};

static void count(plugin_id id, struct block *block)
{
    (void)id;
    size_t instructions = qemu_plugin_tb_n_insns(block);
    qemu_plugin_register_vcpu_tb_exec_inline(block, INLINE_ADD_U64, &executed, instructions);
    for (size_t i = 0; i < instructions; i++) {
        struct instruction *instruction = qemu_plugin_tb_get_insn(block, i);
        if (qemu_plugin_insn_size(instruction) == sizeof vmrun && memcmp(qemu_plugin_insn_data(instruction), vmrun, sizeof vmrun) == 0)
            qemu_plugin_register_vcpu_insn_exec_inline(instruction, INLINE_ADD_U64, &entries, 1);
    }
}

static void write_sums(plugin_id id, void *data)
{
    (void)id, (void)data;
    FILE *file = fopen(path, "w");
    if (file == NULL || fprintf(file, "%llu %llu\n", (unsigned long long)executed, (unsigned long long)entries) < 0 || fclose(file) != 0)
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
    qemu_plugin_register_atexit_cb(id, write_sums, NULL);
    return 0;
}
