//! GeniusWeb files: any bytes give findings or talks.
#![no_main]

mod folder;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| folder::read(bytes));
