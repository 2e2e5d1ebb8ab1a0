//! Webhooks' deliveries and keys.

use domain::{Delivery, DeliveryState, Event, KindName, SigningKeys, Webhook};
use ids::{DeviceId, EventId, WebhookId};
use ports::{DELIVERIES_KEPT, DeliveryQuery, Operation, SecretChange, StoreError};
use store::block_on;
use tenancy::TenantScope;

use crate::on_every_store;
use crate::world::{World, delete, time, write};

fn hook(world: &World<'_>, scope: &TenantScope, name: &str) -> WebhookId {
    let id = WebhookId::new(world.number(), 0);
    let spec = Webhook {
        name: name.to_owned(),
        url: "https://hooks.example/".to_owned(),
        events: Vec::new(),
        enabled: true,
    };
    let mut made = write(id, scope.owner(), spec);
    made.secret = SecretChange::Sign(SigningKeys::first([7; 32]));
    world.create(scope, made);
    id
}

pub(crate) fn delivery(scope: &TenantScope, webhook: WebhookId, cursor: u64) -> Delivery {
    let id = EventId::new(cursor, 3);
    let device = DeviceId::new(1, 1);
    let mut event = Event::of_registration(id, scope.tenant(), device, 1, time(cursor));
    event.cursor = cursor;
    Delivery::begin(webhook, event, time(cursor))
}

/// Gives a tenant a webhook with a delivery.
pub(crate) fn with_delivery(world: &World<'_>, scope: &TenantScope) -> WebhookId {
    let webhook = hook(world, scope, "crm");
    let one = vec![delivery(scope, webhook, 1)];
    block_on(world.store.take_in(scope, webhook, 1, one)).unwrap();
    webhook
}

fn cursors(deliveries: &[Delivery]) -> Vec<u64> {
    deliveries.iter().map(|one| one.event.cursor).collect()
}

fn all(webhook: WebhookId) -> DeliveryQuery {
    DeliveryQuery {
        webhook,
        state: None,
        before: None,
        limit: 0,
    }
}

fn deliveries_are_taken_in_once_and_the_place_moves_with_them(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let webhook = hook(world, &acme, "crm");
    assert_eq!(block_on(world.store.place(&acme, webhook)), Ok(None));
    let take = |place, cursors: &[u64]| {
        let each = cursors
            .iter()
            .map(|cursor| delivery(&acme, webhook, *cursor));
        block_on(world.store.take_in(&acme, webhook, place, each.collect())).unwrap();
    };
    take(5, &[2, 4]);
    take(9, &[4, 8]);
    assert_eq!(block_on(world.store.place(&acme, webhook)), Ok(Some(9)));
    let waiting = block_on(world.store.waiting(&acme, webhook, 10)).unwrap();
    assert_eq!(cursors(&waiting), [2, 4, 8]);
    let two = block_on(world.store.waiting(&acme, webhook, 2)).unwrap();
    assert_eq!(cursors(&two), [2, 4]);
}

fn what_became_of_a_delivery_is_noted_and_found(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let webhook = hook(world, &acme, "crm");
    let each = (1..=4).map(|cursor| delivery(&acme, webhook, cursor));
    block_on(world.store.take_in(&acme, webhook, 4, each.collect())).unwrap();
    let now = |cursor, state| Delivery {
        state,
        tries: 3,
        ..delivery(&acme, webhook, cursor)
    };
    let notes = vec![
        now(1, DeliveryState::Delivered),
        now(3, DeliveryState::Dead),
        now(77, DeliveryState::Dead),
    ];
    block_on(world.store.note_deliveries(&acme, notes)).unwrap();
    let list = |query| cursors(&block_on(world.store.deliveries(&acme, &query)).unwrap());
    assert_eq!(list(all(webhook)), [4, 3, 2, 1]);
    let state = Some(DeliveryState::Dead);
    assert_eq!(
        list(DeliveryQuery {
            state,
            ..all(webhook)
        }),
        [3]
    );
    let before = Some(3);
    assert_eq!(
        list(DeliveryQuery {
            before,
            ..all(webhook)
        }),
        [2, 1]
    );
    assert_eq!(
        list(DeliveryQuery {
            limit: 1,
            ..all(webhook)
        }),
        [4]
    );
    let found = block_on(world.store.delivery(&acme, webhook, 3)).unwrap();
    assert_eq!(found, Some(now(3, DeliveryState::Dead)));
    assert_eq!(block_on(world.store.delivery(&acme, webhook, 77)), Ok(None));
    let waiting = block_on(world.store.waiting(&acme, webhook, 10)).unwrap();
    assert_eq!(cursors(&waiting), [2, 4]);
}

