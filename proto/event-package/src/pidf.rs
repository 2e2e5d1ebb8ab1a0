//! `application/pidf+xml` (RFC 3863) with the activities of RFC 4480: whether and how somebody can
//! be reached.

use crate::xml::{DECLARATION, Text};
use std::fmt::{self, Display};

/// What somebody is doing (RFC 4480 §3.2); only what telephones tell and show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// On the telephone.
    OnThePhone,
    /// Not to be disturbed.
    Busy,
    /// Not at the desk.
    Away,
    /// In a meeting.
    Meeting,
    /// At lunch or dinner.
    Meal,
    /// On holiday.
    Vacation,
}

impl Activity {
    /// All of them.
    pub(crate) const ALL: [Activity; 6] = [
        Activity::OnThePhone,
        Activity::Busy,
        Activity::Away,
        Activity::Meeting,
        Activity::Meal,
        Activity::Vacation,
    ];

    /// The name of its element.
    #[must_use]
    pub fn element(self) -> &'static str {
        match self {
            Activity::OnThePhone => "on-the-phone",
            Activity::Busy => "busy",
            Activity::Away => "away",
            Activity::Meeting => "meeting",
            Activity::Meal => "meal",
            Activity::Vacation => "vacation",
        }
    }
}

/// One document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// URI of the extension.
    pub entity: String,
    /// Whether it can be called.
    pub open: bool,
    /// What it is doing, if anything.
    pub activity: Option<Activity>,
    /// For people.
    pub note: String,
}

impl Display for Presence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entity = Text(&self.entity);
        let basic = if self.open { "open" } else { "closed" };
        write!(
            f,
            "{DECLARATION}<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" \
             xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\" \
             xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\" entity=\"{entity}\">\n\
             <tuple id=\"line\"><status><basic>{basic}</basic></status>\
             <contact>{entity}</contact>"
        )?;
        if !self.note.is_empty() {
            write!(f, "<note>{}</note>", Text(&self.note))?;
        }
        f.write_str("</tuple>\n")?;
        if let Some(activity) = self.activity {
            let name = activity.element();
            writeln!(
                f,
                "<dm:person id=\"person\"><rpid:activities><rpid:{name}/></rpid:activities>\
                 </dm:person>"
            )?;
        }
        f.write_str("</presence>\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_who_talks_can_be_called_and_is_on_the_phone() {
        let presence = Presence {
            entity: "sip:101@example.com".into(),
            open: true,
            activity: Some(Activity::OnThePhone),
            note: "On the phone".into(),
        };
        let text = presence.to_string();
        assert!(text.contains("<basic>open</basic>"));
        assert!(text.contains("<rpid:on-the-phone/>"));
        assert!(text.contains("<note>On the phone</note>"));
    }

    #[test]
    fn somebody_without_a_telephone_is_closed_and_does_nothing() {
        let presence = Presence {
            entity: "sip:101@example.com".into(),
            open: false,
            activity: None,
            note: String::new(),
        };
        let text = presence.to_string();
        assert!(text.contains("<basic>closed</basic>"));
        assert!(!text.contains("person") && !text.contains("note"), "{text}");
    }
}
