//! Operations on the kinds that accounts own, the same for each: resellers and plans.

use admin::below;
use domain::{Kind as Documented, Resource};
use serde::Serialize;
use tenancy::Below;
use utoipa::ToSchema;

use crate::call::{Answer, Call};
use crate::list::List;
use crate::operation::{Operation, PAGE, text};
use crate::problem::{Kind, Problem};
use crate::view::audit::VersionView;
use crate::view::rollback::Rollback;

/// A kind that is shown as `Self::View` and written as `Self::Spec`.
pub(super) trait Shown: Documented {
    type View: From<Resource<Self>> + Serialize + ToSchema + Send;
    type Spec: ToSchema;
    const WORDS: Words;
}

/// What a kind's operations are called and tell.
#[derive(Clone, Copy)]
pub(super) struct Words {
    /// The path parameter, such as `reseller`.
    pub(super) segment: &'static str,
    pub(super) tag: &'static str,
    /// Paths: of all, of one, of its history, of rolling it back.
    pub(super) paths: [&'static str; 4],
    /// Names: list, create, get, replace, change, delete, history, roll back.
    pub(super) names: [&'static str; 8],
    /// Headings, in the same order.
    pub(super) headings: [&'static str; 8],
    pub(super) filter: &'static str,
    pub(super) deleting: &'static str,
}

pub(super) fn operations<K: Shown>() -> Vec<Operation> {
    let words = K::WORDS;
    let [all, one, history_path, rollback_path] = words.paths;
    let heads = words.headings;
    let sort = text("sort", "`created` (default) or `name`.");
    let [
        lists,
        creates,
        gets,
        replaces,
        changes,
        deletes,
        histories,
        rolls,
    ] = words.names;
    let operations = [
        Operation::get(all, lists, list::<K>)
            .tells(heads[0], "For operators and resellers.")
            .query(&PAGE)
            .query(&[text("filter", words.filter), sort])
            .gives::<List<K::View>>("One page."),
        Operation::post(all, creates, create::<K>)
            .tells(heads[1], "For operators and resellers.")
            .takes::<K::Spec>()
            .creates::<K::View>("What was made.")
            .tagged()
            .refuses(&[Kind::NotFound, Kind::Taken]),
        Operation::get(one, gets, get::<K>)
            .tells(heads[2], "For operators and resellers.")
            .gives::<K::View>("What it is.")
            .tagged(),
        Operation::put(one, replaces, replace::<K>)
            .tells(heads[3], "What is left out has its default.")
            .takes::<K::Spec>()
            .gives::<K::View>("What it is now.")
            .tagged()
            .refuses(&[Kind::Taken]),
        Operation::patch(one, changes, change::<K>)
            .tells(heads[4], "What is left out stays as it is.")
            .merges::<K::Spec>()
            .gives::<K::View>("What it is now.")
            .tagged()
            .refuses(&[Kind::Taken]),
        Operation::delete(one, deletes, delete::<K>)
            .tells(heads[5], words.deleting)
            .may_be_revised()
            .refuses(&[Kind::InUse]),
        Operation::get(history_path, histories, history::<K>)
            .tells(heads[6], "The latest 100, newest first.")
            .gives::<List<VersionView>>("All revisions that are kept."),
        Operation::post(rollback_path, rolls, roll_back::<K>)
            .tells(heads[7], "What it was then becomes a new revision.")
            .takes::<Rollback>()
            .gives::<K::View>("What it is now.")
            .tagged()
            .may_be_revised()
            .refuses(&[Kind::Taken]),
    ];
    let tagged = operations.map(|operation| operation.tag(words.tag));
    let mut operations = Vec::from(tagged);
    for operation in &mut operations {
        // what cannot be found is told of the list, too: to tenants' keys there are no accounts
        *operation = operation.clone().refuses(&[Kind::NotFound]);
    }
    operations
}

fn shown<K: Shown>(resource: Resource<K>) -> Result<Answer, Problem> {
    let revision = resource.revision;
    Ok(Answer::json(&K::View::from(resource))?.at_revision(revision))
}

async fn found<K: Shown>(call: &Call) -> Result<(Below<K::Id>, Resource<K>), Problem> {
    let reference = call.reference(K::WORDS.segment);
    Ok(below::find(&call.office, &call.account()?, &reference).await?)
}

async fn list<K: Shown>(call: Call) -> Result<Answer, Problem> {
    let page = below::list::<K>(&call.office, &call.account()?, &call.page()?).await?;
    Answer::json(&List::<K::View>::of(page.items, page.next))
}

async fn create<K: Shown>(call: Call) -> Result<Answer, Problem> {
    let scope = call.account()?;
    let made = below::create::<K>(&call.office, &scope, call.json()?).await?;
    let location = format!("{}/{}", K::WORDS.paths[0], made.id);
    Ok(shown(made)?.created(location))
}

async fn get<K: Shown>(call: Call) -> Result<Answer, Problem> {
    let (_, present) = found::<K>(&call).await?;
    if call.has_revision(present.revision) {
        return Ok(Answer::not_modified(present.revision));
    }
    shown(present)
}

async fn replace<K: Shown>(call: Call) -> Result<Answer, Problem> {
    let (_, present) = found::<K>(&call).await?;
    let revision = call.required_revision()?;
    let value = call.replacement(&K::View::from(present.clone()))?;
    let scope = call.account()?;
    shown(below::replace(&call.office, &scope, &present, revision, value).await?)
}

async fn change<K: Shown>(call: Call) -> Result<Answer, Problem> {
    let (_, present) = found::<K>(&call).await?;
    let revision = call.required_revision()?;
    let (scope, patch) = (call.account()?, call.json()?);
    shown(below::patch(&call.office, &scope, &present, revision, &patch).await?)
}

async fn roll_back<K: Shown>(call: Call) -> Result<Answer, Problem> {
    let (_, present) = found::<K>(&call).await?;
    let revision = call.optional_revision()?;
    let (scope, wanted) = (call.account()?, Rollback::of(&call)?);
    let now = below::roll_back(&call.office, &scope, &present, revision, wanted.revision).await?;
    shown(now)
}

async fn delete<K: Shown>(call: Call) -> Result<Answer, Problem> {
    let (located, _) = found::<K>(&call).await?;
    let revision = call.optional_revision()?;
    below::delete::<K>(&call.office, &call.account()?, located, revision).await?;
    Ok(Answer::empty())
}

async fn history<K: Shown>(call: Call) -> Result<Answer, Problem> {
    let (_, present) = found::<K>(&call).await?;
    let versions = below::history(&call.office, &call.account()?, &present).await?;
    Answer::json(&List::<VersionView>::of(versions, None))
}
