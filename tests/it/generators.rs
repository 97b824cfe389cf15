//! Archives of site generators, each as its starter lays it out: what is recognised, and what readers get.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use lamplit::config::{File, Overrides, resolve};
use lamplit::generator::recognise;
use lamplit::publish::{CapsuleSnapshot, Inventory, PublishOptions};
use lamplit::site::{Lookup, Medium, Site};
use testkit::capsule::path;
use time::OffsetDateTime;

use crate::feeds::page;
use crate::support::{lamplit, run, scratch_folder};

/// A small archive, and what becomes of it.
struct Archive {
    /// The content folder, which gives readers the same when it is served; empty if that is the archive itself.
    content: &'static str,
    files: &'static [(&'static str, &'static str)],
    /// What is said of the archive at the start and by `check`.
    recognised: &'static str,
    title: &'static str,
    /// The addresses of all essays, sorted.
    essays: &'static str,
    /// Addresses with what they lead to, as in `/old/ /new.gmi`, `a file` or `missing`.
    answers: &'static [(&'static str, &'static str)],
}

const PAPERS: &[(&str, &str)] = &[
    ("README.md", "# lamp-starter\n\nRun `make`.\n"),
    ("LICENSE.md", "# License\n\nAll rights.\n"),
    ("CHANGELOG.md", "# Changes\n\nMany.\n"),
    ("CONTRIBUTING.md", "# Contributing\n\nPlease.\n"),
    ("AGENTS.md", "# Rules\n\nObey.\n"),
    ("CLAUDE.md", "# Rules\n\nObey.\n"),
];

const ARCHIVES: &[Archive] = &[
    Archive {
        content: "content",
        files: &[
            (
                "hugo.toml",
                "baseURL = 'https://lamp.example/'\nlanguageCode = 'en-gb'\ntitle = 'The Lamp Room'\n\
                 theme = 'ananke'\n\n[params]\n  author = 'Ada'\n\n[permalinks]\n  posts = '/:year/:month/:slug/'\n",
            ),
            ("archetypes/default.md", "+++\ndate = '{{ .Date }}'\ndraft = true\n+++\n"),
            ("themes/ananke/README.md", "# Ananke\n\nA theme.\n"),
            ("themes/ananke/exampleSite/content/a.md", "# Example\n\nExample.\n"),
            ("layouts/index.html", "{{ .Title }}"),
            ("static/images/lamp.png", "png"),
            ("static/old.md", "# Not an essay\n\nA file.\n"),
            ("content/_index.md", "+++\n+++\nEssays, written late.\n"),
            (
                "content/posts/rain.md",
                "+++\ntitle = 'Rain at Night'\ndate = 2024-04-01\n+++\n![Lamp](/images/lamp.png)\n",
            ),
            ("content/posts/draft.md", "+++\ntitle = 'Draft'\ndraft = true\n+++\nNot yet.\n"),
            ("content/posts/later.md", "+++\ntitle = 'Later'\ndate = 2090-01-01\n+++\nNot yet.\n"),
        ],
        recognised: "Hugo site: content/, pictures from static/, title, author, language and Web address from hugo.toml",
        title: "The Lamp Room",
        essays: "/posts/rain.gmi",
        answers: &[
            ("/2024/04/rain-at-night/", "/posts/rain.gmi"),
            ("/posts/rain/", "/posts/rain.gmi"),
            ("/posts/draft.gmi", "missing"),
            ("/content/posts/rain.gmi", "/posts/rain.gmi"),
            ("/old.gmi", "missing"),
        ],
    },
    Archive {
        content: "content",
        files: &[
            (
                "config.toml",
                "base_url = \"https://lamp.example\"\ntitle = \"The Lamp Room\"\ndefault_language = \"de\"\n\
                 ignored_content = [\"*.secret.md\"]\n\n[markdown]\nhighlight_code = true\n\n[extra]\nauthor = \"Ada\"\n",
            ),
            ("templates/index.html", ""),
            ("static/lamp.png", "png"),
            ("content/_index.md", "+++\ntitle = \"Home\"\n+++\nWillkommen.\n"),
            ("content/rain.md", "+++\ntitle = \"Regen\"\ndate = 2024-04-01\n+++\nEs regnet.\n"),
            ("content/fog.secret.md", "+++\ntitle = \"Nebel\"\n+++\nGeheim.\n"),
            ("content/draft.md", "+++\ndraft = true\n+++\nNoch nicht.\n"),
        ],
        recognised: "Zola site: content/, pictures from static/, title, author, language and Web address from config.toml",
        title: "The Lamp Room",
        essays: "/rain.gmi",
        answers: &[("/rain/", "/rain.gmi"), ("/draft.gmi", "missing"), ("/fog.secret.gmi", "missing")],
    },
    Archive {
        content: "source",
        files: &[
            (
                "_config.yml",
                "# Site\ntitle: The Lamp Room\nsubtitle: ''\nauthor: Ada\nlanguage: en\ntimezone: ''\n\n# URL\n\
                 url: http://lamp.example\npermalink: :year/:month/:day/:title/\n\n# Directory\nsource_dir: source\n\
                 public_dir: public\nnew_post_name: :title.md\nrender_drafts: true\nfuture: true\n",
            ),
            ("package.json", "{\"name\": \"hexo-site\"}"),
            ("scaffolds/post.md", "---\ntitle: {{ title }}\ndate: {{ date }}\n---\n"),
            ("themes/landscape/README.md", "# landscape\n"),
            ("source/_posts/rain.md", "---\ntitle: Rain\ndate: 2024-04-01 20:00:00\n---\nIt rains.\n"),
            ("source/_drafts/later.md", "---\ntitle: Later\n---\nNot yet.\n"),
            ("source/about/index.md", "---\ntitle: About\n---\nWho writes.\n"),
            ("source/images/lamp.png", "png"),
        ],
        recognised: "Hexo site: source/, title, author, language and Web address from _config.yml",
        title: "The Lamp Room",
        essays: "/_posts/rain.gmi /about.gmi",
        answers: &[
            ("/2024/04/01/rain/", "/_posts/rain.gmi"),
            ("/images/lamp.png", "a file"),
            ("/_drafts/later.gmi", "missing"),
        ],
    },
    Archive {
        content: "",
        files: &[
            (
                "_config.yml",
                "title: The Lamp Room\nemail: ada@lamp.example\nauthor:\n  name: Ada\ndescription: >-\n  Essays.\n\
                 baseurl: \"\"\nurl: \"https://lamp.example\"\nlang: en\npermalink: /:categories/:title.html\n\
                 exclude:\n  - notes/\n  - \"*.local.md\"\n",
            ),
            ("Gemfile", "gem 'jekyll'\n"),
            ("_layouts/default.html", ""),
            ("themes/x/exampleSite/content/a.md", "# Example\n"),
            ("archetypes/default.md", "# {{ title }}\n"),
            ("notes/mine.md", "# Mine\n\nNot for readers.\n"),
            ("rain.local.md", "# Local\n\nNot for readers.\n"),
            (
                "_posts/2024-04-01-rain.md",
                "---\ntitle: Rain\ncategories: weather\n---\n[lamps]({% link _posts/2024-05-01-lamps.md %})\n",
            ),
            ("_posts/2024-05-01-lamps.md", "---\ntitle: Lamps\npublished: true\n---\nLamps.\n"),
            ("_posts/2024-06-01-fog.md", "---\ntitle: Fog\npublished: false\n---\nFog.\n"),
            ("_drafts/moss.md", "---\ntitle: Moss\n---\nMoss.\n"),
            ("assets/lamp.png", "png"),
        ],
        recognised: "Jekyll site: title, author, language and Web address from _config.yml",
        title: "The Lamp Room",
        essays: "/_posts/2024-04-01-rain.gmi /_posts/2024-05-01-lamps.gmi",
        answers: &[
            ("/weather/rain.html", "/_posts/2024-04-01-rain.gmi"),
            ("/2024/05/01/lamps.html", "/_posts/2024-05-01-lamps.gmi"),
            ("/assets/lamp.png", "a file"),
            ("/_posts/2024-06-01-fog.gmi", "missing"),
            ("/notes/mine.gmi", "missing"),
        ],
    },
    Archive {
        content: "content",
        files: &[
            (
                "eleventy.config.js",
                "export default async function(eleventyConfig) {\n\televentyConfig.addPassthroughCopy({ \"./public/\": \
                 \"/\" });\n};\n\nexport const config = {\n\ttemplateFormats: [\"md\", \"njk\"],\n\tdir: {\n\t\tinput: \
                 \"content\",          // default: \".\"\n\t\tincludes: \"../_includes\",\n\t\toutput: \"_site\"\n\t},\n};\n",
            ),
            (
                "_data/metadata.js",
                "export default {\n\ttitle: \"The Lamp Room\",\n\turl: \"https://lamp.example/\",\n\tlanguage: \"en\",\n\
                 \tdescription: \"I write about lamps.\",\n\tauthor: {\n\t\tname: \"Ada\",\n\t\turl: \
                 \"https://lamp.example/about/\"\n\t}\n}\n",
            ),
            ("content/blog/first.md", "---\ntitle: First Light\ndate: 2024-04-01\n---\nLight.\n"),
            ("content/blog/draft.md", "---\ntitle: Draft\ndraft: true\n---\nNot yet.\n"),
            ("public/img/lamp.png", "png"),
        ],
        recognised: "Eleventy site: content/, pictures from public/, title, author, language and Web address from \
                     _data/metadata.js",
        title: "The Lamp Room",
        essays: "/blog/first.gmi",
        answers: &[("/blog/first/", "/blog/first.gmi"), ("/blog/draft.gmi", "missing")],
    },
    Archive {
        content: "src/content",
        files: &[
            (
                "astro.config.mjs",
                "// @ts-check\nimport { defineConfig } from 'astro/config';\nimport mdx from '@astrojs/mdx';\n\n\
                 export default defineConfig({\n\tsite: 'https://lamp.example',\n\tintegrations: [mdx()],\n});\n",
            ),
            (
                "src/consts.ts",
                "// Place any global data in this file.\n\nexport const SITE_TITLE = 'The Lamp Room';\n\
                 export const SITE_DESCRIPTION = 'Welcome!';\n",
            ),
            ("src/content/blog/first.md", "---\ntitle: 'First'\npubDate: 'Jul 08 2022'\n---\nLight.\n"),
            ("src/content/blog/using.mdx", "---\ntitle: 'Using'\npubDate: 'Jun 01 2023'\n---\nMore.\n"),
            ("src/content/blog/draft.md", "---\ntitle: 'Draft'\ndraft: true\n---\nNot yet.\n"),
            ("src/pages/index.astro", "---\n---\n<html></html>"),
            ("public/lamp.png", "png"),
        ],
        recognised: "Astro site: src/content/, pictures from public/, title from src/consts.ts, Web address from \
                     astro.config.mjs, 1 file in MDX is read",
        title: "The Lamp Room",
        essays: "/blog/first.gmi /blog/using.gmi",
        answers: &[("/blog/first/", "/blog/first.gmi"), ("/blog/draft.gmi", "missing")],
    },
    Archive {
        content: "content",
        files: &[
            (
                "gatsby-config.js",
                "module.exports = {\n  siteMetadata: {\n    title: `The Lamp Room`,\n    author: {\n      name: `Ada`,\n\
                 \x20     summary: `who lives here.`,\n    },\n    siteUrl: `https://lamp.example/`,\n  },\n  plugins: [\n\
                 \x20   {\n      resolve: `gatsby-source-filesystem`,\n      options: {\n        path: \
                 `${__dirname}/content/blog`,\n        name: `blog`,\n      },\n    },\n  ],\n}\n",
            ),
            ("content/blog/hello-world/index.md", "---\ntitle: Hello\ndate: \"2015-05-01\"\n---\nHello.\n"),
            ("content/blog/hello-world/egg.jpg", "jpg"),
            ("content/blog/draft/index.md", "---\ntitle: Draft\npublished: false\n---\nNot yet.\n"),
            ("static/lamp.png", "png"),
        ],
        recognised: "Gatsby site: content/, pictures from static/, title, author and Web address from gatsby-config.js",
        title: "The Lamp Room",
        essays: "/blog/hello-world.gmi",
        answers: &[
            ("/hello-world/", "/blog/hello-world.gmi"),
            ("/blog/hello-world/egg.jpg", "a file"),
            ("/blog/draft.gmi", "missing"),
        ],
    },
    Archive {
        content: "posts",
        files: &[
            (
                "next.config.mjs",
                "/** @type {import('next').NextConfig} */\nconst nextConfig = {};\nexport default nextConfig;\n",
            ),
            (
                "data/siteMetadata.js",
                "const siteMetadata = {\n  title: 'The Lamp Room',\n  author: 'Ada',\n  language: 'en-us',\n  siteUrl: \
                 'https://lamp.example',\n};\nmodule.exports = siteMetadata;\n",
            ),
            ("posts/ssg.md", "---\ntitle: 'Light'\ndate: '2020-01-02'\n---\nLight.\n"),
            ("posts/pre.mdx", "---\ntitle: 'More'\ndate: '2020-01-01'\n---\nimport A from './a'\n\nMore.\n"),
            ("posts/draft.mdx", "---\ntitle: 'Draft'\ndraft: true\n---\nNot yet.\n"),
            ("public/lamp.png", "png"),
        ],
        recognised: "Next site: posts/, pictures from public/, title, author, language and Web address from \
                     data/siteMetadata.js, 2 files in MDX are read",
        title: "The Lamp Room",
        essays: "/pre.gmi /ssg.gmi",
        answers: &[("/posts/ssg", "/ssg.gmi"), ("/draft.gmi", "missing")],
    },
    Archive {
        content: "content",
        files: &[
            (
                "pelicanconf.py",
                "AUTHOR = 'Ada'\nSITENAME = 'The Lamp Room'\nSITEURL = \"\"\n\nPATH = \"content\"\n\nTIMEZONE = \
                 'Europe/Rome'\n\nDEFAULT_LANG = 'it'\n\nARTICLE_URL = 'posts/{date:%Y}/{date:%m}/{slug}/'\n\
                 # SITENAME = 'Another'\nDEFAULT_PAGINATION = 10\n",
            ),
            (
                "publishconf.py",
                "from pelicanconf import *\n\nSITEURL = \"https://lamp.example\"\nRELATIVE_URLS = False\n",
            ),
            ("content/rain.md", "Title: Rain at Night\nDate: 2024-04-01 10:20\nCategory: Weather\n\nIt rains.\n"),
            ("content/later.md", "Title: Later\nDate: 2024-04-02\nStatus: draft\n\nNot yet.\n"),
            ("content/images/lamp.png", "png"),
            ("tasks.py", "# -*- coding: utf-8 -*-\n"),
        ],
        recognised: "Pelican site: content/, Web address from publishconf.py, title, author, language and \
                     time zone from pelicanconf.py",
        title: "The Lamp Room",
        essays: "/rain.gmi",
        answers: &[
            ("/posts/2024/04/rain-at-night/", "/rain.gmi"),
            ("/rain-at-night.html", "/rain.gmi"),
            ("/images/lamp.png", "a file"),
            ("/later.gmi", "missing"),
        ],
    },
    Archive {
        content: "",
        files: &[
            (
                "_quarto.yml",
                "project:\n  type: website\n\nwebsite:\n  title: \"The Lamp Room\"\n  site-url: https://lamp.example\n  \
                 drafts:\n    - posts/fog.qmd\n  navbar:\n    right:\n      - about.qmd\n\nlang: fr\nformat:\n  html:\n    \
                 theme: cosmo\n",
            ),
            ("index.qmd", "---\ntitle: \"Lampes\"\nlisting:\n  contents: posts\n---\nBienvenue.\n"),
            ("about.qmd", "---\ntitle: \"About\"\n---\nMoi.\n"),
            ("posts/rain/index.qmd", "---\ntitle: \"Pluie\"\ndate: \"2024-04-01\"\n---\nIl pleut.\n"),
            ("posts/fog.qmd", "---\ntitle: \"Brume\"\n---\nPas encore.\n"),
            ("posts/moss.qmd", "---\ntitle: \"Mousse\"\ndraft: true\n---\nPas encore.\n"),
        ],
        recognised: "Quarto site: title, language and Web address from _quarto.yml, 4 files in Quarto are read",
        title: "The Lamp Room",
        essays: "/about.gmi /posts/rain.gmi",
        answers: &[("/posts/rain/", "/posts/rain.gmi"), ("/posts/fog.gmi", "missing"), ("/posts/moss.gmi", "missing")],
    },
    Archive {
        content: "docs",
        files: &[
            (
                "mkdocs.yml",
                "site_name: The Lamp Room\nsite_url: https://lamp.example/\nsite_author: Ada\ntheme:\n  name: material\n  \
                 language: nl\ndraft_docs: |\n  drafts/\n  _unpublished.md\nmarkdown_extensions:\n  - pymdownx.emoji:\n      \
                 emoji_index: !!python/name:material.extensions.emoji.twemoji\nnav:\n  - Home: index.md\n",
            ),
            ("docs/index.md", "# Welkom\n\nOver lampen.\n"),
            ("docs/rain.md", "# Regen\n\nHet regent.\n"),
            ("docs/drafts/fog.md", "# Mist\n\nNog niet.\n"),
            ("docs/img/lamp.png", "png"),
        ],
        recognised: "MkDocs site: docs/, title, author, language and Web address from mkdocs.yml",
        title: "The Lamp Room",
        essays: "/rain.gmi",
        answers: &[("/rain/", "/rain.gmi"), ("/img/lamp.png", "a file"), ("/drafts/fog.gmi", "missing")],
    },
    Archive {
        content: "src",
        files: &[
            ("book.toml", "[book]\nauthors = [\"Ada\"]\nlanguage = \"en\"\nsrc = \"src\"\ntitle = \"The Lamp Room\"\n"),
            ("src/SUMMARY.md", "# Summary\n\n- [Chapter 1](./chapter_1.md)\n"),
            ("src/chapter_1.md", "# Chapter 1\n\nLamps.\n"),
        ],
        recognised: "mdBook site: src/, title, author and language from book.toml",
        title: "The Lamp Room",
        essays: "/SUMMARY.gmi /chapter_1.gmi",
        answers: &[("/chapter_1.html", "/chapter_1.gmi")],
    },
    Archive {
        content: "",
        files: &[
            (
                "docusaurus.config.ts",
                "import {themes as prismThemes} from 'prism-react-renderer';\n\nconst config: Config = {\n  title: 'The \
                 Lamp Room',\n  tagline: 'Lamps are cool',\n  url: 'https://lamp.example',\n  baseUrl: '/',\n  i18n: {\n    \
                 defaultLocale: 'en',\n    locales: ['en'],\n  },\n};\n",
            ),
            ("docs/intro.md", "---\nsidebar_position: 1\n---\n# Intro\n\nLet's go.\n"),
            ("docs/_part.mdx", "Shared.\n"),
            ("blog/2021-08-26-welcome/index.md", "---\nslug: welcome\ntitle: Welcome\n---\nHello.\n"),
            ("blog/2021-09-01-draft.mdx", "---\ntitle: Draft\ndraft: true\n---\nNot yet.\n"),
            ("src/pages/markdown-page.md", "---\ntitle: Page\n---\nA page.\n"),
            ("static/img/lamp.png", "png"),
        ],
        recognised: "Docusaurus site: pictures from static/, title, language and Web address from docusaurus.config.ts, \
                     1 file in MDX is read",
        title: "The Lamp Room",
        essays: "/blog/welcome.gmi /docs/intro.gmi /src/pages/markdown-page.gmi",
        answers: &[
            ("/blog/welcome", "/blog/welcome.gmi"),
            ("/docs/intro", "/docs/intro.gmi"),
            ("/img/lamp.png", "a file"),
            ("/blog/draft.gmi", "missing"),
        ],
    },
    Archive {
        content: "",
        files: &[
            (".obsidian/app.json", "{}"),
            (".obsidian/templates.json", "{\"folder\": \"Vorlagen\"}"),
            ("index.md", "# The Lamp Room\n\nNotes.\n"),
            ("Vorlagen/Note.md", "# {{title}}\n\nA form.\n"),
            ("thoughts/organizing system.md", "Boxes.\n\n[search](thoughts/search.md) [s](search.md)\n"),
            ("thoughts/search.md", "Finding. [[organizing system]]\n"),
            ("secret.md", "---\npublish: false\n---\nMine.\n"),
        ],
        recognised: "Obsidian site",
        title: "The Lamp Room",
        essays: "/thoughts/organizing%20system.gmi /thoughts/search.gmi",
        answers: &[("/secret.gmi", "missing"), ("/Vorlagen/Note.gmi", "missing")],
    },
    Archive {
        content: "content",
        files: &[
            (
                "quartz.config.ts",
                "const config: QuartzConfig = {\n  configuration: {\n    pageTitle: \"The Lamp Room\",\n    locale: \
                 \"en-US\",\n    baseUrl: \"lamp.example\",\n    ignorePatterns: [\"private\", \"templates\", \".obsidian\"],\n  \
                 },\n}\n",
            ),
            ("docs/index.md", "# Quartz v4\n\nHow to build.\n"),
            ("content/index.md", "---\ntitle: Home\n---\nA garden.\n"),
            ("content/moss.md", "Moss. [[rain]]\n"),
            ("content/rain.md", "Rain.\n"),
            ("content/private/mine.md", "Mine.\n"),
        ],
        recognised: "Quartz site: content/, title, language and Web address from quartz.config.ts",
        title: "The Lamp Room",
        essays: "/moss.gmi /rain.gmi",
        answers: &[("/rain", "/rain.gmi"), ("/private/mine.gmi", "missing")],
    },
    Archive {
        content: "",
        files: &[
            (
                "thelamproom.WordPress.2024-05-01.xml",
                "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<rss version=\"2.0\">\n<channel>\n\t<title>The Lamp \
                 Room</title>\n\t<link>https://lamp.example</link>\n\t<language>en-GB</language>\n\t<item>\n\t\t<title>A \
                 draft</title>\n\t\t<wp:status>draft</wp:status>\n\t</item>\n</channel>\n</rss>\n",
            ),
            ("posts/2024-04-01-rain/index.md", "---\ntitle: \"Rain\"\ndate: \"2024-04-01\"\n---\nIt rains.\n"),
            ("posts/2024-04-01-rain/images/lamp.png", "png"),
            ("posts/fog/index.md", "---\ntitle: \"Fog\"\nstatus: draft\n---\nNot yet.\n"),
        ],
        recognised: "WordPress site: title, language and Web address from thelamproom.WordPress.2024-05-01.xml",
        title: "The Lamp Room",
        essays: "/posts/2024-04-01-rain.gmi",
        answers: &[
            ("/2024/04/01/rain/", "/posts/2024-04-01-rain.gmi"),
            ("/rain/", "/posts/2024-04-01-rain.gmi"),
            ("/posts/fog.gmi", "missing"),
            ("/thelamproom.WordPress.2024-05-01.xml", "missing"),
        ],
    },
    Archive {
        content: "",
        files: &[
            (
                "the-lamp-room.ghost.2024-05-01-10-00-00.json",
                "{\"db\": [{\"meta\": {\"version\": \"5.2\"}, \"data\": {\"posts\": [{\"title\": \"A draft\", \"status\": \
                 \"draft\"}], \"settings\": [{\"key\": \"title\", \"value\": \"The Lamp Room\"}, {\"key\": \"locale\", \
                 \"value\": \"en\"}]}}]}",
            ),
            ("rain.md", "---\ntitle: Rain\ndate: 2024-04-01\nstatus: published\n---\nIt rains.\n"),
            ("fog.md", "---\ntitle: Fog\nstatus: draft\n---\nNot yet.\n"),
        ],
        recognised: "Ghost site: title and language from the-lamp-room.ghost.2024-05-01-10-00-00.json",
        title: "The Lamp Room",
        essays: "/rain.gmi",
        answers: &[("/fog.gmi", "missing"), ("/the-lamp-room.ghost.2024-05-01-10-00-00.json", "missing")],
    },
];

