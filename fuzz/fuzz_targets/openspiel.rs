//! Any bytes, split at lines `===NAME` into files: the reader returns findings whose places exist.
#![no_main]

mod folder;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| folder::read(bytes));
