//! The operations on a kind, in the words of the kind.

use domain::{Kind, Permission, SecretRule, Verb};

use super::door::Door;
use super::handle;
use crate::list::List;
use crate::operation::{Operation, PAGE, Parameter, text};
use crate::problem::Kind as Refusal;
use crate::referrer::ReferrerView;
use crate::view::audit::VersionView;
use crate::view::document::{Rollback, Spec, View};
use crate::words;

const CREATE: &str = "\
Without a `secret` one is generated, which is in this answer and never again. A repeated request \
with the same `Idempotency-Key` is answered without it.";

const CREATE_SIGNING: &str = "\
`secret` in the answer is the key that signs, this once and never again. A repeated request with the \
same `Idempotency-Key` is answered without it.";

const CREATE_SUPPLIED: &str = "\
The `secret` that may come with it is kept sealed and never shown.";

const REPLACE: &str = "\
What is left out has its default, but the secret stays. What is kept of a secret may depend on the \
name; then a new name needs a `secret`.";

const USED_BY: &str = "\
What must be deleted or changed before it can be deleted, in the order of kind, id and field.";

/// The heading under which a kind's operations stand.
pub(super) fn tag<K: Kind>() -> String {
    words::plain(&words::capital(K::MANY))
}

/// The words of one kind's operations.
struct Words {
    all: String,
    one: String,
    label: String,
    what: String,
    a: String,
}

pub(super) fn operations<K: Kind, D: Door>(label: &str) -> Vec<Operation> {
    let name = K::NAME.as_str();
    let all = format!("{}/{}", D::BASE, K::MANY);
    let words = Words {
        one: format!("{all}/{{{name}}}"),
        all,
        label: format!("{label}{}", words::joined(name)),
        what: words::plain(name),
        a: words::one(name),
    };
    let mut operations = vec![
        list::<K, D>(&words, label),
        create::<K, D>(&words),
        get::<K, D>(&words),
        replace::<K, D>(&words),
        change::<K, D>(&words),
        delete::<K, D>(&words),
    ];
    match K::SECRET {
        SecretRule::None | SecretRule::Supplied | SecretRule::PrivateKey => {}
        SecretRule::Generated | SecretRule::Signing => operations.push(rotate::<K, D>(&words)),
    }
    operations.push(referrers::<K, D>(&words));
    operations.push(history::<K, D>(&words));
    operations.push(roll_back::<K, D>(&words));
    operations
}

/// The query parameters of a kind's list.
fn filters<K: Kind>(many: &str) -> Vec<Parameter> {
    let key = words::key::<K>();
    let about = |name: &'static str, said: String| Parameter {
        description: said.into(),
        ..text(name, "")
    };
    let mut all = vec![
        about(
            "filter",
            format!("Only {many} of which {key} contains this text."),
        ),
        about(
            "sort",
            format!("`created` (default) or `name`, which is {key}."),
        ),
    ];
    all.extend(K::LINKS.iter().map(|link| {
        let kind = words::one(link.kind.as_str());
        let member = link.member;
        about(
            member,
            format!("Only {many} whose `{member}` is this: {kind}, by id or name."),
        )
    }));
    all
}

fn list<K: Kind, D: Door>(words: &Words, label: &str) -> Operation {
    let many = words::plain(K::MANY);
    let name = format!("list{label}{}", words::joined(K::MANY));
    Operation::get(words.all.clone(), name, handle::list::<K, D>)
        .needs(Permission::of_kind(K::NAME, Verb::Read))
        .tells(format!("List {many}"), D::FOR.trim())
        .query(&PAGE)
        .query(&filters::<K>(&many))
        .gives::<List<View<K>>>(format!("One page of {many}."))
        .refuses(&[Refusal::NotFound])
}

fn create<K: Kind, D: Door>(words: &Words) -> Operation {
    let told = match K::SECRET {
        SecretRule::None => "What it refers to may be named by id or by name.",
        SecretRule::Generated => CREATE,
        SecretRule::Signing => CREATE_SIGNING,
        SecretRule::Supplied | SecretRule::PrivateKey => CREATE_SUPPLIED,
    };
    let name = format!("create{}", words.label);
    Operation::post(words.all.clone(), name, handle::create::<K, D>)
        .needs(Permission::of_kind(K::NAME, Verb::Create))
        .tells(format!("Create {}", words.a), format!("{}{told}", D::FOR))
        .takes::<Spec<K>>()
        .creates::<View<K>>(format!("The {}.", words.what))
        .tagged()
        .refuses(&[Refusal::NotFound, Refusal::Taken, Refusal::Quota])
}

fn get<K: Kind, D: Door>(words: &Words) -> Operation {
    let name = format!("get{}", words.label);
    let by = format!("`{{{}}}` is its id or {}.", K::NAME, words::key::<K>());
    Operation::get(words.one.clone(), name, handle::get::<K, D>)
        .needs(Permission::of_kind(K::NAME, Verb::Read))
        .tells(format!("Show {}", words.a), by)
        .gives::<View<K>>(format!("The {}.", words.what))
        .tagged()
}

