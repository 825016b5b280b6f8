//! The target `car` of lineseal-fuzz.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lineseal_fuzz::car::run(data));
