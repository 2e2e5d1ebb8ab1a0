//! Blobs: read back octet by octet, bounded for each company, seen by no other, and gone with their
//! document.

use domain::{Document, Extension};
use ports::{BLOB_ABOUT_MAX, BLOB_MAX, Blob, BlobPlace, Kept, StoreError, locate};
use store::block_on;
use tenancy::{TenantScope, Unresolved};

use crate::on_every_store;
use crate::world::{World, delete};

/// Bounds that nobody meets.
const MUCH: u64 = 1 << 40;

/// The place of an extension's blob. Any kind will do: what a blob belongs to is a document.
fn place(world: &World<'_>, scope: &TenantScope, extension: &Document) -> BlobPlace {
    let reference = Unresolved::<Extension>::new(extension.id.clone());
    BlobPlace::of(&block_on(locate(world.store, scope, &reference)).unwrap().0)
}

/// So many octets that tell their places.
fn blob(length: usize) -> Blob {
    let octets = (0..length).map(|at| u8::try_from(at % 251).unwrap());
    Blob {
        about: format!("{length} octets, Zoë's"),
        octets: octets.collect(),
    }
}

/// Gives an extension a blob.
pub(crate) fn with_blob(world: &World<'_>, scope: &TenantScope, extension: &Document) -> BlobPlace {
    let place = place(world, scope, extension);
    let put = block_on(world.store.put_blob(scope, &place, blob(1_000), MUCH));
    assert_eq!(put, Ok(Kept::Yes));
    place
}

fn a_blob_is_read_back_octet_by_octet(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let extension = world.extension(&acme, "101");
    let at = place(world, &acme, &extension);
    assert_eq!(block_on(world.store.blob(&acme, &at)), Ok(None));
    // nothing, one piece, several pieces, and a bit more than that
    for length in [0, 1, 256 << 10, (512 << 10) + 1] {
        let put = block_on(world.store.put_blob(&acme, &at, blob(length), MUCH));
        assert_eq!(put, Ok(Kept::Yes));
        let found = block_on(world.store.blob(&acme, &at)).unwrap().unwrap();
        assert!(found == blob(length), "{length} octets");
        let about = block_on(world.store.about_blob(&acme, &at));
        assert_eq!(about, Ok(Some(blob(length).about)));
        let octets = u64::try_from(length).unwrap();
        assert_eq!(block_on(world.store.blob_octets(&acme)), Ok(octets));
    }
}

fn a_company_has_no_more_octets_than_it_may(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let one = world.extension(&acme, "101");
    let other = world.extension(&acme, "102");
    let (one, other) = (place(world, &acme, &one), place(world, &acme, &other));
    let put = |at, length| block_on(world.store.put_blob(&acme, at, blob(length), 1_000));
    assert_eq!(put(&one, 1_001), Ok(Kept::Full { in_use: 0 }));
    assert_eq!(put(&one, 600), Ok(Kept::Yes));
    assert_eq!(put(&other, 401), Ok(Kept::Full { in_use: 600 }));
    assert_eq!(block_on(world.store.blob(&acme, &other)), Ok(None));
    assert_eq!(put(&other, 400), Ok(Kept::Yes));
    // what is replaced makes room for what comes in its place
    assert_eq!(put(&one, 601), Ok(Kept::Full { in_use: 400 }));
    assert_eq!(block_on(world.store.blob(&acme, &one)), Ok(Some(blob(600))));
    assert_eq!(put(&one, 500), Ok(Kept::Yes));
}

fn a_blob_longer_than_any_may_be_is_refused(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let at = place(world, &acme, &world.extension(&acme, "101"));
    let put = |blob| block_on(world.store.put_blob(&acme, &at, blob, MUCH));
    let long = Blob {
        about: String::new(),
        octets: vec![0; BLOB_MAX + 1],
    };
    assert_eq!(put(long), Err(StoreError::TooLarge { limit: BLOB_MAX }));
    let wordy = Blob {
        about: "x".repeat(BLOB_ABOUT_MAX + 1),
        octets: Vec::new(),
    };
    let limit = BLOB_ABOUT_MAX;
    assert_eq!(put(wordy), Err(StoreError::TooLarge { limit }));
}

fn a_neighbour_reaches_no_blob(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let extension = world.extension(&acme, "101");
    let at = with_blob(world, &acme, &extension);
    let store = world.store;
    let gone = || Err(StoreError::NotFound);
    assert_eq!(block_on(store.blob(&globex, &at)), gone());
    assert_eq!(
        block_on(store.about_blob(&globex, &at)),
        Err(StoreError::NotFound)
    );
    assert_eq!(
        block_on(store.remove_blob(&globex, &at)),
        Err(StoreError::NotFound)
    );
    assert_eq!(
        block_on(store.put_blob(&globex, &at, blob(1), MUCH)),
        Err(StoreError::NotFound)
    );
    assert_eq!(block_on(store.blob_octets(&globex)), Ok(0));
    assert_eq!(block_on(store.blob(&acme, &at)), Ok(Some(blob(1_000))));
}

fn a_blob_is_removed_by_itself(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let extension = world.extension(&acme, "101");
    let at = with_blob(world, &acme, &extension);
    assert_eq!(block_on(world.store.remove_blob(&acme, &at)), Ok(true));
    assert_eq!(block_on(world.store.remove_blob(&acme, &at)), Ok(false));
    assert_eq!(block_on(world.store.blob(&acme, &at)), Ok(None));
    assert_eq!(block_on(world.store.blob_octets(&acme)), Ok(0));
}

fn a_blob_goes_with_its_document_and_none_comes_after_it(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let extension = world.extension(&acme, "101");
    let at = with_blob(world, &acme, &extension);
    world.commit(&acme, vec![delete(&extension)]).unwrap();
    assert_eq!(block_on(world.store.blob(&acme, &at)), Ok(None));
    assert_eq!(block_on(world.store.blob_octets(&acme)), Ok(0));
    let late = block_on(world.store.put_blob(&acme, &at, blob(1), MUCH));
    assert_eq!(late, Err(StoreError::NotFound));
}

fn a_change_that_fails_leaves_the_blob_where_it_is(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let extension = world.extension(&acme, "101");
    let at = with_blob(world, &acme, &extension);
    let twice = vec![delete(&extension), delete(&extension)];
    assert_eq!(world.commit(&acme, twice), Err(StoreError::NotFound));
    assert_eq!(
        block_on(world.store.blob(&acme, &at)),
        Ok(Some(blob(1_000)))
    );
}

on_every_store!(
    a_blob_is_read_back_octet_by_octet,
    a_company_has_no_more_octets_than_it_may,
    a_blob_longer_than_any_may_be_is_refused,
    a_neighbour_reaches_no_blob,
    a_blob_is_removed_by_itself,
    a_blob_goes_with_its_document_and_none_comes_after_it,
    a_change_that_fails_leaves_the_blob_where_it_is,
);
