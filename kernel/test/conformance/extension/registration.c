/* SPDX-License-Identifier: MIT */
/* Handles and callbacks, and what each call says before they are there */
#include "names.h"
#include "phases.h"

#define ALL_ONES (~0ull)

/** Every other argument is wrong as well: the handle comes first. */
#define REFUSES_HANDLE(name)                                                                                        \
    begin_case("no_handle", BF_SYSCALL_##name);                                                                     \
    expect_status(CALL(name, 0, ALL_ONES, ALL_ONES, ALL_ONES), BF_STATUS_FAILURE_INVALID_HANDLE, "handle 0");       \
    expect_status(CALL(name, ALL_ONES, 0, 0, 0), BF_STATUS_FAILURE_INVALID_HANDLE, "handle -1");                    \
    end_case();

static void open_refuses_versions(void)
{
    const u64 versions[] = {
        0, 1, 3, 6, BF_SPEC_INVALID_VERSION, 0x40000002, 0x200000000, ~(u64)BF_SPEC_ALL_SUPPORTED, ~0ull};
    for (u32 i = 0; i < sizeof(versions) / sizeof(*versions); i++)
        expect_status(CALL(HANDLE_OPEN, versions[i]), BF_STATUS_FAILURE_UNSUPPORTED, "a version that is not there");
}

static void open_gives_handle(void)
{
    struct result result = CALL(HANDLE_OPEN, BF_SPEC_VERSION_1);
    expect_status(result, BF_STATUS_SUCCESS, "first");
    expect(result.reg[0], 0, "the first handle");
    handle = result.reg[0] & 0xffff;
}

static void open_refuses_second(void)
{
    expect_status(CALL(HANDLE_OPEN, BF_SPEC_VERSION_1), BF_STATUS_FAILURE_UNKNOWN, "while one is open");
    expect_status(CALL(HANDLE_OPEN, 0), BF_STATUS_FAILURE_UNSUPPORTED, "the version comes first");
}

static void close_ends_handle(void)
{
    expect_status(CALL(HANDLE_CLOSE, handle + 1), BF_STATUS_FAILURE_INVALID_HANDLE, "another handle");
    expect_status(CALL(HANDLE_CLOSE, handle), BF_STATUS_SUCCESS, "open");
    expect_status(CALL(HANDLE_CLOSE, handle), BF_STATUS_FAILURE_INVALID_HANDLE, "closed already");
}

/** The handle is 0 again, which binaries use literally; upper bits of the argument do not count. */
static void open_again(void)
{
    struct result result = CALL(HANDLE_OPEN, 0xffffffff00000000 | BF_SPEC_ID);
    expect_status(result, BF_STATUS_SUCCESS, "after close");
    expect(result.reg[0], 0, "the second handle");
    handle = result.reg[0] & 0xffff;
}

#define REFUSES_CALLER(name)                                                                                        \
    begin_case("not_owner", BF_SYSCALL_##name);                                                                     \
    expect_status(CALL(name, handle, ALL_ONES, ALL_ONES, ALL_ONES), BF_STATUS_INVALID_PERM_DENIED,                  \
                  "without a vmexit callback");                                                                     \
    expect_status(CALL(name, handle + 7, ALL_ONES, ALL_ONES, ALL_ONES), BF_STATUS_FAILURE_INVALID_HANDLE,           \
                  "the handle comes first");                                                                        \
    end_case();

static const u64 no_code[] = {0, 0x1000, BF_EXT_CODE_BASE - 1, BF_EXT_CODE_BASE + BF_EXT_CODE_BYTES, ALL_ONES};

#define REFUSES_ADDRESSES(name)                                                                                     \
    begin_case("address", BF_SYSCALL_##name);                                                                       \
    for (u32 i = 0; i < sizeof(no_code) / sizeof(*no_code); i++)                                                    \
        expect_status(CALL(name, handle, no_code[i]), BF_STATUS_INVALID_INPUT_REG1, "outside of the code");         \
    end_case();

#define REGISTERS(name, address)                                                                                    \
    begin_case("good", BF_SYSCALL_##name);                                                                          \
    expect_status(CALL(name, handle, (u64)(address)), BF_STATUS_SUCCESS, "first");                                  \
    expect_status(CALL(name, handle, (u64)(address)), BF_STATUS_FAILURE_UNKNOWN, "again");                          \
    expect_status(CALL(name, handle, 0), BF_STATUS_INVALID_INPUT_REG1, "the address comes first");                  \
    end_case();

void test_registration(void)
{
    static const struct test handles[] = {
        {"versions", BF_SYSCALL_HANDLE_OPEN, open_refuses_versions},
        {"good", BF_SYSCALL_HANDLE_OPEN, open_gives_handle},
        {"second", BF_SYSCALL_HANDLE_OPEN, open_refuses_second},
        {"good", BF_SYSCALL_HANDLE_CLOSE, close_ends_handle},
    };
    HANDLE_CALLS(REFUSES_HANDLE)
    OWNER_CALLS(REFUSES_HANDLE)
    RUN_ALL(handles);
    handle = ALL_ONES;
    static const struct test reopen[] = {{"reopen", BF_SYSCALL_HANDLE_OPEN, open_again}};
    RUN_ALL(reopen);
    REFUSES_ADDRESSES(CALLBACK_REGISTER_BOOTSTRAP)
    REFUSES_ADDRESSES(CALLBACK_REGISTER_VMEXIT)
    REFUSES_ADDRESSES(CALLBACK_REGISTER_FAIL)
    REGISTERS(CALLBACK_REGISTER_BOOTSTRAP, bootstrap)
    REGISTERS(CALLBACK_REGISTER_FAIL, fail)
    OWNER_CALLS(REFUSES_CALLER)
    REGISTERS(CALLBACK_REGISTER_VMEXIT, vmexit)
}

#define REFUSES_WRONG_HANDLE(name)                                                                                  \
    begin_case("wrong_handle", BF_SYSCALL_##name);                                                                  \
    expect_status(CALL(name, handle + 1, ALL_ONES, ALL_ONES, ALL_ONES), BF_STATUS_FAILURE_INVALID_HANDLE, "next");  \
    expect_status(CALL(name, handle | 1ull << 32, ALL_ONES, ALL_ONES, ALL_ONES), BF_STATUS_FAILURE_INVALID_HANDLE,  \
                  "upper half");                                                                                    \
    expect_status(CALL(name, ALL_ONES, ALL_ONES, ALL_ONES, ALL_ONES), BF_STATUS_FAILURE_INVALID_HANDLE, "-1");      \
    end_case();

#define REFUSES_SECOND(name, address)                                                                               \
    begin_case("second", BF_SYSCALL_##name);                                                                        \
    expect_status(CALL(name, handle, (u64)(address)), BF_STATUS_FAILURE_UNKNOWN, "registered in _start");           \
    expect_status(CALL(name, handle, 0), BF_STATUS_INVALID_INPUT_REG1, "the address comes first");                  \
    end_case();

void test_handles(void)
{
    HANDLE_CALLS(REFUSES_WRONG_HANDLE)
    OWNER_CALLS(REFUSES_WRONG_HANDLE)
    static const struct test handles[] = {
        {"versions", BF_SYSCALL_HANDLE_OPEN, open_refuses_versions},
        {"second", BF_SYSCALL_HANDLE_OPEN, open_refuses_second},
    };
    RUN_ALL(handles);
    REFUSES_SECOND(CALLBACK_REGISTER_BOOTSTRAP, bootstrap)
    REFUSES_SECOND(CALLBACK_REGISTER_VMEXIT, vmexit)
    REFUSES_SECOND(CALLBACK_REGISTER_FAIL, fail)
}
