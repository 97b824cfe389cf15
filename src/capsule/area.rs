//! Private areas: the folders of a capsule that only some readers get. Whoever builds a capsule says for whom, and
//! what is not for them is not in it: no page, list, feed, search or export made of it can show what it does not
//! hold.

use std::sync::Arc;

use super::{CapsulePath, Essay, Visibility};

/// A folder that only some readers get.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PrivateArea {
    /// The folder, with a slash at its end; everything below it belongs to the area, by whole segments.
    pub path: CapsulePath,
    /// Whether essays that are not public yet (drafts, unpublished ones, those whose day is yet to come) stand in
    /// the area too, wherever they lie: `/films/new.md` as `/drafts/films/new.gmi`.
    pub drafts: bool,
}

impl PrivateArea {
    /// Where what is not public yet stands in the area, if it would stand at `path` otherwise.
    fn inner(&self, path: &CapsulePath) -> Option<CapsulePath> {
        self.path.join(path.as_str().trim_start_matches('/')).ok()
    }
}

/// For whom a capsule is built.
#[derive(Clone, Copy)]
pub(super) enum Audience<'a> {
    /// For everybody.
    Everybody,
    /// For whoever has the file of this name before their eyes: it is shown whatever it says.
    Author(&'a CapsulePath),
    /// For the readers of one private area: what everybody gets, for links to lead there, and the area.
    Readers(&'a PrivateArea),
}

impl<'a> Audience<'a> {
    /// Whether the file at `path` is for them, where `areas` are all private areas.
    pub(super) fn gets(self, path: &CapsulePath, areas: &[PrivateArea]) -> bool {
        match (innermost(path, areas), self) {
            (None, _) => true,
            (Some(_), Self::Everybody) => false,
            (Some(area), Self::Author(shown)) => innermost(shown, areas) == Some(area),
            (Some(area), Self::Readers(own)) => area.path == own.path,
        }
    }

    /// The essay as they get it though it is not public yet; none if they have to wait like everybody.
    pub(super) fn preview(self, essay: &Arc<Essay>, visibility: Visibility) -> Option<Arc<Essay>> {
        match self {
            Self::Author(shown) if essay.source.path == *shown => Some(Arc::clone(essay)),
            Self::Readers(area) if area.drafts && visibility != Visibility::Expired => moved(essay, area),
            _ => None,
        }
    }

    /// Where they get an attachment of something that is not public yet, if they do.
    pub(super) fn place_for_hidden(self, path: &CapsulePath) -> Option<CapsulePath> {
        let area = self.area().filter(|area| area.drafts)?;
        if path.is_within(&area.path) { Some(path.clone()) } else { area.inner(path) }
    }

    /// The private area whose readers these are.
    pub(super) fn area(self) -> Option<&'a PrivateArea> {
        match self {
            Self::Readers(area) => Some(area),
            Self::Everybody | Self::Author(_) => None,
        }
    }
}

/// The private area that `path` lies in; of several around it, the innermost.
fn innermost<'a>(path: &CapsulePath, areas: &'a [PrivateArea]) -> Option<&'a PrivateArea> {
    areas.iter().filter(|area| path.is_within(&area.path)).max_by_key(|area| area.path.segments().count())
}

