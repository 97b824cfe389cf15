//! Private areas of the real program, asked by clients with certificates of their own.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use lamplit::host::Fingerprint;
use rcgen::{CertificateParams, KeyPair, SignatureAlgorithm};
use tempfile::TempDir;
use time::{Duration, OffsetDateTime};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::ResolvesClientCert;
use tokio_rustls::rustls::crypto::aws_lc_rs::sign::any_supported_type;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{DEFAULT_VERSIONS, HandshakeKind, SignatureScheme, SupportedProtocolVersion};

use super::FILES;
use crate::support::{Server, ask_gopher, lamplit, scratch_folder};
use testkit::tls_client::{self, Identity};

/// How long a change may take to be in force before the test gives up.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

/// Returns an identity whose certificate holds from and until so many days from now.
pub(crate) fn identity(from: i64, until: i64) -> Identity {
    identity_of(&rcgen::PKCS_ECDSA_P256_SHA256, from, until)
}

fn identity_of(algorithm: &'static SignatureAlgorithm, from: i64, until: i64) -> Identity {
    let key = KeyPair::generate_for(algorithm).expect("a key");
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.not_before = OffsetDateTime::now_utc() + Duration::days(from);
    params.not_after = OffsetDateTime::now_utc() + Duration::days(until);
    let certificate = params.self_signed(&key).expect("a certificate").der().clone();
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    Identity { certificate, key: Arc::new(key) }
}

/// Returns the program with `FILES` as `example.org`, where `reader` reads the desk, and as `other.example` without
/// anything private.
fn start(reader: &Identity) -> (Server, TempDir) {
    let folder = scratch_folder();
    for (name, text) in FILES {
        let path = folder.path().join("essays").join(name);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("writable");
        fs::write(path, text).expect("writable");
    }
    configure(folder.path(), &[reader]);
    (Server::from_command(serve(&folder.path().join("config.toml"))), folder)
}

/// Writes the configuration, in which `readers` read the desk.
fn configure(folder: &Path, readers: &[&Identity]) {
    let fingerprints: Vec<String> =
        readers.iter().map(|reader| Fingerprint::of(&reader.certificate).forms()[3].clone()).collect();
    let config = format!(
        "certs = \"certs\"\n[[capsule]]\nhostname = \"example.org\"\ncontent = \"essays\"\n\
         private = [{{ path = \"/desk/\", fingerprints = {fingerprints:?}, drafts = true }}]\n\
         [[capsule]]\nhostname = \"other.example\"\ncontent = \"essays\"\nprivate = []\n\
         [gemini]\nlisten = \"127.0.0.1:0\"\nport = 1965\n[gopher]\nlisten = \"127.0.0.1:0\"\ntls = true\n"
    );
    fs::write(folder.join("config.toml"), config).expect("writable");
}

fn serve(config: &Path) -> std::process::Command {
    let mut command = lamplit();
    command.arg("serve").arg("--config").arg(config);
    command
}

async fn ask(client: &TlsConnector, server: &Server, host: &str, path: &str) -> io::Result<String> {
    converse(client, server.gemini_sockets()[0], host, &format!("gemini://{host}{path}\r\n")).await.map(|it| it.0)
}

async fn converse(
    client: &TlsConnector,
    address: SocketAddr,
    host: &str,
    request: &str,
) -> io::Result<(String, Option<HandshakeKind>)> {
    let stream = TcpStream::connect(address).await?;
    let mut stream = client.connect(tls_client::name(host), stream).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).await?;
    let kind = stream.get_ref().1.handshake_kind();
    Ok((String::from_utf8_lossy(&reply).into_owned(), kind))
}

