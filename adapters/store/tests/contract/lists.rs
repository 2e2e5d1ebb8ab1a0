//! Lists: order, pages, filters.

use domain::{Document, KindName};
use ports::{Cursor, Filter, Order, PAGE_MAX, Page};
use store::block_on;
use tenancy::TenantScope;

use crate::world::{World, delete, platform};
use crate::{PAGES, on_every_store};

fn names(documents: &[Document]) -> Vec<&str> {
    documents
        .iter()
        .map(|document| document.name.as_str())
        .collect()
}

/// All pages, one after the other.
fn walk(world: &World<'_>, scope: &TenantScope, kind: KindName, first: Page) -> Vec<Document> {
    let (mut page, mut found) = (first, Vec::new());
    for _ in 0..PAGES {
        let listing = block_on(world.store.list(scope, kind, &page)).unwrap();
        assert!(listing.documents.len() <= page.bounded_limit());
        found.extend(listing.documents);
        match listing.next {
            Some(next) => page = page.after(next),
            None => return found,
        }
    }
    panic!("a list without an end: {found:?}");
}

fn by(order: Order, limit: usize) -> Page {
    Page {
        order,
        ..Page::first(limit)
    }
}

fn documents_come_in_the_order_asked_for(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    for number in ["20", "100", "3"] {
        world.extension(&acme, number);
    }
    let listed = |order| walk(world, &acme, KindName::Extension, by(order, 100));
    assert_eq!(names(&listed(Order::Created)), ["20", "100", "3"]);
    assert_eq!(
        names(&listed(Order::Name)),
        ["100", "20", "3"],
        "byte by byte"
    );
}

fn pages_of_any_size_give_every_document_once(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let numbers: Vec<String> = (0..11).map(|n| (900 - n * 7).to_string()).collect();
    for number in &numbers {
        world.extension(&acme, number);
    }
    let mut sorted: Vec<&str> = numbers.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    for limit in 1..=12 {
        let created = walk(world, &acme, KindName::Extension, by(Order::Created, limit));
        assert_eq!(names(&created), numbers, "pages of {limit}");
        let named = walk(world, &acme, KindName::Extension, by(Order::Name, limit));
        assert_eq!(names(&named), sorted, "pages of {limit}");
    }
}

fn the_last_page_says_so_even_when_it_is_full(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    for number in ["101", "102"] {
        world.extension(&acme, number);
    }
    let list = |limit| {
        block_on(
            world
                .store
                .list(&acme, KindName::Extension, &Page::first(limit)),
        )
    };
    assert_eq!(list(2).unwrap().next, None);
    assert!(list(1).unwrap().next.is_some());
    let none = block_on(world.store.list(&acme, KindName::Device, &Page::default())).unwrap();
    assert_eq!((none.documents.len(), none.next), (0, None));
}

fn a_limit_outside_its_bounds_is_moved_to_the_nearer_end(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let creates = (0..=PAGE_MAX)
        .map(|n| ports::Operation::Create(world.extension_write(&acme, &(1000 + n).to_string())));
    world.commit(&acme, creates.collect()).unwrap();
    let count = |limit| {
        let page = Page::first(limit);
        let listed = block_on(world.store.list(&acme, KindName::Extension, &page));
        listed.unwrap().documents.len()
    };
    assert_eq!(
        (count(0), count(PAGE_MAX), count(usize::MAX)),
        (1, PAGE_MAX, PAGE_MAX)
    );
}

fn a_page_goes_on_where_it_ended_though_its_last_document_is_gone(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let documents: Vec<_> = ["101", "102", "103"]
        .map(|n| world.extension(&acme, n))
        .into();
    let list = |page: &Page| block_on(world.store.list(&acme, KindName::Extension, page)).unwrap();
    let first = list(&by(Order::Name, 2));
    world.commit(&acme, vec![delete(&documents[1])]).unwrap();
    world.extension(&acme, "1015");
    let rest = list(&by(Order::Name, 2).after(first.next.unwrap()));
    assert_eq!(
        names(&rest.documents),
        ["103"],
        "1015 lies before the cursor"
    );
}

