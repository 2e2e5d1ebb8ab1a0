//! The table of bans.

use async_trait::async_trait;
use domain::{BANS_MAX, Ban, SourceAddress};
use machine::WallTime;
use ports::{BanBook, StoreError};

use super::SqlStore;
use super::sight::Sight;
use super::sql::{Sql, json, limit};
use super::value::params;

fn all(sql: Sql<'_>) -> Result<Vec<Ban>, StoreError> {
    let list = "SELECT ban FROM bans ORDER BY source";
    sql.all(list, params![], |fields| fields.json(0))
}

fn put(sql: Sql<'_>, bans: &[Ban]) -> Result<(), StoreError> {
    let put = "INSERT INTO bans (source, until, ban) VALUES (?1, ?2, ?3)
               ON CONFLICT (source) DO UPDATE SET until = excluded.until, ban = excluded.ban
               WHERE bans.until < excluded.until";
    for ban in bans {
        let source = ban.source.to_string();
        sql.run(put, params![source, ban.until.unix_ms(), json(ban)?])?;
    }
    let surplus = "DELETE FROM bans WHERE source IN
                   (SELECT source FROM bans ORDER BY until DESC, source LIMIT ?1 OFFSET ?2)";
    let most = limit(BANS_MAX);
    sql.run(surplus, params![most, most]).map(|_| ())
}

#[async_trait]
impl BanBook for SqlStore {
    async fn bans(&self) -> Result<Vec<Ban>, StoreError> {
        self.look(Sight::Everything, move |now| all(now.sql)).await
    }

    async fn put_bans(&self, bans: Vec<Ban>) -> Result<(), StoreError> {
        self.write(Sight::Everything, bans.len(), move |desk| {
            put(desk.sql, &bans)
        })
        .await
    }

    async fn lift_ban(&self, source: SourceAddress) -> Result<bool, StoreError> {
        let source = source.to_string();
        self.write(Sight::Everything, 1, move |desk| {
            let lift = "DELETE FROM bans WHERE source = ?1";
            desk.sql.run(lift, [source]).map(|rows| rows > 0)
        })
        .await
    }

    async fn forget_bans(&self, ended: WallTime) -> Result<usize, StoreError> {
        self.write(Sight::Everything, 1, move |desk| {
            let forget = "DELETE FROM bans WHERE until <= ?1";
            desk.sql.run(forget, [ended.unix_ms()])
        })
        .await
    }
}
