//! `lamplit show`.

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};

use crate::support::{lamplit, scratch_folder};

/// A capsule of two essays, one of them a draft, with an introduction two folders above them.
fn essays(folder: &Path) {
    fs::create_dir_all(folder.join("essays/films")).expect("writable");
    let hidden = "---\ntitle: A\ndraft: true\n---\nSee [b](b.md).\n\n<script>x</script>\n";
    for (name, text) in [
        ("essays/index.md", "# Home\n"),
        ("essays/films/a.md", hidden),
        ("essays/films/b.md", "---\nslug: bee\n---\n*Yes.*\n"),
        ("alone.md", "See [b](b.md).\n"),
        ("config.toml", "baseURL = \"https://example.org/\"\n"),
        (
            "lamplit.toml",
            "[[capsule]]\ncontent = \"essays/films\"\n[gemtext]\nemphasis = \"markers\"\n[pages]\nmeta = \"none\"\n\
             back_label = \"Home\"\n",
        ),
    ] {
        fs::write(folder.join(name), text).expect("writable");
    }
}

fn show(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = lamplit();
    command.current_dir(folder).arg("show").args(arguments);
    command.output().expect("the program starts")
}

#[test]
fn shown_page_is_the_one_that_is_served() {
    let folder = scratch_folder();
    essays(folder.path());
    let frame = "---\n1 min read\n\n=> / ← Back to all essays\n";
    let framed = frame.replace("=> / ", "=> /films/ ↑ Up: Films\n=> / ");
    for (arguments, expected) in [
        (
            &["essays/films/a.md"][..],
            format!(
                "# A\n\nSee b.\n\n=> /films/bee.gmi b\n\n{framed}"
            ),
        ),
        (&["alone.md"], format!("# Alone\n\nSee b.\n\n=> b.md b\n\n{frame}")),
        (&["essays/index.md"], "# Home\n\n=> /films/bee.gmi B\n\n=> /films/ Films\n\n=> /search Search\n".to_owned()),
        (
            &["essays/films/b.md", "--config", "lamplit.toml"],
            "# B\n\n_Yes._\n\n---\n\n=> / Home\n".to_owned(),
        ),
        (
            &["essays/films/a.md", "--as", "text"],
            "A\n=\n\n1 min read\n\nSee b [1].\n\nReferences\n----------\n\n[1] gopher://localhost/0/films/bee.txt\n\n                               * * *\n\n\
             ↑ Up: Films\ngopher://localhost/1/films/\n\n← Back to all essays\ngopher://localhost/1/\n"
                .to_owned(),
        ),
    ] {
        let output = show(folder.path(), arguments);
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{arguments:?} {output:?}");
        assert!(output.status.success(), "{output:?}");
    }
}

#[test]
fn closed_pipe_ends_the_command_silently() {
    let folder = scratch_folder();
    fs::write(folder.path().join("long.md"), "A word. ".repeat(100_000)).expect("writable");
    let mut command = lamplit();
    command.current_dir(folder.path()).args(["show", "long.md"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

#[test]
fn content_left_out_is_reported_with_its_line() {
    let folder = scratch_folder();
    essays(folder.path());
    let output = show(folder.path(), &["essays/films/a.md"]);
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "warning: `<script>` is left out with its content\n  --> essays/films/a.md:7:1\n   |\n 7 | \
         <script>x</script>\n   | ^^^^^^^^^^^^^^^^^^\n"
    );
    for (arguments, code) in [(&["gone.md"][..], 1), (&["alone.md", "--config", "config.toml"], 64)] {
        let output = show(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(code), "{output:?}");
    }
}
