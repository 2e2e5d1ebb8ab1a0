//! Companies on their way out of the tables and into them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use async_trait::async_trait;
use domain::{KindName, Version};
use ids::TenantId;
use ports::{
    ArchiveError, ArchiveStore, Arrival, Belonging, Committed, FACTS_MAX, Fact, StoreError, Taker,
    Thing,
};
use tenancy::{AccountScope, Owner, PlatformScope, TenantScope};

use super::answer::{Broken, promise};
use super::link::{Purpose, Transaction};
use super::readers::Snapshot;
use super::sight::Sight;
use super::sql::{Fields, Sql, column, integer, json, limit};
use super::value::{Value, params};
use super::{SqlStore, cdrs, credentials, documents, events, feed, support, tables, tokens, trail};

/// Companies that are taken out at once, each on a thread and a connection of its own; further
/// ones are refused.
pub const TAKEN_OUT_AT_ONCE: usize = 2;

/// Rows read at once.
const AT_ONCE: usize = 200;

/// Counts those under way.
struct Turn(Arc<AtomicUsize>);

impl Turn {
    fn take(counter: &Arc<AtomicUsize>) -> Result<Turn, StoreError> {
        let free = |now: usize| (now < TAKEN_OUT_AT_ONCE).then_some(now + 1);
        let taken = counter.fetch_update(Ordering::AcqRel, Ordering::Acquire, free);
        let taken = taken.map(|_| Turn(Arc::clone(counter)));
        taken.map_err(|_| StoreError::Unavailable {
            detail: "other companies are being archived; try again later".to_owned(),
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

type Give<'a> = &'a mut dyn FnMut(Thing) -> Result<(), ArchiveError>;

/// A question for rows of one tenant in pieces: `?1` is the tenant, `?2` how many, and `?3` and
/// so on what the first columns of the last row were.
struct Pieces {
    select: &'static str,
    start: Vec<Value>,
}

impl Pieces {
    fn each(
        self,
        (sql, tenant): (Sql<'_>, &str),
        give: Give<'_>,
        read: impl Fn(&Fields<'_>) -> Result<Fact, StoreError>,
    ) -> Result<(), ArchiveError> {
        let mut after = self.start;
        loop {
            let mut question = params![tenant, limit(AT_ONCE)];
            question.extend(after.iter().cloned());
            let key = 0..after.len();
            let rows = sql.all(self.select, question, |fields| {
                let place: Result<Vec<Value>, _> =
                    key.clone().map(|column| fields.plain(column)).collect();
                Ok((place?, read(fields)?))
            })?;
            let all = rows.len() < AT_ONCE;
            for (place, fact) in rows {
                after = place;
                give(Thing::Fact(fact))?;
            }
            if all {
                return Ok(());
            }
        }
    }
}

/// Everything of a tenant: facts, then documents.
fn hand_over(now: &Snapshot<'_>, tenant: TenantId, give: Give<'_>) -> Result<(), ArchiveError> {
    if !documents::has_tenant(now.sql, tenant)? {
        return Err(StoreError::NotFound.into());
    }
    let name = tenant.to_string();
    hand_over_trail((now.sql, &name), give)?;
    hand_over_calls((now.sql, &name), give)?;
    let owner = Owner::Tenant(tenant);
    for fact in support::facts(now.sql, tenant)? {
        give(Thing::Fact(fact))?;
    }
    for token in tokens::of(now.sql, owner)? {
        give(Thing::Fact(Fact::Token(token)))?;
    }
    let key = now.vault.key(now.sql, owner)?;
    let mut after = None;
    loop {
        let piece = documents::after(now.sql, owner, after.as_ref(), limit(AT_ONCE))?;
        let Some((last, _)) = piece.last() else {
            return Ok(());
        };
        after = Some((last.kind, last.id.clone()));
        for (document, sealed) in piece {
            let open = |sealed: Vec<u8>| key.open_bytes(document.kind, &document.id, &sealed);
            let secret = sealed.map(open).transpose()?;
            let secret = secret.map(|secret| secret.to_vec());
            let credentials = if document.kind == KindName::User {
                credentials::content(now.sql, &key, owner, &document.id)?
            } else {
                None
            };
            give(Thing::Document(Belonging {
                document,
                secret,
                credentials,
            }))?;
        }
    }
}

fn hand_over_trail(of: (Sql<'_>, &str), give: Give<'_>) -> Result<(), ArchiveError> {
    let audit = Pieces {
        select: "SELECT id, tenant, id, at, actor, action, target, before, after, request
                 FROM audit WHERE tenant = ?1 AND id > ?3 ORDER BY id LIMIT ?2",
        start: params![""],
    };
    audit.each(of, give, |fields| {
        trail::entry_from(fields, 1).map(Fact::Audit)
    })?;
    let history = Pieces {
        select: "SELECT kind, id, number, revision, change, at, actor, document FROM history
                 WHERE tenant = ?1 AND (kind, id, number) > (?3, ?4, ?5)
                 ORDER BY kind, id, number LIMIT ?2",
        start: params!["", "", 0_i64],
    };
    history.each(of, give, |fields| {
        Ok(Fact::Version(Version {
            revision: fields.number(3)?,
            change: feed::change(fields, 4)?,
            at: fields.time(5)?,
            actor: fields.plain(6)?,
            document: fields.json(7)?,
        }))
    })
}

fn hand_over_calls(of: (Sql<'_>, &str), give: Give<'_>) -> Result<(), ArchiveError> {
    let cdrs = Pieces {
        select: "SELECT id, record FROM cdrs WHERE tenant = ?1 AND id > ?3 ORDER BY id LIMIT ?2",
        start: params![""],
    };
    cdrs.each(of, give, |fields| fields.json(1).map(Fact::Cdr))?;
    let log = Pieces {
        select: "SELECT cursor, event FROM events
                 WHERE tenant = ?1 AND cursor > ?3 ORDER BY cursor LIMIT ?2",
        start: params![0_i64],
    };
    log.each(of, give, |fields| {
        let mut event: domain::Event = fields.json(1)?;
        event.cursor = fields.number(0)?;
        Ok(Fact::Event(event))
    })?;
    give(Thing::Fact(Fact::Latest(events::latest(of.0, of.1)?)))?;
    let deliveries = Pieces {
        select: "SELECT webhook, cursor, delivery FROM deliveries
                 WHERE tenant = ?1 AND (webhook, cursor) > (?3, ?4)
                 ORDER BY webhook, cursor LIMIT ?2",
        start: params!["", 0_i64],
    };
    deliveries.each(of, give, |fields| fields.json(2).map(Fact::Delivery))?;
    let places = Pieces {
        select: "SELECT webhook, cursor FROM webhook_places
                 WHERE tenant = ?1 AND webhook > ?3 ORDER BY webhook LIMIT ?2",
        start: params![""],
    };
    places.each(of, give, |fields| {
        Ok(Fact::Place {
            webhook: fields.word(0)?,
            cursor: fields.number(1)?,
        })
    })
}

/// Adds a fact of a tenant, unless it is there.
fn bring(sql: Sql<'_>, tenant: TenantId, fact: &Fact) -> Result<(), StoreError> {
    let name = tenant.to_string();
    if !fact.belongs_to(tenant) {
        return Err(StoreError::NotFound);
    }
    match fact {
        Fact::Audit(entry) => trail::add(sql, entry).map(|_| ()),
        Fact::Version(version) => add_version(sql, version),
        Fact::Cdr(cdr) => cdrs::add(sql, std::slice::from_ref(cdr)).map(|_| ()),
        Fact::Event(event) => events::add_as_it_was(sql, event),
        Fact::Latest(latest) => {
            let set = "INSERT INTO event_marks (tenant, latest) VALUES (?1, ?2)
                       ON CONFLICT (tenant) DO UPDATE SET latest = excluded.latest";
            sql.run(set, params![name, integer(*latest)]).map(|_| ())
        }
        Fact::Delivery(delivery) => {
            let add = "INSERT INTO deliveries (tenant, webhook, cursor, state, delivery)
                       VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
            let (id, cursor) = (delivery.webhook.to_string(), delivery.event.cursor);
            let (state, text) = (delivery.state.as_str(), json(delivery)?);
            sql.run(add, params![name, id, integer(cursor), state, text])
                .map(|_| ())
        }
        Fact::Place { webhook, cursor } => {
            let add = "INSERT INTO webhook_places (tenant, webhook, cursor) VALUES (?1, ?2, ?3)
                       ON CONFLICT DO NOTHING";
            sql.run(add, params![name, webhook.to_string(), integer(*cursor)])
                .map(|_| ())
        }
        Fact::Policy(policy) => support::add_policy_as_it_was(sql, tenant, *policy),
        Fact::Access(access) => support::add_as_it_was(sql, access),
        Fact::Token(token) => tokens::add_as_it_was(sql, token),
    }
}

fn add_version(sql: Sql<'_>, version: &Version) -> Result<(), StoreError> {
    let document = &version.document;
    let (owner, kind) = (column(document.owner), document.kind.as_str());
    let next = "SELECT COALESCE(MAX(number), 0) + 1 FROM history
                WHERE tenant = ?1 AND kind = ?2 AND id = ?3";
    let place = params![owner, kind, document.id];
    let number: Option<i64> = sql.first(next, place, |fields| fields.plain(0))?;
    let add = "INSERT INTO history
               (tenant, kind, id, number, revision, change, at, actor, document)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let row = params![
        owner,
        kind,
        document.id,
        number.unwrap_or(1),
        integer(version.revision),
        version.change.as_str(),
        version.at.unix_ms(),
        version.actor,
        json(document)?,
    ];
    sql.run(add, row).map(|_| ())
}

/// Removes the facts of a tenant, but for its audit trail.
fn clear(sql: Sql<'_>, tenant: TenantId) -> Result<(), StoreError> {
    let name = tenant.to_string();
    for table in [
        "history",
        "cdr_facets",
        "quality_hours",
        "ladders",
        "recordings",
        "fax_pieces",
        "faxes",
        "cdrs",
        "deliveries",
        "webhook_places",
        "tokens",
    ] {
        sql.run(&format!("DELETE FROM {table} WHERE tenant = ?1"), [&name])?;
    }
    support::remove_all(sql, tenant)?;
    events::remove_all(sql, tenant)
}

/// Refuses to touch the facts of a tenant that is there.
fn must_be_away(sql: Sql<'_>, tenant: TenantId) -> Result<(), StoreError> {
    if documents::has_tenant(sql, tenant)? {
        let (space, key) = (KindName::Tenant.as_str().to_owned(), tenant.to_string());
        return Err(StoreError::Conflict { space, key });
    }
    Ok(())
}

#[async_trait]
impl ArchiveStore for SqlStore {
    async fn take_out(
        &self,
        scope: &TenantScope,
        mut taker: Box<dyn Taker<Thing>>,
    ) -> Result<(), ArchiveError> {
        let turn = Turn::take(&self.taken_out)?;
        let (tenant, sight) = (scope.tenant(), Sight::Tenant(scope.tenant()));
        let (lines, vault) = (Arc::clone(&self.lines), self.vault.clone());
        let (promise, answer) = promise();
        let work = move || {
            let _turn = turn;
            let link = lines().map_err(|error| ArchiveError::Io(error.to_string()))?;
            let moment = Transaction::begin(&*link, Purpose::Read, sight)?;
            let now = Snapshot {
                sql: Sql(moment.link()),
                vault: &vault,
            };
            hand_over(&now, tenant, &mut |thing| taker.take(&thing))
        };
        let thread = thread::Builder::new().name("store-archive".to_owned());
        let started = thread.spawn(move || promise.keep(work()));
        started.map_err(|error| ArchiveError::Io(error.to_string()))?;
        answer
            .await
            .map_err(|Broken| ArchiveError::from(super::unanswered()))?
    }

    async fn bring_facts(
        &self,
        _: &PlatformScope,
        tenant: TenantId,
        facts: Vec<Fact>,
    ) -> Result<(), StoreError> {
        StoreError::at_most(facts.len(), FACTS_MAX)?;
        self.write(Sight::Everything, facts.len(), move |desk| {
            must_be_away(desk.sql, tenant)?;
            let mut facts = facts.iter();
            facts.try_for_each(|fact| bring(desk.sql, tenant, fact))
        })
        .await
    }

    async fn clear_out(&self, _: &PlatformScope, tenant: TenantId) -> Result<(), StoreError> {
        self.write(Sight::Everything, 1, move |desk| {
            must_be_away(desk.sql, tenant)?;
            clear(desk.sql, tenant)
        })
        .await
    }

    async fn move_in(
        &self,
        scope: &AccountScope,
        arrival: Arrival,
    ) -> Result<Committed, StoreError> {
        let (account, actor) = (scope.account(), scope.actor());
        self.write(Sight::Everything, arrival.documents.len(), move |desk| {
            tables::move_in(desk, account, actor, &arrival)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::super::inventory::TABLES;

    /// Tables whose rows leave with their company, as things.
    const CARRIED: [&str; 12] = [
        "credentials",
        "documents",
        "history",
        "audit",
        "cdrs",
        "events",
        "event_marks",
        "webhook_places",
        "deliveries",
        "support_policies",
        "support_accesses",
        "tokens",
    ];

    /// Tables that are made anew from what was carried.
    const MADE_ANEW: [&str; 5] = [
        "data_keys",
        "unique_keys",
        "pointers",
        "cdr_facets",
        "quality_hours",
    ];

    /// Tables that stay: people sign in anew where their company comes in, messages, recordings and
    /// faxes are sealed under the key that it leaves behind, and sounds are uploaded again.
    const LEFT_BEHIND: [&str; 7] = [
        "logins",
        "ladders",
        "recordings",
        "faxes",
        "fax_pieces",
        "blobs",
        "blob_pieces",
    ];

    /// Tables that are no company's own.
    const OF_THE_EXCHANGE: [&str; 6] = ["feed", "feed_end", "settings", "bans", "requests", "once"];

    #[test]
    fn every_table_leaves_with_its_company_or_says_why_not() {
        for table in &TABLES {
            let name = table.name;
            let known = CARRIED.contains(&name)
                || MADE_ANEW.contains(&name)
                || LEFT_BEHIND.contains(&name)
                || OF_THE_EXCHANGE.contains(&name);
            assert!(
                known,
                "{name} is new: should a company's archive carry it (see ports::Fact)?"
            );
        }
    }
}
