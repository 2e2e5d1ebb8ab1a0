//! The stranger's test: what one company's key is told of another company is what it is told of
//! a company that never was. It is made of the OpenAPI text, so it grows with the API.

mod cells;

use api::Limits;
use ids::{
    CallId, CdrId, DeviceId, ExtensionId, HoldId, PlanId, ResellerId, RoleId, SsoId, SupportId,
    TenantId, TokenId, UserId, WebhookId,
};
use serde_json::{Value, json};

use crate::archives::{PASSPHRASE, archived};
use crate::http::{Ask, Reply};
use crate::openapi::{Described, described};
use crate::world::{Account, Company, World, world, world_with};

/// Names that are unique on the whole platform, so that asking for one that another company has
/// cannot succeed. That is all that is said: not whose it is. A telephone that cannot send its
/// company's domain is known by its user name alone, and a SIP domain leads to one company.
const EXEMPT: [&str; 2] = ["username", "trusted_source"];

/// Everything by which a company and what it has can be called.
#[derive(Clone, Debug)]
struct Names {
    tenants: [String; 2],
    extensions: [String; 2],
    devices: [String; 2],
    resellers: [String; 2],
    plans: [String; 2],
    call: String,
    cdr: String,
    token: String,
    webhooks: [String; 2],
    roles: [String; 2],
    users: [String; 2],
    holds: [String; 2],
    sso: [String; 2],
    access: String,
}

fn names_of(company: &Company, token: TokenId) -> Names {
    Names {
        tenants: [company.id.to_string(), company.domain.clone()],
        extensions: [company.extension.to_string(), company.number.clone()],
        devices: [company.device.to_string(), company.username.clone()],
        resellers: NOBODY.resellers(),
        plans: NOBODY.plans(),
        call: company.call.to_string(),
        cdr: company.cdr.to_string(),
        token: token.to_string(),
        webhooks: [company.webhook.to_string(), company.webhook_name.clone()],
        roles: [
            company.role.to_string(),
            company.webhook_name.replace("crm", "crew"),
        ],
        users: [company.user.to_string(), format!("ann@{}", company.domain)],
        holds: [
            company.hold.to_string(),
            company.webhook_name.replace("crm", "case"),
        ],
        sso: [
            company.sso.to_string(),
            company.webhook_name.replace("crm", "door"),
        ],
        access: company.access.to_string(),
    }
}

/// An account that nobody has.
const NOBODY: Nobody = Nobody;

struct Nobody;

impl Nobody {
    fn resellers(&self) -> [String; 2] {
        [ResellerId::new(9, 9).to_string(), "nobody".to_owned()]
    }

    fn plans(&self) -> [String; 2] {
        [PlanId::new(9, 9).to_string(), "nothing".to_owned()]
    }
}

/// Names of a reseller with its plan and its company.
fn names_of_account(account: &Account) -> Names {
    let mut names = names_of(&account.company, account.token);
    names.resellers = [account.id.to_string(), account.name.clone()];
    names.plans = [account.plan.to_string(), account.name.clone()];
    names.roles = [account.role.to_string(), format!("{}-crew", account.name)];
    names.users = [
        account.user.to_string(),
        format!("ann@{}.example", account.name),
    ];
    names
}

