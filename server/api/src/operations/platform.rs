//! Operations on the exchange itself: whether it lives, what it counts, what its API is.

use crate::call::{Answer, Call, JSON};
use crate::operation::{Access, Operation};
use crate::problem::{Kind, Problem};

const PLAIN: &str = "text/plain; charset=utf-8";
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The last line of an OpenMetrics text.
const EOF: &str = "# EOF";

pub(super) fn operations() -> Vec<Operation> {
    let operations = [
        Operation::get("/healthz", "isAlive", alive)
            .tells("Say whether the process lives", "")
            .access(Access::Open)
            .prints(PLAIN, "It lives."),
        Operation::get("/readyz", "isReady", ready)
            .tells("Say whether calls are accepted", "")
            .access(Access::Open)
            .prints(PLAIN, "Calls are accepted.")
            .refuses(&[Kind::Unavailable]),
        Operation::get("/metrics", "getMetrics", metrics)
            .tells(
                "Show all figures",
                "As OpenMetrics text, which Prometheus reads. For operators, and without a key for \
                 whoever is on the machine itself. A request that was passed on by a front end \
                 (`Forwarded`, `X-Forwarded-For` or `Via`) is not from the machine itself.",
            )
            .access(Access::Nearby)
            .prints(OPENMETRICS, "The figures.")
            .refuses(&[Kind::NotFound]),
        Operation::get("/api/v1/openapi.json", "getOpenApi", description)
            .tells("Show this description", "")
            .access(Access::Open)
            .prints(JSON, "An OpenAPI 3.1 document."),
    ];
    operations.map(|operation| operation.tag("Exchange")).into()
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
        OPENMETRICS,
        joined(&[parts.live.metrics(), (parts.figures)()]),
    ))
}

/// Several OpenMetrics texts as one, which ends once.
fn joined(texts: &[String]) -> String {
    let lines = texts.iter().flat_map(|text| text.lines());
    let mut whole = String::new();
    for line in lines
        .filter(|line| !line.is_empty() && *line != EOF)
        .chain([EOF])
    {
        whole.push_str(line);
        whole.push('\n');
    }
    whole
}

async fn description(call: Call) -> Result<Answer, Problem> {
    Ok(Answer::text(JSON, call.front.description.as_str()))
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn figures_of_several_sources_are_one_text_that_ends_once() {
        let texts = [
            "# TYPE a gauge\na 1\n# EOF\n".to_owned(),
            String::new(),
            "b 2".to_owned(),
        ];
        assert_eq!(joined(&texts), "# TYPE a gauge\na 1\nb 2\n# EOF\n");
    }
}
