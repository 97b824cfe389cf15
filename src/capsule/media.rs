//! Extension → media type, Gopher item type and kind: the one table.

/// What an extension says about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Media {
    /// The media type, without parameters (RFC 6838).
    pub mime: &'static str,
    /// The Gopher item type (RFC 1436, section 3.8, and common use since).
    pub item_type: char,
}

const fn media(mime: &'static str, item_type: char) -> Media {
    Media { mime, item_type }
}

/// What an extension (without its dot, in any case) says about a file; unknown ones are raw bytes.
pub fn of_extension(extension: &str) -> Media {
    match extension.to_ascii_lowercase().as_str() {
        "gmi" | "gemini" => media("text/gemini", '0'),
        "md" | "markdown" | "mkd" => media("text/markdown", '0'),
        "txt" | "text" | "log" => media("text/plain", '0'),
        "csv" => media("text/csv", '0'),
        "html" | "htm" => media("text/html", 'h'),
        "css" => media("text/css", '0'),
        "js" => media("text/javascript", '0'),
        "ics" => media("text/calendar", 'c'),
        "atom" => media("application/atom+xml", '0'),
        "xml" => media("application/xml", '0'),
        "json" => media("application/json", '0'),
        "toml" => media("application/toml", '0'),
        "yaml" | "yml" => media("application/yaml", '0'),
        "gif" => media("image/gif", 'g'),
        "png" => media("image/png", 'I'),
        "jpg" | "jpeg" => media("image/jpeg", 'I'),
        "webp" => media("image/webp", 'I'),
        "avif" => media("image/avif", 'I'),
        "svg" => media("image/svg+xml", 'I'),
        "bmp" => media("image/bmp", 'I'),
        "tif" | "tiff" => media("image/tiff", 'I'),
        "ico" => media("image/x-icon", 'I'),
        "mp3" => media("audio/mpeg", 's'),
        "ogg" | "oga" => media("audio/ogg", 's'),
        "opus" => media("audio/opus", 's'),
        "flac" => media("audio/flac", 's'),
        "wav" => media("audio/wav", 's'),
        "m4a" => media("audio/mp4", 's'),
        "mp4" | "m4v" => media("video/mp4", ';'),
        "webm" => media("video/webm", ';'),
        "mkv" => media("video/x-matroska", ';'),
        "mov" => media("video/quicktime", ';'),
        "pdf" => media("application/pdf", 'd'),
        "epub" => media("application/epub+zip", '9'),
        "gpub" => media("application/gpub+zip", '9'),
        "zip" => media("application/zip", '5'),
        "gz" | "tgz" => media("application/gzip", '9'),
        "bz2" => media("application/x-bzip2", '9'),
        "xz" => media("application/x-xz", '9'),
        "zst" => media("application/zstd", '9'),
        "tar" => media("application/x-tar", '9'),
        "woff2" => media("font/woff2", '9'),
        "ttf" => media("font/ttf", '9'),
        "otf" => media("font/otf", '9'),
        _ => media("application/octet-stream", '9'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_go_without_case_and_unknown_ones_are_bytes() {
        for (extension, mime, item_type) in [
            ("gmi", "text/gemini", '0'),
            ("PNG", "image/png", 'I'),
            ("Jpeg", "image/jpeg", 'I'),
            ("", "application/octet-stream", '9'),
            ("nonsense", "application/octet-stream", '9'),
        ] {
            assert_eq!(of_extension(extension), Media { mime, item_type }, "{extension}");
        }
    }
}
