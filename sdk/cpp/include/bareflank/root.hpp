// SPDX-License-Identifier: MIT
// The operating system as the root VM, with what it and the loader expect of CPUID
#ifndef BAREFLANK_ROOT_HPP
#define BAREFLANK_ROOT_HPP

#include "bareflank/root.h"

#include "bareflank-sdk.hpp"

#include "next.hpp"
#include "vm.hpp"

namespace bareflank::root {

/// Makes the operating system this processor's root VS, which exits for CPUID: for bootstrap.
inline Vs start(Pp pp) { return bf_root_start(pp); }

/// Hides the hypervisor's memory from the operating system, which reads zeroes there; false when memory runs out.
inline bool hide_hypervisor(Vs root) { return bf_root_hide_hypervisor(root); }

/// Whether this processor is told to leave the hypervisor: the place for totals. root::vmexit answers.
inline bool is_leaving(uint64_t reason) { return bf_root_is_leaving(reason); }

/// CPUID: the processor answers, but for the hypervisor's own leaves.
inline Next cpuid() { return static_cast<Next>(bf_root_cpuid()); }

/// What happens at the exits of an operating system that root::start has started; at any other, give up.
inline Next vmexit(Vs vs, uint64_t reason) { return static_cast<Next>(bf_root_vmexit(vs, reason)); }

} // namespace bareflank::root

#endif
