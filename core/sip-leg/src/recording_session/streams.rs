//! The streams of a recording session: what is told of all of them, of what each is told.

use call::Speaks;
use media::EndpointId;
use sdp::{Attribute, Description, Direction, Line, Media};

use crate::{Desk, Sound};

/// The attribute that names a stream (RFC 4574).
const LABEL: &str = "label";

/// One stream.
#[derive(Debug)]
pub struct RecordingStream {
    sound: Sound,
    /// Its place in descriptions, once it has one.
    place: Option<usize>,
    label: Option<String>,
    /// Both sides have agreed on it.
    taken: bool,
    /// Something goes that way for now, by what the peer said last.
    live: bool,
}

impl RecordingStream {
    /// Where its packets come and go.
    #[must_use]
    pub fn endpoint(&self) -> EndpointId {
        self.sound.endpoint()
    }

    /// What descriptions call it.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// Whether both sides have agreed on it.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        self.taken
    }

    /// Whether its peer says, as a client, or wants to hear something for now.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.taken && self.live
    }
}

/// Whose streams they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// We are the client, and speak.
    Ours,
    /// The peer is.
    Theirs,
}

/// All of them.
#[derive(Debug)]
pub(super) struct Streams {
    whose: Whose,
    all: Vec<RecordingStream>,
    /// The lines of the whole, as they were told last.
    head: Vec<Line>,
}

impl Streams {
    /// Ours, by the labels that they have.
    pub(super) fn ours(sounds: Vec<(String, Sound)>) -> Streams {
        let streams = sounds.into_iter().enumerate();
        let streams = streams.map(|(place, (label, sound))| RecordingStream {
            sound,
            place: Some(place),
            label: Some(label),
            taken: false,
            live: false,
        });
        Streams {
            whose: Whose::Ours,
            all: streams.collect(),
            head: Vec::new(),
        }
    }

    /// Those of a client, as many as there are sounds for.
    pub(super) fn theirs(sounds: Vec<Sound>) -> Streams {
        let streams = sounds.into_iter().map(|sound| RecordingStream {
            sound,
            place: None,
            label: None,
            taken: false,
            live: false,
        });
        Streams {
            whose: Whose::Theirs,
            all: streams.collect(),
            head: Vec::new(),
        }
    }

    pub(super) fn all(&self) -> &[RecordingStream] {
        &self.all
    }

    pub(super) fn are_ours(&self) -> bool {
        self.whose == Whose::Ours
    }

    /// Our offer of all of them.
    pub(super) fn offer(&mut self, direction: Direction, desk: &mut Desk<'_>) -> Description {
        let mut media = Vec::new();
        for stream in self.all.iter_mut().filter(|stream| stream.place.is_some()) {
            stream.sound.negotiate_anew();
            let mut told = stream.sound.offer(Speaks::All, desk.ports, desk.media);
            told.set_direction(0, direction);
            label(&mut told, stream.label.as_deref());
            media.extend(told.media);
            keep_head(&mut self.head, (stream.place == Some(0), told.lines));
        }
        Description {
            lines: self.head.clone(),
            media,
        }
    }

    /// What the peer says to our offer.
    pub(super) fn hear(&mut self, answer: Option<&Description>, desk: &mut Desk<'_>) {
        for stream in &mut self.all {
            let Some(place) = stream.place else { continue };
            let one = answer.and_then(|answer| alone(answer, place));
            let live = one.as_ref().is_some_and(|one| {
                let direction = one.direction_of(0);
                direction.receives() || (self.whose == Whose::Theirs && direction.sends())
            });
            let heard = one.and_then(|one| stream.sound.hear(one, desk.ports, desk.media));
            stream.taken = heard.is_some();
            stream.live = live;
        }
    }

    /// Our answer to an offer of the peer's; `None` where nothing of it can be taken.
    pub(super) fn answer(
        &mut self,
        offer: &Description,
        direction: Direction,
        desk: &mut Desk<'_>,
    ) -> Option<Description> {
        let mut media = Vec::new();
        for place in 0..offer.media.len() {
            let told = self.answer_at(place, offer, direction, desk);
            media.extend(told.or_else(|| offer.media.get(place).map(refused)));
        }
        let any = self.all.iter().any(|stream| stream.taken);
        any.then(|| Description {
            lines: self.head.clone(),
            media,
        })
    }

    fn answer_at(
        &mut self,
        place: usize,
        offer: &Description,
        direction: Direction,
        desk: &mut Desk<'_>,
    ) -> Option<Media> {
        let one = alone(offer, place);
        let Some(one) = one.filter(|one| one.media.iter().all(Media::is_live_audio)) else {
            if let Some(stream) = self.all.iter_mut().find(|one| one.place == Some(place)) {
                (stream.taken, stream.live) = (false, false);
            }
            return None;
        };
        let theirs = self.whose == Whose::Theirs;
        let known = |wanted| self.all.iter().position(|stream| stream.place == wanted);
        let at = known(Some(place)).or_else(|| known(None).filter(|_| theirs))?;
        let stream = self.all.get_mut(at)?;
        let offered = one.direction_of(0);
        let named = one.media.first().and_then(|media| media.value(LABEL));
        if let Some(named) = named.filter(|_| theirs) {
            stream.label = Some(named.trim().to_owned());
        }
        stream.sound.negotiate_anew();
        stream.taken = false;
        stream.sound.hear(one, desk.ports, desk.media)?;
        let told = stream.sound.answer(Speaks::All, desk.ports, desk.media);
        let mut told = told.ok()?;
        let agreed = offered.reversed().and(direction);
        told.set_direction(0, agreed);
        label(&mut told, stream.label.as_deref());
        stream.place = Some(place);
        stream.taken = true;
        stream.live = agreed != Direction::Inactive;
        let is_first = self.head.is_empty() || place == 0;
        keep_head(&mut self.head, (is_first, told.lines));
        told.media.into_iter().next()
    }

    /// Our offer was refused: all is as it was before.
    pub(super) fn withdraw(&mut self, desk: &mut Desk<'_>) {
        for stream in &mut self.all {
            stream.sound.withdraw(desk.ports, desk.media);
        }
    }

    pub(super) fn close(&mut self, desk: &mut Desk<'_>) {
        for stream in &self.all {
            stream.sound.close(desk.ports, desk.media);
        }
    }
}

/// The lines of the whole are those of the first stream; their version rises with each offer.
fn keep_head(head: &mut Vec<Line>, (is_first, lines): (bool, Vec<Line>)) {
    if is_first || head.is_empty() {
        *head = lines;
    }
}

/// A description of one stream alone; `None` where it is refused or not there.
fn alone(description: &Description, place: usize) -> Option<Description> {
    let media = description
        .media
        .get(place)
        .filter(|media| media.port != 0)?;
    Some(Description {
        lines: description.lines.clone(),
        media: vec![media.clone()],
    })
}

fn label(told: &mut Description, label: Option<&str>) {
    if let (Some(media), Some(label)) = (told.media.first_mut(), label) {
        media.retain_attributes(|attribute| attribute.name != LABEL);
        media.push_attribute(Attribute::with(LABEL, label));
    }
}

/// A stream that is not taken (RFC 3264 §6).
fn refused(media: &Media) -> Media {
    Media {
        port: 0,
        ports: None,
        lines: Vec::new(),
        ..media.clone()
    }
}
