//! Every setting of `config.toml`: one struct per table, one field per setting.
//!
//! A doc comment here is the text of the reference (docs/configuration.md) and of the commented file that
//! `lamplit init` writes, so it addresses the person who runs the server.

use std::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;
use jiff::tz::TimeZone;

use super::table::{Definition, Field, Setting, Table, tables};
use super::values::{
    Count, FolderPath, Icon, InRange, InnerPath, LanguageTag, LoopbackAddress, Megabytes, Pattern, Port, Redirects,
    Seconds, WebAddress, Width,
};
use crate::host::{Fingerprint, HostName};
use crate::privileges::SandboxMode;
use crate::render::gemtext::{Emphasis, LinkMarkers, LinkPlacement};
use crate::render::words::Words;
use crate::server::Limits;
use crate::server::access_log::{LogAddresses, LogFormat};
use crate::server::tls::TlsVersions;
use crate::site::MetaLine;

tables! {
    /// Settings that belong to no table must come first in the file.
    pub struct Settings {
        /// The folder of the keys. Back it up: clients warn readers of a capsule whose key has changed.
        /// Default: the state folder of the user, such as `~/.local/state/lamplit/certs`.
        certs: Setting<Option<PathBuf>>, example: r#""/var/lib/lamplit/certs""#;
        /// Whether a key may be generated in a folder that is lost at a restart: in memory, or in a container without a
        /// volume. Off by default, because clients warn readers of every new key. `localhost` gets a key in any folder.
        ephemeral_keys: Setting<bool>;
        /// A folder of capsules. Each folder in it whose name is a host name in lower case and punycode, such as
        /// `alice.example`, is the capsule of that host for as long as it exists. A capsule is loaded, and gets a key,
        /// at the first request for it, and is unloaded when it is no longer requested. A symbolic link to one gives it
        /// a second name. Its author can put a file `capsule.toml` into the folder, which is not published, with
        /// `title`, `author`, `language`, `time_zone`, `web`, `recognise`, `icon`, `ignore`, `gone`, `private`,
        /// `redirects`, `[pages]`, `[gemtext]`, `[front_matter]` and `[words]` as described here. These capsules are
        /// served over Gemini only: a Gopher request names no host. New and changed ones need no restart.
        capsules: Setting<Option<PathBuf>>, restart: true, example: r#""/srv/capsules""#;
        capsule: Vec<Setting<CapsuleTable>>;
        gemini: GeminiTable;
        gopher: GopherTable;
        limits: LimitsTable;
        log: LogTable;
        metrics: MetricsTable;
        proxy: ProxyTable;
        privileges: PrivilegesTable;
        ..presentation: Presentation;
    }

    /// The settings of a `capsule.toml`.
    pub(super) struct HostedSettings {
        ..details: CapsuleDetails;
        ..presentation: Presentation;
    }

    /// The settings of how essays are read and shown.
    pub struct Presentation {
        pages: PagesTable;
        gemtext: GemtextTable;
        /// Names of front matter keys in your essays, if they differ from the usual ones.
        front_matter: StringTable = StringTable::new(
            crate::capsule::usual_keys(),
            ("date", &["The key with the date of publication."], "\"published_at\""),
        );
        /// Your words in place of those that Lamplit adds to pages. By default they are in the language of each page,
        /// if that is one of eighteen languages, else in English; yours apply to all of them. `{1}`, `{2}` and so on
        /// stand for what a page fills in, and `~` divides plural forms: `found = "1 essay ~ {1} essays"`.
        words: StringTable = StringTable::new(
            // The others are set in `[pages]`, or not at all.
            Words::keys().iter().copied().filter(|key| !["back", "mentions", "generic", "home"].contains(key)),
            ("archive", &["The title of the list of years."], "\"Chronicle\""),
        );
        /// Former addresses, each with the address that it leads to. A page at a former address takes precedence.
        redirects: Setting<Redirects>, example: r#"{ "/old/films" = "/films/", "/cv.html" = "/about.gmi" }"#;
    }

    /// One table for each capsule. No two capsules have a host name in common.
    pub struct CapsuleTable {
        /// The host name. With `localhost`, which is the default, the server listens on this machine only.
        hostname: Setting<Option<HostName>>, example: r#""localhost""#;
        /// Further host names of this capsule.
        aliases: Setting<Vec<HostName>>, example: r#"["www.example.org"]"#;
        /// The folder of its essays. Lamplit never writes to it.
        content: Setting<Option<PathBuf>>, example: r#""essays""#;
        /// Whether deployments replace the folder, by renaming another one or changing a symbolic link. The sandbox
        /// then also allows the parent folder to be read. Without this setting, a replaced folder waits for a restart.
        swapped: Setting<bool>, restart: true, example: "true";
        /// How often, in seconds, the folder is compared with what is published, in case the system did not report a
        /// change. Default: 5 on file systems that do not report the changes of other machines (NFS, SMB, FUSE such as
        /// sshfs, 9P, overlay) or where a change has gone unreported; 60 elsewhere.
        poll: Setting<Option<Seconds>>, example: "10";
        /// A certificate and key of your own, for example from a CA. Lamplit never writes to these files, and reads
        /// them again when they change. `key` can be left out if one file contains both. Without these settings,
        /// Lamplit generates a pair in `certs`; `lamplit cert import` takes over that of another server.
        certificate: Setting<Option<PathBuf>>, example: r#""/etc/lamplit/fullchain.pem""#;
        key: Setting<Option<PathBuf>>, example: r#""/etc/lamplit/privkey.pem""#;
        /// How this capsule is served over Gopher. A request names no host, so `[gopher]` applies to the first capsule,
        /// and every other one needs addresses of its own. The keys are those of `[gopher]`.
        gopher: Option<GopherListener>, restart: true, example: r#"{ listen = ["0.0.0.0:7071", "[::]:7071"] }"#;
        ..details: CapsuleDetails;
    }

    /// The settings of the content of a capsule, which hosted capsules have too.
    pub struct CapsuleDetails {
        /// The title of the capsule. Default: the title of `index.md`, else the name of the folder.
        title: Setting<Option<String>>, example: r#""Essays by lamplight""#;
        /// The author, for feeds.
        author: Setting<Option<String>>, example: r#""Ada Lovelace""#;
        /// The language (BCP 47) of essays that do not state theirs, such as `en` or `pt-BR`. Screen readers use it.
        language: Setting<Option<LanguageTag>>, example: r#""en""#;
        /// The time zone of dates without one: a name like `Europe/Rome`, or an offset like `+02:00`. Default: UTC.
        time_zone: Setting<Option<TimeZone>>, example: r#""Europe/Rome""#;
        /// The address of the same archive on the Web. Links that start with `/` and name no page here lead there.
        web: Setting<Option<WebAddress>>, example: r#""https://example.org""#;
        /// Whether the site generator of the folder (Hugo, Jekyll, Obsidian and others) is recognised by its files. The
        /// title, author, language, time zone, `web` and folders of content and pictures are taken from them unless set
        /// here. What belongs to the generator or a repository is not published. `lamplit check` says what was taken.
        recognise: Setting<bool> = true;
        /// One emoji, published as `/favicon.txt`. Some clients show it beside the name of the capsule.
        icon: Setting<Option<Icon>>, example: r#""🏮""#;
        /// Files and folders that are not published, as gitignore patterns. A file `.capsuleignore` in any folder of
        /// the capsule has the same effect. Hidden files are never published, except in `.well-known`. The folders of
        /// site generators, backups, temporary files, configuration files, private keys and texts that are not read
        /// (`.rst`, `.org`) are published only if a pattern such as `"!config.toml"` includes them.
        ignore: Setting<Vec<Pattern>>, example: r#"["private/", "*.bak"]"#;
        /// Addresses of withdrawn pages: clients and crawlers are told that they are gone for good. With a slash at the
        /// end, an address stands for a whole folder.
        gone: Setting<Vec<InnerPath>>, example: r#"["/films/old.gmi", "/diary/"]"#;
        /// Folders for some readers only, over Gemini, identified by their client certificates. A reader who is not on
        /// the list is shown the line to add to it; `/access.gmi` explains how to get access. Private pages appear
        /// nowhere else: not over Gopher, not in lists, feeds, search results or exports. With `drafts`, essays that
        /// are not public yet appear in the folder too: `films/new.md` as `/drafts/films/new.gmi`.
        private: Vec<Setting<PrivateTable>>,
            example: r#"[{ path = "/drafts/", fingerprints = ["SHA256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"], drafts = true }]"#;
    }

    /// A folder for some readers only.
    pub struct PrivateTable {
        /// The folder.
        path: Setting<Option<FolderPath>>;
        /// The certificates of its readers, or the keys in them.
        fingerprints: Setting<Vec<Fingerprint>>;
        /// Whether essays that are not public yet appear in the folder.
        drafts: Setting<bool>;
    }

    /// How capsules are served over Gemini.
    pub struct GeminiTable {
        /// Addresses to listen on. Default: port 1965, on loopback if all capsules are called `localhost`, else on
        /// every interface. `[::]` without an IPv4 address serves IPv4 too.
        listen: Setting<Vec<SocketAddr>>, restart: true, example: r#"["0.0.0.0:1965", "[::]:1965"]"#;
        /// The port in published URLs, if a port forward makes it differ from the listening port.
        port: Setting<Option<Port>>, restart: true, example: "1965";
        /// Whether requests for another port in the URL are refused with status 53. Turn it off if the server cannot
        /// know which ports are forwarded to it.
        check_port: Setting<bool> = true, restart: true;
        /// The oldest accepted version of TLS: `"1.2"`, which some clients need, or `"1.3"`.
        min_tls: Setting<TlsVersions> = TlsVersions::From12;
    }

    /// How capsules are served over Gopher; `listen`, `hostname`, `port` and `tls` are those of the first one.
    pub struct GopherTable {
        /// Whether capsules are served over Gopher.
        enabled: Setting<bool> = true, restart: true;
        /// The width of text in columns. Most Gopher authors wrap lines at 67 columns, which no client truncates.
        width: Setting<Width> = InRange(67);
        ..listener: GopherListener;
    }

    /// Where one capsule is served over Gopher.
    pub struct GopherListener {
        /// Addresses to listen on. Default: port 70 if the process may bind it, else 7070.
        listen: Setting<Vec<SocketAddr>>, restart: true, example: r#"["0.0.0.0:70", "[::]:70"]"#;
        /// The host name and port in menus. Default: the host name of the capsule, and the port that is listened on.
        hostname: Setting<Option<HostName>>, restart: true, example: r#""example.org""#;
        port: Setting<Option<Port>>, restart: true, example: "70";
        /// Whether TLS is accepted on the same port (gophers). Few clients use it.
        tls: Setting<bool>, restart: true;
    }

    /// Limits on what clients can use. Times are whole seconds.
    pub struct LimitsTable {
        /// Simultaneous connections. Beyond that, the connection that has taken longest to send its request is
        /// closed. Each connection needs an open file, and another one while it sends an attachment; if the system
        /// allows fewer (`ulimit -Hn`), the limit is lower, and the log says so at startup.
        connections: Setting<Count> = InRange(Limits::STANDARD.connections), restart: true;
        /// Simultaneous connections from one IPv4 address or one IPv6 /64. Beyond that, the one that has taken longest
        /// to send its request is closed; while all are being answered, further clients are told to wait.
        per_address: Setting<Count> = InRange(Limits::STANDARD.per_address), restart: true;
        /// Time for the TLS handshake. A slow mobile network needs two or three seconds.
        handshake: Setting<Seconds> = InRange(Limits::STANDARD.handshake.as_secs()), restart: true;
        /// Time for a client to send its whole request.
        request: Setting<Seconds> = InRange(Limits::STANDARD.request.as_secs()), restart: true;
        /// Time without progress after which a reply is abandoned, because the client has stopped reading. Only what
        /// the client's system has acknowledged is progress: the client must empty its receive buffer, often 64 KB,
        /// within this time at first, and within twenty times as long once it is known to read.
        write: Setting<Seconds> = InRange(Limits::STANDARD.write_stall.as_secs()), restart: true;
        /// Time in which a client may still send data after the reply.
        linger: Setting<Seconds> = InRange(Limits::STANDARD.linger.as_secs()), restart: true;
        /// Time for open connections to finish at shutdown.
        grace: Setting<Seconds> = InRange(Limits::STANDARD.grace.as_secs()), restart: true;
        /// With `capsules`: the most memory of the whole process, in megabytes. If loading a capsule would exceed it,
        /// those that were requested longest ago are unloaded.
        memory: Setting<Megabytes> = InRange(64), restart: true;
    }

    /// The access log: one line for each connection.
    pub struct LogTable {
        /// The file that lines are appended to, by default standard error, where other messages go. After the file is
        /// moved away, SIGHUP creates it again. If it cannot be written, lines are lost, but requests are answered.
        file: Setting<Option<PathBuf>>, restart: true, example: r#""/var/log/lamplit/access.log""#;
        /// How client addresses are logged: `"off"`, `"hashed"` (with a salt that changes at each start) or `"full"`.
        /// Addresses that are not logged cannot leak.
        addresses: Setting<LogAddresses> = LogAddresses::Off, restart: true;
        /// The format of the lines: `"text"` or `"json"`.
        format: Setting<LogFormat> = LogFormat::Text, restart: true;
    }

    /// Metrics for a collector such as Prometheus.
    pub struct MetricsTable {
        /// Loopback addresses on which a collector on this machine can read counters over HTTP, at `/metrics`. The
        /// counters identify no reader and no page. Default: none.
        listen: Setting<Vec<LoopbackAddress>>, restart: true, example: r#""127.0.0.1:9965""#;
    }

    /// Proxies in front of this server.
    pub struct ProxyTable {
        /// The addresses or networks of proxies such as HAProxy. They must state the address of each client with the
        /// PROXY protocol, version 1 or 2; limits and log then use that address. Connections from these addresses
        /// without such a header are refused, as are headers from other addresses. See packaging/haproxy.
        from: Setting<Vec<IpNet>>, restart: true, example: r#"["10.0.0.7", "2001:db8::/64"]"#;
    }

    /// The privileges of the process.
    pub struct PrivilegesTable {
        /// The user that the process switches to after it has bound its ports, if it was started by root. This user
        /// must own the keys, which are kept in `/var/lib/lamplit/certs` unless `certs` names another folder.
        user: Setting<Option<String>>, restart: true, example: r#""lamplit""#;
        /// The sandbox (Landlock and seccomp), which takes effect once all files are read and all ports are bound. The
        /// process can then only read the content and the folders of this file and of the keys (in a home, `.config` or
        /// `/etc`, the file alone), and only write to `certs` and to the folder of the log. It cannot open sockets or
        /// connections or start programs. `"best-effort"`: as much as the kernel supports; `"require"`: everything
        /// (Linux 6.12), or the start fails; `"off"`: no sandbox.
        sandbox: Setting<SandboxMode>, restart: true;
    }

    /// What surrounds the text of an essay.
    pub struct PagesTable {
        /// Where date, reading time and tags appear: `"footer"`, `"header"` or `"none"`. In the footer by default,
        /// because some clients draw the first line of text large. In plain text, `"footer"` puts them under the title.
        meta: Setting<MetaLine> = MetaLine::Footer;
        /// The label of the link at the end of each essay. By default it is in the language of the essay.
        back_label: Setting<Option<String>>, example: r#""← Home""#;
        /// The heading of the list, at the end of an essay, of the essays that mention it. By default it is in the
        /// language of the essay; with `""`, the list is left out.
        mentions_label: Setting<Option<String>>, example: r#""See also""#;
        /// Whether the headings of an essay that uses `#` for its sections move down one level, so that its title is
        /// the only one at the top. Off by default: gemtext has three levels, so the third and fourth would look alike.
        shift_headings: Setting<bool> = false;
        /// Whether `"quotes"`, `--` and `...` become typographic. Off by default: it damages code outside of backticks.
        smart: Setting<bool> = false;
        /// Whether line ends within paragraphs are kept, for an archive of poems. In other archives, mark single poems:
        /// `{.verse}` after a paragraph, or `::: verse` around several.
        line_breaks: Setting<bool> = false;
    }

    /// How Markdown becomes gemtext.
    pub struct GemtextTable {
        /// Emphasis: `"plain"` removes the marks, `"markers"` keeps them as `_x_` and `*x*`. Gemtext has no emphasis,
        /// so screen readers would read the marks aloud.
        emphasis: Setting<Emphasis>;
        /// Where the links of a text appear: after their paragraph (`"block"`), before the next heading (`"section"`),
        /// at the end of the page (`"end"`), or nowhere (`"off"`).
        links: Setting<LinkPlacement>;
        /// With `"number"`, labels and their links carry a number as in `[1]`, which helps if links are far from their
        /// text. With `"none"` they do not, because labels say more than numbers.
        link_markers: Setting<LinkMarkers>;
    }
}

