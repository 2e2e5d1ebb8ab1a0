//! Who tries another's names, and what he is told.

use serde_json::{Value, json};

use super::{Names, names_next_to, names_of};
use crate::http::{Ask, Reply};
use crate::world::{Company, World, world};

/// An answer without what tells requests apart: its id, its time, and where the asker's own rate
/// stands.
pub(super) fn bare(reply: Reply) -> Reply {
    let id = reply.header("x-request-id").unwrap().to_owned();
    let own = [
        "x-request-id",
        "date",
        "ratelimit-remaining",
        "ratelimit-reset",
    ];
    // what flows may be no text
    let text = String::from_utf8_lossy(&reply.body);
    Reply {
        status: reply.status,
        headers: reply
            .headers
            .into_iter()
            .filter(|(n, _)| !own.contains(&n.as_str()))
            .collect(),
        body: text.replace(&id, "").into_bytes(),
    }
}

/// A company's key, with another's names and with names of nothing.
pub(super) struct Stranger {
    pub(super) world: World,
    pub(super) theirs: Names,
    pub(super) nobodys: Names,
}

pub(super) async fn stranger() -> Stranger {
    let world = world().await;
    // so many questions would meet the rate of a company's key
    let caps = json!({"caps": {"api_requests_per_second": 1_000_000_000}});
    let globex = format!("/api/v1/tenants/{}", world.globex.id);
    world
        .operator(Ask::patch(&globex).if_match("*").json(&caps))
        .await
        .is(200);
    let token = world.acme.token;
    Stranger {
        theirs: names_of(&world.acme, token),
        nobodys: names_next_to(&world.acme, token),
        world,
    }
}

impl Stranger {
    /// Asks for the same with another's names and with nobody's; gives the one answer to both.
    pub(super) async fn told(&self, what: &str, theirs: Ask, nobodys: Ask) -> Reply {
        let globex = &self.world.globex;
        let theirs = bare(self.world.tenant(globex, theirs).await);
        let nobodys = bare(self.world.tenant(globex, nobodys).await);
        assert_eq!(theirs, nobodys, "{what} tells what another company has");
        assert!(!theirs.text().contains("canary of acme"), "{what}");
        theirs
    }
}

/// All that the operator sees of a company.
pub(super) async fn state_of(world: &World, company: &Company) -> Vec<Value> {
    let mut all = Vec::new();
    for part in [
        "extensions",
        "devices",
        "calls",
        "cdrs",
        "recordings",
        "faxes",
        "registrations",
        "webhooks",
        "roles",
        "users",
        "holds",
        "sso",
        "rate_decks",
        "trunks",
        "schedules",
        "emergency_locations",
        "signing_keys",
        "sites",
        "sounds",
        "music",
        "inbound_routes",
        "outbound_routes",
        "toll_guards",
        "containments",
        "lines",
        "support/accesses",
        "history",
        "audit",
    ] {
        let path = company.path(part);
        all.push(world.operator(Ask::get(&path)).await.is(200).json());
    }
    all
}
