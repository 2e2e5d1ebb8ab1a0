//! Parts of the shard that are not seen from outside; `tests/shard` looks from there.

use crate::capped::Capped;
use crate::tenants::Tenants;
use machine::Instant;
use std::time::Duration;
use testkit::Company;

#[test]
fn a_change_of_caps_counts_the_calls_a_company_has_already() {
    let mut company = Company::new("alpha", 1);
    let (id, now) = (company.id(), Instant::ZERO);
    let mut tenants = Tenants::default();
    tenants.replace(&company.compile());
    for _ in 0..3 {
        assert_eq!(tenants.take_call(id, now), Ok(()));
        tenants.call_began(id);
    }
    company.caps().concurrent_calls = Some(3);
    tenants.replace(&company.compile());
    assert_eq!(tenants.take_call(id, now), Err(Capped::ConcurrentCalls(3)));
    tenants.call_ended(id);
    assert_eq!(tenants.take_call(id, now), Ok(()));
}

#[test]
fn a_company_that_is_gone_is_found_by_none_of_its_names() {
    let mut company = Company::new("alpha", 1);
    let member = company.member("101");
    let mut tenants = Tenants::default();
    tenants.replace(&company.compile());
    assert!(tenants.directory.device(&member.account.username).is_some());
    tenants.forget(company.id());
    assert!(tenants.directory.device(&member.account.username).is_none());
    assert!(
        tenants
            .directory
            .tenant_of_domain("alpha.example")
            .is_none()
    );
    assert!(tenants.compiled(company.id()).is_none());
}

#[test]
fn a_company_that_wants_nothing_is_forgotten_but_for_what_it_is() {
    let company = Company::new("alpha", 1);
    let mut tenants = Tenants::default();
    tenants.replace(&company.compile());
    let (id, minute) = (company.id(), Duration::from_secs(60));
    let mut now = Instant::ZERO + minute;
    assert_eq!(tenants.take_registration(id, now), Ok(()));
    assert_eq!((tenants.calls().count(), tenants.directory.warm()), (1, 1));
    tenants.call_began(id);
    for _ in 0..3 {
        now += minute;
        tenants.cool(now);
    }
    assert_eq!(tenants.calls().next(), Some((id, 1)), "its call goes on");
    tenants.call_ended(id);
    tenants.cool(now + minute);
    assert_eq!((tenants.calls().count(), tenants.directory.warm()), (0, 0));
    assert_eq!(tenants.take_registration(id, now + minute), Ok(()));
}
