//! How pages are made: of a section, an essay, a feed, or an overview of years, tags and series.

use super::feed::{self, Feed};
use super::links::Links;
use super::listing::Listing;
use super::overview::Overview;
use super::page::{RenderedPage, page};
use super::{Medium, Site, essay, index};
use crate::capsule::{CapsulePath, Essay, Section};

/// What an essay is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Gemtext,
    Text,
    Source,
}

impl Site {
    /// The page of a folder: its introduction and what is in it.
    pub(super) fn section(&self, section: &Section, medium: Medium) -> RenderedPage {
        self.pages.kept(medium, &section.address, || {
            let source = section.introduction.as_ref().map_or(&section.address, |essay| &essay.source.path);
            let links = self.links(source, medium, false);
            let language = section.introduction.as_ref().and_then(|e| e.metadata.language.as_deref());
            self.listing(&index::listing(section, &links), &section.address, &links, language)
        })
    }

    /// A page of links in the form of its medium.
    fn listing(
        &self,
        listing: &Listing,
        at: &CapsulePath,
        links: &Links<'_>,
        language: Option<&str>,
    ) -> RenderedPage {
        match (links.medium, &self.options.gopher) {
            (Medium::Gopher, Some(gopher)) => page("text/plain", '1', listing.menu(at, links, gopher)),
            _ => page(&self.gemtext_type(language), '0', listing.gemtext(at, links)),
        }
    }

    /// The page of years, of tags or of one of them at `path`, if there is one.
    pub(super) fn overview(&self, path: &CapsulePath, medium: Medium) -> Option<RenderedPage> {
        if !path.is_folder() {
            return None;
        }
        if let Some(page) = self.pages.get(medium, path) {
            return Some(page);
        }
        let links = self.links(path, medium, false);
        let overview = Overview::at(path, &links)?;
        Some(self.pages.kept(medium, path, || {
            let language = overview.language();
            self.listing(&overview.listing(path, &links), path, &links, language)
        }))
    }

    /// The feed at `path`, if there is one.
    pub(super) fn feed(&self, path: &CapsulePath, medium: Medium) -> Option<RenderedPage> {
        let links = self.links(path, medium, true);
        let feed = Feed::at(path, &links)?;
        Some(
            self.pages.kept(medium, path, || {
                page(feed::MEDIA_TYPE, '0', essay::for_medium(feed.atom(&links), medium))
            }),
        )
    }

    /// An essay in one of its forms.
    pub(super) fn essay(
        &self,
        essay: &Essay,
        form: Form,
        path: &CapsulePath,
        medium: Medium,
    ) -> RenderedPage {
        self.pages.kept(medium, path, || match form {
            Form::Source => page("text/markdown", '0', essay.source.text()),
            Form::Gemtext => {
                let links = self.links(&essay.source.path, medium, false);
                let text = essay::for_medium(essay::gemtext(essay, &links), medium);
                page(&self.gemtext_type(essay.metadata.language.as_deref()), '0', text)
            }
            Form::Text => {
                let links = self.links(&essay.source.path, medium, true);
                page("text/plain", '0', essay::for_medium(essay::text(essay, &links), medium))
            }
        })
    }

    /// The media type of a page in `language`, or in that of the capsule.
    pub(super) fn gemtext_type(&self, language: Option<&str>) -> String {
        match language.unwrap_or(&self.options.language) {
            "" => "text/gemini".to_owned(),
            language => format!("text/gemini; lang={language}"),
        }
    }
}