/// Names of the same form, next to a company's, that nothing ever had.
fn names_next_to(company: &Company, token: TokenId) -> Names {
    const FAR: u128 = 1 << 40;
    let next = |bits: u128| bits.wrapping_add(FAR);
    Names {
        tenants: [
            TenantId::from_u128(next(company.id.as_u128())).to_string(),
            "acmf.example".to_owned(),
        ],
        extensions: [
            ExtensionId::from_u128(next(company.extension.as_u128())).to_string(),
            "102".to_owned(),
        ],
        devices: [
            DeviceId::from_u128(next(company.device.as_u128())).to_string(),
            "acme-102".to_owned(),
        ],
        resellers: NOBODY.resellers(),
        plans: NOBODY.plans(),
        call: CallId::from_u128(next(company.call.as_u128())).to_string(),
        cdr: CdrId::from_u128(next(company.cdr.as_u128())).to_string(),
        token: TokenId::from_u128(next(token.as_u128())).to_string(),
        webhooks: [
            WebhookId::from_u128(next(company.webhook.as_u128())).to_string(),
            "acmf-crm".to_owned(),
        ],
        roles: [
            RoleId::from_u128(next(company.role.as_u128())).to_string(),
            "acmf-crew".to_owned(),
        ],
        users: [
            UserId::from_u128(next(company.user.as_u128())).to_string(),
            "ann@acmf.example".to_owned(),
        ],
        holds: [
            HoldId::from_u128(next(company.hold.as_u128())).to_string(),
            "acmf-case".to_owned(),
        ],
        sso: [
            SsoId::from_u128(next(company.sso.as_u128())).to_string(),
            "acmf-door".to_owned(),
        ],
        access: SupportId::from_u128(next(company.access.as_u128())).to_string(),
    }
}

/// A path with its parameters filled in. With `home`, the tenant is that one.
fn filled(path: &str, names: &Names, which: usize, home: Option<&Company>) -> String {
    let home = home.map(|company| company.id.to_string());
    path.replace(
        "{tenant}",
        &home.unwrap_or_else(|| names.tenants[which].clone()),
    )
    .replace("{extension}", &names.extensions[which])
    .replace("{device}", &names.devices[which])
    .replace("{reseller}", &names.resellers[which])
    .replace("{plan}", &names.plans[which])
    .replace("{call}", &names.call)
    .replace("{cdr}", &names.cdr)
    .replace("{token}", &names.token)
    .replace("{webhook}", &names.webhooks[which])
    .replace("{role}", &names.roles[which])
    .replace("{user}", &names.users[which])
    .replace("{hold}", &names.holds[which])
    .replace("{sso}", &names.sso[which])
    .replace("{person}", &names.users[which])
    .replace("{event}", "1")
    .replace("{access}", &names.access)
    .replace("{login}", "lgn_00000000000000000000000000")
    .replace("{passkey}", "psk_00000000000000000000000000")
}

