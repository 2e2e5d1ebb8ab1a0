//! The kind *signing key*: what an owner proves the numbers of its calls with (RFC 8224).

use std::borrow::Cow;

use ids::{SigningKeyId, TenantId};
use serde::{Deserialize, Serialize};
use stir::{Certificate, Chain, PrivateKey};
use tenancy::{Identified, Owner};
use utoipa::ToSchema;

use crate::invalid::{Invalid, rule};
use crate::kind::{KeyScope, Kind, Link, Place, UniqueKey, enabled};
use crate::kind_name::KindName;
use crate::name::name;
use crate::secret::Secret;
use crate::secret_rule::SecretRule;
use crate::shared_with;

/// Most signing keys of one owner.
pub const SIGNING_KEYS_MAX: u32 = 50;

/// Longest chain of certificates, in bytes of PEM.
const CERTIFICATES_MAX: usize = 16_384;
/// Longest address of a chain, in bytes.
const X5U_MAX: usize = 512;
/// What stands in an address for the document's id.
const ID: &str = "{id}";

/// A key that signs calls, with the certificates that say in whose name. The private key comes in
/// `secret`, in PEM (PKCS #8 or SEC 1), and is never shown again; without it nothing is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SigningKey {
    /// 1 to 64 of `0-9 A-Z a-z . _ -`; unique with its owner. It names the key in paths.
    #[schema(pattern = "^[0-9A-Za-z._-]{1,64}$", example = "shaken-2031")]
    pub name: String,
    /// A disabled key signs nothing. Its certificates stay published.
    #[serde(default = "enabled")]
    #[schema(default = true)]
    pub enabled: bool,
    /// The certificates in PEM, that of the key first, then those that lead to an authority: 1 to
    /// 6 of them, at most 16,384 bytes. The first is for a key of P-256 (RFC 8226).
    #[schema(max_length = 16_384)]
    pub certificates: String,
    /// Where others fetch the certificates: `https://…`, at most 512 bytes; `{id}` stands for the
    /// id of this document. The exchange publishes them at `/.well-known/stir/{id}.pem`.
    #[schema(
        max_length = 512,
        example = "https://pbx.operator.example/.well-known/stir/{id}.pem"
    )]
    pub x5u: String,
    /// The companies below its account whose calls it signs too, at most 1,000, by id or, in
    /// requests, by domain. A company's own key is shared with nobody.
    #[serde(default)]
    #[schema(value_type = Vec<String>, default = json!([]), max_items = 1_000)]
    pub shared_with: Vec<TenantId>,
}

impl SigningKey {
    /// The certificate of the key; `None` for a spec that is not valid.
    pub fn certificate(&self) -> Option<Certificate> {
        let chain = Chain::read(self.certificates.as_bytes()).ok()?;
        Some(chain.first().clone())
    }

    /// Where the certificates of the document with this id are fetched.
    pub fn address(&self, id: SigningKeyId) -> String {
        self.x5u.replace(ID, &id.to_string())
    }
}

/// Whether a text is an address that may stand in a header.
fn is_address(text: &str) -> bool {
    let plain = text.replace(ID, "id");
    let good = |b: u8| b.is_ascii_graphic() && !b"<>\"\\^`{}|#".contains(&b);
    let host = text
        .strip_prefix("https://")
        .and_then(|rest| rest.split(['/', '?']).next());
    text.len() <= X5U_MAX
        && plain.bytes().all(good)
        && host.is_some_and(|host| !host.is_empty() && !host.contains(['@', '{']))
}

impl Identified for SigningKey {
    type Id = SigningKeyId;
}

impl Kind for SigningKey {
    const NAME: KindName = KindName::SigningKey;
    const MANY: &'static str = "signing_keys";
    const PLACE: Place = Place::Anywhere;
    const KEY: &'static str = "name";
    const KEY_SPACE: &'static str = "signing_key";
    const LINKS: &'static [Link] = &[Link {
        member: "shared_with",
        kind: KindName::Tenant,
    }];
    const SECRET: SecretRule = SecretRule::PrivateKey;
    const SECRET_OF: &'static str = "key of the first certificate";
    const MOST: Option<u32> = Some(SIGNING_KEYS_MAX);

    fn new_id(unix_ms: u64, random: u128) -> SigningKeyId {
        SigningKeyId::new(unix_ms, random)
    }

    fn normalise(&mut self) {
        self.shared_with.sort_unstable();
        self.shared_with.dedup();
    }

    fn validate(&self) -> Result<(), Invalid> {
        name::<SigningKeyId>(&self.name)?;
        let short = self.certificates.len() <= CERTIFICATES_MAX;
        rule(short, "/certificates", "must have at most 16384 bytes")?;
        // in DER they are for others to send; here they are read as text
        let text = self.certificates.starts_with('0');
        rule(!text, "/certificates", "must hold a certificate in PEM")?;
        if let Err(bad) = Chain::read(self.certificates.as_bytes()) {
            return Err(Invalid::new("/certificates", bad.to_string()));
        }
        rule(
            is_address(&self.x5u),
            "/x5u",
            "must be https://HOST/… of at most 512 bytes, without user name and fragment; \
             {id} stands for the id",
        )?;
        shared_with::validate(&self.shared_with)
    }

    fn validate_for(&self, owner: Owner) -> Result<(), Invalid> {
        let refusal = "must be left out: a company shares its key with nobody";
        shared_with::validate_for(owner, &self.shared_with, refusal)
    }

    fn validate_secret(&self, secret: &Secret) -> Result<(), Invalid> {
        let key = secret.signing_key().map(|key: PrivateKey| key.public());
        let named = self.certificate().map(|certificate| certificate.key);
        rule(
            key.is_some() && key == named,
            "/secret",
            "must be the private key of the first of the certificates",
        )
    }

    /// On the key that the first certificate names, so that a renewed one needs no new secret.
    fn secret_depends_on(&self) -> Cow<'_, str> {
        let key = self
            .certificate()
            .map(|certificate| certificate.key.to_hex());
        Cow::Owned(key.unwrap_or_default())
    }

    fn unique_keys(&self) -> Vec<UniqueKey> {
        vec![UniqueKey {
            space: "signing_key",
            key: self.name.clone(),
            scope: KeyScope::PerOwner,
        }]
    }

    fn natural_key(&self) -> String {
        self.name.clone()
    }
}
