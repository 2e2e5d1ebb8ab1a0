//! The browser that sets out on a visit, known again by its cookie when it comes back.

use ids::TenantId;

use crate::base64url;

/// What the cookie of a browser holds: whose sign-in server it was sent to, and 128 random bits.
/// A visit's state proves it whole, so the tenant in it is the one that was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Browser {
    tenant: TenantId,
    text: String,
}

impl Browser {
    /// A browser that is about to set out.
    pub fn new(tenant: TenantId, random: [u8; 16]) -> Browser {
        let bytes = [tenant.as_u128().to_be_bytes(), random].concat();
        Browser {
            tenant,
            text: base64url::encode(&bytes),
        }
    }

    /// Reads a cookie; `None` when it has not the form of one.
    pub fn parse(text: &str) -> Option<Browser> {
        let bytes: [u8; 32] = base64url::decode(text)?.try_into().ok()?;
        let (tenant, _random) = bytes.split_first_chunk::<16>()?;
        Some(Browser {
            tenant: TenantId::from_u128(u128::from_be_bytes(*tenant)),
            text: text.to_owned(),
        })
    }

    /// Whose sign-in server it was sent to, as it claims until the state proves it.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The text for the cookie.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_reads_back_and_nothing_else_is_one() {
        let tenant = TenantId::new(1, 1);
        let browser = Browser::new(tenant, [7; 16]);
        assert_eq!(Browser::parse(browser.as_str()), Some(browser.clone()));
        assert_eq!(browser.tenant(), tenant);
        let text = browser.as_str();
        for bad in ["", "x", &text[1..], &text[..40], &format!("{text}AAAA")] {
            assert_eq!(Browser::parse(bad), None, "{bad}");
        }
    }
}
