// What this project needs from Debian: how each package's presence is recognised, and why it is needed

/**
 * @typedef {object} DebianPackage
 * @property {string} name Name of the Debian package.
 * @property {string} file What only an installed package has: a command on the PATH, or an absolute path.
 * @property {string} why What the project does with it.
 */

/** @type {readonly DebianPackage[]} */
export const packages = [
  { name: "clang", file: "clang", why: "compiles what wasm2c generates" },
  { name: "lld", file: "ld.lld", why: "links kernel and extensions" },
  { name: "llvm", file: "llvm-objcopy", why: "strips, disassembles and symbolises them" },
  {
    name: "libc++-14-dev",
    file: "/usr/lib/llvm-14/lib/libc++.a",
    why: "is the standard library of extensions in C++ that ask for it",
  },
  {
    name: "libunwind-14-dev",
    file: "/usr/lib/llvm-14/lib/libunwind.a",
    why: "finds the handlers of their exceptions",
  },
  { name: "gdb", file: "gdb", why: "steps through extensions, in a test, too" },
  { name: "rustc", file: "rustc", why: "compiles extensions in Rust" },
  { name: "gcc", file: "gcc", why: "builds the Linux driver, as Debian builds its kernel" },
  { name: "make", file: "make", why: "runs Linux's module build" },
  {
    name: "libc6-dev",
    file: "/usr/include/stdio.h",
    why: "builds the test programs that run inside the lab; its headers go with libc++",
  },
  {
    name: "linux-headers-cloud-amd64",
    file: "/usr/share/doc/linux-headers-cloud-amd64",
    why: "builds the Linux driver",
  },
  { name: "kmod", file: "modinfo", why: "looks into Linux's modules" },
  { name: "qemu-system-x86", file: "qemu-system-x86_64", why: "emulates AMD machines" },
  { name: "ovmf", file: "/usr/share/OVMF/OVMF_CODE.fd", why: "boots emulated machines by UEFI" },
  { name: "bochs", file: "bochs-bin", why: "emulates Intel machines, and a second AMD one" },
  { name: "bochs-term", file: "bochs-bin", why: "is the smallest of the displays of which bochs wants one" },
  { name: "bochsbios", file: "/usr/share/bochs/BIOS-bochs-latest", why: "boots Bochs" },
  { name: "vgabios", file: "/usr/share/vgabios/vgabios.bin", why: "boots Bochs" },
  { name: "grub-common", file: "grub-mkrescue", why: "makes the discs that Bochs boots" },
  { name: "grub-pc-bin", file: "/usr/lib/grub/i386-pc/kernel.img", why: "makes the discs that Bochs boots" },
  {
    name: "grub-efi-amd64-bin",
    file: "/usr/lib/grub/x86_64-efi/kernel.img",
    why: "boots Linux on machines with UEFI",
  },
  { name: "xorriso", file: "xorriso", why: "makes the discs that Bochs boots" },
  { name: "mtools", file: "mcopy", why: "fills UEFI boot disks" },
  { name: "sbsigntool", file: "sbsign", why: "signs what machines with Secure Boot start" },
  { name: "openssl", file: "openssl", why: "reads the key for that" },
  { name: "gdisk", file: "sgdisk", why: "divides USB sticks" },
  { name: "e2fsprogs", file: "mke2fs", why: "makes the lab's disk images" },
  { name: "squashfs-tools", file: "mksquashfs", why: "makes the lab's root file system" },
  { name: "cpio", file: "cpio", why: "makes the lab's initial file system" },
  { name: "busybox-static", file: "/usr/share/doc/busybox-static", why: "is the lab's shell" },
];
