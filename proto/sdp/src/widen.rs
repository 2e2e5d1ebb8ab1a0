//! Descriptions between parties that have no codec in common, where somebody in the middle makes
//! the sound of one into that of the other: the offer names more than its writer can do, and the
//! answer to it becomes one to what the writer can do.

use crate::{Attribute, Codec, Description, Media, Refusal, limit};

/// The dynamic payload numbers (RFC 3551 section 3).
const DYNAMIC: std::ops::RangeInclusive<u8> = 96..=127;

/// Number of key presses where it is free.
const PRESSES: u8 = 101;

/// Makes an offer one that more parties can answer. Its writer's own codecs stay first and as they
/// are; at its end comes what is missing of `behind`, and key presses for their clocks where its
/// writer has any. A number that is taken already is exchanged for a free one. Nothing is left in
/// the end but what `names` allow, as [`limit`] does; where they allow nothing that its writer
/// speaks, those of `made` stand there that they do. Where the writer has no speech of `made`
/// itself nothing is added, since nothing could be made of it.
///
/// # Errors
/// Nothing of any stream of sound would be left; the description is as it was.
pub fn widen(
    description: &mut Description,
    behind: &[Codec],
    made: &[Codec],
    names: &[String],
) -> Result<(), Refusal> {
    let stream = description.media.iter().position(Media::is_served_audio);
    let own = stream.map(|index| description.codecs(index));
    let own = own.unwrap_or_default();
    let is_made = |codec: &Codec| codec.is_speech() && is_among(codec, made);
    let (Some(index), true) = (stream, own.iter().any(is_made)) else {
        return limit(description, names);
    };
    if limit(description, names).is_ok() {
        let allowed = |codec: &Codec| names.is_empty() || names.iter().any(|n| codec.is(n));
        let more: Vec<Codec> = behind.iter().filter(|c| allowed(c)).cloned().collect();
        add(description, index, &more);
        return Ok(());
    }
    let mut wider = description.clone();
    add(&mut wider, index, made);
    limit(&mut wider, names)?;
    *description = wider;
    Ok(())
}

/// Makes an answer to a [widened](widen) offer one to the offer as its writer made it: of the
/// codecs of the answer those stay that the writer has offered, by its own numbers. Where none is
/// left, and the answer has speech of `made`, its writer's most wanted one of these stands there.
/// An answer that names nothing else than what was offered stays as it is.
pub fn settle(answer: &mut Description, offered: &Description, made: &[Codec]) {
    for (ours, theirs) in answer.media.iter_mut().zip(&offered.media) {
        if !ours.is_live_audio() {
            continue;
        }
        let (named, known) = (ours.codecs(), theirs.codecs());
        if named.iter().all(|codec| is_among(codec, &known)) {
            continue;
        }
        if let Some(settled) = settled(&named, &known, made) {
            put(ours, &settled);
        }
    }
}

/// The codecs of an answer, by the numbers of the offer; nothing where no speech can be had.
fn settled(named: &[Codec], known: &[Codec], made: &[Codec]) -> Option<Vec<Codec>> {
    let common = named.iter().filter_map(|codec| {
        let offered = known
            .iter()
            .find(|offered| offered.is_same_encoding(codec))?;
        let payload = offered.payload;
        Some(Codec {
            payload,
            ..codec.clone()
        })
    });
    let (mut settled, beside): (Vec<Codec>, Vec<Codec>) = common.partition(Codec::is_speech);
    if settled.is_empty() {
        let speaks = named
            .iter()
            .any(|codec| codec.is_speech() && is_among(codec, made));
        let most_wanted = known.iter().filter(|codec| codec.is_speech());
        let most_wanted = most_wanted
            .filter(|_| speaks)
            .find(|codec| is_among(codec, made))?;
        let own = made.iter().find(|own| own.is_same_encoding(most_wanted));
        settled.push(Codec {
            fmtp: own.and_then(|own| own.fmtp.clone()),
            ..most_wanted.clone()
        });
    }
    let clocks: Vec<u32> = settled.iter().map(|codec| codec.clock).collect();
    let in_time = |codec: &&Codec| clocks.contains(&codec.clock);
    let noise = beside
        .iter()
        .filter(|codec| !is_press(codec))
        .filter(in_time);
    settled.extend(noise.cloned());
    if named.iter().any(is_press) {
        settled.extend(presses(known, &clocks));
    }
    Some(settled)
}

