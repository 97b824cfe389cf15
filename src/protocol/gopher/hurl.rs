//! The page behind a selector that starts with `URL:`, for browsers that know no other way out of Gopher
//! (the "Links to URL" convention of 2002): HTML 3.2, a refresh, nothing external but the link.

/// The schemes we send people to; anything else could run something in their browser.
const SCHEMES: [&str; 4] = ["http", "https", "gemini", "mailto"];

/// The page that leads to `url`, or none if we do not send people there.
pub(super) fn page(url: &str) -> Option<String> {
    let (scheme, _) = url.split_once(':')?;
    if !SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return None;
    }
    let url = escape(url);
    Some(format!(
        "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2 Final//EN\">\r\n\
         <html><head><meta http-equiv=\"refresh\" content=\"5; url={url}\">\r\n\
         <title>A link out of Gopher</title></head>\r\n\
         <body><p>This link leads out of Gopher, to <a href=\"{url}\">{url}</a>.</p></body></html>\r\n"
    ))
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(c),
        }
    }
    escaped
}
