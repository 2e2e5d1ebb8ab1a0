//! One operation of the API: its path, who may use it, what it takes and gives, what carries it
//! out. Routes and the OpenAPI text are both made of the same list, so they cannot disagree.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::http::{Method, StatusCode};
use domain::{Feature, Permission};
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use crate::call::{Answer, Call, JSON, OCTETS};
use crate::problem::{Kind, Problem};

/// Who may use an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody, without a key.
    Open,
    /// Anybody, who is about to show who it is. Wrong ones are counted by where they come from.
    Door,
    /// Whoever is on the machine itself, and operators.
    Nearby,
    /// Holders of a key.
    Key,
}

/// Whether `If-Match` is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IfMatch {
    /// It means nothing here.
    Ignored,
    /// It is heeded when it is there.
    Optional,
    /// Without it nothing is changed.
    Required,
}

/// A text that is written out here, or made of the words of a kind.
pub(crate) type Text = Cow<'static, str>;

/// A query parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub(crate) name: Text,
    pub(crate) description: Text,
    pub(crate) integer: bool,
}

/// A query parameter that is a text.
pub(crate) const fn text(name: &'static str, description: &'static str) -> Parameter {
    Parameter {
        name: Cow::Borrowed(name),
        description: Cow::Borrowed(description),
        integer: false,
    }
}

pub(crate) const fn integer(name: &'static str, description: &'static str) -> Parameter {
    Parameter {
        name: Cow::Borrowed(name),
        description: Cow::Borrowed(description),
        integer: true,
    }
}

/// Stands for parameters that others may add, which are left unread.
pub(crate) const OTHERS: Parameter = text("*", "");

/// The parameters of every list.
pub(crate) const PAGE: [Parameter; 2] = [
    Parameter {
        name: Cow::Borrowed("limit"),
        description: Cow::Borrowed("Most entries of the page, 1 to 500; 100 when it says nothing."),
        integer: true,
    },
    text("after", "`next` of the page before, as it came."),
];

/// Parts of schemas, by name.
pub(crate) type Schemas = Vec<(String, RefOr<Schema>)>;

/// A schema by its name, and what collects it with all that it refers to.
#[derive(Clone)]
pub(crate) struct SchemaRef {
    pub(crate) name: String,
    pub(crate) collect: fn(&mut Schemas),
}

fn schema<T: ToSchema>() -> SchemaRef {
    SchemaRef {
        name: T::name().into_owned(),
        collect: |all| {
            all.push((T::name().into_owned(), T::schema()));
            T::schemas(all);
        },
    }
}

/// The body that an operation reads.
#[derive(Clone)]
pub(crate) struct Body {
    pub(crate) schema: SchemaRef,
    pub(crate) form: Form,
    /// Headers that must come with it.
    pub(crate) headers: Vec<Parameter>,
    /// Whether what it takes may last longer than a request usually does.
    pub(crate) lasts: bool,
}

/// In which form a body comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// JSON.
    Json,
    /// A merge patch (RFC 7396).
    Merge,
    /// Comma-separated values (RFC 4180).
    Csv,
    /// Bytes, read as they come.
    Octets,
    /// A PDF (RFC 8118).
    Pdf,
}

/// The answer when all goes well.
#[derive(Clone)]
pub(crate) struct Success {
    pub(crate) status: StatusCode,
    pub(crate) description: Text,
    pub(crate) schema: Option<SchemaRef>,
    pub(crate) media_type: &'static str,
}

pub(crate) type Outcome = Pin<Box<dyn Future<Output = Result<Answer, Problem>> + Send>>;
pub(crate) type Run = Arc<dyn Fn(Call) -> Outcome + Send + Sync>;

/// What carries out an operation, whatever it is made of. Little else is made anew for each of
/// them: there are many, and all of it would be compiled as often.
fn boxed<F, Fut>(run: F) -> Run
where
    F: Fn(Call) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Answer, Problem>> + Send + 'static,
{
    Arc::new(move |call| Box::pin(run(call)))
}

/// An operation of which nobody has said yet what the caller must be permitted: no list takes it
/// before that.
pub(crate) struct Undecided(Operation);

impl Undecided {
    /// Whoever presents a key needs this permission.
    pub(crate) fn needs(self, permission: Permission) -> Operation {
        Operation {
            needs: vec![permission],
            ..self.0
        }
    }

    /// Whoever has access may: it tells nobody anything but what is public, or the caller's own.
    pub(crate) fn free(self, access: Access) -> Operation {
        Operation { access, ..self.0 }
    }
}

/// One operation.
#[derive(Clone)]
pub(crate) struct Operation {
    pub(crate) method: Method,
    pub(crate) path: Text,
    pub(crate) name: Text,
    pub(crate) summary: Text,
    pub(crate) description: Text,
    pub(crate) tag: Text,
    pub(crate) access: Access,
    /// What the caller must be permitted, all of it; nothing where whoever has access may.
    pub(crate) needs: Vec<Permission>,
    pub(crate) query: Vec<Parameter>,
    pub(crate) body: Option<Body>,
    pub(crate) if_match: IfMatch,
    pub(crate) etag: bool,
    pub(crate) success: Success,
    pub(crate) problems: Vec<Kind>,
    pub(crate) run: Run,
}

