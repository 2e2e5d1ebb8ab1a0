//! Operations on the certificates of TLS: how each host stands, and what is answered to an
//! authority that looks whether a host is ours.

use admin::certificates;
use domain::{Permission, Topic, Verb};

use crate::call::{Answer, Call};
use crate::list::List;
use crate::operation::{Access, Operation, PAGE};
use crate::problem::{Kind, Problem};
use crate::view::certificate::CertificateView;

const ALL: &str = "/api/v1/certificates";
const RENEW: &str = "/api/v1/certificates/{host}/renew";
const ANSWER: &str = "/.well-known/acme-challenge/{challenge}";

/// A key authorization is plain octets (RFC 8555 §8.3).
const ANSWERED: &str = "application/octet-stream";

pub(super) fn operations() -> Vec<Operation> {
    let operations = [
        Operation::get(ALL, "listCertificates", list)
            .needs(Permission::of(Topic::Certificate, Verb::Read))
            .tells(
                "List certificates",
                "For operators. With which certificate TLS is spoken for each host, in the order \
                 of the hosts: files of the operator, and those that come by themselves (ACME), \
                 with what came of the last attempt and when the next is due.",
            )
            .query(&PAGE)
            .gives::<List<CertificateView>>("One page of certificates.")
            .refuses(&[Kind::NotFound]),
        Operation::post(RENEW, "renewCertificate", renew)
            .needs(Permission::of(Topic::Certificate, Verb::Ask))
            .tells(
                "Have a certificate asked for anew",
                "For operators. The exchange does so within some seconds, whatever failed before; \
                 the old one stays in use until then. Of a file there is nothing to ask for.",
            )
            .gives::<CertificateView>("It is due now.")
            .refuses(&[Kind::NotFound, Kind::Invalid]),
        Operation::get(ANSWER, "answerAuthority", answer)
            .free(Access::Open)
            .tells(
                "Answer an authority",
                "The authority that is asked for a certificate looks here, at port 80 of the \
                 host, whether the host is this exchange's (RFC 8555 §8.3). Every node answers \
                 while an attempt is under way.",
            )
            .prints(ANSWERED, "The key authorization of the challenge.")
            .refuses(&[Kind::NotFound]),
    ];
    let tagged = operations.map(|operation| operation.tag("Exchange"));
    tagged.into()
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let scope = call.platform()?;
    let (after, limit) = (call.after()?, call.limit()?);
    let all = certificates::list(&call.office, &scope).await?;
    // of a host with a file and another certificate both are shown
    let key = |one: &certificates::Shown| format!("{} {}", one.name, one.source.as_str());
    let all = all.into_iter().map(|one| (key(&one), one));
    let mut all: Vec<_> = all.collect();
    all.sort_by(|one, other| one.0.cmp(&other.0));
    Answer::json(&List::<CertificateView>::cut(all, after.as_ref(), limit))
}

async fn renew(call: Call) -> Result<Answer, Problem> {
    let scope = call.platform()?;
    let host = call.segment("host").to_ascii_lowercase();
    let shown = certificates::renew(&call.office, &scope, &host).await?;
    Answer::json(&CertificateView::from(shown))
}

async fn answer(call: Call) -> Result<Answer, Problem> {
    let answer = certificates::answer(&call.office, call.segment("challenge")).await?;
    let answer = answer.ok_or_else(Problem::not_found)?;
    Ok(Answer::text(ANSWERED, answer))
}
