//! Parts of the shard that are not seen from outside; `tests/shard` looks from there.

use crate::tenants::{Capped, Tenants};
use machine::Instant;
use testkit::Company;

#[test]
fn a_change_of_caps_counts_the_calls_a_company_has_already() {
    let mut company = Company::new("alpha", 1);
    let (id, now) = (company.id(), Instant::ZERO);
    let mut tenants = Tenants::default();
    tenants.replace(company.compile());
    for _ in 0..3 {
        assert_eq!(tenants.take_call(id, now), Ok(()));
        tenants.call_began(id);
    }
    company.caps().concurrent_calls = Some(3);
    tenants.replace(company.compile());
    assert_eq!(tenants.take_call(id, now), Err(Capped::Concurrent(3)));
    tenants.call_ended(id);
    assert_eq!(tenants.take_call(id, now), Ok(()));
}

#[test]
fn a_company_that_is_gone_is_found_by_none_of_its_names() {
    let mut company = Company::new("alpha", 1);
    let member = company.member("101");
    let mut tenants = Tenants::default();
    tenants.replace(company.compile());
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