fn no_more_deliveries_are_kept_than_the_bound(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let webhook = hook(world, &acme, "crm");
    let last = u64::try_from(DELIVERIES_KEPT).unwrap() + 2;
    let each: Vec<_> = (1..=last)
        .map(|cursor| delivery(&acme, webhook, cursor))
        .collect();
    block_on(world.store.take_in(&acme, webhook, last, each.clone())).unwrap();
    let done = each.into_iter().map(|one| Delivery {
        state: DeliveryState::Delivered,
        ..one
    });
    block_on(world.store.note_deliveries(&acme, done.collect())).unwrap();
    for (cursor, kept) in [(2, false), (3, true)] {
        let found = block_on(world.store.delivery(&acme, webhook, cursor)).unwrap();
        assert_eq!(found.is_some(), kept, "{cursor}");
    }
}

fn a_webhook_that_is_deleted_takes_its_deliveries_along(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let webhook = hook(world, &acme, "crm");
    let one = vec![delivery(&acme, webhook, 1)];
    block_on(world.store.take_in(&acme, webhook, 1, one.clone())).unwrap();
    let document = world.get(&acme, KindName::Webhook, "crm").unwrap();
    world.commit(&acme, vec![delete(&document)]).unwrap();
    assert_eq!(block_on(world.store.place(&acme, webhook)), Ok(None));
    assert_eq!(
        block_on(world.store.deliveries(&acme, &all(webhook))),
        Ok(vec![])
    );
    let refused = block_on(world.store.take_in(&acme, webhook, 1, one));
    assert_eq!(refused, Err(StoreError::NotFound));
    assert_eq!(
        block_on(
            world
                .store
                .signing_keys(&acme, KindName::Webhook, &webhook.to_string())
        ),
        Ok(None)
    );
}

fn another_tenant_sees_neither_keys_nor_deliveries(world: &World<'_>) {
    let (acme, globex) = (world.tenant("acme.example"), world.tenant("globex.example"));
    let webhook = hook(world, &acme, "crm");
    let one = vec![delivery(&acme, webhook, 1)];
    block_on(world.store.take_in(&acme, webhook, 1, one.clone())).unwrap();
    assert_eq!(
        block_on(world.store.tenants_with_webhooks()),
        Ok(vec![acme.tenant()])
    );
    assert_eq!(
        block_on(
            world
                .store
                .signing_keys(&globex, KindName::Webhook, &webhook.to_string())
        ),
        Ok(None)
    );
    assert_eq!(block_on(world.store.place(&globex, webhook)), Ok(None));
    assert_eq!(
        block_on(world.store.delivery(&globex, webhook, 1)),
        Ok(None)
    );
    assert_eq!(
        block_on(world.store.deliveries(&globex, &all(webhook))),
        Ok(vec![])
    );
    let refused = block_on(world.store.take_in(&globex, webhook, 1, Vec::new()));
    assert_eq!(refused, Err(StoreError::NotFound));
    block_on(world.store.note_deliveries(&globex, one.clone())).unwrap();
    let found = block_on(world.store.delivery(&acme, webhook, 1)).unwrap();
    assert_eq!(found, one.into_iter().next());
}

fn keys_are_kept_and_replaced_with_their_webhook(world: &World<'_>) {
    let acme = world.tenant("acme.example");
    let webhook = hook(world, &acme, "crm");
    let first = SigningKeys::first([7; 32]);
    let keys = || {
        block_on(
            world
                .store
                .signing_keys(&acme, KindName::Webhook, &webhook.to_string()),
        )
        .unwrap()
    };
    assert_eq!(keys(), Some(first));
    let document = world.get(&acme, KindName::Webhook, "crm").unwrap();
    let next = first.replaced([8; 32], time(1));
    let replace = |secret| Operation::Replace {
        write: ports::Write {
            document: document.clone(),
            secret,
        },
        expected_revision: None,
    };
    world
        .commit(&acme, vec![replace(SecretChange::Sign(next))])
        .unwrap();
    world
        .commit(&acme, vec![replace(SecretChange::Keep)])
        .unwrap();
    assert_eq!(keys(), Some(next));
}

on_every_store!(
    deliveries_are_taken_in_once_and_the_place_moves_with_them,
    what_became_of_a_delivery_is_noted_and_found,
    no_more_deliveries_are_kept_than_the_bound,
    a_webhook_that_is_deleted_takes_its_deliveries_along,
    another_tenant_sees_neither_keys_nor_deliveries,
    keys_are_kept_and_replaced_with_their_webhook,
);
