//! Faxes and their documents: sealed, seen by no other, bounded, and gone with their company.

use domain::{FAX_OCTETS_MAX, Fax, FaxCarriage, FaxSending, FaxState, FaxTransport};
use ids::{CallId, ExtensionId, FaxId};
use ports::{FACTS_AT_ONCE, FaxListing, FaxQuery, Kept, StoreError};
use store::block_on;
use tenancy::TenantScope;

use crate::on_every_store;
use crate::world::{World, time};

/// More octets than all tests together have.
const MUCH: u64 = 1 << 30;

/// A fax that has come, of a number that tells its id and its moment.
fn fax(scope: &TenantScope, number: u64) -> Fax {
    let unix_ms = u64::try_from(time(number).unix_ms()).unwrap();
    Fax {
        id: FaxId::new(unix_ms, 7),
        tenant: scope.tenant(),
        call: Some(CallId::new(number, 2)),
        extension: ExtensionId::from_u128(101),
        number: "101".to_owned(),
        caller: "+4930123456, Zoë".to_owned(),
        began: time(number),
        ended: time(number + 60),
        state: FaxState::Received,
        failure: None,
        pages: 3,
        octets: 0,
        carriage: FaxCarriage {
            transport: Some(FaxTransport::T38),
            station: "+49 30 5550".to_owned(),
            bits_per_second: 14_400,
            ecm: true,
            bad_rows: 0,
        },
        sending: None,
    }
}

/// A document of so many octets, none of which is like its neighbour.
fn document(octets: usize) -> Vec<u8> {
    (0..=250_u8).cycle().take(octets).collect()
}

fn write(world: &World<'_>, fax: &Fax, octets: usize) -> Fax {
    let written = world.store.write_fax(fax.clone(), document(octets), MUCH);
    assert_eq!(block_on(written), Ok(Kept::Yes));
    Fax {
        octets: u64::try_from(octets).unwrap(),
        ..fax.clone()
    }
}

/// A company's fax with a document of some pieces.
pub(crate) fn with_fax(world: &World<'_>, scope: &TenantScope) -> Fax {
    write(world, &fax(scope, world.number()), 600_000)
}

fn page(world: &World<'_>, scope: &TenantScope, query: &FaxQuery) -> FaxListing {
    block_on(world.store.faxes(scope, query)).unwrap()
}

fn find(world: &World<'_>, scope: &TenantScope, id: FaxId) -> Option<Fax> {
    block_on(world.store.fax(scope, id)).unwrap()
}

fn read(world: &World<'_>, scope: &TenantScope, id: FaxId) -> Option<Vec<u8>> {
    block_on(world.store.fax_document(scope, id)).unwrap()
}

fn a_fax_is_read_back_with_its_document(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let kept = with_fax(world, &acme);
    assert_eq!(find(world, &acme, kept.id), Some(kept.clone()));
    assert_eq!(read(world, &acme, kept.id), Some(document(600_000)));
    let bare = write(
        world,
        &fax(&acme, 70).failed("no_answer", "nothing came"),
        0,
    );
    assert_eq!(find(world, &acme, bare.id), Some(bare.clone()));
    assert_eq!(read(world, &acme, bare.id), None);
    assert_eq!(find(world, &acme, FaxId::new(1, 1)), None);
    assert_eq!(read(world, &acme, FaxId::new(1, 1)), None);
}

fn a_fax_takes_the_place_of_the_one_with_its_id(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    write(world, &fax(&acme, 40), 600_000);
    let second = write(world, &fax(&acme, 40).failed("full", "no room"), 10);
    let listed = page(world, &acme, &FaxQuery::default());
    assert_eq!(listed.faxes, std::slice::from_ref(&second));
    assert_eq!(read(world, &acme, second.id), Some(document(10)));
}

