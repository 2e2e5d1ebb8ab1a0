//! What carries the operations on documents out, the same for all kinds.

use std::slice;

use admin::documents::{self, Written};
use admin::{Reach, merge_patch, read_object};
use domain::{Kind, Link, Resource};
use ports::StoreError;

use super::door::Door;
use crate::call::{Answer, Call};
use crate::giving;
use crate::list::List;
use crate::problem::Problem;
use crate::query::Meant;
use crate::referrer::ReferrerView;
use crate::view::audit::VersionView;
use crate::view::document::{Rollback, View};

/// The answer with a document.
async fn shown<K: Kind, S: Reach>(
    call: &Call,
    scope: &S,
    resource: Resource<K>,
) -> Result<Answer, Problem> {
    let revision = resource.revision;
    let ends = documents::former_ends(&call.office, scope, slice::from_ref(&resource)).await?;
    let view = View::from(resource).with_former_end(&ends);
    Ok(Answer::json(&view)?.at_revision(revision))
}

/// The answer with a document that was changed.
async fn changed<K: Kind, D: Door>(
    call: &Call,
    scope: &D::Scope,
    resource: Resource<K>,
) -> Result<Answer, Problem> {
    D::changed(call, &resource).await?;
    shown(call, scope, resource).await
}

/// The answer with a secret; what is remembered of it is without.
async fn told<K: Kind, S: Reach>(
    call: &Call,
    scope: &S,
    written: Written<K>,
) -> Result<Answer, Problem> {
    if written.secret.is_none() {
        return shown(call, scope, written.resource).await;
    }
    let (bare, revision) = (written.resource.clone(), written.resource.revision);
    let ends = documents::former_ends(&call.office, scope, slice::from_ref(&bare)).await?;
    let bare = View::from(bare).with_former_end(&ends);
    let answer = Answer::json(&View::from(written).with_former_end(&ends))?;
    answer.at_revision(revision).remembered_as(&bare)
}

/// A document, the proof that it was found, and the scope in which it was.
type Named<K, S> = (S, <S as Reach>::Found<K>, Resource<K>);

/// The document that the path names.
async fn named<K: Kind, D: Door>(call: &Call) -> Result<Named<K, D::Scope>, Problem> {
    let scope = D::open(call).await?;
    let reference = call.reference(K::NAME.as_str());
    let (found, resource) = documents::find(&call.office, &scope, &reference).await?;
    Ok((scope, found, resource))
}

pub(super) async fn list<K: Kind, D: Door>(call: Call) -> Result<Answer, Problem> {
    let scope = D::open(&call).await?;
    let mut page = call.page()?;
    page.filter.refers_to = match meant::<K, D::Scope>(&call, &scope).await? {
        Meant::Any => None,
        Meant::This(id) => Some(id),
        Meant::Nobody => return Answer::json(&List::<View<K>>::empty()),
    };
    let found = documents::list(&call.office, &scope, &page).await?;
    let ends = documents::former_ends(&call.office, &scope, &found.items).await?;
    let views = found.items.into_iter();
    let views = views.map(|one| View::from(one).with_former_end(&ends));
    Answer::json(&List::<View<K>>::of(views.collect(), found.next))
}

/// The document that those listed must refer to.
async fn meant<K: Kind, S: Reach>(call: &Call, scope: &S) -> Result<Meant<String>, Problem> {
    let mut said = K::LINKS
        .iter()
        .filter_map(|link| Some((link, call.parameter(link.member)?)));
    let Some((link, text)) = said.next() else {
        return Ok(Meant::Any);
    };
    if let Some((other, _)) = said.next() {
        let rule = format!("must not be said beside {}", link.member);
        return Err(Problem::parameter(other.member, rule));
    }
    match id_of(call, scope, link, text).await {
        Ok(id) => Ok(Meant::This(id)),
        Err(StoreError::NotFound) => Ok(Meant::Nobody),
        Err(error) => Err(error.into()),
    }
}

/// The id that a text means. An id is taken as it is.
async fn id_of<S: Reach>(
    call: &Call,
    scope: &S,
    link: &Link,
    text: &str,
) -> Result<String, StoreError> {
    if link.kind.is_id(text) {
        return Ok(text.to_owned());
    }
    documents::id_of(&call.office, scope, link.kind, text).await
}

