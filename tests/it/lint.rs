//! What `lint` reports of an archive, and what it accepts.

use lamplit::capsule::BuildOptions;
use lamplit::problem::{Problem, Topic};
use lamplit::site::{Site, SiteOptions, lint};
use testkit::capsule::{build_options, capsule_of, sources};

/// Returns the problems of `files`, one line each: `file:line:column topic: what`, with a hint in brackets.
fn found(files: &[(&str, &str)], options: &SiteOptions) -> Vec<String> {
    let build_options = BuildOptions { markdown: options.markdown, ..build_options(1_714_521_600) };
    let now = build_options.now;
    let capsule = capsule_of(&sources(files), &build_options);
    lint(&Site::new(capsule, options, None), now).iter().map(line).collect()
}

fn line(problem: &Problem) -> String {
    let place = problem.place.as_ref().expect("each belongs to a file");
    let at = place.span.as_ref().map(|span| format!(":{}:{}+{}", span.line, span.column, span.length));
    let hint = problem.hint.as_ref().filter(|_| problem.topic == Topic::DeadLink);
    let hint = hint.map(|hint| format!(" ({hint})"));
    let (at, hint) = (at.unwrap_or_default(), hint.unwrap_or_default());
    format!("{}{at} {} {}: {}{hint}", place.file, problem.severity, problem.topic, problem.what)
}

/// Checks the problems of an essay `films/a.md` with `body` behind four lines of front matter; `expected` leaves out the
/// name of the file.
fn check(body: &str, expected: &[&str]) {
    let essay = format!("---\ntitle: A\ndate: 2024-01-01\n---\n{body}");
    let draft = "---\ndraft: true\n---\n";
    let files = [
        ("films/a.md", essay.as_str()),
        ("films/2023-02-01-b.md", "# B side\n"),
        ("films/draft.md", draft),
        ("films/still.png", ""),
        ("films/future.md", "---\npublish: 2024-01-01\nexpirydate: 2024-02-01\n---\n"),
        ("index.md", "# Essays\n"),
        ("notes.gmi", "# Notes\n"),
        ("plays/twin.md", "# Twin\n"),
        ("poems/twin.md", "# Twin in verse\n"),
    ];
    let found = found(&files, &SiteOptions::standard(&lamplit::host::HostName::localhost()));
    let found: Vec<&str> = found.iter().map(|line| line.strip_prefix("films/a.md:").unwrap_or(line)).collect();
    assert_eq!(found, expected, "{body}");
}

#[test]
fn link_to_something_is_accepted() {
    for body in [
        "[b](2023-02-01-b.md) [b](b) [b](../films/b/) [b](/2023/02/01/b.html) [b](b.md#part)\n",
        "[home](/) [home](..) [home](../index.md) [films](/films/) [here](.) [me](a.md) [top](#top) [q](?page=2)\n",
        "[n](../notes.gmi) [n](/notes) [z](@/notes.md) [still](still.png) [robots](/robots.txt)\n",
        "[[B side]] [[2023-02-01-b|that]] [[notes]]\n",
        "<https://example.org/> https://example.org [w](//example.org/x) [m](mailto:a@example.org) [t](tel:1)\n",
        "`[code](nowhere.md)`\n\n    [code](nowhere.md)\n",
        "![a still](still.png) ![far](https://example.org/x.png) ![](still.png \"A still\") ![d](data:image/png,x)\n",
    ] {
        check(body, &[]);
    }
}

#[test]
fn dead_link_is_reported_with_its_place() {
    check("\n[b](gone.md) x\n", &["6:1+11 error dead-link: `gone.md` leads to nothing in the capsule"]);
    check("é [b](/gone/)\n", &["5:3+10 error dead-link: `/gone/` leads to nothing in the capsule"]);
    check("See [that][g].\n\n[g]: gone.md\n", &["5:5+6 error dead-link: `gone.md` leads to nothing in the capsule"]);
    check(
        "[x](draft.md)\n",
        &["5:1+12 error dead-link: `draft.md` leads to nothing in the capsule (`films/draft.md` is a draft)"],
    );
    check(
        "[x](/films/future/)\n",
        &["5:1+18 error dead-link: `/films/future/` leads to nothing in the capsule (`films/future.md` has expired)"],
    );
    check(
        "[x](/post/twin/)\n",
        &["5:1+15 error dead-link: `/post/twin/` leads to nothing in the capsule (`plays/twin.md` has that name)"],
    );
    check(
        "[[No such]]\n",
        &["5:1+9 warning dead-link: no essay is called `No such`: the link is shown as it is written"],
    );
    check(
        "![A still](gone.png)\n![](still.png)\n",
        &[
            "5:1+19 error missing-picture: the picture `gone.png` is not there",
            "6:1+13 warning missing-alt: the picture has no alternative text",
        ],
    );
}

#[test]
fn text_left_out_of_pages_is_reported() {
    check("Text {{< chart x=1 >}} here.\n", &["5:6+17 warning left-out: the template tag `chart` is left out"]);
    check("<script>x()</script>\n", &["5:1+8 warning left-out: `<script>` is left out with its content"]);
}

#[test]
fn link_to_the_web_archive_is_accepted_if_its_address_is_known() {
    let files = [("a.md", "[x](/only/there.html) [y](only-here)\n")];
    let mut options = SiteOptions::standard(&lamplit::host::HostName::localhost());
    options.web = Some("https://example.org".to_owned());
    let expected = ["a.md:1:23+13 error dead-link: `only-here` leads to nothing in the capsule"];
    assert_eq!(found(&files, &options), expected);
}

#[test]
fn dates_and_covers_and_gemtext_and_robots_are_checked() {
    let files = [
        ("cover.md", "---\nimage: gone.jpg\n---\n"),
        ("future.md", "---\ndate: 2024-06-01\n---\n[x](gone.md)\n"),
        ("lines.gmi", "# Lines\n=> gone.gmi Gone\n=> cover.gmi Here\n"),
        ("robots.txt", "# hello\nUser-agent: *\nDisallow: /x # why\nDisallow:\n\nSitemap: /s.xml\nAllow /\n"),
        ("updated.md", "---\ndate: 2024-01-01\nupdated: 2024-05-02\n---\n"),
    ];
    let expected = [
        "cover.md:2:8+8 error missing-picture: the cover picture `gone.jpg` is not there",
        "future.md:2:7+10 warning future-date: the essay is dated 2024-06-01 and hidden until then",
        "lines.gmi:2:1+11 error dead-link: `gone.gmi` leads to nothing in the capsule",
        "robots.txt:6:1+15 warning robots: crawlers ignore `Sitemap: /s.xml`",
        "robots.txt:7:1+7 warning robots: crawlers ignore `Allow /`",
        "updated.md:3:10+10 warning future-date: the essay says it was changed on 2024-05-02, which is in the future",
    ];
    assert_eq!(found(&files, &SiteOptions::standard(&lamplit::host::HostName::localhost())), expected);
}
