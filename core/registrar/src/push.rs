//! What a phone that sleeps is to be woken with (RFC 8599), as its contact says it. It is kept with
//! the contact and told to nobody by us: this exchange does not wake phones yet.

/// The parameters of a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// `pn-provider`: which service wakes it.
    pub provider: String,
    /// `pn-param`, as that service understands it; may be empty.
    pub param: String,
    /// Whether it says `pn-prid`, by which that service knows the phone. Whoever has it can wake
    /// the phone, so it is not shown.
    pub named: bool,
}

/// What a contact says of being woken; none where it names no service.
#[must_use]
pub fn push_of(contact: &str) -> Option<Push> {
    let value = |wanted: &str| {
        let mut params = contact.split(['?', '>']).next()?.split(';').skip(1);
        params.find_map(|param| {
            let (name, value) = param.split_once('=').unwrap_or((param, ""));
            name.eq_ignore_ascii_case(wanted).then(|| value.to_owned())
        })
    };
    Some(Push {
        provider: value("pn-provider").filter(|provider| !provider.is_empty())?,
        param: value("pn-param").unwrap_or_default(),
        named: value("pn-prid").is_some_and(|prid| !prid.is_empty()),
    })
}

/// A contact without what only its phone and the service that wakes it are to know.
#[must_use]
pub fn without_prid(contact: &str) -> String {
    let mut shown = String::with_capacity(contact.len());
    for (at, param) in contact.split(';').enumerate() {
        if at > 0 {
            shown.push(';');
        }
        let secret = at > 0
            && param
                .get(..8)
                .is_some_and(|name| name.eq_ignore_ascii_case("pn-prid="));
        if secret {
            shown.push_str("pn-prid=...");
        } else {
            shown.push_str(param);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASLEEP: &str = "sip:101@192.0.2.7:5060;pn-provider=apns;PN-PRID=00fc13adff78512;\
        pn-param=TEAM.example.phone;ob";

    // rfc: 8599 §4.1.2
    #[test]
    fn a_contact_says_which_service_wakes_its_phone() {
        let push = Push {
            provider: "apns".to_owned(),
            param: "TEAM.example.phone".to_owned(),
            named: true,
        };
        assert_eq!(push_of(ASLEEP), Some(push));
        assert_eq!(push_of("sip:101@192.0.2.7;pn-provider"), None, "it asks");
        assert_eq!(push_of("sip:101@192.0.2.7;ob"), None);
    }

    #[test]
    fn what_would_wake_the_phone_is_shown_to_nobody_and_all_else_is() {
        let shown = without_prid(ASLEEP);
        assert!(!shown.contains("00fc13"), "{shown}");
        assert!(shown.ends_with(";pn-prid=...;pn-param=TEAM.example.phone;ob"));
        let plain = "sip:101@192.0.2.7;ob";
        assert_eq!(without_prid(plain), plain);
    }
}
