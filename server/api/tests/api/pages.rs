//! The front door's pages, as a browser gets them.

use identity::Weak;
use serde_json::{Value, json};

use crate::http::Ask;
use crate::world::world;

const PATHS: [&str; 4] = ["/sign-in", "/invitation", "/reset", "/account"];

/// What stands between quotes behind a word, everywhere in a text.
fn quoted<'t>(text: &'t str, before: &str) -> Vec<&'t str> {
    let pieces = text.split(before).skip(1);
    pieces
        .filter_map(|rest| rest.split(['"', '\'']).next())
        .collect()
}

#[tokio::test]
async fn each_page_is_there_without_a_key_and_trusts_nobody_else() {
    let world = world().await;
    for path in PATHS {
        let page = Ask::get(path).send(world.address).await.is(200);
        assert_eq!(
            page.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        let policy = page.header("content-security-policy").unwrap();
        for wanted in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "script-src 'self';",
        ] {
            assert!(policy.contains(wanted), "{policy}");
        }
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        // the policy lets nothing run that stands in the page itself
        assert!(!page.text().contains("style=") && !page.text().contains("onclick"));
    }
    let first = Ask::get("/").send(world.address).await.is(302);
    assert_eq!(first.header("location"), Some("/sign-in"));
    Ask::new("POST", "/sign-in")
        .send(world.address)
        .await
        .is(405);
    Ask::get("/door/nothing.js")
        .send(world.address)
        .await
        .is(404);
}

#[tokio::test]
async fn all_that_a_page_needs_is_there_and_of_its_type() {
    let world = world().await;
    let page = Ask::get("/sign-in").send(world.address).await.is(200);
    let page = page.text();
    let mut wanted: Vec<String> = quoted(page, "src=\"/door/")
        .into_iter()
        .chain(quoted(page, "href=\"/door/"))
        .map(str::to_owned)
        .collect();
    let (mut seen, mut scripts) = (Vec::new(), 0);
    while let Some(name) = wanted.pop() {
        if seen.contains(&name) {
            continue;
        }
        let path = format!("/door/{name}");
        let part = Ask::get(&path).send(world.address).await.is(200);
        let is_script = name.ends_with(".js");
        let media_type = if is_script {
            "text/javascript"
        } else {
            "text/css"
        };
        assert_eq!(
            part.header("content-type").unwrap(),
            format!("{media_type}; charset=utf-8")
        );
        if is_script {
            scripts += 1;
            let text = part.text();
            wanted.extend(quoted(text, "from './").into_iter().map(str::to_owned));
        }
        seen.push(name);
    }
    assert_eq!((scripts, seen.len()), (7, 8), "{seen:?}");
}

#[tokio::test]
async fn every_word_is_there_in_every_language() {
    let world = world().await;
    let mut languages = Vec::new();
    for language in ["en", "de"] {
        let path = format!("/door/words/{language}.json");
        languages.push(Ask::get(&path).send(world.address).await.is(200).json());
    }
    let names = |value: &Value| -> Vec<String> {
        let members = value.as_object().unwrap();
        let nested = |(name, value): (&String, &Value)| match value.as_object() {
            Some(inner) => inner
                .keys()
                .map(|inner| format!("{name}.{inner}"))
                .collect(),
            None => vec![name.clone()],
        };
        members.iter().flat_map(nested).collect()
    };
    assert_eq!(names(&languages[0]), names(&languages[1]));
    let mut used = 0;
    for script in ["sign_in", "links", "account", "door", "view"] {
        let path = format!("/door/{script}.js");
        let text = Ask::get(&path).send(world.address).await.is(200);
        let text = text.text();
        for rest in text.split("words.").skip(1) {
            let name: String = rest
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .collect();
            if name == "js" {
                continue;
            }
            assert!(languages[0].get(&name).is_some(), "{script}: words.{name}");
            used += 1;
        }
    }
    assert!(used > 40, "{used}");
}

#[tokio::test]
async fn each_rule_for_passwords_is_told_in_every_language() {
    let world = world().await;
    let rules =
        [Weak::Short, Weak::Long, Weak::Personal, Weak::Common].map(|weak| weak.to_string());
    let words = async |language: &str| {
        let path = format!("/door/words/{language}.json");
        Ask::get(&path).send(world.address).await.is(200).json()
    };
    let (english, german) = (words("en").await, words("de").await);
    for rule in rules.iter().map(String::as_str).chain(["is not right"]) {
        assert_eq!(english["rules"][rule], rule);
        let told = german["rules"][rule].as_str();
        assert!(told.is_some_and(|told| told != rule), "{rule}: {told:?}");
    }
}

#[tokio::test]
async fn a_portal_looks_like_the_reseller_whose_it_is_and_no_other() {
    let world = world().await;
    let brand = json!({"brand": {"name": "North Voice", "domain": "voice.north.example",
                                 "primary_color": "#0a64c8", "mail_from": "hello@north.example"}});
    let north = Ask::patch("/api/v1/resellers/north")
        .if_match("*")
        .json(&brand);
    world.operator(north).await.is(200);
    let mut shown = Vec::new();
    for host in [
        "voice.north.example",
        "VOICE.north.example:8443",
        "south.example",
        "north",
        "",
    ] {
        let ask = Ask::get("/api/v1/auth/brand").with("Host", host);
        shown.push(ask.send(world.address).await.is(200).json());
    }
    let north = json!({"name": "North Voice", "logo": null, "primary_color": "#0a64c8",
                       "accent_color": null});
    let plain = json!({"name": "Strowger", "logo": null, "primary_color": null,
                       "accent_color": null});
    assert_eq!(
        shown,
        [north.clone(), north, plain.clone(), plain.clone(), plain]
    );
}