fn pages_follow_each_other_newest_first_without_gap_or_overlap(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let all: Vec<Fax> = (1..=7)
        .map(|number| write(world, &fax(&acme, number), 9))
        .collect();
    let mut query = FaxQuery {
        limit: 3,
        ..FaxQuery::default()
    };
    let mut seen = Vec::new();
    for _ in 0..crate::PAGES {
        let listed = page(world, &acme, &query);
        assert!(listed.faxes.len() <= 3);
        seen.extend(listed.faxes);
        query.after = listed.next;
        if query.after.is_none() {
            break;
        }
    }
    let newest_first: Vec<Fax> = all.into_iter().rev().collect();
    assert_eq!(seen, newest_first);
}

fn faxes_of_one_extension_one_state_or_before_a_moment_are_found(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let other = Fax {
        extension: ExtensionId::from_u128(102),
        ..fax(&acme, 2)
    };
    let all = [
        write(world, &fax(&acme, 1), 1),
        write(world, &other, 1),
        write(world, &fax(&acme, 3).failed("hung_up", "gone"), 1),
    ];
    let found = |query: FaxQuery| page(world, &acme, &query).faxes;
    let of_extension = FaxQuery {
        extension: Some(other.extension),
        ..FaxQuery::default()
    };
    assert_eq!(found(of_extension.clone()), [all[1].clone()]);
    let failed = FaxQuery {
        state: Some(FaxState::Failed),
        ..FaxQuery::default()
    };
    assert_eq!(found(failed.clone()), [all[2].clone()]);
    let both = FaxQuery {
        state: failed.state,
        ..of_extension
    };
    assert_eq!(found(both), []);
    let older = FaxQuery {
        until: Some(time(2)),
        state: Some(FaxState::Received),
        ..FaxQuery::default()
    };
    assert_eq!(found(older), [all[0].clone()]);
}

fn a_fax_is_removed_by_its_own_company_alone(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let (kept, other) = (with_fax(world, &acme), with_fax(world, &acme));
    let remove = |scope, id| block_on(world.store.remove_faxes(scope, vec![id]));
    assert_eq!(remove(&globex, kept.id), Ok(0));
    assert_eq!(find(world, &acme, kept.id), Some(kept.clone()));
    assert_eq!(remove(&acme, kept.id), Ok(1));
    assert_eq!(remove(&acme, kept.id), Ok(0));
    assert_eq!(find(world, &acme, kept.id), None);
    assert_eq!(read(world, &acme, kept.id), None);
    assert_eq!(find(world, &acme, other.id), Some(other));
    let many = vec![FaxId::new(1, 1); FACTS_AT_ONCE + 1];
    let refused = block_on(world.store.remove_faxes(&acme, many));
    let limit = FACTS_AT_ONCE;
    assert_eq!(refused, Err(StoreError::TooLarge { limit }));
}

fn a_stranger_finds_no_fax(world: &World<'_>) {
    let (acme, stranger) = (world.tenant("acme.example"), world.tenant("b.example"));
    let kept = with_fax(world, &acme);
    assert_eq!(find(world, &stranger, kept.id), None);
    assert_eq!(read(world, &stranger, kept.id), None);
    let listed = page(world, &stranger, &FaxQuery::default());
    assert_eq!(listed, FaxListing::default());
}

fn a_company_keeps_no_more_octets_than_it_may(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let kept = write(world, &fax(&acme, 1), 700);
    let put = |fax: &Fax, octets| {
        let written = world.store.write_fax(fax.clone(), document(octets), 1_000);
        block_on(written)
    };
    let full = Kept::Full { in_use: 700 };
    assert_eq!(put(&fax(&acme, 2), 301), Ok(full));
    assert_eq!(find(world, &acme, fax(&acme, 2).id), None);
    assert_eq!(put(&fax(&acme, 2), 300), Ok(Kept::Yes));
    assert_eq!(put(&fax(&acme, 1), 700), Ok(Kept::Yes), "in its own place");
    assert_eq!(put(&fax(&globex, 1), 1_000), Ok(Kept::Yes), "a neighbour");
    assert_eq!(find(world, &acme, kept.id), Some(kept));
    let limit = usize::try_from(FAX_OCTETS_MAX).unwrap();
    let long = world
        .store
        .write_fax(fax(&acme, 3), vec![0; limit + 1], MUCH);
    assert_eq!(block_on(long), Err(StoreError::TooLarge { limit }));
}

