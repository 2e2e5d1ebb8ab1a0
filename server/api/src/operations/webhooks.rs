//! Operations on webhooks and their deliveries.

use admin::parse_spec;
use admin::webhooks::{self, Keyed};
use domain::{DeliveryState, KindName, Permission, Resource, Topic, Verb, Webhook};
use ids::WebhookId;
use ports::{Cursor, DeliveryQuery};

use crate::call::{Answer, Call};
use crate::list::List;
use crate::operation::{Operation, PAGE, text};
use crate::problem::{Kind, Problem};
use crate::view::audit::VersionView;
use crate::view::webhook::{DeliveryView, PongView, ReplayedView, WebhookSpec, WebhookView};

const ALL: &str = "/api/v1/tenants/{tenant}/webhooks";
const ONE: &str = "/api/v1/tenants/{tenant}/webhooks/{webhook}";
const KEY: &str = "/api/v1/tenants/{tenant}/webhooks/{webhook}/secret";
const HISTORY: &str = "/api/v1/tenants/{tenant}/webhooks/{webhook}/history";
const PING: &str = "/api/v1/tenants/{tenant}/webhooks/{webhook}/ping";
const REPLAY: &str = "/api/v1/tenants/{tenant}/webhooks/{webhook}/replay";
const DELIVERIES: &str = "/api/v1/tenants/{tenant}/webhooks/{webhook}/deliveries";
const AGAIN: &str = "/api/v1/tenants/{tenant}/webhooks/{webhook}/deliveries/{event}/replay";

pub(super) fn operations() -> Vec<Operation> {
    let mut operations = documents();
    operations.extend(deliveries());
    operations
        .into_iter()
        .map(|operation| operation.tag("Webhooks"))
        .collect()
}

fn documents() -> Vec<Operation> {
    vec![
        Operation::get(ALL, "listWebhooks", list)
            .needs(Permission::of_kind(KindName::Webhook, Verb::Read))
            .tells("List webhooks", "")
            .query(&PAGE)
            .query(&[
                text("filter", "Only webhooks whose name contains this text."),
                text("sort", "`created` (default) or `name`."),
            ])
            .gives::<List<WebhookView>>("One page of webhooks."),
        Operation::post(ALL, "createWebhook", create)
            .needs(Permission::of_kind(KindName::Webhook, Verb::Create))
            .tells(
                "Create a webhook",
                "It is told of events that happen from now on. The answer holds `secret`, the \
                 key that signs its deliveries, this once.",
            )
            .takes::<WebhookSpec>()
            .creates::<WebhookView>("The webhook, with its key.")
            .tagged()
            .refuses(&[Kind::Taken, Kind::Quota]),
        Operation::get(ONE, "getWebhook", get)
            .needs(Permission::of_kind(KindName::Webhook, Verb::Read))
            .tells("Show a webhook", "`{webhook}` is its id or its name.")
            .gives::<WebhookView>("The webhook.")
            .tagged(),
        Operation::put(ONE, "replaceWebhook", replace)
            .needs(Permission::of_kind(KindName::Webhook, Verb::Change))
            .tells("Replace a webhook", "What is left out has its default.")
            .takes::<WebhookSpec>()
            .gives::<WebhookView>("The webhook as it is now.")
            .tagged()
            .refuses(&[Kind::Taken]),
        Operation::patch(ONE, "changeWebhook", change)
            .needs(Permission::of_kind(KindName::Webhook, Verb::Change))
            .tells("Change a webhook", "What is left out stays as it is.")
            .merges::<WebhookSpec>()
            .gives::<WebhookView>("The webhook as it is now.")
            .tagged()
            .refuses(&[Kind::Taken]),
        Operation::delete(ONE, "deleteWebhook", delete)
            .needs(Permission::of_kind(KindName::Webhook, Verb::Remove))
            .tells("Delete a webhook", "Its deliveries are deleted with it.")
            .may_be_revised(),
        Operation::post(KEY, "rotateWebhookSecret", rotate)
            .needs(Permission::of_kind(KindName::Webhook, Verb::Rotate))
            .tells(
                "Give a webhook a new key",
                "For a day deliveries carry two signatures, one of the new key and one of the \
                 key before. The new one is in this answer and never again.",
            )
            .gives::<WebhookView>("The webhook, with its new key.")
            .tagged()
            .may_be_revised(),
        Operation::get(HISTORY, "getWebhookHistory", history)
            .needs(Permission::of_kind(KindName::Webhook, Verb::Read))
            .tells(
                "Show the revisions of a webhook",
                "The latest 100, newest first.",
            )
            .gives::<List<VersionView>>("All revisions that are kept."),
    ]
}

fn deliveries() -> Vec<Operation> {
    vec![
        Operation::post(PING, "pingWebhook", ping)
            .needs(Permission::of_kind(KindName::Webhook, Verb::Test))
            .tells(
                "Try a webhook",
                "Delivers a `webhook.ping` at once, signed like every delivery, and tells what \
                 the receiver said.",
            )
            .gives::<PongView>("What the receiver said."),
        Operation::get(DELIVERIES, "listDeliveries", delivered)
            .needs(Permission::of(Topic::Delivery, Verb::Read))
            .tells(
                "List deliveries",
                "What became of events at the webhook, newest event first. Of those delivered, \
                 and of dead letters, the latest 1,000 are kept.",
            )
            .query(&PAGE)
            .query(&[text("state", "Only `waiting`, `delivered` or `dead` ones.")])
            .gives::<List<DeliveryView>>("One page of deliveries."),
        Operation::post(AGAIN, "replayDelivery", again)
            .needs(Permission::of(Topic::Delivery, Verb::Replay))
            .tells(
                "Deliver an event again",
                "From the beginning, whatever became of it. `{event}` is the event's cursor.",
            )
            .gives::<DeliveryView>("The delivery, waiting."),
        Operation::post(REPLAY, "replayDeadLetters", replay)
            .needs(Permission::of(Topic::Delivery, Verb::Replay))
            .tells("Deliver all dead letters again", "From the beginning.")
            .gives::<ReplayedView>("How many there were."),
    ]
}

