//! People: invited, signed in, careful, forgetful, and strangers who would like to be them.

use std::time::Duration;

use api::Kind;
use machine::WallTime;
use serde_json::{Value, json};

use crate::http::{Ask, Reply};
use crate::mailbox::code_of;
use crate::own_forwards;
use crate::totp;
use crate::world::{PORTAL, World, world};

pub(crate) const ANN: &str = "ann@acme.example";
pub(crate) const PASSWORD: &str = "correct horse battery";
const OTHER: &str = "staple of green paper";

pub(crate) async fn post(world: &World, path: &str, body: Value) -> Reply {
    let ask = Ask::post(&format!("/api/v1/{path}")).json(&body);
    ask.send(world.address).await
}

pub(crate) async fn login(world: &World, password: &str) -> Reply {
    let body = json!({"mail": ANN, "password": password, "at": "acme.example"});
    post(world, "auth/login", body).await
}

/// The access and the refresh token of a login.
pub(crate) fn tokens(reply: &Reply) -> (String, String) {
    let json = reply.json();
    let tokens = json.get("tokens").unwrap_or(&json);
    let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
    (text("access_token"), text("refresh_token"))
}

pub(crate) async fn with(world: &World, token: &str, ask: Ask) -> Reply {
    ask.key(token).send(world.address).await
}

pub(crate) async fn mine(world: &World, token: &str, path: &str, body: Value) -> Reply {
    let ask = Ask::post(&format!("/api/v1/me/{path}")).json(&body);
    with(world, token, ask).await
}

/// Lets time pass.
fn wait(world: &World, seconds: u64) -> WallTime {
    let now = ports::WallClock::now(&*world.clock) + Duration::from_secs(seconds);
    world.clock.set(now);
    now
}

/// Invites somebody through a path of users, and sets the first password.
pub(crate) async fn welcome(world: &World, users: &str, mail: &str) {
    let before = world.mails.count();
    let invite = Ask::post(&format!("{users}/{mail}/invite"));
    let sent = world.operator(invite).await.is(200).json();
    assert_eq!(
        (&sent["mail"], &sent["sent"], &sent["link"]),
        (&json!(mail), &json!(true), &Value::Null)
    );
    let letter = world.mails.wait_for(before).await;
    assert_eq!(letter.to, mail);
    let body = json!({"code": code_of(&letter.text), "password": PASSWORD});
    post(world, "auth/invitation", body).await.is(204);
}

pub(crate) async fn welcome_ann(world: &World) {
    welcome(world, &world.acme.path("users"), ANN).await;
}

/// Signs Ann in; gives her tokens.
pub(crate) async fn ann(world: &World) -> (String, String) {
    welcome_ann(world).await;
    tokens(&login(world, PASSWORD).await.is(200))
}

/// What the trail of Ann's company says of her.
pub(crate) async fn trail(world: &World) -> Vec<String> {
    let audit = Ask::get(&world.acme.path("audit?limit=500"));
    let audit = world.operator(audit).await.is(200).json();
    let all = audit["items"].as_array().unwrap().iter();
    let actions = all.map(|entry| entry["action"].as_str().unwrap().to_owned());
    actions
        .filter(|action| action.starts_with("user."))
        .collect()
}

/// Sets an authenticator app; gives its secret and the recovery codes.
pub(crate) async fn with_app(world: &World, token: &str) -> (String, Vec<String>) {
    let offer = mine(world, token, "totp", json!({"password": PASSWORD})).await;
    let secret = offer.is(200).member("secret");
    let code = totp::code(&secret, wait(world, 30));
    let codes = mine(world, token, "totp/confirm", json!({"code": code})).await;
    let codes = codes.is(200).json()["codes"].clone();
    let codes: Vec<String> = serde_json::from_value(codes).unwrap();
    assert_eq!(codes.len(), 10);
    (secret, codes)
}