/// A good body of each schema, with these names in every place where a name can stand.
fn body(schema: &str, names: &Names, which: usize) -> Value {
    match schema {
        "TenantSpec" | "TenantPatch" => json!({
            "domains": ["fresh.example"], "reseller": names.resellers[which],
            "plan": names.plans[which],
        }),
        "ResellerSpec" | "ResellerPatch" => json!({
            "name": "fresh", "parent": names.resellers[which], "plans": [names.plans[which]],
        }),
        "PlanSpec" | "PlanPatch" => json!({"name": "fresh"}),
        "Rollback" => json!({"revision": 1}),
        "ResealStep" => json!({}),
        "ExtensionSpec" | "ExtensionPatch" => json!({"number": "777"}),
        "DeviceSpec" => json!({"username": "fresh", "extension": names.extensions[which]}),
        "DevicePatch" => json!({"extension": names.extensions[which]}),
        "WebhookSpec" | "WebhookPatch" => json!({"name": "fresh", "url": "https://x.example"}),
        "HoldSpec" | "HoldPatch" => json!({
            "name": "fresh", "reason": "a lawsuit", "user": names.users[which],
            "extension": names.extensions[which],
        }),
        "SsoSpec" | "SsoPatch" => json!({
            "name": "fresh", "issuer": "https://x.example", "client_id": "fresh",
            "domains": ["fresh.example"], "make_people": true,
            "custom_role": names.roles[which],
        }),
        "RoleSpec" | "RolePatch" => json!({"name": "fresh"}),
        "UserSpec" | "UserPatch" => json!({
            "mail": "fresh@fresh.example", "custom_role": names.roles[which],
            "extension": names.extensions[which],
        }),
        "NewSupportPolicy" => json!({"policy": "forbidden"}),
        "NewSupportAccess" => json!({"reason": "a call that fails"}),
        "SignIn" => json!({"mail": "fresh@fresh.example", "password": "fresh"}),
        "SecondFactor" => json!({"challenge": "fresh", "totp": "123456"}),
        "SecondPasskey" => json!({"challenge": "fresh"}),
        "Refresh" => json!({"refresh_token": "fresh"}),
        "LinkedPassword" => json!({"code": "fresh", "password": "fresh"}),
        "Forgotten" => json!({"mail": "fresh@fresh.example"}),
        "NewPassword" => json!({"old": "fresh", "new": "fresh"}),
        "Password" => json!({"password": "fresh"}),
        "Code" => json!({"code": "123456"}),
        "PasskeySignIn" => json!({"credential": {"rawId": "AA", "response": {
            "clientDataJSON": "AA", "authenticatorData": "AA", "signature": "AA",
        }}}),
        "NewPasskey" => json!({"name": "fresh", "credential": {"rawId": "AA", "response": {
            "clientDataJSON": "AA", "attestationObject": "AA",
        }}}),
        "SignOnCode" => json!({"code": "fresh"}),
        "PasskeyName" => json!({"name": "fresh"}),
        "NewToken" => json!({"name": "fresh", "tenant": names.tenants[which]}),
        "NewArchive" => json!({"passphrase": PASSPHRASE}),
        "NewClone" => json!({"domains": ["fresh.example"], "suffix": "fresh"}),
        "NewTenantToken" => json!({"name": "fresh"}),
        "Rotation" => json!({"overlap_seconds": 60}),
        other => panic!("say what a body of {other} looks like"),
    }
}

/// The body of an operation.
fn said(operation: &Described, schema: &str, names: &Names, which: usize) -> Value {
    match schema {
        "Sheet" => json!(sheet(&operation.path, names, which)),
        "Archive" => json!(null),
        _ => body(schema, names, which),
    }
}

/// A good sheet for a path, with these names where one can stand.
fn sheet(path: &str, names: &Names, which: usize) -> String {
    let (extension, role) = (&names.extensions[which], &names.roles[which]);
    match path.rsplit('/').next() {
        Some("extensions") => "number\n777\n".to_owned(),
        Some("devices") => format!("username,extension\nfresh,{extension}\n"),
        Some("webhooks") => "name,url\nfresh,https://x.example\n".to_owned(),
        Some("roles") => "name\nfresh\n".to_owned(),
        Some("sso") => format!(
            "name,issuer,client_id,domains,make_people,custom_role\n\
             fresh,https://x.example,fresh,fresh.example,true,{role}\n"
        ),
        Some("holds") => format!("name,reason,extension\nfresh,lawsuit,{extension}\n"),
        Some("users") => {
            format!("mail,custom_role,extension\nfresh@fresh.example,{role},{extension}\n")
        }
        Some(_) | None => panic!("say what a sheet for {path} looks like"),
    }
}

/// What a query parameter can name; `None` when it names nothing of anybody's.
fn values(parameter: &str, names: &Names) -> Option<Vec<String>> {
    let hex = |text: &String| text.bytes().map(|b| format!("{b:02x}")).collect::<String>();
    match parameter {
        "extension" => Some(names.extensions.to_vec()),
        "call" => Some(vec![names.call.clone()]),
        "tenant" => Some(names.tenants.to_vec()),
        "number" => Some(vec![names.extensions[1].clone()]),
        "filter" => Some(vec![names.devices[1].clone(), names.extensions[1].clone()]),
        "after" => Some(
            [&names.extensions[0], &names.devices[0], &names.call]
                .map(hex)
                .to_vec(),
        ),
        "reseller" | "parent" => Some(names.resellers.to_vec()),
        "plan" | "plans" => Some(names.plans.to_vec()),
        "custom_role" => Some(names.roles.to_vec()),
        "user" | "mail" => Some(names.users.to_vec()),
        "limit" | "overlap_seconds" | "sort" | "from" | "until" | "types" | "state" | "dry_run"
        | "code" | "iss" | "error" | "as" | "suffix" | "domains" => None,
        other => panic!("say what the parameter {other} names"),
    }
}

