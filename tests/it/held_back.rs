//! Hidden essays: front matter in every form, every key and value that hides, and every way to an address.

use std::collections::BTreeSet;
use std::sync::Arc;

use lamplit::capsule::{Capsule, CapsulePath, FrontMatterKeys, build};
use lamplit::problem::{Problem, Severity, Topic};
use lamplit::site::{Lookup, Medium, Site};
use testkit::capsule::{NOW, build_options, path, site_options, source, sources};

/// Returns the state of an essay: `listed`, `unlisted`, `hidden`, or `line:column what` of the error for which it is
/// withheld.
fn outcome(text: &str) -> String {
    outcome_with(text, FrontMatterKeys::default())
}

fn outcome_with(text: &str, keys: FrontMatterKeys) -> String {
    let options = lamplit::capsule::BuildOptions { keys, ..build_options(NOW) };
    let (capsule, problems) = build(&[source("a.md", text)], &options, None);
    match problems.iter().find(|problem| problem.severity == Severity::Error) {
        Some(problem) => {
            assert!(capsule.addressable().is_empty(), "published in spite of an error: {text:?}");
            assert_eq!(problem.topic, Topic::FrontMatter);
            assert!(problem.hint.is_some(), "{problem}");
            let span = problem.place.as_ref().and_then(|place| place.span.as_ref()).expect("a place");
            format!("{}:{} {}", span.line, span.column, problem.what)
        }
        None if capsule.essays().len() == 1 => "listed".to_owned(),
        None if capsule.addressable().len() == 1 => "unlisted".to_owned(),
        None => {
            assert_eq!(capsule.hidden.values().sum::<usize>(), 1, "{text:?}");
            "hidden".to_owned()
        }
    }
}

/// Returns the title, date and tags of an essay, and its text.
fn shown(text: &str) -> String {
    let (capsule, problems) = build(&[source("a.md", text)], &build_options(NOW), None);
    assert!(problems.is_empty(), "{text:?}: {problems:?}");
    let essay = capsule.addressable().first().unwrap_or_else(|| panic!("{text:?} is hidden"));
    let date = essay.date.map_or_else(String::new, |date| date.to_string());
    let body = essay.text();
    format!("{}|{date}|{}|{}", essay.title, essay.metadata.tags.join(","), body.body().trim())
}

#[test]
fn front_matter_of_every_generator_is_read() {
    for (text, expected) in [
        // TOML between dashes, YAML between plusses, JSON between either, with the language behind the fence.
        ("---\ntitle = \"T\"\ndate = 2024-05-01\n---\nBody", "T|2024-05-01||Body"),
        ("---\n# A comment\ntitle = \"T\"\n[taxonomies]\ntags = [\"a\"]\n---\nBody", "T||a|Body"),
        ("+++\ntitle: T\ntags: [a, b]\n+++\nBody", "T||a,b|Body"),
        ("---yaml\ntitle: T\n---\nBody", "T|||Body"),
        ("--- yaml \ntitle: T\n---\nBody", "T|||Body"),
        ("---toml\ntitle = \"T\"\n---\nBody", "T|||Body"),
        ("---json\n{ \"title\": \"T\", \"tags\": [\"a\"] }\n---\nBody", "T||a|Body"),
        ("---\n{ \"title\": \"T\" }\n---\nBody", "T|||Body"),
        ("+++\n{ \"title\": \"T\" }\n+++\nBody", "T|||Body"),
        // JSON as in Hugo.
        ("{\n  \"title\": \"T\",\n  \"date\": \"2024-05-01\"\n}\n\nBody", "T|2024-05-01||Body"),
        ("{\"title\": \"\\u00e9 \\ud83d\\ude00\", \"draft\": false}\nBody", "é 😀|||Body"),
        ("\n{ \"tags\": [\"a\", \"b\"],\n\t\"title\": \"T {x}\" } \r\nBody", "T {x}||a,b|Body"),
        // Hexo.
        ("title: T\ndate: 2020-02-09\n---\n\nBody", "T|2020-02-09||Body"),
        ("layout: post\ntitle: 'T: t'\ntags:\n  - a\n  - b\n---\nBody", "T: t||a,b|Body"),
        ("tags:\n- a\n- b\ntitle: T\n---\nBody", "T||a,b|Body"),
        ("\"title\": \"T\",\n\"tags\": [\"a\"]\n;;;\nBody", "T||a|Body"),
        (";;;\n\"title\": \"T\"\n;;;\nBody", "T|||Body"),
        ("{\n\"title\": \"T\"\n}\n;;;\nBody", "T|||Body"),
        // Pelican, MultiMarkdown, Plerd.
        ("Title: T\nDate: 2013-01-22 10:20\nTags: light, sea\n\nBody", "T|2013-01-22|light,sea|Body"),
        ("title: T\ndate: 2013-01-23\n\nBody", "T|2013-01-23||Body"),
        ("Title: One: two\nCategory: Short films\nSummary: On\n  lamps.\n\nBody", "One: two||Short films|Body"),
        ("Date: May 1, 2024\n\nBody", "A|2024-05-01||Body"),
        ("Author: Ada\nTags: a; b\nTitle: T\n\nBody", "T||a,b|Body"),
        ("Status: published\nTitle: T\n\nBody", "T|||Body"),
        ("Title: T\nSlug: t\nBody without a blank line", "T|||Body without a blank line"),
        ("Title: T", "T|||"),
        // Nikola and Pico.
        ("<!--\n.. title: T\n.. date: 2012-09-15 19:52:05 UTC\n.. tags: a, b\n-->\n\nBody", "T|2012-09-15|a,b|Body"),
        ("<!-- title: T -->\nBody", "T|||Body"),
        ("/*\nTitle: T\nTags: a\n*/\nBody", "T||a|Body"),
        // White space and line ends.
        ("\u{feff}\n \n---  \ntitle: T\n--- \nBody", "T|||Body"),
        ("---\r\ntitle: T\r\ntags: a\r\n---\r\nBody", "T||a|Body"),
        ("---\rtitle: T\rtags: a\r---\rBody", "T||a|Body"),
        ("+++\rtitle = \"T\"\rdate = 2024-05-01\r+++\rBody", "T|2024-05-01||Body"),
        ("Title: T\r\nTags: a\r\n\r\nBody", "T||a|Body"),
        ("\u{feff}Title: T\rDate: 2024-05-01\r\rBody", "T|2024-05-01||Body"),
        ("---\ntitle: T\n...\nBody", "T|||Body"),
    ] {
        assert_eq!(shown(text), expected, "{text:?}");
    }
}

