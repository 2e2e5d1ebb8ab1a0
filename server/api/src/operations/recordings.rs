//! Operations on recordings of calls.

use admin::recordings::{self, Refusal};
use axum::http::header::{CONTENT_DISPOSITION, RETRY_AFTER};
use domain::{Permission, Topic, Verb};
use ids::RecordingId;
use ports::{RecordedForm, RecordingQuery};

use crate::call::{Answer, Call};
use crate::list::List;
use crate::operation::{Operation, PAGE, text};
use crate::problem::{Kind, Problem};
use crate::view::recording::RecordingView;

const ALL: &str = "/api/v1/tenants/{tenant}/recordings";
const ONE: &str = "/api/v1/tenants/{tenant}/recordings/{recording}";
const SOUND: &str = "/api/v1/tenants/{tenant}/recordings/{recording}/sound";
const MP3: &str = "/api/v1/tenants/{tenant}/recordings/{recording}/mp3";
const WAVE: &str = "/api/v1/tenants/{tenant}/recordings/{recording}/wave";

/// Media types of what is heard.
const OGG: &str = "audio/ogg";
const WAV: &str = "audio/wav";
const MPEG: &str = "audio/mpeg";

const OF_SOUND: &str = "\
In a recording of both sides in two channels the left is who called, the right who was called. It comes as it is read, and of a call that \
is still being recorded as far as it has come; an answer that breaks off is not the whole of it. The \
audit trail says who fetched which recording.";

const OF_REMOVAL: &str = "\
The sound goes, and what is known of it. Refused while it is on legal hold, and while the call is \
still being recorded. The audit trail says who removed it.";

pub(super) fn operations() -> Vec<Operation> {
    let read = || Permission::of(Topic::Recording, Verb::Read);
    let operations = [
        Operation::get(ALL, "listRecordings", list)
            .needs(read())
            .tells("List recordings", "Newest first.")
            .query(&PAGE)
            .query(&[
                text("call", "Only those of the call with this id."),
                text(
                    "conference",
                    "Only those of the conference with this number or id.",
                ),
            ])
            .gives::<List<RecordingView>>("One page of recordings."),
        Operation::get(ONE, "getRecording", get)
            .needs(read())
            .tells("Show a recording", "")
            .gives::<RecordingView>("What is known of it."),
        Operation::get(SOUND, "hearRecording", sound)
            .needs(read())
            .tells("Fetch what was said", OF_SOUND)
            .prints(
                OGG,
                "The sound as Ogg Opus at 16 kHz, in the recording's channels.",
            )
            .refuses(&[Kind::TooManyRecordings]),
        Operation::get(WAVE, "hearRecordingAsWave", wave)
            .needs(read())
            .tells("Fetch what was said as WAV", OF_SOUND)
            .prints(
                WAV,
                "The sound as WAV of 16 bits at 16 kHz, in the recording's channels.",
            )
            .refuses(&[Kind::TooManyRecordings]),
        Operation::get(MP3, "hearRecordingAsMp3", mp3)
            .needs(read())
            .tells("Fetch what was said as MP3", OF_SOUND)
            .prints(
                MPEG,
                "The sound as MP3, 64 kbit/s for each channel at 16 kHz.",
            )
            .refuses(&[Kind::TooManyRecordings, Kind::Unavailable]),
        Operation::delete(ONE, "deleteRecording", delete)
            .needs(Permission::of(Topic::Recording, Verb::Remove))
            .tells("Remove a recording", OF_REMOVAL)
            .refuses(&[Kind::InUse, Kind::Running]),
    ];
    operations
        .map(|operation| operation.tag("Recordings"))
        .into()
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Running => Problem::new(Kind::Running, refusal.to_string()),
            Refusal::Busy => {
                Problem::new(Kind::Unavailable, refusal.to_string()).with(RETRY_AFTER, 1)
            }
            Refusal::NotMade(_) => Problem::new(Kind::Unavailable, refusal.to_string()),
            Refusal::Store(error) => error.into(),
        }
    }
}

impl Call {
    /// The id of the recording that the path names.
    fn recording_id(&self) -> Result<RecordingId, Problem> {
        let id = self.segment("recording").parse();
        id.map_err(|_| Problem::not_found())
    }
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let scope = call.scope().await?;
    let mut query = RecordingQuery {
        after: call.after()?,
        limit: call.limit()?,
        ..RecordingQuery::default()
    };
    if let Some(text) = call.parameter("call") {
        let parsed = text.parse();
        query.call = Some(parsed.map_err(|_| Problem::parameter("call", "must be a call's id"))?);
    }
    if let Some(text) = call.parameter("conference") {
        let found = recordings::conference(&call.office, &scope, text).await?;
        if found.is_none() {
            return Answer::json(&List::<RecordingView>::empty());
        }
        query.conference = found;
    }
    let found = recordings::list(&call.office, &scope, &query).await?;
    Answer::json(&List::<RecordingView>::of(found.recordings, found.next))
}

async fn get(call: Call) -> Result<Answer, Problem> {
    let (scope, id) = (call.scope().await?, call.recording_id()?);
    let recording = recordings::read(&call.office, &scope, id).await?;
    Answer::json(&RecordingView::from(recording))
}

async fn sound(call: Call) -> Result<Answer, Problem> {
    heard(call, RecordedForm::Ogg).await
}

async fn wave(call: Call) -> Result<Answer, Problem> {
    heard(call, RecordedForm::Wave).await
}

async fn mp3(call: Call) -> Result<Answer, Problem> {
    heard(call, RecordedForm::Mp3).await
}

async fn heard(call: Call, form: RecordedForm) -> Result<Answer, Problem> {
    let (scope, id) = (call.scope().await?, call.recording_id()?);
    let listening = &call.front.listening;
    let place = listening.take(scope.tenant())?;
    let what = (id, form);
    let pieces = recordings::heard(&call.office, &scope, listening.heavy(), what).await?;
    let (media_type, ending) = match form {
        RecordedForm::Ogg => (OGG, "ogg"),
        RecordedForm::Wave => (WAV, "wav"),
        RecordedForm::Mp3 => (MPEG, "mp3"),
    };
    let file = format!("attachment; filename=\"{id}.{ending}\"");
    let answer = Answer::flowing(media_type, listening.sent(pieces, place));
    Ok(answer.with(CONTENT_DISPOSITION, file))
}

async fn delete(call: Call) -> Result<Answer, Problem> {
    let (scope, id) = (call.scope().await?, call.recording_id()?);
    let heavy = call.front.listening.heavy();
    recordings::remove(&call.office, &scope, heavy, id).await?;
    Ok(Answer::empty())
}