pub(super) async fn create<K: Kind, D: Door>(call: Call) -> Result<Answer, Problem> {
    let scope = D::open(&call).await?;
    let value = call.json()?;
    giving::check::<K, _>(&call, &scope, &value).await?;
    let written: Written<K> = documents::create(&call.office, &scope, value).await?;
    let (owner, id) = (written.resource.owner, written.resource.id);
    let location = format!("{}/{id}", D::path::<K>(owner));
    Ok(told(&call, &scope, written).await?.created(location))
}

pub(super) async fn get<K: Kind, D: Door>(call: Call) -> Result<Answer, Problem> {
    let (scope, _, resource) = named::<K, D>(&call).await?;
    if call.has_revision(resource.revision) {
        return Ok(Answer::not_modified(resource.revision));
    }
    shown(&call, &scope, resource).await
}

pub(super) async fn replace<K: Kind, D: Door>(call: Call) -> Result<Answer, Problem> {
    let (scope, found, present) = named::<K, D>(&call).await?;
    let revision = call.required_revision()?;
    let value = call.replacement(&View::from(present))?;
    giving::check::<K, _>(&call, &scope, &value).await?;
    let resource: Resource<K> =
        documents::replace(&call.office, &scope, found, revision, value).await?;
    changed::<K, D>(&call, &scope, resource).await
}

pub(super) async fn change<K: Kind, D: Door>(call: Call) -> Result<Answer, Problem> {
    let (scope, found, present) = named::<K, D>(&call).await?;
    let revision = call.required_revision()?;
    let patch = call.json()?;
    let mut value = serde_json::to_value(&present.spec).unwrap_or_default();
    merge_patch(&mut value, &patch);
    giving::check::<K, _>(&call, &scope, &value).await?;
    let resource: Resource<K> =
        documents::patch(&call.office, &scope, found, revision, &patch).await?;
    changed::<K, D>(&call, &scope, resource).await
}

pub(super) async fn delete<K: Kind, D: Door>(call: Call) -> Result<Answer, Problem> {
    let (scope, found, _) = named::<K, D>(&call).await?;
    let revision = call.optional_revision()?;
    documents::delete::<K, _>(&call.office, &scope, found, revision).await?;
    Ok(Answer::empty())
}

pub(super) async fn rotate<K: Kind, D: Door>(call: Call) -> Result<Answer, Problem> {
    let (scope, found, _) = named::<K, D>(&call).await?;
    let revision = call.optional_revision()?;
    let (office, overlap) = (&call.office, call.overlap()?);
    let rotated = documents::rotate_secret::<K, _>(office, &scope, found, revision, overlap);
    told(&call, &scope, rotated.await?).await
}

pub(super) async fn referrers<K: Kind, D: Door>(call: Call) -> Result<Answer, Problem> {
    let (scope, found, _) = named::<K, D>(&call).await?;
    let page = call.page()?;
    let found = documents::referrers::<K, _>(&call.office, &scope, found, &page).await?;
    Answer::json(&List::<ReferrerView>::of(found.by, found.next))
}

pub(super) async fn history<K: Kind, D: Door>(call: Call) -> Result<Answer, Problem> {
    let (scope, found, _) = named::<K, D>(&call).await?;
    let versions = documents::history::<K, _>(&call.office, &scope, found).await?;
    Answer::json(&List::<VersionView>::of(versions, None))
}

pub(super) async fn roll_back<K: Kind, D: Door>(call: Call) -> Result<Answer, Problem> {
    let (scope, found, _) = named::<K, D>(&call).await?;
    let expected = call.optional_revision()?;
    let to: Rollback = read_object(&call.json()?)?;
    let office = &call.office;
    let versions = documents::history::<K, _>(office, &scope, found).await?;
    if let Some(earlier) = versions.iter().find(|one| one.revision == to.revision) {
        giving::check::<K, _>(&call, &scope, &earlier.document.spec).await?;
    }
    let resource: Resource<K> =
        documents::roll_back(office, &scope, found, expected, to.revision).await?;
    changed::<K, D>(&call, &scope, resource).await
}
