//! The table of ladders, each sealed for its record.

use async_trait::async_trait;
use domain::Ladder;
use ids::{CallId, CdrId, TenantId};
use ports::{LadderBook, StoreError};
use tenancy::{Owner, TenantScope};

use super::SqlStore;
use super::readers::Snapshot;
use super::sight::Sight;
use super::sql::{Sql, corrupt};
use super::value::params;
use super::vault::SealedFact;
use super::writer::Desk;

/// Keeps ladders of records that are there; gives the number of those that were new.
fn add(desk: &Desk<'_>, ladders: &[Ladder]) -> Result<usize, StoreError> {
    let mut new = 0;
    for ladder in ladders {
        let (tenant, cdr) = (ladder.tenant.to_string(), ladder.cdr.to_string());
        let find = "SELECT 1 FROM cdrs WHERE tenant = ?1 AND id = ?2";
        let record = desk.sql.first(find, params![tenant, cdr], |_| Ok(()))?;
        if record.is_none() {
            continue;
        }
        let key = desk.vault.key(desk.sql, Owner::Tenant(ladder.tenant))?;
        let content = serde_json::to_vec(ladder).map_err(|error| corrupt(&error.to_string()))?;
        let sealed = desk
            .vault
            .seal_fact(&key, SealedFact::Ladder, &cdr, &content)?;
        let add = "INSERT INTO ladders (tenant, cdr, call, sealed) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT DO NOTHING";
        let row = params![tenant, cdr, ladder.call.to_string(), sealed];
        new += desk.sql.run(add, row)?;
    }
    Ok(new)
}

/// The ladder of a record goes.
pub(super) fn remove(sql: Sql<'_>, tenant: TenantId, cdr: CdrId) -> Result<(), StoreError> {
    let remove = "DELETE FROM ladders WHERE tenant = ?1 AND cdr = ?2";
    sql.run(remove, [tenant.to_string(), cdr.to_string()])
        .map(|_| ())
}

fn of_call(
    now: &Snapshot<'_>,
    tenant: TenantId,
    call: CallId,
) -> Result<Option<Ladder>, StoreError> {
    let find = "SELECT cdr, sealed FROM ladders WHERE tenant = ?1 AND call = ?2 LIMIT 1";
    let whose = [tenant.to_string(), call.to_string()];
    let found = now.sql.first(find, whose, |fields| {
        Ok((fields.plain::<String>(0)?, fields.plain::<Vec<u8>>(1)?))
    })?;
    let Some((cdr, sealed)) = found else {
        return Ok(None);
    };
    let key = now.vault.key(now.sql, Owner::Tenant(tenant))?;
    let content = key.open_fact(SealedFact::Ladder, &cdr, &sealed)?;
    let ladder = serde_json::from_slice(&content);
    ladder
        .map(Some)
        .map_err(|error| corrupt(&format!("the ladder of {cdr}: {error}")))
}

#[async_trait]
impl LadderBook for SqlStore {
    async fn write_ladders(&self, ladders: Vec<Ladder>) -> Result<usize, StoreError> {
        self.write(Sight::Everything, ladders.len(), move |desk| {
            add(desk, &ladders)
        })
        .await
    }

    async fn ladder(
        &self,
        scope: &TenantScope,
        call: CallId,
    ) -> Result<Option<Ladder>, StoreError> {
        let tenant = scope.tenant();
        self.read(Sight::Tenant(tenant), move |now| of_call(now, tenant, call))
            .await
    }
}
