// SPDX-License-Identifier: MIT
// Intrinsics of settings.ts: the area that the toolchain lays out and a note names

extern char bareflank_settings[];
extern const u32 bareflank_settings_bytes;

INTRINSIC0(u64, settings, settingsAddress)
{
    return (u64)bareflank_settings;
}

INTRINSIC0(u32, settings, settingsBytes)
{
    return bareflank_settings_bytes;
}