#[test]
fn front_matter_that_cannot_be_read_is_an_error() {
    for (text, expected) in [
        // Never closed, or closed by something else.
        ("---\ntitle: Unclosed\ndate: 2024-05-01\ndraft: true\n\nBody.", "1:1 the front matter is never closed"),
        ("+++\ntitle = \"T\"\n\nBody.", "1:1 the front matter is never closed"),
        ("---\n# note\ntags:\n  - a\ndraft: yes\n\n\nBody.", "1:1 the front matter is never closed"),
        ("---\ntitle: T\ndraft: true", "1:1 the front matter is never closed"),
        ("---\nlayout: post\n  ---\n\nBody", "3:3 `---` does not close the front matter"),
        (";;;\n\"title\": \"T\"\n\nBody", "1:1 the front matter is never closed"),
        ("---\ntitle: T\ndraft: true\n--\n\nBody.", "4:1 `--` does not close the front matter"),
        ("---\ntitle: T\n----\nBody.", "3:1 `----` does not close the front matter"),
        ("---\ntitle: T\n—-\nBody.", "3:1 `—-` does not close the front matter"),
        ("---\ndraft: true\n- --\nBody.", "3:1 `- --` does not close the front matter"),
        ("+++\ndraft = true\n---\nBody.", "3:1 `---` does not close the front matter"),
        ("---\ntitle: T\ndraft: true\n+++\nBody.", "4:1 `+++` does not close the front matter"),
        ("title: T\ndraft: true\n--\n\nBody.", "3:1 `--` does not close the front matter"),
        ("<!--\n.. title: T\n.. status: draft\n\nBody", "1:1 the comment with the front matter is never closed"),
        // An invalid first fence.
        ("----\ntitle: Four dashes\n----\n\nBody.", "1:1 `----` does not open the front matter"),
        ("--\ntitle: T\n--\nBody.", "1:1 `--` does not open the front matter"),
        ("—-\ndraft: true\n---\nBody.", "1:1 `—-` does not open the front matter"),
        ("—\ntitle: T\n—\nBody.", "1:1 `—` does not open the front matter"),
        ("–––\ntitle: T\n–––\nBody.", "1:1 `–––` does not open the front matter"),
        ("- --\ntitle: T\n---\nBody.", "1:1 `- --` does not open the front matter"),
        ("--- ---\ntitle: T\n---\nBody.", "1:1 `--- ---` does not open the front matter"),
        ("++\ntitle = \"T\"\n+++\nBody.", "1:1 `++` does not open the front matter"),
        ("  ---\n  title: T\n  draft: true\n  ---\nBody.", "1:3 `---` does not open the front matter"),
        ("    ---\n    draft: true\n    ---\nBody.", "1:5 `---` does not open the front matter"),
        ("x---\ntitle: T\ndraft: true\n---\nBody.", "1:1 `x---` does not open the front matter"),
        ("\u{200b}---\ndraft: true\n---\nBody.", "1:1 `\u{200b}---` does not open the front matter"),
        ("---js\n{ title: \"T\", draft: true }\n---\nBody.", "1:1 `---js` does not open the front matter"),
        // Front matter below other text.
        ("# Title\n\n---\ntitle: T\ndraft: true\n---\nBody.", "3:1 front matter in the middle of the text"),
        ("x\n---\ntitle: T\n---\nBody.", "2:1 front matter in the middle of the text"),
        ("One line.\n\n+++\ndraft = true\n+++\nBody.", "3:1 front matter in the middle of the text"),
        ("---\ntitle: T\n---\n---\ndraft: true\n---\nBody.", "4:1 front matter in the middle of the text"),
        ("Title: T\n\n---\nstatus: draft\n---\nBody.", "3:1 front matter in the middle of the text"),
        // None at all, or entries that are none.
        ("title = \"T\"\ndraft = true\n\nBody.", "1:1 no fence opens the front matter"),
        ("draft = true\n\nBody.", "1:1 no fence opens the front matter"),
        ("title = \"T\"\ndate = 2024-05-01\n+++\nBody.", "1:1 no fence opens the front matter"),
        ("\"title\": \"T\",\n\"draft\": true\n\nBody", "1:1 no fence opens the front matter"),
        (
            "Title: T\nTags: a\nno entry\nStatus: draft\n\nBody",
            "3:1 this line is not part of the front matter, which continues below it",
        ),
        ("---\ndraft:true\n---\nBody", "2:1 the front matter cannot be read: it is not a list of keys with values"),
        ("---\n- draft: true\n---\nBody", "2:1 the front matter cannot be read: it is not a list of keys with values"),
        // Invalid JSON, YAML, TOML.
        (
            "{\n  \"title\": \"T\",\n  draft: true\n}\n\nBody",
            "3:3 the front matter is not valid JSON: key must be a string at line 3 column 3",
        ),
        (
            "{ title: \"T\", draft: true }\nBody",
            "1:3 the front matter is not valid JSON: key must be a string at line 1 column 3",
        ),
        (
            "{\n\"draft\": true\n\nBody",
            "4:1 the front matter is not valid JSON: expected `,` or `}` at line 4 column 1",
        ),
        (
            "---json\n{ \"title\": \"T\", }\n---\n",
            "2:17 the front matter cannot be read: trailing comma at line 1 column 17",
        ),
        (
            "---\ntitle: T\ntags:\n  - light\n\t- sea\n---\nx",
            "5:1 the front matter cannot be read: a tab indents this line",
        ),
        ("---\ntitle: T\ndraft: true\n\nBody\n\n---\n", "5:1 the front matter cannot be read: this line has no key"),
    ] {
        assert_eq!(outcome(text), expected, "{text:?}");
    }
}

#[test]
fn prose_is_no_front_matter() {
    for text in [
        "---\n\nProse after a rule.\n",
        "---\nProse: with a colon.\n\nAnd more.\n\n---\n",
        "---\nIt rained: heavily: all day.\n---\nMore.\n",
        "---\nnever closed\n",
        "---\n\n# Heading\n\nDate: 2024-05-01\n\nProse.\n",
        "+++ +++\n\n# One line of plusses\n\nBody.\n",
        "---\n",
        "--\nProse.\n",
        "- --\n- a\n- b\n",
        "- item: one\n- item: two\n",
        "* * *\n\nProse.\n",
        "a | b\n---|---\n1 | 2\n",
        "| Title | Date |\n| --- | --- |\n| T | 2024 |\n",
        "Note: this line is prose.\n\nAnd so is this.\n",
        "Warning: one.\nNote: two.\n\nProse.\n",
        "Lamp: a light.\nSea: water.\n\nProse.\n",
        "Lamp\n: A light.\n\nSea\n: Water.\n",
        "Summary: it rained.\n\nProse.\n",
        "Author: Why?\nEditor: Because.\n\nProse.\n",
        "From: Ada\nTo: Bo\nDate: 2024-05-01\n\nDear Bo,\n",
        "Date: it was late\nwhen we came.\n",
        "Status: accepted\n\nProse.\n",
        "Title: A heading\n===\n\nProse.\n",
        "Title: A heading\n---------------\n\nProse.\n",
        "A heading\n---\nDate: 2024-05-01\n\nProse.\n",
        "# A heading\n\n::hero\n---\ntitle: T\n---\n#name\nProse.\n::\n",
        "# Heading\n\nStatus: draft\n\nProse.\n",
        "    title: code\n    draft: true\n",
        "```yaml\n---\ntitle: T\ndraft: true\n---\n```\n",
        "See:\n\n```\n---\ndraft: true\n---\n```\n",
        "See:\n\n    ---\n    draft: true\n    ---\n",
        "```json\n{ \"title\": \"T\" }\n```\n",
        "{% raw %}\ntitle: T\n{% endraw %}\n",
        "{{< figure title=\"T\" >}}\n",
        "{{ title: x }}\n",
        "{: .lead}\nProse.\n",
        "{ \"a\": 1 }\n\nis an object.\n",
        "{a, b} is a set.\n",
        "<!-- A comment -->\nProse.\n",
        "<!-- markdownlint-disable MD013 -->\ntitle\n",
        "<!--\nPlan: date: later\nprose\n-->\nProse.\n",
        "https://example.org/\n\nProse.\n",
        "x = 1\ny = 2\n\nProse.\n",
        "title => x\n\nProse.\n",
        "At 10:30 it rained.\n",
        "---\ntitle: T\n---\n\nProse.\n\n---\n\nNote: more.\n\n---\n",
    ] {
        // Some have no text besides.
        assert!(["listed", "unlisted"].contains(&outcome(text).as_str()), "{text:?}");
    }
}

