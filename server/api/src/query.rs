//! Query parameters.

use std::time::Duration;

use axum::extract::Query;
use axum::http::Uri;
use domain::{Extension, OVERLAP_MAX};
use ports::{Cursor, Filter, Order, PAGE_MAX, Page, StoreError};
use tenancy::{TenantScope, Unresolved};

use crate::call::Call;
use crate::list::take_back;
use crate::operation::{OTHERS, Parameter};
use crate::problem::{Kind, Problem};

/// Entries of a page when nothing is said.
const LIMIT_DEFAULT: usize = 100;

/// Reads the query of a URI. What the operation does not know is refused, and so is what is said
/// twice.
pub(crate) fn parse(uri: &Uri, known: &[Parameter]) -> Result<Vec<(String, String)>, Problem> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
        .map_err(|_| Problem::new(Kind::Malformed, "the query cannot be read"))?;
    for (index, (name, _)) in pairs.iter().enumerate() {
        let meant = |parameter: &Parameter| parameter.name == *name || *parameter == OTHERS;
        if !known.iter().any(meant) {
            return Err(Problem::parameter(name, "is not known here"));
        }
        if pairs[..index].iter().any(|(before, _)| before == name) {
            return Err(Problem::parameter(name, "must not be said twice"));
        }
    }
    Ok(pairs)
}

impl Call {
    /// `limit`, from 1 to [`PAGE_MAX`].
    pub(crate) fn limit(&self) -> Result<usize, Problem> {
        let Some(text) = self.parameter("limit") else {
            return Ok(LIMIT_DEFAULT);
        };
        let limit = text.parse().ok().filter(|n| (1..=PAGE_MAX).contains(n));
        limit.ok_or_else(|| Problem::parameter("limit", "must be 1 to 500"))
    }

    /// `overlap_seconds`, none unless it is said.
    pub(crate) fn overlap(&self) -> Result<Duration, Problem> {
        let text = self.parameter("overlap_seconds").unwrap_or("0");
        let seconds: Option<u64> = text.parse().ok();
        let within = seconds.filter(|seconds| *seconds <= OVERLAP_MAX.as_secs());
        let refused = || Problem::parameter("overlap_seconds", "must be 0 to 2592000");
        within.map(Duration::from_secs).ok_or_else(refused)
    }

    /// `after`.
    pub(crate) fn after(&self) -> Result<Option<Cursor>, Problem> {
        self.parameter("after").map(take_back).transpose()
    }

    /// All that says which page of which documents in which order.
    pub(crate) fn page(&self) -> Result<Page, Problem> {
        let order = match self.parameter("sort") {
            None | Some("created") => Order::Created,
            Some("name") => Order::Name,
            Some(_) => return Err(Problem::parameter("sort", "must be created or name")),
        };
        let filter = Filter {
            name_contains: self.parameter("filter").map(str::to_owned),
            refers_to: None,
        };
        Ok(Page {
            after: self.after()?,
            limit: self.limit()?,
            filter,
            order,
        })
    }

    /// A point of time.
    pub(crate) fn time(&self, name: &str) -> Result<Option<machine::WallTime>, Problem> {
        let read = |text: &str| {
            // a plus sign that was not encoded arrives as a blank
            let text = text.replace(' ', "+");
            text.parse().map_err(|_| {
                let rule = "must be a time of RFC 3339, such as 2025-11-24T04:00:00Z";
                Problem::parameter(name, rule)
            })
        };
        self.parameter(name).map(read).transpose()
    }

    /// The extension that the parameter of this name means, by id or number. An id is taken as
    /// it is: records and devices may outlive what they name.
    pub(crate) async fn extension_meant(
        &self,
        scope: &TenantScope,
    ) -> Result<Meant<ids::ExtensionId>, Problem> {
        let Some(text) = self.parameter("extension") else {
            return Ok(Meant::Any);
        };
        if let Ok(id) = text.parse() {
            return Ok(Meant::This(id));
        }
        let reference = Unresolved::<Extension>::new(text);
        match admin::documents::find(&self.office, scope, &reference).await {
            Ok((located, _)) => Ok(Meant::This(located.id())),
            Err(StoreError::NotFound) => Ok(Meant::Nobody),
            Err(error) => Err(error.into()),
        }
    }
}

/// What a filter means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meant<T> {
    /// There is no filter.
    Any,
    /// This one.
    This(T),
    /// One that does not exist, so nothing fulfils it.
    Nobody,
}
