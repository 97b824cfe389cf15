//! Lamplit serves a folder of Markdown essays over Gemini (gemtext) and Gopher (wrapped text), live and unchanged.
//!
//! The modules form layers, listed here from the lowest up, and import only from lower layers; a test checks that.
//! All modules up to [`protocol`] are pure and synchronous: no I/O, clock or environment. See ARCHITECTURE.md.

/// Defines an enum whose values have names, for reports, the log and the metrics. It precedes the modules that use it.
macro_rules! named {
    ($(#[$about:meta])* $Enum:ident { $($(#[$doc:meta])* $Variant:ident = $name:literal,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize)]
        pub enum $Enum {
            $($(#[$doc])* #[serde(rename = $name)] $Variant,)*
        }

        impl $Enum {
            /// Returns the name of the value in reports, the log and the metrics.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$Variant => $name,)*
                }
            }
        }

        impl std::fmt::Display for $Enum {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }
    };
}

pub mod host;
pub mod problem;

pub mod markup;

pub mod capsule;

pub mod render;
pub mod search;

pub mod site;

pub mod protocol;

pub mod disk;
pub mod generator;
pub mod identity;
pub mod privileges;
pub mod server;

pub mod config;
pub mod hosting;
pub mod publish;

pub mod app;
pub mod cli;