fn replace<K: Kind, D: Door>(words: &Words) -> Operation {
    let told = match K::SECRET {
        SecretRule::None => "What is left out has its default.",
        SecretRule::Generated => REPLACE,
        SecretRule::Signing | SecretRule::Supplied | SecretRule::PrivateKey => {
            "What is left out has its default, but the secret stays."
        }
    };
    let name = format!("replace{}", words.label);
    Operation::put(words.one.clone(), name, handle::replace::<K, D>)
        .needs(Permission::of_kind(K::NAME, Verb::Change))
        .tells(format!("Replace {}", words.a), format!("{}{told}", D::FOR))
        .takes::<Spec<K>>()
        .gives::<View<K>>(format!("The {} as it is now.", words.what))
        .tagged()
        .refuses(&[Refusal::Taken])
}

fn change<K: Kind, D: Door>(words: &Words) -> Operation {
    let told = "What is left out stays as it is.";
    let name = format!("change{}", words.label);
    Operation::patch(words.one.clone(), name, handle::change::<K, D>)
        .needs(Permission::of_kind(K::NAME, Verb::Change))
        .tells(format!("Change {}", words.a), format!("{}{told}", D::FOR))
        .merges::<Spec<K>>()
        .gives::<View<K>>(format!("The {} as it is now.", words.what))
        .tagged()
        .refuses(&[Refusal::Taken])
}

fn delete<K: Kind, D: Door>(words: &Words) -> Operation {
    let told =
        "What refers to it must be deleted or changed before; a refusal names it in `in_use`.";
    let name = format!("delete{}", words.label);
    Operation::delete(words.one.clone(), name, handle::delete::<K, D>)
        .needs(Permission::of_kind(K::NAME, Verb::Remove))
        .tells(format!("Delete {}", words.a), format!("{}{told}", D::FOR))
        .may_be_revised()
        .refuses(&[Refusal::InUse])
}

fn rotate<K: Kind, D: Door>(words: &Words) -> Operation {
    let told = match K::SECRET {
        SecretRule::None
        | SecretRule::Supplied
        | SecretRule::PrivateKey
        | SecretRule::Generated => {
            "The old one is void at once or, with `overlap_seconds`, stays valid beside the new \
             one for so long; the registrations show who still uses it. Never are more than two \
             valid. The new one is in this answer and never again."
        }
        SecretRule::Signing => {
            "For a day both keys sign, the new one and the one before. The new one is in this \
             answer and never again."
        }
    };
    let overlap = Parameter {
        integer: true,
        ..text(
            "overlap_seconds",
            "How long the old secret stays valid, at most 2592000 (30 days); 0 when left out.",
        )
    };
    let known = match K::SECRET {
        SecretRule::None | SecretRule::Supplied | SecretRule::PrivateKey | SecretRule::Signing => {
            Vec::new()
        }
        SecretRule::Generated => vec![overlap],
    };
    let path = format!("{}/secret", words.one);
    let name = format!("rotate{}Secret", words.label);
    Operation::post(path, name, handle::rotate::<K, D>)
        .needs(Permission::of_kind(K::NAME, Verb::Rotate))
        .tells(
            format!("Give {} a new secret", words.a),
            format!("{}{told}", D::FOR),
        )
        .query(&known)
        .gives::<View<K>>(format!("The {}, with its new secret.", words.what))
        .tagged()
        .may_be_revised()
}

fn referrers<K: Kind, D: Door>(words: &Words) -> Operation {
    let path = format!("{}/used-by", words.one);
    let name = format!("get{}UsedBy", words.label);
    Operation::get(path, name, handle::referrers::<K, D>)
        .needs(Permission::of_kind(K::NAME, Verb::Read))
        .tells(
            format!("Show what refers to {}", words.a),
            format!("{}{USED_BY}", D::FOR),
        )
        .query(&PAGE)
        .gives::<List<ReferrerView>>("One page of those who refer to it.")
}

fn history<K: Kind, D: Door>(words: &Words) -> Operation {
    let path = format!("{}/history", words.one);
    let name = format!("get{}History", words.label);
    Operation::get(path, name, handle::history::<K, D>)
        .needs(Permission::of_kind(K::NAME, Verb::Read))
        .tells(
            format!("Show the revisions of {}", words.a),
            "The latest 100, newest first.",
        )
        .gives::<List<VersionView>>("All revisions that are kept.")
}

fn roll_back<K: Kind, D: Door>(words: &Words) -> Operation {
    let told = match K::SECRET {
        SecretRule::None => "It becomes what it was at that revision, as a new revision.",
        SecretRule::Generated
        | SecretRule::Signing
        | SecretRule::Supplied
        | SecretRule::PrivateKey => {
            "It becomes what it was at that revision, as a new revision. Its secret stays."
        }
    };
    let path = format!("{}/rollback", words.one);
    let name = format!("rollBack{}", words.label);
    Operation::post(path, name, handle::roll_back::<K, D>)
        .needs(Permission::of_kind(K::NAME, Verb::Change))
        .tells(
            format!("Roll {} back", words.a),
            format!("{}{told}", D::FOR),
        )
        .takes::<Rollback>()
        .gives::<View<K>>(format!("The {} as it is now.", words.what))
        .tagged()
        .may_be_revised()
        .refuses(&[Refusal::Taken])
}
