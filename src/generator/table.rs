//! The table of site generators: what recognises a site of each, and where its files say what Lamplit takes from them.

/// What is known of the sites of one generator. Lists are separated by blanks; of keys and folders, the first one that
/// exists counts. Keys are dotted paths in small letters; in programs they are names without a path.
#[derive(Debug)]
pub(super) struct Generator {
    pub(super) name: &'static str,
    /// Files or folders, one of which every site has. A key after a colon must be in the file.
    pub(super) marks: &'static str,
    /// Files with settings, which take precedence over settings in the files of `marks`.
    pub(super) settings: &'static str,
    /// The content folder: `@key` stands for the value of a setting, and `.` for the site itself.
    pub(super) content: &'static str,
    /// The folder of static files, which are published too, in the notation of `content`.
    pub(super) statics: &'static str,
    /// Patterns of what is no content, besides [`CONTRIBUTOR_FILES`], in a site whose content folder is the site itself.
    pub(super) left_out: &'static str,
    /// Settings with further patterns of what is no content.
    pub(super) excluded: &'static str,
    pub(super) title: &'static str,
    pub(super) author: &'static str,
    pub(super) language: &'static str,
    /// The address of the site on the Web.
    pub(super) web: &'static str,
    /// Settings with patterns of addresses; one that ends in a dot has a pattern for each section below it.
    pub(super) permalinks: &'static str,
    /// The setting that publishes essays with a future date.
    pub(super) future: &'static str,
    /// The setting and the value that make each essay a draft unless its front matter says otherwise.
    pub(super) held: Option<(&'static str, &'static str)>,
    /// The settings with folders, and behind each one whether its essays are published.
    pub(super) unpublished: (&'static str, &'static str),
}

/// Patterns of the files of a repository that are for its contributors, and no content of any site.
pub(super) const CONTRIBUTOR_FILES: &str = "/LICENSE /LICENSE.* /LICENCE /LICENCE.* /COPYING /COPYING.* /CHANGELOG /CHANGELOG.* /CONTRIBUTING \
     /CONTRIBUTING.* /CODE_OF_CONDUCT /CODE_OF_CONDUCT.* /SECURITY /SECURITY.* /AGENTS.* /CLAUDE.* /GEMINI.md";

/// The README of a repository, and folders of site generators.
const REPOSITORY: &str = "/README /README.* /readme.* /themes/ /archetypes/ /layouts/ /templates/ /scaffolds/ \
     exampleSite/ example_site/ /vendor/ /Gemfile /Rakefile /Makefile";

const NONE: Generator = Generator {
    name: "",
    marks: "",
    settings: "",
    content: ".",
    statics: "",
    left_out: REPOSITORY,
    excluded: "",
    title: "site_title website.title book.title db.data.settings.title site_name sitename pagetitle title",
    author: "extra.author.name extra.author site_author book.authors author.name author book.author",
    language: "languagecode lang locale defaultlocale defaultcontentlanguage default_language default_lang language \
               book.language theme.language theme.locale db.data.settings.locale db.data.settings.lang",
    web: "siteurl site_url url website.site-url book.site-url output.html.site-url baseurl base_url",
    permalinks: "",
    future: "",
    held: None,
    unpublished: ("", ""),
};