fn faxes_go_with_their_company(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let kept = with_fax(world, &acme);
    crate::erasure::erase(world, &acme);
    assert_eq!(find(world, &acme, kept.id), None);
    assert_eq!(read(world, &acme, kept.id), None);
    let late = world.store.write_fax(kept, document(5), MUCH);
    assert_eq!(block_on(late), Err(StoreError::NotFound));
}

fn a_fax_is_read_under_its_companys_new_key(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let kept = [with_fax(world, &acme), with_fax(world, &acme)];
    block_on(world.store.renew_key(&acme)).unwrap();
    for fax in kept {
        assert_eq!(read(world, &acme, fax.id), Some(document(600_000)));
        assert_eq!(find(world, &acme, fax.id), Some(fax));
    }
}

/// A fax that waits to be sent.
fn waiting(scope: &TenantScope, number: u64) -> Fax {
    Fax {
        call: None,
        state: FaxState::Queued,
        sending: Some(FaxSending {
            to: "+4930987654".to_owned(),
            attempts: 0,
            attempts_max: 3,
            pause: 60,
            due: Some(time(number)),
        }),
        ..fax(scope, number)
    }
}

fn of_two_that_want_to_send_a_fax_one_does(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let kept = write(world, &waiting(&acme, 1), 600_000);
    let change = |fax: &Fax, was| block_on(world.store.change_fax(fax.clone(), was));
    let sends = Fax {
        state: FaxState::Sending,
        ..kept.clone()
    };
    assert_eq!(change(&sends, FaxState::Queued), Ok(true));
    assert_eq!(change(&sends, FaxState::Queued), Ok(false), "it is taken");
    assert_eq!(find(world, &acme, kept.id), Some(sends.clone()));
    assert_eq!(read(world, &acme, kept.id), Some(document(600_000)));
    let stolen = Fax {
        tenant: globex.tenant(),
        ..sends.clone()
    };
    assert_eq!(
        change(&stolen, FaxState::Sending),
        Ok(false),
        "a neighbour's"
    );
    let query = FaxQuery {
        state: Some(FaxState::Sending),
        ..FaxQuery::default()
    };
    assert_eq!(
        page(world, &acme, &query).faxes,
        std::slice::from_ref(&sends)
    );
    crate::erasure::erase(world, &acme);
    assert_eq!(change(&sends, FaxState::Sending), Ok(false), "it is gone");
}

fn companies_are_known_that_have_faxes_to_send(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let open = || {
        let all = block_on(world.store.tenants_with_open_faxes()).unwrap();
        let ours = [acme.tenant(), globex.tenant()];
        all.into_iter()
            .filter(|one| ours.contains(one))
            .collect::<Vec<_>>()
    };
    with_fax(world, &acme);
    assert_eq!(open(), []);
    let one = write(world, &waiting(&globex, 2), 9);
    write(world, &waiting(&globex, 3), 9);
    assert_eq!(open(), [globex.tenant()]);
    let sends = Fax {
        state: FaxState::Sending,
        ..one
    };
    block_on(world.store.change_fax(sends, FaxState::Queued)).unwrap();
    assert_eq!(open(), [globex.tenant()]);
}

on_every_store!(
    of_two_that_want_to_send_a_fax_one_does,
    companies_are_known_that_have_faxes_to_send,
    a_fax_is_read_back_with_its_document,
    a_fax_takes_the_place_of_the_one_with_its_id,
    pages_follow_each_other_newest_first_without_gap_or_overlap,
    faxes_of_one_extension_one_state_or_before_a_moment_are_found,
    a_fax_is_removed_by_its_own_company_alone,
    a_stranger_finds_no_fax,
    a_company_keeps_no_more_octets_than_it_may,
    faxes_go_with_their_company,
    a_fax_is_read_under_its_companys_new_key,
);
