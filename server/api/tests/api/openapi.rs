//! The OpenAPI text: checked in, complete, and the same as the one that is served.

use serde_json::Value;

use crate::http::Ask;
use crate::world::world;

/// The text that is checked in.
const CHECKED_IN: &str = include_str!("../../../../api/openapi.json");

/// One operation of the text.
#[derive(Clone, Debug)]
pub(crate) struct Described {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) name: String,
    /// Name of the schema of its body.
    pub(crate) body: Option<String>,
    /// Names of its query parameters.
    pub(crate) query: Vec<String>,
}

impl Described {
    /// Whether it is for whoever is about to show who it is.
    pub(crate) fn is_door(&self) -> bool {
        self.path.starts_with("/api/v1/auth/") && self.name != "signOut"
    }
}

/// All operations of the text.
pub(crate) fn described() -> Vec<Described> {
    let text: Value = serde_json::from_str(&api::openapi()).unwrap();
    let mut all = Vec::new();
    for (path, methods) in text["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let content = operation["requestBody"]["content"].as_object();
            let schema = content
                .and_then(|c| c.values().next())
                .map(|c| &c["schema"]["$ref"]);
            let name = |schema: &Value| schema.as_str()?.rsplit('/').next().map(str::to_owned);
            let parameters = operation["parameters"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            let query = parameters.iter().filter(|p| p["in"] == "query");
            all.push(Described {
                method: method.to_ascii_uppercase(),
                path: path.clone(),
                name: operation["operationId"].as_str().unwrap().to_owned(),
                body: schema.and_then(name),
                query: query
                    .map(|p| p["name"].as_str().unwrap().to_owned())
                    .collect(),
            });
        }
    }
    all
}

#[test]
fn no_two_types_share_the_name_of_a_schema() {
    assert_eq!(api::ambiguous(), Vec::<String>::new());
}

#[test]
fn the_page_of_roles_is_the_one_that_roles_and_operations_give() {
    let page = include_str!("../../../../docs/guide/roles.md");
    assert!(
        page == api::roles(),
        "run `cargo run -p api --example roles > docs/guide/roles.md`"
    );
}

#[test]
fn the_page_of_all_kinds_is_the_one_that_the_kinds_give() {
    let page = include_str!("../../../../docs/guide/kinds.md");
    assert!(
        page == api::kinds(),
        "run `cargo run -p api --example kinds > docs/guide/kinds.md`"
    );
}

#[test]
fn the_text_that_is_checked_in_is_the_one_that_the_operations_give() {
    assert!(
        CHECKED_IN == api::openapi(),
        "run `cargo run -p api --example openapi > api/openapi.json`"
    );
}

#[tokio::test]
async fn the_text_is_served_to_anybody() {
    let world = world().await;
    let reply = Ask::get("/api/v1/openapi.json")
        .send(world.address)
        .await
        .is(200);
    assert_eq!(reply.text(), CHECKED_IN);
    assert_eq!(reply.header("content-type"), Some("application/json"));
}

#[test]
fn every_operation_is_told_of_and_every_reference_leads_somewhere() {
    let text: Value = serde_json::from_str(CHECKED_IN).unwrap();
    assert_eq!(text["openapi"], "3.1.0");
    for (path, methods) in text["paths"].as_object().unwrap() {
        for operation in methods.as_object().unwrap().values() {
            assert!(
                operation["summary"].as_str().is_some_and(|s| !s.is_empty()),
                "{path}"
            );
            assert!(
                operation["tags"][0].as_str().is_some_and(|s| !s.is_empty()),
                "{path}"
            );
        }
    }
    follow(&text, &text);
}

fn follow(whole: &Value, part: &Value) {
    if let Some(to) = part["$ref"].as_str() {
        let found = whole.pointer(to.strip_prefix('#').unwrap());
        assert!(found.is_some(), "{to}");
    }
    match part {
        Value::Object(members) => members.values().for_each(|member| follow(whole, member)),
        Value::Array(members) => members.iter().for_each(|member| follow(whole, member)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_kind_of_problem_is_listed_with_its_type() {
    let text: Value = serde_json::from_str(CHECKED_IN).unwrap();
    let welcome = text["info"]["description"].as_str().unwrap();
    for kind in api::Kind::ALL {
        assert!(welcome.contains(&format!("`{}{}`", api::TYPE_PREFIX, kind.code())));
    }
}

/// Members that the text promises of an answer and that are not in it.
fn left_out(text: &Value, schema: &Value, answer: &Value, at: &str) -> Vec<String> {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return left_out(text, &text["components"]["schemas"][name], answer, at);
    }
    let parts = schema["allOf"].as_array().into_iter().flatten();
    let mut missing: Vec<String> = parts
        .flat_map(|part| left_out(text, part, answer, at))
        .collect();
    for item in answer.as_array().into_iter().flatten() {
        missing.extend(left_out(text, &schema["items"], item, at));
    }
    if let Some(members) = answer.as_object() {
        let required = schema["required"].as_array().into_iter().flatten();
        let required = required.filter_map(Value::as_str);
        let absent = required.filter(|name| !members.contains_key(*name));
        missing.extend(absent.map(|name| format!("{at}/{name}")));
        for (name, value) in members {
            let inside = format!("{at}/{name}");
            missing.extend(left_out(text, &schema["properties"][name], value, &inside));
        }
    }
    missing
}

#[tokio::test]
async fn no_list_leaves_out_a_member_that_the_text_promises() {
    let text: Value = serde_json::from_str(CHECKED_IN).unwrap();
    let world = world().await;
    let mut items = 0;
    for operation in described() {
        let path = operation
            .path
            .replace("{tenant}", &world.acme.id.to_string());
        let is_list = operation.name.starts_with("list") && !path.contains('{');
        if operation.method != "GET" || !is_list || operation.path.contains("/me/") {
            continue;
        }
        let reply = world.operator(Ask::get(&path)).await.is(200).json();
        let answers = &text["paths"][&operation.path]["get"]["responses"]["200"];
        let schema = &answers["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{path}");
        let missing = left_out(&text, schema, &reply, &operation.name);
        assert_eq!(missing, [""; 0]);
        items += reply["items"].as_array().map_or(0, Vec::len);
    }
    assert!(items > 20, "{items}");
}