/// `essay` at an address within `area`. The introduction of a folder outside of it introduces nothing there.
fn moved(essay: &Arc<Essay>, area: &PrivateArea) -> Option<Arc<Essay>> {
    if essay.source.path.is_within(&area.path) {
        return Some(Arc::clone(essay));
    }
    if essay.base.is_folder() {
        return None;
    }
    Some(Arc::new(essay.placed_at(area.inner(&essay.base)?)))
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;
    use crate::capsule::{
        BuildOptions, Capsule, Content, FileRef, FrontMatterKeys, SourceFile, build, build_area, preview,
    };
    use crate::markup::markdown::MarkdownOptions;

    const FILES: &[(&str, &str)] = &[
        ("index.md", "# Lamps\n"),
        ("films/skin.md", "---\ndate: 2024-05-01\n---\n# The Soft Skin\n"),
        ("films/new.md", "---\ndraft: true\n---\n# New\n"),
        ("bundle/index.md", "---\ndraft: true\n---\n# A bundle\n"),
        ("bundle/b.jpg", ""),
        ("_drafts/early.md", "# Early\n"),
        ("_drafts/e.jpg", ""),
        ("films/_index.md", "---\ndraft: true\n---\n# Films to come\n"),
        ("films/waits.md", "---\ndate: 2090-01-01\n---\n# Waits\n"),
        ("films/over.md", "---\nexpiryDate: 2001-01-01\n---\n# Over\n"),
        ("desk/index.md", "# My desk\n"),
        ("desk/letter.md", "# A letter\n"),
        ("desk/unfinished.md", "---\ndraft: true\n---\n# Unfinished\n"),
        ("desk/photo.jpg", ""),
        ("desk/plain.txt", "Plain.\n"),
        ("desk/family/tree.md", "# The tree\n"),
        ("deskwork.md", "# Work\n"),
    ];

    fn path(name: &str) -> CapsulePath {
        CapsulePath::from_decoded(name).expect("a name")
    }

    fn options(areas: &[(&str, bool)]) -> BuildOptions {
        let areas = areas.iter().map(|(name, drafts)| PrivateArea { path: path(name), drafts: *drafts });
        BuildOptions {
            now: OffsetDateTime::from_unix_timestamp(1_750_000_000).expect("a time"),
            title: None,
            name: "Essays".to_owned(),
            keys: FrontMatterKeys::default(),
            markdown: MarkdownOptions::STANDARD,
            private: areas.collect(),
        }
    }

    fn sources() -> Vec<Arc<SourceFile>> {
        let source = |(name, text): &(&str, &str)| {
            let content = match path(name).extension() {
                "jpg" => Content::File(FileRef {
                    root: Arc::from(std::path::Path::new("/")),
                    relative: name.into(),
                    length: 0,
                }),
                _ => Content::Text(text.as_bytes().to_vec().into()),
            };
            Arc::new(SourceFile { path: path(name), content })
        };
        let mut sources: Vec<_> = FILES.iter().map(source).collect();
        sources.sort_by(|a, b| a.path.cmp(&b.path));
        sources
    }

    /// Everything that a capsule holds, by address.
    fn held(capsule: &Capsule) -> Vec<String> {
        let essays = capsule.essays().iter().map(|essay| essay.address());
        let texts = capsule.texts().map(|text| text.path.clone());
        let files = capsule.files().map(|(path, _)| path.clone());
        let sections = capsule.sections().map(|section| section.address.clone());
        let mut held: Vec<String> =
            essays.chain(texts).chain(files).chain(sections).map(|path| path.to_string()).collect();
        held.sort();
        held
    }

    #[test]
    fn what_is_private_is_not_in_the_capsule_of_everybody() {
        let options = options(&[("/desk/", true), ("/desk/family/", false)]);
        let (capsule, _) = build(&sources(), &options, None);
        assert_eq!(held(&capsule), ["/", "/deskwork.gmi", "/films/", "/films/skin.gmi"]);
        assert!(capsule.all_read().all(|essay| !essay.source.path.is_within(&path("/desk/"))));
        assert_eq!(capsule.hidden().total(), 6);
    }

    #[test]
    fn readers_of_an_area_get_it_and_what_everybody_gets() {
        let options = options(&[("/desk/", false), ("/desk/family/", false)]);
        let (capsule, _) = build_area(&sources(), &options, &options.private[0], None);
        let own: Vec<String> = held(&capsule).into_iter().filter(|name| name.starts_with("/desk/")).collect();
        assert_eq!(own, ["/desk/", "/desk/letter.gmi", "/desk/photo.jpg", "/desk/plain.txt"]);
        assert_eq!(capsule.section(&path("/desk/")).map(|section| section.title.as_str()), Some("My desk"));
        assert!(
            capsule.essay(&path("/films/skin")).is_some() && capsule.essay(&path("/films/new")).is_none()
        );
        let (inner, _) = build_area(&sources(), &options, &options.private[1], None);
        let own: Vec<String> = held(&inner).into_iter().filter(|name| name.starts_with("/desk/")).collect();
        assert_eq!(own, ["/desk/", "/desk/family/", "/desk/family/tree.gmi"]);
    }

    #[test]
    fn drafts_stand_in_an_area_that_has_them() {
        let options = options(&[("/desk/", true)]);
        let (capsule, problems) = build_area(&sources(), &options, &options.private[0], None);
        assert!(problems.is_empty(), "{problems:?}");
        let lies_there =
            |name: &String| FILES.iter().any(|(file, _)| name.trim_start_matches('/').starts_with(file));
        let moved: Vec<String> = held(&capsule)
            .into_iter()
            .filter(|name| name.starts_with("/desk/") && !lies_there(name) && !name.ends_with('/'))
            .collect();
        assert_eq!(
            moved,
            [
                "/desk/_drafts/e.jpg",
                "/desk/_drafts/early.gmi",
                "/desk/bundle.gmi",
                "/desk/bundle/b.jpg",
                "/desk/family/tree.gmi",
                "/desk/films/new.gmi",
                "/desk/films/waits.gmi",
                "/desk/letter.gmi",
                "/desk/unfinished.gmi",
            ]
        );
        assert!(capsule.file(&path("/bundle/b.jpg")).is_none());
        assert!(capsule.essay(&path("/desk/unfinished")).is_some());
        // Links to the file lead to where it stands.
        let known = capsule.essay_known_as(&path("/films/new.md")).map(|essay| essay.address());
        assert_eq!(known, Some(path("/desk/films/new.gmi")));
    }

    #[test]
    fn an_area_with_nothing_in_it_has_a_page() {
        let options = options(&[("/nowhere/", false)]);
        let (capsule, _) = build_area(&sources(), &options, &options.private[0], None);
        assert!(capsule.section(&path("/nowhere/")).is_some());
        assert!(build(&sources(), &options, None).0.section(&path("/nowhere/")).is_none());
    }

    #[test]
    fn an_author_sees_a_private_file_among_its_neighbours() {
        let options = options(&[("/desk/", false)]);
        let essays = |shown: &str| preview(&sources(), &options, &path(shown)).0;
        assert!(essays("/desk/unfinished.md").essay(&path("/desk/letter")).is_some());
        assert!(essays("/films/new.md").essay(&path("/desk/letter")).is_none());
    }
}
