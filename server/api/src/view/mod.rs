//! What the API shows: one type per thing, made of the domain's own, with its schema.

pub(crate) mod archive;
pub(crate) mod audit;
pub(crate) mod ban;
pub(crate) mod brand;
pub(crate) mod call;
pub(crate) mod cdr;
pub(crate) mod certificate;
pub(crate) mod document;
pub(crate) mod emergency;
pub(crate) mod event;
pub(crate) mod ladder;
pub(crate) mod line;
pub(crate) mod master_key;
pub(crate) mod own_forwards;
pub(crate) mod passkey;
pub(crate) mod person;
pub(crate) mod privacy;
pub(crate) mod registration;
pub(crate) mod replay;
pub(crate) mod sheet;
pub(crate) mod support;
pub(crate) mod token;
pub(crate) mod trunk_preset;
pub(crate) mod trunk_usage;
pub(crate) mod usage;
pub(crate) mod webhook;
