//! What the operations on webhooks have beyond those of every kind: their deliveries.

use admin::documents as found;
use admin::webhooks;
use domain::{DeliveryState, KindName, Permission, Topic, Verb, Webhook};
use ids::WebhookId;
use ports::{Cursor, DeliveryQuery};

use super::documents;
use crate::call::{Answer, Call};
use crate::list::List;
use crate::operation::{Operation, PAGE, text};
use crate::problem::Problem;
use crate::view::webhook::{DeliveryView, PongView, ReplayedView};

const PING: &str = "/api/v1/tenants/{tenant}/webhooks/{webhook}/ping";
const REPLAY: &str = "/api/v1/tenants/{tenant}/webhooks/{webhook}/replay";
const DELIVERIES: &str = "/api/v1/tenants/{tenant}/webhooks/{webhook}/deliveries";
const AGAIN: &str = "/api/v1/tenants/{tenant}/webhooks/{webhook}/deliveries/{event}/replay";

pub(super) fn operations() -> Vec<Operation> {
    let beyond = deliveries().into_iter();
    let mut operations = documents::operations(KindName::Webhook);
    operations.extend(beyond.map(|operation| operation.tag("Webhooks")));
    operations
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

async fn ping(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference::<Webhook>("webhook"));
    let (_, webhook) = found::find(&call.office, &scope, &reference).await?;
    let said = call.front.parts.hooks.ping(&scope, webhook.id).await?;
    Answer::json(&PongView::from(said))
}

async fn delivered(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference::<Webhook>("webhook"));
    let (located, webhook) = found::find(&call.office, &scope, &reference).await?;
    let query = call.delivery_query(webhook.id)?;
    let found = webhooks::deliveries(&call.office, &scope, located, query).await?;
    let full = found.len() == query.bounded_limit();
    let last = found.last().filter(|_| full);
    let next = last.map(|one| Cursor(one.event.cursor.to_string()));
    Answer::json(&List::<DeliveryView>::of(found, next))
}

async fn again(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference::<Webhook>("webhook"));
    let (located, webhook) = found::find(&call.office, &scope, &reference).await?;
    let event = call.segment("event").parse();
    let event = event.map_err(|_| Problem::not_found())?;
    let replayed = webhooks::replay(&call.office, &scope, located, event).await?;
    call.front.parts.hooks.replayed(scope.tenant(), webhook.id);
    Answer::json(&DeliveryView::from(replayed))
}

async fn replay(call: Call) -> Result<Answer, Problem> {
    let (scope, reference) = (call.scope().await?, call.reference::<Webhook>("webhook"));
    let (located, webhook) = found::find(&call.office, &scope, &reference).await?;
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