#[tokio::test]
async fn readers_are_recognised_in_both_versions_of_tls() {
    let reader = identity(-1, 1);
    let (server, _folder) = start(&reader);
    let (expired, early, stranger) = (identity(-2, -1), identity(1, 2), identity(-1, 1));
    for version in [&TLS12, &TLS13] {
        for (who, path, expected) in [
            (None, "/desk/", "60 "),
            (None, "/films/skin.gmi", "20 "),
            (Some(&reader), "/desk/", "20 text/gemini\r\n# My desk\n"),
            (Some(&reader), "/desk/films/new.gmi", "20 text/gemini\r\n# Hush\n"),
            (Some(&reader), "/desk/hush.jpg", "20 image/jpeg\r\nhush"),
            (Some(&reader), "/films/new.gmi", "51 "),
            (Some(&stranger), "/desk/", "61 "),
            (Some(&stranger), "/films/skin.gmi", "20 "),
            (Some(&expired), "/desk/", "62 "),
            (Some(&early), "/desk/", "62 "),
        ] {
            let client = tls_client::connector_with(who, &[version]);
            let reply = ask(&client, &server, "example.org", path).await.expect("a whole reply");
            assert!(reply.starts_with(expected), "T11 {:?} {path}: {reply}", version.version);
        }
    }
    let fingerprint = Fingerprint::of(&stranger.certificate).to_string();
    let client = tls_client::connector(Some(&stranger));
    let reply = ask(&client, &server, "example.org", "/desk/").await.expect("a whole reply");
    assert!(reply.contains(&fingerprint), "{reply}");
    assert!(!ask_gopher(server.gopher_sockets()[0], "/desk/").contains("desk"));
    let said = server.said();
    for identity in [&reader, &stranger, &expired] {
        let fingerprint = Fingerprint::of(&identity.certificate);
        assert!(!said.contains(&fingerprint.to_string()), "{said}"); // C5
    }
}

/// Shows a certificate with a key that is not its own, and remembers whether it was asked.
#[derive(Debug)]
struct Shower {
    shown: Arc<CertifiedKey>,
    asked: AtomicBool,
}

