//! Every operation against every role; each person is made as its owner would make it.
//!
//! What operations need is read in the text that is checked in, not in their list: whatever carries
//! them out would be built into these tests, too, and is more than all the rest together.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::{Arc, LazyLock};

use admin::{Reach, documents};
use domain::{FixedRole, Permission, Reseller, Rights, Role, Sso, Tenant, User};
use ids::TokenId;
use serde_json::{Value, json};
use tenancy::{AccountScope, Owner, Principal, TokenText, Unresolved};

use super::check;
use crate::call::Call;
use crate::front::Front;
use crate::operation::Operation;
use crate::problem::Kind;
use crate::{giving, trial};

/// A reseller, and a company that it sells to.
struct Scene {
    front: Arc<Front>,
    north: Owner,
    acme: Owner,
}

fn holder(owner: Owner) -> Principal {
    let text = TokenText::from_entropy([7; 32]);
    Principal::prove(TokenId::from_u128(1), owner, &text.hash(), &text).unwrap()
}

fn account(owner: Owner) -> AccountScope {
    holder(owner).account().unwrap()
}

impl Scene {
    async fn new() -> Scene {
        let front = trial::front().await;
        let (office, platform) = (&front.parts.office, account(Owner::PLATFORM));
        let spec = json!({"name": "north"});
        let north = documents::create::<Reseller, _>(office, &platform, spec).await;
        let spec = json!({"domains": ["acme.example"], "reseller": "north"});
        let acme = documents::create::<Tenant, _>(office, &platform, spec).await;
        Scene {
            north: north.unwrap().resource.id.into(),
            acme: acme.unwrap().resource.id.into(),
            front,
        }
    }

    async fn make<S: Reach>(&self, scope: &S, member: &str, role: &str) -> Principal {
        let spec = json!({"mail": format!("{role}@x.example"), member: role});
        let made = documents::create::<User, _>(&self.front.parts.office, scope, spec).await;
        let user = made.unwrap().resource;
        let hash = TokenText::from_entropy([9; 32]).hash();
        Principal::signed_in(user.id, user.owner, &hash, &hash).unwrap()
    }

    async fn person(&self, role: FixedRole) -> Principal {
        use domain::Level::{Platform, Reseller, Tenant};
        match role.level() {
            Platform => {
                self.make(&account(Owner::PLATFORM), "role", role.as_str())
                    .await
            }
            Reseller => self.make(&account(self.north), "role", role.as_str()).await,
            Tenant => self.make(&self.inside().await, "role", role.as_str()).await,
        }
    }

    async fn inside(&self) -> tenancy::TenantScope {
        let reference = Unresolved::new(self.acme.to_string());
        let holder = holder(self.acme);
        let entered = admin::access::enter(&self.front.parts.office, &holder, &reference).await;
        entered.unwrap().scope
    }

    /// A call of somebody, with what of the path can be named.
    async fn call(&self, caller: &Principal, operation: &Operation) -> Call {
        let named = |name: &str, value: String| {
            let there = operation.path.contains(&format!("{{{name}}}"));
            there.then(|| (name.to_owned(), value))
        };
        let path = [
            named("tenant", self.acme.to_string()),
            named("reseller", self.north.to_string()),
        ];
        Call {
            office: self.front.parts.office.clone(),
            front: Arc::clone(&self.front),
            caller: Some(caller.clone()),
            path: path.into_iter().flatten().collect(),
            ..trial::call(&[]).await
        }
    }
}

/// The text that is checked in.
const CHECKED_IN: &str = include_str!("../../../../api/openapi.json");

/// The operations that need a permission, without what carries them out.
fn guarded() -> impl Iterator<Item = &'static Operation> {
    static ALL: LazyLock<Vec<Operation>> = LazyLock::new(|| {
        let text: Value = serde_json::from_str(CHECKED_IN).unwrap();
        let paths = text["paths"].as_object().unwrap().iter();
        let each = paths.flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().values();
            methods.filter_map(|described| needing(path, described))
        });
        each.collect()
    });
    ALL.iter()
}

/// An operation that needs what its description says, if that is anything.
fn needing(path: &str, described: &Value) -> Option<Operation> {
    let words = described["x-permission"].as_str()?.split(' ');
    let mut needs: Vec<Permission> = words.map(|word| word.parse().unwrap()).collect();
    let name = described["operationId"].as_str().unwrap().to_owned();
    let idle = Operation::get(path.to_owned(), name, async |_| unreachable!());
    let mut operation = idle.needs(needs.remove(0));
    operation.needs.append(&mut needs);
    Some(operation)
}