/// Statements of YAML with which an essay is hidden.
const HIDDEN: &[&str] = &[
    "draft: true",
    "draft: True",
    "draft: yes",
    "draft: y",
    "draft: on",
    "draft: 1",
    "draft: \"true\"",
    "draft: 'yes'",
    "draft: \" true \"",
    "DRAFT: TRUE",
    "Draft : true",
    "isDraft: true",
    "is_draft: on",
    "wip: true",
    "draft: draft",
    "draft: pending",
    "draft: !!bool true",
    "\"draft \": true",
    "published: false",
    "published: no",
    "published: n",
    "published: off",
    "published: 0",
    "published: \"false\"",
    "published: never",
    "publish: 'no'",
    "published: draft",
    "publish: private",
    "isPublished: false",
    "public: false",
    "dg-publish: false",
    "status: draft",
    "Status: Draft",
    "status: private",
    "status: pending",
    "status: trash",
    "status: future",
    "status: password",
    "status: 'Draft'",
    "status: work in progress",
    "post_status: private",
    "post-status: draft",
    "Post Status: trash",
    "postStatus: draft",
    "state: draft",
    "state: hidden",
    "visibility: private",
    "visibility: hidden",
    "visibility: members",
    "private: true",
    "private: yes",
    "private: 1",
    "hidden: true",
    "hidden: 'on'",
    "render: false",
    "headless: true",
    "permalink: false",
    "ignore: true",
    "posted: no",
    "permalink: {build: false}",
    "permalink:\n  build: \"false\"\n  serverless: /a/",
    "headless: 1",
    "extra:\n  draft: true",
    "params:\n  private: yes",
    "Params:\n  Status: draft",
    "extra: { wip: true }",
    "build: { render: never }",
    "_build:\n  render: false",
    "draft: false\npublished: false",
    "draft: true\ndraft: false",
    "unlisted: true\ndraft: true",
    "is_private: yes",
    "isHidden: true",
    "publish_status: draft",
    "Publication Status: Draft",
    "is-public: false",
    "live: no",
    "ready: false",
    "enabled: false",
    "disabled: true",
    "ignored: true",
    "url: false",
    "publishedAt: 2090-01-01",
    "published_at: '2090-01-01T10:00:00Z'",
    "date: 2024-05-01\nPublished At: 2090-01-01",
    "publish-on: 2090-01-01",
    "date_published: 2090-01-01",
    "publishedDate: 2090-01-01",
    "exclude: true",
    "skip: true",
    "skip_publish: yes",
    "expired: true",
    "offline: true",
    "online: false",
    "active: false",
    "is_active: no",
    "approved: false",
    "build: false",
    "email_only: true",
    "valid_until: 2001-01-01",
    "validUntil: '2001-01-01T10:00:00Z'",
    "expires: 2001-01-01",
    "expiry_date: 2001-01-01",
    "expires_on: 2001-01-01",
    "expirationDate: 2001-01-01",
    "unpublish-at: 2001-01-01",
    "embargo: 2090-01-01",
    "embargo: true",
    "embargo_until: 2090-01-01",
    "scheduled: 2090-01-01",
    "scheduled: yes",
    "Scheduled For: 2090-01-01",
    "schedule: 2090-01-01",
    "publish_after: 2090-01-01",
    "createdAt: 2090-01-01",
    "created: 2090-01-01\ndate: 2024-05-01",
    "publishDate: 2090-01-01\npubDate: 2024-05-01",
    "published: 2090-01-01\nscheduled: 2024-05-01",
    "publish_state: draft",
    "routable: false",
    "ignorePublish: true",
    "ignore_post: true",
    "saveAsDraft: true",
    "internal: true",
    "confidential: yes",
    "restricted: true",
    "members_only: true",
    "subscribersOnly: 1",
    "do-not-publish: true",
    "available_from: 2090-01-01",
    "availableAt: 2090-01-01T08:00:00Z",
    "ShouldOutput: false",
    "Excluded: true",
    "protect: logged_in",
    "no-publish: yes",
    "unpublished: true",
    "trashed: true",
    "in_progress: true",
    // Of sites with members, and Grav.
    "access: members",
    "access: Private",
    "access: paid",
    "access: [members, editors]",
    "access:\n  site.login: true",
    "access:\n  - internal",
    "accessLevel: restricted",
    "audience: only_paid",
    "audience: subscribers",
    "privacy: private",
    "visibility: subscribers",
    "premium: true",
    "paywall: yes",
    "sponsors-only: true",
    "requires_login: true",
    "requiresAuth: true",
    "password: {ada: x}",
    "encrypted: hunter2",
    "pwd: hunter2",
    "encrypt_pwd: 1234",
    "deleted_at: 2024-05-01T10:00:00Z",
    "deletedAt: 1714550400",
    "workflow_state: in_review",
    "moderation_state: draft",
    // Of databases that were exported.
    "publishedAt:",
    "publishedAt: null",
    "published_at: ''",
    "date: 2024-05-01\nPublished On: ~",
    "_firstPublishedAt: null",
    "first_publication_date: null",
    "extra: {published_at: null}",
    "unpublished_at: 2001-01-01",
    "workflow: in_review",
    "workflow_step: draft",
    "stage: DRAFT",
    "phase: Draft",
    "document_status: draft",
    "entryStatus: unpublished",
    "email_type: premium",
    "Flags: draft",
    "is_live: false",
    "isDeleted: true",
    "ready_to_publish: no",
    "hidePage: true",
    "eleventyComputed:\n  permalink: false",
    // Dates and words of other systems and languages.
    "go_live: 2090-01-01",
    "goLive: 2090-01-01T10:00:00Z",
    "live-at: 2090-01-01",
    "hidden_until: 2090-01-01",
    "draft_until: 2090-01-01",
    "not_before: 2090-01-01",
    "release_at: 2090-01-01",
    "unlock_at: 2090-01-01",
    "publish_time: 2090-01-01 10:00",
    "visible_until: 2001-01-01",
    "expire: 2001-01-01",
    "hide after: 2001-01-01",
    "dont_publish: true",
    "unpublish: true",
    "not-for-publication: yes",
    "review_status: draft",
    "pending: true",
    "needsReview: true",
    "Entwurf: true",
    "brouillon: true",
    "borrador: 1",
    "черновик: yes",
    "草稿: true",
    "Veröffentlicht: false",
    "publié: no",
    "公開: false",
];

/// Statements of YAML with which an essay is unlisted.
const UNLISTED: &[&str] = &[
    "unlisted: true",
    "unlisted: yes",
    "unlisted: '1'",
    "status: hidden",
    "status: unlisted",
    "Status: Hidden",
    "visibility: unlisted",
    "state: unlisted",
    "visible: false",
    "list: never",
    "list: false",
    "build: { list: never }",
    "build:\n  list: false",
    "_build: { list: never, render: always }",
    "eleventyExcludeFromCollections: true",
    "hidden: unlisted",
    "published: unlisted",
    "params:\n  unlisted: true",
    "unlisted: true\ndraft: false",
    "listed: false",
    "is_listed: no",
    "isUnlisted: true",
    "hide: true",
    "show: false",
    "hideInList: true",
    "hide-from-list: true",
    "dg-hide: true",
    "delisted: true",
];

/// Statements of YAML with which an essay is listed.
const LISTED: &[&str] = &[
    "draft: false",
    "draft: no",
    "draft: n",
    "draft: off",
    "draft: 0",
    "draft: \"false\"",
    "published: true",
    "published: yes",
    "published: 1",
    "published: 2024-05-01",
    "publish: May 1, 2024",
    "status: publish",
    "status: published",
    "status: public",
    "status: live",
    "Status: Published",
    "visibility: public",
    "internal: false",
    "restricted: no",
    "available_from: 2024-05-01",
    "post_status: publish",
    "state: published",
    "private: false",
    "hidden: no",
    "unlisted: false",
    "list: always",
    "list: [a, b]",
    "build: { list: always, render: link }",
    "build: { list: local }",
    "permalink: /a/",
    "show: true",
    "posted: 2024-05-01",
    "permalink: {build: /a/}",
    "render: true",
    "wip: 80%",
    "public: /files",
    "publisher: Penguin",
    "stats: on",
    "stage: three",
    "graft: apple",
    "extra: { stage: beta }",
    "drafted: in May",
    "stated: maybe",
    "status: new",
    "status: evergreen",
    "status: active",
    "deleted_at:",
    "deleted_at: null",
    "deletedAt: ~",
    "deleted_at: false",
    "workflow: published",
    "phase: two",
    "publishDate:",
    "pubDate: null",
    "extra: {publishDate: }",
    "is_live: true",
    "shouldPublish: yes",
    "unpublished_at: 2090-01-01",
    "eleventyComputed:\n  permalink: /a/",
    "seo: {publishedAt: null}",
    "workflow: {state: published}",
    "workflow: {state: accepted}",
    "status: ongoing",
    "status:",
    "visibility: null",
    "post_status: ~",
    "exclude: false",
    "exclude: [toc]",
    "skip: the intro",
    "active: 3",
    "online: https://example.org",
    "build: 2024-05",
    "valid_until: 2090-01-01",
    "listed: true",
    "url: /a/",
    "ready: for the lamp",
    "publishedAt: 2024-05-01",
    "expires: 2090-01-01",
    "embargo: false",
    "embargo: 2024-05-01",
    "scheduled: no",
    "schedule: weekly",
    "scheduler: on",
    "created: 1621111111111",
    "created: long ago",
    "hide: [toc]",
    "protect: false",
    "access: public",
    "access: open",
    "access: none",
    "access: 2024-05-01",
    "access: [public]",
    "audience: developers",
    "audience: everyone",
    "premium: false",
    "encrypt: false",
    "go_live: 2024-05-01",
    "hidden_until: 2024-05-01",
    "release_at: 2024-05-01",
    "entwurf: false",
    "publié: true",
    "pending: 3",
    "privacy: /privacy",
];

