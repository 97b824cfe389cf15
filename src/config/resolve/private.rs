//! Private areas of a capsule: where they are, and who reads them.

use std::str::FromStr;

use super::Resolver;
use crate::capsule::{CapsulePath, PrivateArea};
use crate::config::Private;
use crate::config::file::{CapsuleTable, PrivateTable};
use crate::host::Fingerprint;
use crate::problem::Problem;

impl Resolver<'_> {
    /// The private areas that a capsule is written with.
    pub(super) fn private(&mut self, table: &CapsuleTable) -> Vec<Private> {
        let mut areas: Vec<Private> = Vec::new();
        for table in &table.private {
            let Some(area) = self.area(table) else { continue };
            if areas.iter().any(|other| other.area.path == area.area.path) {
                self.error(table.place.clone(), format!("`{}` is private already", area.area.path));
            }
            areas.push(area);
        }
        areas
    }

    fn area(&mut self, table: &PrivateTable) -> Option<Private> {
        let readers = table.fingerprints.iter().filter_map(|(written, place)| {
            let reader = Fingerprint::from_str(written).ok();
            if reader.is_none() {
                let problem = Problem::error(format!("`{written}` is not a SHA-256 fingerprint"))
                    .at(self.place(place.clone()))
                    .hint("who opens the area and is not on the list is shown theirs, as in `SHA256:` and 64 digits");
                self.problems.push(problem);
            }
            reader
        });
        let readers = readers.collect();
        let Some((written, place)) = &table.path else {
            self.error(table.place.clone(), "this private area has no `path`".to_owned());
            return None;
        };
        let path = CapsulePath::from_url(written).ok().filter(|_| written.starts_with('/'));
        if path.is_none() {
            self.error(
                place.clone(),
                format!("`{written}` is not a folder of the capsule, as in `/drafts/`"),
            );
        }
        let area = PrivateArea { path: path?.to_folder(), drafts: table.drafts.unwrap_or(false) };
        Some(Private { area, readers })
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Overrides;
    use crate::config::resolve::support::resolved;

    const ONE: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn an_area_is_a_folder_and_its_readers() {
        let text = format!(
            "[[capsule]]\ncontent = \"e\"\n[[capsule.private]]\npath = \"/drafts\"\ndrafts = true\n\
             fingerprints = [\"SHA256:{ONE}\", \"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"]\n\
             [[capsule.private]]\npath = \"/my%20desk/\"\n"
        );
        let config = resolved(&Overrides::default(), &text).expect("a configuration");
        let [drafts, desk] = config.capsules[0].private.as_slice() else { panic!("two areas") };
        assert_eq!((drafts.area.path.as_str(), drafts.area.drafts), ("/drafts/", true));
        assert_eq!((desk.area.path.as_str(), desk.area.drafts), ("/my desk/", false));
        let shown: Vec<String> = drafts.readers.iter().map(ToString::to_string).collect();
        assert_eq!(shown, [ONE, ONE]);
        assert!(desk.readers.is_empty(), "an owner who is not on the list yet is shown what to write there");
    }

    #[test]
    fn a_folder_named_on_the_command_line_is_as_private_as_the_one_it_stands_for() {
        let text = "[[capsule]]\ncontent = \"e\"\nprivate = [{ path = \"/desk/\" }]\n";
        let overrides = Overrides { content: Some("/elsewhere".into()), ..Overrides::default() };
        let config = resolved(&overrides, text).expect("a configuration");
        assert_eq!(config.capsules[0].private.len(), 1);
    }

    #[test]
    fn mistakes_are_shown_where_they_stand() {
        let text = "[[capsule]]\ncontent = \"e\"\n[[capsule.private]]\nfingerprints = \"abc\"\n\
                    [[capsule.private]]\npath = \"drafts\"\n[[capsule.private]]\npath = \"/a\"\n\
                    [[capsule.private]]\npath = \"/a/\"\n";
        let problems = resolved(&Overrides::default(), text).expect_err("mistakes");
        let what: Vec<&str> = problems.iter().map(|problem| problem.what.as_str()).collect();
        assert_eq!(
            what,
            [
                "`abc` is not a SHA-256 fingerprint",
                "this private area has no `path`",
                "`drafts` is not a folder of the capsule, as in `/drafts/`",
                "`/a/` is private already",
            ]
        );
    }
}
