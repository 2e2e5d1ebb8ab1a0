//! Those above a company enter it with its consent, for a time, and in its sight.

use std::time::Duration;

use admin::support::{Denied, Wish};
use admin::{access, support};
use domain::{SupportAccess, SupportPolicy, SupportState};
use ports::StoreError;
use store::block_on;
use tenancy::{Owner, Principal, TenantScope, Unresolved};

use crate::office::Scene;

/// A company, somebody of it, and somebody of the operator.
struct Support {
    scene: Scene,
    own: TenantScope,
    operator: Principal,
}

impl Support {
    fn new(policy: SupportPolicy) -> Support {
        let scene = Scene::new();
        let tenant = scene.company("acme.example").tenant.id;
        let admin = scene.holder(tenant.into());
        let own = TenantScope::from_api_authorisation(&admin, tenant).unwrap();
        block_on(support::set_policy(&scene.office, &own, policy)).unwrap();
        Support {
            operator: scene.holder(Owner::PLATFORM),
            scene,
            own,
        }
    }

    fn enter(&self, who: &Principal) -> Result<(), Denied> {
        let name = Unresolved::new("acme.example");
        block_on(access::enter(&self.scene.office, who, &name)).map(|_| ())
    }

    fn ask(&self, minutes: u64) -> Result<SupportAccess, Denied> {
        let wish = Wish {
            reason: "a call that fails".to_owned(),
            lasts: Duration::from_secs(60 * minutes),
        };
        let name = Unresolved::new("acme.example");
        let ask = access::ask(&self.scene.office, &self.operator, &name, wish);
        block_on(ask)
    }

    fn accesses(&self) -> Vec<SupportAccess> {
        let standing = support::standing(&self.scene.office, &self.own);
        block_on(standing).unwrap().accesses
    }
}

#[test]
fn an_open_company_lists_each_hour_in_which_somebody_was_inside() {
    let it = Support::new(SupportPolicy::Open);
    for (minutes, listed) in [(0, 1), (20, 1), (39, 1), (1, 2)] {
        it.scene.wait(minutes * 60_000);
        assert_eq!(it.enter(&it.operator), Ok(()));
        let by = it.operator.actor().to_string();
        let mine = it.accesses().into_iter().filter(|one| one.actor == by);
        assert_eq!(mine.count(), listed, "after {minutes} minutes more");
    }
}

#[test]
fn a_company_that_wants_to_be_asked_lets_in_whom_it_granted_and_for_that_time() {
    let it = Support::new(SupportPolicy::Ask);
    assert_eq!(it.enter(&it.operator), Err(Denied::Ask));
    let asked = it.ask(30).unwrap();
    assert_eq!(asked.state, SupportState::Asked);
    assert_eq!(it.enter(&it.operator), Err(Denied::Ask));
    block_on(support::grant(&it.scene.office, &it.own, asked.id)).unwrap();
    assert_eq!(it.enter(&it.operator), Ok(()));
    let colleague = it.scene.holder(Owner::PLATFORM);
    assert_eq!(it.enter(&colleague), Err(Denied::Ask));
    it.scene.wait(30 * 60_000);
    assert_eq!(it.enter(&it.operator), Err(Denied::Ask));
}

#[test]
fn a_company_that_forbids_lets_nobody_in_and_nobody_ask() {
    let it = Support::new(SupportPolicy::Forbidden);
    assert_eq!(it.enter(&it.operator), Err(Denied::Forbidden));
    assert_eq!(it.ask(30).unwrap_err(), Denied::Forbidden);
    let name = Unresolved::new("acme.example");
    let seen = access::oversee(&it.scene.office, &it.operator, &name);
    assert!(block_on(seen).is_ok(), "what it uses is still to be billed");
}

#[test]
fn whoever_is_inside_is_out_as_soon_as_the_company_says_so() {
    let it = Support::new(SupportPolicy::Open);
    it.enter(&it.operator).unwrap();
    let by = it.operator.actor().to_string();
    let inside = it.accesses().into_iter().find(|one| one.actor == by);
    let inside = inside.unwrap();
    block_on(support::end(&it.scene.office, &it.own, inside.id, None)).unwrap();
    let denied = it.enter(&it.operator);
    assert!(matches!(denied, Err(Denied::Ended(_))), "{denied:?}");
    let again = support::end(&it.scene.office, &it.own, inside.id, None);
    assert_eq!(block_on(again), Err(StoreError::NotFound));

    let it = Support::new(SupportPolicy::Open);
    it.enter(&it.operator).unwrap();
    let forbid = support::set_policy(&it.scene.office, &it.own, SupportPolicy::Forbidden);
    block_on(forbid).unwrap();
    assert_eq!(it.enter(&it.operator), Err(Denied::Forbidden));
}

#[test]
fn what_is_asked_for_has_a_reason_and_an_end_and_does_not_pile_up() {
    let it = Support::new(SupportPolicy::Ask);
    for minutes in [0, 10_081] {
        let refused = it.ask(minutes).unwrap_err();
        let Denied::Store(StoreError::Invalid(invalid)) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(invalid.field, "/minutes");
    }
    for _ in 0..domain::SUPPORT_WAITING_MAX {
        it.ask(10_080).unwrap();
    }
    let limit = domain::SUPPORT_WAITING_MAX;
    assert_eq!(
        it.ask(5).unwrap_err(),
        StoreError::TooLarge { limit }.into()
    );
    let mut waiting = it.accesses().into_iter();
    let first = waiting.find(|one| one.state == SupportState::Asked);
    let first = first.unwrap();
    let refused = support::end(&it.scene.office, &it.own, first.id, None);
    assert_eq!(block_on(refused).unwrap().state, SupportState::Refused);
    assert!(it.ask(5).is_ok());
}

#[test]
fn those_above_end_their_own_access_and_no_colleagues() {
    let it = Support::new(SupportPolicy::Ask);
    let asked = it.ask(30).unwrap();
    let end = |who: &Principal| {
        let own = Some(who.actor());
        block_on(support::end(&it.scene.office, &it.own, asked.id, own))
    };
    let colleague = it.scene.holder(Owner::PLATFORM);
    assert_eq!(end(&colleague), Err(StoreError::NotFound));
    assert_eq!(end(&it.operator).unwrap().state, SupportState::Refused);
}
