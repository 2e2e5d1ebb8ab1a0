//! An answer brought into the order of its offer.

use crate::negotiate::refused;
use crate::{Description, Media};

/// Gives an answer as many streams as its offer has, in the offer's order (RFC 3264 §6): each
/// stream of the answer goes to the first of the offer of its kind that has none yet, and those of
/// the offer that are left are refused by port 0. Machines leave lines away or change places when
/// they go over from sound to fax. An answer that is in order stays as it is.
pub fn line_up(answer: &mut Description, offered: &Description) {
    let same = |(ours, theirs): (&Media, &Media)| ours.kind == theirs.kind;
    let in_order = answer.media.len() == offered.media.len()
        && answer.media.iter().zip(&offered.media).all(same);
    if in_order {
        return;
    }
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
