//! The target `index` of lineseal-fuzz.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lineseal_fuzz::index::run(data));
