//! The renderers: documents and pages to bytes.

mod formats;
mod gemtext;
mod plain;
mod text;