#[tokio::test]
async fn every_fixed_role_passes_exactly_where_its_rights_say_so() {
    let scene = Scene::new().await;
    let mut refused = 0;
    for role in FixedRole::ALL {
        let (person, rights) = (scene.person(role).await, Rights::of_fixed(role));
        for operation in guarded() {
            let mut needs = operation.needs.iter();
            let lacks = needs.find(|needed| !rights.permit(**needed));
            let outcome = check(operation, &scene.call(&person, operation).await).await;
            let Err(problem) = outcome else {
                assert_eq!(lacks, None, "{role} passed {}", operation.name);
                continue;
            };
            refused += 1;
            let needed = lacks.unwrap();
            if problem.kind() == Kind::Forbidden {
                let body = format!("{problem:?}");
                assert!(body.contains(&needed.to_string()), "{body}");
            } else {
                // of accounts, those who are in none hear nothing
                assert_eq!(
                    problem.kind(),
                    Kind::NotFound,
                    "{role} at {}",
                    operation.name
                );
            }
        }
    }
    assert!(refused > 100, "{refused}");
}

#[tokio::test]
async fn a_role_of_ones_own_without_one_permission_is_refused_just_that() {
    let scene = Scene::new().await;
    let inside = scene.inside().await;
    let all = Permission::all().filter(|one| one.exists_for(domain::Level::Tenant));
    for denied in all {
        let spec = json!({
            "name": denied.to_string(), "allow": ["*.*"], "deny": [denied.to_string()],
        });
        let office = &scene.front.parts.office;
        documents::create::<Role, _>(office, &inside, spec)
            .await
            .unwrap();
        let person = scene
            .make(&inside, "custom_role", &denied.to_string())
            .await;
        let of_company = |one: &&Operation| one.path.contains("{tenant}");
        for operation in guarded().filter(of_company) {
            let passed = check(operation, &scene.call(&person, operation).await).await;
            let mut needs = operation.needs.iter();
            let may = needs.all(|one| *one != denied && one.exists_for(domain::Level::Tenant));
            assert_eq!(passed.is_ok(), may, "{} without {denied}", operation.name);
        }
    }
}

#[tokio::test]
async fn a_strangers_company_is_not_found_whatever_one_may_not_do() {
    let scene = Scene::new().await;
    let spec = json!({"domains": ["globex.example"]});
    let platform = account(Owner::PLATFORM);
    let office = &scene.front.parts.office;
    let globex = documents::create::<Tenant, _>(office, &platform, spec)
        .await
        .unwrap();
    let globex = globex.resource.id.to_string();
    let person = scene.person(FixedRole::User).await;
    let remove = guarded().find(|one| one.name == "deleteExtension").unwrap();
    let mut call = scene.call(&person, remove).await;
    assert_eq!(
        check(remove, &call).await.unwrap_err().kind(),
        Kind::Forbidden
    );
    call.path = vec![("tenant".to_owned(), globex)];
    assert_eq!(
        check(remove, &call).await.unwrap_err().kind(),
        Kind::NotFound
    );
}

#[tokio::test]
async fn nobody_gives_a_role_or_a_person_more_than_it_has() {
    let scene = Scene::new().await;
    let inside = scene.inside().await;
    let office = &scene.front.parts.office;
    let spec = json!({"name": "clerk", "allow": ["user.*", "role.*", "extension.read"]});
    documents::create::<Role, _>(office, &inside, spec)
        .await
        .unwrap();
    let clerk = scene.make(&inside, "custom_role", "clerk").await;
    let operation = guarded().find(|one| one.name == "createUser").unwrap();
    let call = scene.call(&clerk, operation).await;
    let person = async |spec| giving::check::<User, _>(&call, &inside, &spec).await;
    let role = async |spec| giving::check::<Role, _>(&call, &inside, &spec).await;
    person(json!({"role": "user"})).await.unwrap();
    person(json!({"custom_role": "clerk"})).await.unwrap();
    role(json!({"allow": ["user.*"]})).await.unwrap();
    role(
        json!({"allow": ["extension.*"], "deny": ["extension.create", "extension.change",
        "extension.remove"]}),
    )
    .await
    .unwrap();
    for refused in [
        person(json!({"role": "tenant-admin"})).await,
        person(json!({"role": "read-only"})).await,
        role(json!({"allow": ["extension.*"]})).await,
        role(json!({"allow": ["*.read"]})).await,
        giving::check::<Sso, _>(&call, &inside, &json!({"name": "entra"})).await,
    ] {
        assert_eq!(refused.unwrap_err().kind(), Kind::Forbidden);
    }
    assert!(
        giving::within(&call, &Rights::of_level(domain::Level::Tenant))
            .await
            .is_err()
    );
}
