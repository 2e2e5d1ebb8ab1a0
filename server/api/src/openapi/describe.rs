//! One operation in the words of OpenAPI.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use domain::{ForKind, Kind, KindName, Permission};
use utoipa::ToSchema;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{
    Operation as Described, OperationBuilder, Parameter, ParameterBuilder, ParameterIn,
};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::response::{Response, ResponseBuilder, Responses};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Ref, RefOr, Required};

use super::patch;
use crate::call::{JSON, OCTETS};
use crate::media_type::{CSV, MERGE_PATCH, PDF};
use crate::operation::{Access, Body, Form, IfMatch, OTHERS, Operation};
use crate::problem::{Kind as Refusal, PROBLEM_JSON, ProblemView};
use crate::words;

/// Name of the way in.
pub(super) const SCHEME: &str = "key";

pub(super) fn operation(operation: &Operation) -> Described {
    let described = description(operation);
    let mut builder = OperationBuilder::new()
        .operation_id(Some(operation.name.as_ref()))
        .tag(operation.tag.as_ref())
        .summary(Some(operation.summary.as_ref()))
        .description((!described.is_empty()).then_some(described))
        .extensions(extension(&operation.needs))
        .parameters(Some(parameters(operation)))
        .request_body(operation.body.as_ref().map(body))
        .responses(responses(operation));
    let key = || SecurityRequirement::new(SCHEME, Vec::<String>::new());
    match operation.access {
        Access::Open | Access::Door => {}
        Access::Nearby => {
            builder = builder
                .security(SecurityRequirement::default())
                .security(key())
        }
        Access::Key => builder = builder.security(key()),
    }
    builder.build()
}

/// What there is to know, and the permissions that are needed.
fn description(operation: &Operation) -> String {
    let told = operation.description.trim_end();
    let needed = operation.needs.iter();
    let needed: Vec<_> = needed.map(|needed| format!("`{needed}`")).collect();
    let needed = match needed.is_empty() {
        true => String::new(),
        false => format!("Needs {}.", needed.join(" and ")),
    };
    let parts = [told.to_owned(), needed];
    let said: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    said.join(" ")
}

/// The permissions, for programs: several with a blank between them.
fn extension(needed: &[Permission]) -> Option<Extensions> {
    let words: Vec<String> = needed.iter().map(ToString::to_string).collect();
    let some = Extensions::builder().add("x-permission", words.join(" "));
    (!words.is_empty()).then(|| some.build())
}

fn parameters(operation: &Operation) -> Vec<Parameter> {
    let segments = operation.path.split('/');
    let names = segments.filter_map(|s| s.strip_prefix('{').and_then(|s| s.strip_suffix('}')));
    let mut all: Vec<Parameter> = names
        .map(|name| parameter(name, ParameterIn::Path, &meaning(name), Type::String, true))
        .collect();
    for one in operation.query.iter().filter(|one| **one != OTHERS) {
        let kind = if one.integer {
            Type::Integer
        } else {
            Type::String
        };
        all.push(parameter(
            &one.name,
            ParameterIn::Query,
            &one.description,
            kind,
            false,
        ));
    }
    let mut header = |name: &str, description: &str, required| {
        let place = ParameterIn::Header;
        all.push(parameter(name, place, description, Type::String, required));
    };
    match operation.if_match {
        IfMatch::Ignored => {}
        IfMatch::Optional => header("If-Match", "Only while it has this `ETag`.", false),
        IfMatch::Required => header("If-Match", "The `ETag` that was read, or `*`.", true),
    }
    let headers = operation.body.iter().flat_map(|body| &body.headers);
    for one in headers {
        header(&one.name, &one.description, true);
    }
    if operation.method == Method::GET && operation.etag {
        header(
            "If-None-Match",
            "Answer 304 while it has this `ETag`.",
            false,
        );
    }
    if operation.is_repeatable() {
        let meaning = "Carries the request out once, however often it arrives in 24 hours.";
        header("Idempotency-Key", meaning, false);
    }
    all
}

