//! Text of a peer's, as it is kept.

use crate::limits::TEXT_MAX;

/// Text without blanks around it and without what cannot be written again, no longer than
/// [`TEXT_MAX`] characters; `None` where nothing is left.
pub(crate) fn cut(text: &str) -> Option<String> {
    let kept = text.trim().chars().filter(|mark| !mark.is_control());
    let kept = kept.filter(|mark| !['\u{fffe}', '\u{ffff}'].contains(mark));
    let text: String = kept.take(TEXT_MAX).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_written_again_is_left_out() {
        assert_eq!(cut(" a\u{0}b\n"), Some("ab".to_owned()));
        assert_eq!(cut("\u{1} \u{ffff}"), None);
    }
}
