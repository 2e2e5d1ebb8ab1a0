//! What a telephone tells of how a call sounded (`application/vq-rtcpxr`, RFC 6035): read with
//! care, since anybody with a telephone can write it.
//!
//! Of the report those parts are kept that tell how its writer heard the call: its local metrics.
//! Lines and numbers that are not known here are passed over.

/// Longest report read, in octets; telephones send less than 2,000.
const REPORT_BYTES: usize = 8_192;
/// Most lines read.
const REPORT_LINES: usize = 128;
/// Longest Call-ID and tag, in octets.
const IDENTIFIER_BYTES: usize = 256;

/// Why a report was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VoiceReportKind {
    /// The call has ended, or what it sounds by was agreed on anew.
    Session,
    /// A while of the call is over.
    Interval,
    /// Something has passed a threshold.
    Alert,
}

/// How its writer heard a call; `None` where it does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VoiceMetrics {
    /// Packets that the network lost, in thousandths (`NLR`).
    pub loss_permille: Option<u16>,
    /// Packets that were thrown away, too late or too early, in thousandths (`JDR`).
    pub discard_permille: Option<u16>,
    /// Bursts of loss.
    pub bursts: VoiceBursts,
    /// How long it took.
    pub delays: VoiceDelays,
    /// Mean opinion score of listening, times 100: 100 to 500 (`MOSLQ`).
    pub listening_x100: Option<u16>,
    /// The same of a conversation, with its delay (`MOSCQ`).
    pub conversation_x100: Option<u16>,
}

/// Bursts of loss (`BurstGapLoss`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VoiceBursts {
    /// Packets lost or thrown away within bursts, in thousandths (`BLD`).
    pub density_permille: Option<u16>,
    /// Mean length of a burst, milliseconds (`BD`).
    pub length_ms: Option<u32>,
}

/// Delays in milliseconds (`Delay`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VoiceDelays {
    /// To the other end and back (`RTD`).
    pub round_trip_ms: Option<u16>,
    /// Within the telephone (`ESD`).
    pub end_system_ms: Option<u16>,
    /// Interarrival jitter (`IAJ`).
    pub jitter_ms: Option<u16>,
}

/// A report on a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoiceReport {
    /// Why it was made.
    pub kind: VoiceReportKind,
    /// The Call-ID of the dialog, as its writer has it.
    pub call_id: String,
    /// The dialog's tags, where they are told.
    pub tags: Option<VoiceTags>,
    /// How its writer heard the call.
    pub metrics: VoiceMetrics,
}

/// The tags of a dialog (`DialogID`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoiceTags {
    /// That of To.
    pub to: String,
    /// That of From.
    pub from: String,
}

/// Why a report cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadVoiceReport {
    /// The line, from 1; 0 for the report as a whole.
    pub line: usize,
    /// The rule that it breaks.
    pub rule: &'static str,
}

/// Whose metrics the lines are that follow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Head,
    Local,
    Remote,
}

impl VoiceReport {
    /// The event package.
    pub const EVENT: &'static str = "vq-rtcpxr";
    /// The media type of its documents.
    pub const MEDIA_TYPE: &'static str = "application/vq-rtcpxr";

    /// Reads a report.
    ///
    /// # Errors
    /// [`BadVoiceReport`]: no text, too long, of no known kind, without a Call-ID or without local
    /// metrics, or with a known number that is none.
    pub fn read(bytes: &[u8]) -> Result<VoiceReport, BadVoiceReport> {
        let whole = |rule| BadVoiceReport { line: 0, rule };
        if bytes.len() > REPORT_BYTES {
            return Err(whole("the report is too long"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| whole("the report is no text"))?;
        let mut reading = Reading::default();
        for (at, line) in text.lines().enumerate() {
            if at >= REPORT_LINES {
                return Err(whole("the report has too many lines"));
            }
            reading
                .take(line)
                .map_err(|rule| BadVoiceReport { line: at + 1, rule })?;
        }
        let kind = reading.kind.ok_or(whole("the report is empty"))?;
        let call_id = reading.call_id.ok_or(whole("a report has a CallID"))?;
        if !reading.local {
            return Err(whole("a report has LocalMetrics"));
        }
        Ok(VoiceReport {
            kind,
            call_id,
            tags: reading.tags,
            metrics: reading.metrics,
        })
    }
}

/// What was read so far.
struct Reading<'a> {
    kind: Option<VoiceReportKind>,
    part: Part,
    /// The name of the line before, which an indented one goes on with.
    name: &'a str,
    call_id: Option<String>,
    tags: Option<VoiceTags>,
    local: bool,
    metrics: VoiceMetrics,
}

impl Default for Reading<'_> {
    fn default() -> Self {
        Reading {
            kind: None,
            part: Part::Head,
            name: "",
            call_id: None,
            tags: None,
            local: false,
            metrics: VoiceMetrics::default(),
        }
    }
}