#[test]
fn words_that_hide_are_read_in_every_form() {
    for (heads, expected) in [(HIDDEN, "hidden"), (UNLISTED, "unlisted"), (LISTED, "listed")] {
        for head in heads {
            assert_eq!(outcome(&format!("---\n{head}\n---\nBody")), expected, "{head}");
        }
    }
}

#[test]
fn words_that_hide_are_read_in_front_matter_of_every_generator() {
    for (text, expected) in [
        ("+++\ndraft = true\n+++\nBody", "hidden"),
        ("+++\n[extra]\nDraft = 1\n+++\nBody", "hidden"),
        ("+++\n[build]\nlist = \"never\"\n+++\nBody", "unlisted"),
        ("+++\nstatus = \"private\"\n+++\nBody", "hidden"),
        ("{ \"title\": \"D\", \"draft\": true }\nBody", "hidden"),
        ("{ \"Draft\": \"yes\" }\nBody", "hidden"),
        ("{ \"title\": \"D\", \"params\": { \"unlisted\": true } }\nBody", "unlisted"),
        ("---json\n{ \"title\": \"E\", \"draft\": true }\n---\n\nBody", "hidden"),
        ("\"title\": \"E\",\n\"published\": false\n;;;\n\nBody", "hidden"),
        ("title: T\npublished: false\n---\nBody", "hidden"),
        ("render: false\ntitle: T\n---\nBody", "hidden"),
        ("List: never\nTitle: T\n\nBody", "unlisted"),
        ("Title: T\nDate: 2013-01-24\nStatus: draft\n\nBody", "hidden"),
        ("Title: T\nStatus: hidden\n\nBody", "unlisted"),
        ("Status: draft\n\nBody", "hidden"),
        ("Draft: true\nTitle: T\n\nBody", "hidden"),
        ("Title: T\nStatus: skip\nBody", "hidden"),
        ("<!--\n.. title: T\n.. status: private\n-->\nBody", "hidden"),
        ("---\rdraft: true\r---\rBody", "hidden"),
        ("public:: false\n\n- Body.", "hidden"),
        ("public:: true\n\n- Body.", "listed"),
    ] {
        assert_eq!(outcome(text), expected, "{text:?}");
    }
}

#[test]
fn value_or_key_that_leaves_visibility_open_is_an_error() {
    for (head, expected) in [
        ("draft: maybe", "2:8 `draft` does not say whether to publish"),
        ("draft:", "2:6 `draft` does not say whether to publish"),
        ("draft: null", "2:8 `draft` does not say whether to publish"),
        ("draft: ''", "2:8 `draft` does not say whether to publish"),
        ("draft: [true]", "2:8 `draft` does not say whether to publish"),
        ("draft: {{draft}}", "2:8 `draft` does not say whether to publish"),
        ("scheduled: next spring", "2:12 `scheduled` does not say whether to publish"),
        ("draft: ja", "2:8 `draft` does not say whether to publish"),
        ("draft: 2024-05-01", "2:8 `draft` does not say whether to publish"),
        ("published: someday", "2:12 `published` does not say whether to publish"),
        ("publish: {a: 1}", "2:10 `publish` does not say whether to publish"),
        ("status: cooking", "2:9 `status` does not say whether to publish"),
        ("status: true", "2:9 `status` does not say whether to publish"),
        ("status: [draft]", "2:9 `status` does not say whether to publish"),
        ("post_status: '?'", "2:14 `post_status` does not say whether to publish"),
        ("state: California", "2:8 `state` does not say whether to publish"),
        ("visibility: friends", "2:13 `visibility` does not say whether to publish"),
        ("private: somewhat", "2:10 `private` does not say whether to publish"),
        ("hidden: soon", "2:9 `hidden` does not say whether to publish"),
        ("unlisted: 2", "2:11 `unlisted` does not say whether to publish"),
        ("isDraft: x", "2:10 `isdraft` does not say whether to publish"),
        ("build: { list: sometimes }", "2:16 `build.list` does not say whether to publish"),
        ("extra:\n  draft: perhaps", "3:10 `extra.draft` does not say whether to publish"),
        ("dratf: true", "2:8 unknown key `dratf`: is it `draft`?"),
        ("drafts: true", "2:9 unknown key `drafts`: is it `draft`?"),
        ("Darft: yes", "2:8 unknown key `darft`: is it `draft`?"),
        ("draf: false", "2:7 unknown key `draf`: is it `draft`?"),
        ("publshed: false", "2:11 unknown key `publshed`: is it `published`?"),
        ("pubish: no", "2:9 unknown key `pubish`: is it `publish`?"),
        ("privat: true", "2:9 unknown key `privat`: is it `private`?"),
        ("hiden: true", "2:8 unknown key `hiden`: is it `hidden`?"),
        ("statsu: draft", "2:9 unknown key `statsu`: is it `status`?"),
        ("visiblity: private", "2:12 unknown key `visiblity`: is it `visibility`?"),
        ("unlsited: true", "2:11 unknown key `unlsited`: is it `unlisted`?"),
        ("params:\n  dratf: true", "3:10 unknown key `params.dratf`: is it `draft`?"),
    ] {
        assert_eq!(outcome(&format!("---\n{head}\n---\nBody")), expected, "{head}");
    }
    assert_eq!(outcome("Title: T\nStatus: cooking\n\nBody"), "2:1 `status` does not say whether to publish");
    let json = "{ \"title\": \"T\", \"dratf\": true }\nBody";
    assert_eq!(outcome(json), "1:17 unknown key `dratf`: is it `draft`?");
    let long = format!("{{\"a\": [{}1],\n\"draft\": true}}\nBody", "1, ".repeat(30_000));
    let (capsule, problems) = build(&[source("a.md", &long)], &build_options(NOW), None);
    assert!(capsule.essays().is_empty());
    assert_eq!(problems[0].what, "the front matter is larger than 64 KiB");
}

#[test]
fn own_key_of_an_archive_can_hide() {
    let keys = |usual: &str, own: &str| FrontMatterKeys::new([(usual.to_owned(), own.to_owned())]);
    for (head, usual, own, expected) in [
        ("[extra]\nwip = true", "draft", "extra.wip", "hidden"),
        ("[extra]\nready = \"no\"", "published", "extra.ready", "hidden"),
        ("[workflow.step]\nname = \"draft\"", "status", "workflow.step.name", "hidden"),
        ("[workflow]\nready = \"?\"", "published", "workflow.ready", "3:9 `published` does not say whether to publish"),
        ("entwurf = true", "draft", "Entwurf", "hidden"),
        ("entwurf = false", "draft", "entwurf", "listed"),
    ] {
        assert_eq!(outcome_with(&format!("+++\n{head}\n+++\nBody"), keys(usual, own)), expected, "{head}");
    }
    assert_eq!(
        outcome_with("---\nentwurf: true\n\nBody", keys("draft", "entwurf")),
        "1:1 the front matter is never closed"
    );
}

#[test]
fn value_in_any_table_has_an_own_key() {
    let keys =
        [("title", "book.title"), ("date", "review.date_read"), ("tags", "book.tags"), ("author", "book.author")];
    let keys = keys.map(|(usual, own)| (usual.to_owned(), own.to_owned()));
    let options = lamplit::capsule::BuildOptions { keys: FrontMatterKeys::new(keys), ..build_options(NOW) };
    let text = "---\nbook:\n  title: A Lamp in Winter\n  author: A. Keeper\n  tags:\n  - night\nreview:\n  date_read:\n  - \
                2020-02-02\n  - 2022-03-03\n---\nA slow book.\n";
    let (capsule, problems) = build(&[source("a.md", text)], &options, None);
    assert!(problems.is_empty(), "{problems:?}");
    let essay = &capsule.essays()[0];
    let date = essay.date.map(|date| date.to_string());
    assert_eq!((essay.title.as_str(), date.as_deref()), ("A Lamp in Winter", Some("2020-02-02")));
    assert_eq!(
        (&*essay.metadata.tags, &*essay.metadata.authors),
        (&["night".to_owned()][..], &["A. Keeper".to_owned()][..])
    );
}

