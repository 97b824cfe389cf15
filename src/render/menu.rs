//! Gopher menus (RFC 1436): the only place that writes tabs and the final dot.
//!
//! A line of a menu has four fields divided by tabs. Whatever comes in, a field that goes out holds no tab
//! and no control character, an information line cannot be taken for gemtext by a client that speaks
//! both, and the display string fits a terminal.

use super::{columns, wrap};

/// The widest display string, in columns. RFC 1436 asks for less than 70; older servers and clients cut
/// at 67.
pub const DISPLAY_WIDTH: usize = 67;

/// What an information line says where other lines say where they lead.
const NO_SELECTOR: &str = "fake";
const NO_HOST: &str = "(NULL)";

/// What a line of a menu leads to (RFC 1436, section 3.8, and the types that came into use later).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ItemType {
    /// `0`: a text file.
    Text,
    /// `1`: a menu.
    Menu,
    /// `3`: an error message.
    Error,
    /// `7`: a search, which wants a query.
    Search,
    /// `9`: a binary file.
    Binary,
    /// `g`: a GIF picture.
    Gif,
    /// `h`: a Web page, or any other address in a selector `URL:…`.
    Html,
    /// `i`: a line to read, which leads nowhere.
    Info,
    /// `I`: a picture.
    Image,
    /// `s`: a sound.
    Sound,
    /// `;`: a video.
    Video,
    /// `d`: a document such as PDF.
    Document,
}

impl ItemType {
    /// The character that starts the line.
    pub fn code(self) -> char {
        match self {
            Self::Text => '0',
            Self::Menu => '1',
            Self::Error => '3',
            Self::Search => '7',
            Self::Binary => '9',
            Self::Gif => 'g',
            Self::Html => 'h',
            Self::Info => 'i',
            Self::Image => 'I',
            Self::Sound => 's',
            Self::Video => ';',
            Self::Document => 'd',
        }
    }
}

/// One line of a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuItem {
    /// What the line leads to.
    pub kind: ItemType,
    /// What readers see; too long a text is cut with an ellipsis when it is written.
    pub display: String,
    /// What the client sends to get there; empty for information lines.
    pub selector: String,
}

/// A menu under construction: lines that all lead to the same server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Menu {
    host: String,
    port: u16,
    items: Vec<MenuItem>,
}

impl Menu {
    /// An empty menu whose selectors are to be asked for at `host` and `port`, as advertised.
    pub fn new(host: &str, port: u16) -> Self {
        Self { host: host.to_owned(), port, items: Vec::new() }
    }

    /// Adds a line of any type.
    pub fn item(&mut self, kind: ItemType, display: &str, selector: &str) -> &mut Self {
        self.items.push(MenuItem { kind, display: display.to_owned(), selector: selector.to_owned() });
        self
    }

    /// Adds a line to read. It is cut if it is too long: wrap running text first.
    pub fn info(&mut self, display: &str) -> &mut Self {
        self.item(ItemType::Info, display, "")
    }

    /// Adds running text as lines to read, each behind `indent`, wrapped to the width of a menu.
    pub fn paragraph(&mut self, text: &str, indent: &str) -> &mut Self {
        for line in wrap::split(text, DISPLAY_WIDTH - columns::width(indent)) {
            self.info(&format!("{indent}{line}"));
        }
        self
    }

    /// Adds a line of any type whose `display` is cut so that `tail` can stand whole behind it.
    pub fn entry(&mut self, kind: ItemType, display: &str, tail: &str, selector: &str) -> &mut Self {
        let mut whole = String::with_capacity(display.len() + tail.len());
        columns::push_cut(&mut whole, display, DISPLAY_WIDTH.saturating_sub(columns::width(tail)));
        whole.push_str(tail);
        self.item(kind, &whole, selector)
    }

    /// Adds an empty line.
    pub fn blank(&mut self) -> &mut Self {
        self.info("")
    }

    /// Adds an error message.
    pub fn error(&mut self, display: &str) -> &mut Self {
        self.item(ItemType::Error, display, "")
    }

    /// Adds a line that leads to a `url` of any protocol, as an `h` item.
    pub fn url(&mut self, display: &str, url: &str) -> &mut Self {
        self.item(ItemType::Html, display, &format!("URL:{url}"))
    }

    /// The lines so far.
    pub fn items(&self) -> &[MenuItem] {
        &self.items
    }