impl Operation {
    fn new(method: Method, path: Text, name: Text, run: Run) -> Operation {
        let success = Success {
            status: StatusCode::NO_CONTENT,
            description: Cow::Borrowed("Done."),
            schema: None,
            media_type: JSON,
        };
        Operation {
            method,
            path,
            name,
            summary: Cow::Borrowed(""),
            description: Cow::Borrowed(""),
            tag: Cow::Borrowed(""),
            access: Access::Key,
            needs: Vec::new(),
            query: Vec::new(),
            body: None,
            if_match: IfMatch::Ignored,
            etag: false,
            success,
            problems: Vec::new(),
            run,
        }
    }

    pub(crate) fn get<F, Fut>(path: impl Into<Text>, name: impl Into<Text>, run: F) -> Undecided
    where
        F: Fn(Call) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Answer, Problem>> + Send + 'static,
    {
        Undecided(Operation::new(
            Method::GET,
            path.into(),
            name.into(),
            boxed(run),
        ))
    }

    pub(crate) fn post<F, Fut>(path: impl Into<Text>, name: impl Into<Text>, run: F) -> Undecided
    where
        F: Fn(Call) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Answer, Problem>> + Send + 'static,
    {
        Undecided(Operation::new(
            Method::POST,
            path.into(),
            name.into(),
            boxed(run),
        ))
    }

    pub(crate) fn put<F, Fut>(path: impl Into<Text>, name: impl Into<Text>, run: F) -> Undecided
    where
        F: Fn(Call) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Answer, Problem>> + Send + 'static,
    {
        Undecided(Operation::new(Method::PUT, path.into(), name.into(), boxed(run)).revised())
    }

    pub(crate) fn patch<F, Fut>(path: impl Into<Text>, name: impl Into<Text>, run: F) -> Undecided
    where
        F: Fn(Call) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Answer, Problem>> + Send + 'static,
    {
        Undecided(Operation::new(Method::PATCH, path.into(), name.into(), boxed(run)).revised())
    }

    pub(crate) fn delete<F, Fut>(path: impl Into<Text>, name: impl Into<Text>, run: F) -> Undecided
    where
        F: Fn(Call) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Answer, Problem>> + Send + 'static,
    {
        Undecided(Operation::new(
            Method::DELETE,
            path.into(),
            name.into(),
            boxed(run),
        ))
    }

    /// Whoever presents a key needs this permission, too.
    pub(crate) fn and(mut self, permission: Permission) -> Operation {
        self.needs.push(permission);
        self
    }

    /// Its heading and what else there is to know.
    pub(crate) fn tells(self, summary: impl Into<Text>, description: impl Into<Text>) -> Operation {
        Operation {
            summary: summary.into(),
            description: description.into(),
            ..self
        }
    }

    pub(crate) fn tag(self, tag: impl Into<Text>) -> Operation {
        Operation {
            tag: tag.into(),
            ..self
        }
    }

    /// It works for companies whose plan includes this.
    pub(crate) fn part_of(self, feature: Feature) -> Operation {
        let whole = Arc::clone(&self.run);
        let run: Run = Arc::new(move |call: Call| {
            let whole = Arc::clone(&whole);
            Box::pin(async move {
                call.require(feature).await?;
                whole(call).await
            })
        });
        Operation { run, ..self }
    }

    pub(crate) fn access(self, access: Access) -> Operation {
        Operation { access, ..self }
    }

    pub(crate) fn query(mut self, parameters: &[Parameter]) -> Operation {
        self.query.extend_from_slice(parameters);
        self
    }

    /// It reads a JSON body.
    pub(crate) fn takes<T: ToSchema>(self) -> Operation {
        self.with_body::<T>(Form::Json)
    }

    /// It reads a merge patch.
    pub(crate) fn merges<T: ToSchema>(self) -> Operation {
        self.with_body::<T>(Form::Merge)
    }

    /// It reads a sheet.
    pub(crate) fn reads<T: ToSchema>(self) -> Operation {
        self.with_body::<T>(Form::Csv)
    }

    /// It reads a body as it comes, however long that takes.
    pub(crate) fn streams<T: ToSchema>(self) -> Operation {
        self.with_body::<T>(Form::Octets).lasts()
    }

    /// It reads a PDF as a whole.
    pub(crate) fn takes_pdf<T: ToSchema>(self) -> Operation {
        self.with_body::<T>(Form::Pdf)
    }

    /// It may take longer than a request usually does.
    pub(crate) fn lasts(self) -> Operation {
        let body = self.body.map(|body| Body {
            lasts: true,
            ..body
        });
        Operation { body, ..self }
    }

