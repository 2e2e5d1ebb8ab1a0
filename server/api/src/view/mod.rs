//! What the API shows: one type per thing, made of the domain's own, with its schema.

pub(crate) mod audit;
pub(crate) mod call;
pub(crate) mod cdr;
pub(crate) mod device;
pub(crate) mod event;
pub(crate) mod extension;
pub(crate) mod plan;
pub(crate) mod registration;
pub(crate) mod reseller;
pub(crate) mod rollback;
pub(crate) mod tenant;
pub(crate) mod token;
pub(crate) mod webhook;