fn ask(operation: &Described, path: &str, names: &Names, which: usize) -> Ask {
    let ask = Ask::new(&operation.method, path).if_match("*");
    match operation.body.as_deref() {
        Some("Sheet") => ask.body("text/csv", sheet(&operation.path, names, which).as_bytes()),
        Some("Archive") => archived(ask),
        Some(schema) => ask.json(&body(schema, names, which)),
        None => ask,
    }
}

/// An answer without what tells requests apart: its id, its time, and where the asker's own rate
/// stands.
fn bare(reply: Reply) -> Reply {
    let id = reply.header("x-request-id").unwrap().to_owned();
    let own = [
        "x-request-id",
        "date",
        "ratelimit-remaining",
        "ratelimit-reset",
    ];
    // what flows may be no text
    let text = String::from_utf8_lossy(&reply.body);
    Reply {
        status: reply.status,
        headers: reply
            .headers
            .into_iter()
            .filter(|(n, _)| !own.contains(&n.as_str()))
            .collect(),
        body: text.replace(&id, "").into_bytes(),
    }
}

struct Stranger {
    world: World,
    theirs: Names,
    nobodys: Names,
}

async fn stranger() -> Stranger {
    let world = world().await;
    // so many questions would meet the rate of a company's key
    let caps = json!({"caps": {"api_requests_per_second": 1_000_000_000}});
    let globex = format!("/api/v1/tenants/{}", world.globex.id);
    world
        .operator(Ask::patch(&globex).if_match("*").json(&caps))
        .await
        .is(200);
    let token = world.acme.token;
    Stranger {
        theirs: names_of(&world.acme, token),
        nobodys: names_next_to(&world.acme, token),
        world,
    }
}

impl Stranger {
    /// Asks for the same with another's names and with nobody's; gives the one answer to both.
    async fn told(&self, what: &str, theirs: Ask, nobodys: Ask) -> Reply {
        let globex = &self.world.globex;
        let theirs = bare(self.world.tenant(globex, theirs).await);
        let nobodys = bare(self.world.tenant(globex, nobodys).await);
        assert_eq!(theirs, nobodys, "{what} tells what another company has");
        assert!(!theirs.text().contains("canary of acme"), "{what}");
        theirs
    }
}

/// All that the operator sees of a company.
async fn state_of(world: &World, company: &Company) -> Vec<Value> {
    let mut all = Vec::new();
    for part in [
        "extensions",
        "devices",
        "calls",
        "cdrs",
        "registrations",
        "webhooks",
        "roles",
        "users",
        "holds",
        "sso",
        "support/accesses",
        "history",
        "audit",
    ] {
        let path = company.path(part);
        all.push(world.operator(Ask::get(&path)).await.is(200).json());
    }
    all
}

#[tokio::test]
async fn another_companys_names_in_paths_are_names_of_nothing() {
    let stranger = stranger().await;
    let before = state_of(&stranger.world, &stranger.world.acme).await;
    let mut tried = 0;
    for operation in described().iter().filter(|one| one.path.contains('{')) {
        for which in [0, 1] {
            let (theirs, nobodys) = (&stranger.theirs, &stranger.nobodys);
            let mut homes = vec![None];
            // a path that names something inside a tenant is tried inside the stranger's own, too
            if operation.path.matches('{').count() > 1 {
                homes.push(Some(&stranger.world.globex));
            }
            for home in homes {
                let path = |names| filled(&operation.path, names, which, home);
                let what = format!("{} {}", operation.method, path(theirs));
                let reply = stranger
                    .told(
                        &what,
                        ask(operation, &path(theirs), theirs, which),
                        ask(operation, &path(nobodys), nobodys, which),
                    )
                    .await;
                assert_eq!(reply.status, 404, "{what}: {}", reply.text());
                tried += 1;
            }
        }
    }
    assert!(tried > 80, "{tried}");
    assert_eq!(
        state_of(&stranger.world, &stranger.world.acme).await,
        before
    );
    assert!(stranger.world.live.hung_up.lock().unwrap().is_empty());
}