#[test]
fn date_that_cannot_be_read_is_an_error() {
    for (head, expected) in [
        ("date: 2024-13-01", "2:7 `date` is not a date"),
        ("date: 2024-02-30", "2:7 `date` is not a date"),
        ("date: someday", "2:7 `date` is not a date"),
        ("date: 24-05-01", "2:7 `date` is not a date"),
        ("date: 2024-05-011", "2:7 `date` is not a date"),
        ("date: Mxi 1, 2024", "2:7 `date` is not a date"),
        ("date: 2O24-05-01", "2:7 `date` is not a date"),
        ("date: {{date}}", "2:7 `date` is not a date"),
        ("date: <% tp.date.now() %>", "2:7 `date` is not a date"),
        ("date: May 2024-05", "2:7 `date` is not a date"),
        ("publishDate: tomorrow", "2:14 `publishdate` is not a date"),
        ("pubDate: soon", "2:10 `pubdate` is not a date"),
        ("expiryDate: never", "2:13 `expirydate` is not a date"),
        ("expiryDate: 05/06/2024", "2:13 `expirydate` is not a date"),
        // Undated, or at least with its day.
        ("date:", "listed"),
        ("date: ''", "listed"),
        ("date: 2024-05-01 noon", "listed"),
        ("lastmod: lately", "listed"),
        // Either in May or in June; both are in the future.
        ("date: 05/06/2024", "listed"),
        ("date: 05/06/2090", "hidden"),
        ("date: 12/01/2025", "hidden"),
    ] {
        assert_eq!(outcome(&format!("---\n{head}\n---\nBody")), expected, "{head}");
    }
}

#[test]
fn last_good_version_stays_while_front_matter_cannot_be_read() {
    let good = "---\ntitle: Good\ndate: 2024-05-01\n---\nBody";
    let before = build(&[source("a.md", good)], &build_options(NOW), None).0;
    for (text, line) in [
        ("---\ntitle: Good\ndate: 2024-05-01\ndraft: true\n\nBody", 1),
        ("--\ntitle: Good\ndraft: true\n---\nBody", 1),
        ("# Good\n---\ndraft: true\n---\nBody", 2),
        ("---\ntitle: Good\ndate: 2024-05-O1\n---\nBody", 3),
        ("---\ntitle: Good\ndate: 2024-05-32\n---\nBody", 3),
        ("---\ntitle: Good\ndraft: mabye\n---\nBody", 3),
        ("---\ntitle: Good\nstatus: cooking\n---\nBody", 3),
        ("---\ntitle: Good\ndratf: true\n---\nBody", 3),
        ("{ \"title\": \"Good\",\n  draft: true }\nBody", 2),
    ] {
        let (after, problems) = build(&[source("a.md", text)], &build_options(NOW), Some(&before));
        let essay = after.essays().first().unwrap_or_else(|| panic!("{text:?} unpublished the essay"));
        assert_eq!(essay.text().whole, good, "{text:?}");
        let place = problems[0].place.as_ref().and_then(|place| place.span.as_ref()).map(|span| span.line);
        assert_eq!((problems.len(), place), (1, Some(line)), "{problems:?}");
    }
}

/// Returns every address that readers of either protocol get, and every redirect.
fn answers(site: &Site, medium: Medium, paths: &[CapsulePath]) -> Vec<String> {
    let is_there = |path: &&CapsulePath| site.lookup(path, medium) != Lookup::Missing;
    paths.iter().filter(is_there).map(ToString::to_string).collect()
}

/// Returns every generated page except that of `left_out`, as one text.
fn pages(site: &Site, left_out: &str) -> String {
    let mut all = String::new();
    for medium in [Medium::Gemini, Medium::Gopher] {
        for address in site.addresses(medium).iter().filter(|path| !path.as_str().starts_with(left_out)) {
            if let Lookup::Page(page) = site.lookup(address, medium) {
                all.push_str(&String::from_utf8_lossy(&page.bytes));
            }
        }
        all.push_str(&String::from_utf8_lossy(&site.results("lantern", 1, medium).bytes));
        all.push_str(&String::from_utf8_lossy(&site.results("lanten", 1, medium).bytes));
    }
    all
}

fn site(files: &[(&str, &str)]) -> (Site, Arc<Capsule>, Vec<Problem>) {
    let (capsule, problems) = build(&sources(files), &build_options(NOW), None);
    let capsule = Arc::new(capsule);
    (Site::new(Arc::clone(&capsule), &site_options(), None), capsule, problems)
}

#[test]
fn essay_held_back_answers_at_no_address_and_an_unlisted_one_at_its_own() {
    let public = "---\ndate: 2024-05-01\ntags: [sea]\nseries: S\n---\n# Open\n\nSee.\n";
    let newer = "---\ndate: 2024-05-03\ntags: [sea]\nseries: S\n---\n# Newer\n\nSee.\n";
    let names = ["/n/x.gmi", "/n/x.txt", "/n/x.md", "/n/old", "/n/x", "/n/x/", "/tags/lantern/", "/languages/"];
    let paths = names.map(path);
    let head = "aliases: [/n/old]\ndate: 2024-05-02\ntags: [sea, lantern]\nseries: S";
    let text = |hiding: &str| format!("---\n{head}\n{hiding}\n---\n# Lantern\n\nSee [it](open.md).\n");
    for (hiding, expected) in [
        ("draft: true", &[][..]),
        ("status: private", &[]),
        ("visibility: maybe", &[]),
        ("unlisted: true", &["/n/x.gmi", "/n/x.txt", "/n/x.md", "/n/old", "/n/x", "/n/x/"]),
        ("status: hidden", &["/n/x.gmi", "/n/x.txt", "/n/x.md", "/n/old", "/n/x", "/n/x/"]),
    ] {
        let text = text(hiding);
        let (site, capsule, _) = site(&[("n/open.md", public), ("n/newer.md", newer), ("n/x.md", &text)]);
        for medium in [Medium::Gemini, Medium::Gopher] {
            let found = answers(&site, medium, &paths);
            let gopher = ["/n/x.gmi", "/n/x.txt", "/n/x.md", "/n/old", "/n/x", "/n/x/"];
            assert!(found == expected || found == gopher && !expected.is_empty(), "{hiding}: {found:?}");
        }
        let pages = pages(&site, "/n/x.");
        assert!(!pages.contains("Lantern") && !pages.contains("/n/x"), "{hiding}: {pages}");
        assert_eq!(capsule.essays().len(), 2, "{hiding}");
        assert_eq!(capsule.unlisted, usize::from(!expected.is_empty()), "{hiding}");
    }
}

#[test]
fn files_beside_an_essay_that_is_withheld_are_withheld() {
    for (head, expected) in [("title: T", true), ("unlisted: true", true), ("draft: true", false), ("draft: ?", false)]
    {
        let text = format!("---\n{head}\n---\nBody");
        let (_, capsule, _) = site(&[("cat/index.md", text.as_str()), ("cat/cat.jpg", ""), ("b.md", "# B\n")]);
        assert_eq!(capsule.files.contains_key(&path("/cat/cat.jpg")), expected, "{head}");
    }
}

