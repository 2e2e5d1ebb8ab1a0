//! The view of a document of any kind: what every document has, and its spec.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::marker::PhantomData;

use admin::documents::Written;
use domain::{Kind, PEM_MAX, Place, Resource, SECRET_MAX, SECRET_MIN, SecretRule};
use machine::WallTime;
use serde::{Deserialize, Serialize};
use tenancy::Owner;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{
    KnownFormat, Object, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type,
};
use utoipa::{PartialSchema, ToSchema};

use crate::operation::Schemas;

/// A document as it is shown. A secret is in it once, when it was generated.
#[derive(Serialize)]
#[serde(bound = "")]
pub(crate) struct View<K: Kind> {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<Owner>,
    revision: u64,
    #[serde(with = "machine::rfc3339")]
    created: WallTime,
    #[serde(with = "machine::rfc3339")]
    updated: WallTime,
    #[serde(flatten)]
    spec: K,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    former_secret_until: Option<FormerEnd>,
}

/// When a password before the present one is void; none when there is no such one any more.
#[derive(Serialize)]
#[serde(transparent)]
struct FormerEnd(#[serde(with = "machine::rfc3339::option")] Option<WallTime>);

impl<K: Kind> From<Resource<K>> for View<K> {
    fn from(resource: Resource<K>) -> Self {
        let owner = resource.owner;
        let (tenant, owner) = match K::PLACE {
            Place::Itself => (None, None),
            Place::Tenant => (Some(owner.to_string()), None),
            Place::Account | Place::Anywhere => (None, Some(owner)),
        };
        View {
            id: resource.id.to_string(),
            tenant,
            owner,
            revision: resource.revision,
            created: resource.created,
            updated: resource.updated,
            spec: resource.spec,
            secret: None,
            former_secret_until: (K::SECRET == SecretRule::Generated).then_some(FormerEnd(None)),
        }
    }
}

impl<K: Kind> View<K> {
    /// The same, with the end of the password before the present one, of those by id.
    pub(crate) fn with_former_end(mut self, ends: &BTreeMap<String, WallTime>) -> Self {
        if let Some(end) = &mut self.former_secret_until {
            end.0 = ends.get(&self.id).copied();
        }
        self
    }
}

impl<K: Kind> From<Written<K>> for View<K> {
    fn from(written: Written<K>) -> Self {
        let secret = written.secret.map(|secret| secret.reveal().to_owned());
        View {
            secret,
            ..View::from(written.resource)
        }
    }
}

/// What can be set on a document; only its schema is wanted.
pub(crate) struct Spec<K>(PhantomData<K>);

/// The schema of a kind's spec, with the secret that may come with it.
fn spec<K: Kind>() -> Object {
    let RefOr::T(Schema::Object(mut object)) = K::schema() else {
        return Object::new();
    };
    if let Some(secret) = secret(K::SECRET) {
        object
            .properties
            .insert("secret".to_owned(), secret.build().into());
    }
    object
}

/// The member in which a secret comes and goes.
fn secret(rule: SecretRule) -> Option<ObjectBuilder> {
    let said = match rule {
        SecretRule::None => return None,
        SecretRule::Generated => {
            "The secret. In a request: the one to be set, instead of a generated one. In an \
             answer: the one that was generated just now; it is never shown again."
        }
        SecretRule::Signing => {
            "The key that signs, when it was made just now; it is never shown again."
        }
        SecretRule::Supplied => "The secret to be set; it is never shown.",
        SecretRule::PrivateKey => {
            "The private key to be set, of P-256 in PEM (PKCS #8 or SEC 1); it is never shown."
        }
    };
    let most = match rule {
        SecretRule::PrivateKey => PEM_MAX,
        SecretRule::None | SecretRule::Generated | SecretRule::Signing | SecretRule::Supplied => {
            SECRET_MAX
        }
    };
    let secret = text(said)
        .min_length(Some(SECRET_MIN))
        .max_length(Some(most));
    Some(match rule {
        SecretRule::Signing => secret.read_only(true),
        SecretRule::Supplied | SecretRule::PrivateKey => secret.write_only(true),
        SecretRule::None | SecretRule::Generated => secret,
    })
}

/// The member that tells of a password before the present one. It changes by itself.
pub(crate) const FORMER_END: &str = "former_secret_until";

/// Its schema, for kinds whose documents may have such a password.
fn former_end(rule: SecretRule) -> Option<Object> {
    let said = "When the password before the present one is void, while both are valid; otherwise \
                null.";
    match rule {
        SecretRule::Generated => Some(
            ObjectBuilder::new()
                .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
                .description(Some(said))
                .read_only(true)
                .build(),
        ),
        SecretRule::None | SecretRule::Signing | SecretRule::Supplied | SecretRule::PrivateKey => {
            None
        }
    }
}

fn text(description: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(description))
}

/// The members that every document has besides its spec.
fn frame<K: Kind>() -> Vec<(&'static str, ObjectBuilder)> {
    let mut members = vec![("id", text("The id."))];
    match K::PLACE {
        Place::Itself => {}
        Place::Tenant => members.push(("tenant", text("The tenant's id."))),
        Place::Account | Place::Anywhere => members.push((
            "owner",
            text("Whose it is: `platform`, or the id of a reseller or a tenant."),
        )),
    }
    let revision = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(0))
        .description(Some(
            "1 when created, one more with each change; the `ETag` in quotes.",
        ));
    members.push(("revision", revision));
    let format = || Some(SchemaFormat::KnownFormat(KnownFormat::DateTime));
    let time = |said| text(said).format(format());
    members.push(("created", time("When it was created.")));
    members.push(("updated", time("When it was changed last.")));
    members
}

impl<K: Kind> PartialSchema for Spec<K> {
    fn schema() -> RefOr<Schema> {
        RefOr::T(Schema::Object(spec::<K>()))
    }
}

impl<K: Kind> ToSchema for Spec<K> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("{}Spec", K::name()))
    }

    fn schemas(all: &mut Schemas) {
        K::schemas(all);
    }
}

impl<K: Kind> PartialSchema for View<K> {
    fn schema() -> RefOr<Schema> {
        let mut object = spec::<K>();
        let always = object.properties.keys().filter(|name| *name != "secret");
        object.required = always.cloned().collect();
        for (name, member) in frame::<K>() {
            let member = member.read_only(true).build();
            object.properties.insert(name.to_owned(), member.into());
            object.required.push(name.to_owned());
        }
        if let Some(member) = former_end(K::SECRET) {
            object
                .properties
                .insert(FORMER_END.to_owned(), member.into());
            object.required.push(FORMER_END.to_owned());
        }
        RefOr::T(Schema::Object(object))
    }
}

impl<K: Kind> ToSchema for View<K> {
    fn name() -> Cow<'static, str> {
        K::name()
    }

    fn schemas(all: &mut Schemas) {
        K::schemas(all);
    }
}

/// To which revision a document is rolled back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rollback {
    /// A revision that the history still has.
    #[schema(minimum = 1, example = 3)]
    pub(crate) revision: u64,
}
