//! What is published: the folder that was named, or each `[[capsule]]` of the file.

use std::collections::HashMap;
use std::path::Path;

use super::Resolver;
use crate::config::file::CapsuleTable;
use crate::config::{Capsule, Overrides};
use crate::host::HostName;
use crate::identity::KeyStore;
use crate::problem::Problem;

/// A capsule and the table of the file it is written in; none for a folder named on the command line.
type Tabled<'f> = (Capsule, Option<&'f CapsuleTable>);

impl<'f> Resolver<'f> {
    /// Every capsule with the table it is written in, as yet without Gopher. Keys that are not the owner's own are
    /// kept in `certs`.
    pub(super) fn capsules(&mut self, overrides: &Overrides, certs: &Path) -> Vec<Tabled<'f>> {
        // A folder named on the command line is served alone: the file's capsules are other ones.
        if let Some(content) = &overrides.content {
            let name = overrides.hostname.as_deref().unwrap_or("localhost");
            let hosts = self.host(name, None).into_iter().collect::<Vec<_>>();
            let template = self.file.capsules.first().filter(|_| self.file.capsules.len() == 1);
            let private = template.map(|capsule| self.private(capsule)).unwrap_or_default();
            return (!hosts.is_empty())
                .then(|| Capsule {
                    hosts,
                    content: content.clone(),
                    swapped: false,
                    title: None,
                    author: template.and_then(|capsule| capsule.author.clone()),
                    language: template.and_then(|capsule| capsule.language.clone()),
                    key_store: KeyStore::Managed { folder: certs.to_owned() },
                    gopher: None,
                    web: None,
                    icon: None,
                    ignore: Vec::new(),
                    gone: Vec::new(),
                    private,
                })
                .map(|capsule| (capsule, None))
                .into_iter()
                .collect();
        }
        let file = self.file;
        if file.capsules.is_empty() && file.hosted.is_none() {
            self.problems.push(Problem::error("there is nothing to serve").hint(
                "name a folder of essays, as in `lamplit serve ~/essays`, or write a `[[capsule]]` into \
                 config.toml; `capsules` names a folder with one capsule for each host",
            ));
        }
        let mut capsules = Vec::new();
        let mut owners: HashMap<HostName, usize> = HashMap::new();
        for (index, table) in file.capsules.iter().enumerate() {
            let Some(capsule) = self.capsule(table, index, overrides, certs) else { continue };
            for host in &capsule.hosts {
                if owners.insert(host.clone(), index).is_some_and(|owner| owner != index) {
                    self.error(
                        table.place.clone(),
                        format!("`{host}` is the name of another capsule already"),
                    );
                }
            }
            capsules.push((capsule, Some(table)));
        }
        capsules
    }

    fn capsule(
        &mut self,
        table: &CapsuleTable,
        index: usize,
        overrides: &Overrides,
        certs: &Path,
    ) -> Option<Capsule> {
        let override_name = overrides.hostname.as_ref().filter(|_| index == 0);
        let name = match (override_name, &table.hostname) {
            (Some(name), _) => self.host(name, None),
            (None, Some((name, place))) => self.host(name, Some(place.clone())),
            (None, None) => Some(HostName::localhost()),
        };
        let mut hosts: Vec<HostName> = name.into_iter().collect();
        for (alias, place) in &table.aliases {
            if let Some(alias) = self.host(alias, Some(place.clone()))
                && !hosts.contains(&alias)
            {
                hosts.push(alias);
            }
        }
        let Some((content, _)) = &table.content else {
            self.error(
                table.place.clone(),
                "this capsule has no folder: the key `content` is missing".into(),
            );
            return None;
        };
        let (web, icon) = (self.web(table), self.icon(table));
        let (ignore, gone) = (self.ignore(table), self.gone(table));
        let private = self.private(table);
        (!hosts.is_empty()).then(|| Capsule {
            hosts,
            content: self.base.join(content),
            swapped: table.swapped.unwrap_or(false),
            title: table.title.clone(),
            author: table.author.clone(),
            language: table.language.clone(),
            key_store: self.key_store(table, certs),
            gopher: None,
            web,
            icon,
            ignore,
            gone,
            private,
        })
    }

    /// Where the key and certificate of a capsule are: in files of the owner's own, if any are named.
    fn key_store(&mut self, table: &CapsuleTable, certs: &Path) -> KeyStore {
        let path = |written: &(String, std::ops::Range<usize>)| self.base.join(&written.0);
        match (&table.certificate, &table.key) {
            (Some(certificate), Some(key)) => {
                KeyStore::External { certificate: path(certificate), key: path(key) }
            }
            // One file may hold both.
            (Some(both), None) => KeyStore::External { certificate: path(both), key: path(both) },
            (None, key) => {
                if let Some((_, place)) = key {
                    let problem = Problem::error("there is a `key` without a `certificate`")
                        .at(self.place(place.clone()))
                        .hint("name the file of the certificate too, or take both over with `lamplit cert import`");
                    self.problems.push(problem);
                }
                KeyStore::Managed { folder: certs.to_owned() }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::resolve::support::resolved;

    #[test]
    fn keys_are_ours_to_keep_unless_files_are_named() {
        for (keys, expected) in [
            ("", KeyStore::Managed { folder: "/state/certs".into() }),
            (
                "certificate = \"chain.pem\"\nkey = \"/etc/key.pem\"\n",
                KeyStore::External {
                    certificate: "/etc/lamplit/chain.pem".into(),
                    key: "/etc/key.pem".into(),
                },
            ),
            (
                "certificate = \"both.pem\"\n",
                KeyStore::External {
                    certificate: "/etc/lamplit/both.pem".into(),
                    key: "/etc/lamplit/both.pem".into(),
                },
            ),
        ] {
            let text = format!("[[capsule]]\ncontent = \"e\"\n{keys}");
            let config = resolved(&Overrides::default(), &text).expect("a configuration");
            assert_eq!(config.capsules[0].key_store, expected, "{keys}");
        }
        let text = "[[capsule]]\ncontent = \"e\"\nkey = \"key.pem\"\n";
        let problems = resolved(&Overrides::default(), text).expect_err("half a pair");
        assert!(problems[0].to_string().contains("config.toml:3:7"), "{}", problems[0]);
    }

    #[test]
    fn a_name_belongs_to_one_capsule() {
        let text = "[[capsule]]\nhostname = \"a.example\"\naliases = [\"b.example\"]\ncontent = \"a\"\n\
                    [[capsule]]\nhostname = \"B.example.\"\ncontent = \"b\"\n";
        let problems = resolved(&Overrides::default(), text).expect_err("a name twice");
        assert_eq!(problems[0].what, "`b.example` is the name of another capsule already");
    }
}