impl Shower {
    fn client(
        certificate: &Identity,
        key: &Identity,
        versions: &[&'static SupportedProtocolVersion],
    ) -> (TlsConnector, Arc<Self>) {
        let key = any_supported_type(&key.key).expect("a key");
        let shown = Arc::new(CertifiedKey::new(vec![certificate.certificate.clone()], key));
        let shower = Arc::new(Self { shown, asked: AtomicBool::new(false) });
        (tls_client::connector_showing(shower.clone(), versions), shower)
    }
}

impl ResolvesClientCert for Shower {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Relaxed);
        Some(self.shown.clone())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// Splits DER at the end of its first value; returns the content of that value too.
fn first_value(der: &[u8]) -> (&[u8], &[u8], &[u8]) {
    let (header, length) = match der[1] {
        short @ 0..=0x7f => (2, usize::from(short)),
        0x81 => (3, usize::from(der[2])),
        _ => (4, usize::from(u16::from_be_bytes([der[2], der[3]]))),
    };
    let (value, rest) = der.split_at(header + length);
    (value, &value[header..], rest)
}

fn sequence(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("a certificate is short").to_be_bytes();
    [&[0x30, 0x82][..], &length, content].concat()
}

/// Returns a certificate as `openssl x509 -req` makes it: of X.509 version 1, without the number of the version and
/// without extensions.
fn version_1(identity: &Identity) -> Identity {
    let (_, certificate, _) = first_value(&identity.certificate);
    let (_, mut fields, signature) = first_value(certificate);
    let mut kept = Vec::new();
    while !fields.is_empty() {
        let (field, _, rest) = first_value(fields);
        if !matches!(field[0], 0xa0 | 0xa3) {
            kept.extend(field);
        }
        fields = rest;
    }
    let certificate = sequence(&[sequence(&kept), signature.to_vec()].concat()).into();
    Identity { certificate, ..identity.clone() }
}

#[tokio::test]
async fn possession_of_the_key_is_verified_whatever_the_form_of_the_certificate() {
    let algorithms =
        [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_ECDSA_P384_SHA384, &rcgen::PKCS_ED25519, &rcgen::PKCS_RSA_SHA256];
    for algorithm in algorithms {
        let usual = identity_of(algorithm, -1, 1);
        for reader in [version_1(&usual), usual] {
            let (server, _folder) = start(&reader);
            let thief = identity_of(algorithm, -1, 1);
            for version in [&TLS12, &TLS13] {
                let shown = format!("T11 {algorithm:?} {:?}", version.version);
                let (thief, _) = Shower::client(&reader, &thief, &[version]);
                ask(&thief, &server, "example.org", "/desk/").await.expect_err(&shown);
                for (path, expected) in [("/desk/", "# My desk"), ("/films/skin.gmi", "# The Soft Skin")] {
                    let (client, _) = Shower::client(&reader, &reader, &[version]);
                    let reply = ask(&client, &server, "example.org", path).await.expect(&shown);
                    assert!(reply.starts_with("20 ") && reply.contains(expected), "{shown}: {reply}");
                }
            }
        }
    }
}

#[tokio::test]
async fn certificate_is_requested_only_by_hosts_with_private_areas() {
    let reader = identity(-1, 1);
    let (server, _folder) = start(&reader);
    for (host, asked) in [("example.org", true), ("other.example", false)] {
        let (client, shower) = Shower::client(&reader, &reader, DEFAULT_VERSIONS);
        let reply = ask(&client, &server, host, "/films/skin.gmi").await.expect("a whole reply");
        assert!(reply.starts_with("20 "), "{reply}");
        assert_eq!(shower.asked.load(Ordering::Relaxed), asked, "{host}"); // T11
    }
    // There is nothing private over Gopher, where TLS is only a wrapping.
    let (client, shower) = Shower::client(&reader, &reader, DEFAULT_VERSIONS);
    let menu = converse(&client, server.gopher_sockets()[0], "example.org", "/\r\n").await.expect("a menu").0;
    assert!(menu.starts_with("iLamps\t") && menu.ends_with(".\r\n"), "{menu}"); // G10
    assert!(!shower.asked.load(Ordering::Relaxed)); // T11
}

/// A resumed session presents no certificate, so a newly chosen identity would not take effect.
#[tokio::test]
async fn session_is_resumed_where_no_certificate_is_requested() {
    let (server, _folder) = start(&identity(-1, 1));
    for (host, later) in [("example.org", HandshakeKind::Full), ("other.example", HandshakeKind::Resumed)] {
        let client = tls_client::connector(None);
        let mut kind = None;
        for _ in 0..2 {
            let request = format!("gemini://{host}/\r\n");
            kind = converse(&client, server.gemini_sockets()[0], host, &request).await.expect("a reply").1;
        }
        assert_eq!(kind, Some(later), "{host}");
    }
}

/// A reader that is added to the configuration, and a draft that is saved, take effect at once.
#[tokio::test]
async fn saved_readers_and_drafts_take_effect_without_a_restart() {
    let (owner, friend) = (identity(-1, 1), identity(-1, 1));
    let (server, folder) = start(&owner);
    let until = async |who: &Identity, path: &str, expected: &str| {
        let client = tls_client::connector(Some(who));
        let deadline = Instant::now() + PATIENCE;
        loop {
            let reply = ask(&client, &server, "example.org", path).await.expect("a whole reply");
            if reply.contains(expected) {
                return;
            }
            assert!(Instant::now() < deadline, "still no `{expected}`: {reply}");
            tokio::task::yield_now().await;
        }
    };
    until(&friend, "/desk/letter.gmi", "61 You are not on the list").await;
    configure(folder.path(), &[&owner, &friend]);
    until(&friend, "/desk/letter.gmi", "# A letter").await;
    configure(folder.path(), &[&owner]);
    until(&friend, "/desk/letter.gmi", "61 You are not on the list").await;

    let draft = folder.path().join("essays/films/new.md");
    fs::write(&draft, "---\ndraft: true\n---\n# Hush\n\nAnother sentence.\n").expect("writable");
    until(&owner, "/desk/films/new.gmi", "Another sentence.").await;
    fs::write(&draft, "# Out at last\n").expect("writable");
    until(&owner, "/desk/films/new.gmi", "31 /films/new.gmi").await;
    until(&owner, "/films/new.gmi", "# Out at last").await;
}
