//! What is published: the folder that was named, or each `[[capsule]]` of the file.

use std::collections::HashMap;

use super::Resolver;
use crate::config::file::CapsuleTable;
use crate::config::{Capsule, Overrides};
use crate::problem::Problem;

impl Resolver<'_> {
    pub(super) fn capsules(&mut self, overrides: &Overrides) -> Vec<Capsule> {
        // A folder named on the command line is served alone: the file's capsules are other ones.
        if let Some(content) = &overrides.content {
            let name = overrides.hostname.as_deref().unwrap_or("localhost");
            let hosts = self.host(name, None).into_iter().collect::<Vec<_>>();
            let template = self.file.capsules.first().filter(|_| self.file.capsules.len() == 1);
            return (!hosts.is_empty())
                .then(|| Capsule {
                    hosts,
                    content: content.clone(),
                    title: None,
                    author: template.and_then(|capsule| capsule.author.clone()),
                    language: template.and_then(|capsule| capsule.language.clone()),
                    web: None,
                    icon: None,
                    ignore: Vec::new(),
                    gone: Vec::new(),
                })
                .into_iter()
                .collect();
        }
        let file = self.file;
        if file.capsules.is_empty() {
            self.problems.push(Problem::error("there is nothing to serve").hint(
                "name a folder of essays, as in `lamplit serve ~/essays`, or write a `[[capsule]]` into \
                 config.toml",
            ));
        }
        let mut capsules: Vec<Capsule> = Vec::new();
        let mut owners: HashMap<String, usize> = HashMap::new();
        for (index, table) in file.capsules.iter().enumerate() {
            let Some(capsule) = self.capsule(table, index, overrides) else { continue };
            for host in &capsule.hosts {
                if owners.insert(host.clone(), index).is_some_and(|owner| owner != index) {
                    self.error(
                        table.place.clone(),
                        format!("`{host}` is the name of another capsule already"),
                    );
                }
            }
            capsules.push(capsule);
        }
        capsules
    }

    fn capsule(&mut self, table: &CapsuleTable, index: usize, overrides: &Overrides) -> Option<Capsule> {
        let override_name = overrides.hostname.as_ref().filter(|_| index == 0);
        let name = match (override_name, &table.hostname) {
            (Some(name), _) => self.host(name, None),
            (None, Some((name, place))) => self.host(name, Some(place.clone())),
            (None, None) => Some("localhost".to_owned()),
        };
        let mut hosts: Vec<String> = name.into_iter().collect();
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
        (!hosts.is_empty()).then(|| Capsule {
            hosts,
            content: self.base.join(content),
            title: table.title.clone(),
            author: table.author.clone(),
            language: table.language.clone(),
            web,
            icon,
            ignore,
            gone,
        })
    }
}
