/* SPDX-License-Identifier: MIT */
/* Everything that an extension in C needs */
#ifndef BAREFLANK_EXTENSION_H
#define BAREFLANK_EXTENSION_H

#include <stdbool.h>

#include "bareflank-calls.h"
#include "bareflank-sdk.h"

#include "callbacks.h"
#include "guest.h"
#include "heap.h"
#include "log.h"
#include "message.h"
#include "objects.h"
#include "root.h"
#include "settings.h"
#include "vendor.h"
#include "vs.h"

#endif
