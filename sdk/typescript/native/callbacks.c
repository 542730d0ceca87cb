// SPDX-License-Identifier: MIT
// How an instance of the module comes to life, and the callbacks of an extension that registered functions instead of
// exporting vmexit and fail: start.S calls these then

#define SDK_GIVE_UP 3 // Next.Fail

// A function of the module's table, as the C type of its TypeScript's.
#ifdef MODULE_TABLE
#define SDK_CALL(type, index, ...) (((type)MODULE_TABLE(index).func)(&module_instance, ##__VA_ARGS__))
#else
#define SDK_CALL(type, index, ...) SDK_GIVE_UP
#endif

// Of start.S: which callbacks this extension has.
extern bool bf_takes_exits __attribute__((visibility("hidden")));
extern bool bf_takes_messages __attribute__((visibility("hidden")));

// One for each instance.
static MODULE_PER_PROCESSOR bool sdk_is_ready;

// First on each processor, whose instance may be ready: that of the first one is, and so is one that all of them share.
__attribute__((visibility("hidden"))) void bf_begin_processor(void)
{
    if (sdk_is_ready)
        return;
    sdk_is_ready = true;
    module_begin();
    module_init();
}

// Before all callbacks, on the first processor.
__attribute__((visibility("hidden"))) void bf_before_callbacks(void)
{
    bf_begin_processor();
    // The top level of the modules has run: it says whether this is a service
    bf_takes_messages = sdk_answerer != 0;
    bf_takes_exits = !bf_takes_messages;
    if (sdk_loader != 0)
        SDK_CALL(void (*)(void *), sdk_loader);
}

u32 sdk_vmexit(u32 vsid, u64 reason)
{
    module_begin();
    return sdk_dispatcher == 0 ? SDK_GIVE_UP : SDK_CALL(u32 (*)(void *, u32, u64), sdk_dispatcher, vsid, reason);
}

u32 sdk_fail(u64 error, u64 address)
{
    module_begin();
    return sdk_fail_handler == 0 ? SDK_GIVE_UP : SDK_CALL(u32 (*)(void *, u64, u64), sdk_fail_handler, error, address);
}

// A message of another extension: four words, which the answer replaces.
void message(u64 caller, u64 *words)
{
    module_begin();
    SDK_CALL(void (*)(void *, u32, u64), sdk_answerer, (u32)caller, (u64)words);
}