impl<'a> Reading<'a> {
    fn take(&mut self, line: &'a str) -> Result<(), &'static str> {
        if line.trim().is_empty() {
            return Ok(());
        }
        if self.kind.is_none() {
            // what follows says why, and some phones do not
            self.kind = Some(kind_of(line.split(':').next().unwrap_or_default().trim())?);
            return Ok(());
        }
        let goes_on = line.starts_with([' ', '\t']);
        let (name, value) = if goes_on {
            (self.name, line)
        } else {
            line.split_once(':')
                .ok_or("a line has a name and a colon")?
        };
        let (name, value) = (name.trim(), value.trim());
        self.name = name;
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if is("LocalMetrics") {
            (self.part, self.local) = (Part::Local, true);
        } else if is("RemoteMetrics") {
            self.part = Part::Remote;
        } else if is("CallID") {
            self.call_id = Some(identifier(value)?);
        } else if is("DialogID") {
            self.tags = tags(value)?;
        } else if self.part == Part::Local {
            self.metric(name, value)?;
        }
        Ok(())
    }

    /// A line of the local metrics.
    fn metric(&mut self, name: &str, value: &str) -> Result<(), &'static str> {
        let metrics = &mut self.metrics;
        for (key, value) in pairs(value) {
            let key = |line: &str, known: &str| {
                name.eq_ignore_ascii_case(line) && key.eq_ignore_ascii_case(known)
            };
            if key("PacketLoss", "NLR") {
                metrics.loss_permille = permille(value)?;
            } else if key("PacketLoss", "JDR") {
                metrics.discard_permille = permille(value)?;
            } else if key("BurstGapLoss", "BLD") {
                metrics.bursts.density_permille = permille(value)?;
            } else if key("BurstGapLoss", "BD") {
                metrics.bursts.length_ms = Some(number(value, 0)?);
            } else if key("Delay", "RTD") {
                metrics.delays.round_trip_ms = Some(millis(value)?);
            } else if key("Delay", "ESD") {
                metrics.delays.end_system_ms = Some(millis(value)?);
            } else if key("Delay", "IAJ") {
                metrics.delays.jitter_ms = Some(millis(value)?);
            } else if key("QualityEst", "MOSLQ") {
                metrics.listening_x100 = score(value)?;
            } else if key("QualityEst", "MOSCQ") {
                metrics.conversation_x100 = score(value)?;
            }
        }
        Ok(())
    }
}

fn kind_of(name: &str) -> Result<VoiceReportKind, &'static str> {
    const KINDS: [(&str, VoiceReportKind); 3] = [
        ("VQSessionReport", VoiceReportKind::Session),
        ("VQIntervalReport", VoiceReportKind::Interval),
        ("VQAlertReport", VoiceReportKind::Alert),
    ];
    let found = KINDS
        .iter()
        .find(|(known, _)| name.eq_ignore_ascii_case(known));
    found
        .map(|(_, kind)| *kind)
        .ok_or("a report begins with VQSessionReport, VQIntervalReport or VQAlertReport")
}

fn identifier(value: &str) -> Result<String, &'static str> {
    let fits = !value.is_empty() && value.len() <= IDENTIFIER_BYTES;
    if !fits || value.contains(char::is_whitespace) {
        return Err("an identifier is a word of at most 256 octets");
    }
    Ok(value.to_owned())
}

/// The tags behind a dialog's Call-ID; some phones write `;` and some `; `.
fn tags(value: &str) -> Result<Option<VoiceTags>, &'static str> {
    let (mut to, mut from) = (None, None);
    for part in value.split(';').skip(1) {
        let Some((name, tag)) = part.trim().split_once('=') else {
            continue;
        };
        if name.eq_ignore_ascii_case("to-tag") {
            to = Some(identifier(tag)?);
        } else if name.eq_ignore_ascii_case("from-tag") {
            from = Some(identifier(tag)?);
        }
    }
    Ok(to.zip(from).map(|(to, from)| VoiceTags { to, from }))
}

/// The `KEY=VALUE` of a line; a value in quotes may have spaces, and is none of those read here.
fn pairs(value: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = value;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let (key, behind) = rest.split_once('=')?;
        let key = key.split_ascii_whitespace().next_back().unwrap_or_default();
        let (value, left) = match behind.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => behind.split_once(' ').unwrap_or((behind, "")),
        };
        rest = left;
        Some((key, value))
    })
}

fn permille(value: &str) -> Result<Option<u16>, &'static str> {
    let tenths = number(value, 1)?;
    // above 100 per cent stands what is not known
    Ok(u16::try_from(tenths).ok().filter(|share| *share <= 1_000))
}

fn millis(value: &str) -> Result<u16, &'static str> {
    Ok(u16::try_from(number(value, 0)?).unwrap_or(u16::MAX))
}

/// A score; outside the scale stands what is not known.
fn score(value: &str) -> Result<Option<u16>, &'static str> {
    let hundredths = number(value, 2)?;
    let score = u16::try_from(hundredths).ok();
    Ok(score.filter(|score| (100..=500).contains(score)))
}

/// A number that is not negative with so many digits behind its point, as a whole; the digits
/// behind those are left out.
fn number(value: &str, decimals: usize) -> Result<u32, &'static str> {
    const RULE: &str = "a number has digits and perhaps a point";
    const DIGITS: usize = 7;
    let (whole, part) = value.split_once('.').unwrap_or((value, ""));
    let is_digits = |text: &str| text.bytes().all(|octet| octet.is_ascii_digit());
    let fits = !whole.is_empty() && whole.len() <= DIGITS;
    if !fits || !is_digits(whole) || !is_digits(part) {
        return Err(RULE);
    }
    let behind = part.chars().chain(std::iter::repeat('0')).take(decimals);
    let digits: String = whole.chars().chain(behind).collect();
    digits.parse().map_err(|_| RULE)
}

#[cfg(test)]
mod tests;