/// Reads `folder` as `lamplit serve` does without a configuration, or with these lines in it.
fn published(folder: &Path, settings: &str) -> (PublishOptions, CapsuleSnapshot, Inventory) {
    let file =
        File::parse("config.toml", &format!("[[capsule]]\ncontent = {:?}\n{settings}", folder.display().to_string()))
            .expect("valid");
    let base = Path::new("/nowhere");
    let config = resolve(&Overrides::default(), Some(&file), base, Path::new("/state")).expect("valid");
    let capsule = &config.capsules[0];
    let options = PublishOptions::new(&config, capsule);
    let now = OffsetDateTime::from_unix_timestamp(1_760_000_000).expect("a time");
    let (snapshot, contents) = CapsuleSnapshot::read(&options, now).expect("a folder");
    let inventory = Inventory::of(&snapshot, &contents, now);
    (options, snapshot, inventory)
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("writable");
        fs::write(file, text).expect("writable");
    }
}

fn essays(site: &Site) -> String {
    let mut essays: Vec<String> = site.capsule().essays().iter().map(|essay| essay.address().to_url()).collect();
    essays.sort();
    essays.join(" ")
}

fn answer(site: &Site, at: &str) -> String {
    match site.lookup(&path(at), Medium::Gemini) {
        Lookup::Moved(to) => to.to_url(),
        Lookup::Missing => "missing".to_owned(),
        Lookup::File(..) => "a file".to_owned(),
        Lookup::Page(..) => "Page".to_owned(),
        other => format!("{other:?}").chars().take(40).collect(),
    }
}

