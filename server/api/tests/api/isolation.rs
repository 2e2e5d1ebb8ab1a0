//! The stranger's test: what one company's key is told of another company is what it is told of
//! a company that never was. It is made of the OpenAPI text, so it grows with the API.

mod cells;
mod companies;
mod gone;
mod logs;
mod people;
mod resellers;
mod stranger;

use ids::{
    CallId, CdrId, ContainmentId, DeviceId, EmergencyLocationId, ExtensionId, FaxId, HoldId,
    InboundRouteId, MusicId, NumberId, OutboundRouteId, PlanId, RateDeckId, RecordingId,
    ResellerId, RoleId, ScheduleId, SigningKeyId, SiteId, SoundId, SsoId, SupportId, TenantId,
    TokenId, TollGuardId, TrunkId, UserId, WebhookId,
};
use serde_json::{Value, json};

use crate::archives::{PASSPHRASE, archived};
use crate::http::Ask;
use crate::openapi::Described;
use crate::world::{
    Account, CHAIN, Company, DOCUMENT, RECORDING, rate_deck, recording, signing_key,
};

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
    recording: String,
    fax: String,
    token: String,
    webhooks: [String; 2],
    roles: [String; 2],
    users: [String; 2],
    holds: [String; 2],
    sso: [String; 2],
    decks: [String; 2],
    trunks: [String; 2],
    numbers: [String; 2],
    signing: [String; 2],
    schedules: [String; 2],
    locations: [String; 2],
    sites: [String; 2],
    sounds: [String; 2],
    music: [String; 2],
    inbound: [String; 2],
    outbound: [String; 2],
    guards: [String; 2],
    contained: [String; 2],
    access: String,
}

