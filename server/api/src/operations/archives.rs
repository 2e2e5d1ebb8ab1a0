//! Operations on companies as wholes: out into an archive, in from one, or as a model.

use admin::archive::{self, Extent, Passphrase, Report, Wanted};
use admin::read_object;
use axum::http::header::CONTENT_DISPOSITION;
use domain::{Feature, FixedRole, Invalid, KindName, Permission, Rights, Topic, Verb};

use crate::archives::{self, Coming, Errand, Leaving, PASSPHRASE};
use crate::call::{Answer, Call, OCTETS};
use crate::giving;
use crate::operation::{Operation, text};
use crate::problem::{Kind, Problem};
use crate::view::archive::{ArchiveBytes, ArrivedView, NewArchive, NewClone, SeenView};

const TAKE: &str = "/api/v1/tenants/{tenant}/archive";
const CLONE: &str = "/api/v1/tenants/{tenant}/clone";
const BRING: &str = "/api/v1/archives";
const LOOK: &str = "/api/v1/archives/look";

const OF_TAKE: &str = "\
The answer is the archive, as it comes out of the store: everything of the company at one moment, \
while its calls go on, encrypted piece by piece under the passphrase. All its secrets are in it. \
An answer that breaks off is an archive that does not open. The audit trail says who took it and \
how much it was. One at a time of each company; a reader that is too slow is cut off.";

const OF_BRING: &str = "\
For operators and resellers, who must have all rights that an admin of a company has. The body is \
an archive, read as it comes; the company is there when all of it was read and proved, and else \
nothing of it. `as=restore`, for operators, brings the same company back with its ids, records and \
people, also under other domains, unless it is there. `as=clone` makes another company of it under \
other domains, with ids of its own and without records and without people's passwords; for \
resellers, below their account, it is the only way, as an archive from elsewhere could claim any \
id. One at a time of each account.";

const OF_LOOK: &str = "\
For operators and resellers. Reads an archive to its proved end, says what is in it, and changes \
nothing.";

const OF_CLONE: &str = "\
For operators and resellers, who must have all rights that an admin of a company has, where the \
company lets them in. Its documents are made again with ids of their own, and nothing of what \
happened in it. Devices get user names with a suffix, and new passwords, shown now and never \
again; people are to be invited.";

pub(super) fn operations() -> Vec<Operation> {
    let brings = || Permission::of(Topic::Archive, Verb::Bring);
    let operations = [
        Operation::post(TAKE, "takeArchive", take)
            .needs(Permission::of(Topic::Archive, Verb::Take))
            .part_of(Feature::Archives)
            .tells("Take a company out", OF_TAKE)
            .takes::<NewArchive>()
            .prints(OCTETS, "The archive.")
            .refuses(&[Kind::TooManyArchives]),
        Operation::post(CLONE, "cloneTenant", clone)
            .needs(brings())
            .part_of(Feature::Archives)
            .tells("Make a company after another", OF_CLONE)
            .takes::<NewClone>()
            .creates::<ArrivedView>("The new company.")
            .refuses(&[Kind::Taken, Kind::BadArchive, Kind::TooManyArchives])
            .lasts(),
        Operation::post(BRING, "bringArchive", bring)
            .needs(brings())
            .tells("Bring a company in", OF_BRING)
            .query(&[
                text(
                    "as",
                    "`restore` or `clone`; `restore` when it says nothing.",
                ),
                text(
                    "domains",
                    "Its SIP domains here, separated by commas; needed for a clone.",
                ),
                text(
                    "suffix",
                    "What is added to its devices' user names, after a dot.",
                ),
            ])
            .streams::<ArchiveBytes>()
            .header(text(PASSPHRASE, OF_PASSPHRASE))
            .creates::<ArrivedView>("The company, as it is here.")
            .refuses(&[Kind::Taken, Kind::BadArchive, Kind::TooManyArchives])
            .refuses(&[Kind::NotInPlan]),
        Operation::post(LOOK, "lookIntoArchive", look)
            .needs(brings())
            .tells("Look into an archive", OF_LOOK)
            .streams::<ArchiveBytes>()
            .header(text(PASSPHRASE, OF_PASSPHRASE))
            .gives::<SeenView>("What it is and holds.")
            .refuses(&[Kind::BadArchive, Kind::TooManyArchives]),
    ];
    operations.map(|operation| operation.tag("Archives")).into()
}

const OF_PASSPHRASE: &str = "What the archive was made with, in UTF-8.";

/// The company that the path names, about to leave.
async fn leaving(call: &Call, extent: Extent) -> Result<Leaving, Problem> {
    let entered = call.tenant().await?;
    let by = call.principal()?.account();
    let place = call.front.depot.take(Errand::Out(entered.tenant.id))?;
    Ok(Leaving {
        office: call.office.clone(),
        entered,
        by,
        extent,
        place,
    })
}

