//! By which id a secret is known to its issuer, told from the secret itself: the fingerprint of an SSH key, the thumbprint
//! of a certificate, the id of a service account's key. The ids are no secrets; of the rest nothing is kept.
//!
//! Of an OpenSSH key only its public half is read, which stands in the clear before the private one; no library for keys is
//! drawn in for that.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use serde::Deserialize;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// What a secret tells of itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    /// Ids, each of which stands for one value.
    pub(crate) ids: Vec<String>,
    /// As whom it acts, by the issuer's name.
    pub(crate) owner: Option<String>,
}

/// What `secret` tells of itself; nothing, in most cases.
pub(crate) fn of(secret: &str) -> Identity {
    let mut identity = Identity::default();
    if let Some(key) = service_account(secret) {
        identity.ids.extend(Some(key.id).filter(|id| is_word(id)));
        identity.owner = Some(key.email).filter(|email| is_word(email));
    }
    identity.ids.extend(open_ssh(secret));
    for certificate in blocks(secret, "CERTIFICATE") {
        identity.ids.push(hexadecimal(&Sha1::digest(&*certificate)));
        identity
            .ids
            .push(hexadecimal(&Sha256::digest(&*certificate)));
    }
    identity
}

/// An id in the form in which it is compared: hexadecimal digits without colons and in lower case, anything else as it is.
pub(crate) fn normal(id: &str) -> String {
    let digits: String = id.chars().filter(|&letter| letter != ':').collect();
    let is_digits = digits.len() >= 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    match is_digits {
        true => digits.to_ascii_lowercase(),
        false => id.trim_end_matches('=').to_owned(),
    }
}

/// The fingerprint of a public SSH key as OpenSSH writes it: `SHA256:…`, without padding.
fn ssh_fingerprint(public: &[u8]) -> String {
    format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(public)))
}

/// Source: openssh-portable, `PROTOCOL.key` (read 2026-11): the magic word, the names of cipher and key derivation, its
/// options, the number of keys, and then the first public key.
fn open_ssh(secret: &str) -> Option<String> {
    let block = blocks(secret, "OPENSSH PRIVATE KEY").pop()?;
    let mut rest = block.strip_prefix(b"openssh-key-v1\0")?;
    for _ in ["cipher", "derivation", "options"] {
        rest = string(rest)?.1;
    }
    let (_, rest) = rest.split_at_checked(4)?;
    let (public, _) = string(rest)?;
    (!public.is_empty()).then(|| ssh_fingerprint(public))
}

/// A string with its length before it, and what follows.
fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

/// The bytes of the blocks of that label, as RFC 7468 frames them. Line ends may be written out as `\n`.
fn blocks(text: &str, label: &str) -> Vec<Zeroizing<Vec<u8>>> {
    let (begin, end) = (
        format!("-----BEGIN {label}-----"),
        format!("-----END {label}-----"),
    );
    let inner = text.split(&begin).skip(1);
    let inner = inner.filter_map(|rest| rest.split_once(&end));
    let bytes = inner.filter_map(|(body, _)| {
        let body = Zeroizing::new(body.replace("\\n", "").replace("\\r", ""));
        let plain = |letter: &char| !letter.is_whitespace();
        let body: Zeroizing<String> = Zeroizing::new(body.chars().filter(plain).collect());
        STANDARD.decode(body.as_bytes()).ok().map(Zeroizing::new)
    });
    bytes.collect()
}

/// The parts of a service account's key file that are no secrets.
///
/// Source: Google Cloud IAM, "Create and delete service account keys" (read 2026-11).
#[derive(Deserialize)]
struct ServiceAccount {
    #[serde(rename = "type")]
    kind: String,
    #[serde(rename = "private_key_id", default)]
    id: String,
    #[serde(rename = "client_email", default)]
    email: String,
}

fn service_account(secret: &str) -> Option<ServiceAccount> {
    let key: ServiceAccount = serde_json::from_str(secret).ok()?;
    (key.kind == "service_account").then_some(key)
}

/// Whether it is one word, as ids and addresses are.
fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 128
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"@.-_".contains(&byte))
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pem(label: &str, bytes: &[u8], end: &str) -> String {
        let body = STANDARD.encode(bytes);
        format!("-----BEGIN {label}-----{end}{body}{end}-----END {label}-----{end}")
    }

    fn with_length(bytes: &[u8]) -> Vec<u8> {
        let mut all = u32::try_from(bytes.len()).unwrap().to_be_bytes().to_vec();
        all.extend(bytes);
        all
    }

    #[test]
    fn an_open_ssh_key_is_known_by_its_public_half() {
        // RFC 8032, 7.1, test 1: a public key; the fingerprint is what `ssh-keygen -l` prints of it.
        let digits = b"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        let byte = |pair: &[u8]| {
            let pair = std::str::from_utf8(pair).unwrap();
            u8::from_str_radix(pair, 16).unwrap()
        };
        let key: Vec<u8> = digits.chunks(2).map(byte).collect();
        let public = [with_length(b"ssh-ed25519"), with_length(&key)].concat();
        let file = [
            b"openssh-key-v1\0".to_vec(),
            with_length(b"none"),
            with_length(b"none"),
            with_length(b""),
            1u32.to_be_bytes().to_vec(),
            with_length(&public),
            with_length(b"EXAMPLE"),
        ]
        .concat();
        let expected = ["SHA256:bbXpuKG6zhzdmnxq256TlqzFBzRl2f6OOg722cYNbU8"];
        for end in ["\n", "\\n"] {
            let told = of(&pem("OPENSSH PRIVATE KEY", &file, end));
            assert_eq!(told.ids, expected);
        }
        assert_eq!(
            of(&pem("OPENSSH PRIVATE KEY", &file[..40], "\n")).ids,
            [""; 0]
        );
        assert_eq!(of(&pem("RSA PRIVATE KEY", &file, "\n")).ids, [""; 0]);
    }

    #[test]
    fn a_certificate_beside_its_key_is_known_by_its_thumbprints() {
        let told = of(&pem("CERTIFICATE", b"abc", "\n"));
        // FIPS 180-2, appendices A.1 and B.1: the hashes of "abc".
        assert_eq!(
            told.ids,
            [
                "a9993e364706816aba3e25717850c26c9cd0d89d",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            ]
        );
        assert_eq!(
            normal("A9:99:3E:36:47:06:81:6A:BA:3E:25:71:78:50:C2:6C:9C:D0:D8:9D"),
            told.ids[0]
        );
        assert_eq!(normal("SHA256:abc="), "SHA256:abc");
    }

    #[test]
    fn a_key_file_of_a_service_account_tells_its_id_and_account() {
        let file = r#"{"type":"service_account","private_key_id":"0123abcd","client_email":"a@b.iam.gserviceaccount.com","private_key":"EXAMPLE"}"#;
        let told = of(file);
        assert_eq!(told.ids, ["0123abcd"]);
        assert_eq!(told.owner.as_deref(), Some("a@b.iam.gserviceaccount.com"));
        assert_eq!(
            of(&file.replace("service_account", "authorized_user")),
            Identity::default()
        );
        let odd = file.replace("0123abcd", "a secret, not an id");
        assert_eq!(of(&odd).ids, [""; 0]);
    }
}
