//! Private areas: who may enter, their pages, and that no public page shows anything of them.

mod pages;
mod sockets;

pub(crate) use sockets::identity;

/// A capsule with something private in it.
const FILES: &[(&str, &str)] = &[
    ("index.md", "# Lamps\n"),
    (
        "films/skin.md",
        "---\ndate: 2024-05-01\ntags: [Cinema]\n---\n# The Soft Skin\n\nSee [the letter](/desk/letter.md) and [[A letter]].\n",
    ),
    ("films/jules.md", "---\ndate: 2024-03-01\ntags: [Cinema]\n---\n# Jules and Jim\n"),
    (
        "films/new.md",
        "---\ndate: 2024-04-01\ndraft: true\ntags: [Cinema]\n---\n# Hush\n\nSee [Jules](jules.md) and [early](../_drafts/early.md).\n",
    ),
    ("_drafts/early.md", "# Hush, early\n\n![A hushed lamp](e.jpg)\n"),
    ("_drafts/e.jpg", "hush"),
    ("desk/_index.md", "# My desk\n"),
    (
        "desk/letter.md",
        "---\ndate: 2024-04-02\ntags: [Hush]\n---\n# A letter, hush\n\nSee [the skin](../films/skin.md).\n",
    ),
    ("desk/hush.jpg", "hush"),
    ("deskwork.md", "# Work\n"),
];