#[test]
fn archive_of_each_generator_is_recognised_and_read() {
    let mut failures = Vec::new();
    let mut compare = |what: String, left: &str, right: &str| {
        if left != right {
            failures.push(format!("{what}:\n  is       {left}\n  expected {right}"));
        }
    };
    for archive in ARCHIVES {
        let folder = scratch_folder();
        let name = archive.recognised;
        write(folder.path(), PAPERS);
        write(folder.path(), archive.files);
        let (_, root, inventory) = published(folder.path(), "");
        let first = inventory.lines().into_iter().next().unwrap_or_default();
        compare("recognised".to_owned(), &first, &format!("recognised: {name}"));
        let content = if archive.content.is_empty() { None } else { Some(folder.path().join(archive.content)) };
        let inner = content.map(|content| published(&content, "").1);
        for site in [Some(root.site.clone()), inner.map(|inner| inner.site)].into_iter().flatten() {
            compare(name.to_owned(), &site.capsule().title, archive.title);
            compare(name.to_owned(), &essays(&site), archive.essays);
            for (at, expected) in archive.answers {
                compare(format!("{name}: {at}"), &answer(&site, at), expected);
            }
            let (_, home) = page(&site, "/", Medium::Gemini).expect("a page");
            for word in ["Not yet", "Draft", "lamp-starter", "License", "Obey", "Mine"] {
                compare(format!("{name}: {word}"), if home.contains(word) { &home } else { "" }, "");
            }
        }
        for (paper, _) in PAPERS.iter().filter(|(paper, _)| *paper != "README.md") {
            compare(format!("{name}: {paper}"), &answer(&root.site, &format!("/{paper}")), "missing");
        }
        compare(name.to_owned(), &format!("{:?}", root.problems), "[]");
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

/// Pairs of names and texts, or of addresses and answers.
type Pairs = &'static [(&'static str, &'static str)];

type Variant = (Pairs, &'static str, &'static str, Pairs);

/// Small sites with settings of their own, the essays that readers get, and addresses with what they lead to.
const VARIANTS: &[Variant] = &[
    // Every article of a Pelican site may be a draft by default.
    (
        &[
            ("pelicanconf.py", "SITENAME = 'Lamps'\nDEFAULT_METADATA = {\n    'status': 'draft',\n}\n"),
            ("content/a.md", "Title: A\n\nNot yet.\n"),
            ("content/b.md", "Title: B\nStatus: published\n\nPublic.\n"),
        ],
        "",
        "/b.gmi",
        &[("/a.gmi", "missing"), ("/a.txt", "missing"), ("/a.md", "missing")],
    ),
    // Jekyll may hold back folders.
    (
        &[
            (
                "_config.yml",
                "title: Lamps\ndefaults:\n  - scope:\n      path: \"_posts\"\n    values:\n      layout: post\n  - scope:\n      \
                 path: \"notes\"\n    values:\n      published: false\n",
            ),
            ("_posts/2024-01-01-a.md", "Public.\n"),
            ("notes/b.md", "Not yet.\n"),
        ],
        "",
        "/_posts/2024-01-01-a.gmi",
        &[("/notes/b.gmi", "missing")],
    ),
    // Folders with an underscore are published only as collections.
    (
        &[
            (
                "_config.yml",
                "title: Lamps\ncollections:\n  notes:\n    output: true\n  staff:\n    output: false\ninclude:\n  - _pages\n",
            ),
            ("_posts/2024-01-01-a.md", "Public.\n"),
            ("films/_posts/2024-01-01-b.md", "Public.\n"),
            ("_notes/c.md", "Public.\n"),
            ("_pages/d.md", "Public.\n"),
            ("_staff/e.md", "Data.\n"),
            ("_ideas/f.md", "Mine.\n"),
            ("_ideas/lamp.png", "png"),
        ],
        "",
        "/_notes/c.gmi /_pages/d.gmi /_posts/2024-01-01-a.gmi /films/_posts/2024-01-01-b.gmi",
        &[("/_ideas/f.gmi", "missing"), ("/_ideas/lamp.png", "missing"), ("/_staff/e.gmi", "missing")],
    ),
    (
        &[
            ("_config.yml", "title: Lamps\nsource_dir: source\nnew_post_name: :title.md\n"),
            ("source/_posts/a.md", "Public.\n"),
            ("source/_ideas/b.md", "Mine.\n"),
        ],
        "",
        "/_posts/a.gmi",
        &[("/_ideas/b.gmi", "missing")],
    ),
    (
        &[
            ("docusaurus.config.js", "module.exports = { title: 'Lamps' };\n"),
            ("docs/a.md", "Public.\n"),
            ("docs/_ideas/b.md", "Mine.\n"),
        ],
        "",
        "/docs/a.gmi",
        &[("/docs/_ideas/b.gmi", "missing")],
    ),
    // Defaults of Jekyll may be for kinds and for single files, and name authors.
    (
        &[
            (
                "_config.yml",
                "title: Lamps\ncollections:\n  notes:\n    output: true\ndefaults:\n  - scope: {path: \"\", type: \"notes\"}\n    \
                 values: {published: false}\n  - scope: {path: \"films/a.md\"}\n    values: {published: false}\n",
            ),
            ("_notes/a.md", "Not yet.\n"),
            ("_notes/b.md", "---\npublished: true\n---\nPublic.\n"),
            ("films/a.md", "Not yet.\n"),
            ("films/b.md", "Public.\n"),
        ],
        "",
        "/_notes/b.gmi /films/b.gmi",
        &[],
    ),
    // Hugo may hold back paths.
    (
        &[
            (
                "hugo.toml",
                "title = 'Lamps'\n[[cascade]]\n  draft = true\n  [cascade.target]\n    path = '/private/**'\n",
            ),
            ("content/private/a.md", "Not yet.\n"),
            ("content/private/lamp.png", ""),
            ("content/b.md", "Public.\n"),
            ("content/lamp.png", ""),
        ],
        "",
        "/b.gmi",
        &[("/private/a.gmi", "missing"), ("/private/lamp.png", "missing"), ("/lamp.png", "a file")],
    ),
    // A draft of a section in Zola is one of all its pages; in Hugo it is not.
    (
        &[
            ("config.toml", "base_url = \"https://lamp.example\"\ntitle = \"Lamps\"\n"),
            ("content/n/_index.md", "+++\ndraft = true\n+++\n"),
            ("content/n/a.md", "Not yet.\n"),
            ("content/n/deep/b.md", "+++\ndraft = false\n+++\nNot yet.\n"),
            ("content/n/deep/lamp.png", ""),
            ("content/c.md", "Public.\n"),
        ],
        "",
        "/c.gmi",
        &[("/n/a.gmi", "missing"), ("/n/deep/b.gmi", "missing"), ("/n/deep/lamp.png", "missing")],
    ),
    // Schemas of collections may make drafts of essays that do not say otherwise.
    (
        &[
            ("astro.config.mjs", "export default defineConfig({});\n"),
            (
                "src/content.config.ts",
                "const blog = defineCollection({\n  loader: glob({ base: './src/content/blog', pattern: '**/*.md' }),\n  schema: \
                 z.object({\n    title: z.string().default('Lamp'),\n    draft: z.boolean().default(true),\n    pinned: \
                 z.boolean().default(false),\n  }),\n});\n",
            ),
            ("src/content/blog/a.md", "Not yet.\n"),
            ("src/content/blog/b.md", "---\ndraft: false\n---\nPublic.\n"),
        ],
        "title = \"Lamps\"\n",
        "/blog/b.gmi",
        &[("/blog/a.md", "missing")],
    ),
    (
        &[
            ("next.config.js", "module.exports = {};\n"),
            (
                "contentlayer.config.ts",
                "const Post = defineDocumentType(() => ({\n  name: 'Post',\n  fields: {\n    title: { type: 'string' },\n    \
                 published: { type: 'boolean', default: false },\n  },\n}));\nexport default makeSource({ contentDirPath: \
                 'content', documentTypes: [Post] });\n",
            ),
            ("content/a.mdx", "Not yet.\n"),
            ("content/b.mdx", "---\npublished: true\n---\nPublic.\n"),
        ],
        "title = \"Lamps\"\n",
        "/b.gmi",
        &[],
    ),
    (
        &[
            ("next.config.js", "module.exports = {};\n"),
            (
                "velite.config.ts",
                "const posts = defineCollection({ name: 'Post', schema: s.object({ isDraft: s.boolean().optional().default(false) }) });\n",
            ),
            ("content/a.mdx", "Public.\n"),
        ],
        "title = \"Lamps\"\n",
        "/a.gmi",
        &[],
    ),
    // Metadata by default in other forms of Python.
    (
        &[
            ("pelicanconf.py", "SITENAME = 'Lamps'\nDEFAULT_METADATA = dict(status='draft')\n"),
            ("content/a.md", "Title: A\n\nNot yet.\n"),
            ("content/b.md", "Title: B\nStatus: published\n\nPublic.\n"),
        ],
        "",
        "/b.gmi",
        &[],
    ),
    (
        &[
            ("pelicanconf.py", "SITENAME = 'Lamps'\nDEFAULT_METADATA = (('status', 'draft'),)\n"),
            ("content/a.md", "Title: A\n\nNot yet.\n"),
            ("content/b.md", "Title: B\nStatus: published\n\nPublic.\n"),
        ],
        "",
        "/b.gmi",
        &[],
    ),
    // A regular expression is no call.
    (
        &[
            (
                "pelicanconf.py",
                "SITENAME = 'Lamps'\nFILENAME_METADATA = r'(?P<date>\\d{4}-\\d{2}-\\d{2})_(?P<slug>.*)'\nARTICLE_PATHS = ['blog']\n",
            ),
            ("content/blog/a.md", "Title: A\n\nPublic.\n"),
            ("content/notes/b.md", "Title: B\n\nMine.\n"),
        ],
        "",
        "/blog/a.gmi",
        &[],
    ),
    // Lists grow, and hold other values than strings.
    (
        &[
            (
                "conf.py",
                "project = 'Lamps'\nextensions = ['myst_parser']\nexclude_patterns = ['_build']\nexclude_patterns += ['mine/*']\n\
                 exclude_patterns.append('hush.md')\nexclude_patterns.extend(['hush', 'c.md'])\n",
            ),
            ("index.md", "Public.\n"),
            ("mine/b.md", "Mine.\n"),
            ("hush.md", "Mine.\n"),
            ("hush/b.md", "Mine.\n"),
            ("c.md", "Mine.\n"),
        ],
        "",
        "",
        &[("/mine/b.md", "missing"), ("/hush.md", "missing"), ("/hush/b.md", "missing"), ("/c.md", "missing")],
    ),
    (
        &[
            (
                ".vitepress/config.ts",
                "export default defineConfig({ title: 'Lamps', srcExclude: [/x/, ...more, 'mine/**', other, '**/c.md'] })\n",
            ),
            ("a.md", "Public.\n"),
            ("mine/b.md", "Mine.\n"),
            ("n/c.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    // Files of patterns may lie in the content folder.
    (
        &[
            (".eleventy.js", "module.exports = () => ({ dir: { input: 'src' } });\n"),
            ("src/.eleventyignore", "mine/\n/c.md\n"),
            ("src/a.md", "Public.\n"),
            ("src/n/mine/b.md", "Mine.\n"),
            ("src/c.md", "Mine.\n"),
        ],
        "title = \"Lamps\"\n",
        "/a.gmi",
        &[],
    ),
    (
        &[
            ("quartz.config.ts", "const config = { configuration: { pageTitle: 'Lamps' } }\n"),
            ("content/.gitignore", "mine/\n"),
            ("content/a.md", "Public.\n"),
            ("content/mine/b.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    // Keys of EDN may share a line.
    (
        &[
            ("logseq/config.edn", "{:publishing/all-pages-public? true :hidden [\"/pages/b.md\" \"assets/mine\"]}\n"),
            ("pages/a.md", "- Public.\n"),
            ("pages/b.md", "- Mine.\n"),
            ("assets/mine/lamp.png", ""),
        ],
        "title = \"Lamps\"\n",
        "/pages/a.gmi",
        &[("/assets/mine/lamp.png", "missing")],
    ),
    // GitBook may name the file with the links.
    (
        &[
            (".gitbook.yaml", "root: ./docs/\n\nstructure:\n  readme: a.md\n  summary: toc.md\n"),
            ("docs/toc.md", "# Summary\n\n* [A](a.md)\n* [B](n/b.md)\n"),
            ("docs/a.md", "Public.\n"),
            ("docs/n/b.md", "Public.\n"),
            ("docs/c.md", "Mine.\n"),
        ],
        "title = \"Lamps\"\n",
        "/a.gmi /n/b.gmi",
        &[],
    ),
    (
        &[
            ("book.json", "{\"title\": \"Lamps\", \"structure\": {\"summary\": \"toc.md\"}}\n"),
            ("toc.md", "# Summary\n\n* [A](a.md)\n"),
            ("a.md", "Public.\n"),
            ("c.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    // Folders of Bridgetown have defaults of their own.
    (
        &[
            ("bridgetown.config.yml", "title: Lamps\n"),
            ("src/_posts/2024-01-01-a.md", "Public.\n"),
            ("src/_posts/later/_defaults.yml", "published: false\n"),
            ("src/_posts/later/2024-01-01-b.md", "Not yet.\n"),
            ("src/_posts/later/lamp.png", ""),
        ],
        "",
        "/_posts/2024-01-01-a.gmi",
        &[("/_posts/later/lamp.png", "missing"), ("/_posts/later/_defaults.yml", "missing")],
    ),
    // Settings in Ruby name collections by blocks.
    (
        &[
            (
                "config/initializers.rb",
                "Bridgetown.configure do |config|\n  permalink \"simple\"\n  collections do\n    notes do\n      output true\n    \
                 end\n    staff do\n      output false\n    end\n  end\nend\n",
            ),
            ("src/_posts/2024-01-01-a.md", "Public.\n"),
            ("src/_notes/b.md", "Public.\n"),
            ("src/_staff/c.md", "Mine.\n"),
        ],
        "title = \"Lamps\"\n",
        "/_notes/b.gmi /_posts/2024-01-01-a.gmi",
        &[],
    ),
    // Hexo has a folder of pictures for each post.
    (
        &[
            ("_config.yml", "title: Lamps\nsource_dir: source\nnew_post_name: :title.md\npost_asset_folder: true\n"),
            ("source/_posts/a.md", "---\npublished: false\n---\nMine.\n"),
            ("source/_posts/a/lamp.png", ""),
            ("source/_posts/b.md", "Public.\n"),
            ("source/_posts/b/lamp.png", ""),
        ],
        "",
        "/_posts/b.gmi",
        &[("/_posts/a/lamp.png", "missing"), ("/_posts/b/lamp.png", "a file")],
    ),
    // Docusaurus has earlier versions of its texts, whose addresses lead to the current ones.
    (
        &[
            ("docusaurus.config.js", "module.exports = { title: 'Lamps', presets: [['classic', { docs: {} }]] };\n"),
            ("versions.json", "[\"2.0\", \"1.0\"]\n"),
            ("docs/intro.md", "Public.\n"),
            ("docs/n/new.md", "Public.\n"),
            ("versioned_docs/version-2.0/intro.md", "Old.\n"),
            ("versioned_docs/version-1.0/intro.md", "Old.\n"),
            ("versioned_docs/version-1.0/gone.md", "Old.\n"),
        ],
        "",
        "/docs/intro.gmi /docs/n/new.gmi",
        &[
            ("/docs/1.0/intro", "/docs/intro.gmi"),
            ("/docs/next/n/new", "/docs/n/new.gmi"),
            ("/docs/1.0/gone", "missing"),
        ],
    ),
    // So is one of a note in Dendron of all notes below it, which are reached by way of it.
    (
        &[
            ("dendron.yml", "version: 5\nworkspace:\n  vaults:\n    - fsPath: vault\n"),
            ("vault/diary.md", "---\ntitle: Diary\npublished: false\n---\nMine.\n"),
            ("vault/diary.june.md", "---\ntitle: June\n---\nMine.\n"),
            ("vault/diary.june.first.md", "---\npublished: true\n---\nMine.\n"),
            ("vault/diaryland.md", "Public.\n"),
            ("vault/films.md", "---\npublished: true\n---\nPublic.\n"),
            ("vault/films.night.md", "Public.\n"),
            ("vault/films.lost.md", "---\npublished: false\n---\nMine.\n"),
            ("vault/films.lost.one.md", "Mine.\n"),
        ],
        "title = \"Lamps\"\n",
        "/diaryland.gmi /films.gmi /films.night.gmi",
        &[("/diary.june.first.md", "missing")],
    ),
    (
        &[
            ("hugo.toml", "title = 'Lamps'\n"),
            ("content/n/_index.md", "+++\ndraft = true\n+++\n"),
            ("content/n/a.md", "Public.\n"),
        ],
        "",
        "/n/a.gmi",
        &[],
    ),
    // Quartz may publish only what says so.
    (
        &[
            (
                "quartz.config.ts",
                "const config = {\n  configuration: { pageTitle: \"Lamps\" },\n  plugins: {\n    filters: \
                 [Plugin.RemoveDrafts(), Plugin.ExplicitPublish()],\n  },\n}\n",
            ),
            ("content/a.md", "Mine.\n"),
            ("content/b.md", "---\npublish: true\n---\nPublic.\n"),
            ("content/lamp.png", ""),
        ],
        "",
        "/b.gmi",
        &[("/a.gmi", "missing"), ("/lamp.png", "a file")],
    ),
    (
        &[
            (
                "quartz.config.ts",
                "const config = {\n  configuration: { pageTitle: \"Lamps\" },\n  plugins: {\n    // filters: \
                 [Plugin.ExplicitPublish()],\n    filters: [Plugin.RemoveDrafts()],\n  },\n}\n",
            ),
            ("content/a.md", "Public.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    // The plugin for digital gardens of Obsidian publishes only what says so.
    (
        &[
            (".obsidian/plugins/digitalgarden/data.json", "{\"githubRepo\": \"lamps\"}"),
            ("index.md", "---\ndg-publish: true\n---\n# Lamps\n"),
            ("a.md", "---\ndg-publish: true\n---\nPublic.\n"),
            ("b.md", "Mine.\n"),
            ("c.md", "---\ndg-publish: false\n---\nMine.\n"),
            ("lamp.png", ""),
        ],
        "",
        "/a.gmi",
        &[("/b.gmi", "missing"), ("/c.gmi", "missing"), ("/lamp.png", "a file")],
    ),
    // Eleventy ignores what git does.
    (
        &[
            (".eleventy.js", "module.exports = () => ({ dir: { input: 'src' } });\n"),
            (".gitignore", "_site/\nsrc/mine/\n"),
            ("_data/site.json", "{\"title\": \"Lamps\"}"),
            ("src/mine/a.md", "Mine.\n"),
            ("src/b.md", "Public.\n"),
        ],
        "",
        "/b.gmi",
        &[("/mine/a.gmi", "missing")],
    ),
    // A book has only the chapters that it lists.
    (
        &[
            ("book.toml", "[book]\ntitle = \"Lamps\"\n"),
            (
                "src/SUMMARY.md",
                "# Summary\n\n[Opening](README.md)\n\n- [One](./one.md)\n  - [Two](deep/two.md)\n- [Later]()\n",
            ),
            ("src/README.md", "# Opening\n"),
            ("src/one.md", "Public.\n"),
            ("src/deep/two.md", "Public.\n"),
            ("src/deep/one.md", "Mine.\n"),
            ("src/three.md", "Mine.\n"),
        ],
        "",
        "/SUMMARY.gmi /deep/two.gmi /one.gmi",
        &[("/three.gmi", "missing"), ("/deep/one.gmi", "/one.gmi")],
    ),
    (
        &[
            (
                "_quarto.yml",
                "project:\n  type: book\nbook:\n  title: Lamps\n  chapters:\n    - index.qmd\n    - part: two.qmd\n      \
                 chapters:\n        - deep/three.qmd\n  appendices:\n    - end.qmd\n",
            ),
            ("index.qmd", "Public.\n"),
            ("two.qmd", "Public.\n"),
            ("deep/three.qmd", "Public.\n"),
            ("end.qmd", "Public.\n"),
            ("mine.qmd", "Mine.\n"),
        ],
        "",
        "/deep/three.gmi /end.gmi /two.gmi",
        &[("/mine.gmi", "missing")],
    ),
    (
        &[
            (
                "_quarto.yml",
                "project:\n  render: [\"*.qmd\", docs/, \"!b.qmd\", \"!mine/\"]\nwebsite:\n  title: Lamps\n",
            ),
            ("a.qmd", "Public.\n"),
            ("b.qmd", "Mine.\n"),
            ("c.md", "Mine.\n"),
            ("deep/d.qmd", "Public.\n"),
            ("docs/e.md", "Public.\n"),
            ("mine/f.qmd", "Mine.\n"),
        ],
        "",
        "/a.gmi /deep/d.gmi /docs/e.gmi",
        &[("/b.gmi", "missing"), ("/mine/f.gmi", "missing")],
    ),
    // Eleventy ignores paths that its program names.
    (
        &[
            (
                "eleventy.config.js",
                "export default function (config) {\n  config.ignores.add(\"./content/mine/\");\n}\n\
                 export const config = { dir: { input: \"content\" } };\n",
            ),
            ("_data/metadata.js", "export default { title: \"Lamps\" }\n"),
            ("content/mine/a.md", "Mine.\n"),
            ("content/b.md", "Public.\n"),
        ],
        "",
        "/b.gmi",
        &[("/mine/a.gmi", "missing")],
    ),
    // Hugo may have several folders of static files, and each language its own.
    (
        &[
            (
                "hugo.yaml",
                "title: Lamps\nstaticDir: [first, second]\nstaticDir2: third\nlanguages:\n  fr:\n    staticDir: fourth\n",
            ),
            ("content/a.md", "A.\n"),
            ("first/a.png", "png"),
            ("second/a.png", "other"),
            ("second/b.png", "png"),
            ("third/c.png", "png"),
            ("fourth/d.png", "png"),
            ("static/e.png", "png"),
        ],
        "",
        "/a.gmi",
        &[
            ("/a.png", "a file"),
            ("/b.png", "a file"),
            ("/c.png", "a file"),
            ("/d.png", "a file"),
            ("/e.png", "missing"),
        ],
    ),
    // The programs beside essays are no attachments.
    (
        &[
            ("docusaurus.config.js", "module.exports = { title: 'Lamps' };\n"),
            ("blog/a.mdx", "A.\n"),
            ("blog/authors.yml", "ada:\n  email: ada@lamp.example\n"),
            ("docs/Lamp.tsx", "export default 1;\n"),
            ("docs/lamp.png", "png"),
        ],
        "",
        "/blog/a.gmi",
        &[("/blog/authors.yml", "missing"), ("/docs/Lamp.tsx", "missing"), ("/docs/lamp.png", "a file")],
    ),
    // What a generator shows before its day is shown, and drafts are not.
    (
        &[
            ("hugo.toml", "title = 'Lamps'\nbuildFuture = true\nbuildDrafts = true\nbuildExpired = true\n"),
            ("content/a.md", "---\ndate: 2090-01-01\n---\nLater.\n"),
            ("content/b.md", "---\ndraft: true\n---\nNot yet.\n"),
            ("content/c.md", "---\nexpiryDate: 2001-01-01\n---\nOver.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    (
        &[
            ("_config.yml", "title: Lamps\nfuture: false\n"),
            ("a.md", "---\ndate: 2090-01-01\n---\nLater.\n"),
            ("b.md", "B.\n"),
        ],
        "",
        "/b.gmi",
        &[],
    ),
    // Where nothing is recognised on request, the folder is plain Markdown.
    (
        &[("hugo.toml", "title = 'Other'\n"), ("content/a.md", "A.\n"), ("static/b.png", "png")],
        "recognise = false\ntitle = \"Lamps\"\n",
        "/content/a.gmi",
        &[("/static/b.png", "a file")],
    ),
    // The configuration counts more than the generator.
    (
        &[("mkdocs.yml", "site_name: Other\n"), ("docs/a.md", "A.\n"), ("docs/b.md", "B.\n")],
        "title = \"Lamps\"\nignore = [\"b.md\"]\n",
        "/a.gmi",
        &[],
    ),
    (
        &[
            ("_config.yml", "title: Lamps\n"),
            ("README.md", "# Read\n\nRead.\n"),
            ("CHANGELOG.md", "# Changes\n\nMany.\n"),
            ("a.md", "A.\n"),
        ],
        "ignore = [\"!/CHANGELOG.md\"]\n",
        "/CHANGELOG.gmi /a.gmi",
        &[],
    ),
    // A configuration may be written in other ways.
    (
        &[
            ("config/_default/hugo.yaml", "title: Lamps\ncontentDir: texts\nstaticDir: files\n"),
            ("texts/a.md", "A.\n"),
            ("files/b.png", "png"),
            ("files/robots.txt", "User-agent: *\n"),
        ],
        "",
        "/a.gmi",
        &[("/b.png", "a file")],
    ),
    (
        &[("config.json", "{\"baseURL\": \"https://lamp.example/\", \"title\": \"Lamps\"}"), ("content/a.md", "A.\n")],
        "",
        "/a.gmi",
        &[],
    ),
    (
        &[
            (
                ".eleventy.js",
                "module.exports = function (config) {\n  return { dir: { input: 'texts', output: '_site' } };\n};\n",
            ),
            ("_data/site.json", "{\"title\": \"Lamps\"}"),
            ("texts/a.md", "A.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    // Folders outside of the site are not read.
    (
        &[("hugo.toml", "title = 'Lamps'\ncontentDir = '../..'\nstaticDir = '/etc'\n"), ("a.md", "A.\n")],
        "",
        "/a.gmi",
        &[("/passwd", "missing"), ("/hostname", "missing")],
    ),
    // The first tables of contents of Jupyter Book are lists.
    (
        &[
            ("_config.yml", "title: Lamps\nonly_build_toc_files: true\n"),
            ("_toc.yml", "- file: intro\n- part: One\n  chapters:\n  - file: x/a\n    sections:\n    - file: x/b\n"),
            ("intro.md", "A.\n"),
            ("x/a.md", "A.\n"),
            ("x/b.md", "A.\n"),
            ("x/c.md", "Mine.\n"),
        ],
        "",
        "/intro.gmi /x/a.gmi /x/b.gmi",
        &[],
    ),
    // Settings of other names, of other files, and in several lines.
    (
        &[
            ("mkdocs.yml", "INHERIT: ./base.yml\nsite_name: Lamps\n"),
            ("base.yml", "site_name: Base\nexclude_docs: |\n  hush/\n"),
            ("docs/a.md", "A.\n"),
            ("docs/hush/b.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    (
        &[
            (
                "config.rb",
                "ignore 'hush/*'\nignore '/b.html'\nset :site_title, 'Lamps'\nactivate :blog do |blog|\n  blog.layout = 'x'\nend\n",
            ),
            ("source/a.html.md", "A.\n"),
            ("source/b.html.md", "Mine.\n"),
            ("source/hush/c.md", "Mine.\n"),
            ("source/layouts/d.md", "Mine.\n"),
        ],
        "title = 'Lamps'\n",
        "/a.gmi",
        &[],
    ),
    (
        &[
            ("next.config.js", "module.exports = {}\n"),
            (
                "contentlayer.config.ts",
                "export default makeSource({ contentDirPath: 'posts', contentDirExclude: ['hush', 'wip/**'] })\n",
            ),
            (
                "velite.config.ts",
                "export default defineConfig({ collections: { x: { pattern: ['**/*.md', '!**/mine/**'] } } })\n",
            ),
            ("posts/a.mdx", "A.\n"),
            ("posts/hush/b.mdx", "Mine.\n"),
            ("posts/wip/c.md", "Mine.\n"),
            ("posts/mine/d.md", "Mine.\n"),
        ],
        "title = 'Lamps'\n",
        "/a.gmi",
        &[],
    ),
    (
        &[
            ("nuxt.config.ts", "export default defineNuxtConfig({})\n"),
            ("content/a.md", "A.\n"),
            ("content/_b/c.md", "Mine.\n"),
        ],
        "title = 'Lamps'\n",
        "/a.gmi",
        &[],
    ),
    (
        &[
            (
                "docusaurus.config.js",
                "module.exports = { title: 'Lamps', presets: [['classic', { docs: { path: 'book' }, blog: false }]] };\n",
            ),
            ("book/a.md", "A.\n"),
            ("docs/b.md", "Mine.\n"),
        ],
        "",
        "/book/a.gmi",
        &[],
    ),
    (
        &[("mkdocs.yml", "site_name: Lamps\n"), ("docs/a.md", "A.\n"), ("docs/templates/b.md", "Mine.\n")],
        "",
        "/a.gmi",
        &[],
    ),
    // Essays of the future may be published.
    (
        &[
            ("pelicanconf.py", "SITENAME = 'Lamps'\nWITH_FUTURE_DATES = True\n"),
            ("content/a.md", "Title: A\nDate: 2090-01-01\n\nA.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    (
        &[
            ("conf.py", "BLOG_TITLE = 'Lamps'\nFUTURE_IS_NOW = True\n"),
            ("posts/a.md", "<!--\n.. title: A\n.. date: 2090-01-01\n-->\nA.\n"),
        ],
        "",
        "/posts/a.gmi",
        &[],
    ),
    // Exports hold drafts, whatever their names.
    (
        &[
            ("index.md", "# Lamps\n"),
            ("old/x.xml", "<?xml version=\"1.0\"?>\n<!-- x -->\n<rss xmlns:wp=\"http://wordpress.org/export/1.2/\">\n"),
            ("old/y.json", "{\"db\":[{\"meta\":{\"version\":\"5\"},\"data\":{}}]}"),
            ("old/z.json", "{\"a\": 1}"),
            ("old/c.text", "---\ndraft: true\n---\nMine.\n"),
            ("old/b.mkdn", "---\npublished: false\n---\nMine.\n"),
        ],
        "",
        "",
        &[
            ("/old/x.xml", "missing"),
            ("/old/y.json", "missing"),
            ("/old/z.json", "a file"),
            ("/old/b.mkdn", "missing"),
            ("/old/c.text", "missing"),
        ],
    ),
    // Material for MkDocs reads metadata of folders from hidden files.
    (
        &[
            ("mkdocs.yml", "site_name: Lamps\nplugins:\n  - meta\n  - blog\n"),
            ("docs/a.md", "A.\n"),
            ("docs/blog/posts/later/.meta.yml", "draft: true\n"),
            ("docs/blog/posts/later/b.md", "Not yet.\n"),
            ("docs/blog/posts/later/a.md", "---\ndraft: false\n---\nA.\n"),
            ("docs/blog/posts/later/.note.yml", "draft: true\n"),
        ],
        "",
        "/a.gmi /blog/posts/later/a.gmi",
        &[("/blog/posts/later/_meta.yml", "missing"), ("/blog/posts/later/meta.yml", "missing")],
    ),
    // Without a generator, names say what is a draft, unless the author says otherwise.
    (
        &[
            ("index.md", "# Lamps\n"),
            ("a.md", "A.\n"),
            ("draft-horses.md", "A.\n"),
            ("drafting/a.md", "A.\n"),
            ("films/draft.md", "A.\n"),
            ("films/Drafts/b.md", "Mine.\n"),
            ("films/Drafts/deep/b.md", "---\ntitle: B\n---\nMine.\n"),
            ("films/Drafts/lamp.png", "png"),
            ("films/Drafts/a.md", "---\ndraft: false\n---\nA.\n"),
            ("films/Drafts/b.txt", "Mine.\n"),
            ("films/b.Draft.md", "Mine.\n"),
            ("draft/b.md", "---\ntags: x\nstatus: done\n---\nMine.\n"),
            ("draft/a.md", "---\npublished: yes\n---\nA.\n"),
            ("draft/later.md", "---\npublished: 2090-01-01\n---\nMine.\n"),
            ("_Drafts/b.md", "Mine.\n"),
            ("private/b.md", "Mine.\n"),
            ("private/lamp.png", "png"),
            ("n/Unpublished/b.md", "Mine.\n"),
            ("_wip/b.md", "Mine.\n"),
            ("n/Rain (draft).md", "Mine.\n"),
            ("n/[DRAFT] Fog.md", "Mine.\n"),
            ("privateer/a.md", "A.\n"),
            ("private.md", "A.\n"),
        ],
        "",
        "/a.gmi /draft-horses.gmi /draft/a.gmi /drafting/a.gmi /films/Drafts/a.gmi /films/draft.gmi /private.gmi /privateer/a.gmi",
        &[
            ("/private/lamp.png", "missing"),
            ("/films/Drafts/lamp.png", "missing"),
            ("/films/Drafts/b.txt", "missing"),
            ("/draft/b.md", "missing"),
        ],
    ),
    (
        &[
            (".obsidian/app.json", "{}"),
            ("Drafts/b.md", "Mine.\n"),
            ("a.draft.md", "A.\n"),
            ("x/draft/a.md", "A.\n"),
            ("x/draft/lamp.png", "png"),
        ],
        "title = \"Lamps\"\nignore = [\"!draft/\", \"!*.draft.md\"]\n",
        "/a.draft.gmi /x/draft/a.gmi",
        &[("/x/draft/lamp.png", "a file")],
    ),
    (
        &[(".obsidian/app.json", "{}"), ("drafts/a.md", "A.\n"), ("drafts/_drafts/b.md", "Mine.\n")],
        "title = \"Lamps\"\nignore = [\"!drafts/\"]\n",
        "/drafts/a.gmi",
        &[],
    ),
    // Generators have rules of their own.
    (
        &[("hugo.toml", "title = 'Lamps'\n"), ("content/drafts/a.md", "A.\n"), ("content/a.draft.md", "A.\n")],
        "",
        "/a.draft.gmi /drafts/a.gmi",
        &[],
    ),
    (
        &[
            ("_config.yml", "title: Lamps\n"),
            ("drafts/_posts/2024-01-01-a.md", "---\n---\nA.\n"),
            ("drafts/_drafts/b.md", "---\n---\nMine.\n"),
        ],
        "",
        "/drafts/_posts/2024-01-01-a.gmi",
        &[("/drafts/_drafts/b.gmi", "missing")],
    ),
    // Hugo may mount some files of a folder, and publish some languages.
    (
        &[
            (
                "hugo.toml",
                "title = 'Lamps'\n[module]\n[[module.mounts]]\nsource = 'content'\ntarget = 'content'\n\
                 includeFiles = ['pub/**']\nexcludeFiles = ['pub/mine/**']\n[[module.mounts]]\nsource = 'static'\n\
                 target = 'static'\nincludeFiles = ['*.png']\nexcludeFiles = ['a.md']\n",
            ),
            ("content/a.md", "Mine.\n"),
            ("content/pub/a.md", "A.\n"),
            ("content/pub/mine/b.md", "Mine.\n"),
            ("static/x.png", "png"),
        ],
        "",
        "/pub/a.gmi",
        &[],
    ),
    (
        &[
            (
                "hugo.yaml",
                "title: Lamps\nmodule:\n  mounts:\n  - source: content\n    target: content\n    files: ['! hush/**', '**']\n",
            ),
            ("content/pub/a.md", "A.\n"),
            ("content/hush/b.md", "Mine.\n"),
        ],
        "",
        "/pub/a.gmi",
        &[],
    ),
    (
        &[
            ("hugo.toml", "title = 'Lamps'\ndisableLanguages = ['fr']\n[languages.en]\n[languages.fr]\n"),
            ("content/a.md", "A.\n"),
            ("content/a.fr.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    // Values of YAML may be repeated, and those of one table be part of others.
    (
        &[
            (
                "_config.yml",
                "title: Lamps\nhold: &hold {published: false}\ndefaults:\n- scope: {path: x}\n  values: *hold\n\
                 - scope: {path: y}\n  values:\n    layout: z\n    <<: *hold\nmine: &mine [hush]\nexclude: *mine\n",
            ),
            ("x/b.md", "Mine.\n"),
            ("y/b.md", "Mine.\n"),
            ("hush/b.md", "Mine.\n"),
            ("a.md", "---\nbase: &b {published: true}\n<<: *b\n---\nA.\n"),
            ("c.md", "---\nbase: &b\n  published: no\n<<: *b\n---\nMine.\n"),
            ("d.md", "---\none: &a {title: D}\ntwo: &b {published: no}\n<<: [*a, *b]\n---\nMine.\n"),
            ("e.md", "---\nbase: &b {published: yes}\n<<: *b\npublished: no\n---\nMine.\n"),
            ("f.md", "---\nbase: &b {published: yes}\npublished: no\n<<: *b\n---\nMine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    // Pelican looks for articles and for pages apart.
    (
        &[
            (
                "pelicanconf.py",
                "SITENAME = 'Lamps'\nARTICLE_EXCLUDES = ['pages', 'mine']\nPAGE_EXCLUDES = ['pages/mine']\n",
            ),
            ("content/a.md", "Title: A\n\nA.\n"),
            ("content/pages/b.md", "Title: B\n\nA.\n"),
            ("content/pages/mine/c.md", "Title: C\n\nMine.\n"),
            ("content/mine/d.md", "Title: D\n\nMine.\n"),
        ],
        "",
        "/a.gmi /pages/b.gmi",
        &[],
    ),
    (
        &[
            (
                "pelicanconf.py",
                "SITENAME = 'Lamps'\nARTICLE_PATHS = ['blog']\nPAGE_PATHS = ['more']\nPAGE_EXCLUDES = ['blog']\n\
                 ARTICLE_EXCLUDES = ['more', 'pages', 'blog/mine']\n",
            ),
            ("content/blog/a.md", "Title: A\n\nA.\n"),
            ("content/blog/mine/b.md", "Title: B\n\nMine.\n"),
            ("content/more/c.md", "Title: C\n\nA.\n"),
            ("content/pages/d.md", "Title: D\n\nMine.\n"),
        ],
        "",
        "/blog/a.gmi /more/c.gmi",
        &[],
    ),
    // In MkDocs, the last pattern for a file or one of its folders counts.
    (
        &[
            (
                "mkdocs.yml",
                "site_name: Lamps\nexclude_docs: |\n  *\n  !/pub/\n  !/x/deep/\n  mine/\n  !*.png\n  /pub/b.md\n\
                 draft_docs: |\n  /pub/wip/\n  !/pub/wip/done.md\n  !/mine/\n",
            ),
            ("docs/pub/a.md", "A.\n"),
            ("docs/pub/b.md", "Mine.\n"),
            ("docs/pub/deep/c.md", "A.\n"),
            ("docs/pub/mine/d.md", "Mine.\n"),
            ("docs/pub/wip/e.md", "Mine.\n"),
            ("docs/pub/wip/done.md", "A.\n"),
            ("docs/x/deep/f.md", "A.\n"),
            ("docs/x/g.md", "Mine.\n"),
            ("docs/mine/h.md", "Mine.\n"),
            ("docs/mine/lamp.png", "png"),
            ("docs/i.md", "Mine.\n"),
        ],
        "",
        "/pub/a.gmi /pub/deep/c.gmi /pub/wip/done.gmi /x/deep/f.gmi",
        &[("/mine/lamp.png", "a file")],
    ),
    // A configuration that no generator reads says nothing.
    (
        &[("config.toml", "[[capsule]]\ncontent = \"essays\"\n"), ("index.md", "# Lamps\n"), ("a.md", "A.\n")],
        "",
        "/a.gmi",
        &[],
    ),
    // The papers of a repository of plain Markdown are no essays, and its README introduces it.
    (
        &[
            (".git/HEAD", "ref\n"),
            ("README.md", "# Lamps\n\nEssays.\n"),
            ("LICENSE.md", "All.\n"),
            ("Changelog.md", "Many.\n"),
            ("contributing.md", "Please.\n"),
            ("a.md", "A.\n"),
        ],
        "",
        "/a.gmi",
        &[("/LICENSE.gmi", "missing")],
    ),
    // Categories are parts of addresses: those in front matter, else the folders.
    (
        &[
            ("_config.yml", "title: Lamps\n"),
            ("_posts/2024-04-01-rain.md", "---\ncategories: [Weather, Late Night]\n---\nRain.\n"),
            ("_posts/2024-05-01-rain.md", "---\ncategory: news\n---\nRain.\n"),
            ("films/_posts/2024-04-01-rain.md", "Rain.\n"),
        ],
        "",
        "/_posts/2024-04-01-rain.gmi /_posts/2024-05-01-rain.gmi /films/_posts/2024-04-01-rain.gmi",
        &[
            ("/weather/late-night/2024/04/01/rain.html", "/_posts/2024-04-01-rain.gmi"),
            ("/news/2024/05/01/rain.html", "/_posts/2024-05-01-rain.gmi"),
            ("/films/2024/04/01/rain.html", "/films/_posts/2024-04-01-rain.gmi"),
        ],
    ),
    (
        &[
            ("_config.yml", "title: Lamps\npermalink: /:categories/:title/\n"),
            ("_posts/2024-04-01-rain.md", "---\ncategories: weather\n---\nRain.\n"),
            ("_posts/2024-04-02-rain.md", "---\ncategories: news\n---\nRain.\n"),
        ],
        "",
        "/_posts/2024-04-01-rain.gmi /_posts/2024-04-02-rain.gmi",
        &[("/weather/rain/", "/_posts/2024-04-01-rain.gmi"), ("/news/rain/", "/_posts/2024-04-02-rain.gmi")],
    ),
    (
        &[
            (
                "_config.yml",
                "title: Lamps\nsource_dir: source\nnew_post_name: :title.md\npermalink: :category/:title/\n",
            ),
            ("source/_posts/a/rain.md", "---\ncategories:\n  - Weather\n  - Night\n---\nRain.\n"),
            ("source/_posts/b/rain.md", "---\ncategories: [News]\n---\nRain.\n"),
        ],
        "",
        "/_posts/a/rain.gmi /_posts/b/rain.gmi",
        &[("/weather/night/rain/", "/_posts/a/rain.gmi"), ("/news/rain/", "/_posts/b/rain.gmi")],
    ),
    (
        &[
            ("pelicanconf.py", "SITENAME = 'Lamps'\nARTICLE_URL = '{category}/{slug}.html'\n"),
            ("content/weather/a.md", "Title: Rain\n\nRain.\n"),
            ("content/b.md", "Title: Rain\nCategory: News\n\nRain.\n"),
        ],
        "",
        "/b.gmi /weather/a.gmi",
        &[("/weather/rain.html", "/weather/a.gmi"), ("/news/rain.html", "/b.gmi")],
    ),
    (
        &[
            (
                "hugo.toml",
                "title = 'Lamps'\n[permalinks]\nfilms = '/:section/:contentbasename/'\n[permalinks.page]\nposts = \
                 '/p/:sections/:slugorcontentbasename/'\n",
            ),
            ("content/films/french/rain.md", "Rain.\n"),
            ("content/posts/late/rain.md", "Rain.\n"),
        ],
        "",
        "/films/french/rain.gmi /posts/late/rain.gmi",
        &[("/films/rain/", "/films/french/rain.gmi"), ("/p/posts/late/rain/", "/posts/late/rain.gmi")],
    ),
    // The terms of a taxonomy are tags.
    (
        &[
            ("hugo.toml", "title = 'Lamps'\n[taxonomies]\ntag = 'tags'\nperson = 'people'\nauthor = 'authors'\n"),
            ("content/rain.md", "---\npeople: [Ada]\nauthors: [Bea]\ntags: [night]\n---\nRain.\n"),
            ("content/fog.md", "---\nplaces: [Rome]\n---\nFog.\n"),
        ],
        "",
        "/fog.gmi /rain.gmi",
        &[("/tags/ada/", "Page"), ("/tags/night/", "Page"), ("/tags/rome/", "missing"), ("/tags/bea/", "missing")],
    ),
    (
        &[
            (
                "config.toml",
                "base_url = \"https://lamp.example\"\ntitle = \"Lamps\"\ntaxonomies = [{ name = \"tags\" }, { name = \
                 \"people\", feed = true }]\n",
            ),
            ("content/rain.md", "+++\n[taxonomies]\npeople = [\"Ada\"]\ntags = [\"night\"]\n+++\nRain.\n"),
            ("content/fog.md", "+++\n[taxonomies]\nplaces = [\"Rome\"]\n+++\nFog.\n"),
        ],
        "",
        "/fog.gmi /rain.gmi",
        &[("/tags/ada/", "Page"), ("/tags/night/", "Page"), ("/tags/rome/", "missing")],
    ),
    // Hugo may have a file for each table of its configuration.
    (
        &[
            ("config/_default/hugo.toml", "baseURL = 'https://lamp.example/'\ndefaultContentLanguage = 'en'\n"),
            ("config/_default/languages.en.toml", "title = 'Lamps'\n"),
            ("config/_default/languages.de.toml", "title = 'Lampen'\n"),
            ("config/_default/permalinks.toml", "posts = '/p/:slug/:year/'\n"),
            ("config/_default/taxonomies.toml", "person = 'people'\n"),
            ("content/posts/a.md", "---\ndate: 2024-01-01\npeople: [Ada]\n---\nA.\n"),
            ("content/b.de.md", "B.\n"),
        ],
        "",
        "/b.de.gmi /posts/a.gmi",
        &[("/p/a/2024/", "/posts/a.gmi"), ("/tags/ada/", "Page"), ("/b/", "/b.de.gmi")],
    ),
    // Eleventy ignores files by patterns from the top of the site.
    (
        &[
            (".eleventy.js", "module.exports = () => ({ dir: { input: 'src' } });\n"),
            (".eleventyignore", "# Mine\nsrc/private.md\nnotes/\n"),
            ("src/_data/site.json", "{\"title\": \"Lamps\"}"),
            ("src/a.md", "A.\n"),
            ("src/private.md", "Mine.\n"),
            ("src/notes/b.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[("/private.gmi", "missing"), ("/notes/b.md", "missing")],
    ),
    // Quarto has metadata of folders, and may write its site into the folder.
    (
        &[
            ("_quarto.yml", "project:\n  type: website\n  output-dir: docs\nwebsite:\n  title: Lamps\n"),
            ("docs/a.md", "Built.\n"),
            ("notes/_metadata.yml", "draft: true\n"),
            ("notes/b.qmd", "---\ntitle: B\n---\nNot yet.\n"),
            ("posts/d.qmd", "---\ntitle: D\ndate: last-modified\n---\nD.\n"),
            ("posts/e.qmd", "---\ntitle: E\ndate: today\n---\nE.\n"),
            ("posts/f.Rmd", "---\ntitle: F\ndate: \"`r Sys.Date()`\"\n---\nF.\n"),
        ],
        "",
        "/posts/d.gmi /posts/e.gmi /posts/f.gmi",
        &[("/notes/b.gmi", "missing"), ("/notes/_metadata.yml", "missing"), ("/docs/a.gmi", "missing")],
    ),
    // Dates of MkDocs may be a table, and a slug of Docusaurus the root.
    (
        &[
            ("mkdocs.yml", "site_name: Lamps\n"),
            ("docs/blog/posts/a.md", "---\ndate:\n  created: 2024-01-02\n  updated: 2024-02-01\n---\n# Rain\n\nA.\n"),
            ("docs/blog/posts/b.md", "---\ndate:\n  created: 2023-01-02\n---\n# Rain\n\nB.\n"),
        ],
        "",
        "/blog/posts/a.gmi /blog/posts/b.gmi",
        &[("/blog/2024/01/02/rain/", "/blog/posts/a.gmi"), ("/blog/2023/01/02/rain/", "/blog/posts/b.gmi")],
    ),
    (
        &[
            ("docusaurus.config.js", "module.exports = { title: 'Lamps' };\n"),
            ("docs/intro.md", "---\nslug: /\n---\nIntro.\n"),
            ("docs/a.md", "---\nslug: /alpha\n---\nA.\n"),
            ("docs/en-b.md", "---\nslug: en/beta\n---\nB.\n"),
            ("docs/fr-b.md", "---\nslug: fr/beta\n---\nB.\n"),
        ],
        "",
        "/docs/alpha.gmi /docs/en-b.gmi /docs/fr-b.gmi /docs/intro.gmi",
        &[("/docs/intro", "/docs/intro.gmi"), ("/fr/beta/", "/docs/fr-b.gmi"), ("/docs/en/beta", "/docs/en-b.gmi")],
    ),
    // Lists of terms and years have other names elsewhere.
    (
        &[
            ("_config.yml", "title: Lamps\n"),
            ("_posts/2024-01-01-a.md", "---\ncategories: [Late Night]\ntags: [moss]\n---\nA.\n"),
        ],
        "",
        "/_posts/2024-01-01-a.gmi",
        &[
            ("/categories/late-night/", "/tags/late-night/"),
            ("/category/late-night", "/tags/late-night/"),
            ("/tag/moss/", "/tags/moss/"),
            ("/categories/", "/tags/"),
            ("/archives/2024/", "/archive/2024/"),
            ("/archives/", "/archive/"),
            ("/archives/2023/", "missing"),
            ("/categories/none/", "missing"),
            ("/categories/night/Late-Night/", "/tags/late-night/"),
            ("/category/late-night.html", "/tags/late-night/"),
            ("/tags.html", "/tags/"),
            ("/archive.html", "/archive/"),
            ("/blog/archive/2024/", "/archive/2024/"),
            ("/blog/tags/moss", "/tags/moss/"),
            ("/2024/", "/archive/2024/"),
            ("/archives/2024/01/", "/archive/2024/"),
            ("/2024/01/01/", "/archive/2024/"),
            ("/2024/01/none/", "missing"),
            ("/author/ada.html", "/"),
            // Later pages of lists, and other forms of essays.
            ("/page/2/", "/"),
            ("/page2/", "/"),
            ("/index2.html", "/"),
            ("/archives/page/3/", "/archive/"),
            ("/none/page/2/", "missing"),
            ("/tags/moss/2/", "/tags/moss/"),
            ("/tags/moss/2", "/tags/moss/"),
            ("/tags/moss/2a/", "missing"),
            ("/2.gmi", "missing"),
            ("/tags/moss/2024/", "missing"),
            ("/tags/none/2/", "missing"),
            ("/tag/moss2.html", "/tags/moss/"),
            ("/category/late-night12.html", "/tags/late-night/"),
            ("/tag/none2.html", "missing"),
            ("/a2.html", "missing"),
            ("/lamps/12", "missing"),
            ("/2024/01/01/a/amp/", "/_posts/2024-01-01-a.gmi"),
            ("/2024/01/01/a/feed/", "/_posts/2024-01-01-a.gmi"),
            // Feeds.
            ("/feeds/all.atom.xml", "/atom.xml"),
            ("/feeds/late-night.atom.xml", "/tags/late-night/atom.xml"),
            ("/category/late-night/feed/", "/tags/late-night/atom.xml"),
            ("/tag/moss/rss/", "/tags/moss/atom.xml"),
            ("/feed/feed.xml", "/atom.xml"),
            ("/rss2.xml", "/atom.xml"),
            ("/feeds/none.atom.xml", "missing"),
            ("/index.json", "/atom.xml"),
            ("/feed/by_tag/moss.xml", "/tags/moss/atom.xml"),
            ("/feed/late-night.xml", "/tags/late-night/atom.xml"),
            ("/feed/by_tag/none.xml", "missing"),
            ("/moss.xml", "missing"),
        ],
    ),
    // Collections of Jekyll have patterns of their own, and of several essays the folders in an address decide.
    (
        &[
            (
                "_config.yml",
                "title: Lamps\ncollections:\n  essays:\n    output: true\n    permalink: /e/:name/\n  notes:\n    \
                 output: true\n",
            ),
            ("_essays/rain.md", "---\ntitle: Rain\n---\nRain.\n"),
            ("_notes/rain.md", "Rain.\n"),
            ("_posts/2024-01-01-rain.md", "Rain.\n"),
        ],
        "",
        "/_essays/rain.gmi /_notes/rain.gmi /_posts/2024-01-01-rain.gmi",
        &[
            ("/e/rain/", "/_essays/rain.gmi"),
            ("/essays/rain.html", "/_essays/rain.gmi"),
            ("/notes/rain.html", "/_notes/rain.gmi"),
            ("/2024/01/01/rain.html", "/_posts/2024-01-01-rain.gmi"),
            ("/other/rain.html", "missing"),
        ],
    ),
    (
        &[
            ("hugo.toml", "title = 'Lamps'\n"),
            ("content/posts/2024/01/rain.md", "Rain.\n"),
            ("content/posts/2023/01/rain.md", "Rain.\n"),
            ("content/films/rain.md", "Rain.\n"),
        ],
        "",
        "/films/rain.gmi /posts/2023/01/rain.gmi /posts/2024/01/rain.gmi",
        &[
            ("/2023/01/rain/", "/posts/2023/01/rain.gmi"),
            ("/blog/films/rain/", "/films/rain.gmi"),
            ("/posts/rain/", "missing"),
        ],
    ),
    // Further generators.
    (
        &[
            (
                ".vitepress/config.mts",
                "export default defineConfig({\n  title: \"Lamps\",\n  srcExclude: ['**/private.md'],\n})\n",
            ),
            ("README.md", "# Built with it\n"),
            ("index.md", "---\nlayout: home\n---\n"),
            ("a.md", "A.\n"),
            ("x/private.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[("/x/private.md", "missing")],
    ),
    (
        &[
            ("docs/.vuepress/config.js", "export default { title: 'Lamps', lang: 'en-US' }\n"),
            ("docs/README.md", "---\nhome: true\n---\n"),
            ("docs/a.md", "A.\n"),
            ("README.md", "# Built with it\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    (
        &[
            ("nuxt.config.ts", "export default defineNuxtConfig({ modules: ['@nuxt/content'] })\n"),
            ("app.config.ts", "export default defineAppConfig({ title: 'Lamps' })\n"),
            ("content/blog/a.md", "A.\n"),
            ("public/b.png", "png"),
            ("README.md", "# Nuxt\n"),
        ],
        "",
        "/blog/a.gmi",
        &[("/b.png", "a file")],
    ),
    (
        &[
            ("svelte.config.js", "import adapter from '@sveltejs/adapter-auto';\n"),
            ("src/lib/config.js", "export const title = 'Lamps'\n"),
            ("src/posts/a.md", "A.\n"),
            ("src/routes/x.md", "No essay.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    (
        &[
            (
                "conf.py",
                "BLOG_AUTHOR = \"Ada\"\nBLOG_TITLE = \"Lamps\"\nSITE_URL = \"https://lamp.example/\"\nDEFAULT_LANG = \"en\"\n",
            ),
            ("posts/a.md", "A.\n"),
            ("posts/a.meta", ".. title: Alpha\n.. slug: alpha\n.. date: 2024-01-01 10:00:00 UTC\n"),
            ("pages/b.md", "B.\n"),
            ("plugins/x/README.md", "# Plugin\n"),
            ("images/c.png", "png"),
        ],
        "",
        "/pages/b.gmi /posts/alpha.gmi",
        &[("/images/c.png", "a file")],
    ),
    (
        &[
            ("bridgetown.config.yml", "url: \"https://lamp.example\"\npermalink: pretty\n"),
            ("src/_data/site_metadata.yml", "title: Lamps\n"),
            ("src/_posts/2024-04-01-rain.md", "Rain.\n"),
            ("README.md", "# Built with it\n"),
        ],
        "",
        "/_posts/2024-04-01-rain.gmi",
        &[("/2024/04/01/rain/", "/_posts/2024-04-01-rain.gmi")],
    ),
    // Hugo ignores files by regular expressions.
    (
        &[
            ("hugo.toml", "title = 'Lamps'\nignoreFiles = ['\\.local\\.md$', '/content/private/', 'x[0-9]+']\n"),
            ("content/a.md", "A.\n"),
            ("content/b.local.md", "B.\n"),
            ("content/private/c.md", "C.\n"),
            ("content/posts/x12.md", "D.\n"),
            ("content/posts/x12/lamp.png", "png"),
        ],
        "",
        "/a.gmi",
        &[("/b.local.gmi", "missing"), ("/private/c.md", "missing"), ("/posts/x12/lamp.png", "missing")],
    ),
    // Classes of characters are those of Go, which are ASCII.
    (
        &[
            (
                "hugo.toml",
                "title = 'Lamps'\nignoreFiles = ['\\d{4}\\.md$', '/\\w+\\.local\\.', '(?i)mine', '\\bhush\\b']\n",
            ),
            ("content/a.md", "A.\n"),
            ("content/2024.md", "B.\n"),
            ("content/c.local.md", "C.\n"),
            ("content/MINE.md", "D.\n"),
            ("content/x-hush.md", "E.\n"),
            ("content/hushed.md", "F.\n"),
            ("content/été.md", "G.\n"),
        ],
        "",
        "/%C3%A9t%C3%A9.gmi /a.gmi /hushed.gmi",
        &[("/2024.gmi", "missing"), ("/c.local.gmi", "missing"), ("/MINE.gmi", "missing"), ("/x-hush.gmi", "missing")],
    ),
    // HTML with front matter is not read, and may be a draft.
    (
        &[
            ("hugo.toml", "title = 'Lamps'\n"),
            ("content/about.html", "---\ntitle: About\ndraft: true\n---\n<p>Mine.</p>\n"),
            ("content/posts/x.html", "+++\ndraft = true\n+++\nMine.\n"),
            ("content/a.md", "A.\n"),
        ],
        "",
        "/a.gmi",
        &[("/about.html", "missing"), ("/posts/x.html", "missing")],
    ),
    (
        &[
            ("_config.yml", "title: Lamps\n"),
            ("feed.xml", "---\nlayout: null\n---\n<?xml version=\"1.0\"?>\n"),
            ("main.css", "---\n---\n@import \"x\";\n"),
            ("plain.html", "<p>Plain.</p>\n"),
            ("_posts/2024-01-01-a.md", "A.\n"),
        ],
        "",
        "/_posts/2024-01-01-a.gmi",
        &[("/feed.xml", "/atom.xml"), ("/main.css", "missing"), ("/plain.html", "a file")],
    ),
    // Servers have redirects in files, in which either address may come first.
    (
        &[
            ("hugo.toml", "title = 'Lamps'\n"),
            ("content/new.md", "New.\n"),
            (
                "static/_redirects",
                "# Moved\n/old /new 301\n/older/*  /new/:splat 301\n/ext https://lamp.example/ 301\n",
            ),
            ("netlify.toml", "[[redirects]]\nfrom = \"/toml\"\nto = \"/new/\"\n"),
            ("vercel.json", "{\"redirects\": [{\"source\": \"/vercel\", \"destination\": \"/new\"}]}"),
        ],
        "",
        "/new.gmi",
        &[
            ("/old", "/new.gmi"),
            ("/toml/", "/new.gmi"),
            ("/vercel", "/new.gmi"),
            ("/older/x", "missing"),
            ("/ext", "missing"),
        ],
    ),
    // Hugo publishes nothing in a language that is disabled.
    (
        &[
            (
                "hugo.toml",
                "title = 'Lamps'\ndefaultContentLanguage = 'en'\n[languages.en]\nweight = 1\n[languages.fr]\n\
                 weight = 2\ndisabled = true\n[languages.de]\nweight = 3\n",
            ),
            ("content/a.md", "A.\n"),
            ("content/a.fr.md", "Mine.\n"),
            ("content/a.de.md", "De.\n"),
            ("content/fr/b.md", "Mine.\n"),
        ],
        "",
        "/a.de.gmi /a.gmi",
        &[],
    ),
    (
        &[
            (
                "hugo.yaml",
                "title: Lamps\ndisableLanguages: [fr]\ndefaultContentLanguage: en\nlanguages:\n\
                 \x20 en: {weight: 1, contentDir: content/en}\n  fr: {weight: 2, contentDir: content/fr}\n",
            ),
            ("content/en/a.md", "A.\n"),
            ("content/fr/a.md", "Mine.\n"),
        ],
        "",
        "/en/a.gmi",
        &[],
    ),
    // The texts in a leaf bundle are parts of its page.
    (
        &[
            ("hugo.toml", "title = 'Lamps'\n"),
            ("content/posts/rain/index.md", "---\ntitle: Rain\n---\nRain.\n"),
            ("content/posts/rain/notes.md", "Mine.\n"),
            ("content/posts/rain/deep/more.md", "Mine.\n"),
            ("content/posts/fog/index.md", "---\ntitle: Fog\ndate: 2024-01-01\n---\nFog.\n"),
            ("content/posts/fog/notes.md", "Mine.\n"),
            ("content/posts/_index.md", "---\ntitle: Posts\n---\n"),
            ("content/posts/plain.md", "P.\n"),
        ],
        "",
        "/posts/fog.gmi /posts/plain.gmi /posts/rain.gmi",
        &[],
    ),
    // Hugo may have other keys for dates.
    (
        &[
            (
                "hugo.toml",
                "title = 'Lamps'\n[frontmatter]\nexpiryDate = ['expires', ':default']\n\
                 publishDate = ['goLive', ':default']\ndate = ['written', ':default']\n",
            ),
            ("content/a.md", "---\nwritten: 2024-01-01\n---\nA.\n"),
            ("content/b.md", "---\nexpires: 2001-01-01\n---\nMine.\n"),
            ("content/c.md", "---\ngoLive: 2090-01-01\n---\nMine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    // Hugo may mount folders.
    (
        &[
            (
                "hugo.toml",
                "title = 'Lamps'\n[module]\n[[module.mounts]]\nsource = 'blog'\ntarget = 'content/posts'\n\
                 [[module.mounts]]\nsource = 'pages'\ntarget = 'content'\n[[module.mounts]]\nsource = 'pics'\n\
                 target = 'static'\n",
            ),
            ("blog/a.md", "A.\n"),
            ("pages/about.md", "About.\n"),
            ("pics/lamp.png", "png\n"),
            ("notes/mine.md", "Mine.\n"),
            ("README.md", "Mine.\n"),
        ],
        "",
        "/blog/a.gmi /pages/about.gmi",
        &[("/posts/a/", "/blog/a.gmi"), ("/about/", "/pages/about.gmi"), ("/lamp.png", "a file")],
    ),
    // Addresses are in small letters.
    (
        &[
            ("hugo.toml", "title = 'Lamps'\n"),
            ("content/posts/My First Post.md", "---\ntitle: Hello There\n---\nA.\n"),
            ("content/posts/C++ and Go.md", "B.\n"),
            ("content/posts/Über Öl.md", "C.\n"),
        ],
        "",
        "/posts/%C3%9Cber%20%C3%96l.gmi /posts/C++%20and%20Go.gmi /posts/My%20First%20Post.gmi",
        &[
            ("/posts/my-first-post/", "/posts/My%20First%20Post.gmi"),
            ("/posts/c++-and-go/", "/posts/C++%20and%20Go.gmi"),
            ("/posts/über-öl/", "/posts/%C3%9Cber%20%C3%96l.gmi"),
        ],
    ),
    // Addresses may have names of months.
    (
        &[
            (
                "hugo.yaml",
                "title: Lamps\npermalinks:\n  page:\n    posts: /:year/:monthname/:day/:slugorfilename/\n\
                 \x20   notes: /:2006/:01/:contentbasename/\n    essays: /e/:sections[1:]/:slug\n  section:\n\
                 \x20   posts: /articles/\n",
            ),
            ("content/posts/_index.md", "---\ntitle: P\n---\n"),
            ("content/posts/rain.md", "---\ndate: 2024-04-01\n---\nA.\n"),
            ("content/notes/rain.md", "---\ndate: 2024-05-01\n---\nB.\n"),
            ("content/essays/deep/rain.md", "---\ndate: 2024-05-01\nslug: wet\n---\nB.\n"),
        ],
        "",
        "/essays/deep/wet.gmi /notes/rain.gmi /posts/rain.gmi",
        &[
            ("/2024/april/01/rain/", "/posts/rain.gmi"),
            ("/2024/05/rain/", "/notes/rain.gmi"),
            ("/e/deep/wet/", "/essays/deep/wet.gmi"),
        ],
    ),
    (
        &[
            ("config.toml", "base_url = \"https://x.example.com\"\ntitle = \"Lamps\"\n[slugify]\npaths = \"on\"\n"),
            ("content/_index.md", "+++\n+++\n"),
            ("content/2024-01-02-rain in may.md", "+++\ntitle = \"Rain\"\n+++\nA.\n"),
            ("content/posts/fog/index.md", "+++\ntitle = \"Fog\"\n+++\nA.\n"),
            ("content/posts/fog/notes.md", "+++\ntitle = \"Notes\"\n+++\nMine.\n"),
            ("content/hush/_index.md", "+++\nrender = false\ndraft = false\n+++\n"),
            ("content/hush/b.md", "+++\ntitle = \"B\"\n+++\nB.\n"),
        ],
        "",
        "/2024-01-02-rain%20in%20may.gmi /hush/b.gmi /posts/fog.gmi",
        &[("/rain-in-may/", "/2024-01-02-rain%20in%20may.gmi")],
    ),
    // Collections may lie in one folder.
    (
        &[
            (
                "_config.yml",
                "title: Lamps\ncollections_dir: collections\ncollections:\n  recipes:\n    output: true\n\
                 \x20 staff:\n    output: false\n",
            ),
            ("collections/_posts/2024-01-01-a.md", "A.\n"),
            ("collections/_drafts/mine.md", "Mine.\n"),
            ("collections/_recipes/r.md", "R.\n"),
            ("collections/_staff/s.md", "Mine.\n"),
            ("docs/x.md", "X.\n"),
        ],
        "",
        "/collections/_posts/2024-01-01-a.gmi /collections/_recipes/r.gmi /docs/x.gmi",
        &[
            ("/2024/01/01/a.html", "/collections/_posts/2024-01-01-a.gmi"),
            ("/recipes/r.html", "/collections/_recipes/r.gmi"),
        ],
    ),
    // What Jekyll has built is no content.
    (
        &[
            ("_config.yml", "title: Lamps\npermalink: /:year/:short_month/:i_day/:title/\ndestination: ./public\n"),
            ("_posts/2024-04-01-rain.md", "A.\n"),
            ("_posts/2024-05-01-rain.md", "B.\n"),
            ("public/2024/apr/1/rain/index.html", "<p>Mine. built</p>\n"),
        ],
        "",
        "/_posts/2024-04-01-rain.gmi /_posts/2024-05-01-rain.gmi",
        &[
            ("/2024/Apr/1/rain/", "/_posts/2024-04-01-rain.gmi"),
            ("/2024/May/1/rain/", "/_posts/2024-05-01-rain.gmi"),
            ("/public/2024/apr/1/rain/index.html", "missing"),
        ],
    ),
    (
        &[
            ("_config.yml", "title: Lamps\npermalink: ordinal\n"),
            ("_posts/2024-04-01-rain.md", "A.\n"),
            ("_posts/2024-05-01-rain.md", "B.\n"),
        ],
        "",
        "/_posts/2024-04-01-rain.gmi /_posts/2024-05-01-rain.gmi",
        &[("/2024/092/rain.html", "/_posts/2024-04-01-rain.gmi")],
    ),
    (
        &[
            ("_config.yml", "title: Lamps\n"),
            ("_posts/2024-04-01-rain.md", "---\npermalink: /blog/:title\n---\nA.\n"),
            ("rain.md", "---\npermalink: /x/:basename:output_ext\n---\nB.\n"),
        ],
        "",
        "/_posts/2024-04-01-rain.gmi /rain.gmi",
        &[("/blog/rain", "/_posts/2024-04-01-rain.gmi")],
    ),
    // Layouts, parts and data of Eleventy may be anywhere.
    (
        &[
            (
                ".eleventy.js",
                "module.exports = function (c) {\n\
                 \x20 return { dir: { input: \"src\", includes: \"partials\", layouts: \"frames\", data: \"facts\",\
                 \x20output: \"dist\" } };\n};\n",
            ),
            ("src/facts/metadata.json", "{\"title\": \"Lamps\"}\n"),
            ("src/partials/mine.md", "Mine.\n"),
            ("src/frames/mine.md", "Mine.\n"),
            ("src/facts/mine.json", "{\"x\": \"Mine.\"}\n"),
            ("src/a.md", "A.\n"),
        ],
        "title = \"Lamps\"\n",
        "/a.gmi",
        &[],
    ),
    (
        &[
            (".eleventy.js", "module.exports = {};\n"),
            ("a.html", "---\ntitle: A\ndraft: true\n---\nMine.\n"),
            ("b.html", "---\npermalink: false\n---\nMine.\n"),
            ("c.md", "C.\n"),
        ],
        "title = \"Lamps\"\n",
        "/c.gmi",
        &[("/a.html", "missing"), ("/b.html", "missing")],
    ),
    // Hexo may encrypt essays by their tags.
    (
        &[
            (
                "_config.yml",
                "title: Lamps\nnew_post_name: :title.md\npermalink: posts/:abbrlink.html\nencrypt:\n\
                 \x20 abstract: x\n  tags:\n  - {name: private, password: hi}\n  - {name: 私密, password: 2}\n\
                 alias:\n  old/path/index.html: posts/123.html\n",
            ),
            ("source/_posts/a.md", "---\ntitle: A\ntags: [private]\n---\nMine.\n"),
            ("source/_posts/b.md", "---\ntitle: B\nabbrlink: 4a17b156\n---\nB.\n"),
            ("source/_posts/c.md", "---\ntitle: C\nabbrlink: 123\ncategories:\n- [Diary, Life]\n- [Food]\n---\nC.\n"),
            ("source/_posts/hidden.md", "---\ntitle: H\nhidden: true\n---\nMine.\n"),
            ("source/_posts/私.md", "---\ntitle: 私\ntags: 私密\n---\nMine.\n"),
        ],
        "",
        "/_posts/b.gmi /_posts/c.gmi",
        &[("/posts/4a17b156.html", "/_posts/b.gmi"), ("/old/path/", "/_posts/c.gmi")],
    ),
    // Pelican may read some folders only.
    (
        &[
            (
                "pelicanconf.py",
                "SITENAME = 'Lamps'\nPATH = 'content'\nARTICLE_PATHS = ['posts', 'blog']\n\
                 PAGE_PATHS = ['pages']\nARTICLE_EXCLUDES = ['posts/mine']\n\
                 STATIC_PATHS = ['images', 'extra/robots.txt']\nEXTRA_PATH_METADATA = {\n\
                 \x20   'extra/robots.txt': {'path': 'robots.txt'},\n\
                 \x20   'extra/favicon.ico': {'path': 'favicon.ico'},\n}\nSLUGIFY_SOURCE = 'basename'\n\
                 ARTICLE_URL = '{date:%Y}/{date:%b}/{date:%d}/{slug}/'\nPAGE_URL = 'p/{slug}/'\n",
            ),
            ("content/posts/rain-one.md", "Title: The Rain\nDate: 2024-04-01\n\nA.\n"),
            ("content/posts/mine/x.md", "Title: x\nDate: 2024-01-01\n\nMine.\n"),
            ("content/notes/n.md", "Title: N\n\nMine.\n"),
            ("content/pages/about.md", "Title: About Me\n\nP.\n"),
            ("content/images/lamp.png", "png\n"),
            ("content/extra/robots.txt", "User-agent: *\n"),
            (
                "content/posts/h.html",
                "<html><head><title>H</title><meta name=\"status\" content=\"draft\" /></head><body>Mine.</body></html>\n",
            ),
        ],
        "",
        "/pages/about.gmi /posts/rain-one.gmi",
        &[
            ("/2024/Apr/01/rain-one/", "/posts/rain-one.gmi"),
            ("/p/about-me/", "/pages/about.gmi"),
            ("/p/about/", "/pages/about.gmi"),
            ("/posts/h.html", "missing"),
        ],
    ),
    // Translations of Pelican share a slug.
    (
        &[
            (
                "pelicanconf.py",
                "SITENAME = 'Lamps'\nDEFAULT_LANG = 'en'\nARTICLE_LANG_URL = '{lang}/{slug}.html'\n\
                 I18N_SUBSITES = {\n    'de': {'SITENAME': 'Lampe'},\n}\n",
            ),
            ("content/rain.md", "Title: Rain\nSlug: rain\nDate: 2024-01-01\n\nA.\n"),
            ("content/regen.md", "Title: Regen\nSlug: rain\nLang: de\nDate: 2024-01-01\n\nB.\n"),
            ("content/skip.md", "Title: S\nStatus: skip\n\nMine.\n"),
            ("content/hid.md", "Title: S\nStatus: hidden\n\nH.\n"),
        ],
        "",
        "/rain.gmi /regen.gmi",
        &[("/de/rain.html", "/regen.gmi"), ("/rain.html", "/rain.gmi")],
    ),
    // Chapters in comments are none, and links may be written in several ways.
    (
        &[
            (
                "book.toml",
                "[book]\ntitle = \"Lamps\"\n[output.html.redirect]\n\"/old.html\" = \"a.html\"\n\
                 \"/format/old.html\" = \"../deep/b%20c.html\"\n",
            ),
            (
                "src/SUMMARY.md",
                "# Summary\n\n- [A](a.md)\n<!-- - [Secret](secret.md) -->\n- [B](<deep/b c.md>)\n\
                 - [D](deep/d%20e.md)\n- [F](./f.md#part \"title\")\n<!--\n- [Mine](mine.md)\n-->\n",
            ),
            ("src/a.md", "A.\n"),
            ("src/mine.md", "Mine.\n"),
            ("src/mine.md", "Mine.\n"),
            ("src/deep/b c.md", "B.\n"),
            ("src/deep/d e.md", "D.\n"),
            ("src/f.md", "F.\n"),
        ],
        "",
        "/SUMMARY.gmi /a.gmi /deep/b%20c.gmi /deep/d%20e.gmi /f.gmi",
        &[("/old.html", "/a.gmi"), ("/format/old.html", "/deep/b%20c.gmi")],
    ),
    // Plugins of MkDocs exclude and redirect.
    (
        &[
            (
                "mkdocs.yml",
                "site_name: Lamps\nuse_directory_urls: false\nplugins:\n  - search\n  - exclude:\n      glob:\n\
                 \x20       - mine/*\n        - \"*.tmp.md\"\n      regex:\n\
                 \x20       - '.*\\.(private|hush)\\.md$'\n  - redirects:\n      redirect_maps:\n\
                 \x20       'old.md': 'a.md'\n        'gone/x.md': 'b/c.md#part'\n\
                 \x20       'ext.md': 'https://example.org/'\nexclude_docs: |\n  # comment\n  *.py\n  /hush/\n\
                 not_in_nav: |\n  /loose.md\nnav:\n  - index.md\n  - a.md\n",
            ),
            ("docs/index.md", "# Home\n"),
            ("docs/a.md", "A.\n"),
            ("docs/b/c.md", "C.\n"),
            ("docs/loose.md", "Loose.\n"),
            ("docs/mine/x.md", "Mine.\n"),
            ("docs/x.tmp.md", "Mine.\n"),
            ("docs/x.private.md", "Mine.\n"),
            ("docs/hush/x.md", "Mine.\n"),
        ],
        "",
        "/a.gmi /b/c.gmi /loose.gmi",
        &[("/old/", "/a.gmi"), ("/old.html", "/a.gmi"), ("/gone/x/", "/b/c.gmi")],
    ),
    // Docusaurus may have other folders, and leave out what is in them.
    (
        &[
            (
                "docusaurus.config.ts",
                "export default {\n  title: 'Lamps',\n  i18n: { defaultLocale: 'en', locales: ['en', 'fr'] },\n\
                 \x20 presets: [['classic', {\n\
                 \x20   docs: { path: 'guides', routeBasePath: '/', exclude: ['**/mine/**', '**/*.wip.md'] },\n\
                 \x20   blog: { path: './articles', routeBasePath: 'news' },\n  }]],\n\
                 \x20 plugins: [['@docusaurus/plugin-client-redirects', {\n\
                 \x20   redirects: [{ to: '/intro', from: '/docs/old' }, { to: '/news/a', from: ['/x', '/y'] }],\n\
                 \x20 }]],\n};\n",
            ),
            ("guides/01-intro.md", "# Intro\n\nI.\n"),
            ("guides/_mine.md", "Mine.\n"),
            ("guides/mine/x.md", "Mine.\n"),
            ("guides/y.wip.md", "Mine.\n"),
            ("guides/u.md", "---\nunlisted: true\n---\nU.\n"),
            ("articles/2024-04-01-a.md", "---\nslug: a\nauthors: [ada, bob]\n---\nA.\n"),
            ("articles/authors.yml", "ada:\n  name: Ada Lamp\n  title: Writer\nbob:\n  name: Bob Wick\n"),
            ("notes/z.md", "Mine.\n"),
            ("README.md", "Mine.\n"),
        ],
        "",
        "/articles/a.gmi /guides/01-intro.gmi",
        &[("/intro", "/guides/01-intro.gmi"), ("/docs/old", "/guides/01-intro.gmi"), ("/x", "/articles/a.gmi")],
    ),
    // Collections of Astro may lie anywhere.
    (
        &[
            (
                "astro.config.mjs",
                "export default defineConfig({ site: 'https://x.dev', base: '/blog', redirects: { '/old':\
                 \x20'/posts/new', '/a/[...slug]': '/b/[...slug]' } });\n",
            ),
            (
                "src/content.config.ts",
                "import { glob } from 'astro/loaders';\nconst blog = defineCollection({\n\
                 \x20 loader: glob({ base: './writing', pattern: '**/[^_]*.{md,mdx}' }),\n\
                 \x20 schema: z.object({ title: z.string(), draft: z.boolean().default(false) }),\n});\n\
                 export const collections = { blog };\n",
            ),
            ("writing/new.md", "---\ntitle: New\npubDate: 2024-01-01\nupdatedDate: 2024-02-01\n---\nN.\n"),
            ("writing/_mine.md", "Mine.\n"),
            ("writing/sub/_mine.md", "Mine.\n"),
            ("notes/mine.md", "Mine.\n"),
            ("README.md", "Mine.\n"),
        ],
        "title = \"Lamps\"\n",
        "/new.gmi",
        &[("/old", "/new.gmi"), ("/blog/posts/new", "/new.gmi")],
    ),
    (
        &[
            ("astro.config.mjs", "export default {};\n"),
            ("src/content/blog/_drafts-old/mine.md", "Mine.\n"),
            ("src/content/blog/a.md", "---\ntitle: A\npublishDate: 2024-01-01\nisDraft: false\n---\nA.\n"),
            ("src/content/blog/b.md", "---\ntitle: B\npublishedAt: 2090-01-01\n---\nMine.\n"),
            ("src/content/config.ts", "x\n"),
            ("src/content/authors/ada.json", "{\"name\": \"Ada\"}\n"),
            ("src/pages/about.md", "---\nlayout: ../layouts/x.astro\ntitle: About\n---\nAbout.\n"),
        ],
        "title = \"Lamps\"\n",
        "/blog/a.gmi",
        &[],
    ),
    // Contentlayer names the folder of essays.
    (
        &[
            ("next.config.js", "module.exports = {};\n"),
            (
                "contentlayer.config.ts",
                "export const Post = defineDocumentType(() => ({ name: 'Post', filePathPattern: `blog/**/*.mdx` }));\n\
                 export default makeSource({ contentDirPath: 'writing', documentTypes: [Post] });\n",
            ),
            ("writing/blog/a.mdx", "---\ntitle: A\npublishedAt: '2024-04-01'\n---\nA.\n"),
            ("writing/blog/f.mdx", "---\ntitle: F\npublishedAt: '2090-04-01'\n---\nMine.\n"),
            ("README.md", "Mine.\n"),
            ("components/x.md", "Mine.\n"),
        ],
        "title = \"Lamps\"\n",
        "/blog/a.gmi",
        &[],
    ),
    (
        &[
            (
                "next.config.js",
                "module.exports = { async redirects() { return [ { source: '/old', destination: '/blog/a',\
                 \x20permanent: true } ] } };\n",
            ),
            ("content/blog/a.mdx", "A.\n"),
        ],
        "title = \"Lamps\"\n",
        "/blog/a.gmi",
        &[("/old", "/blog/a.gmi")],
    ),
    (
        &[
            (
                "gatsby-config.js",
                "module.exports = { siteMetadata: { title: `Lamps` }, plugins: [ { resolve:\
                 \x20`gatsby-source-filesystem`, options: { name: `blog`, path: `${__dirname}/blog` } } ] };\n",
            ),
            ("blog/a/index.mdx", "---\ntitle: A\ndate: 2024-01-01\n---\nA.\n"),
            ("src/components/x.md", "Mine.\n"),
            ("README.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    // Older versions and other files of Logseq are no essays.
    (
        &[
            ("logseq/config.edn", "{:meta/version 1\n :publishing/all-pages-public? true}\n"),
            ("logseq/bak/pages/Secret/2023-01-01T00_00_00.000Z.Desktop.md", "Mine.\n"),
            ("logseq/custom.css", "x\n"),
            ("pages/A.md", "title:: A note\ntags:: x\n\n- hello\n"),
            ("pages/P.md", "private:: true\n\n- Mine.\n"),
            ("pages/N___Sub.md", "- sub\n"),
            ("journals/2024_05_01.md", "- day\n"),
        ],
        "title = \"Lamps\"\n",
        "/journals/2024_05_01.gmi /pages/A.gmi /pages/N___Sub.gmi",
        &[],
    ),
    // Folders of Lume have data for their texts.
    (
        &[
            (
                "_config.ts",
                "import lume from \"lume/mod.ts\";\n\
                 const site = lume({ src: \"./texts\", location: new URL(\"https://x.dev\") });\n",
            ),
            ("texts/posts/_data.yml", "draft: true\n"),
            ("texts/posts/a.md", "Mine.\n"),
            ("texts/notes/_data.json", "{\"draft\": true}\n"),
            ("texts/notes/a.md", "Mine.\n"),
            ("texts/b.md", "B.\n"),
            ("texts/c.md", "---\nurl: false\n---\nMine.\n"),
            ("texts/_d/x.md", "Mine.\n"),
            ("README.md", "Mine.\n"),
        ],
        "title = \"Lamps\"\n",
        "/b.gmi",
        &[],
    ),
    // Nuxt hides files by their names.
    (
        &[
            (
                "nuxt.config.ts",
                "export default defineNuxtConfig({ modules: ['@nuxt/content'], content: { ignores: ['mine'] } })\n",
            ),
            ("content/1.index.md", "# Home\n"),
            ("content/2.blog/1.first.md", "First.\n"),
            ("content/2.blog/3.mine.draft.md", "Mine.\n"),
            ("content/2.blog/-mine.md", "Mine.\n"),
            ("content/-hush/x.md", "Mine.\n"),
            ("content/2.blog/_x.md", "---\ntitle: x\n---\nMine.\n"),
            ("content/nav.md", "---\nnavigation: false\n---\nN.\n"),
        ],
        "title = \"Lamps\"\n",
        "/2.blog/1.first.gmi /nav.gmi",
        &[("/blog/first", "/2.blog/1.first.gmi")],
    ),
    (
        &[
            (
                "metalsmith.json",
                "{\"source\": \"src\", \"destination\": \"build\", \"metadata\": {\"title\": \"Lamps\"},\
                 \x20\"plugins\": {}}\n",
            ),
            ("src/a.md", "A.\n"),
            ("src/b.md", "---\npublish: draft\n---\nMine.\n"),
            ("layouts/x.md", "Mine.\n"),
            ("README.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    // Middleman names pages by the extensions before and after.
    (
        &[
            (
                "config.rb",
                "activate :blog do |blog|\n  blog.prefix = \"blog\"\n\
                 \x20 blog.permalink = \"{year}/{title}.html\"\nend\n",
            ),
            ("Gemfile", "x\n"),
            ("source/blog/2012-01-01-example.html.markdown", "---\ntitle: Example\ndate: 2012-01-01\n---\nE.\n"),
            ("source/blog/2012-01-02-mine.html.md", "---\ntitle: S\npublished: false\n---\nMine.\n"),
            ("source/about.html.md", "About.\n"),
            ("source/ignored.html.md", "---\nignored: true\n---\nMine.\n"),
            ("source/mine.html.md.erb", "---\npublished: false\n---\nMine.\n"),
            ("source/localizable/index.html.md", "---\ntitle: x\n---\nL.\n"),
        ],
        "title = \"Lamps\"\n",
        "/about.gmi /blog/2012-01-01-example.gmi /localizable/index.gmi",
        &[],
    ),
    // Nikola may have other folders, and hide essays by their tags.
    (
        &[
            (
                "conf.py",
                "BLOG_TITLE = \"Lamps\"\nBLOG_AUTHOR = \"Ada\"\nDEFAULT_LANG = \"en\"\n\
                 TRANSLATIONS = {\"en\": \"\", \"es\": \"./es\"}\n\
                 POSTS = ((\"blog/*.md\", \"blog\", \"post.tmpl\"),)\n\
                 PAGES = ((\"stories/*.md\", \"stories\", \"page.tmpl\"),)\n",
            ),
            (
                "blog/a.md",
                "<!--\n.. title: A\n.. slug: a\n.. date: 2024-01-01 10:00:00 UTC\n.. tags: x, draft\n-->\n\
                 Mine.\n",
            ),
            ("blog/b.md", "<!--\n.. title: B\n.. slug: bee\n.. date: 2024-01-01\n.. tags: private\n-->\nMine.\n"),
            ("blog/c.md", "<!--\n.. title: C\n.. slug: see\n.. date: 2024-01-01\n.. status: featured\n-->\nC.\n"),
            ("blog/c.es.md", "<!--\n.. title: C es\n.. slug: ve\n-->\nC es.\n"),
            ("blog/d.md", "Body Mine.\n"),
            ("blog/d.meta", ".. title: D\n.. slug: d\n.. status: private\n"),
            ("stories/e.md", "E.\n"),
            ("README.md", "Mine.\n"),
        ],
        "",
        "/blog/see.gmi /blog/ve.es.gmi /stories/e.gmi",
        &[],
    ),
    // Obsidian says what is not published, and where forms are.
    (
        &[
            (
                ".obsidian/publish.json",
                "{\"siteId\":\"abc\",\"host\":\"publish-01.obsidian.md\",\"included\":[],\"excluded\":[\"Private\",\"Meta/Log\"]}\n",
            ),
            (".obsidian/plugins/templater-obsidian/data.json", "{\"templates_folder\": \"Meta/Forms\", \"x\": 1}\n"),
            (".obsidian/daily-notes.json", "{\"folder\": \"Daily\", \"template\": \"Meta/Daily form\"}\n"),
            ("Private/x.md", "Mine.\n"),
            ("Meta/Log/x.md", "Mine.\n"),
            ("Meta/Forms/x.md", "<% tp.file.title %> Mine.\n"),
            ("Daily/2024-05-01.md", "Day.\n"),
            ("A.md", "---\ncreated: 2024-05-01\ntags: draft\n---\nA.\n"),
            ("Board.canvas", "{}\n"),
            ("B.md", "---\npublish: \"false \"\n---\nMine.\n"),
        ],
        "title = \"Lamps\"\n",
        "/A.gmi /Daily/2024-05-01.gmi",
        &[],
    ),
    // Essays of mdsvex.
    (
        &[
            ("svelte.config.js", "import { mdsvex } from 'mdsvex';\n"),
            ("src/lib/config.js", "export const title = 'Lamps'\n"),
            ("src/posts/a.svx", "---\ntitle: A\ndate: 2024-01-01\n---\nA.\n"),
            ("src/posts/mine.svx", "---\npublished: false\n---\nMine.\n"),
            ("src/posts/b.md", "B.\n"),
        ],
        "",
        "/a.gmi /b.gmi",
        &[],
    ),
    (
        &[
            (
                ".vitepress/config.mts",
                "export default defineConfig({ title: 'Lamps', srcDir: './texts', rewrites: { 'packages/:p/a.md':\
                 \x20':p/a.md' } })\n",
            ),
            ("texts/a.md", "A.\n"),
            ("notes/mine.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    (
        &[
            (
                "docs/.vuepress/config.ts",
                "export default { title: 'Lamps', pagePatterns: ['**/*.md', '!mine/**/*.md', '!.vuepress'] }\n",
            ),
            ("docs/a.md", "A.\n"),
            ("docs/mine/x.md", "Mine.\n"),
            ("docs/b.md", "---\narticle: false\ntimeline: false\n---\nB.\n"),
        ],
        "",
        "/a.gmi /b.gmi",
        &[],
    ),
    // Folders may be joined, and plugins have options.
    (
        &[
            ("pelicanconf.py", "SITENAME = 'Lamps'\nPATH = os.path.join(os.path.dirname(__file__), 'texts')\n"),
            ("texts/a.md", "A.\n"),
            ("notes/x.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    (
        &[
            (
                "quartz.config.ts",
                "const config = {\n  configuration: {\n    pageTitle: \"Lamps\",\n    ignorePatterns: [\n      \"private\",\n      \
                 // \"shown\",\n    ],\n  },\n  plugins: { filters: [\n    Plugin.ExplicitPublish({ publish: true }),\n  ] },\n}\n",
            ),
            ("content/private/x.md", "---\npublish: true\n---\nMine.\n"),
            ("content/shown/a.md", "---\npublish: true\n---\nA.\n"),
            ("content/b.md", "Mine.\n"),
        ],
        "",
        "/shown/a.gmi",
        &[],
    ),
    (
        &[
            (
                "_config.yml",
                "title: Lamps\nincludes_dir: parts\nlayouts_dir: frames\ndata_dir: facts\nplugins_dir: plug\n",
            ),
            ("parts/x.md", "Mine.\n"),
            ("frames/x.md", "Mine.\n"),
            ("facts/x.yml", "x: 1\n"),
            ("a.md", "A.\n"),
        ],
        "",
        "/a.gmi",
        &[("/facts/x.yml", "missing")],
    ),
    (
        &[
            (
                "eleventy.config.js",
                "export default async function(eleventyConfig) {\n  eleventyConfig.setInputDirectory(\"texts\");\n  \
                 eleventyConfig.setIncludesDirectory(\"bits\");\n}\n",
            ),
            ("_data/site.json", "{\"title\": \"Lamps\"}"),
            ("texts/bits/x.md", "Mine.\n"),
            ("texts/a.md", "A.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    (
        &[
            (
                "docusaurus.config.js",
                "module.exports = {\n  title: 'Lamps',\n  presets: [['classic', { docs: { path: 'docs' }, blog: false }]],\n};\n",
            ),
            ("docs/a.md", "A.\n"),
            ("blog/x.md", "Mine.\n"),
        ],
        "",
        "/docs/a.gmi",
        &[],
    ),
    (
        &[
            ("nuxt.config.ts", "export default defineNuxtConfig({})\n"),
            (
                "content.config.ts",
                "export default defineContentConfig({ source: { include: '**/*.md', exclude: ['mine/**'] } })\n",
            ),
            ("app.config.ts", "export default { title: 'Lamps' }\n"),
            ("content/a.md", "A.\n"),
            ("content/mine/x.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    // Of two essays, the one in fewer other folders is meant.
    (
        &[
            ("astro.config.mjs", "export default defineConfig({ integrations: [starlight({ title: 'Lamps' })] });\n"),
            ("src/content/docs/guides/a.md", "A.\n"),
            ("src/content/docs/fr/guides/a.md", "A fr.\n"),
            ("src/content/authors/ada.json", "{\"email\": \"ada@lamp.example\"}"),
        ],
        "",
        "/docs/fr/guides/a.gmi /docs/guides/a.gmi",
        &[
            ("/guides/a/", "/docs/guides/a.gmi"),
            ("/fr/guides/a/", "/docs/fr/guides/a.gmi"),
            ("/authors/ada.json", "missing"),
        ],
    ),
    // SvelteKit names pages after their folders.
    (
        &[
            ("svelte.config.js", "x\n"),
            ("src/routes/blog/hello/+page.md", "---\ntitle: Hello\n---\nH.\n"),
            ("src/routes/blog/+page.svelte", "x\n"),
            ("src/app.html", "x\n"),
        ],
        "title = \"Lamps\"\n",
        "/blog/hello.gmi",
        &[],
    ),
    // VuePress Hope encrypts pages and folders, or all.
    (
        &[
            ("docs/.vuepress/config.ts", "export default { title: 'Lamps' }\n"),
            (
                "docs/.vuepress/theme.ts",
                "export default hopeTheme({\n  sidebar: { \"/guide/\": [\"a\", \"b\"] },\n  encrypt: {\n    config: {\n      \"/hush/\": [\"1234\"],\n      \"/deep/\": {\n        hint: \"x\",\n        password: \"1\",\n      },\n      \"/x/b.html\": \"1234\",\n    },\n  },\n});\n",
            ),
            ("docs/guide/a.md", "A.\n"),
            ("docs/hush/c.md", "Mine.\n"),
            ("docs/deep/e.md", "Mine.\n"),
            ("docs/x/b.md", "Mine.\n"),
            ("docs/x/d.md", "D.\n"),
        ],
        "",
        "/guide/a.gmi /x/d.gmi",
        &[],
    ),
    (
        &[
            (
                "docs/.vuepress/config.ts",
                "export default { title: 'Lamps', theme: hopeTheme({\n  encrypt: { global: true, admin: \"x\" } }) };\n",
            ),
            ("docs/a.md", "Mine.\n"),
        ],
        "",
        "",
        &[],
    ),
    (
        &[
            ("docs/.vuepress/config.js", "module.exports = { title: 'Lamps', patterns: ['**/*.md', '!mine/**'] }\n"),
            ("docs/a.md", "A.\n"),
            ("docs/mine/b.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    // Dendron publishes hierarchies.
    (
        &[
            (
                "dendron.yml",
                "version: 5\nworkspace:\n  vaults:\n    - fsPath: vault\npublishing:\n  siteHierarchies:\n    - blog\n    - films.french\n",
            ),
            ("vault/root.md", "Mine.\n"),
            ("vault/blog.md", "A.\n"),
            ("vault/blog.rain.md", "---\ncreated: 1621111111111\n---\nA.\n"),
            ("vault/daily.journal.md", "Mine.\n"),
            ("vault/films.french.x.md", "A.\n"),
            ("vault/films.x.md", "Mine.\n"),
            ("vault/blog.no.md", "---\npublished: false\n---\nMine.\n"),
        ],
        "title = \"Lamps\"\n",
        "/blog.gmi /blog.rain.gmi /films.french.x.gmi",
        &[],
    ),
    (
        &[
            ("dendron.yml", "vaults:\n  - fsPath: vault\nsite:\n  siteHierarchies: [root]\n"),
            ("vault/root.md", "A.\n"),
            ("vault/b.md", "B.\n"),
        ],
        "title = \"Lamps\"\n",
        "/b.gmi /root.gmi",
        &[],
    ),
    // Settings of editors may have comments.
    (
        &[
            (
                ".vscode/settings.json",
                "{\n  // Mine\n  \"editor.wordWrap\": \"on\",\n  \"foam.files.ignore\": [\n    \"**/private/**\",\n    // \"a.md\",\n    \"inbox.md\",\n  ],\n}\n",
            ),
            ("a.md", "A.\n"),
            ("private/b.md", "Mine.\n"),
            ("inbox.md", "Mine.\n"),
        ],
        "title = \"Lamps\"\n",
        "/a.gmi",
        &[],
    ),
    (
        &[
            (
                "config.md",
                "<!--\nGlobal variables\n-->\n+++\nauthor = \"Ada\"\nignore = [\"node_modules/\", \"mine/\"]\nwebsite_title = \"Lamps\"\n+++\n",
            ),
            ("_layout/head.html", "x"),
            ("blog/a.md", "@def title = \"A\"\n\nA.\n"),
            ("mine/b.md", "Mine.\n"),
        ],
        "",
        "/blog/a.gmi",
        &[],
    ),
    // Obsidian has forms for notes, and files that it leaves out.
    (
        &[
            (".obsidian/app.json", "{\"userIgnoreFilters\":[\"Hush/\",\"Old.md\"]}"),
            (".obsidian/daily-notes.json", "{\"folder\":\"Daily\",\"template\":\"Meta/Daily form\"}"),
            (".obsidian/templates.json", "{\"folder\":\"Meta/Forms\"}"),
            (".obsidian/zk-prefixer.json", "{\"template\":\"Meta/Zettel.md\"}"),
            (
                ".obsidian/plugins/periodic-notes/data.json",
                "{\"weekly\":{\"template\":\"Meta/Week\",\"folder\":\"Daily\"}}",
            ),
            ("Meta/Daily form.md", "Mine.\n"),
            ("Meta/Forms/x.md", "Mine.\n"),
            ("Meta/Week.md", "Mine.\n"),
            ("Meta/Zettel.md", "Mine.\n"),
            ("Meta/A.md", "A.\n"),
            ("Daily/2024-05-01.md", "A.\n"),
            ("Hush/b.md", "Mine.\n"),
            ("Old.md", "Mine.\n"),
        ],
        "title = \"Lamps\"\n",
        "/Daily/2024-05-01.gmi /Meta/A.gmi",
        &[],
    ),
    // Hugo cascades to languages, kinds and environments.
    (
        &[
            (
                "hugo.toml",
                "title = 'Lamps'\ndefaultContentLanguage = 'en'\n[languages.en]\nweight = 1\n[languages.de]\nweight = 2\n[[cascade]]\ndraft = true\n[cascade.target]\nlang = 'de'\npath = '/n/**'\n[[cascade]]\ndraft = true\n[cascade.target]\nenvironment = 'development'\n",
            ),
            ("content/n/a.md", "A.\n"),
            ("content/n/a.de.md", "Mine.\n"),
            ("content/c.de.md", "C.\n"),
        ],
        "",
        "/c.de.gmi /n/a.gmi",
        &[],
    ),
    (
        &[
            (
                "hugo.toml",
                "title = 'Lamps'\ndefaultContentLanguage = 'en'\n[languages.en]\nweight = 1\n[languages.de]\nweight = 2\n",
            ),
            (
                "content/n/_index.md",
                "---\ncascade:\n  - target: {lang: '{en,fr}', kind: '{page,section}', environment: '{staging,production}'}\n    draft: true\n---\n",
            ),
            ("content/n/a.md", "Mine.\n"),
            ("content/n/a.de.md", "A.\n"),
        ],
        "",
        "/n/a.de.gmi",
        &[],
    ),
    // Mounts of Hugo leave out files, and so do settings for what is published.
    (
        &[
            (
                "hugo.toml",
                "title = 'Lamps'\n[[module.mounts]]\nsource = 'content'\ntarget = 'content'\nexcludeFiles = ['private/**', '*.wip.md']\n",
            ),
            ("config/production/hugo.toml", "ignoreFiles = ['mine\\.md$']\n"),
            ("config/_default/params.toml", "x = 1\n"),
            ("content/a.md", "A.\n"),
            ("content/private/b.md", "Mine.\n"),
            ("content/x/c.wip.md", "Mine.\n"),
            ("content/mine.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    // Patterns of what is published may name what is not.
    (
        &[
            ("astro.config.mjs", "export default defineConfig({ redirects: { '/old': '/blog/a' } });\n"),
            (
                "src/content.config.ts",
                "const blog = defineCollection({ loader: glob({ base: './src/content/blog', pattern: ['**/*.md', '!private/**', '!**/*.wip.md'] }) })\n",
            ),
            ("src/content/blog/a.md", "A.\n"),
            ("src/content/blog/private/b.md", "Mine.\n"),
            ("src/content/blog/c.wip.md", "Mine.\n"),
        ],
        "title = \"Lamps\"\n",
        "/blog/a.gmi",
        &[("/old", "/blog/a.gmi")],
    ),
    (
        &[
            (
                "gatsby-config.js",
                "module.exports = { siteMetadata: { title: `Lamps` }, plugins: [{ resolve: `gatsby-source-filesystem`, options: { path: `${__dirname}/content`, ignore: [`**/private/**`, `**/*.wip.md`] } }] }\n",
            ),
            ("content/a.md", "A.\n"),
            ("content/private/b.md", "Mine.\n"),
            ("content/c.wip.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    // MkDocs may encrypt all pages but some.
    (
        &[
            ("mkdocs.yml", "site_name: Lamps\nplugins:\n  - encryptcontent:\n      global_password: 'x'\n"),
            ("docs/a.md", "---\npassword: ''\n---\nA.\n"),
            ("docs/b.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    // Programs name several files in one call or command.
    (
        &[
            (
                "_config.ts",
                "const site = lume();\nsite.ignore(\"README.md\", \"mine\", \"x/b.md\");\nsite.ignore(\"other\");\n",
            ),
            ("a.md", "A.\n"),
            ("mine/b.md", "Mine.\n"),
            ("x/b.md", "Mine.\n"),
            ("other/b.md", "Mine.\n"),
        ],
        "title = \"Lamps\"\n",
        "/a.gmi",
        &[],
    ),
    (
        &[
            ("config.rb", "activate :blog\nignore 'mine/*'\nignore \"/x/b.html.md\"\nignore('y/*')\n"),
            ("source/a.html.md", "A.\n"),
            ("source/mine/b.html.md", "Mine.\n"),
            ("source/x/b.html.md", "Mine.\n"),
            ("source/y/b.html.md", "Mine.\n"),
        ],
        "title = \"Lamps\"\n",
        "/a.gmi",
        &[],
    ),
    (
        &[
            ("metalsmith.js", "Metalsmith(__dirname)\n  .source('./texts')\n  .ignore(['mine/**'])\n"),
            ("texts/a.md", "A.\n"),
            ("texts/mine/b.md", "Mine.\n"),
        ],
        "title = \"Lamps\"\n",
        "/a.gmi",
        &[],
    ),
    (
        &[
            ("bridgetown.config.yml", "title: Lamps\nexclude:\n  - mine\n"),
            ("src/a.md", "A.\n"),
            ("src/mine/b.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    // Logseq publishes what is public, and hides folders.
    (
        &[
            (
                "logseq/config.edn",
                ";; :hidden [\"/pages\"]\n{:meta/version 1\n :hidden [\"/mine\" \"/x/b.md\"]\n :publishing/all-pages-public? false}\n",
            ),
            ("pages/a.md", "public:: true\n\n- A.\n"),
            ("pages/b.md", "- Mine.\n"),
            ("mine/c.md", "public:: true\n\n- Mine.\n"),
            ("x/b.md", "public:: true\n\n- Mine.\n"),
        ],
        "title = \"Lamps\"\n",
        "/pages/a.gmi",
        &[],
    ),
    // Further generators leave out files.
    (
        &[
            (
                "docs/conf.py",
                "project = 'Lamps'\nextensions = ['myst_parser']\nexclude_patterns = ['_build', 'mine', '**/hush.md']\n",
            ),
            ("docs/index.md", "# Home\n"),
            ("docs/a.md", "A.\n"),
            ("docs/mine/b.md", "Mine.\n"),
            ("docs/x/hush.md", "Mine.\n"),
            ("README.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    (
        &[
            ("_config.yml", "title: Lamps\nexclude_patterns: [mine, \"*.wip.md\"]\n"),
            ("_toc.yml", "format: jb-book\nroot: intro\n"),
            ("intro.md", "A.\n"),
            ("_build/x.md", "Mine.\n"),
            ("mine/b.md", "Mine.\n"),
            ("c.wip.md", "Mine.\n"),
        ],
        "",
        "/intro.gmi",
        &[],
    ),
    (
        &[
            ("myst.yml", "version: 1\nproject:\n  title: Lamps\n  exclude:\n    - mine/**\n"),
            ("a.md", "A.\n"),
            ("mine/b.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    (
        &[
            ("_bookdown.yml", "rmd_files: [\"index.Rmd\", \"01-a.Rmd\"]\n"),
            ("index.Rmd", "---\ntitle: Lamps\n---\nX.\n"),
            ("01-a.Rmd", "A.\n"),
            ("02-b.Rmd", "Mine.\n"),
        ],
        "",
        "/01-a.gmi",
        &[],
    ),
    (
        &[
            ("_cobalt.yml", "site:\n  title: Lamps\nignore:\n  - mine/**\n"),
            ("a.md", "---\nis_draft: false\n---\nA.\n"),
            ("b.md", "---\nis_draft: true\n---\nMine.\n"),
            ("mine/c.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    (
        &[
            (
                "rspress.config.ts",
                "export default defineConfig({ root: 'texts', title: 'Lamps', route: { exclude: ['mine/**'] } })\n",
            ),
            ("texts/a.md", "A.\n"),
            ("texts/mine/b.md", "Mine.\n"),
            ("README.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    (
        &[
            ("retype.yml", "branding:\n  title: Lamps\nexclude:\n  - \"mine/\"\n"),
            ("a.md", "A.\n"),
            ("mine/b.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    (
        &[
            ("book.json", "{\"title\":\"Lamps\"}"),
            (".bookignore", "mine/\n*.wip.md\n"),
            ("a.md", "A.\n"),
            ("mine/b.md", "Mine.\n"),
            ("c.wip.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    (
        &[
            ("docs.json", "{\"name\":\"Lamps\",\"navigation\":{\"pages\":[\"a\"]}}"),
            (".mintignore", "mine/\n"),
            ("a.mdx", "A.\n"),
            ("mine/b.mdx", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    (
        &[
            ("config.mjs", "const config = { title: 'Lamps', contentExclude: ['mine', 'x/b.md'] }\n"),
            ("content/a.md", "A.\n"),
            ("content/mine/b.md", "Mine.\n"),
            ("content/x/b.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    (
        &[("next.config.mjs", "export default {}\n"), ("content/a.md", "A.\n"), ("content/_mine/b.md", "Mine.\n")],
        "title = \"Lamps\"\n",
        "/a.gmi",
        &[],
    ),
    // Pages of Docusaurus and Next lie beside programs.
    (
        &[
            ("docusaurus.config.js", "module.exports = { title: 'Lamps' };\n"),
            ("docs/a.md", "A.\n"),
            ("src/pages/about.md", "B.\n"),
            ("src/pages/index.tsx", "x"),
            ("src/components/x.md", "Mine.\n"),
        ],
        "",
        "/docs/a.gmi /src/pages/about.gmi",
        &[("/about", "/src/pages/about.gmi"), ("/src/pages/index.tsx", "missing")],
    ),
    (
        &[
            ("next.config.mjs", "export default {}\n"),
            ("app/layout.tsx", "x"),
            ("app/blog/rain/page.mdx", "# Rain\n\nA.\n"),
            ("app/_mine/page.mdx", "Mine.\n"),
            ("components/x.md", "Mine.\n"),
        ],
        "title = \"Lamps\"\n",
        "/blog/rain/page.gmi",
        &[("/app/layout.tsx", "missing")],
    ),
    // Pictures of Astro may lie outside of the content folder.
    (
        &[
            ("astro.config.mjs", "export default {}\n"),
            ("src/content/blog/a.md", "![x](../../assets/in/moon.png)\n"),
            ("src/assets/in/moon.png", "png"),
            ("public/lamp.png", "png"),
        ],
        "title = \"Lamps\"\n",
        "/blog/a.gmi",
        &[("/in/moon.png", "a file"), ("/lamp.png", "a file")],
    ),
    (
        &[("README.md", "# Lamps\n\nEssays.\n"), ("CHANGELOG.md", "Of my life.\n"), ("a.md", "A.\n")],
        "",
        "/CHANGELOG.gmi /a.gmi",
        &[],
    ),
    // Nextra keeps pages out of its menus.
    (
        &[
            ("next.config.mjs", "import nextra from 'nextra'\nexport default nextra({})({})\n"),
            (
                "content/_meta.js",
                "export default {\n  index: { display: 'hidden' },\n  about: { title: 'About', type: 'page' },\n  hush: { title: 'Hush', display: 'hidden' },\n  'my-page': {\n    theme: { toc: false },\n    display: 'hidden'\n  },\n  // open: { display: 'hidden' },\n  folder: { display: 'hidden' },\n}\n",
            ),
            (
                "content/deep/_meta.ts",
                "import type { MetaRecord } from 'nextra'\n\nconst meta: MetaRecord = {\n  hush: { display: 'normal' },\n  low: { display: 'hidden' },\n}\nexport default meta\n",
            ),
            ("content/index.mdx", "A.\n"),
            ("content/about.mdx", "A.\n"),
            ("content/hush.mdx", "Mine.\n"),
            ("content/hush.de.mdx", "Mine.\n"),
            ("content/my-page.mdx", "Mine.\n"),
            ("content/open.mdx", "A.\n"),
            ("content/folder/x.mdx", "Mine.\n"),
            ("content/deep/hush.mdx", "A.\n"),
            ("content/deep/low.mdx", "Mine.\n"),
        ],
        "title = \"Lamps\"\n",
        "/about.gmi /deep/hush.gmi /open.gmi",
        &[
            ("/hush.gmi", "Page"),
            ("/my-page.gmi", "Page"),
            ("/folder/x.gmi", "Page"),
            ("/_meta.js", "missing"),
            ("/", "Page"),
        ],
    ),
    (
        &[
            ("next.config.js", "module.exports = require('nextra')({ theme: 'nextra-theme-docs' })()\n"),
            (
                "pages/_meta.json",
                "{\n  \"index\": \"Home\",\n  \"hush\": {\"title\": \"Hush\", \"display\": \"hidden\"}\n}\n",
            ),
            ("pages/_meta.en.json", "{\"low\": {\"display\": \"hidden\"}}"),
            ("pages/_meta.fr.json", "{ not JSON"),
            ("pages/hush.md", "Mine.\n"),
            ("pages/low.en.md", "Mine.\n"),
            ("pages/a.md", "A.\n"),
        ],
        "title = \"Lamps\"\n",
        "/a.gmi",
        &[("/hush.gmi", "Page")],
    ),
    (
        &[
            ("next.config.mjs", "export default {}\n"),
            (
                "app/_meta.global.tsx",
                "export default {\n  docs: {\n    title: 'Docs',\n    items: {\n      hush: { display: 'hidden' },\n      a: 'A'\n    }\n  }\n}\n",
            ),
            ("app/docs/hush/page.mdx", "Mine.\n"),
            ("app/docs/a/page.mdx", "A.\n"),
            ("app/hush/page.mdx", "A.\n"),
        ],
        "title = \"Lamps\"\n",
        "/docs/a/page.gmi /hush/page.gmi",
        &[("/docs/hush/page.gmi", "Page")],
    ),
    // Books may consist of the chapters in their table of contents.
    (
        &[
            ("_config.yml", "title: Lamps\nonly_build_toc_files: true\n"),
            (
                "_toc.yml",
                "format: jb-book\nroot: intro\nparts:\n- caption: T\n  chapters:\n  - file: a\n    sections:\n    - file: sub/b\n    - glob: many/*\n",
            ),
            ("intro.md", "A.\n"),
            ("a.md", "A.\n"),
            ("a/x.md", "Mine.\n"),
            ("sub/b.md", "A.\n"),
            ("sub/c.md", "Mine.\n"),
            ("sub/intro.md", "Mine.\n"),
            ("many/y.md", "A.\n"),
            ("z.md", "Mine.\n"),
        ],
        "",
        "/a.gmi /intro.gmi /many/y.gmi /sub/b.gmi",
        &[],
    ),
    (
        &[
            ("_config.yml", "title: Lamps\nonly_build_toc_files: false\n"),
            ("_toc.yml", "format: jb-book\nroot: intro\n"),
            ("intro.md", "A.\n"),
            ("z.md", "A.\n"),
        ],
        "",
        "/intro.gmi /z.gmi",
        &[],
    ),
    (
        &[
            (
                "myst.yml",
                "version: 1\nproject:\n  title: Lamps\n  toc:\n    - file: intro.md\n    - title: P\n      children:\n        - file: sub/b.md\n        - pattern: many/*.md\n    - file: hush.md\n      hidden: true\n",
            ),
            ("intro.md", "A.\n"),
            ("sub/b.md", "A.\n"),
            ("sub/c.md", "Mine.\n"),
            ("sub/intro.md", "Mine.\n"),
            ("many/y.md", "A.\n"),
            ("hush.md", "Mine.\n"),
            ("z.md", "Mine.\n"),
        ],
        "",
        "/intro.gmi /many/y.gmi /sub/b.gmi",
        &[("/hush.gmi", "Page"), ("/z.gmi", "missing")],
    ),
    (
        &[
            ("book.json", "{\"title\": \"Lamps\"}"),
            ("README.md", "# Lamps\n\nA.\n"),
            ("SUMMARY.md", "# Summary\n\n* [A](a.md)\n"),
            ("a.md", "A.\n"),
            ("b.md", "Mine.\n"),
        ],
        "",
        "/SUMMARY.gmi /a.gmi",
        &[],
    ),
    (
        &[
            (
                "docs.json",
                "{\"name\":\"Lamps\",\"navigation\":{\"groups\":[{\"group\":\"G\",\"pages\":[\"a\",\"x/b\"]}]}}",
            ),
            ("a.mdx", "A.\n"),
            ("x/b.mdx", "A.\n"),
            ("c.mdx", "Mine.\n"),
        ],
        "",
        "/a.gmi /x/b.gmi",
        &[("/c.gmi", "Page")],
    ),
    // Docusaurus may publish released versions only.
    (
        &[
            (
                "docusaurus.config.js",
                "module.exports = { title: 'Lamps', presets: [['classic', { docs: { includeCurrentVersion: false } }]] };\n",
            ),
            ("docs/a.md", "Mine.\n"),
            ("blog/b.md", "A.\n"),
        ],
        "",
        "/blog/b.gmi",
        &[],
    ),
    (
        &[
            (
                "docusaurus.config.js",
                "module.exports = { title: 'Lamps', presets: [['classic', { docs: { includeCurrentVersion: false }, blog: false }]] };\n",
            ),
            ("docs/a.md", "Mine.\n"),
            ("blog/b.md", "Mine.\n"),
            ("versioned_docs/version-1.0/a.md", "A.\n"),
        ],
        "",
        "/version-1.0/a.gmi",
        &[("/docs/a", "/version-1.0/a.gmi")],
    ),
    // Dendron has private vaults, and hierarchies that are published on request.
    (
        &[
            (
                "dendron.yml",
                "version: 5\nworkspace:\n  vaults:\n    - fsPath: vault\n    - fsPath: hush\n      visibility: private\npublishing:\n  siteHierarchies: [root]\n  hierarchy:\n    root:\n      publishByDefault: true\n    daily:\n      publishByDefault: false\n",
            ),
            ("vault/a.md", "A.\n"),
            ("vault/daily.md", "Mine.\n"),
            ("vault/daily.x.md", "Mine.\n"),
            ("vault/daily.y.md", "---\npublished: true\n---\nA.\n"),
            ("vault/dailies.md", "A.\n"),
            ("hush/b.md", "Mine.\n"),
        ],
        "title = \"Lamps\"\n",
        "/a.gmi /dailies.gmi /daily.y.gmi",
        &[],
    ),
    (
        &[
            (
                "dendron.yml",
                "vaults:\n  - fsPath: one\n  - fsPath: two\nsite:\n  siteHierarchies: [root]\n  config:\n    root: {publishByDefault: false}\n    blog: {publishByDefault: true}\n",
            ),
            ("one/a.md", "Mine.\n"),
            ("one/b.md", "---\npublished: true\n---\nA.\n"),
            ("two/blog.rain.md", "A.\n"),
        ],
        "title = \"Lamps\"\n",
        "/one/b.gmi /two/blog.rain.gmi",
        &[],
    ),
    (
        &[
            ("dendron.yml", "workspace:\n  vaults:\n    - fsPath: vault\n      visibility: private\n"),
            ("vault/a.md", "Mine.\n"),
        ],
        "title = \"Lamps\"\n",
        "",
        &[],
    ),
    // Static files may be left out, too.
    (
        &[
            (
                "config.toml",
                "base_url = \"https://lamp.example\"\ntitle = \"Lamps\"\nignored_static = [\"*.psd\", \"**/mine/**\"]\n",
            ),
            ("content/a.md", "A.\n"),
            ("static/b.psd", "x"),
            ("static/mine/c.png", "x"),
            ("static/d.png", "x"),
        ],
        "",
        "/a.gmi",
        &[("/b.psd", "missing"), ("/mine/c.png", "missing"), ("/d.png", "a file")],
    ),
    // A level of MkDocs stands for passwords.
    (
        &[
            (
                "mkdocs.yml",
                "site_name: Lamps\nplugins:\n  - encryptcontent:\n      password_inventory:\n        classified: x\n",
            ),
            ("docs/a.md", "---\nlevel: classified\n---\nMine.\n"),
            ("docs/b.md", "B.\n"),
        ],
        "",
        "/b.gmi",
        &[],
    ),
    (&[("mkdocs.yml", "site_name: Lamps\n"), ("docs/a.md", "---\nlevel: classified\n---\nA.\n")], "", "/a.gmi", &[]),
    // Paths start at the content folder, and Jekyll passes over some names.
    (
        &[
            (
                "_config.yml",
                "title: Lamps\nexclude:\n  - README.md\n  - y/\n  - vendor\n  - \"*.hush.md\"\n  - /top.md\n",
            ),
            ("y/b.md", "Mine.\n"),
            ("x/y/a.md", "A.\n"),
            ("x/README.md", "---\ntitle: X\n---\nA.\n"),
            ("x/vendor/a.md", "A.\n"),
            ("x/a.hush.md", "Mine.\n"),
            ("top.md", "Mine.\n"),
            ("#b.md", "Mine.\n"),
            ("~b.md", "Mine.\n"),
        ],
        "",
        "/x/vendor/a.gmi /x/y/a.gmi",
        &[("/x/", "Page")],
    ),
    (
        &[
            (
                "quartz.config.ts",
                "const config = { configuration: { pageTitle: \"Lamps\", ignorePatterns: [\"private\", \"**/hush\", \"*.local.md\"] } } // Plugin.ExplicitPublish()\n/*\n  Plugin.ExplicitPublish(),\n*/\n",
            ),
            ("content/private/b.md", "Mine.\n"),
            ("content/x/private/a.md", "A.\n"),
            ("content/x/hush/b.md", "Mine.\n"),
            ("content/x/b.local.md", "Mine.\n"),
        ],
        "",
        "/x/private/a.gmi",
        &[],
    ),
    (
        &[
            ("_quarto.yml", "project:\n  type: website\n  output-dir: docs\nwebsite:\n  title: Lamps\n"),
            ("docs/x.md", "Built.\n"),
            ("posts/docs/a.qmd", "A.\n"),
        ],
        "",
        "/posts/docs/a.gmi",
        &[],
    ),
    // Pelican has metadata of single paths.
    (
        &[
            (
                "pelicanconf.py",
                "SITENAME = 'Lamps'\nEXTRA_PATH_METADATA = {\n    'extra/robots.txt': {'path': 'robots.txt'},\n    'hush/b.md': {'status': 'draft'},\n    'hush/deep': {'status': 'draft'},\n    'hush/list.md': {'status': 'hidden'},\n}\nPATH = 'content'\n",
            ),
            ("content/a.md", "Title: A\n\nA.\n"),
            ("content/hush/b.md", "Title: B\n\nMine.\n"),
            ("content/hush/c.md", "Title: C\n\nA.\n"),
            ("content/hush/deep/d.md", "Title: D\n\nMine.\n"),
            ("content/hush/list.md", "Title: L\n\nMine.\n"),
        ],
        "",
        "/a.gmi /hush/c.gmi",
        &[("/hush/list.gmi", "Page"), ("/hush/b.gmi", "missing")],
    ),
    // An introduction in one language is for texts in that language.
    (
        &[
            (
                "hugo.toml",
                "title = 'Lamps'\ndefaultContentLanguage = 'en'\n[languages.en]\nweight = 1\n[languages.de]\nweight = 2\n",
            ),
            ("content/n/_index.md", "---\ntitle: N\n---\n"),
            ("content/n/_index.de.md", "---\ntitle: N\ncascade:\n  draft: true\n---\n"),
            ("content/n/a.md", "A.\n"),
            ("content/n/a.de.md", "Mine.\n"),
            ("content/n/deep/b.de.md", "Mine.\n"),
            ("content/n/lamp.png", "png"),
        ],
        "",
        "/n/a.gmi",
        &[("/n/lamp.png", "a file")],
    ),
    (
        &[
            ("config.toml", "base_url = \"https://lamp.example\"\ntitle = \"Lamps\"\n[languages.de]\n"),
            ("content/n/_index.de.md", "+++\ndraft = true\n+++\n"),
            ("content/n/a.md", "A.\n"),
            ("content/n/a.de.md", "Mine.\n"),
        ],
        "",
        "/n/a.gmi",
        &[],
    ),
    // Paths of Jekyll are not those in other folders.
    (
        &[
            (
                "_config.yml",
                "title: Lamps\ndefaults:\n  - scope: {path: wip}\n    values: {published: false}\n  - scope: {path: 'notes/*.md'}\n    values: {published: false}\n",
            ),
            ("wip/b.md", "Mine.\n"),
            ("x/wip/a.md", "A.\n"),
            ("notes/b.md", "Mine.\n"),
            ("wip2/a.md", "A.\n"),
        ],
        "",
        "/wip2/a.gmi /x/wip/a.gmi",
        &[],
    ),
    // Books of mdBook may be in any folder.
    (
        &[
            ("book.toml", "[book]\ntitle = 'Lamps'\nsrc = 'text'\n"),
            ("text/SUMMARY.md", "# S\n\n- [A](./a.md)\n- [B](b/README.md)\n"),
            ("text/a.md", "A.\n"),
            ("text/b/README.md", "A.\n"),
            ("text/b/c.md", "Mine.\n"),
        ],
        "",
        "/SUMMARY.gmi /a.gmi",
        &[("/b/", "Page")],
    ),
    (
        &[
            (
                "nuxt.config.ts",
                "export default defineNuxtConfig({ typescript: { tsConfig: { include: ['../x/**'] } }, sitemap: { exclude: ['/blog/**'] } })\n",
            ),
            (
                "content.config.ts",
                "export default defineContentConfig({ collections: { blog: defineCollection({ type: 'page', source: { include: 'blog/**', exclude: ['blog/internal/**'] } }), pages: defineCollection({ source: [{ include: 'pages/*.md' }] }) } })\n",
            ),
            ("app.config.ts", "export default { title: 'Lamps' }\n"),
            ("content/blog/a.md", "A.\n"),
            ("content/blog/internal/b.md", "Mine.\n"),
            ("content/pages/a.md", "A.\n"),
            ("content/other/b.md", "Mine.\n"),
        ],
        "",
        "/blog/a.gmi /pages/a.gmi",
        &[],
    ),
    // Quartz ignores what git does, and code in comments.
    (
        &[
            (
                "quartz.config.ts",
                "const config = { configuration: { pageTitle: \"Lamps\" }, plugins: { filters: [Plugin.RemoveDrafts()/*, Plugin.ExplicitPublish()*/] } }\n",
            ),
            (".gitignore", "content/mine/\n*.local.md\n"),
            ("content/a.md", "A.\n"),
            ("content/mine/b.md", "Mine.\n"),
            ("content/x/b.local.md", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[],
    ),
    // Obsidian Publish may publish some folders only.
    (
        &[
            (".obsidian/publish.json", "{\"included\":[\"Public\"],\"excluded\":[\"Public/Hush\"]}"),
            ("Public/a.md", "A.\n"),
            ("Public/Hush/b.md", "Mine.\n"),
            ("Notes/b.md", "Mine.\n"),
            ("Notes/a.md", "---\npublish: true\n---\nA.\n"),
            ("X/Public/b.md", "Mine.\n"),
        ],
        "title = \"Lamps\"\n",
        "/Notes/a.gmi /Public/a.gmi",
        &[],
    ),
    // Targets of redirects may be objects.
    (
        &[
            (
                "astro.config.mjs",
                "export default defineConfig({ redirects: { '/old': { status: 302, destination: '/blog/a' }, '/older': '/blog/a' } });\n",
            ),
            ("src/content/blog/a.md", "A.\n"),
        ],
        "title = \"Lamps\"\n",
        "/blog/a.gmi",
        &[("/old", "/blog/a.gmi"), ("/older", "/blog/a.gmi")],
    ),
    // What a site in a folder of the repository withholds is withheld there, and there alone.
    (
        &[
            (".git/HEAD", "ref: refs/heads/main\n"),
            (
                "website/hugo.toml",
                "title = 'Site'\nignoreFiles = ['\\.mine\\.md$']\n[[cascade]]\n  draft = true\n  [cascade.target]\n    path = \
                 '/later/**'\n[[module.mounts]]\n  source = 'content'\n  target = 'content'\n  excludeFiles = ['desk/**']\n",
            ),
            ("website/content/a.md", "A.\n"),
            ("website/content/README.md", "A.\n"),
            ("website/content/b.mine.md", "Mine.\n"),
            ("website/content/later/b.md", "Mine.\n"),
            ("website/content/later/lamp.png", ""),
            ("website/content/desk/b.md", "Mine.\n"),
            ("website/content/desk/lamp.png", ""),
            ("website/content/bundle/index.md", "A.\n"),
            ("website/content/bundle/b.md", "Mine.\n"),
            (
                "website/content/n/_index.md",
                "+++\n[[cascade]]\ndraft = true\n[cascade.target]\npath = '/n/x/**'\n+++\n",
            ),
            ("website/content/n/x/b.md", "Mine.\n"),
            ("website/content/n/a.md", "A.\n"),
            ("website/content/soon.md", "---\ndate: 2999-01-01\n---\nMine.\n"),
            ("website/notes/a.md", "A.\n"),
            ("later/a.md", "A.\n"),
            ("desk/a.md", "A.\n"),
            ("x.mine.md", "A.\n"),
        ],
        "title = \"Lamps\"\n",
        "/desk/a.gmi /later/a.gmi /website/content/a.gmi /website/content/bundle.gmi /website/content/n/a.gmi \
         /website/notes/a.gmi /x.mine.gmi",
        &[
            ("/website/content/later/lamp.png", "missing"),
            ("/website/content/desk/lamp.png", "missing"),
            ("/website/content/", "Page"),
        ],
    ),
    // Without a repository around it too, and beside another site.
    (
        &[
            (
                "docs/_config.yml",
                "exclude: [mine, 'x/*.md']\ndefaults:\n  - scope: {path: 'y'}\n    values: {published: false}\n",
            ),
            ("docs/README.md", "A.\n"),
            ("docs/a.md", "A.\n"),
            ("docs/mine/b.md", "Mine.\n"),
            ("docs/x/b.md", "Mine.\n"),
            ("docs/y/b.md", "Mine.\n"),
            ("docs/_ideas/b.md", "Mine.\n"),
            ("docs/_drafts/b.md", "Mine.\n"),
            ("manual/mkdocs.yml", "exclude_docs: |\n  /mine/\n  *.work.md\n"),
            ("manual/docs/a.md", "A.\n"),
            ("manual/docs/mine/b.md", "Mine.\n"),
            ("manual/docs/n/b.work.md", "Mine.\n"),
            ("zola/config.toml", "base_url = 'https://lamp.example'\n"),
            ("zola/content/n/_index.md", "+++\ndraft = true\n+++\n"),
            ("zola/content/n/b.md", "Mine.\n"),
            ("nikola/conf.py", "BLOG_TITLE = 'x'\n"),
            ("nikola/posts/b.md", "---\ntags: [private]\n---\nMine.\n"),
            ("[1]/_quarto.yml", "project:\n  render: ['*.qmd', '!b.qmd']\n"),
            ("[1]/a.qmd", "A.\n"),
            ("[1]/b.qmd", "Mine.\n"),
            ("broken/mkdocs.yml", "exclude_docs: [mine\n"),
            ("broken/docs/b.md", "Mine.\n"),
            ("mine/a.md", "---\ntags: [private]\n---\nA.\n"),
            ("y/a.md", "A.\n"),
            ("n/_index.md", "+++\ndraft = true\n+++\n"),
            ("n/a.md", "A.\n"),
        ],
        "title = \"Lamps\"\n",
        "/%5B1%5D/a.gmi /docs/a.gmi /manual/docs/a.gmi /mine/a.gmi /n/a.gmi /y/a.gmi",
        &[("/docs/", "Page")],
    ),
    // The site around it keeps its own rules.
    (
        &[
            ("_config.yml", "title: Lamps\nfuture: true\n"),
            ("soon.md", "---\ndate: 2999-01-01\n---\nA.\n"),
            ("site/package.json", "{\"dependencies\": {\"hexo\": \"7\"}}\n"),
            ("site/_config.yml", "title: Site\nfuture: false\n"),
            ("site/source/a.md", "A.\n"),
            ("site/source/soon.md", "---\ndate: 2999-01-01\n---\nMine.\n"),
            // These make no sites of folders.
            ("page/package.json", "{\"dependencies\": {\"lamp\": \"7\"}}\n"),
            ("page/a.md", "A.\n"),
        ],
        "",
        "/page/a.gmi /site/source/a.gmi /soon.gmi",
        &[],
    ),
    // An empty part of its settings leaves out nothing.
    (
        &[
            ("docs/nuxt.config.ts", "export default defineNuxtConfig({})\n"),
            (
                "docs/content.config.ts",
                "export default defineContentConfig({ collections: { blog: defineCollection({ source: { include: 'blog/**' } }) } })\n",
            ),
            ("docs/content/blog/a.md", "A.\n"),
            ("docs/content/b.md", "Mine.\n"),
        ],
        "title = \"Lamps\"\n",
        "/docs/content/blog/a.gmi",
        &[],
    ),
    // Docusaurus may include some versions only.
    (
        &[
            (
                "docusaurus.config.js",
                "module.exports = { title: 'Lamps', presets: [['classic', { docs: { onlyIncludeVersions: ['2.0', '1.5'] }, blog: false }]] };\n",
            ),
            ("docs/b.md", "Mine.\n"),
            ("versioned_docs/version-2.0/a.md", "A.\n"),
            ("versioned_docs/version-1.5/a.md", "A.\n"),
            ("versioned_docs/version-1.0/b.md", "Mine.\n"),
            ("versioned_docs/version-1.0/lamp.png", ""),
        ],
        "",
        "/version-1.5/a.gmi /version-2.0/a.gmi",
        &[("/version-1.0/lamp.png", "missing")],
    ),
    (
        &[
            (
                "docusaurus.config.js",
                "module.exports = { title: 'Lamps', presets: [['classic', { docs: { onlyIncludeVersions: ['current'] } }]] };\n",
            ),
            ("docs/a.md", "A.\n"),
            ("blog/a.md", "A.\n"),
            ("versioned_docs/version-1.0/b.md", "Mine.\n"),
        ],
        "",
        "/blog/a.gmi /docs/a.gmi",
        &[],
    ),
    // The source of Middleman may have another name.
    (
        &[
            ("config.rb", "activate :directory_indexes\nset :source, 'text'\nignore 'mine/*'\n"),
            ("text/a.md", "A.\n"),
            ("text/mine/b.md", "Mine.\n"),
            ("source/b.md", "Mine.\n"),
        ],
        "title = \"Lamps\"\n",
        "/a.gmi",
        &[],
    ),
    (
        &[
            (
                "config.mjs",
                "const config = { title: 'Lamps', contentInclude: ['pub', 'a.md'], contentExclude: ['pub/mine'] };\n",
            ),
            ("content/a.md", "A.\n"),
            ("content/pub/a.md", "A.\n"),
            ("content/pub/mine/b.md", "Mine.\n"),
            ("content/b.md", "Mine.\n"),
        ],
        "",
        "/a.gmi /pub/a.gmi",
        &[],
    ),
    (
        &[
            ("docs.json", "{\"name\": \"Lamps\", \"navigation\": {\"pages\": [\"a\"]}}\n"),
            ("a.mdx", "A.\n"),
            ("snippets/b.mdx", "Mine.\n"),
        ],
        "",
        "/a.gmi",
        &[("/snippets/b.gmi", "missing")],
    ),
    (
        &[
            (
                "pelicanconf.py",
                "SITENAME = 'Lamps'\nPATH = 'content'\nSTATIC_PATHS = ['images']\nSTATIC_EXCLUDES = ['images/mine']\n",
            ),
            ("content/a.md", "Title: A\n\nA.\n"),
            ("content/images/lamp.png", ""),
            ("content/images/mine/lamp.png", ""),
        ],
        "",
        "/a.gmi",
        &[("/images/lamp.png", "a file"), ("/images/mine/lamp.png", "missing")],
    ),
    // Quartz Syncer sends notes with a key that its settings name.
    (
        &[
            (
                ".obsidian/plugins/quartz-syncer/data.json",
                "{\"publishFrontmatterKey\": \"share\", \"allNotesPublishableByDefault\": false}\n",
            ),
            ("a.md", "---\nshare: true\n---\nA.\n"),
            ("b.md", "Mine.\n"),
            ("c.md", "---\nshare: false\n---\nMine.\n"),
        ],
        "title = \"Lamps\"\n",
        "/a.gmi",
        &[],
    ),
    (
        &[
            (
                ".obsidian/plugins/quartz-syncer/data.json",
                "{\"publishFrontmatterKey\": \"publish\", \"allNotesPublishableByDefault\": true}\n",
            ),
            ("a.md", "A.\n"),
            ("c.md", "---\npublish: false\n---\nMine.\n"),
        ],
        "title = \"Lamps\"\n",
        "/a.gmi",
        &[],
    ),
];

#[test]
fn settings_of_generators_are_taken_as_far_as_they_hold() {
    let mut failures = Vec::new();
    for (files, settings, expected, answers) in VARIANTS {
        let (folder, named) = (scratch_folder(), scratch_folder());
        write(folder.path(), files);
        // The folder need not be named by its canonical path.
        let link = named.path().join("essays");
        symlink(folder.path(), &link).expect("linked");
        let (_, snapshot, _) = published(&link, settings);
        let site = &snapshot.site;
        let checks = [("title", site.capsule().title.clone(), "Lamps"), ("essays", essays(site), expected)];
        let answers = answers.iter().map(|(at, expected)| (*at, answer(site, at), *expected));
        for (what, is, expected) in checks.into_iter().chain(answers).filter(|(_, is, expected)| is != expected) {
            failures.push(format!("{files:?} {settings}: {what}\n  is       {is}\n  expected {expected}"));
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn one_of_several_content_folders_is_served_as_a_part_of_its_site() {
    let folder = scratch_folder();
    write(
        folder.path(),
        &[
            (
                "docusaurus.config.js",
                "module.exports = { title: 'Lamps', presets: [['classic', { docs: { exclude: ['**/mine/**'] } }]] };\n",
            ),
            ("docs/a.md", "A.\n"),
            ("docs/mine/b.md", "Mine.\n"),
            ("docs/_parts/c.md", "Mine.\n"),
            ("blog/d.md", "D.\n"),
            ("notes/e.md", "E.\n"),
        ],
    );
    for (served, expected) in
        [("", "/blog/d.gmi /docs/a.gmi"), ("docs", "/a.gmi"), ("blog", "/d.gmi"), ("notes", "/e.gmi")]
    {
        let (_, snapshot, _) = published(&folder.path().join(served), "");
        assert_eq!(essays(&snapshot.site), expected, "{served}");
    }
}

/// Languages that a configuration names need no translations to be recognised in names of files and folders.
#[test]
fn languages_of_a_site_are_those_of_its_configuration() {
    let sites: &[(Pairs, &str)] = &[
        (
            &[
                (
                    "hugo.toml",
                    "defaultContentLanguage = 'en'\n[languages.en]\ntitle = 'Lamps'\n[languages.de]\nx = 1\n",
                ),
                ("content/rain.md", "Rain.\n"),
                ("content/fog.de.md", "Nebel.\n"),
            ],
            "/fog.de.gmi: Fog [de], /rain.gmi: Rain",
        ),
        (
            &[
                ("config.toml", "base_url = \"https://lamp.example\"\ntitle = \"Lamps\"\n[languages.fr]\nx = 1\n"),
                ("content/rain.md", "Rain.\n"),
                ("content/brume.fr.md", "Brume.\n"),
            ],
            "/brume.fr.gmi: Brume [fr], /rain.gmi: Rain",
        ),
        // Folders of languages may have any names.
        (
            &[
                (
                    "hugo.toml",
                    "title = 'Lamps'\ndefaultContentLanguage = 'en'\n[languages.en]\ncontentDir = 'content/english'\n\
                     [languages.fr]\ncontentDir = './content/francais/'\n",
                ),
                ("content/english/posts/rain.md", "Rain.\n"),
                ("content/francais/posts/rain.md", "Pluie.\n"),
            ],
            "/english/posts/rain.gmi: Rain [en], /francais/posts/rain.gmi: Rain [fr]",
        ),
        (
            &[
                (
                    "config.toml",
                    "baseURL = 'https://lamp.example/'\ntitle = 'Lamps'\n[languages.en]\ncontentDir = 'english'\n\
                     [languages.fr]\ncontentDir = 'francais'\n",
                ),
                ("english/rain.md", "Rain.\n"),
                ("francais/brume.md", "Brume.\n"),
            ],
            "/english/rain.gmi: Rain [en], /francais/brume.gmi: Brume [fr]",
        ),
        (
            &[
                ("_config.yml", "title: Lamps\nlanguages: [en, fr]\ndefault_lang: en\n"),
                ("fr/brume.md", "Brume.\n"),
                ("rain.md", "x\n"),
                ("notes/x.md", "x\n"),
            ],
            "/fr/brume.gmi: Brume [fr], /notes/x.gmi: X, /rain.gmi: Rain",
        ),
        (
            &[
                ("_config.yml", "title: Lamps\nsource_dir: source\nlanguage:\n  - en\n  - zh-CN\n"),
                ("source/zh-CN/rain.md", "雨。\n"),
                ("source/rain.md", "Rain.\n"),
                ("source/notes/x.md", "x\n"),
            ],
            "/notes/x.gmi: X, /rain.gmi: Rain, /zh-CN/rain.gmi: Rain [zh-CN]",
        ),
        (
            &[
                (
                    "mkdocs.yml",
                    "site_name: Lamps\nplugins:\n  - i18n:\n      languages:\n        - locale: en\n        - locale: fr\n",
                ),
                ("docs/rain.fr.md", "Pluie.\n"),
                ("docs/fog.de.md", "Nebel.\n"),
            ],
            "/fog.de.gmi: Fog.de, /rain.fr.gmi: Rain [fr]",
        ),
        (
            &[("_config.yml", "title: Lamps\n"), ("fr/brume.md", "x\n"), ("rain.md", "x\n"), ("notes/x.md", "x\n")],
            "/fr/brume.gmi: Brume, /notes/x.gmi: X, /rain.gmi: Rain",
        ),
    ];
    for (files, expected) in sites {
        let folder = scratch_folder();
        write(folder.path(), files);
        let site = published(folder.path(), "").1.site;
        assert_eq!(site.capsule().title, "Lamps", "{files:?}");
        let shown = site.capsule().essays().iter().map(|essay| {
            let language = essay.metadata.language.as_ref().map(|tag| format!(" [{tag}]"));
            format!("{}: {}{}", essay.address(), essay.title, language.unwrap_or_default())
        });
        let mut shown: Vec<String> = shown.collect();
        shown.sort();
        assert_eq!(shown.join(", "), *expected, "{files:?}");
    }
}

/// A language has its old addresses, whatever its folder is called, and its essays are translations.
#[test]
fn folder_of_a_language_has_the_addresses_of_the_language() {
    let folder = scratch_folder();
    write(
        folder.path(),
        &[
            (
                "hugo.toml",
                "title = 'Lamps'\ndefaultContentLanguage = 'en'\n[languages.en]\ncontentDir = 'content/english'\n\
                 [languages.fr]\ncontentDir = 'content/francais'\n",
            ),
            ("content/english/posts/rain.md", "Rain.\n"),
            ("content/francais/posts/rain.md", "Pluie.\n"),
        ],
    );
    let site = published(folder.path(), "").1.site;
    assert_eq!(answer(&site, "/fr/posts/rain/"), "/francais/posts/rain.gmi");
    assert_eq!(answer(&site, "/posts/rain/"), "/english/posts/rain.gmi");
    let (_, page) = page(&site, "/francais/posts/rain.gmi", Medium::Gemini).expect("a page");
    assert!(page.contains("=> /english/posts/rain.gmi English: Rain"), "{page}");
}

/// Dates without a time zone are in that of the site, or of the configuration.
#[test]
fn dates_are_in_the_time_zone_of_the_site() {
    let posts = [
        ("a.md", "---\ndate: 2024-07-01 20:00\n---\nSummer.\n", "2024-07-01T20:00:00"),
        ("b.md", "---\ndate: 2024-01-01 20:00\n---\nWinter.\n", "2024-01-01T20:00:00"),
        ("2024-01-02-c.md", "Its name.\n", "2024-01-02T00:00:00"),
        ("d.md", "---\ndate: 2024-07-02T20:00:00-05:00\n---\nIts own.\n", "2024-07-02T20:00:00"),
    ];
    let rome = ["+02:00", "+01:00", "+01:00", "-05:00"];
    let utc = ["Z", "Z", "Z", "-05:00"];
    for (file, text, folder, settings, offsets) in [
        ("hugo.toml", "timeZone = 'Europe/Rome'\n", "content", "", rome),
        ("_config.yml", "timezone: Europe/Rome\n", "", "", rome),
        ("_config.yml", "source_dir: source\ntimezone: 'Europe/Rome'\n", "source", "", rome),
        ("_config.yml", "source_dir: source\ntimezone: ''\n", "source", "", utc),
        ("pelicanconf.py", "TIMEZONE = 'Europe/Rome'\n", "content", "", rome),
        ("hugo.toml", "title = 'Lamps'\n", "content", "", utc),
        ("hugo.toml", "title = 'Lamps'\ntimeZone = 'Nowhere/Land'\n", "content", "", utc),
        ("hugo.toml", "timeZone = 'Asia/Tokyo'\n", "content", "time_zone = \"Europe/Rome\"\n", rome),
        ("other.md", "# Other\n", "", "time_zone = \"+02:00\"\n", ["+02:00", "+02:00", "+02:00", "-05:00"]),
        ("other.md", "# Other\n", "", "time_zone = \"UTC\"\n", utc),
    ] {
        let site = scratch_folder();
        write(site.path(), &[(file, text)]);
        let name = |post: &str| if folder.is_empty() { post.to_owned() } else { format!("{folder}/{post}") };
        for (post, text, _) in posts {
            write(site.path(), &[(&name(post), text)]);
        }
        let (_, snapshot, _) = published(site.path(), settings);
        for ((post, _, time), offset) in posts.iter().zip(offsets) {
            let essay = &snapshot.site.capsule().read[&path(post)];
            let date = essay.date.expect("a date");
            assert_eq!(date.to_rfc3339(), format!("{time}{offset}"), "{file} {text} {settings}: {post}");
        }
    }
    // An essay appears at the hour of its zone.
    let site = scratch_folder();
    write(
        site.path(),
        &[
            ("hugo.toml", "timeZone = 'Asia/Tokyo'\n"),
            ("content/a.md", "---\ndate: 2025-10-09T17:53:00\n---\nSeen.\n"),
            ("content/b.md", "---\ndate: 2025-10-09T17:54:00\n---\nNot yet.\n"),
        ],
    );
    assert_eq!(essays(&published(site.path(), "").1.site), "/a.gmi");
}

/// Pictures beside the content folder are published if it alone is served, and nothing else is.
#[test]
fn static_files_beside_the_content_folder_are_published() {
    let site = scratch_folder();
    let outside = scratch_folder();
    write(outside.path(), &[("secret.png", "png")]);
    write(
        site.path(),
        &[
            ("hugo.toml", "title = 'Lamps'\n"),
            ("content/a.md", "![Lamp](/images/lamp.png)\n"),
            ("static/images/lamp.png", "png"),
            ("static/old.md", "Not an essay.\n"),
            ("layouts/x.png", "png"),
        ],
    );
    let (_, snapshot, inventory) = published(&site.path().join("content"), "");
    assert_eq!(answer(&snapshot.site, "/images/lamp.png"), "a file");
    assert_eq!(answer(&snapshot.site, "/layouts/x.png"), "missing");
    assert_eq!(answer(&snapshot.site, "/old.gmi"), "missing");
    assert!(inventory.lines()[0].contains("pictures from static/"), "{:?}", inventory.lines());
    fs::remove_dir_all(site.path().join("static")).expect("removable");
    symlink(outside.path(), site.path().join("static")).expect("writable");
    let (_, snapshot, _) = published(&site.path().join("content"), "");
    assert_eq!(answer(&snapshot.site, "/secret.png"), "missing");
}

/// Essays have the keys of their authors, whose names are in a file.
#[test]
fn authors_are_shown_by_their_names() {
    for (config, names, file, essay) in [
        ("docusaurus.config.js", "blog/authors.yml", "ada:\n  name: Ada Lamp\n  title: Writer\n", "blog/a.md"),
        ("_config.yml", "_data/authors.yml", "ada:\n  name: Ada Lamp\n", "a.md"),
        ("hugo.toml", "data/authors/ada.yaml", "name: Ada Lamp\n", "content/a.md"),
        ("mkdocs.yml", "docs/blog/.authors.yml", "authors:\n  ada:\n    name: Ada Lamp\n", "docs/blog/posts/a.md"),
    ] {
        let folder = scratch_folder();
        write(folder.path(), &[(config, ""), (names, file), (essay, "---\nauthors: [Ada, bea]\n---\nText.\n")]);
        let site = published(folder.path(), "").1.site;
        let authors: Vec<&String> = site.capsule().essays().iter().flat_map(|essay| &essay.metadata.authors).collect();
        assert_eq!(authors, ["Ada Lamp", "bea"], "{config}");
    }
}

/// Exports are not Markdown: as long as nothing was made of one, the inventory says how to.
#[test]
fn export_without_essays_names_a_converter() {
    for (file, text, posts, converter) in [
        ("lamps.WordPress.2024-05-01.xml", "", "it", "npx wordpress-export-to-markdown"),
        ("lamps.ghost.2024-05-01.json", "", "it", "ghostToHugo"),
        (
            "x.xml",
            "<rss><channel>\n<wp:wxr_version>1.2</wp:wxr_version>\n<item><wp:post_type>post</wp:post_type></item>\n\
             <item><wp:post_type><![CDATA[page]]></wp:post_type></item>\n\
             <item><wp:post_type>attachment</wp:post_type></item></channel></rss>\n",
            "its 2 posts",
            "npx wordpress-export-to-markdown",
        ),
        (
            "export.json",
            "{\"db\": [{\"meta\": {\"version\": \"5.2\"}, \"data\": {\"posts\": [{\"title\": \"A\"}]}}]}",
            "its 1 post",
            "ghostToHugo",
        ),
    ] {
        let folder = scratch_folder();
        write(folder.path(), &[(file, text)]);
        let first = published(folder.path(), "").2.lines().remove(0);
        assert!(first.ends_with(&format!("make Markdown of {posts}, as with `{converter}`")), "{first}");
        write(folder.path(), &[("a.md", "Text.\n")]);
        let (_, snapshot, inventory) = published(folder.path(), "");
        assert_eq!(answer(&snapshot.site, &format!("/{file}")), "missing");
        let first = inventory.lines().remove(0);
        assert!(!first.contains(converter), "{first}");
    }
}

/// A start that opened one of these files would wait for ever.
#[test]
fn settings_that_are_no_regular_file_in_the_folder_are_not_read() {
    type Make<'a> = &'a dyn Fn(&Path);
    let parent = scratch_folder();
    let outside = parent.path().join("outside.toml");
    fs::write(&outside, "title = \"Outside\"\n").expect("writable");
    let fifo = |at: &Path| _ = run(Command::new("mkfifo").arg(at));
    let make: [(&str, Make<'_>); 6] = [
        ("fifo", &fifo),
        ("folder", &|at| fs::create_dir(at).expect("writable")),
        ("socket", &|at| drop(UnixListener::bind(at).expect("writable"))),
        ("device", &|at| symlink("/dev/zero", at).expect("writable")),
        ("outside", &|at| symlink(&outside, at).expect("writable")),
        ("nowhere", &|at| symlink("nowhere", at).expect("writable")),
    ];
    for (kind, make) in make {
        for name in ["hugo.toml", "_config.yml", "mkdocs.yml", "pelicanconf.py", "book.toml"] {
            let folder = parent.path().join(format!("{kind}-{name}"));
            write(&folder, &[("a.md", "# Owls\n\nThey call.\n")]);
            make(&folder.join(name));
            let title = recognise(&folder, false).and_then(|site| site.fact("title").cloned());
            assert!(title.is_none(), "{kind} {name}");
        }
    }
    write(&parent.path().join("good"), &[("hugo.toml", "title = \"Good\"\n"), ("content/a.md", "# A\n")]);
    let title = recognise(&parent.path().join("good"), false).and_then(|site| site.fact("title").cloned());
    assert_eq!(title.expect("stated").value, "Good");
}

/// What such files hide must not be published.
#[test]
fn settings_that_cannot_be_read_are_an_error() {
    let (long, many) = (format!("#{}\n", "x".repeat(256 << 10)), "- é: {a: b}\n".repeat(6_000));
    let large = "it is larger than 256 KiB";
    let utf8 = "stream did not contain valid UTF-8";
    for (file, text, expected) in [
        ("_config.yml", format!("title: Lamps\n{long}exclude: [mine]\n"), format!("_config.yml {large}")),
        ("hugo.toml", format!("title = 'Lamps'\n{long}ignoreFiles = ['mine']\n"), format!("hugo.toml {large}")),
        ("config.toml", format!("base_url = 'x'\n{long}"), format!("config.toml {large}")),
        ("mkdocs.yml", format!("{long}exclude_docs: mine/\n"), format!("mkdocs.yml {large}")),
        (".obsidian/app.json", format!("{{\"a\": \"{long}\"}}"), format!(".obsidian/app.json {large}")),
        ("book/SUMMARY.md", long.clone(), format!("book/SUMMARY.md {large}")),
        ("_config.yml", "exclude: [mine\ntitle: Lamps\n".into(), "_config.yml:1 this bracket is not closed".into()),
        ("config/_default/hugo.toml", "a =\n".into(), "config/_default/hugo.toml:1 string values must be".into()),
        (".obsidian/publish.json", "{\"excluded\": [}".into(), ".obsidian/publish.json:1 expected value at".into()),
        ("mkdocs.yml", "site_name: Lamps\0\u{1}\nexclude_docs: \t|\n\tmine".into(), "mkdocs.yml:".into()),
        ("mkdocs.yml", "exclude_docs: |\n  /[mine/\n".into(), "invalid pattern: `/[mine/`".into()),
        ("hugo.toml", "ignoreFiles = ['(mine']\n".into(), "invalid pattern: `(mine`".into()),
        (
            "hugo.toml",
            format!("ignoreFiles = ['{}']\n", r"(?:[a-z]{5}|x1){500}q".repeat(20)),
            "more patterns than can".into(),
        ),
        ("hugo.toml", format!("ignoreFiles = ['{}']\n", "x".repeat(9_000)), "more patterns than can".into()),
        ("mkdocs.yml", format!("exclude_docs: |\n{}", "  *a?\n".repeat(3_000)), "more patterns than can".into()),
        ("_quarto.yml", "website: \u{e9}\n".into(), "_quarto.yml ".to_owned() + utf8),
        // All of these can be read.
        ("mkdocs.yml", format!("site_name: Lamps\nnav:\n{many}exclude_docs: mine/\n"), String::new()),
        (
            "mkdocs.yml",
            "a: !!python/name:material.extensions.emoji.twemoji\nb: !ENV [CI, false]\nexclude_docs: mine/\n".into(),
            String::new(),
        ),
        ("data.json", format!("[{long}"), String::new()),
        ("config/_default/.DS_Store", "\u{e9}".into(), String::new()),
    ] {
        let folder = scratch_folder();
        write(folder.path(), &[("docs/a.md", "A.\n"), ("mine/b.md", "Mine.\n"), ("docs/mine/b.md", "Mine.\n")]);
        write(folder.path(), &[("book.toml", "[book]\nsrc = 'book'\n")][..usize::from(file.ends_with("SUMMARY.md"))]);
        write(folder.path(), &[(file, &*text)]);
        if expected.ends_with(utf8) || file.ends_with("Store") {
            fs::write(folder.path().join(file), b"website: \xe9\n").expect("writable");
        }
        let config = format!("[[capsule]]\ncontent = {:?}\n", folder.path().display().to_string());
        let config = File::parse("config.toml", &config).expect("valid");
        let found = resolve(&Overrides::default(), Some(&config), Path::new("/nowhere"), Path::new("/state"));
        let found = found.err().map(|problems| problems.list[0].clone());
        let shown = found.as_ref().map(|problem| {
            assert!(problem.hint.as_ref().is_some_and(|hint| hint.contains("`recognise = false`")), "{problem}");
            let (place, line, _) = problem.position();
            let place = Path::new(place).strip_prefix(folder.path().canonicalize().expect("a folder"));
            let line = if line > 0 { format!(":{line}") } else { String::new() };
            let Some(what) = problem.what.strip_prefix("the settings of the site cannot be read: ") else {
                return problem.what.replace("the settings of the site have ", "").replace("an invalid", "invalid");
            };
            format!("{}{line} {what}", place.expect("a file of the site").display())
        });
        let shown = shown.unwrap_or_default();
        assert!(shown.starts_with(&expected) && shown.is_empty() == expected.is_empty(), "{file}: {shown} {expected}");
    }
}

/// They leave out the content folder of that site, and nothing else.
#[test]
fn settings_of_a_site_in_a_folder_that_cannot_be_read_are_reported() {
    let folder = scratch_folder();
    write(folder.path(), &[("in/mkdocs.yml", "exclude_docs: [b\n"), ("in/docs/b.md", "Mine.\n"), ("a.md", "A.\n")]);
    let (_, snapshot, _) = published(folder.path(), "");
    let problems: Vec<String> = snapshot.problems.iter().map(ToString::to_string).collect();
    assert!(problems.len() == 1 && problems[0].contains("this bracket is not closed"), "{problems:?}");
    assert_eq!(essays(&snapshot.site), "/a.gmi");
}

#[test]
fn recognised_values_are_shown_and_written_with_their_file() {
    let folder = scratch_folder();
    let archive = &ARCHIVES[0];
    write(folder.path(), archive.files);
    let beside = scratch_folder();
    let shown = run(lamplit().arg("config").arg(folder.path()).current_dir(beside.path()));
    for line in
        ["title = \"The Lamp Room\"", "author = \"Ada\"", "language = \"en-gb\"", "web = \"https://lamp.example/\""]
    {
        let found = shown.lines().find(|shown| shown.starts_with(line)).unwrap_or_default();
        assert!(found.ends_with("# hugo.toml"), "{line}:\n{shown}");
    }
    run(lamplit().arg("init").arg(folder.path()).current_dir(beside.path()));
    let written = fs::read_to_string(beside.path().join("config.toml")).expect("written");
    for line in ["title = \"The Lamp Room\"\n", "author = \"Ada\"\n", "web = \"https://lamp.example/\"\n"] {
        assert!(written.contains(&format!("\n{line}")), "{line}:\n{written}");
    }
}
