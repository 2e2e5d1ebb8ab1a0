//! Operations on the exchange itself: whether it lives, what it counts, what its API is.

use admin::{key_uses, people};
use axum::http::header::HOST;
use domain::{Permission, Topic, Verb};

use crate::call::{Answer, Call, JSON};
use crate::operation::{Access, Operation};
use crate::problem::{Kind, Problem};
use crate::view::brand::BrandView;

const PLAIN: &str = "text/plain; charset=utf-8";

/// The text form of figures that every Prometheus reads.
const FIGURES: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The last line of an OpenMetrics text, which ends nothing when texts are joined.
const EOF: &str = "# EOF";

pub(super) fn operations() -> Vec<Operation> {
    let operations = [
        Operation::get("/healthz", "isAlive", alive)
            .free(Access::Open)
            .tells("Say whether the process lives", "")
            .prints(PLAIN, "It lives."),
        Operation::get("/readyz", "isReady", ready)
            .free(Access::Open)
            .tells("Say whether calls are accepted", "")
            .prints(PLAIN, "Calls are accepted.")
            .refuses(&[Kind::Unavailable]),
        Operation::get("/metrics", "getMetrics", metrics)
            .needs(Permission::of(Topic::Metric, Verb::Read))
            .tells(
                "Show all figures",
                "As text that Prometheus reads. For operators, and without a key for \
                 whoever is on the machine itself. A request that was passed on by a front end \
                 (`Forwarded`, `X-Forwarded-For` or `Via`) is not from the machine itself.",
            )
            .access(Access::Nearby)
            .prints(FIGURES, "The figures.")
            .refuses(&[Kind::NotFound]),
        Operation::get("/api/v1/openapi.json", "getOpenApi", description)
            .free(Access::Open)
            .tells("Show this description", "")
            .prints(JSON, "An OpenAPI 3.1 document."),
        Operation::get("/api/v1/auth/brand", "getBrand", brand)
            .free(Access::Door)
            .tells(
                "Show how the portal looks",
                "That of the reseller whose portal has the host name that was asked (`Host`), \
                 with what it inherits from those above it; else that of the exchange itself.",
            )
            .gives::<BrandView>("Name, logo and colours."),
    ];
    operations.map(|operation| operation.tag("Exchange")).into()
}

async fn brand(call: Call) -> Result<Answer, Problem> {
    let host = call.headers.get(HOST).and_then(|host| host.to_str().ok());
    let brand = people::brand_at(&call.office, host.unwrap_or_default()).await?;
    Answer::json(&BrandView::from(brand))
}

async fn alive(_: Call) -> Result<Answer, Problem> {
    Ok(Answer::text(PLAIN, "alive\n"))
}

async fn ready(call: Call) -> Result<Answer, Problem> {
    if call.front.parts.live.is_ready() {
        return Ok(Answer::text(PLAIN, "ready\n"));
    }
    Err(Problem::new(
        Kind::Unavailable,
        "calls are not accepted at the moment",
    ))
}

async fn metrics(call: Call) -> Result<Answer, Problem> {
    if call.caller.is_some() {
        call.platform()?;
    }
    let parts = &call.front.parts;
    Ok(Answer::text(
        FIGURES,
        joined(&[
            parts.live.metrics(),
            (parts.figures)(),
            call.front.shares(),
            call.front.forge.figures(),
            call.front.depot.figures(),
            attempts(parts.office.attempts_remembered()),
            challenges(parts.office.challenges_remembered()),
            uses(
                key_uses::waiting(&parts.office),
                key_uses::lost(&parts.office),
            ),
        ]),
    ))
}

/// What is remembered of answered challenges.
fn challenges(remembered: usize) -> String {
    format!(
        "# HELP strowger_passkey_challenges_remembered Answered challenges of passkeys that would \
         still be good.\n\
         # TYPE strowger_passkey_challenges_remembered gauge\n\
         strowger_passkey_challenges_remembered {remembered}\n"
    )
}

/// Uses of API keys that wait to be written, and those that were not noted.
fn uses(waiting: usize, lost: u64) -> String {
    format!(
        "# HELP strowger_key_uses_waiting Last uses of API keys that wait to be written.\n\
         # TYPE strowger_key_uses_waiting gauge\n\
         strowger_key_uses_waiting {waiting}\n\
         # HELP strowger_key_uses_lost_total Uses of API keys that were not noted because too many \
         waited.\n\
         # TYPE strowger_key_uses_lost_total counter\n\
         strowger_key_uses_lost_total {lost}\n"
    )
}

/// What is remembered of failed attempts to sign in.
fn attempts(remembered: usize) -> String {
    format!(
        "# HELP strowger_sign_in_attempts_remembered Names, networks and devices remembered for \
         failed attempts to sign in.\n\
         # TYPE strowger_sign_in_attempts_remembered gauge\n\
         strowger_sign_in_attempts_remembered {remembered}\n"
    )
}

/// Several texts of figures as one.
fn joined(texts: &[String]) -> String {
    let lines = texts.iter().flat_map(|text| text.lines());
    let told = lines.filter(|line| !line.is_empty() && *line != EOF);
    told.flat_map(|line| {
        [
            line, "
",
        ]
    })
    .collect()
}

async fn description(call: Call) -> Result<Answer, Problem> {
    Ok(Answer::text(JSON, call.front.description.as_str()))
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn figures_of_several_sources_are_one_text() {
        let texts = [
            "# TYPE a gauge\na 1\n# EOF\n".to_owned(),
            String::new(),
            "b 2".to_owned(),
        ];
        assert_eq!(joined(&texts), "# TYPE a gauge\na 1\nb 2\n");
    }
}
