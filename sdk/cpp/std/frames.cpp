// SPDX-License-Identifier: MIT
// Where the unwinder finds how functions left their frames: in the one image that there is

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

extern "C" {

// The linker script's
extern const char bf_text_end[], bf_frames_table[], bf_frames_table_end[];
void _start();

/// The image's code and its table of frames, as if program headers told of them.
int dl_iterate_phdr(int (*callback)(dl_phdr_info *, size_t, void *), void *data) {
    const auto code = reinterpret_cast<Elf64_Addr>(&_start);
    const auto table = reinterpret_cast<Elf64_Addr>(bf_frames_table);
    Elf64_Phdr headers[2] = {};
    headers[0].p_type = PT_LOAD;
    headers[0].p_flags = PF_R | PF_X;
    headers[0].p_vaddr = code;
    headers[0].p_memsz = reinterpret_cast<Elf64_Addr>(bf_text_end) - code;
    headers[1].p_type = PT_GNU_EH_FRAME;
    headers[1].p_flags = PF_R;
    headers[1].p_vaddr = table;
    headers[1].p_memsz = reinterpret_cast<Elf64_Addr>(bf_frames_table_end) - table;
    dl_phdr_info image = {};
    image.dlpi_name = "";
    image.dlpi_phdr = headers;
    image.dlpi_phnum = 2;
    return callback(&image, sizeof(image), data);
}

/// Names of functions are in no image: `bfm dump` knows them.
int dladdr(const void *, Dl_info *) noexcept { return 0; }
}
