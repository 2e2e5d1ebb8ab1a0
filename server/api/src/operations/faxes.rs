//! Operations on faxes.

use std::str::FromStr;
use std::sync::Arc;

use admin::fax_sending::{self, Unsent, Wanted};
use admin::faxes::{self, Unremoved};
use axum::http::header::{CONTENT_DISPOSITION, RETRY_AFTER};
use domain::{FAX_ATTEMPTS, FAX_PAUSE, FaxState, Permission, Topic, Verb};
use ids::FaxId;
use ports::FaxQuery;

use crate::call::{Answer, Call};
use crate::list::List;
use crate::media_type::PDF;
use crate::operation::{Operation, PAGE, Parameter, integer, text};
use crate::problem::{Kind, Problem};
use crate::query::Meant;
use crate::view::fax::{FaxView, PdfBytes};

const ALL: &str = "/api/v1/tenants/{tenant}/faxes";
const ONE: &str = "/api/v1/tenants/{tenant}/faxes/{fax}";
const DOCUMENT: &str = "/api/v1/tenants/{tenant}/faxes/{fax}/document";

/// Octets of a document that are sent at a time.
const PIECE: usize = 256 << 10;

const OF_SENDING: &str = "\
The body is the document as `application/pdf`, at most 8 MiB and 100 pages. It is made black and white, \
and sent by a call from that extension to that number, which goes by the company's own routing. Where \
nobody answers or the machines do not succeed, it is tried again. `Location` names the fax, whose state \
tells how it goes.";

const OF_DOCUMENT: &str = "\
Of a fax that was to come and has failed, the pages that came; of one that is sent, the document as it \
was given. The audit trail says who fetched which fax.";

const OF_REMOVAL: &str = "\
Its pages go, and what is known of it; one that waits to be sent is not sent any more. Refused while it \
is on legal hold, and while it is being sent. The audit trail says who removed it.";

/// What is to be said of a fax that is to be sent.
const SENDING: [Parameter; 4] = [
    text(
        "extension",
        "Required: who sends it, an extension with the destination `fax`, by id or number.",
    ),
    text(
        "to",
        "Required: the number that is called, as a telephone of that extension would dial it.",
    ),
    integer(
        "attempts",
        "How often it is tried at most, 1 to 12; 3 where nobody says.",
    ),
    integer(
        "pause",
        "Seconds between two attempts, 1 to 86,400; 180 where nobody says.",
    ),
];

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
                text(
                    "state",
                    "Only those that are `received`, `failed`, `queued`, `sending` or `sent`.",
                ),
            ])
            .gives::<List<FaxView>>("One page of faxes."),
        Operation::post(ALL, "sendFax", send)
            .needs(Permission::of(Topic::Fax, Verb::Send))
            .tells("Send a fax", OF_SENDING)
            .query(&SENDING)
            .takes_pdf::<PdfBytes>()
            .creates::<FaxView>("The fax, which waits to be sent.")
            .refuses(&[Kind::BadDocument])
            .lasts(),
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
            .refuses(&[Kind::InUse, Kind::NotNow]),
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
            let odd = || Problem::parameter("state", FaxState::RULE);
            query.state = Some(FaxState::named(text).ok_or_else(odd)?);
        }
        Ok(query)
    }

    /// What is said of a fax that is to be sent.
    fn fax_wanted(&self) -> Result<Wanted, Problem> {
        let said = |name| {
            let text = self.parameter(name).filter(|text| !text.is_empty());
            let missing = || Problem::parameter(name, "must be there");
            text.map(str::to_owned).ok_or_else(missing)
        };
        Ok(Wanted {
            extension: said("extension")?,
            to: said("to")?,
            attempts: self.number_or("attempts", FAX_ATTEMPTS)?,
            pause: self.number_or("pause", FAX_PAUSE)?,
        })
    }

    /// The number in a parameter, or another where it says none.
    fn number_or<T: FromStr>(&self, name: &str, other: T) -> Result<T, Problem> {
        let Some(text) = self.parameter(name) else {
            return Ok(other);
        };
        let odd = |_| Problem::parameter(name, "must be a number within its bounds");
        text.parse().map_err(odd)
    }
}

impl From<Unsent> for Problem {
    fn from(unsent: Unsent) -> Self {
        match unsent {
            Unsent::Field(name, rule) => Problem::parameter(name, rule),
            Unsent::Waiting | Unsent::Full { .. } => Problem::new(Kind::Quota, unsent.to_string()),
            Unsent::Store(error) => error.into(),
        }
    }
}

impl From<Unremoved> for Problem {
    fn from(unremoved: Unremoved) -> Self {
        match unremoved {
            Unremoved::Sending => Problem::new(Kind::NotNow, unremoved.to_string()),
            Unremoved::Store(error) => error.into(),
        }
    }
}

async fn send(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let admitted = fax_sending::admit(&call.office, &scope, call.fax_wanted()?).await?;
    let (reader, octets) = (Arc::clone(&call.front.parts.faxes), call.body.clone());
    let read = move || reader.pages(&octets);
    let read = call.front.mill.apart(read).await;
    let pages = read.map_err(|_| {
        let detail = "too many documents and sounds are being understood at this moment";
        Problem::new(Kind::Unavailable, detail).with(RETRY_AFTER, 5)
    })?;
    let pages = pages.map_err(|why| Problem::new(Kind::BadDocument, why))?;
    let document = (call.body.to_vec(), pages);
    let fax = fax_sending::send(&call.office, &scope, admitted, document).await?;
    let at = format!("/api/v1/tenants/{}/faxes/{}", scope.tenant(), fax.id);
    Ok(Answer::json(&FaxView::from(fax))?.created(at))
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
