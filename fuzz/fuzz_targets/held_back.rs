#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lamplit_fuzz::check("held_back", bytes));
