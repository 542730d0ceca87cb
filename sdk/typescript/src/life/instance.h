// SPDX-License-Identifier: MIT
// Intrinsics of instance.ts

#ifdef MODULE_SHARED

// The compiler says this where a call is left over, so only in an extension that reaches one.
void sdk_refuse_shared(void)
    __attribute__((error("services and disposeOnLeave belong to one processor: an extension "
                         "with \"instance\": \"shared\" does without them")));

INTRINSIC0(u32, instance, isShared) { return 1; }
INTRINSIC0(void, instance, requireOwnInstance) { sdk_refuse_shared(); }

#else

INTRINSIC0(u32, instance, isShared) { return 0; }
INTRINSIC0(void, instance, requireOwnInstance) {}

#endif
