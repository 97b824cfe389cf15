//! Menus, XML documents and gemtext pages written line by line.

use lamplit::render::lines::Lines;
use lamplit::render::menu::{ItemType, Menu, gophermap};
use lamplit::render::xml::Xml;

fn wire(build: impl FnOnce(&mut Menu)) -> String {
    let mut menu = Menu::new("example.org", 70);
    build(&mut menu);
    String::from_utf8(menu.to_bytes()).expect("text")
}

#[test]
fn empty_menu_is_a_dot() {
    assert_eq!(wire(|_| ()), ".\r\n");
}

#[test]
fn menu_line_has_four_fields() {
    let long = "x".repeat(100);
    let cut = format!("{}…", "x".repeat(66));
    let wide = "東".repeat(40);
    let wide_cut = format!("{}…", "東".repeat(33));
    let rows: &[(ItemType, &str, &str, &str)] = &[
        (ItemType::Text, "2024-05-01 A", "/a.txt", "02024-05-01 A\t/a.txt\texample.org\t70"),
        (ItemType::Menu, "Films", "/films/", "1Films\t/films/\texample.org\t70"),
        (ItemType::Search, "Search", "/search", "7Search\t/search\texample.org\t70"),
        (ItemType::Info, "", "", "i\tfake\t(NULL)\t0"),
        (ItemType::Info, "```", "", "i ```\tfake\t(NULL)\t0"),
        (ItemType::Info, "=> x", "", "i => x\tfake\t(NULL)\t0"),
        (ItemType::Info, "# x", "", "i# x\tfake\t(NULL)\t0"),
        (ItemType::Text, "=> x", "/a", "0=> x\t/a\texample.org\t70"),
        (ItemType::Error, "Nothing here", "", "3Nothing here\tfake\t(NULL)\t0"),
        (ItemType::Text, "a\tb\r\nc\u{1b}", "/x\ty\r\n", "0a b  c\t/x y\texample.org\t70"),
        (ItemType::Text, &long, "/a", &format!("0{cut}\t/a\texample.org\t70")),
        (ItemType::Text, &wide, "/a", &format!("0{wide_cut}\t/a\texample.org\t70")),
    ];
    for (kind, display, selector, expected) in rows {
        let written = wire(|menu| {
            menu.item(*kind, display, selector);
        });
        assert_eq!(written, format!("{expected}\r\n.\r\n"));
        assert_eq!(expected.matches('\t').count(), 3);
    }
}

#[test]
fn gophermap_omits_its_own_server() {
    let wire = wire(|menu| {
        menu.info("# Essays").blank().item(ItemType::Text, "A", "/a.txt").item(ItemType::Search, "Search", "/search");
        menu.url("The same over Gemini", "gemini://example.org/");
    });
    let mine = "i# Essays\t\ni\t\n0A\t/a.txt\nhThe same over Gemini\tURL:gemini://example.org/\n";
    assert_eq!(gophermap(&wire, "example.org", 70), mine);
    let other = gophermap(&wire, "example.org", 7070);
    assert!(other.contains("0A\t/a.txt\texample.org\t70\n"), "{other}");
}

#[test]
fn url_is_an_item_of_type_h() {
    let wire = wire(|menu| {
        menu.url("The same over Gemini", "gemini://example.org/");
    });
    assert_eq!(wire, "hThe same over Gemini\tURL:gemini://example.org/\texample.org\t70\r\n.\r\n");
}

#[test]
fn text_is_escaped() {
    for (words, expected) in [
        ("a < b && c > \"d\" 'e'", "a &lt; b &amp;&amp; c &gt; &quot;d&quot; 'e'"),
        ("]]>", "]]&gt;"),
        ("&amp;", "&amp;amp;"),
        ("one\r\ntwo\tthree\u{0}\u{1b}[0m", "one two three [0m"),
        ("東京\u{fffe}物語\u{ffff}", "東京物語"),
        ("", ""),
    ] {
        assert_eq!(
            Xml::document("x", &[("y", words)], |xml| xml.text("z", words)),
            format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<x y=\"{expected}\">\n  <z>{expected}</z>\n</x>\n")
        );
    }
}

#[test]
fn elements_are_closed_in_order() {
    let document = Xml::document("a", &[], |xml| {
        xml.element("b", &[], |xml| xml.empty("c", &[("d", "e")]));
        xml.element("f", &[], |xml| xml.text("g", "h"));
    });
    assert_eq!(
        document,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <a>\n  <b>\n    <c d=\"e\"/>\n  </b>\n  <f>\n    <g>h</g>\n  </f>\n</a>\n"
    );
}

fn check(build: impl Fn(&mut Lines) -> &mut Lines, expected: &str) {
    let mut lines = Lines::default();
    build(&mut lines);
    assert_eq!(lines.finish(), expected);
}

#[test]
fn line_keeps_its_type_for_any_text() {
    check(|page| page.text("=> x").text("").text("# y"), " => x\n # y\n");
    check(|page| page.text("a\r\nb\tc\u{1b}[0m"), "a b c [0m\n");
    check(|page| page.link("/a b.gmi", "one\ntwo"), "=> /a%20b.gmi one two\n");
    check(|page| page.link("/a", ""), "=> /a\n");
    check(|page| page.item("x"), "* x\n");
    check(|page| page.heading(9, "x\ny"), "### x y\n");
    check(|page| page.preformatted("a\nb", "x\n```\ny"), "```a b\nx\n ```\ny\n```\n");
}

#[test]
fn blank_lines_are_single_and_only_between_lines() {
    check(|page| page.blank().heading(1, "T").blank().blank().text("x").gemtext("\ny\n\n").blank(), "# T\n\nx\n\ny\n");
    check(|page| page.text("x").gemtext("\n"), "x\n");
}