/// Files in a folder with the name of a hidden essay, or with its name and another extension, belong to it unless an
/// essay beside them is public. Those of an introduction, of a page in one language, or of the one page of a folder with
/// a number or date lie beside it. In the opening page of a capsule, they are not for it alone.
#[test]
fn files_named_after_an_essay_that_is_withheld_are_withheld() {
    for (essay, file, is_served) in [
        ("n/a.md", "n/a/lamp.jpg", false),
        ("n/a.md", "n/a/deep/lamp.jpg", false),
        ("n/a.md", "n/a.pdf", false),
        ("n/a.md", "n/a.txt", false),
        ("n/a.md", "n/a.assets/lamp.jpg", false),
        ("n/a.qmd", "n/a_files/figure-html/lamp.svg", false),
        ("n/v1.2.md", "n/v1.2/lamp.jpg", false),
        ("n/a.de.md", "n/a/lamp.jpg", false),
        ("n/index.en.md", "n/lamp.jpg", false),
        ("n/_index.md", "n/lamp.jpg", false),
        ("n/_index.md", "n/deep/lamp.jpg", false),
        ("n/Lamp abcdef.md", "n/Lamp abcdef/lamp.jpg", false),
        ("02.rain/item.md", "02.rain/lamp.jpg", false),
        ("2024-05-01-rain/post.md", "2024-05-01-rain/lamp.jpg", false),
        ("1_films/3_rain/article.md", "1_films/3_rain/deep/lamp.jpg", false),
        ("2024/rain.md", "2024/lamp.jpg", true),
        ("_rain/a.md", "_rain/lamp.jpg", true),
        ("n/a.md", "n/b/lamp.jpg", true),
        ("n/a.md", "n/ab/lamp.jpg", true),
        ("lamp.md", "lamp.x/n/lamp.jpg", false),
        ("n/pub.md", "n/public/lamp", true),
        ("n/a.md", "n/lamp.jpg", true),
        ("n/a.md", "m/a/lamp.jpg", true),
        ("n/public.md", "n/public/lamp.jpg", true),
        ("public/index.de.md", "public/lamp.jpg", true),
        ("other.md", "other.pdf", true),
        ("index.md", "lamp.jpg", true),
    ] {
        let others = [("other.gmi", "# O\n"), ("n/public/b.md", "# B\n"), ("public/index.en.md", "# P\n"), (file, "")];
        let files = [&[(essay, "---\ndraft: true\n---\nBody")], &others[..]].concat();
        let (_, capsule, problems) = site(&files);
        let file = path(&format!("/{file}"));
        let found = capsule.files.contains_key(&file) || capsule.texts.contains_key(&file);
        assert_eq!((found, capsule.essays().len(), problems.len()), (is_served, 3, 0), "{essay} {file}: {problems:?}");
    }
}

/// Returns the titles of the essays in the lists of a capsule.
fn listed(capsule: &Capsule) -> String {
    let titles: BTreeSet<&str> = capsule.essays().iter().map(|essay| &*essay.title).collect();
    titles.into_iter().collect::<Vec<_>>().join(" ")
}

#[test]
fn introduction_can_hide_all_essays_below_its_folder() {
    let all = "A B C D P";
    for (cascade, expected) in [
        ("---\ncascade:\n  draft: true\n---\n", "C D"),
        // A key of the essay overrides that key of the introduction, and no other.
        ("---\ntitle: N\ncascade:\n  params:\n    status: private\n---\n", "D"),
        ("---\ncascade:\n  - target:\n      kind: page\n    build:\n      render: never\n---\n", "D"),
        ("---\ncascade:\n  isDraft: true\n---\n", "D"),
        ("---\nTitle: N\nCascade:\n  Draft: true\n---\n", "C D"),
        ("\u{feff}---\r\ncascade:\r\n  draft: true\r\n---\r\n", "C D"),
        ("+++\n[cascade]\ndraft = true\n+++\n", "C D"),
        ("+++\n[[cascade]]\ndraft = true\n[cascade._target]\npath = '/n/**'\n+++\n", "C D"),
        ("{\n  \"title\": \"N\",\n  \"cascade\": {\"draft\": true}\n}\n", "C D"),
        ("---\ncascade:\n  draft: false\n---\n", all),
        ("---\ncascade:\n  banner: lamp.png\n---\n", all),
        ("---\ntitle: cascade\ndraft: false\n---\n", all),
        ("---\ncascade:\n  publishDate: 2090-01-01\n---\n", "D"),
        ("---\ncascade:\n  expiryDate: 2001-01-01\n---\n", "D"),
        ("---\ncascade:\n  - draft: true\n    target: {path: /n/deep/**}\n---\n", "A C D P"),
        ("---\ncascade:\n  - draft: true\n    target: {path: '{/n/a,/n/p}'}\n---\n", "B C D"),
        ("---\ncascade:\n  - draft: true\n    target: {path: /n/*}\n---\n", "B C D"),
        ("---\ncascade:\n  - draft: true\n    _target: {kind: section}\n---\n", all),
    ] {
        let introduction = format!("{cascade}Introduced.\n");
        let (_, capsule, problems) = site(&[
            ("n/_index.md", &introduction),
            ("n/a.md", "# A\n"),
            ("n/deep/b.md", "# B\n"),
            ("n/c.md", "---\ndraft: false\n---\n# C\n"),
            ("n/p.md", "---\npublished: 2001-01-01\n---\n# P\n"),
            ("n/u.md", "---\nunlisted: true\n---\n# U\n"),
            ("other.md", "# D\n"),
        ]);
        assert!(problems.is_empty(), "{cascade}: {problems:?}");
        assert_eq!(listed(&capsule), expected, "{cascade}");
    }
    // Files that cannot state otherwise are hidden too.
    for (cascade, expected) in [("draft: true", 2), ("draft: false", 4)] {
        let introduction = format!("---\ncascade:\n  {cascade}\n---\n");
        let (_, capsule, _) = site(&[
            ("n/_index.md", introduction.as_str()),
            ("n/e.txt", "E\n\nWords.\n"),
            ("n/deep/lamp.jpg", ""),
            ("d.txt", "D\n\nWords.\n"),
            ("d.jpg", ""),
        ]);
        let files: Vec<_> = capsule.files.keys().chain(capsule.texts.keys()).collect();
        assert_eq!(files.len() + capsule.essays().len(), expected, "{cascade}: {files:?}");
    }
    // An introduction that cannot be read might hide what is below.
    let (_, capsule, problems) = site(&[
        ("n/_index.md", "---\ntitle: [N\ncascade:\n  draft: true\n---\n"),
        ("n/a.md", "# A\n"),
        ("other.md", "# D\n"),
    ]);
    assert_eq!((listed(&capsule).as_str(), problems.len()), ("D", 1), "{problems:?}");
}

/// Files with metadata of a folder count for all folders below it, and the nearest file counts.
#[test]
fn metadata_of_a_folder_holds_for_all_texts_below_it() {
    type Files = &'static [(&'static str, &'static str)];
    let rows: &[(Files, &str)] = &[
        (&[("n/_metadata.yml", "draft: true\n")], "D"),
        (&[("n/n.json", "{\"draft\": true}")], "D"),
        (&[("n/_defaults.yml", "image: /lamp.jpg\nlayout: notes\npublished: false\n")], "D"),
        (&[("n/_defaults.json", "{\"draft\": true}"), ("n/deep/_defaults.yaml", "draft: false\n")], "B D"),
        (&[("n/n.11tydata.json", "{\"published\": false}")], "D"),
        (&[("n/n.11tydata.js", "module.exports = {\n  draft: true,\n};\n")], "D"),
        (&[("n/n.11tydata.mjs", "export default {\n  permalink: false\n};\n")], "D"),
        (&[("n/n.11tydata.cjs", "module.exports = { eleventyExcludeFromCollections: true };\n")], "D"),
        (&[("n/n.11tydata.js", "module.exports = { permalink: () => false };\n")], "D"),
        (&[("n/n.11tydata.js", "export default { eleventyComputed: { permalink: async (data) => (false) } };\n")], "D"),
        (
            &[("n/n.11tydata.js", "module.exports = {\n  permalink: function (data) {\n    return false;\n  },\n};\n")],
            "D",
        ),
        (&[("n/n.11tydata.js", "export default {\n  permalink({ page }) { return false },\n};\n")], "D"),
        (&[("n/_data.ts", "export const url = () => false;\n")], "D"),
        (&[("n/n.11tydata.js", "export default { permalink: (data) => data.draft ? false : data.url };\n")], "A B D"),
        (&[("n/n.11tydata.js", "export default { lamp: () => { return { draft: 1 } }, title: 'x' };\n")], "D x"),
        (&[("n/n.11tydata.js", "module.exports = {\n  // draft: true,\n  tags: [\"x\"],\n};\n")], "A B D"),
        (&[("n/n.json", "{\"draft\": true}"), ("n/deep/deep.json", "{\"draft\": false}")], "B D"),
        (&[("n/_metadata.yml", "draft: false\n"), ("n/deep/_metadata.yml", "draft: true\n")], "A D"),
        (&[("n/_metadata.yml", "draft: true\n"), ("n/a.meta", "draft: false\n")], "A D"),
        (&[("n/other.json", "{\"draft\": true}")], "A B D"),
        (&[("n/n.json", "[{\"draft\": true}]")], "A B D"),
    ];
    for (files, expected) in rows {
        let texts = [("n/a.md", "# A\n"), ("n/deep/b.md", "# B\n"), ("other.md", "# D\n")];
        let (_, capsule, problems) = site(&[*files, &texts[..]].concat());
        assert!(problems.is_empty(), "{files:?}: {problems:?}");
        assert_eq!(listed(&capsule), *expected, "{files:?}");
    }
}

