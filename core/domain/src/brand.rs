//! A brand: how a reseller looks to those who buy from it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::invalid::{Invalid, rule};
use crate::text;

/// Longest logo, as the text of a `data:` URL.
const LOGO_MAX: usize = 65_536;

/// Name, logo, colours, and where the portal and its mails come from. What is left out is
/// inherited from the account above.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Brand {
    /// The product's name, at most 64 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A picture as a `data:image/…;base64,` URL (PNG, JPEG, WebP) of at most 64 KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// The main colour, `#rrggbb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_color: Option<String>,
    /// The colour of what stands out, `#rrggbb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accent_color: Option<String>,
    /// Host name of the portal; unique on the platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// Address that mails show as their sender; the exchange's own address stays the one that
    /// sends them, so the domain's mail policy (SPF, DMARC) must let it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_from: Option<String>,
}

impl Brand {
    pub(crate) fn normalise(&mut self) {
        let texts = [
            &mut self.domain,
            &mut self.primary_color,
            &mut self.accent_color,
        ];
        for text in texts.into_iter().flatten() {
            text.make_ascii_lowercase();
        }
    }

    pub(crate) fn validate(&self) -> Result<(), Invalid> {
        if let Some(name) = &self.name {
            text::label(name, "/brand/name")?;
        }
        let colors = [
            ("/brand/primary_color", &self.primary_color),
            ("/brand/accent_color", &self.accent_color),
        ];
        for (field, color) in colors {
            let good = color.as_ref().is_none_or(|color| is_color(color));
            rule(good, field, "must be a colour such as #0a64c8")?;
        }
        if let Some(domain) = &self.domain {
            text::host_name(domain, "/brand/domain")?;
        }
        if let Some(mail) = &self.mail_from {
            text::mail_address(mail, "/brand/mail_from")?;
        }
        let logo = self.logo.as_ref().is_none_or(|logo| is_picture(logo));
        rule(
            logo,
            "/brand/logo",
            "must be a data: URL of a PNG, JPEG or WebP picture of at most 64 KiB",
        )
    }
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn is_picture(text: &str) -> bool {
    let types = ["png", "jpeg", "webp"];
    let body = types
        .iter()
        .find_map(|kind| text.strip_prefix(&format!("data:image/{kind};base64,")));
    text.len() <= LOGO_MAX
        && body.is_some_and(|body| {
            !body.is_empty()
                && body
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b))
        })
}
