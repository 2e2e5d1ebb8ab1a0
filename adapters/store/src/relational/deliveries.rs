//! The deliveries' tables.

use async_trait::async_trait;
use domain::{Delivery, DeliveryState, KindName};
use ids::{TenantId, WebhookId};
use ports::{DELIVERIES_KEPT, DeliveryBook, DeliveryQuery, StoreError};
use tenancy::TenantScope;

use super::SqlStore;
use super::documents;
use super::sight::Sight;
use super::sql::{Sql, integer, json, limit};
use super::value::params;

/// Erases all of a webhook's.
pub(super) fn remove_all(sql: Sql<'_>, tenant: TenantId, webhook: &str) -> Result<(), StoreError> {
    let key = [tenant.to_string(), webhook.to_owned()];
    sql.run(
        "DELETE FROM deliveries WHERE tenant = ?1 AND webhook = ?2",
        key.clone(),
    )?;
    sql.run(
        "DELETE FROM webhook_places WHERE tenant = ?1 AND webhook = ?2",
        key,
    )?;
    Ok(())
}

fn take_in(
    sql: Sql<'_>,
    tenant: TenantId,
    webhook: WebhookId,
    (place, deliveries): (u64, &[Delivery]),
) -> Result<(), StoreError> {
    let id = webhook.to_string();
    if documents::by_id(sql, tenant.into(), KindName::Webhook, &id)?.is_none() {
        return Err(StoreError::NotFound);
    }
    let tenant = tenant.to_string();
    let go_on = "INSERT INTO webhook_places (tenant, webhook, cursor) VALUES (?1, ?2, ?3)
                 ON CONFLICT (tenant, webhook) DO UPDATE SET cursor = excluded.cursor";
    sql.run(go_on, params![tenant, id, integer(place)])?;
    for delivery in deliveries {
        let add = "INSERT INTO deliveries (tenant, webhook, cursor, state, delivery)
                   VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
        let (cursor, state) = (integer(delivery.event.cursor), delivery.state.as_str());
        sql.run(add, params![tenant, id, cursor, state, json(delivery)?])?;
    }
    Ok(())
}

fn note(sql: Sql<'_>, tenant: TenantId, delivery: &Delivery) -> Result<(), StoreError> {
    let note = "UPDATE deliveries SET state = ?4, delivery = ?5
                WHERE tenant = ?1 AND webhook = ?2 AND cursor = ?3";
    let (tenant, id) = (tenant.to_string(), delivery.webhook.to_string());
    let (cursor, state) = (integer(delivery.event.cursor), delivery.state.as_str());
    sql.run(note, params![tenant, id, cursor, state, json(delivery)?])?;
    if delivery.state == DeliveryState::Waiting {
        return Ok(());
    }
    let trim = "DELETE FROM deliveries WHERE tenant = ?1 AND webhook = ?2 AND state = ?3
                AND cursor <= (SELECT cursor FROM deliveries WHERE tenant = ?1 AND webhook = ?2
                AND state = ?3 ORDER BY cursor DESC LIMIT 1 OFFSET ?4)";
    let kept = limit(DELIVERIES_KEPT);
    sql.run(trim, params![tenant, id, state, kept]).map(|_| ())
}

fn page(
    sql: Sql<'_>,
    tenant: TenantId,
    query: &DeliveryQuery,
) -> Result<Vec<Delivery>, StoreError> {
    let of_state = if query.state.is_some() {
        "state = ?4"
    } else {
        "?4 = ''"
    };
    let find = format!(
        "SELECT delivery FROM deliveries WHERE tenant = ?1 AND webhook = ?2 AND cursor < ?3
         AND {of_state} ORDER BY cursor DESC LIMIT ?5"
    );
    let before = integer(query.before.unwrap_or(u64::MAX));
    let state = query.state.map_or("", DeliveryState::as_str);
    let (tenant, id) = (tenant.to_string(), query.webhook.to_string());
    let most = limit(query.bounded_limit());
    sql.all(&find, params![tenant, id, before, state, most], |fields| {
        fields.json(0)
    })
}

#[async_trait]
impl DeliveryBook for SqlStore {
    async fn tenants_with_webhooks(&self) -> Result<Vec<TenantId>, StoreError> {
        let find = "SELECT DISTINCT tenant FROM documents WHERE kind = 'webhook' ORDER BY tenant";
        self.read(Sight::Everything, move |now| {
            now.sql.all(find, params![], |fields| fields.word(0))
        })
        .await
    }

    async fn place(
        &self,
        scope: &TenantScope,
        webhook: WebhookId,
    ) -> Result<Option<u64>, StoreError> {
        let key = [scope.tenant().to_string(), webhook.to_string()];
        let find = "SELECT cursor FROM webhook_places WHERE tenant = ?1 AND webhook = ?2";
        self.read(Sight::Tenant(scope.tenant()), move |now| {
            now.sql.first(find, key, |fields| fields.number(0))
        })
        .await
    }

    async fn take_in(
        &self,
        scope: &TenantScope,
        webhook: WebhookId,
        place: u64,
        deliveries: Vec<Delivery>,
    ) -> Result<(), StoreError> {
        let tenant = scope.tenant();
        self.write(
            Sight::Tenant(scope.tenant()),
            deliveries.len(),
            move |desk| take_in(desk.sql, tenant, webhook, (place, &deliveries)),
        )
        .await
    }

    async fn waiting(
        &self,
        scope: &TenantScope,
        webhook: WebhookId,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let find = "SELECT delivery FROM deliveries
                    WHERE tenant = ?1 AND webhook = ?2 AND state = ?3 ORDER BY cursor LIMIT ?4";
        let (tenant, id) = (scope.tenant().to_string(), webhook.to_string());
        let (state, most) = (DeliveryState::Waiting.as_str(), self::limit(limit));
        self.read(Sight::Tenant(scope.tenant()), move |now| {
            now.sql
                .all(find, params![tenant, id, state, most], |fields| {
                    fields.json(0)
                })
        })
        .await
    }

    async fn note_deliveries(
        &self,
        scope: &TenantScope,
        deliveries: Vec<Delivery>,
    ) -> Result<(), StoreError> {
        let tenant = scope.tenant();
        self.write(
            Sight::Tenant(scope.tenant()),
            deliveries.len(),
            move |desk| {
                deliveries
                    .iter()
                    .try_for_each(|delivery| note(desk.sql, tenant, delivery))
            },
        )
        .await
    }

    async fn delivery(
        &self,
        scope: &TenantScope,
        webhook: WebhookId,
        event: u64,
    ) -> Result<Option<Delivery>, StoreError> {
        let find = "SELECT delivery FROM deliveries
                    WHERE tenant = ?1 AND webhook = ?2 AND cursor = ?3";
        let (tenant, id) = (scope.tenant().to_string(), webhook.to_string());
        let key = params![tenant, id, integer(event)];
        self.read(Sight::Tenant(scope.tenant()), move |now| {
            now.sql.first(find, key, |fields| fields.json(0))
        })
        .await
    }

    async fn deliveries(
        &self,
        scope: &TenantScope,
        query: &DeliveryQuery,
    ) -> Result<Vec<Delivery>, StoreError> {
        let (tenant, query) = (scope.tenant(), *query);
        self.read(Sight::Tenant(scope.tenant()), move |now| {
            page(now.sql, tenant, &query)
        })
        .await
    }
}