    /// Its body comes with this header.
    pub(crate) fn header(mut self, header: Parameter) -> Operation {
        if let Some(body) = &mut self.body {
            body.headers.push(header);
        }
        self
    }

    fn with_body<T: ToSchema>(self, form: Form) -> Operation {
        let body = Body {
            schema: schema::<T>(),
            form,
            headers: Vec::new(),
            lasts: false,
        };
        Operation {
            body: Some(body),
            ..self
        }
        .refuses(&[Kind::Invalid])
    }

    /// Its `If-Match` is required.
    pub(crate) fn revised(self) -> Operation {
        Operation {
            if_match: IfMatch::Required,
            ..self
        }
        .refuses(&[Kind::RevisionMismatch, Kind::PreconditionRequired])
    }

    /// It knows no revisions.
    pub(crate) fn unrevised(mut self) -> Operation {
        let needless = [Kind::RevisionMismatch, Kind::PreconditionRequired];
        self.problems.retain(|kind| !needless.contains(kind));
        Operation {
            if_match: IfMatch::Ignored,
            ..self
        }
    }

    /// Its `If-Match` is heeded.
    pub(crate) fn may_be_revised(self) -> Operation {
        Operation {
            if_match: IfMatch::Optional,
            ..self
        }
        .refuses(&[Kind::RevisionMismatch])
    }

    /// Its answer has an `ETag`.
    pub(crate) fn tagged(self) -> Operation {
        Operation { etag: true, ..self }
    }

    /// It answers 200 with a view.
    pub(crate) fn gives<T: ToSchema>(self, description: impl Into<Text>) -> Operation {
        self.answers::<T>(StatusCode::OK, description)
    }

    /// It answers 201 with a view.
    pub(crate) fn creates<T: ToSchema>(self, description: impl Into<Text>) -> Operation {
        self.answers::<T>(StatusCode::CREATED, description)
            .refuses(&[Kind::Quota])
    }

    fn answers<T: ToSchema>(self, status: StatusCode, description: impl Into<Text>) -> Operation {
        let schema = Some(schema::<T>());
        let success = Success {
            status,
            description: description.into(),
            schema,
            media_type: JSON,
        };
        Operation { success, ..self }
    }

    /// It answers 302: a browser is sent elsewhere.
    pub(crate) fn sends(self, description: impl Into<Text>) -> Operation {
        let success = Success {
            status: StatusCode::FOUND,
            description: description.into(),
            schema: None,
            media_type: JSON,
        };
        Operation { success, ..self }
    }

    /// It answers 200 with a text.
    pub(crate) fn prints(
        self,
        media_type: &'static str,
        description: impl Into<Text>,
    ) -> Operation {
        let success = Success {
            status: StatusCode::OK,
            description: description.into(),
            schema: None,
            media_type,
        };
        Operation { success, ..self }
    }

    /// It may refuse with these, besides what every operation may refuse with.
    pub(crate) fn refuses(mut self, kinds: &[Kind]) -> Operation {
        for kind in kinds {
            if !self.problems.contains(kind) {
                self.problems.push(*kind);
            }
        }
        self
    }

    /// Whether it is carried out once when it comes several times with one `Idempotency-Key`. Not
    /// where nobody is known: two strangers might take the same key; and not where bytes flow, of
    /// which nothing is kept.
    pub(crate) fn is_repeatable(&self) -> bool {
        let known = match self.access {
            Access::Open | Access::Door => false,
            Access::Nearby | Access::Key => true,
        };
        let body = self.body.as_ref().map(|body| body.form);
        let flows = body == Some(Form::Octets) || self.success.media_type == OCTETS;
        known && self.method == Method::POST && !flows
    }

    /// All it may refuse with, in the order of the statuses.
    pub(crate) fn refusals(&self) -> Vec<Kind> {
        let mut may = self.problems.clone();
        may.push(Kind::InvalidParameter);
        if self.access != Access::Open {
            may.extend([Kind::Unauthenticated, Kind::TooManyRequests]);
            may.extend([Kind::Internal, Kind::Unavailable]);
        }
        if self.path.contains('{') || !self.needs.is_empty() {
            may.push(Kind::NotFound);
        }
        if !self.needs.is_empty() {
            may.push(Kind::Forbidden);
        }
        if self.path.contains("{tenant}") {
            may.push(Kind::NotInPlan);
        }
        if self.path.contains("{tenant}/") {
            may.push(Kind::NotLetIn);
        }
        if self.body.is_some() {
            may.extend([Kind::Malformed, Kind::TooSlow, Kind::TooLarge]);
            may.extend([Kind::UnsupportedMediaType, Kind::Invalid]);
        }
        if self.is_repeatable() {
            may.extend([Kind::Underway, Kind::KeyReused]);
        }
        if self.success.schema.is_some() {
            may.push(Kind::NotAcceptable);
        }
        Kind::ALL
            .iter()
            .copied()
            .filter(|kind| may.contains(kind))
            .collect()
    }
}
