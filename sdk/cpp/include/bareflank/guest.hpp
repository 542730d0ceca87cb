// SPDX-License-Identifier: MIT
// The guest that exited: its general registers, and CPUID as it would see it alone
#ifndef BAREFLANK_GUEST_HPP
#define BAREFLANK_GUEST_HPP

#include "bareflank/guest.h"

#include "vm.hpp"

namespace bareflank::guest {

/// A general register of the active VS, to read and write in place: `guest::rax = 1`.
template <uint64_t offset> class Register {
  public:
    operator uint64_t() const { return *word(); }
    const Register &operator=(uint64_t value) const {
        *word() = value;
        return *this;
    }
    /// The lower half, which CPUID and MSR instructions use.
    uint32_t low() const { return static_cast<uint32_t>(*word()); }

  private:
    static auto word() { return reinterpret_cast<uint64_t __seg_fs *>(offset); }
};

inline constexpr Register<BF_TCB_RAX> rax{};
inline constexpr Register<BF_TCB_RBX> rbx{};
inline constexpr Register<BF_TCB_RCX> rcx{};
inline constexpr Register<BF_TCB_RDX> rdx{};
inline constexpr Register<BF_TCB_RBP> rbp{};
inline constexpr Register<BF_TCB_RSI> rsi{};
inline constexpr Register<BF_TCB_RDI> rdi{};
inline constexpr Register<BF_TCB_R8> r8{};
inline constexpr Register<BF_TCB_R9> r9{};
inline constexpr Register<BF_TCB_R10> r10{};
inline constexpr Register<BF_TCB_R11> r11{};
inline constexpr Register<BF_TCB_R12> r12{};
inline constexpr Register<BF_TCB_R13> r13{};
inline constexpr Register<BF_TCB_R14> r14{};
inline constexpr Register<BF_TCB_R15> r15{};

/// What an exit other than CPUID's was about: a load each, where a register of the VS is a system call.
template <uint64_t offset> class Told {
  public:
    operator uint64_t() const { return *reinterpret_cast<uint64_t __seg_fs *>(offset); }
};

inline constexpr Told<BF_TCB_EXIT_INFORMATION1> exit_information1{};
inline constexpr Told<BF_TCB_EXIT_INFORMATION2> exit_information2{};
inline constexpr Told<BF_TCB_EXIT_EVENT> exit_event{};
inline constexpr Told<BF_TCB_EXIT_INSTRUCTION> exit_instruction{};
inline constexpr Told<BF_TCB_EXIT_PRIVILEGE> exit_privilege{};
inline constexpr Told<BF_TCB_EXIT_SHADOW> exit_shadow{};
inline constexpr Told<BF_TCB_EXIT_PRIORITY> exit_priority{};
inline constexpr Told<BF_TCB_EXIT_RIP> exit_rip{};
inline constexpr Told<BF_TCB_EXIT_NEXT_RIP> exit_next_rip{};
inline constexpr Told<BF_TCB_EXIT_RFLAGS> exit_rflags{};
inline constexpr Told<BF_TCB_EXIT_CODE> exit_code{};

/// The active VS.
inline Vs vs() { return bf_active_vs(); }
/// Current privilege level: 0 for an operating system's kernel, 3 for its programs.
inline uint32_t privilege() { return bf_guest_privilege(); }
/// Gives CPUID this answer.
inline void answer(uint32_t eax, uint32_t ebx, uint32_t ecx, uint32_t edx) { bf_guest_answer(eax, ebx, ecx, edx); }
/// Gives CPUID the answer of the processor alone.
inline void answer_cpuid() { bf_guest_answer_cpuid(); }
/// Gives CPUID the answer to BF_CPUID_HYPERVISOR_BASE: the product's name, and its highest leaf.
inline void answer_signature() { bf_guest_answer_signature(); }

} // namespace bareflank::guest

namespace bareflank {

/// The processor that this runs on.
inline Pp this_pp() { return bf_this_pp(); }

} // namespace bareflank

#endif