/// What a path parameter takes.
fn meaning(name: &str) -> String {
    match name.parse::<KindName>() {
        Ok(kind) => kind.with(Meaning),
        Err(_) if name == "certificates" => "Id of the signing key, and `.pem`.".to_owned(),
        Err(_) if name == "token" => "Id of the API key.".to_owned(),
        Err(_) if name == "host" => "The host.".to_owned(),
        Err(_) if name == "challenge" => "The token of the challenge.".to_owned(),
        Err(_) if name == "login" => "Id of the login.".to_owned(),
        Err(_) if name == "cdr" => "Id of the call record.".to_owned(),
        Err(_) => format!("Id of the {name}."),
    }
}

/// The two ways in which a document of a kind is named.
struct Meaning;

impl ForKind for Meaning {
    type Output = String;

    fn run<K: Kind>(self) -> String {
        let key = words::key::<K>();
        format!("Id of the {}, or {key}.", K::NAME)
    }
}

fn parameter(
    name: &str,
    place: ParameterIn,
    description: &str,
    kind: Type,
    required: bool,
) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .description(Some(description))
        .required(if required {
            Required::True
        } else {
            Required::False
        })
        .schema(Some(ObjectBuilder::new().schema_type(kind)))
        .build()
}

fn body(body: &Body) -> RequestBody {
    let (media_type, name) = match body.form {
        Form::Merge => (MERGE_PATCH, patch::name(&body.schema.name)),
        Form::Json => (JSON, body.schema.name.clone()),
        Form::Csv => (CSV, body.schema.name.clone()),
        Form::Octets => (OCTETS, body.schema.name.clone()),
        Form::Pdf => (PDF, body.schema.name.clone()),
    };
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(name)));
    RequestBodyBuilder::new()
        .content(media_type, content)
        .required(Some(Required::True))
        .build()
}

fn responses(operation: &Operation) -> Responses {
    let success = success(operation);
    let mut responses = Responses::new();
    let mut add = |status: StatusCode, response: RefOr<Response>| {
        let status = status.as_u16().to_string();
        responses.responses.insert(status, response);
    };
    add(operation.success.status, success.into());
    if operation.method == Method::GET && operation.etag {
        let still = Response::new("It has still the `ETag` that was given.");
        add(StatusCode::NOT_MODIFIED, still.into());
    }
    for (status, kinds) in refusals(operation) {
        let (name, _) = refusal(&kinds);
        add(status, Ref::from_response_name(name).into());
    }
    responses
}

fn success(operation: &Operation) -> Response {
    let success = &operation.success;
    let mut response = ResponseBuilder::new().description(success.description.as_ref());
    if operation.etag {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let header = HeaderBuilder::new().schema(Some(text)).description(Some(
            "The revision, to be sent as `If-Match` or `If-None-Match`.",
        ));
        response = response.header("ETag", header.build());
    }
    let content = match &success.schema {
        Some(schema) => ContentBuilder::new().schema(Some(Ref::from_schema_name(&schema.name))),
        None if success.status == StatusCode::NO_CONTENT => return response.build(),
        None if success.status == StatusCode::FOUND => {
            let text = ObjectBuilder::new().schema_type(Type::String);
            let header = HeaderBuilder::new().schema(Some(text));
            return response.header("Location", header.build()).build();
        }
        None if success.media_type == JSON => {
            ContentBuilder::new().schema(Some(ObjectBuilder::new()))
        }
        None => ContentBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::String))),
    };
    response
        .content(success.media_type, content.build())
        .build()
}

/// What an operation may refuse with, by status.
pub(super) fn refusals(operation: &Operation) -> BTreeMap<StatusCode, Vec<Refusal>> {
    let mut by_status: BTreeMap<StatusCode, Vec<Refusal>> = BTreeMap::new();
    for kind in operation.refusals() {
        by_status.entry(kind.status()).or_default().push(kind);
    }
    by_status
}

/// The response of these kinds, all of one status, by its name.
pub(super) fn refusal(kinds: &[Refusal]) -> (String, Response) {
    let names: Vec<String> = kinds.iter().map(|kind| format!("{kind:?}")).collect();
    let said: Vec<String> = kinds
        .iter()
        .map(|kind| format!("`{}`: {}.", kind.code(), kind.title()))
        .collect();
    let schema = ContentBuilder::new().schema(Some(Ref::from_schema_name(ProblemView::name())));
    let response = ResponseBuilder::new()
        .description(said.join(" "))
        .content(PROBLEM_JSON, schema.build());
    (names.join("Or"), response.build())
}