#[tokio::test]
async fn another_companys_names_in_queries_find_nothing() {
    let stranger = stranger().await;
    let globex = &stranger.world.globex;
    let mut tried = 0;
    for operation in described() {
        // places in the log of events are numbers, which name nothing of anybody's
        let numbered = ["/events", "/deliveries"];
        let numbered = numbered.iter().any(|part| operation.path.contains(part));
        for parameter in operation
            .query
            .iter()
            .filter(|name| !(numbered && *name == "after"))
        {
            let Some(theirs) = values(parameter, &stranger.theirs) else {
                continue;
            };
            let nobodys = values(parameter, &stranger.nobodys).unwrap();
            let path = filled(&operation.path, &stranger.nobodys, 0, Some(globex));
            for (theirs, nobodys) in theirs.iter().zip(&nobodys) {
                let ask = |value: &str| Ask::get(&format!("{path}?{parameter}={value}"));
                let what = format!("{path}?{parameter}={theirs}");
                let reply = stranger.told(&what, ask(theirs), ask(nobodys)).await;
                // who refers to what is not there is asked in vain
                let about_one = operation.path.ends_with("/used-by");
                let own_list = operation.path.contains("{tenant}") && !about_one;
                assert_eq!(reply.status, if own_list { 200 } else { 404 }, "{what}");
                if own_list && parameter != "after" {
                    assert_eq!(reply.json()["items"], json!([]), "{what}");
                }
                tried += 1;
            }
        }
    }
    assert!(tried > 20, "{tried}");
}

#[tokio::test]
async fn another_companys_names_in_bodies_are_refused_like_names_of_nothing() {
    let stranger = stranger().await;
    let globex = &stranger.world.globex;
    let home = names_of(globex, "tok_00000000000000000000000000".parse().unwrap());
    let mut tried = 0;
    for operation in described() {
        let Some(schema) = &operation.body else {
            continue;
        };
        for which in [0, 1] {
            let (theirs, nobodys) = (&stranger.theirs, &stranger.nobodys);
            if said(&operation, schema, theirs, which) == said(&operation, schema, nobodys, which) {
                continue;
            }
            let path = filled(&operation.path, &home, 0, None);
            let what = format!(
                "{} {path} {}",
                operation.method,
                said(&operation, schema, theirs, which)
            );
            let (theirs, nobodys) = (
                ask(&operation, &path, theirs, which),
                ask(&operation, &path, nobodys, which),
            );
            let reply = stranger.told(&what, theirs, nobodys).await;
            let expected = if operation.path.contains("{tenant}") {
                422
            } else {
                404
            };
            assert_eq!(reply.status, expected, "{what}: {}", reply.text());
            tried += 1;
        }
    }
    assert!(tried >= 6, "{tried}");
}

#[tokio::test]
async fn the_few_names_that_are_unique_on_the_platform_are_taken_and_no_more_is_said() {
    let stranger = stranger().await;
    let (world, acme) = (&stranger.world, &stranger.world.acme);
    let source = json!({"trusted_source": "192.0.2.77"});
    let path = acme.path(&format!("devices/{}", acme.device));
    world
        .operator(Ask::patch(&path).if_match("*").json(&source))
        .await
        .is(200);
    for member in EXEMPT {
        let taken = match member {
            "username" => acme.username.clone().into(),
            _ => source[member].clone(),
        };
        let mut spec = json!({
            "username": "fresh", "extension": world.globex.number, "secret": "12345678",
        });
        spec[member] = taken;
        let own = world
            .globex
            .path(&format!("devices/{}", world.globex.device));
        let tries = [
            Ask::post(&world.globex.path("devices")).json(&spec),
            Ask::put(&own).if_match("*").json(&spec),
            Ask::patch(&own).if_match("*").json(&spec),
        ];
        for one in tries {
            let reply = world
                .tenant(&world.globex, one)
                .await
                .refuses(api::Kind::Taken);
            assert_eq!(reply.blames(), format!("/{member}"));
            for name in [&stranger.theirs.tenants[..], &stranger.theirs.devices[..1]].concat() {
                assert!(!reply.text().contains(&name), "{}", reply.text());
            }
        }
    }
}

