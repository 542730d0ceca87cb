// SPDX-License-Identifier: MIT
//! Messages to the other extensions of a processor

use crate::abi::{self, Status};

/// Finds an extension by its name in the load manifest, of at most 32 characters.
pub fn find_extension(name: &str) -> Result<u64, Status> {
    let mut words = [0u64; 4];
    for (index, byte) in name.bytes().take(32).enumerate() {
        words[index / 8] |= (byte as u64) << (index % 8 * 8);
    }
    abi::message_find(words[0], words[1], words[2], words[3])
}

/// Sends a message, and answers its reply.
pub fn send(extension: u64, message: [u64; 4]) -> Result<[u64; 4], Status> {
    let [word0, word1, word2, word3] = message;
    abi::message_call(extension, word0, word1, word2, word3).map(|(a, b, c, d)| [a, b, c, d])
}
