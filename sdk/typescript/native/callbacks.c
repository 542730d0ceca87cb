// SPDX-License-Identifier: MIT
// Callbacks of an extension that registered functions instead of exporting vmexit and fail: start.S calls these then

#define SDK_GIVE_UP 3 // Next.Fail

u32 sdk_vmexit(u32 vsid, u64 reason)
{
#ifdef MODULE_TABLE
    if (sdk_dispatcher != 0)
        return ((u32(*)(void *, u32, u64))MODULE_TABLE(sdk_dispatcher).func)(&module_instance, vsid, reason);
#endif
    (void)vsid;
    (void)reason;
    return SDK_GIVE_UP;
}

u32 sdk_fail(u64 error, u64 address)
{
#ifdef MODULE_TABLE
    if (sdk_fail_handler != 0)
        return ((u32(*)(void *, u64, u64))MODULE_TABLE(sdk_fail_handler).func)(&module_instance, error, address);
#endif
    (void)error;
    (void)address;
    return SDK_GIVE_UP;
}