/// The texts in a headless bundle of Hugo are parts of other pages.
#[test]
fn texts_beside_a_headless_index_are_hidden() {
    for (index, expected) in [
        ("---\nheadless: true\n---\n", "D"),
        ("+++\nwidget = \"page\"\nheadless = true\n+++\n", "D"),
        ("---\ntitle: H\n---\nText.\n", "A B D"),
        ("---\ndraft: true\n---\nText.\n", "A B D"),
        ("---\ndraft: true\ndate: 2001-01-01\n---\nText.\n", "D"),
    ] {
        let (_, capsule, problems) = site(&[
            ("n/index.md", index),
            ("n/a.md", "# A\n\nText.\n"),
            ("n/b.md", "# B\n\nText.\n"),
            ("other.md", "# D\n\nText.\n"),
        ]);
        assert_eq!((listed(&capsule).as_str(), problems.len()), (expected, 0), "{index}");
    }
}

#[test]
fn essay_takes_over_all_metadata_of_its_folder_but_pictures() {
    let (_, capsule, problems) = site(&[
        (
            "n/_index.md",
            "---\ncascade:\n  author: Ada\n  language: eo\n  tags: [night]\n  license: CC0\n  image: /og.png\n  build:\n    list: \
             never\n---\n",
        ),
        ("n/a.md", "# A\n"),
        ("n/b.md", "---\nauthor: Bea\ntags: [day]\nbuild:\n  list: always\nlang: fr\n---\n# B\n"),
        ("og.png", "png"),
    ]);
    assert!(problems.is_empty(), "{problems:?}");
    let said = |at: &str| {
        let essay = &capsule.read[&path(at)];
        let metadata = &essay.metadata;
        let [authors, tags] = [&metadata.authors, &metadata.tags].map(|names| names.join(" "));
        let language = metadata.language.clone().unwrap_or_default();
        format!("{authors}, {tags}, {language}, {:?}, {:?}, {}", metadata.license, metadata.cover, metadata.unlisted)
    };
    assert_eq!(said("/n/a.md"), "Ada, night, eo, Some(\"CC0\"), None, true");
    assert_eq!(said("/n/b.md"), "Bea, day, fr, Some(\"CC0\"), None, false");
}

#[test]
fn front_matter_in_javascript_is_withheld() {
    for head in
        ["const draft = true;", "{\n  title: \"T\",\n  draft: true\n}", "let permalink = false;", "draft=\"true\""]
    {
        let text = format!("---js\n{head}\n---\nText.\n");
        let (_, capsule, problems) = site(&[("a.md", &text)]);
        assert_eq!((capsule.addressable().len(), problems.len()), (0, 1), "{head}");
    }
}

/// Such statements are not read, but one that hides the text counts. Franklin has another form.
#[test]
fn text_that_a_statement_hides_is_withheld() {
    for (text, is_withheld) in [
        ("export const draft = true\n\nText.\n", true),
        ("import A from './a'\n\nexport const metadata = {\n  title: 'T',\n  draft: true,\n}\n\nText.\n", true),
        ("export const frontmatter = { published: false }\n\nText.\n", true),
        ("export const meta: Meta = {\n  status: 'draft',\n};\n\nText.\n", true),
        ("---\ntitle: T\n---\n\nexport const draft = true;\n\nText.\n", true),
        ("---\ntitle: T\n---\nexport let status = \"private\"\n\nText.\n", true),
        ("@def title = \"T\"\n@def draft = true\n\nText.\n", true),
        ("export const draft = false\n\nText.\n", false),
        ("export const metadata = { title: 'T', tags: ['draft'] }\n\nText.\n", false),
        ("import A from './a'\n\nText: draft or not.\n", false),
        ("Text.\n\n```js\nexport const draft = true\n```\n", false),
        ("@def title = \"T\"\n\nText.\n", false),
    ] {
        let (_, capsule, problems) = site(&[("a.mdx", text)]);
        let expected = (usize::from(!is_withheld), usize::from(is_withheld));
        assert_eq!((capsule.addressable().len(), problems.len()), expected, "{text:?}: {problems:?}");
    }
}

#[test]
fn plain_text_with_front_matter_is_an_essay_or_a_draft() {
    for (name, text, listed, served) in [
        ("a.txt", "---\ntitle: A\n---\nText.\n", "A", 1),
        ("2024-05-01-a.txt", "---\ndraft: true\n---\nText.\n", "", 0),
        ("a.txt", "+++\npublished = false\n+++\nText.\n", "", 0),
        ("a.txt", "\u{feff}---\r\nstatus: draft\r\n---\r\nText.\n", "", 0),
        ("a.txt", "---\ndraft: maybe\n---\nText.\n", "", 0),
        ("a.txt", "---\ndraft: true\n\nText.\n", "", 0),
        ("robots.txt", "---\nlayout: null\n---\nUser-agent: *\n", "", 1),
        ("a.txt", "---\n\nA rule.\n", "", 1),
        ("a.txt", "draft: true\n\nA list of words.\n", "", 1),
    ] {
        let (_, capsule, _) = site(&[(name, text)]);
        let found = capsule.addressable().len() + capsule.texts.len();
        assert_eq!((self::listed(&capsule).as_str(), found), (listed, served), "{name}: {text:?}");
    }
}

#[test]
fn properties_of_notion_are_front_matter() {
    let name = "Rain abcdefabcdefabcdefabcdefabcdefab.md";
    for (name, text, expected) in [
        (name, "# Rain\n\nStatus: Draft\nTags: a, b\n\nText.\n", ""),
        (name, "# Rain\n\nPublished: No\n\nText.\n", ""),
        (name, "# Rain\n\nRating: 5\nStatus: In doubt\n\nText.\n", ""),
        (name, "# Rain\n\nStatus: Published\nDate: May 1, 2024\nTags: a, b\n\nText.\n", "Rain 2024-05-01 a b: Text."),
        (name, "# Rain\n\nNote: this is prose.\n\nText.\n", "Rain : # Rain\n\nNote: this is prose.\n\nText."),
        ("rain.md", "# Rain\n\nTags: a\n\nText.\n", "Rain : # Rain\n\nTags: a\n\nText."),
    ] {
        let (_, capsule, _) = site(&[(name, text)]);
        let shown = capsule.essays().iter().map(|essay| {
            let date = essay.date.map(|date| format!("{date} ")).unwrap_or_default();
            format!("{} {date}{}: {}", essay.title, essay.metadata.tags.join(" "), essay.text().body().trim())
        });
        assert_eq!(shown.collect::<String>(), expected, "{text:?}");
    }
}

/// Servers show a page called 404 for what they do not find.
#[test]
fn page_for_what_is_not_found_is_in_no_list() {
    let (_, capsule, _) = site(&[("404.md", "# Not here\n\nGo home.\n"), ("a.md", "# A\n\nText.\n")]);
    assert_eq!((listed(&capsule).as_str(), capsule.addressable().len()), ("A", 2));
}

/// Plugins encrypt such pages.
#[test]
fn essay_with_a_password_is_hidden() {
    for (head, is_hidden) in [
        ("password: lamp", true),
        ("password: 1234", true),
        ("post_password: lamp", true),
        ("encrypt: true", true),
        ("protected: yes", true),
        ("secret: true", true),
        ("password:", false),
        ("password: \"\"", false),
        ("password: false", false),
        ("password: [lamp, wick]", true),
        ("password: []", false),
        ("encrypt: false", false),
        ("secret: of the lamp", false),
    ] {
        let text = format!("---\ntitle: A\n{head}\n---\nText.\n");
        let (_, capsule, problems) = site(&[("a.md", &text)]);
        assert_eq!((capsule.essays().is_empty(), problems.len()), (is_hidden, 0), "{head}: {problems:?}");
    }
}

#[test]
fn unlisted_introduction_keeps_its_folder_out_of_lists() {
    let (site, _, _) = site(&[
        ("n/_index.md", "---\nunlisted: true\n---\n# Lantern\n"),
        ("n/a.md", "---\nunlisted: true\n---\n# A\n"),
        ("b.md", "# B\n\nSee [[a]].\n"),
    ]);
    assert!(!pages(&site, "/n/").contains("Lantern"));
    assert!(matches!(site.lookup(&path("/n/"), Medium::Gemini), Lookup::Page(_)));
    // The author's own link leads to an unlisted essay.
    let Lookup::Page(page) = site.lookup(&path("/b.gmi"), Medium::Gemini) else { panic!("no page") };
    assert!(String::from_utf8_lossy(&page.bytes).contains("=> /n/a.gmi"));
}

