//! The `lamplit` binary.

fn main() {}
