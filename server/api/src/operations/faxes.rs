//! Operations on faxes.

use admin::faxes;
use axum::http::header::CONTENT_DISPOSITION;
use domain::{FaxState, Permission, Topic, Verb};
use ids::FaxId;
use ports::FaxQuery;

use crate::call::{Answer, Call};
use crate::list::List;
use crate::operation::{Operation, PAGE, text};
use crate::problem::{Kind, Problem};
use crate::query::Meant;
use crate::view::fax::FaxView;

const ALL: &str = "/api/v1/tenants/{tenant}/faxes";
const ONE: &str = "/api/v1/tenants/{tenant}/faxes/{fax}";
const DOCUMENT: &str = "/api/v1/tenants/{tenant}/faxes/{fax}/document";

/// Media type of documents.
const PDF: &str = "application/pdf";

/// Octets of a document that are sent at a time.
const PIECE: usize = 256 << 10;

const OF_DOCUMENT: &str = "\
Of a fax that has failed, the pages that came. The audit trail says who fetched which fax.";

const OF_REMOVAL: &str = "\
Its pages go, and what is known of it. Refused while it is on legal hold. The audit trail says who \
removed it.";

pub(super) fn operations() -> Vec<Operation> {
    let read = || Permission::of(Topic::Fax, Verb::Read);
    let operations = [
        Operation::get(ALL, "listFaxes", list)
            .needs(read())
            .tells("List faxes", "Newest first.")
            .query(&PAGE)
            .query(&[
                text(
                    "extension",
                    "Only those of the extension with this id or number.",
                ),
                text("state", "Only those that are `received`, or `failed`."),
            ])
            .gives::<List<FaxView>>("One page of faxes."),
        Operation::get(ONE, "getFax", get)
            .needs(read())
            .tells("Show a fax", "")
            .gives::<FaxView>("What is known of it."),
        Operation::get(DOCUMENT, "fetchFax", document)
            .needs(read())
            .tells("Fetch the pages of a fax", OF_DOCUMENT)
            .prints(PDF, "The pages as PDF.")
            .refuses(&[Kind::TooManyRecordings]),
        Operation::delete(ONE, "deleteFax", delete)
            .needs(Permission::of(Topic::Fax, Verb::Remove))
            .tells("Remove a fax", OF_REMOVAL)
            .refuses(&[Kind::InUse]),
    ];
    operations.map(|operation| operation.tag("Faxes")).into()
}

impl Call {
    /// The id of the fax that the path names.
    fn fax_id(&self) -> Result<FaxId, Problem> {
        let id = self.segment("fax").parse();
        id.map_err(|_| Problem::not_found())
    }

    /// Which faxes are asked for, of whatever extension.
    fn fax_query(&self) -> Result<FaxQuery, Problem> {
        let mut query = FaxQuery {
            after: self.after()?,
            limit: self.limit()?,
            ..FaxQuery::default()
        };
        if let Some(text) = self.parameter("state") {
            let odd = || Problem::parameter("state", "must be received or failed");
            query.state = Some(FaxState::named(text).ok_or_else(odd)?);
        }
        Ok(query)
    }
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let (scope, mut query) = (call.scope().await?, call.fax_query()?);
    query.extension = match call.extension_meant(&scope).await? {
        Meant::Any => None,
        Meant::This(extension) => Some(extension),
        Meant::Nobody => return Answer::json(&List::<FaxView>::empty()),
    };
    let found = faxes::list(&call.office, &scope, &query).await?;
    Answer::json(&List::<FaxView>::of(found.faxes, found.next))
}

async fn get(call: Call) -> Result<Answer, Problem> {
    let (scope, id) = (call.scope().await?, call.fax_id()?);
    let fax = faxes::read(&call.office, &scope, id).await?;
    Answer::json(&FaxView::from(fax))
}

async fn document(call: Call) -> Result<Answer, Problem> {
    let (scope, id) = (call.scope().await?, call.fax_id()?);
    let listening = &call.front.listening;
    // a document is in memory while it is sent, so no more are than recordings
    let place = listening.take(scope.tenant())?;
    let octets = faxes::document(&call.office, &scope, id).await?;
    let pieces: Vec<Vec<u8>> = octets.chunks(PIECE).map(<[u8]>::to_vec).collect();
    let pieces = Box::new(pieces.into_iter().map(Ok));
    let file = format!("attachment; filename=\"{id}.pdf\"");
    let answer = Answer::flowing(PDF, listening.sent(pieces, place));
    Ok(answer.with(CONTENT_DISPOSITION, file))
}

async fn delete(call: Call) -> Result<Answer, Problem> {
    let (scope, id) = (call.scope().await?, call.fax_id()?);
    faxes::remove(&call.office, &scope, id).await?;
    Ok(Answer::empty())
}
