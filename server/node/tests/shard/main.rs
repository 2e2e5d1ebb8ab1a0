//! A shard among telephones: what they say to it, what it says to them, and what it never says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::wildcard_enum_match_arm, unreachable_pub)]

mod admission;
mod calls;
mod caps;
mod carrier_names;
mod carriers;
mod cells;
mod collected;
mod defence;
mod emergency;
mod events;
mod failover;
mod fairness;
mod features;
mod forgeries;
mod forwards;
mod fraud;
mod gateways;
mod header_rules;
mod intercom;
mod isolation;
mod ladders;
mod lamps;
mod messages;
mod office;
mod on_net;
mod overload;
mod proof;
mod publications;
mod restarts;
mod secrets;
mod spoilt;
mod strays;
mod transfers;
mod verified;
