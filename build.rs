//! Packs what the loader has to relocate, where the system can read that: a twentieth of the program, on disk and in
//! memory.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// For the linker: relative relocations as `DT_RELR` of the ELF specification.
const PACKED: &str = "-Wl,-z,pack-relative-relocs";

/// A program that ends well only if an address in it was relocated.
const PROGRAM: &str = "static int zero; static int *volatile at = &zero; int main(void) { return *at; }\n";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if is_read_here().unwrap_or(false) {
        println!("cargo::rustc-link-arg-bins={PACKED}");
    }
}

/// Whether a program that is linked in this way runs here: linkers that do not know it ignore it, but an older C library
/// (glibc before 2.36) refuses to load what others made of it. None if that cannot be tried.
fn is_read_here() -> Option<bool> {
    let target = env::var("TARGET").ok()?;
    if !target.ends_with("-linux-gnu") || env::var("HOST").ok()? != target {
        return None;
    }
    let folder = PathBuf::from(env::var_os("OUT_DIR")?);
    let (source, program) = (folder.join("relocated.c"), folder.join("relocated"));
    fs::write(&source, PROGRAM).ok()?;
    let is_static = env::var("CARGO_CFG_TARGET_FEATURE").is_ok_and(|all| all.split(',').any(|one| one == "crt-static"));
    let linker = env::var_os("RUSTC_LINKER").unwrap_or_else(|| OsString::from("cc"));
    // Another linker, chosen by `-C link-arg=-fuse-ld=…`, may know it and forget what the C library asks for.
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let chosen = flags.split('\x1f').filter_map(|flag| flag.trim_start_matches("-C").strip_prefix("link-arg="));
    let linked = Command::new(linker)
        .args(chosen)
        .args(["-fPIE", if is_static { "-static-pie" } else { "-pie" }, PACKED, "-o"])
        .args([&program, &source])
        .output()
        .ok()?;
    let is_known = linked.status.success() && linked.stderr.is_empty();
    Some(is_known && Command::new(program).status().ok()?.success())
}