#[tokio::test]
async fn nothing_that_a_company_is_shown_has_anothers_canary_in_it() {
    let world = world().await;
    let own = names_of(
        &world.globex,
        "tok_00000000000000000000000000".parse().unwrap(),
    );
    let mut shown = 0;
    for operation in described().iter().filter(|one| one.method == "GET") {
        let path = filled(&operation.path, &own, 0, None);
        let reply = world.tenant(&world.globex, Ask::get(&path)).await;
        assert!(!reply.text().contains("canary of acme"), "{path}");
        shown += usize::from(reply.text().contains("canary of globex"));
    }
    assert!(shown >= 5, "{shown}");
}

#[tokio::test]
async fn what_is_above_the_companies_does_not_exist_for_their_keys() {
    let world = stranger().await.world;
    let token = "tok_00000000000000000000000000".parse().unwrap();
    let names = names_of(&world.globex, token);
    let nowhere = bare(
        world
            .tenant(&world.globex, Ask::get("/api/v1/nowhere"))
            .await,
    );
    let own = ["getOpenApi", "isAlive", "isReady", "whoAmI"];
    let mut above = 0;
    for operation in described() {
        let own = own.contains(&operation.name.as_str()) || operation.is_door();
        if operation.path.contains("{tenant}") || own {
            continue;
        }
        let path = filled(&operation.path, &names, 0, None);
        let reply = bare(
            world
                .tenant(&world.globex, ask(&operation, &path, &names, 0))
                .await,
        );
        assert_eq!((reply.status, &reply.body), (404, &nowhere.body), "{path}");
        above += 1;
    }
    assert!(above > 50, "{above}");
}

#[tokio::test]
async fn a_company_reads_its_own_document_and_does_not_change_it() {
    let world = world().await;
    let (globex, path) = (
        &world.globex,
        format!("/api/v1/tenants/{}", world.globex.domain),
    );
    world.tenant(globex, Ask::get(&path)).await.is(200);
    let raise = json!({"caps": {"concurrent_calls": 1_000_000}});
    let tries = [
        Ask::patch(&path).if_match("*").json(&raise),
        Ask::put(&path)
            .if_match("*")
            .json(&json!({"domains": ["globex.example"]})),
        Ask::delete(&path),
    ];
    for one in tries {
        world
            .tenant(globex, one)
            .await
            .refuses(api::Kind::Forbidden);
    }
    let shown = world.tenant(globex, Ask::get(&path)).await.is(200).json();
    assert_eq!(shown["revision"], 1);
}