/// A table of strings whose keys are listed elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StringTable(Vec<(Definition, Setting<Option<String>>)>);

impl StringTable {
    /// Returns a table with `keys` and no values. The documentation shows one key: its name, doc comment and example.
    fn new(
        keys: impl IntoIterator<Item = &'static str>,
        (shown, doc, example): (&'static str, &'static [&'static str], &'static str),
    ) -> Self {
        let definition = |name| {
            let (doc, example) = if name == shown { (doc, Some(example)) } else { (&[][..], None) };
            Definition { name, doc, example, restart: false }
        };
        Self(keys.into_iter().map(|name| (definition(name), Setting::default())).collect())
    }

    /// Returns the keys that have a value, with the value.
    pub fn pairs(&self) -> Vec<(String, String)> {
        self.0.iter().filter_map(|(key, own)| Some((key.name.to_owned(), own.value.clone()?))).collect()
    }
}

impl Table for StringTable {
    fn fields(&self) -> Vec<(Definition, &dyn Field)> {
        self.0.iter().map(|(definition, own)| (*definition, own as &dyn Field)).collect()
    }

    fn field_mut(&mut self, key: &str) -> Option<&mut dyn Field> {
        self.0.iter_mut().find(|(definition, _)| definition.name == key).map(|(_, own)| own as &mut dyn Field)
    }
}
