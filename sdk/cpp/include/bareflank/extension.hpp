// SPDX-License-Identifier: MIT
// Everything that an extension in C++ needs: C++17, header-only; the standard library and exceptions only where
// "runtime": "std" in the field "bareflank" of package.json asks for them
#ifndef BAREFLANK_EXTENSION_HPP
#define BAREFLANK_EXTENSION_HPP

#include "bareflank-sdk.hpp"
#include "bareflank/message.h"

#include "guest.hpp"
#include "heap.hpp"
#include "log.hpp"
#include "map.hpp"
#include "nested.hpp"
#include "root.hpp"
#include "settings.hpp"
#include "vm.hpp"

/// An extension defines these; the start file calls them by their names.
extern "C" {

/// Called on each processor when it starts.
bareflank::Next bootstrap(bareflank::Pp pp);

/// Called for each VM exit; is_exit compares the reason.
bareflank::Next vmexit(bareflank::Vs vs, uint64_t reason);

/// Called, on a stack of its own, when one of the two failed: error is the error code << 32 | vector, address what a
/// page fault was about. An extension without it gives up.
bareflank::Next fail(uint64_t error, uint64_t address);
}

#endif
