//! Answers brought into the order of their offers, and offers into that of the dialog they are made
//! in.

use crate::negotiate::refused;
use crate::{Attribute, Description, Media};

/// Gives an answer as many streams as its offer has, in the offer's order (RFC 3264 §6): each
/// stream of the answer goes to the first of the offer of its kind that has none yet, and those of
/// the offer that are left are refused by port 0. Machines leave lines away or change places when
/// they go over from sound to fax. What is refused bears the offer's protocol and name, and video
/// that is taken the offer's protocol, be it with early feedback or without (RFC 4585 §4.2).
pub fn line_up(answer: &mut Description, offered: &Description) {
    let same = |(ours, theirs): (&Media, &Media)| ours.kind == theirs.kind;
    let in_order = answer.media.len() == offered.media.len()
        && answer.media.iter().zip(&offered.media).all(same);
    if !in_order {
        place(answer, offered);
    }
    for (ours, theirs) in answer.media.iter_mut().zip(&offered.media) {
        if ours.kind == "video" && theirs.port == 0 {
            ours.port = 0;
        }
        if ours.port == 0 && ours.kind == "video" {
            ours.protocol.clone_from(&theirs.protocol);
            name(ours, theirs);
        } else if ours.kind == "video" && theirs.is_served() {
            ours.protocol.clone_from(&theirs.protocol);
        }
    }
}

/// Gives an offer within a dialog the places that streams had there before (RFC 3264 §8): each goes
/// to the first of its kind that has none yet. What was not there before takes the first place that
/// is left, as a fax does that of sound (§8.3.3), or comes behind; where nothing takes a place, the
/// stream of before is closed. An offer that has its places already stays as it is.
pub fn keep_places(offer: &mut Description, before: &Description) {
    let same = |(ours, theirs): (&Media, &Media)| ours.kind == theirs.kind;
    let kept =
        offer.media.len() >= before.media.len() && offer.media.iter().zip(&before.media).all(same);
    if kept {
        return;
    }
    let mut left = std::mem::take(&mut offer.media);
    let is_new = |ours: &Media| {
        let known = before.media.iter().any(|theirs| theirs.kind == ours.kind);
        !known && ours.port != 0
    };
    for theirs in &before.media {
        let found = left.iter().position(|ours| ours.kind == theirs.kind);
        let found = found.or_else(|| left.iter().position(is_new));
        let media = found.map_or_else(|| refused(theirs), |at| left.remove(at));
        offer.media.push(media);
    }
    left.retain(|media| media.port != 0);
    offer.media.append(&mut left);
}

/// The name by which an offer calls a stream.
fn name(ours: &mut Media, theirs: &Media) {
    ours.retain_attributes(|attribute| attribute.name != "mid");
    if let Some(mid) = theirs.value("mid") {
        ours.push_attribute(Attribute::with("mid", mid));
    }
}

fn place(answer: &mut Description, offered: &Description) {
    let mut left = std::mem::take(&mut answer.media);
    // what is refused anyway must not take the place of what is not
    left.sort_by_key(|media| media.port == 0);
    answer.media = offered
        .media
        .iter()
        .map(|theirs| {
            let fits =
                |ours: &Media| ours.kind == theirs.kind && (theirs.port != 0 || ours.port == 0);
            let found = left.iter().position(fits);
            found.map_or_else(|| refused(theirs), |at| left.remove(at))
        })
        .collect();
}
