#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lamplit_fuzz::check("site", bytes));