/// The generators; the first one that recognises a folder counts.
pub(super) const GENERATORS: &[Generator] = &[
    Generator {
        name: "Hugo",
        marks: "hugo.toml hugo.yaml hugo.yml hugo.json config/_default/hugo.toml config/_default/hugo.yaml \
                config/_default/config.toml config/_default/config.yaml config.toml:baseurl config.yaml:baseurl \
                config.yml:baseurl config.json:baseurl",
        settings: "config/_default/params.toml",
        content: "@contentdir content",
        statics: "@staticdir static",
        author: "params.author.name params.author author.name author name",
        permalinks: "permalinks. permalinks.page.",
        future: "buildfuture",
        ..NONE
    },
    Generator {
        name: "Zola",
        marks: "zola.toml config.toml:base_url",
        content: "content",
        statics: "static",
        excluded: "ignored_content",
        ..NONE
    },
    Generator {
        name: "Hexo",
        marks: "_config.yml:new_post_name _config.yml:source_dir package.json:dependencies.hexo",
        settings: "_config.yml",
        content: "@source_dir source",
        excluded: "exclude ignore",
        permalinks: "permalink",
        future: "future",
        ..NONE
    },
    Generator {
        name: "Quartz",
        marks: "quartz.config.ts quartz.layout.ts",
        content: "content",
        excluded: "ignorepatterns",
        ..NONE
    },
    Generator {
        name: "Docusaurus",
        marks: "docusaurus.config.js docusaurus.config.ts docusaurus.config.mjs",
        statics: "static",
        left_out: "/* !/docs/ !/blog/",
        ..NONE
    },
    Generator {
        name: "Astro",
        marks: "astro.config.mjs astro.config.ts astro.config.js",
        settings: "src/consts.ts src/consts.js src/config.ts src/site.config.ts",
        content: "src/content src/data/blog src/pages content",
        statics: "public",
        author: "author name",
        web: "site_url site website",
        ..NONE
    },
    Generator {
        name: "Gatsby",
        marks: "gatsby-config.js gatsby-config.ts gatsby-config.mjs",
        content: "content src/content src/pages",
        statics: "static",
        author: "author name",
        ..NONE
    },
    Generator {
        name: "Next",
        marks: "next.config.js next.config.mjs next.config.ts",
        settings: "data/siteMetadata.js siteMetadata.js site.config.js lib/constants.ts",
        content: "content posts _posts data src/content pages src/pages",
        statics: "public",
        ..NONE
    },
    Generator {
        name: "Eleventy",
        marks: ".eleventy.js eleventy.config.js eleventy.config.cjs eleventy.config.mjs eleventy.config.ts",
        settings: "_data/metadata.json _data/site.json _data/metadata.js _data/site.js src/_data/metadata.json \
                   src/_data/site.json src/_data/metadata.js src/_data/site.js",
        content: "@input content src .",
        statics: "public",
        author: "author.name author name",
        ..NONE
    },
    Generator {
        name: "Pelican",
        marks: "pelicanconf.py",
        settings: "publishconf.py",
        content: "@path content",
        excluded: "ignore_files article_excludes",
        permalinks: "article_url article_save_as",
        held: Some(("status", "draft")),
        ..NONE
    },
    Generator { name: "Quarto", marks: "_quarto.yml _quarto.yaml", excluded: "website.drafts", ..NONE },
    Generator {
        name: "MkDocs",
        marks: "mkdocs.yml mkdocs.yaml",
        content: "@docs_dir docs",
        excluded: "exclude_docs draft_docs",
        ..NONE
    },
    Generator {
        name: "mdBook",
        marks: "book.toml:book.title book.toml:book.src book.toml:book.language",
        content: "@book.src src",
        ..NONE
    },
    Generator {
        name: "Jekyll",
        marks: "_config.yml _config.yaml _config.toml _posts",
        content: "@source .",
        excluded: "exclude",
        title: "title name",
        permalinks: "permalink",
        future: "future",
        unpublished: ("defaults.scope.path", "defaults.values.published"),
        ..NONE
    },
    Generator {
        name: "Obsidian",
        marks: ".obsidian",
        settings: ".obsidian/templates.json",
        left_out: "/[Tt]emplates/",
        excluded: "folder",
        ..NONE
    },
    Generator { name: "WordPress", marks: "*wordpress*.xml", left_out: "*.xml /wp-*", web: "link", ..NONE },
    Generator { name: "Ghost", marks: "*.ghost.*.json", left_out: "*.ghost.*.json", ..NONE },
    Generator { name: "Markdown", marks: ".git", left_out: "", ..NONE },
];
