//! Words that belong to one company and may never be seen by another.

use testkit::Packet;

/// Names of companies. Each begins with a letter that is rare in SIP.
pub(crate) const NAMES: [&str; 3] = ["zatlas", "zborea", "zcedar"];

/// The foreign name a packet holds.
pub(crate) fn foreign(own: usize, packet: &Packet) -> Option<&'static str> {
    name_in(&packet.bytes, |index| index != own)
}

/// The first name in a text that is one of those sought, by their places in [`NAMES`].
pub(crate) fn name_in(bytes: &[u8], sought: impl Fn(usize) -> bool) -> Option<&'static str> {
    let mut from = 0;
    while let Some(found) = bytes
        .get(from..)?
        .iter()
        .position(|byte| *byte | 0x20 == b'z')
    {
        let at = from + found;
        for (index, name) in NAMES.iter().enumerate() {
            let word = bytes.get(at..at + name.len());
            let same = word.is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes()));
            if same && sought(index) {
                return Some(name);
            }
        }
        from = at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_name_is_found_wherever_it_stands() {
        let packet = |text: &'static str| Packet {
            from: std::net::SocketAddr::from(([10, 0, 0, 1], 1)),
            to: std::net::SocketAddr::from(([10, 0, 0, 2], 1)),
            bytes: text.as_bytes().to_vec().into(),
        };
        assert_eq!(foreign(0, &packet("zz zatlas zebra")), None);
        assert_eq!(foreign(0, &packet("xyzZBorea")), Some("zborea"));
        assert_eq!(foreign(1, &packet("From: zatlas")), Some("zatlas"));
        assert_eq!(foreign(1, &packet("z")), None);
    }

    #[test]
    fn only_names_that_are_sought_are_found() {
        let text = b"label zcedar";
        assert_eq!(name_in(text, |_| true), Some("zcedar"));
        assert_eq!(name_in(text, |index| index != 2), None);
    }
}