/// What a sibling reseller's key is told of another's is what it is told of what never was: for
/// every operation, in the path and in the body.
#[tokio::test]
async fn a_sibling_resellers_names_are_names_of_nothing() {
    // so many questions would meet the rate of an account's key
    let limits = Limits {
        operator_rate: 1_000_000_000,
        ..Limits::default()
    };
    let world = world_with(limits).await;
    let (north, south) = (&world.north, &world.south);
    let theirs = names_of_account(north);
    let mut nobodys = names_next_to(&north.company, north.token);
    // two names of the same form that nothing ever had
    nobodys.resellers[1] = "nortk".to_owned();
    let own = names_of_account(south);
    let mut tried = 0;
    for operation in described() {
        let named = operation.path.contains('{');
        for which in [0, 1] {
            let same = operation.body.as_ref().is_none_or(|schema| {
                said(&operation, schema, &theirs, which)
                    == said(&operation, schema, &nobodys, which)
            });
            // names that everybody may give to his own, such as that of a plan, are not theirs
            if operation.path.contains("{plan}") && which == 1 || !named && same {
                continue;
            }
            let home = if named { None } else { Some(&own) };
            let told = async |names: &Names| {
                let path = filled(&operation.path, home.unwrap_or(names), which, None);
                let sent = ask(&operation, &path, names, which);
                bare(sent.key(&south.key).send(world.address).await)
            };
            let (of_theirs, of_nobodys) = (told(&theirs).await, told(&nobodys).await);
            let what = format!("{} {} {which}", operation.method, operation.path);
            let (status, text) = (of_theirs.status, of_theirs.text());
            assert_eq!(of_theirs, of_nobodys, "{what} tells what a sibling has");
            assert!([404, 422].contains(&status), "{what}: {status} {text}");
            assert!(!text.contains("canary of north"), "{what}");
            tried += 1;
        }
    }
    assert!(tried > 80, "{tried}");
}

#[tokio::test]
async fn a_reseller_lists_exactly_what_lies_below_it() {
    let world = world().await;
    let (north, south) = (&world.north, &world.south);
    for (account, other) in [(north, south), (south, north)] {
        for list in ["tenants", "resellers", "plans", "tokens", "audit"] {
            let ask = Ask::get(&format!("/api/v1/{list}")).key(&account.key);
            let reply = ask.send(world.address).await.is(200);
            for name in [
                other.id.to_string(),
                other.company.id.to_string(),
                world.acme.domain.clone(),
            ] {
                assert!(
                    !reply.text().contains(&name),
                    "{list} of {}: {}",
                    account.name,
                    reply.text()
                );
            }
        }
        let tenants = Ask::get("/api/v1/tenants").key(&account.key);
        let tenants = tenants.send(world.address).await.json();
        assert_eq!(tenants["items"].as_array().unwrap().len(), 1);
        assert_eq!(tenants["items"][0]["id"], json!(account.company.id));
        // it works in its company as the operator does
        let extensions = Ask::get(&account.company.path("extensions")).key(&account.key);
        let extensions = extensions.send(world.address).await.is(200).json();
        assert_eq!(extensions["items"].as_array().unwrap().len(), 1);
        let audit = world
            .operator(Ask::get(&account.company.path("audit")))
            .await
            .json();
        let entered = audit["items"].as_array().unwrap().iter();
        assert!(
            entered
                .clone()
                .any(|entry| entry["action"] == "tenant.entered")
        );
    }
}

#[tokio::test]
async fn a_disabled_resellers_keys_open_nothing_and_neither_do_those_below_it() {
    let world = world().await;
    let north = &world.north;
    let below = world
        .operator(Ask::post("/api/v1/resellers").json(&json!({"name": "oslo", "parent": "north"})))
        .await
        .is(201);
    let key = json!({"name": "oslo", "reseller": below.member("id")});
    let key = world
        .operator(Ask::post("/api/v1/tokens").json(&key))
        .await
        .is(201);
    let asks = async |key: &str| {
        let ask = Ask::get("/api/v1/tenants").key(key);
        ask.send(world.address).await.status
    };
    let keys = [north.key.clone(), key.member("key")];
    for key in &keys {
        assert_eq!(asks(key).await, 200);
    }
    let path = format!("/api/v1/resellers/{}", north.name);
    let off = Ask::patch(&path)
        .if_match("*")
        .json(&json!({"enabled": false}));
    world.operator(off).await.is(200);
    for key in &keys {
        assert_eq!(asks(key).await, 401);
    }
    // its companies go on
    let own = Ask::get(&north.company.path("extensions"));
    world.tenant(&north.company, own).await.is(200);
}