fn any_text_is_taken_for_a_cursor(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    world.extension(&acme, "101");
    for (cursor, expected) in [("", 1), ("0", 1), ("zzzz", 0), ("\u{10ffff}", 0)] {
        let page = Page::default().after(Cursor(cursor.to_owned()));
        let listed = block_on(world.store.list(&acme, KindName::Extension, &page)).unwrap();
        assert_eq!(listed.documents.len(), expected, "{cursor:?}");
    }
}

fn a_part_of_the_name_is_found_whatever_its_case(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let extension = world.extension(&acme, "101");
    for username in ["Ann-desk", "bob", "ann_mobile"] {
        world.device(&acme, &extension, username);
    }
    let found = |part: &str| {
        let filter = Filter {
            name_contains: Some(part.to_owned()),
            refers_to: None,
        };
        let page = Page {
            filter,
            ..Page::first(1)
        };
        let found = walk(world, &acme, KindName::Device, page);
        found
            .into_iter()
            .map(|document| document.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(found("ANN"), ["Ann-desk", "ann_mobile"]);
    assert_eq!(found("_"), ["ann_mobile"], "no wildcard");
    assert_eq!(found("%"), [""; 0], "no wildcard either");
    assert_eq!(found("").len(), 3);
    assert_eq!(found("Ä"), [""; 0]);
}

fn documents_are_found_by_what_they_refer_to(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let (ann, bob) = (world.extension(&acme, "101"), world.extension(&acme, "102"));
    world.device(&acme, &ann, "ann-desk");
    world.device(&acme, &bob, "bob-desk");
    world.device(&acme, &ann, "ann-mobile");
    let found = |target: &str, part: Option<&str>| {
        let filter = Filter {
            name_contains: part.map(str::to_owned),
            refers_to: Some(target.to_owned()),
        };
        let page = Page {
            filter,
            ..Page::first(1)
        };
        let found = walk(world, &acme, KindName::Device, page);
        found
            .into_iter()
            .map(|document| document.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(found(&ann.id, None), ["ann-desk", "ann-mobile"]);
    assert_eq!(
        found(&ann.id, Some("desk")),
        ["ann-desk"],
        "conditions add up"
    );
    assert_eq!(found("nothing", None), [""; 0]);
}

fn tenants_are_listed_for_the_operator(world: &World<'_>) {
    for domain in ["globex.example", "acme.example", "hooli.example"] {
        let scope = world.tenant(domain);
        world.extension(&scope, "101");
    }
    let list = |page: &Page| {
        block_on(world.store.list_below(&platform(), KindName::Tenant, page)).unwrap()
    };
    let all = list(&Page::default());
    assert_eq!(
        names(&all.documents),
        ["globex.example", "acme.example", "hooli.example"]
    );
    let first = list(&by(Order::Name, 2));
    assert_eq!(names(&first.documents), ["acme.example", "globex.example"]);
    let rest = list(&by(Order::Name, 2).after(first.next.unwrap()));
    assert_eq!(
        (names(&rest.documents), &rest.next),
        (vec!["hooli.example"], &None)
    );
    let mut part = Page::default();
    part.filter.name_contains = Some("OO".to_owned());
    assert_eq!(names(&list(&part).documents), ["hooli.example"]);
}

on_every_store!(
    documents_come_in_the_order_asked_for,
    pages_of_any_size_give_every_document_once,
    the_last_page_says_so_even_when_it_is_full,
    a_limit_outside_its_bounds_is_moved_to_the_nearer_end,
    a_page_goes_on_where_it_ended_though_its_last_document_is_gone,
    any_text_is_taken_for_a_cursor,
    a_part_of_the_name_is_found_whatever_its_case,
    documents_are_found_by_what_they_refer_to,
    tenants_are_listed_for_the_operator,
);