/// The key presses of an offer for these clocks, or for any where there are none for them.
fn presses(known: &[Codec], clocks: &[u32]) -> Vec<Codec> {
    let all = || known.iter().filter(|codec| is_press(codec)).cloned();
    let fitting: Vec<Codec> = all()
        .filter(|codec| clocks.contains(&codec.clock))
        .collect();
    if fitting.is_empty() {
        all().collect()
    } else {
        fitting
    }
}

/// Adds what a stream lacks of these codecs, and key presses for their clocks.
fn add(description: &mut Description, index: usize, codecs: &[Codec]) {
    let Some(media) = description.media.get_mut(index) else {
        return;
    };
    let mut present = media.codecs();
    for codec in codecs {
        if !is_among(codec, &present)
            && let Some(payload) = free(media, codec.payload)
        {
            let added = Codec {
                payload,
                ..codec.clone()
            };
            append(media, &added);
            present.push(added);
        }
    }
    let Some(press) = present.iter().find(|codec| is_press(codec)).cloned() else {
        return;
    };
    let mut clocks: Vec<u32> = codecs.iter().map(|codec| codec.clock).collect();
    clocks.dedup();
    for clock in clocks {
        let same = |codec: &Codec| is_press(codec) && codec.clock == clock;
        if !present.iter().any(same)
            && let Some(payload) = free(media, PRESSES)
        {
            let added = Codec {
                payload,
                clock,
                ..press.clone()
            };
            append(media, &added);
            present.push(added);
        }
    }
}

fn append(media: &mut Media, codec: &Codec) {
    media.formats.push(codec.payload.to_string());
    describe(media, codec);
}

fn describe(media: &mut Media, codec: &Codec) {
    let map = format!("{} {}", codec.payload, codec.rtpmap());
    media.push_attribute(Attribute::with("rtpmap", map));
    if let Some(fmtp) = &codec.fmtp {
        media.push_attribute(Attribute::with("fmtp", format!("{} {fmtp}", codec.payload)));
    }
}

/// Puts these codecs in place of a stream's own.
fn put(media: &mut Media, codecs: &[Codec]) {
    media.formats.clear();
    media.retain_attributes(|attribute| !is_of_codec(attribute));
    for codec in codecs {
        append(media, codec);
    }
}

/// Does it describe one of the formats?
fn is_of_codec(attribute: &Attribute) -> bool {
    matches!(&*attribute.name, "rtpmap" | "fmtp" | "rtcp-fb")
}

/// The number wanted, or the first dynamic one, that neither stands in the stream nor is described
/// there.
fn free(media: &Media, wanted: u8) -> Option<u8> {
    let described = media
        .attributes()
        .filter(|attribute| is_of_codec(attribute));
    let described = described.filter_map(|attribute| {
        let value = attribute.value.as_deref()?;
        value.split_ascii_whitespace().next()
    });
    let taken: Vec<u8> = described
        .chain(media.formats.iter().map(String::as_str))
        .filter_map(|number| number.parse().ok())
        .collect();
    let mut numbers = std::iter::once(wanted).chain(DYNAMIC);
    numbers.find(|number| !taken.contains(number))
}

fn is_press(codec: &Codec) -> bool {
    codec.is("telephone-event")
}

fn is_among(codec: &Codec, codecs: &[Codec]) -> bool {
    codecs.iter().any(|other| other.is_same_encoding(codec))
}