#[test]
fn links_of_pelican_lead_to_files() {
    let text = "Title: T\n\nSee [rain]({filename}rain.md), [sun]({filename}/n/sun.md), [old](|filename|rain.md) and \
                ![lamp]({static}/images/lamp.png), ![map]({attach}map.png), [oil]({tag}oil), [wicks]({category}wicks) or \
                [all]({index}).\n";
    let (site, ..) = site(&[
        ("n/a.md", text),
        ("n/rain.md", "title: Rain\ndate: 2013-01-23\ntags: oil\ncategory: wicks\n\nIt rains.\n"),
        ("n/sun.md", "# Sun\n"),
        ("images/lamp.png", ""),
        ("n/map.png", ""),
    ]);
    let Lookup::Page(page) = site.lookup(&path("/n/a.gmi"), Medium::Gemini) else { panic!("no page") };
    let page = String::from_utf8_lossy(&page.bytes);
    for expected in [
        "=> /n/rain.gmi rain",
        "=> /n/sun.gmi sun",
        "=> /images/lamp.png lamp",
        "=> /n/map.png map",
        "=> /tags/oil/ oil",
        "=> /tags/wicks/ wicks",
        "=> / all",
    ] {
        assert!(page.contains(expected), "{expected} is not in {page}");
    }
    assert!(!page.contains("filename") && !page.contains("static}"), "{page}");
    assert!(lamplit::site::lint(&site, build_options(NOW).now).is_empty());
}

/// A draft in every form, with its front matter before the word `Body`.
const DRAFTS: &[&str] = &[
    "---\ntitle: T\ndraft: true\n---\n\nBody",
    "---\ndraft: true\ntitle: T\ndate: 2024-05-01\n...\nBody",
    "---\r\ntitle: T\r\ndraft: true\r\n---\r\nBody",
    "---\rtitle: T\rdraft: true\r---\rBody",
    "--- yaml\ntitle: T\npublished: false\n---\nBody",
    "---\nstatus: draft\ntags:\n  - a\n  - b\ntitle: T\n---\nBody",
    "+++\ntitle = \"T\"\ndraft = true\n+++\n\nBody",
    "+++\ntitle = \"T\"\nprivate = true\ndate = 2024-05-01\n[extra]\nlamp = 1\n+++\nBody",
    "---\ntitle = \"T\"\ndraft = true\n---\nBody",
    "+++\ntitle: T\nvisibility: private\n+++\nBody",
    "{\n  \"title\": \"T\",\n  \"draft\": true\n}\n\nBody",
    "{ \"title\": \"T\", \"published\": false }\nBody",
    "---json\n{ \"title\": \"T\", \"draft\": true }\n---\nBody",
    "title: T\ndate: 2024-05-01\ndraft: true\n---\nBody",
    "\"title\": \"T\",\n\"draft\": true\n;;;\nBody",
    ";;;\n\"title\": \"T\",\n\"draft\": true\n;;;\nBody",
    "Title: T\nDate: 2024-05-01\nStatus: draft\n\nBody",
    "<!--\n.. title: T\n.. date: 2024-05-01\n.. status: private\n-->\nBody",
];

#[test]
fn draft_with_one_character_mistyped_is_not_published() {
    let mut published = Vec::new();
    let mut tried = 0;
    for draft in DRAFTS {
        assert_eq!(outcome(draft), "hidden", "{draft:?}");
        let end = draft.find("Body").expect("a body");
        for at in draft[..end].char_indices().map(|(at, _)| at) {
            let (before, after) = (&draft[..at], &draft[at + 1..]);
            let own = &draft[at..=at];
            // Nothing is left of a word that is broken in two.
            let breaks_word = before.ends_with(|c: char| c.is_alphanumeric() || c == '"');
            for typed in ["", " ", "x", "-", ":", "—", "\n"] {
                if typed == "\n" && breaks_word {
                    continue;
                }
                for text in [format!("{before}{typed}{after}"), format!("{before}{typed}{own}{after}")] {
                    tried += 1;
                    if outcome(&text) == "listed" {
                        published.push(text);
                    }
                }
            }
        }
    }
    assert!(published.is_empty(), "{} of {tried}: {published:#?}", published.len());
}

/// An essay that is front matter and headings, or markup of which nothing is left, is in no list; its address answers.
#[test]
fn essay_without_text_is_in_no_list() {
    for (text, expected) in [
        ("", "unlisted"),
        ("---\ntitle: T\n---\n", "unlisted"),
        ("---\ntitle: T\n---\n\n   \n", "unlisted"),
        ("# T\n", "unlisted"),
        ("+++\ntitle = \"T\"\n+++\n# T\n", "unlisted"),
        ("T\n===\n", "unlisted"),
        ("---\ntitle: T\n---\n{% include album-index.html %}\n", "unlisted"),
        ("---\ntitle: T\n---\n{{< tags >}}\n", "unlisted"),
        ("---\ntitle: T\n---\n<!-- later -->\n", "unlisted"),
        ("# T\n\n## To do\n", "unlisted"),
        // What a blank line divides, and the next block ends.
        ("<!-- a\n\nb -->\n", "unlisted"),
        ("{# a\n\nb #}\n", "unlisted"),
        ("{/* a\n\nb */}\n", "unlisted"),
        ("{::comment}\na\n\nb\n{:/comment}\n", "unlisted"),
        ("{% comment %}\na\n\nb\n{% endcomment %}\n", "unlisted"),
        ("{{% comment %}}\na\n\nb\n{{% /comment %}}\n", "unlisted"),
        ("%%\na\n\nb\n%%\n", "unlisted"),
        ("export const a = [\n  1,\n\n  2,\n]\n", "unlisted"),
        ("<script>\na\n\nb\n</script>\n", "unlisted"),
        ("<!-- a\n\nb -->\n\nText.\n", "listed"),
        ("# T\n\nText.\n", "listed"),
        ("Text.\n", "listed"),
        ("# T\n\n![A lamp](lamp.png)\n", "listed"),
        ("- a\n", "listed"),
        ("> Words.\n", "listed"),
        ("```\ncode\n```\n", "listed"),
        ("{{< youtube x >}}\n", "listed"),
        ("<p>Words.</p>\n", "listed"),
    ] {
        assert_eq!(outcome(text), expected, "{text:?}");
    }
}

/// With `drafts`, essays that are not public yet are in their places, marked before their titles.
#[test]
fn drafts_are_shown_marked_to_their_author() {
    let files = sources(&[
        ("a.md", "# A\n\nText.\n"),
        ("b.md", "---\ndraft: true\n---\n# B\n\nText.\n"),
        ("c.md", "---\ntitle: C\ndate: 2999-01-01\n---\nText.\n"),
        ("d.gmi", "---\ndraft: true\n---\n# D\n\nText.\n"),
        ("e.md", "---\nexpirydate: 2001-01-01\n---\nText.\n"),
        ("_drafts/f.md", "# F\n\nText.\n"),
    ]);
    let options = lamplit::capsule::BuildOptions { drafts: true, ..build_options(NOW) };
    let (capsule, problems) = build(&files, &options, None);
    assert!(problems.is_empty(), "{problems:?}");
    let mut titles: Vec<&str> = capsule.essays().iter().map(|essay| essay.title.as_str()).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["A", "[draft] B", "[draft] D", "[draft] F", "[from 2999-01-01] C"]);
    let site = Site::new(
        Arc::new(capsule),
        &lamplit::site::SiteOptions::standard(&lamplit::host::HostName::localhost()),
        None,
    );
    for (address, expected) in [
        ("/b.gmi", "# [draft] B\n"),
        ("/c.gmi", "# [from 2999-01-01] C\n"),
        ("/d.gmi", "# [draft] D\n"),
        ("/b.txt", "[draft] B\n"),
    ] {
        let Lookup::Page(page) = site.lookup(&path(address), Medium::Gemini) else { panic!("{address}") };
        let text = String::from_utf8_lossy(&page.bytes).into_owned();
        assert!(text.starts_with(expected), "{address}: {text}");
    }
}
