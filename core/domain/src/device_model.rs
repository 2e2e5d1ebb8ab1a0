//! What model a telephone is, by what it calls itself.

/// Longest name of a model, in characters; the rest is cut off.
pub const DEVICE_MODEL_MAX: usize = 48;

/// Words of a name at most: makers write version, serial number and address behind it.
const WORDS_MAX: usize = 3;

/// Digits from which on a number is a serial number, an address or a date.
const SERIAL_DIGITS: usize = 8;

/// The model that a User-Agent or Server (RFC 3261 §20.41, §20.35) names, without versions,
/// comments, serial numbers and hardware addresses, so that telephones of a model have one name
/// whatever is installed on them. `None` where it names nothing.
///
/// `Yealink SIP-T46U 108.86.0.20` is a `Yealink SIP-T46U`.
#[must_use]
pub fn device_model(user_agent: &str) -> Option<String> {
    let before_comment = user_agent.split('(').next().unwrap_or_default();
    let words = before_comment.split_whitespace();
    let named = words.take_while(|word| !is_version(word) && !is_serial(word));
    let named = named.map(without_version).filter(|word| !word.is_empty());
    let model = named.take(WORDS_MAX).collect::<Vec<_>>().join(" ");
    let shown = model.chars().filter(|letter| !letter.is_control());
    let model: String = shown.take(DEVICE_MODEL_MAX).collect();
    let model = model.trim();
    (!model.is_empty()).then(|| model.to_owned())
}

/// Whether a word says a version and nothing else: `1.0.11.39`, `v3.10`, `rv2.10`.
fn is_version(word: &str) -> bool {
    let number = word.trim_start_matches(['r', 'v', 'V']);
    word.len() - number.len() <= 2
        && number.starts_with(|letter: char| letter.is_ascii_digit())
        && number.contains('.')
        && !number.contains('/')
}

/// Whether a word is a hardware address or a serial number.
fn is_serial(word: &str) -> bool {
    let mut digits = 0;
    for letter in word.chars() {
        match letter {
            ':' | '-' => {}
            _ if letter.is_ascii_hexdigit() => digits += 1,
            _ => return false,
        }
    }
    digits >= SERIAL_DIGITS && word.contains(|letter: char| letter.is_ascii_digit())
}

/// A word without the version at its end: `snomD785/10.1.54`, `SPA504G-7.6.2f`.
fn without_version(word: &str) -> &str {
    for mark in ['/', '-', '_'] {
        if let Some((name, version)) = word.rsplit_once(mark)
            && (is_version(version) || mark == '/' && begins_with_digit(version))
        {
            return name;
        }
    }
    word
}

fn begins_with_digit(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_telephone_keeps_its_name_whatever_is_installed_on_it() {
        for (said, model) in [
            ("Yealink SIP-T46U 108.86.0.20", "Yealink SIP-T46U"),
            (
                "Yealink SIP-T46U 108.86.0.75 805ec0aabbcc",
                "Yealink SIP-T46U",
            ),
            ("Grandstream GXP2170 1.0.11.39", "Grandstream GXP2170"),
            ("snomD785/10.1.54.13", "snomD785"),
            ("Cisco/SPA504G-7.6.2f", "Cisco/SPA504G"),
            ("Linphone/4.5.0 (belle-sip/4.5.0)", "Linphone"),
            ("baresip v3.10.1 (x86_64/Linux)", "baresip"),
            ("AVM FRITZ!Box 7590 154.07.29", "AVM FRITZ!Box 7590"),
            ("Fanvil X4U 2.4.0 0c:38:3e:12:34:56", "Fanvil X4U"),
            ("Fanvil X4U 0c383e123456", "Fanvil X4U"),
            ("SIP.js/0.20.0", "SIP.js"),
            ("Zoiper rv2.10.15.3", "Zoiper"),
            ("MicroSIP/3", "MicroSIP"),
            ("Rotary 3000/1.2", "Rotary 3000"),
            ("Bria 5 release 5.8.3", "Bria 5 release"),
        ] {
            assert_eq!(device_model(said).as_deref(), Some(model), "{said}");
        }
    }

    #[test]
    fn a_user_agent_that_names_nothing_has_no_model() {
        for said in ["", "  ", "(Linux)", "1.2.3", "0c383e123456", "\u{7}"] {
            assert_eq!(device_model(said), None, "{said:?}");
        }
    }

    #[test]
    fn a_name_without_end_is_cut() {
        let long = device_model(&"é".repeat(500)).unwrap();
        assert_eq!(long.chars().count(), DEVICE_MODEL_MAX);
        let words = device_model(&"phone ".repeat(100)).unwrap();
        assert_eq!(words, "phone phone phone");
    }
}
