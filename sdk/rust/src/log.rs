// SPDX-License-Identifier: MIT
//! Lines in the debug ring

use core::fmt;

use crate::{abi, guest};

/// Longest line, its newline included; what is longer is cut.
const LINE_BYTES: usize = 256;

/// A line that is being put together; it is printed at once, so that lines of several processors do not mix.
pub struct Line {
    length: usize,
    text: [u8; LINE_BYTES],
}

impl Line {
    /// Prints a line behind the number of this processor; what `log!` calls.
    #[cold]
    #[inline(never)]
    pub fn print(arguments: fmt::Arguments) {
        let mut line = Line { length: 0, text: [0; LINE_BYTES] };
        // It never fails: what is too long is cut.
        let _ = fmt::write(&mut line, format_args!("PP {}: {arguments}", guest::this_pp().0));
        line.text[line.length] = b'\n';
        let _ = unsafe { abi::debug_write_str(line.text.as_ptr() as u64, line.length as u64 + 1) };
    }
}

impl fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = LINE_BYTES - 1 - self.length;
        let bytes = &text.as_bytes()[..text.len().min(room)];
        self.text[self.length..self.length + bytes.len()].copy_from_slice(bytes);
        self.length += bytes.len();
        Ok(())
    }
}

/// Writes a line to the debug ring and the serial port, behind the number of this processor; `bfm dump` shows it. Takes
/// what `format!` takes.
#[macro_export]
macro_rules! log {
    ($($argument:tt)*) => {
        $crate::Line::print(format_args!($($argument)*))
    };
}

impl fmt::Debug for abi::Status {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "status {:#x}", self.0)
    }
}
