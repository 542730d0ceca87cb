// SPDX-License-Identifier: MIT
//! What `bfm load EXTENSION --set key=value` gave this extension

use core::{slice, str};

extern "C" {
    /// Lines `key=value`, a zero behind them; written before the extension was loaded, and never again.
    static bf_settings: u8;
}

/// The value of a setting; the last one of a key counts.
pub fn get(key: &str) -> Option<&'static str> {
    text().lines().rev().find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
}

/// A setting as a number of 64 bits, decimal or hexadecimal (0x...); nothing when it was not given, or, with a line in the
/// debug ring, when it is no such number.
pub fn number(key: &str) -> Option<u64> {
    let value = get(key)?;
    let number = match value.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => value.parse().ok(),
    };
    if number.is_none() {
        crate::log!("warning: setting {}={} is no number", key, value);
    }
    number
}

fn text() -> &'static str {
    let bytes = unsafe {
        let start: *const u8 = core::ptr::addr_of!(bf_settings);
        let mut length = 0;
        while start.add(length).read() != 0 {
            length += 1;
        }
        slice::from_raw_parts(start, length)
    };
    str::from_utf8(bytes).unwrap_or("")
}
