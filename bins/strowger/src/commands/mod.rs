//! Commands that look after a data folder. Each converts words, calls one use case, prints.

pub(crate) mod archive;
pub(crate) mod backup;
pub(crate) mod ban;
pub(crate) mod cdr;
pub(crate) mod certificate;
pub(crate) mod demo;
pub(crate) mod document;
pub(crate) mod emergency;
pub(crate) mod erase;
pub(crate) mod explain;
pub(crate) mod fax;
mod fields;
mod journal_files;
pub(crate) mod key;
pub(crate) mod migrate;
mod names;
pub(crate) mod people;
pub(crate) mod person;
pub(crate) mod prepare;
pub(crate) mod quality;
pub(crate) mod rate_deck;
pub(crate) mod recording;
pub(crate) mod replay;
pub(crate) mod sheet;
pub(crate) mod snapshot;
pub(crate) mod sound;
pub(crate) mod token;
pub(crate) mod trial_certificate;
pub(crate) mod trunk;
pub(crate) mod usage;

use admin::Resources;
use domain::Kind;
use ports::{Cursor, PAGE_MAX, Page, StoreError};
use store::block_on;

use crate::failure::Failure;

/// Every page of a list, one after the other.
fn each_page<K: Kind>(
    mut list: impl AsyncFnMut(Page) -> Result<Resources<K>, StoreError>,
    mut show: impl FnMut(domain::Resource<K>),
) -> Result<(), Failure> {
    let mut after: Option<Cursor> = None;
    loop {
        let page = Page {
            after,
            ..Page::first(PAGE_MAX)
        };
        let listed = block_on(list(page))?;
        listed.items.into_iter().for_each(&mut show);
        match listed.next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}
