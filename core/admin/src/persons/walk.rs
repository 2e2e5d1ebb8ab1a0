//! Walking through a tenant's facts in pages, stopping at what names a person.

use std::collections::VecDeque;

use domain::{AuditEntry, Cdr, Delivery, Event, Fact, KindName, Version, Webhook};
use ports::{CdrQuery, Cursor, DeliveryQuery, EventQuery, PAGE_MAX, Page, StoreError};
use serde::Serialize;
use tenancy::TenantScope;

use super::Person;
use crate::documents;
use crate::office::Office;

/// A fact that names a person.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "a page of them at a time, and mostly the largest"
)]
pub(crate) enum Item {
    Cdr(Cdr),
    Version(Version),
    Audit(AuditEntry),
    Event(Event),
    Delivery(Delivery),
}

/// Where a walk is.
enum Stage {
    Cdrs(Option<Cursor>),
    History(VecDeque<(KindName, String)>),
    Audit(Option<Cursor>),
    Events(u64),
    Deliveries(VecDeque<ids::WebhookId>, Option<u64>),
    Over,
}

/// A walk through all facts of a tenant, newest call first.
pub(crate) struct Walk<'a> {
    office: &'a Office,
    scope: &'a TenantScope,
    person: &'a Person,
    stage: Stage,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(office: &'a Office, scope: &'a TenantScope, person: &'a Person) -> Walk<'a> {
        Walk {
            office,
            scope,
            person,
            stage: Stage::Cdrs(None),
        }
    }

    /// What of the next page names the person, perhaps nothing; `None` after the last.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Item>>, StoreError> {
        let stage = std::mem::replace(&mut self.stage, Stage::Over);
        let (items, stage) = match stage {
            Stage::Cdrs(after) => self.cdrs(after).await?,
            Stage::History(places) => self.history(places).await?,
            Stage::Audit(after) => self.audit(after).await?,
            Stage::Events(after) => self.events(after).await?,
            Stage::Deliveries(webhooks, before) => self.deliveries(webhooks, before).await?,
            Stage::Over => return Ok(None),
        };
        self.stage = stage;
        Ok(Some(items))
    }

    fn concerns(&self, fact: &impl Serialize) -> bool {
        let value = serde_json::to_value(fact).unwrap_or_default();
        self.person.subject.is_in(&value)
    }

    async fn cdrs(&self, after: Option<Cursor>) -> Result<(Vec<Item>, Stage), StoreError> {
        let query = CdrQuery {
            after,
            limit: PAGE_MAX,
            ..CdrQuery::default()
        };
        let page = self.office.store().cdrs(self.scope, &query).await?;
        let found = page.cdrs.into_iter().filter(|cdr| self.concerns(cdr));
        let items = found.map(Item::Cdr).collect();
        let places = || self.person.documents().into();
        let next = page.next.map(|next| Stage::Cdrs(Some(next)));
        Ok((items, next.unwrap_or_else(|| Stage::History(places()))))
    }

    async fn history(
        &self,
        mut places: VecDeque<(KindName, String)>,
    ) -> Result<(Vec<Item>, Stage), StoreError> {
        let Some((kind, id)) = places.pop_front() else {
            return Ok((Vec::new(), Stage::Audit(None)));
        };
        let versions = self.office.store().history(self.scope, kind, &id).await?;
        let items = versions.into_iter().map(Item::Version).collect();
        Ok((items, Stage::History(places)))
    }

    async fn audit(&self, after: Option<Cursor>) -> Result<(Vec<Item>, Stage), StoreError> {
        let page = Page {
            after,
            ..Page::first(PAGE_MAX)
        };
        let page = self.office.store().audit(self.scope, &page).await?;
        let found = page
            .entries
            .into_iter()
            .filter(|entry| self.concerns(entry));
        let items = found.map(Item::Audit).collect();
        let next = page.next.map(|next| Stage::Audit(Some(next)));
        Ok((items, next.unwrap_or(Stage::Events(0))))
    }

    async fn events(&self, after: u64) -> Result<(Vec<Item>, Stage), StoreError> {
        let query = EventQuery {
            after,
            limit: PAGE_MAX,
            ..EventQuery::default()
        };
        let page = self.office.store().events(self.scope, &query).await?;
        let more = page.next < page.latest;
        let found = page.events.into_iter().filter(|event| self.concerns(event));
        let items = found.map(Item::Event).collect();
        if more {
            return Ok((items, Stage::Events(page.next)));
        }
        let all = Page::first(PAGE_MAX);
        let webhooks = documents::list::<Webhook, _>(self.office, self.scope, &all).await?;
        let ids = webhooks.items.into_iter().map(|webhook| webhook.id);
        Ok((items, Stage::Deliveries(ids.collect(), None)))
    }

    async fn deliveries(
        &self,
        mut webhooks: VecDeque<ids::WebhookId>,
        before: Option<u64>,
    ) -> Result<(Vec<Item>, Stage), StoreError> {
        let Some(&webhook) = webhooks.front() else {
            return Ok((Vec::new(), Stage::Over));
        };
        let query = DeliveryQuery {
            webhook,
            state: None,
            before,
            limit: PAGE_MAX,
        };
        let page = self.office.store().deliveries(self.scope, &query).await?;
        let last = page.last().map(|delivery| delivery.event.cursor);
        let before = last.filter(|_| page.len() == PAGE_MAX);
        if before.is_none() {
            webhooks.pop_front();
        }
        let found = page.into_iter().filter(|one| self.concerns(&one.event));
        let items = found.map(Item::Delivery).collect();
        Ok((items, Stage::Deliveries(webhooks, before)))
    }
}

impl Item {
    /// What sort of fact it is.
    pub(crate) fn fact(&self) -> Fact {
        match self {
            Item::Cdr(_) => Fact::Cdr,
            Item::Version(_) => Fact::History,
            Item::Audit(_) => Fact::Audit,
            Item::Event(_) => Fact::Event,
            Item::Delivery(_) => Fact::Delivery,
        }
    }
}