/// The challenge that follows a right password.
pub(crate) async fn challenge(world: &World, password: &str) -> String {
    let step = login(world, password).await.is(200).json();
    assert_eq!(step["tokens"], Value::Null);
    step["second_factor"]["challenge"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Everything that there is to do with one's own account, in one day.
pub(crate) async fn day(world: &World) {
    let (first, _) = ann(world).await;
    let me = with(world, &first, Ask::get("/api/v1/me"))
        .await
        .is(200)
        .json();
    assert_eq!((&me["mail"], &me["role"]), (&json!(ANN), &json!("user")));
    assert_eq!(me["owner_name"], "acme.example");
    own_forwards::day(world, &first).await;
    let (secret, codes) = with_app(world, &first).await;

    // from now on the password alone opens nothing
    let begun = challenge(world, PASSWORD).await;
    let code = totp::code(&secret, wait(world, 30));
    let second = json!({"challenge": begun, "totp": code});
    let entered = post(world, "auth/second-factor", second.clone()).await;
    let (access, refresh) = tokens(&entered.is(200));
    post(world, "auth/second-factor", second)
        .await
        .refuses(Kind::NotSignedIn);

    // a refresh token that comes twice was copied: the login ends
    let renew = || post(world, "auth/refresh", json!({"refresh_token": refresh}));
    let (renewed, _) = tokens(&renew().await.is(200));
    let who = async |token: &str| with(world, token, Ask::get("/api/v1/me")).await.status;
    assert_eq!((who(&access).await, who(&renewed).await), (401, 200));
    renew().await.refuses(Kind::NotSignedIn);
    assert_eq!(who(&renewed).await, 401);

    // without the app, with a recovery code
    let begun = challenge(world, PASSWORD).await;
    let spent = json!({"challenge": begun, "recovery_code": codes[0]});
    let (access, _) = tokens(&post(world, "auth/second-factor", spent).await.is(200));
    let again = challenge(world, PASSWORD).await;
    let spent = json!({"challenge": again, "recovery_code": codes[0]});
    post(world, "auth/second-factor", spent)
        .await
        .refuses(Kind::NotSignedIn);
    let me = with(world, &access, Ask::get("/api/v1/me")).await.json();
    assert_eq!(
        (&me["second_factor"], &me["recovery_codes"]),
        (&json!(true), &json!(9))
    );

    logins(world, &first, &access).await;
    careful(world, &access).await;
    forgetful(world, &access).await;
    let told = trail(world).await;
    for action in [
        "user.invited",
        "user.invitation-accepted",
        "user.signed-in",
        "user.second-factor-set",
        "user.refresh-token-reused",
        "user.login-ended",
        "user.other-logins-ended",
        "user.recovery-codes-renewed",
        "user.second-factor-removed",
        "user.password-changed",
        "user.password-reset",
        "user.signed-out",
    ] {
        assert!(told.iter().any(|one| one == action), "{action}: {told:?}");
    }
}

/// Sees where she is signed in, and ends the others.
async fn logins(world: &World, first: &str, access: &str) {
    let list = with(world, access, Ask::get("/api/v1/me/logins"))
        .await
        .is(200)
        .json();
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(
        (&items[0]["current"], &items[1]["current"]),
        (&json!(false), &json!(true))
    );
    let one = format!("/api/v1/me/logins/{}", items[0]["id"].as_str().unwrap());
    with(world, access, Ask::delete(&one)).await.is(204);
    with(world, access, Ask::delete(&one)).await.is(404);
    with(world, first, Ask::get("/api/v1/me"))
        .await
        .refuses(Kind::Unauthenticated);
    with(world, access, Ask::delete("/api/v1/me/logins"))
        .await
        .is(204);
    with(world, access, Ask::get("/api/v1/me")).await.is(200);
}

/// New codes, no app any more, another password.
async fn careful(world: &World, access: &str) {
    let wrong = json!({"password": OTHER});
    for path in ["recovery-codes", "totp/remove", "totp"] {
        let refused = mine(world, access, path, wrong.clone()).await;
        assert_eq!(
            refused.refuses(Kind::Invalid).blames(),
            "/password",
            "{path}"
        );
    }
    let right = json!({"password": PASSWORD});
    let codes = mine(world, access, "recovery-codes", right.clone()).await;
    assert_eq!(codes.is(200).json()["codes"].as_array().unwrap().len(), 10);
    mine(world, access, "totp/remove", right.clone())
        .await
        .is(204);
    mine(world, access, "recovery-codes", right).await.is(404);
    let weak = json!({"old": PASSWORD, "new": "acme-acme-acme"});
    let weak = mine(world, access, "password", weak)
        .await
        .refuses(Kind::Invalid);
    assert_eq!(weak.blames(), "/new");
    let both = json!({"old": PASSWORD, "new": OTHER});
    mine(world, access, "password", both).await.is(204);
    with(world, access, Ask::get("/api/v1/me")).await.is(200);
    login(world, PASSWORD).await.refuses(Kind::NotSignedIn);
    let (other, _) = tokens(&login(world, OTHER).await.is(200));
    with(world, &other, Ask::post("/api/v1/auth/logout"))
        .await
        .is(204);
    with(world, &other, Ask::get("/api/v1/me")).await.is(401);
}

/// Forgets the password, and is brought back by mail.
async fn forgetful(world: &World, access: &str) {
    wait(world, 120);
    let before = world.mails.count();
    // other companies may have somebody with her address, who would get a mail, too
    let hers = json!({"mail": ANN, "at": "acme.example"});
    post(world, "auth/reset-request", hers).await.is(204);
    let letter = world.mails.wait_for(before).await;
    let code = code_of(&letter.text);
    assert!(letter.html.unwrap().contains(&code));
    let new = json!({"code": code, "password": PASSWORD});
    post(world, "auth/reset", new.clone()).await.is(204);
    let again = post(world, "auth/reset", new).await.refuses(Kind::Invalid);
    assert_eq!(again.blames(), "/code");
    with(world, access, Ask::get("/api/v1/me")).await.is(401);
    login(world, PASSWORD).await.is(200);
}

/// Asks for what was forgotten without saying where; the code of the mail that comes.
async fn forgotten_somewhere(world: &World) -> String {
    let before = world.mails.count();
    let request = post(world, "auth/reset-request", json!({"mail": ANN})).await;
    request.is(204);
    code_of(&world.mails.wait_for(before).await.text)
}

#[tokio::test]
async fn a_namesake_in_another_company_keeps_nobody_from_a_new_password() {
    let world = world().await;
    welcome_ann(&world).await;
    let clone = json!({"domains": ["second.example"]});
    let clone = Ask::post(&world.acme.path("clone")).json(&clone);
    world.operator(clone).await.is(201);
    let theirs = format!("/api/v1/tenants/second.example/users/{ANN}/invite");
    let hers = world.acme.path(&format!("users/{ANN}/reset"));
    let (invitation, reset) = ("auth/invitation", "auth/reset");
    // whichever of the two had a mail just now, the other gets hers
    for (busy, other) in [(theirs, reset), (hers, invitation)] {
        wait(&world, 3_600);
        world.operator(Ask::post(&busy)).await.is(200);
        let code = forgotten_somewhere(&world).await;
        let new = json!({"code": code, "password": OTHER});
        post(&world, other, new).await.is(204);
    }
}

/// What admins do about people: of the platform, of a reseller and of a company.
pub(crate) async fn crews(world: &World) {
    let north = format!("/api/v1/resellers/{}/users", world.north.name);
    let of = [
        (north, "ann@north.example"),
        ("/api/v1/users".to_owned(), "ann@house.example"),
        (world.globex.path("users"), "ann@globex.example"),
    ];
    for (users, mail) in of {
        let verb = |verb: &str| Ask::post(&format!("{users}/{mail}/{verb}"));
        let early = world.operator(verb("reset")).await.refuses(Kind::Invalid);
        assert!(early.text().contains("no password yet"), "{}", early.text());
        welcome(world, &users, mail).await;
        world.operator(verb("invite")).await.refuses(Kind::Invalid);
        let soon = world.operator(verb("reset")).await;
        assert_eq!(soon.header("retry-after"), Some("60"));
        soon.refuses(Kind::TooManyRequests);
        wait(world, 60);
        world.operator(verb("reset")).await.is(200);
        let body = json!({"mail": mail, "password": PASSWORD});
        let (access, _) = tokens(&post(world, "auth/login", body).await.is(200));
        world.operator(verb("logout")).await.is(204);
        with(world, &access, Ask::get("/api/v1/me")).await.is(401);
    }
}

#[tokio::test]
async fn a_person_is_let_in_careful_and_forgetful_in_one_day() {
    day(&world().await).await;
}

#[tokio::test]
async fn whoever_is_nobody_is_told_what_a_wrong_password_is_told() {
    let world = world().await;
    welcome_ann(&world).await;
    let told = async |mail: &str, at: Value| {
        let body = json!({"mail": mail, "password": OTHER, "at": at});
        let reply = post(&world, "auth/login", body)
            .await
            .refuses(Kind::NotSignedIn);
        let mut view = reply.json();
        view["request"] = Value::Null;
        view
    };
    let wrong = told(ANN, Value::Null).await;
    assert_eq!(told("nobody@acme.example", Value::Null).await, wrong);
    assert_eq!(told(ANN, json!("globex.example")).await, wrong);
    assert_eq!(told(ANN, json!("nowhere.example")).await, wrong);
    // nor is it told who has no password yet
    assert_eq!(told("ann@globex.example", Value::Null).await, wrong);
    for mail in [ANN, "nobody@acme.example"] {
        let asked = post(&world, "auth/reset-request", json!({"mail": mail}))
            .await
            .is(204);
        assert_eq!(asked.text(), "");
    }
}

#[tokio::test]
async fn one_address_in_two_companies_says_which_and_is_let_into_that_one() {
    let world = world().await;
    welcome_ann(&world).await;
    let twin = json!({"mail": ANN, "role": "user"});
    let twin = Ask::post(&world.globex.path("users")).json(&twin);
    world.operator(twin).await.is(201);
    let anywhere = json!({"mail": ANN, "password": PASSWORD});
    post(&world, "auth/login", anywhere)
        .await
        .refuses(Kind::NotSignedIn);
    let (access, _) = tokens(&login(&world, PASSWORD).await.is(200));
    let me = with(&world, &access, Ask::get("/api/v1/me")).await.json();
    assert_eq!(me["owner"], json!(world.acme.id));
}

#[tokio::test]
async fn a_person_of_a_company_sees_that_company_and_nothing_else() {
    let world = world().await;
    let admin = json!({"role": "tenant-admin"});
    let admin = Ask::patch(&world.acme.path(&format!("users/{ANN}"))).json(&admin);
    world.operator(admin.if_match("*")).await.is(200);
    let (access, _) = ann(&world).await;
    let own = Ask::get(&world.acme.path("extensions"));
    with(&world, &access, own).await.is(200);
    for elsewhere in [
        world.globex.path("extensions"),
        "/api/v1/tenants".to_owned(),
        "/api/v1/resellers/north".to_owned(),
        format!("/api/v1/resellers/{}/users", world.north.name),
    ] {
        let asked = with(&world, &access, Ask::get(&elsewhere)).await;
        assert_eq!(asked.status, 404, "{elsewhere}");
    }
    // to a key there is no own account, to a person no login of somebody else
    for path in ["me", "me/logins"] {
        let ask = Ask::get(&format!("/api/v1/{path}"));
        world.tenant(&world.acme, ask).await.is(404);
    }
    let strange = Ask::delete("/api/v1/me/logins/lgn_00000000000000000000000000");
    with(&world, &access, strange).await.is(404);
}

#[tokio::test]
async fn guessers_wait_and_the_owners_own_device_does_not() {
    let world = world().await;
    welcome_ann(&world).await;
    let entered = login(&world, PASSWORD).await.is(200);
    let cookie = entered.header("set-cookie").unwrap().to_owned();
    for guarded in ["Secure", "HttpOnly", "SameSite=Strict", "__Host-"] {
        assert!(cookie.contains(guarded), "{cookie}");
    }
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let guess = async |source: &str| {
        let body = json!({"mail": ANN, "password": OTHER});
        let ask = Ask::post("/api/v1/auth/login").json(&body);
        ask.with("X-Forwarded-For", source)
            .send(world.address)
            .await
    };
    let mut slowed = 0;
    for number in 0..60 {
        let reply = guess(&format!("192.0.2.{number}")).await;
        slowed += u32::from(reply.status == 429);
    }
    assert!(slowed >= 9, "{slowed}");
    let reply = guess("198.51.100.1").await;
    assert!(reply.header("retry-after").is_some());
    reply.refuses(Kind::TooManyRequests);
    let body = json!({"mail": ANN, "password": PASSWORD});
    let own = Ask::post("/api/v1/auth/login")
        .json(&body)
        .with("Cookie", &cookie);
    own.send(world.address).await.is(200);
    let noted = async || {
        let told = trail(&world).await;
        let slowed = told.iter().filter(|one| *one == "user.sign-in-slowed");
        slowed.count()
    };
    // it is noted after the answer
    let mut looks = 0;
    while noted().await == 0 {
        looks += 1;
        assert!(looks < 1_000, "it was not noted");
    }
    assert_eq!(noted().await, 1, "one entry of all in an hour");
}

#[tokio::test]
async fn who_is_disabled_at_any_height_is_out_at_once() {
    let world = world().await;
    let (access, refresh) = ann(&world).await;
    let company = format!("/api/v1/tenants/{}", world.acme.id);
    let user = world.acme.path(&format!("users/{ANN}"));
    let turn = async |path: &str, on: bool| {
        let ask = Ask::patch(path).if_match("*").json(&json!({"enabled": on}));
        world.operator(ask).await.is(200);
    };
    let who = async || with(&world, &access, Ask::get("/api/v1/me")).await.status;
    turn(&company, false).await;
    assert_eq!(who().await, 401);
    login(&world, PASSWORD).await.refuses(Kind::NotSignedIn);
    let spare = json!({"refresh_token": refresh});
    post(&world, "auth/refresh", spare.clone())
        .await
        .refuses(Kind::NotSignedIn);
    turn(&company, true).await;
    assert_eq!(who().await, 200);
    // a disabled person's logins have ended for good
    turn(&user, false).await;
    assert_eq!(who().await, 401);
    login(&world, PASSWORD).await.refuses(Kind::NotSignedIn);
    turn(&user, true).await;
    assert_eq!(who().await, 401);
    post(&world, "auth/refresh", spare)
        .await
        .refuses(Kind::NotSignedIn);
    login(&world, PASSWORD).await.is(200);
    world.operator(Ask::delete(&user)).await.is(204);
    login(&world, PASSWORD).await.refuses(Kind::NotSignedIn);
}

#[tokio::test]
async fn people_of_a_disabled_reseller_are_out_and_those_of_its_companies_too() {
    let world = world().await;
    let north = format!("/api/v1/resellers/{}", world.north.name);
    let users = format!("{north}/users");
    welcome(&world, &users, "ann@north.example").await;
    let company = world.north.company.path("users");
    welcome(&world, &company, "ann@northco.example").await;
    let enter = async |mail: &str| {
        let body = json!({"mail": mail, "password": PASSWORD});
        post(&world, "auth/login", body).await
    };
    let mut inside = Vec::new();
    for mail in ["ann@north.example", "ann@northco.example"] {
        inside.push(tokens(&enter(mail).await.is(200)).0);
    }
    let below = with(&world, &inside[0], Ask::get("/api/v1/tenants")).await;
    assert_eq!(
        below.is(200).json()["items"][0]["id"],
        json!(world.north.company.id)
    );
    let off = Ask::patch(&north)
        .if_match("*")
        .json(&json!({"enabled": false}));
    world.operator(off).await.is(200);
    for access in &inside {
        with(&world, access, Ask::get("/api/v1/me")).await.is(401);
    }
    enter("ann@northco.example")
        .await
        .refuses(Kind::NotSignedIn);
}

#[tokio::test]
async fn of_two_who_spend_one_refresh_token_at_once_one_gets_in_and_then_nobody() {
    let world = world().await;
    let (_, refresh) = ann(&world).await;
    let spend = || post(&world, "auth/refresh", json!({"refresh_token": refresh}));
    let (one, other) = tokio::join!(spend(), spend());
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
    let winner = if one.status == 200 { one } else { other };
    let (access, _) = tokens(&winner);
    with(&world, &access, Ask::get("/api/v1/me")).await.is(401);
}

#[tokio::test]
async fn an_access_token_is_good_for_ten_minutes() {
    let world = world().await;
    let (access, refresh) = ann(&world).await;
    wait(&world, 599);
    with(&world, &access, Ask::get("/api/v1/me")).await.is(200);
    wait(&world, 1);
    with(&world, &access, Ask::get("/api/v1/me"))
        .await
        .refuses(Kind::Unauthenticated);
    let renewed = post(&world, "auth/refresh", json!({"refresh_token": refresh})).await;
    let (access, _) = tokens(&renewed.is(200));
    with(&world, &access, Ask::get("/api/v1/me")).await.is(200);
}

#[tokio::test]
async fn an_invitation_expires_is_good_once_and_wants_a_good_password() {
    let world = world().await;
    let invite = Ask::post(&world.acme.path(&format!("users/{ANN}/invite")));
    world.operator(invite.clone()).await.is(200);
    let first = code_of(&world.mails.wait_for(0).await.text);
    let accept = async |code: &str, password: &str| {
        post(
            &world,
            "auth/invitation",
            json!({"code": code, "password": password}),
        )
        .await
    };
    for weak in ["short", "ann-acme-example", "password1234"] {
        let refused = accept(&first, weak).await.refuses(Kind::Invalid);
        assert_eq!(refused.blames(), "/password", "{weak}");
    }
    // an invitation is no reset
    let reset = json!({"code": first, "password": PASSWORD});
    post(&world, "auth/reset", reset)
        .await
        .refuses(Kind::Invalid);
    wait(&world, 60);
    world.operator(invite.clone()).await.is(200);
    let second = code_of(&world.mails.wait_for(1).await.text);
    accept(&first, PASSWORD).await.is(204);
    let void = accept(&second, OTHER).await.refuses(Kind::Invalid);
    assert_eq!(void.blames(), "/code");
    let late = Ask::post(&world.globex.path("users/ann@globex.example/invite"));
    world.operator(late).await.is(200);
    let code = code_of(&world.mails.wait_for(2).await.text);
    wait(&world, 7 * 24 * 3_600);
    let expired = accept(&code, PASSWORD).await.refuses(Kind::Invalid);
    assert!(expired.text().contains("expired"), "{}", expired.text());
}

#[tokio::test]
async fn without_a_mail_server_the_link_is_given_to_whoever_invites_and_once() {
    let world = world().await;
    world.mails.close();
    let invite = Ask::post(&world.acme.path(&format!("users/{ANN}/invite")));
    let invite = invite.with("Idempotency-Key", "one");
    let sent = world.operator(invite.clone()).await.is(200).json();
    assert_eq!(sent["sent"], json!(false));
    let link = sent["link"].as_str().unwrap();
    let begin = format!("{PORTAL}/invitation#");
    assert!(link.starts_with(&begin), "{link}");
    let again = world.operator(invite).await.is(200).json();
    assert_eq!(again["link"], Value::Null);
    let body = json!({"code": code_of(link), "password": PASSWORD});
    post(&world, "auth/invitation", body).await.is(204);
    login(&world, PASSWORD).await.is(200);
}

#[tokio::test]
async fn a_letter_comes_in_the_name_of_the_nearest_brand() {
    let world = world().await;
    let brand = json!({"brand": {"name": "North Voice", "domain": "voice.north.example",
                                 "mail_from": "hello@north.example"}});
    let north = Ask::patch("/api/v1/resellers/north")
        .if_match("*")
        .json(&brand);
    world.operator(north).await.is(200);
    let users = world.north.company.path("users");
    let invite = Ask::post(&format!("{users}/ann@northco.example/invite"));
    world.operator(invite).await.is(200);
    let letter = world.mails.wait_for(0).await;
    assert_eq!(letter.from_name, "North Voice");
    assert_eq!(letter.from.as_deref(), Some("hello@north.example"));
    assert!(
        letter
            .text
            .contains("https://voice.north.example/invitation#")
    );
    assert!(letter.subject.contains("canary of northco"));
}
