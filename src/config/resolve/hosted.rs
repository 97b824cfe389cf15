//! Hosted capsules: where they are, and what one of them may say of itself.

use std::path::Path;

use super::{Resolver, options};
use crate::config::file::CapsuleTable;
use crate::config::{Capsule, Config, File, Hosting, Overrides};
use crate::host::HostName;
use crate::identity::KeyStore;
use crate::problem::{Problem, Problems};

/// The memory of the whole process, in megabytes: what a machine with half a gigabyte spares without a thought.
const MEMORY: u64 = 64;

impl Resolver<'_> {
    pub(super) fn hosting(&self, overrides: &Overrides) -> Hosting {
        // A folder named on the command line is served alone.
        let folder = self.file.hosted.as_ref().filter(|_| overrides.content.is_none());
        Hosting {
            folder: folder.map(|(folder, _)| self.base.join(folder)),
            memory: self.file.limits.memory.unwrap_or(MEMORY) * 1_000_000,
        }
    }
}

impl Config {
    /// The configuration of the hosted capsule `host`, whose folder is `content`: this one, as far as `settings`,
    /// the name and text of the file that says so, do not say it otherwise for its pages.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the settings.
    pub fn hosted(
        &self,
        host: &str,
        content: &Path,
        settings: Option<(&str, &str)>,
    ) -> Result<Self, Problems> {
        let host = HostName::from_folder_name(host)
            .ok_or_else(|| Problems::usage(Problem::error(format!("`{host}` is not a host name"))))?;
        let file = match settings {
            Some((name, text)) => File::parse_hosted(name, text)?,
            None => File::default(),
        };
        let mut resolver = Resolver { file: &file, base: content, problems: Vec::new() };
        let nothing = CapsuleTable::default();
        let table = file.capsules.first().unwrap_or(&nothing);
        let capsule = Capsule {
            hosts: vec![host],
            content: content.to_owned(),
            swapped: false,
            title: table.title.clone(),
            author: table.author.clone(),
            language: table.language.clone(),
            key_store: KeyStore::Managed { folder: self.certs.clone() },
            gopher: None,
            web: resolver.web(table),
            icon: resolver.icon(table),
            ignore: resolver.ignore(table),
            gone: resolver.gone(table),
            private: resolver.private(table),
        };
        Problems::refuse(resolver.problems)?;
        let own = Some(&file.front_matter).filter(|own| !own.is_empty());
        Ok(Self {
            capsules: vec![capsule],
            hosting: Hosting { folder: None, memory: self.hosting.memory },
            front_matter: own.unwrap_or(&self.front_matter).clone(),
            markdown: options::markdown(&file.pages, self.markdown),
            pages: options::pages(&file.pages, &self.pages),
            gemtext: options::gemtext(&file.gemtext, &self.gemtext),
            ..self.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::resolve::support::resolved;
    use crate::site::MetaLine;

    const HOST: &str =
        "capsules = \"hosted\"\ncerts = \"keys\"\n[pages]\nback_label = \"Home\"\n[gemini]\nport = 7\n";

    fn with(settings: &str) -> Result<Config, Problems> {
        let config = resolved(&Overrides::default(), HOST).expect("a configuration");
        config.hosted(
            "a.example",
            Path::new("/etc/lamplit/hosted/a.example"),
            Some(("capsule.toml", settings)),
        )
    }

    #[test]
    fn a_folder_of_capsules_is_enough() {
        let config = resolved(&Overrides::default(), HOST).expect("a configuration");
        assert!(config.capsules.is_empty());
        assert_eq!(config.hosting.folder.as_deref(), Some(Path::new("/etc/lamplit/hosted")));
        assert_eq!(config.hosting.memory, 64_000_000);
        assert!(config.gemini.listen.addresses.iter().all(|address| address.ip().is_unspecified()));
        let alone = Overrides { content: Some("/e".into()), ..Overrides::default() };
        let alone = resolved(&alone, HOST).expect("a configuration");
        assert_eq!((alone.hosting.folder, alone.capsules.len()), (None, 1));
        let inside = resolved(&Overrides::default(), "capsules = \"h\"\ncerts = \"h/keys\"\n");
        assert!(inside.expect_err("refused")[0].what.contains("inside the content folder"));
    }

    #[test]
    fn a_hosted_capsule_says_how_its_own_pages_look() {
        let plain = with("").expect("settings");
        let [capsule] = plain.capsules.as_slice() else { panic!("one capsule") };
        assert_eq!((capsule.hosts[0].as_str(), capsule.title.as_deref()), ("a.example", None));
        assert_eq!(capsule.key_store, KeyStore::Managed { folder: "/etc/lamplit/keys".into() });
        assert_eq!((plain.pages.back_label.as_str(), plain.gemini.port), ("Home", Some(7)));
        let own = with(
            "title = \"Lamps\"\nauthor = \"Ada\"\nlanguage = \"en\"\nignore = [\"*.bak\"]\ngone = [\"/old.gmi\"]\n\
             [[private]]\npath = \"/desk/\"\n[pages]\nmeta = \"header\"\n[front_matter]\ndate = \"when\"\n",
        )
        .expect("settings");
        let capsule = &own.capsules[0];
        assert_eq!(
            (capsule.title.as_deref(), capsule.private.len(), capsule.gone.len()),
            (Some("Lamps"), 1, 1)
        );
        assert_eq!((own.pages.back_label.as_str(), own.pages.meta), ("Home", MetaLine::Header));
        assert_eq!(own.front_matter, [("date".to_owned(), "when".to_owned())]);
    }

    #[test]
    fn what_is_the_operators_stays_the_operators() {
        let text = "hostname = \"b.example\"\ncontent = \"/\"\n[limits]\nconnections = 1\n[gemini]\nlisten = \"x\"\n\
                    titel = \"x\"\n";
        let problems = with(text).expect_err("refused");
        let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
        for (key, line) in [("hostname", 1), ("content", 2), ("limits", 3), ("gemini", 5)] {
            let what =
                format!("error: `{key}` is for whoever runs the server to say\n  --> capsule.toml:{line}:");
            assert!(said.iter().any(|said| said.starts_with(&what)), "{key}: {said:?}");
        }
        assert_eq!(said.len(), 4, "{said:?}");
        // Every key of the configuration is either for a capsule or for whoever runs the server.
        for key in crate::config::file::asked("[[capsule]]\n").iter().filter(|asked| asked.table.is_empty()) {
            let said =
                with(&format!("{} = 1\n", key.name)).expect_err("a wrong kind, or refused")[0].what.clone();
            assert!(!said.starts_with("unknown key"), "{said}");
        }
        for (text, what) in [
            ("titel = \"x\"\n", "unknown key `titel`"),
            ("icon = \"ab\"\n", "`ab` is not an icon: it is one emoji"),
            ("[[private]]\n", "this private area has no `path`"),
            ("[[private]]\npaht = \"/\"\n", "unknown key `paht` in `[[private]]`"),
        ] {
            assert_eq!(with(text).expect_err("refused")[0].what, what);
        }
    }
}