    /// The menu as it goes over the wire, with CRLF line ends and the final dot.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut wire = String::with_capacity(self.items.len() * 96 + 3);
        for item in &self.items {
            self.write(&mut wire, item);
        }
        wire.push_str(".\r\n");
        wire.into_bytes()
    }

    fn write(&self, wire: &mut String, item: &MenuItem) {
        let leads_nowhere = matches!(item.kind, ItemType::Info | ItemType::Error);
        wire.push(item.kind.code());
        let display = field(&item.display);
        if item.kind == ItemType::Info && reads_as_gemtext(&display) {
            wire.push(' ');
            columns::push_cut(wire, &display, DISPLAY_WIDTH - 1);
        } else {
            columns::push_cut(wire, &display, DISPLAY_WIDTH);
        }
        wire.push('\t');
        if leads_nowhere {
            wire.push_str(NO_SELECTOR);
            wire.push('\t');
            wire.push_str(NO_HOST);
            wire.push_str("\t0\r\n");
            return;
        }
        wire.push_str(&field(&item.selector));
        wire.push('\t');
        wire.push_str(&field(&self.host));
        wire.push('\t');
        wire.push_str(&self.port.to_string());
        wire.push_str("\r\n");
    }
}

/// A menu of the server at `host` and `port`, as it goes over the wire, as a gophermap: the form in which Bucktooth,
/// gophernicus, pygopherd and others keep menus in files.
///
/// Lines that lead to the same server name no host there, so that they lead to whichever server has the file. Every
/// line keeps its type and at least one tab: what such servers do with lines that have none, or that start with
/// `#`, `!` or `*`, differs. Questions are left out, since a file cannot answer them.
pub fn gophermap(wire: &str, host: &str, port: u16) -> String {
    let mut map = String::with_capacity(wire.len());
    for line in wire.lines().take_while(|line| *line != ".") {
        let mut fields = line.split('\t');
        let mut field = || fields.next().unwrap_or_default();
        let (display, selector, at, number) = (field(), field(), field(), field());
        if display.starts_with(ItemType::Search.code()) {
            continue;
        }
        map.push_str(display);
        map.push('\t');
        if at != NO_HOST {
            map.push_str(selector);
            if at != host || number.parse() != Ok(port) {
                map.extend(["\t", at, "\t", number]);
            }
        }
        map.push('\n');
    }
    map
}

/// The shortest Gopher+ answer (its paper, section 2.6) that lets the UMN client go on, which opens every
/// session by asking for the attributes of the menu: one block that names `host` and `port`, and a dot.
pub fn attributes(host: &str, port: u16) -> String {
    format!("+-1\r\n+INFO: 1{host}\t\t{host}\t{port}\t+\r\n.\r\n")
}

/// Whether a client that draws information lines as gemtext would take this one for a link or a fence.
fn reads_as_gemtext(display: &str) -> bool {
    display.starts_with("```") || display.starts_with("=>")
}

/// Text that may stand between two tabs: controls, which would end the field or the line, become spaces.
fn field(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(build: impl FnOnce(&mut Menu)) -> String {
        let mut menu = Menu::new("example.org", 70);
        build(&mut menu);
        String::from_utf8(menu.to_bytes()).expect("text")
    }

    #[test]
    fn an_empty_menu_is_a_dot() {
        assert_eq!(wire(|_| ()), ".\r\n");
    }

    #[test]
    fn every_line_has_four_fields() {
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
    fn a_menu_in_a_file_names_no_server_of_its_own() {
        let wire = wire(|menu| {
            menu.info("# Essays").blank().item(ItemType::Text, "A", "/a.txt").item(
                ItemType::Search,
                "Search",
                "/search",
            );
            menu.url("The same over Gemini", "gemini://example.org/");
        });
        let mine = "i# Essays\t\ni\t\n0A\t/a.txt\nhThe same over Gemini\tURL:gemini://example.org/\n";
        assert_eq!(gophermap(&wire, "example.org", 70), mine);
        let other = gophermap(&wire, "example.org", 7070);
        assert!(other.contains("0A\t/a.txt\texample.org\t70\n"), "{other}");
    }

    #[test]
    fn another_protocol_is_reached_by_an_h_item() {
        let wire = wire(|menu| {
            menu.url("The same over Gemini", "gemini://example.org/");
        });
        assert_eq!(wire, "hThe same over Gemini\tURL:gemini://example.org/\texample.org\t70\r\n.\r\n");
    }
}
