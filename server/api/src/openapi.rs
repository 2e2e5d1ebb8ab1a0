//! The OpenAPI 3.1 text, made of the list of operations.

mod describe;
mod patch;

use std::collections::BTreeMap;

use utoipa::openapi::path::{HttpMethod, PathItem, Paths};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Components, ComponentsBuilder, InfoBuilder, OpenApiBuilder, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::operation::{Form, Operation};
use crate::operations;
use crate::problem::{Kind, ProblemView, TYPE_PREFIX};
use describe::SCHEME;

const WELCOME: &str = "\
The API of a Strowger exchange. Everything a company has on it is made, changed and watched here.

**Keys.** Send your API key as `Authorization: Bearer stw_…`. An operator's key administers every \
tenant, a reseller's those below it; a tenant's key administers its own and sees nothing else. What \
does not exist and what a key may not see are the same: 404.

**Names.** In paths and in references, an id and the natural key (a domain, a number, a user name) \
do equally well.

**Lists** come in pages: `items`, and `next`, which is handed back as `after`.

**Changes.** Answers with an `ETag` can be asked for again with `If-None-Match`. PUT and PATCH need \
`If-Match` with the `ETag` that was read, or `*`. A POST with an `Idempotency-Key` may be repeated \
for 24 hours: it is carried out once, and the first answer is given again, without secrets.

**Bodies** are JSON of at most 65,536 bytes, or sheets (CSV) of at most 1,048,576. Members \
that are not known are refused.

**Limits.** `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` tell how many requests \
per second a key has, how many are left, and in how many seconds all of them are there again.

**Refusals** are problems (RFC 9457) with a stable `type`, and each answer has an `X-Request-Id`, \
which is also in the problem and in the audit trail. The types are:
";

/// The OpenAPI 3.1 document of this API, as JSON for people to read: the text that a running
/// exchange serves under `/api/v1/openapi.json`.
pub fn openapi() -> String {
    let operations = operations::all();
    let document = OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Strowger")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(welcome())),
        )
        .tags(Some(tags(operations)))
        .components(Some(components(operations)))
        .paths(paths(operations))
        .build();
    let text = document.to_pretty_json();
    // every part of the document is a text or a number: writing it cannot fail
    text.unwrap_or_default() + "\n"
}

/// Names that two types have for different schemas, of which the text could tell only one. There
/// should be none.
pub fn ambiguous() -> Vec<String> {
    let mut known = BTreeMap::new();
    let each = schemas(operations::all()).into_iter();
    let differs = |(name, schema): (String, RefOr<Schema>)| {
        let shape = serde_json::to_string(&schema).ok();
        let first = known.entry(name.clone()).or_insert_with(|| shape.clone());
        (*first != shape).then_some(name)
    };
    each.filter_map(differs).collect()
}

fn welcome() -> String {
    let mut text = WELCOME.to_owned();
    for kind in Kind::ALL {
        let (status, code) = (kind.status().as_u16(), kind.code());
        text.push_str(&format!(
            "\n- `{TYPE_PREFIX}{code}` ({status}): {}",
            kind.title()
        ));
    }
    text
}

fn tags(operations: &[Operation]) -> Vec<utoipa::openapi::Tag> {
    let mut names: Vec<&str> = operations
        .iter()
        .map(|operation| operation.tag.as_ref())
        .collect();
    names.dedup();
    let tag = |name: &str| TagBuilder::new().name(name).build();
    names.into_iter().map(tag).collect()
}

/// Every schema that the operations name, as often as they name it.
fn schemas(operations: &[Operation]) -> Vec<(String, RefOr<Schema>)> {
    let mut all = vec![(ProblemView::name().into_owned(), ProblemView::schema())];
    ProblemView::schemas(&mut all);
    for operation in operations {
        if let Some(schema) = &operation.success.schema {
            (schema.collect)(&mut all);
        }
        if let Some(body) = &operation.body {
            (body.schema.collect)(&mut all);
            if body.form == Form::Merge {
                let patch = patch::of(&body.schema.name, &all);
                all.push((patch::name(&body.schema.name), patch));
            }
        }
    }
    all
}

fn components(operations: &[Operation]) -> Components {
    let key = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API key: `stw_` and 43 characters."));
    let refusals = operations.iter().flat_map(describe::refusals);
    ComponentsBuilder::new()
        .responses_from_iter(refusals.map(|(_, kinds)| describe::refusal(&kinds)))
        .security_scheme(SCHEME, SecurityScheme::Http(key.build()))
        .schemas_from_iter(schemas(operations).into_iter().collect::<BTreeMap<_, _>>())
        .build()
}

fn paths(operations: &[Operation]) -> Paths {
    let mut paths = Paths::new();
    for operation in operations {
        let item = PathItem::new(method(operation), describe::operation(operation));
        paths
            .paths
            .entry(operation.path.clone().into_owned())
            .or_default()
            .merge_operations(item);
    }
    paths
}

fn method(operation: &Operation) -> HttpMethod {
    match operation.method.as_str() {
        "POST" => HttpMethod::Post,
        "PUT" => HttpMethod::Put,
        "PATCH" => HttpMethod::Patch,
        "DELETE" => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}
