//! Routes, made of the list of operations.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::RawPathParams;
use axum::extract::rejection::RawPathParamsRejection;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};

use crate::front::Front;
use crate::gate::Passage;
use crate::operation::Operation;
use crate::operations;
use crate::pages::with_pages;
use crate::problem::{Kind, Problem};

/// All routes.
pub(crate) fn routes(front: &Arc<Front>) -> Router {
    let mut paths: BTreeMap<&'static str, MethodRouter> = BTreeMap::new();
    for operation in operations::all() {
        let path = operation.path.as_ref();
        let with = paths.remove(path).unwrap_or_default();
        paths.insert(path, with.merge(route(front, operation)));
    }
    let mut router = with_pages(Router::new(), front);
    for (path, methods) in paths {
        router = router.route(path, methods);
    }
    let (lost, refused) = (Arc::clone(front), Arc::clone(front));
    router
        .fallback(move || async move { Passage::begin(lost).finish("", Err(Problem::not_found())) })
        .method_not_allowed_fallback(move || async move {
            let detail = "the path has other methods; Allow names them";
            let problem = Problem::new(Kind::MethodNotAllowed, detail);
            Passage::begin(refused).finish("", Err(problem))
        })
}

fn route(front: &Arc<Front>, operation: &'static Operation) -> MethodRouter {
    let front = Arc::clone(front);
    let filter = filter(&operation.method);
    let handle = move |path: Result<RawPathParams, RawPathParamsRejection>, request| async move {
        let passage = Passage::begin(front);
        // a path that is no UTF-8 names nothing
        let Ok(path) = path else {
            return passage.finish(&operation.name, Err(Problem::not_found()));
        };
        let owned = |(name, text): (&str, &str)| (name.to_owned(), text.to_owned());
        let path = path.iter().map(owned).collect();
        passage.pass(operation, path, request).await
    };
    on(filter, handle)
}

/// The list knows five methods; a GET answers HEAD, too.
fn filter(method: &Method) -> MethodFilter {
    match method.as_str() {
        "POST" => MethodFilter::POST,
        "PUT" => MethodFilter::PUT,
        "PATCH" => MethodFilter::PATCH,
        "DELETE" => MethodFilter::DELETE,
        _ => MethodFilter::GET,
    }
}