fn names_of(company: &Company, token: TokenId) -> Names {
    // they are called as the webhook is, each with a word of its kind
    let named = |word: &str| company.webhook_name.replace("crm", word);
    Names {
        tenants: [company.id.to_string(), company.domain.clone()],
        extensions: [company.extension.to_string(), company.number.clone()],
        devices: [company.device.to_string(), company.username.clone()],
        resellers: NOBODY.resellers(),
        plans: NOBODY.plans(),
        call: company.call.to_string(),
        cdr: company.cdr.to_string(),
        recording: company.recording.to_string(),
        fax: company.fax.to_string(),
        token: token.to_string(),
        webhooks: [company.webhook.to_string(), company.webhook_name.clone()],
        roles: [company.role.to_string(), named("crew")],
        users: [company.user.to_string(), format!("ann@{}", company.domain)],
        holds: [company.hold.to_string(), named("case")],
        sso: [company.sso.to_string(), named("door")],
        decks: [company.deck.to_string(), named("rates")],
        trunks: [company.trunk.to_string(), named("line")],
        numbers: NOBODY.numbers(),
        signing: [company.signing.to_string(), named("key")],
        schedules: [company.schedule.to_string(), named("hours")],
        locations: [company.location.to_string(), named("place")],
        sites: [company.site.to_string(), named("site")],
        sounds: [company.sound.to_string(), named("waltz")],
        music: [company.music.to_string(), named("evening")],
        inbound: [company.inbound.to_string(), named("in")],
        outbound: [company.outbound.to_string(), named("out")],
        guards: [company.guard.to_string(), named("nights")],
        contained: [company.containment.to_string(), named("held")],
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

    fn numbers(&self) -> [String; 2] {
        [NumberId::new(9, 9).to_string(), "+493055509".to_owned()]
    }
}

/// Names of a reseller with its plan and its company.
fn names_of_account(account: &Account) -> Names {
    let mut names = names_of(&account.company, account.token);
    names.resellers = [account.id.to_string(), account.name.clone()];
    names.plans = [account.plan.to_string(), account.name.clone()];
    names.roles = [account.role.to_string(), format!("{}-crew", account.name)];
    names.decks = [account.deck.to_string(), format!("{}-rates", account.name)];
    names.trunks = [account.trunk.to_string(), format!("{}-line", account.name)];
    names.signing = [account.signing.to_string(), format!("{}-key", account.name)];
    names.numbers = [account.number_id.to_string(), account.number.clone()];
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
        recording: RecordingId::from_u128(next(company.recording.as_u128())).to_string(),
        fax: FaxId::from_u128(next(company.fax.as_u128())).to_string(),
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
        decks: [
            RateDeckId::from_u128(next(company.deck.as_u128())).to_string(),
            "acmf-rates".to_owned(),
        ],
        trunks: [
            TrunkId::from_u128(next(company.trunk.as_u128())).to_string(),
            "acmf-line".to_owned(),
        ],
        numbers: NOBODY.numbers(),
        signing: [
            SigningKeyId::from_u128(next(company.signing.as_u128())).to_string(),
            "acmf-key".to_owned(),
        ],
        schedules: [
            ScheduleId::from_u128(next(company.schedule.as_u128())).to_string(),
            "acmf-hours".to_owned(),
        ],
        locations: [
            EmergencyLocationId::from_u128(next(company.location.as_u128())).to_string(),
            "acmf-place".to_owned(),
        ],
        sites: [
            SiteId::from_u128(next(company.site.as_u128())).to_string(),
            "acmf-site".to_owned(),
        ],
        sounds: [
            SoundId::from_u128(next(company.sound.as_u128())).to_string(),
            "acmf-waltz".to_owned(),
        ],
        music: [
            MusicId::from_u128(next(company.music.as_u128())).to_string(),
            "acmf-evening".to_owned(),
        ],
        inbound: [
            InboundRouteId::from_u128(next(company.inbound.as_u128())).to_string(),
            "acmf-in".to_owned(),
        ],
        outbound: [
            OutboundRouteId::from_u128(next(company.outbound.as_u128())).to_string(),
            "acmf-out".to_owned(),
        ],
        guards: [
            TollGuardId::from_u128(next(company.guard.as_u128())).to_string(),
            "acmf-nights".to_owned(),
        ],
        contained: [
            ContainmentId::from_u128(next(company.containment.as_u128())).to_string(),
            "acmf-held".to_owned(),
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
    .replace("{recording}", &names.recording)
    .replace("{fax}", &names.fax)
    .replace("{token}", &names.token)
    .replace("{webhook}", &names.webhooks[which])
    .replace("{role}", &names.roles[which])
    .replace("{user}", &names.users[which])
    .replace("{hold}", &names.holds[which])
    .replace("{sso}", &names.sso[which])
    .replace("{rate_deck}", &names.decks[which])
    .replace("{trunk}", &names.trunks[which])
    .replace("{number}", &names.numbers[which])
    .replace("{signing_key}", &names.signing[which])
    .replace("{certificates}", "sgk_00000000000000000000000000.pem")
    .replace("{schedule}", &names.schedules[which])
    .replace("{emergency_location}", &names.locations[which])
    .replace("{site}", &names.sites[which])
    .replace("{sound}", &names.sounds[which])
    .replace("{music}", &names.music[which])
    .replace("{inbound_route}", &names.inbound[which])
    .replace("{outbound_route}", &names.outbound[which])
    .replace("{toll_guard}", &names.guards[which])
    .replace("{containment}", &names.contained[which])
    .replace("{person}", &names.users[which])
    .replace("{event}", "1")
    .replace("{access}", &names.access)
    .replace("{source}", "192.0.2.77")
    .replace("{host}", "sip.nobody.example")
    .replace("{challenge}", "token")
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
        "BanOrder" => json!({"source": "192.0.2.77"}),
        "ExtensionSpec" | "ExtensionPatch" => json!({
            "number": "777", "on_hold": names.music[which],
        }),
        "DeviceSpec" => json!({
            "username": "fresh", "extension": names.extensions[which],
            "location": names.locations[which],
        }),
        "DevicePatch" => json!({
            "extension": names.extensions[which], "location": names.locations[which],
        }),
        "EmergencyLocationSpec" | "EmergencyLocationPatch" => json!({
            "name": "fresh", "civic": {"country": "DE", "a3": "Berlin"},
            "desk": names.extensions[which], "alert": names.extensions[which],
        }),
        "SiteSpec" | "SitePatch" => json!({
            "name": "fresh", "location": names.locations[which], "networks": ["192.0.2.0/30"],
        }),
        "SoundText" => json!({"text": "We are closed today."}),
        "MusicSpec" | "MusicPatch" => json!({
            "name": "fresh", "playlist": [names.sounds[which]],
            "announcement": names.sounds[which],
        }),
        "SoundSpec" | "SoundPatch" => json!({"name": "fresh", "description": "a waltz"}),
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
        "TrunkSpec" | "TrunkPatch" => json!({
            "name": "fresh", "mode": "peer", "peers": ["sip:x.example"],
            "rate_decks": [names.decks[which]],
        }),
        "RateDeckSpec" | "RateDeckPatch" => rate_deck("fresh"),
        "NumberSpec" | "NumberPatch" => json!({
            "number": "+4930999999", "tenant": names.tenants[which], "state": "assigned",
        }),
        "SigningKeySpec" | "SigningKeyPatch" => signing_key("fresh"),
        "InboundRouteSpec" | "InboundRoutePatch" => json!({
            "name": "fresh", "trunk": names.trunks[which], "extension": names.extensions[which],
            "schedule": names.schedules[which],
        }),
        "ScheduleSpec" | "SchedulePatch" => json!({"name": "fresh", "time_zone": "UTC"}),
        "OutboundRouteSpec" | "OutboundRoutePatch" => json!({
            "name": "fresh", "patterns": [{}], "trunks": [names.trunks[which]],
            "extensions": [names.extensions[which]],
        }),
        "TollGuardSpec" | "TollGuardPatch" => json!({
            "name": "fresh", "schedule": names.schedules[which], "budget": {},
            "extensions": [names.extensions[which]],
        }),
        "ContainmentSpec" | "ContainmentPatch" => json!({
            "name": "fresh", "device": names.devices[which],
        }),
        "NewRouteQuestion" => json!({"extension": names.extensions[which], "called": "0999"}),
        "NewReplay" => json!({
            "since": "2020-01-01T00:00:00Z", "until": "2031-01-01T00:00:00Z",
            "with": {"strowger": 1, "documents": [{
                "kind": "inbound_route", "in": names.tenants[which], "spec": {
                    "name": "fresh", "trunk": names.trunks[which],
                    "schedule": names.schedules[which], "extension": names.extensions[which],
                },
            }]},
            "without": [{"kind": "containment", "name": names.contained[which]}],
        }),
        "RoleSpec" | "RolePatch" => json!({"name": "fresh"}),
        "UserSpec" | "UserPatch" => json!({
            "mail": "fresh@fresh.example", "custom_role": names.roles[which],
            "extension": names.extensions[which],
        }),
        "Seat" => json!({"muted": true, "coaches": names.call}),
        "NewCallRecording" => json!({"state": "on"}),
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
        "Forwards" => json!({"always": "0999"}),
        "NewTenantToken" => json!({"name": "fresh"}),
        "Rotation" => json!({"overlap_seconds": 60}),
        other => panic!("say what a body of {other} looks like"),
    }
}

/// The body of an operation.
fn said(operation: &Described, schema: &str, names: &Names, which: usize) -> Value {
    match schema {
        "Sheet" => json!(sheet(&operation.path, names, which)),
        "Archive" | "Recording" | "Document" => json!(null),
        _ => body(schema, names, which),
    }
}

/// A good sheet for a path, with these names where one can stand.
fn sheet(path: &str, names: &Names, which: usize) -> String {
    let (extension, role) = (&names.extensions[which], &names.roles[which]);
    match path.rsplit('/').next() {
        Some("extensions") => format!("number,on_hold\n777,{}\n", names.music[which]),
        Some("devices") => format!("username,extension\nfresh,{extension}\n"),
        Some("webhooks") => "name,url\nfresh,https://x.example\n".to_owned(),
        Some("roles") => "name\nfresh\n".to_owned(),
        Some("sso") => format!(
            "name,issuer,client_id,domains,make_people,custom_role\n\
             fresh,https://x.example,fresh,fresh.example,true,{role}\n"
        ),
        Some("plans") => "name\nfresh\n".to_owned(),
        Some("numbers") => format!(
            "number,tenant,state\n+4930999999,{},assigned\n",
            names.tenants[which]
        ),
        Some("rate_decks") => "name,currency\nfresh,EUR\n".to_owned(),
        Some("trunks") => format!(
            "name,mode,peers,rate_decks\nfresh,peer,sip:x.example,{}\n",
            names.decks[which]
        ),
        Some("signing_keys") => {
            format!("name,x5u,certificates\nfresh,https://x.example,\"{CHAIN}\"\n")
        }
        Some("emergency_locations") => format!(
            "name,civic,desk\n\
             fresh,\"{{\"\"country\"\":\"\"DE\"\",\"\"a3\"\":\"\"Berlin\"\"}}\",{extension}\n"
        ),
        Some("sites") => format!(
            "name,location,networks\nfresh,{},192.0.2.0/30\n",
            names.locations[which]
        ),
        Some("schedules") => "name,time_zone\nfresh,UTC\n".to_owned(),
        Some("sounds") => "name\nfresh\n".to_owned(),
        Some("music") => format!("name,playlist\nfresh,{}\n", names.sounds[which]),
        Some("inbound_routes") => format!(
            "name,trunk,schedule,extension\nfresh,{},{},{extension}\n",
            names.trunks[which], names.schedules[which]
        ),
        Some("outbound_routes") => format!(
            "name,trunks,extensions\nfresh,{},{extension}\n",
            names.trunks[which]
        ),
        Some("toll_guards") => format!(
            "name,schedule,extensions\nfresh,{},{extension}\n",
            names.schedules[which]
        ),
        Some("containments") => format!("name,device\nfresh,{}\n", names.devices[which]),
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
        "schedule" => Some(names.schedules.to_vec()),
        "location" => Some(names.locations.to_vec()),
        "device" => Some(names.devices.to_vec()),
        "rate_decks" => Some(names.decks.to_vec()),
        "trunk" | "trunks" => Some(names.trunks.to_vec()),
        "extensions" | "desk" | "alert" | "conference" => Some(names.extensions.to_vec()),
        "shared_with" => Some(names.tenants.to_vec()),
        "playlist" | "announcement" => Some(names.sounds.to_vec()),
        "on_hold" => Some(names.music.to_vec()),
        "user" | "mail" => Some(names.users.to_vec()),
        "limit" | "overlap_seconds" | "sort" | "from" | "until" | "types" | "state" | "dry_run"
        | "code" | "iss" | "error" | "as" | "suffix" | "domains" | "to" | "attempts" | "pause"
        | "by" | "every" => None,
        other => panic!("say what the parameter {other} names"),
    }
}

fn ask(operation: &Described, path: &str, names: &Names, which: usize) -> Ask {
    let ask = Ask::new(&operation.method, path).if_match("*");
    match operation.body.as_deref() {
        Some("Sheet") => ask.body("text/csv", sheet(&operation.path, names, which).as_bytes()),
        Some("Archive") => archived(ask),
        Some("Recording") => ask.body(RECORDING, &recording(300)),
        Some("Document") => ask.body("application/pdf", DOCUMENT),
        Some(schema) => ask.json(&body(schema, names, which)),
        None => ask,
    }
}
