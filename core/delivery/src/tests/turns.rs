//! Tenants and endpoints take turns; nobody's load holds up a neighbour.

use super::*;

#[test]
fn tenants_take_turns_whatever_their_load() {
    let mut dispatcher = dispatcher(Limits {
        attempts_at_once: 6,
        ..Limits::default()
    });
    for event in 0..500 {
        dispatcher
            .accept(job(receiver(1, event.into()), event))
            .unwrap();
    }
    dispatcher.accept(job(receiver(2, 1), 1)).unwrap();
    dispatcher.accept(job(receiver(3, 1), 1)).unwrap();
    let first = attempts(&mut dispatcher, Instant::ZERO);
    let of = |tenant| {
        let tenant = TenantId::new(1, tenant);
        first.iter().filter(|a| a.receiver.tenant == tenant).count()
    };
    assert_eq!((of(1), of(2), of(3)), (4, 1, 1));
    assert_eq!(
        first[1].receiver.tenant,
        TenantId::new(1, 2),
        "within one round"
    );
}

#[test]
fn a_tenant_that_is_owed_twice_as_much_starts_twice_as_many() {
    let mut dispatcher = dispatcher(Limits {
        attempts_at_once: 7,
        ..Limits::default()
    });
    dispatcher.set_weight(TenantId::new(1, 1), 20);
    dispatcher.set_weight(TenantId::new(1, 3), 5);
    for event in 0..100 {
        for tenant in 1..=3 {
            let to = receiver(tenant, event.into());
            dispatcher.accept(job(to, event)).unwrap();
        }
    }
    let first = attempts(&mut dispatcher, Instant::ZERO);
    let of = |tenant| {
        let tenant = TenantId::new(1, tenant);
        first.iter().filter(|a| a.receiver.tenant == tenant).count()
    };
    assert_eq!((of(1), of(2), of(3)), (4, 2, 1));
}

#[test]
fn a_weight_that_is_usual_again_is_forgotten() {
    let mut dispatcher = dispatcher(Limits {
        attempts_at_once: 4,
        ..Limits::default()
    });
    dispatcher.set_weight(TenantId::new(1, 1), 1_000);
    dispatcher.set_weight(TenantId::new(1, 1), 10);
    for event in 0..10 {
        for tenant in 1..=2 {
            let to = receiver(tenant, event.into());
            dispatcher.accept(job(to, event)).unwrap();
        }
    }
    let first = attempts(&mut dispatcher, Instant::ZERO);
    let tenants: Vec<_> = first.iter().map(|a| a.receiver.tenant).collect();
    let (a, b) = (TenantId::new(1, 1), TenantId::new(1, 2));
    assert_eq!(tenants, [a, b, a, b]);
}

#[test]
fn a_tenant_has_no_more_attempts_under_way_than_its_share() {
    let limits = Limits::default();
    let mut dispatcher = dispatcher(limits);
    for event in 0..200 {
        dispatcher
            .accept(job(receiver(1, event.into()), event))
            .unwrap();
    }
    let now = attempts(&mut dispatcher, Instant::ZERO);
    assert_eq!(now.len(), limits.attempts_per_tenant);
    dispatcher.finished(&now[0], Outcome::Delivered, Instant::ZERO);
    assert_eq!(attempts(&mut dispatcher, Instant::ZERO).len(), 1);
}

#[test]
fn an_endpoint_has_no_more_attempts_under_way_than_its_share() {
    let limits = Limits::default();
    let mut dispatcher = dispatcher(limits);
    for event in 0..100 {
        dispatcher.accept(job(receiver(1, 1), event)).unwrap();
        dispatcher.accept(job(receiver(1, 2), event)).unwrap();
    }
    let now = attempts(&mut dispatcher, Instant::ZERO);
    assert_eq!(now.len(), 2 * limits.attempts_per_endpoint);
}

#[test]
fn a_job_beyond_its_tenants_bound_is_refused_and_no_neighbours() {
    let limits = Limits::default();
    let mut dispatcher = dispatcher(limits);
    let bound = u64::try_from(limits.jobs_per_tenant).unwrap();
    for event in 0..bound {
        dispatcher.accept(job(receiver(1, 1), event)).unwrap();
    }
    assert_eq!(dispatcher.room(TenantId::new(1, 1)), 0);
    let beyond = job(receiver(1, 2), bound);
    assert_eq!(dispatcher.accept(beyond), Err(crate::Full(beyond)));
    dispatcher.accept(job(receiver(2, 1), 1)).unwrap();
}

#[test]
fn what_is_held_of_all_tenants_is_bounded_too() {
    let mut dispatcher = dispatcher(Limits {
        jobs: 3,
        ..Limits::default()
    });
    for tenant in 0..3 {
        dispatcher.accept(job(receiver(tenant, 1), 1)).unwrap();
    }
    dispatcher.accept(job(receiver(9, 1), 1)).unwrap_err();
}

#[test]
fn an_endpoint_that_is_forgotten_gives_back_all_that_it_held() {
    let mut dispatcher = dispatcher(Limits::default());
    for event in 0..10 {
        dispatcher.accept(job(receiver(1, 1), event)).unwrap();
    }
    let now = attempts(&mut dispatcher, Instant::ZERO);
    assert_eq!(now.len(), 4);
    dispatcher.forget(receiver(1, 1));
    assert_eq!((dispatcher.jobs(), dispatcher.under_way()), (0, 0));
    assert_eq!(
        dispatcher.finished(&now[0], Outcome::Delivered, Instant::ZERO),
        None
    );
    assert_eq!((dispatcher.jobs(), dispatcher.under_way()), (0, 0));
}

#[test]
fn a_thousand_random_deliveries_all_end_and_leave_nothing_behind() {
    let mut random = Random::from_seed(11);
    let mut dispatcher = dispatcher(Limits::default());
    let (mut now, mut open, mut delivered) = (Instant::ZERO, Vec::new(), 0);
    for event in 0..1_000 {
        let to = receiver(random.below(7).into(), random.below(3).into());
        let subject = random.below(40).into();
        dispatcher.accept(about(subject, job(to, event))).unwrap();
    }
    for _ in 0..100_000 {
        open.extend(attempts(&mut dispatcher, now));
        if open.is_empty() {
            let Some(at) = dispatcher.deadline() else {
                break;
            };
            now = now.max(at);
            continue;
        }
        random.shuffle(&mut open);
        let attempt = open.pop().unwrap();
        let fails = random.chance(300);
        let outcome = if fails { FAILED } else { Outcome::Delivered };
        dispatcher.finished(&attempt, outcome, now).unwrap();
        delivered += usize::from(!fails);
    }
    assert_eq!(delivered, 1_000);
    assert_eq!((dispatcher.jobs(), dispatcher.under_way()), (0, 0));
    assert_eq!(dispatcher.deadline(), None);
}