fn shown(webhook: Resource<Webhook>) -> Result<Answer, Problem> {
    let revision = webhook.revision;
    Ok(Answer::json(&WebhookView::from(webhook))?.at_revision(revision))
}

/// The answer with a key; what is remembered of it is without.
fn told(keyed: Keyed) -> Result<Answer, Problem> {
    let revision = keyed.webhook.revision;
    let bare = WebhookView::from(keyed.webhook.clone());
    let answer = Answer::json(&WebhookView::from(keyed))?;
    answer.at_revision(revision).remembered_as(&bare)
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let found = webhooks::list(&call.office, &scope, &call.page()?).await?;
    Answer::json(&List::<WebhookView>::of(found.items, found.next))
}

async fn create(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let spec = parse_spec(&call.json()?)?;
    let keyed = webhooks::create(&call.office, &scope, spec).await?;
    let (tenant, id) = (scope.tenant(), keyed.webhook.id);
    let location = format!("/api/v1/tenants/{tenant}/webhooks/{id}");
    Ok(told(keyed)?.created(location))
}

async fn get(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference("webhook"));
    let (_, webhook) = webhooks::find(&call.office, &scope, &reference).await?;
    if call.has_revision(webhook.revision) {
        return Ok(Answer::not_modified(webhook.revision));
    }
    shown(webhook)
}

async fn replace(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference("webhook"));
    let (located, present) = webhooks::find(&call.office, &scope, &reference).await?;
    let revision = call.required_revision()?;
    let spec = parse_spec(&call.replacement(&WebhookView::from(present))?)?;
    shown(webhooks::replace(&call.office, &scope, located, revision, spec).await?)
}

async fn change(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference("webhook"));
    let (located, _) = webhooks::find(&call.office, &scope, &reference).await?;
    let revision = call.required_revision()?;
    let patch = call.json()?;
    shown(webhooks::patch(&call.office, &scope, located, revision, &patch).await?)
}

async fn delete(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference("webhook"));
    let (located, _) = webhooks::find(&call.office, &scope, &reference).await?;
    webhooks::delete(&call.office, &scope, located, call.optional_revision()?).await?;
    Ok(Answer::empty())
}

async fn rotate(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference("webhook"));
    let (located, _) = webhooks::find(&call.office, &scope, &reference).await?;
    let revision = call.optional_revision()?;
    told(webhooks::rotate_key(&call.office, &scope, located, revision).await?)
}

async fn history(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference("webhook"));
    let (located, _) = webhooks::find(&call.office, &scope, &reference).await?;
    let versions = webhooks::history(&call.office, &scope, located).await?;
    Answer::json(&List::<VersionView>::of(versions, None))
}

async fn ping(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference("webhook"));
    let (_, webhook) = webhooks::find(&call.office, &scope, &reference).await?;
    let said = call.front.parts.hooks.ping(&scope, webhook.id).await?;
    Answer::json(&PongView::from(said))
}

async fn delivered(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference("webhook"));
    let (located, webhook) = webhooks::find(&call.office, &scope, &reference).await?;
    let query = call.delivery_query(webhook.id)?;
    let found = webhooks::deliveries(&call.office, &scope, located, query).await?;
    let full = found.len() == query.bounded_limit();
    let last = found.last().filter(|_| full);
    let next = last.map(|one| Cursor(one.event.cursor.to_string()));
    Answer::json(&List::<DeliveryView>::of(found, next))
}

async fn again(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference("webhook"));
    let (located, webhook) = webhooks::find(&call.office, &scope, &reference).await?;
    let event = call.segment("event").parse();
    let event = event.map_err(|_| Problem::not_found())?;
    let replayed = webhooks::replay(&call.office, &scope, located, event).await?;
    call.front.parts.hooks.replayed(scope.tenant(), webhook.id);
    Answer::json(&DeliveryView::from(replayed))
}

async fn replay(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference("webhook"));
    let (located, webhook) = webhooks::find(&call.office, &scope, &reference).await?;
    let replayed = webhooks::replay_dead(&call.office, &scope, located).await?;
    call.front.parts.hooks.replayed(scope.tenant(), webhook.id);
    Answer::json(&ReplayedView { replayed })
}

impl Call {
    fn delivery_query(&self, webhook: WebhookId) -> Result<DeliveryQuery, Problem> {
        let named = |word: &str| {
            let mut all = DeliveryState::ALL.into_iter();
            let found = all.find(|state| state.as_str() == word);
            let rule = "must be waiting, delivered or dead";
            found.ok_or_else(|| Problem::parameter("state", rule))
        };
        Ok(DeliveryQuery {
            webhook,
            state: self.parameter("state").map(named).transpose()?,
            // a cursor that names no event comes before all of them
            before: self.after()?.map(|at| at.0.parse().unwrap_or(0)),
            limit: self.limit()?,
        })
    }
}
