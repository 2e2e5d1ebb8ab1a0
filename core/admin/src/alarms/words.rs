//! What a mail about a call for help says.

use domain::{Brand, HelpCalled};
use machine::WallTime;
use ports::{MAIL_SUBJECT_MAX, Mail};

use crate::people::PRODUCT;

/// The mail to one address about one call.
pub(super) fn mail(help: &HelpCalled, (to, at): (&str, WallTime), brand: &Brand) -> Mail {
    let product = brand.name.clone().unwrap_or_else(|| PRODUCT.to_owned());
    Mail {
        to: to.to_owned(),
        from_name: product.clone(),
        from: brand.mail_from.clone(),
        subject: one_line(&subject(help)),
        text: text(help, at, &product),
        html: None,
    }
}

fn subject(help: &HelpCalled) -> String {
    let (number, caller) = (&help.number, &help.caller.number);
    let place = help.location.as_ref().map_or("an unknown place", |l| {
        if l.label.is_empty() {
            &l.name
        } else {
            &l.label
        }
    });
    match help.test {
        false => format!("Emergency: {caller} called {number} from {place}"),
        true => format!("Test: {caller} tried {number} from {place}"),
    }
}

fn text(help: &HelpCalled, at: WallTime, product: &str) -> String {
    let caller = match help.caller.display.as_str() {
        "" => help.caller.number.clone(),
        name => format!("{} ({name})", help.caller.number),
    };
    let what = match help.test {
        false => "Somebody calls for help.",
        true => "Somebody tried where a call for help leads. Nobody called for help.",
    };
    let place = match &help.location {
        Some(place) if place.confirmed => place.address.clone(),
        Some(place) => format!("{} (nobody has confirmed it)", place.address),
        None => "nobody has said where this telephone is".to_owned(),
    };
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
    let (number, device, callback) = (&help.number, or_none(&help.device), or_none(&help.callback));
    format!(
        "{what}\n\nNumber:    {number}\nCaller:    {caller}\nTelephone: {device}\n\
         Place:     {place}\nCall back: {callback}\nTime:      {at}\n\n{product}\n",
        at = at.to_rfc3339()
    )
}

/// One line within the bound of a subject.
fn one_line(subject: &str) -> String {
    let line: String = subject.chars().filter(|c| !c.is_control()).collect();
    let end = line.floor_char_boundary(MAIL_SUBJECT_MAX);
    line[..end].to_owned()
}