async fn take(call: Call) -> Result<Answer, Problem> {
    // of what is not the caller's to see nothing is told, whatever the body
    call.tenant().await?;
    let wanted: NewArchive = read_object(&call.json()?)?;
    let passphrase = Passphrase::parse(&wanted.passphrase);
    let passphrase = passphrase.map_err(|rule| Invalid::new("/passphrase", rule))?;
    let extent = if wanted.records {
        Extent::Whole
    } else {
        Extent::Documents
    };
    let leaving = leaving(&call, extent).await?;
    let domain = leaving.entered.tenant.spec.domains.first().cloned();
    let name = domain.unwrap_or_else(|| leaving.entered.tenant.id.to_string());
    let body = archives::sent(&call.front.depot, passphrase, leaving).await?;
    let file = format!("attachment; filename=\"{name}.strowger\"");
    Ok(Answer::flowing(OCTETS, body).with(CONTENT_DISPOSITION, file))
}

/// Lets a caller pass who may give people all that an admin of a company has: that is what comes
/// in with a company.
async fn may_bring(call: &Call) -> Result<(), Problem> {
    giving::holds(call, Permission::of_kind(KindName::Tenant, Verb::Create)).await?;
    giving::within(call, &Rights::of_fixed(FixedRole::TenantAdmin)).await
}

async fn clone(call: Call) -> Result<Answer, Problem> {
    let account = call.account()?;
    call.tenant().await?;
    may_bring(&call).await?;
    let new: NewClone = read_object(&call.json()?)?;
    let wanted = Wanted {
        domains: new.domains,
        suffix: new.suffix,
        replace: None,
    };
    if wanted.domains.is_empty() {
        return Err(Invalid::new("/domains", "must name 1 to 16").into());
    }
    let model = leaving(&call, Extent::Documents).await?;
    let report = archives::clone(model, account, wanted).await?;
    arrived(&report)
}

fn arrived(report: &Report) -> Result<Answer, Problem> {
    let at = format!("/api/v1/tenants/{}", report.tenant);
    let answer = Answer::json(&ArrivedView::of(report, true))?.created(at);
    answer.remembered_as(&ArrivedView::of(report, false))
}

impl Call {
    /// The passphrase of the archive that the body is.
    fn passphrase(&self) -> Result<Passphrase, Problem> {
        let mut values = self.headers.get_all(PASSPHRASE).iter();
        let value = values.next().map_or(&b""[..], |value| value.as_bytes());
        let text = str::from_utf8(value).unwrap_or_default();
        let read = match values.next() {
            None => Passphrase::parse(text),
            Some(_) => Err("must be there once"),
        };
        read.map_err(|rule| Problem::parameter(PASSPHRASE, rule))
    }

    /// The archive that the body is.
    fn coming(&self) -> Result<Coming, Problem> {
        let account = self.account()?;
        let passphrase = self.passphrase()?;
        let place = self.front.depot.take(Errand::by(account.account()))?;
        Ok(Coming {
            passphrase,
            body: self.streamed(),
            place,
        })
    }

    fn wanted(&self) -> Wanted {
        let domains = self.parameter("domains").unwrap_or_default();
        let domains = domains.split(',').map(str::trim);
        Wanted {
            domains: domains
                .filter(|domain| !domain.is_empty())
                .map(str::to_owned)
                .collect(),
            suffix: self.parameter("suffix").map(str::to_owned),
            replace: None,
        }
    }
}

async fn bring(call: Call) -> Result<Answer, Problem> {
    let (account, wanted) = (call.account()?, call.wanted());
    may_bring(&call).await?;
    let platform = match call.parameter("as") {
        None | Some("restore") => Some(call.platform().map_err(|_| {
            let rule = "must be clone: to restore is the operator's";
            Problem::parameter("as", rule)
        })?),
        Some("clone") if wanted.domains.is_empty() => {
            return Err(Problem::parameter("domains", "must be named for a clone"));
        }
        Some("clone") => None,
        Some(_) => return Err(Problem::parameter("as", "must be restore or clone")),
    };
    let (coming, office) = (call.coming()?, call.office.clone());
    let (report, _) = archives::opened(&call.front.depot, coming, move |lines, runtime| {
        runtime.block_on(async {
            match platform {
                Some(platform) => {
                    let told = &mut |_| ();
                    archive::restore(&office, &platform, lines, &wanted, told).await
                }
                None => archive::bring_clone(&office, &account, lines, &wanted).await,
            }
        })
    })
    .await?;
    arrived(&report)
}

async fn look(call: Call) -> Result<Answer, Problem> {
    let coming = call.coming()?;
    let seen = archives::opened(&call.front.depot, coming, |lines, _| archive::look(lines));
    let (seen, bytes) = seen.await?;
    Answer::json(&SeenView::of(seen, bytes, call.office.realm()))
}
