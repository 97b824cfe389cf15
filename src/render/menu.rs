//! Gopher menus (RFC 1436). Only this module writes their tabs and the final dot.
//!
//! A line of a menu has four fields separated by tabs. Fields are written without tabs and control characters, display
//! strings are cut to the width of a terminal, and information lines never look like links or fences of gemtext.

use super::{text, wrap};
use crate::host::GOPHER_PORT;

/// The width of the longest display string, in columns. RFC 1436 allows less than 70, older servers and clients 67.
pub const DISPLAY_WIDTH: usize = 67;

/// The selector and the host of lines that lead nowhere.
const NO_SELECTOR: &str = "fake";
const NO_HOST: &str = "(NULL)";

/// The type of a menu line (RFC 1436, section 3.8, and types introduced later).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ItemType {
    /// A text file.
    Text = '0' as isize,
    /// A menu.
    Menu = '1' as isize,
    /// An error message.
    Error = '3' as isize,
    /// A search, which takes a query.
    Search = '7' as isize,
    /// A Web page, or a URL in a selector `URL:…`.
    Html = 'h' as isize,
    /// A line of text, which leads nowhere.
    Info = 'i' as isize,
}

impl ItemType {
    /// Returns the first character of the line.
    pub fn code(self) -> char {
        char::from(self as u8)
    }
}

/// A menu under construction, whose lines all lead to one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Menu {
    host: String,
    port: u16,
    /// The lines so far, as they are sent.
    wire: String,
}

impl Menu {
    /// Creates an empty menu whose selectors are requested from `host` and `port`.
    pub fn new(host: &str, port: u16) -> Self {
        Self { host: host.to_owned(), port, wire: String::new() }
    }

    /// Adds a line of any type. A long `display` is cut; information lines and errors have no selector.
    pub fn item(&mut self, kind: ItemType, display: &str, selector: &str) -> &mut Self {
        let display = field(display);
        // Clients that display information lines as gemtext would treat this one as a link or a fence.
        let reads_as_gemtext = display.starts_with("```") || display.starts_with("=>");
        let guard = if kind == ItemType::Info && reads_as_gemtext { " " } else { "" };
        let display = text::cut(&display, DISPLAY_WIDTH - guard.len());
        self.wire.push(kind.code());
        self.wire.extend([guard, &*display]);
        let rest = if matches!(kind, ItemType::Info | ItemType::Error) {
            format!("\t{NO_SELECTOR}\t{NO_HOST}\t0\r\n")
        } else {
            format!("\t{}\t{}\t{}\r\n", field(selector), field(&self.host), self.port)
        };
        self.wire.push_str(&rest);
        self
    }

    /// Adds an information line, which is cut if it is too long.
    pub fn info(&mut self, display: &str) -> &mut Self {
        self.item(ItemType::Info, display, "")
    }

    /// Adds running text as information lines, each after `indent`, wrapped to the width of a menu.
    pub fn paragraph(&mut self, text: &str, indent: &str) -> &mut Self {
        let lines = wrap::lines(text, DISPLAY_WIDTH - text::width(indent));
        lines.fold(self, |menu, line| menu.info(&format!("{indent}{line}")))
    }

    /// Adds a line of any type, with `display` cut so that `tail` fits after it.
    pub fn entry(&mut self, kind: ItemType, display: &str, tail: &str, selector: &str) -> &mut Self {
        let display = text::cut(display, DISPLAY_WIDTH.saturating_sub(text::width(tail)));
        self.item(kind, &format!("{display}{tail}"), selector)
    }

    /// Adds an empty line.
    pub fn blank(&mut self) -> &mut Self {
        self.info("")
    }

    /// Adds a line that leads to a `url` of any protocol, of type `h`.
    pub fn url(&mut self, display: &str, url: &str) -> &mut Self {
        self.item(ItemType::Html, display, &format!("URL:{url}"))
    }

    /// Adds a line of a wrapped text. A reference, such as `[1] https://example.org/`, becomes a link.
    pub fn text_line(&mut self, line: &str) -> &mut Self {
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let reference = line.strip_prefix('[').and_then(|rest| rest.split_once("] "));
        let reference = reference.filter(|(number, url)| is_number(number) && url.contains("://"));
        let Some((_, url)) = reference else { return self.info(line) };
        match self.own_item(url) {
            Some((kind, selector)) => self.item(kind, line, selector),
            None => self.url(line, url),
        }
    }

    /// Returns the type and selector of a text or menu of this server, from its URL.
    fn own_item<'u>(&self, url: &'u str) -> Option<(ItemType, &'u str)> {
        let rest = url.strip_prefix("gopher://")?.strip_prefix(&*self.host)?;
        let port = format!(":{}", self.port);
        let rest = if self.port == GOPHER_PORT { rest } else { rest.strip_prefix(&*port)? };
        let item = rest.strip_prefix('/').filter(|item| !item.contains('%'))?;
        match item.split_at_checked(1)? {
            ("0", selector) => Some((ItemType::Text, selector)),
            ("1", selector) => Some((ItemType::Menu, selector)),
            _ => None,
        }
    }

    /// Returns the menu as it is sent, with CRLF line ends and the final dot.
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.wire.as_bytes(), b".\r\n"].concat()
    }
}

/// Converts the menu of the server at `host` and `port` to a gophermap, a file for Bucktooth, gophernicus or pygopherd.
///
/// Lines that lead to this server omit its host, so that they lead to the server that has the file. Every line keeps
/// its type and at least one tab: servers differ in how they treat lines without a tab and lines that start with `#`,
/// `!` or `*`. Searches are left out, because a file cannot answer them.
pub fn gophermap(wire: &str, host: &str, port: u16) -> String {
    let mut map = String::with_capacity(wire.len());
    for line in wire.lines().take_while(|line| *line != ".") {
        let mut fields = line.split('\t');
        let mut field = || fields.next().unwrap_or_default();
        let (display, selector, at, number) = (field(), field(), field(), field());
        if display.starts_with(ItemType::Search.code()) {
            continue;
        }
        map.extend([display, "\t"]);
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

/// Returns the shortest answer to a Gopher+ request for the attributes of the menu (Gopher+ paper, section 2.6): one
/// block with `host` and `port`, and a dot. The UMN client starts every session with this request.
pub fn attributes(host: &str, port: u16) -> String {
    format!("+-1\r\n+INFO: 1{host}\t\t{host}\t{port}\t+\r\n.\r\n")
}

/// Returns `text` as a field: control characters, which would end the field or the line, become spaces.
fn field(text: &str) -> String {
    crate::problem::printable(text).trim_end().to_owned()
}
