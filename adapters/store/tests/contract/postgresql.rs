//! What PostgreSQL alone must do: keep tenants apart by itself, serve several processes and
//! releases, come back after it was away.

mod backup;
mod far;
mod schema;
mod sharing;
mod transfer;
mod wall;
