//! Views of signing in and of one's own account.

use admin::people::{Codes, LoginView as Shown, Me, Offer, Sent};
use domain::FixedRole;
use identity::passkey::AssertionAnswer;
use identity::{ACCESS_LIFE, Tokens};
use ids::{LoginId, RoleId, UserId};
use machine::WallTime;
use qrcode::QrCode;
use qrcode::render::svg;
use serde::{Deserialize, Serialize};
use tenancy::Owner;
use utoipa::ToSchema;

/// Who wants in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// The mail address.
    #[schema(example = "ann@acme.example")]
    pub(crate) mail: String,
    /// The password.
    pub(crate) password: String,
    /// Where, when the same address is known in several places: a domain of the tenant, the name
    /// of the reseller, or `platform`.
    pub(crate) at: Option<String>,
}

/// The second step of signing in; exactly one of the two codes, or a passkey in their place.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecondFactor {
    /// The challenge of the first step.
    pub(crate) challenge: String,
    /// The six digits that the app shows.
    pub(crate) totp: Option<String>,
    /// One of the recovery codes.
    pub(crate) recovery_code: Option<String>,
    /// What `navigator.credentials.get` gave for the offer of `auth/second-factor/passkey`, as
    /// its `toJSON()` writes it.
    pub(crate) passkey: Option<AssertionAnswer>,
}

/// Asks for a passkey as the second factor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecondPasskey {
    /// The challenge of the first step.
    pub(crate) challenge: String,
}

/// The code with which a sign-on ended.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignOnCode {
    /// What stood behind `#code=`.
    pub(crate) code: String,
}

/// A refresh token to be exchanged.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refresh {
    /// The refresh token.
    pub(crate) refresh_token: String,
}

/// A password set with a mailed link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkedPassword {
    /// What stands behind the `#` of the link.
    pub(crate) code: String,
    /// The new password, 12 to 128 characters.
    #[schema(min_length = 12, max_length = 128)]
    pub(crate) password: String,
}

/// Whose password is forgotten.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Forgotten {
    /// The mail address.
    pub(crate) mail: String,
    /// Where; without it, wherever the address is known.
    pub(crate) at: Option<String>,
}

/// A new password in place of the old one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// The present one.
    pub(crate) old: String,
    /// The new one, 12 to 128 characters.
    #[schema(min_length = 12, max_length = 128)]
    pub(crate) new: String,
}

/// The password once more, before something that a stolen token must not do.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Password {
    /// The password.
    pub(crate) password: String,
}

/// A code of the app.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Code {
    /// The six digits that the app shows.
    #[schema(example = "123456")]
    pub(crate) code: String,
}

/// The tokens of a login.
#[derive(Serialize, ToSchema)]
#[schema(as = Tokens)]
pub(crate) struct TokensView {
    /// Opens the API, as `Authorization: Bearer`.
    access_token: String,
    /// `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// How long the access token is good for, in seconds.
    expires_in: u64,
    /// Exchanged once for new tokens, within 30 days. One that is used a second time ends the
    /// login.
    refresh_token: String,
}

impl From<Tokens> for TokensView {
    fn from(tokens: Tokens) -> TokensView {
        TokensView {
            access_token: tokens.access.reveal(),
            token_type: "Bearer",
            expires_in: ACCESS_LIFE.as_secs(),
            refresh_token: tokens.refresh.reveal(),
        }
    }
}

/// What is awaited next.
#[derive(Serialize, ToSchema)]
#[schema(as = Challenge)]
pub(crate) struct ChallengeView {
    /// To be handed back with the code.
    pub(crate) challenge: String,
    /// Until when.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub(crate) expires: WallTime,
}

/// How signing in goes on: one of the two is there.
#[derive(Serialize, ToSchema)]
#[schema(as = SignedIn)]
pub(crate) struct SignedInView {
    /// The person is in.
    pub(crate) tokens: Option<TokensView>,
    /// A second factor is awaited.
    pub(crate) second_factor: Option<ChallengeView>,
}

/// One's own account.
#[derive(Serialize, ToSchema)]
#[schema(as = Me)]
pub(crate) struct MeView {
    /// The person's id.
    #[schema(value_type = String)]
    id: UserId,
    /// The mail address.
    mail: String,
    /// What people call the person.
    display_name: String,
    /// What the person may do.
    role: Option<FixedRole>,
    /// In its place: a role that somebody made.
    #[schema(value_type = Option<String>)]
    custom_role: Option<RoleId>,
    /// Whose the person is: `platform`, or the id of the reseller or the tenant.
    #[schema(value_type = String)]
    owner: Owner,
    /// What the tenant or the reseller is called by.
    owner_name: Option<String>,
    /// Whether a second factor is asked for at each sign-in.
    second_factor: bool,
    /// Recovery codes that are left.
    recovery_codes: usize,
}

impl From<Me> for MeView {
    fn from(me: Me) -> MeView {
        let spec = me.user.spec;
        MeView {
            id: me.user.id,
            mail: spec.mail,
            display_name: spec.display_name,
            role: spec.role,
            custom_role: spec.custom_role,
            owner: me.user.owner,
            owner_name: me.owner.map(|owner| owner.name),
            second_factor: me.second_factor,
            recovery_codes: me.recovery_codes,
        }
    }
}

/// One place where one is signed in.
#[derive(Serialize, ToSchema)]
#[schema(as = Login)]
pub(crate) struct LoginView {
    /// Its id.
    #[schema(value_type = String)]
    id: LoginId,
    /// The program that signed in, as it called itself.
    agent: String,
    /// When.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    began: WallTime,
    /// When it was last used, to ten minutes.
    #[serde(with = "machine::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    used: WallTime,
    /// Whether it is the one that asks.
    current: bool,
}

impl LoginView {
    /// A login, as it is shown to whoever asks through `current`.
    pub(crate) fn of(shown: Shown, current: Option<LoginId>) -> LoginView {
        LoginView {
            current: current == Some(shown.id),
            id: shown.id,
            agent: shown.agent,
            began: shown.began,
            used: shown.used,
        }
    }
}

/// A secret for an authenticator app, shown once.
#[derive(Serialize, ToSchema)]
#[schema(as = AuthenticatorOffer)]
pub(crate) struct OfferView {
    /// In base32, for typing it in.
    pub(crate) secret: Option<String>,
    /// What apps read from a picture.
    pub(crate) uri: Option<String>,
    /// That picture, as an SVG document.
    pub(crate) picture: Option<String>,
}

impl OfferView {
    /// What a repeated request is told.
    pub(crate) const BARE: OfferView = OfferView {
        secret: None,
        uri: None,
        picture: None,
    };
}

impl From<Offer> for OfferView {
    fn from(offer: Offer) -> OfferView {
        OfferView {
            secret: Some(offer.secret),
            // no address is longer than what the largest code holds
            picture: QrCode::new(&offer.uri).ok().map(|code| picture(&code)),
            uri: Some(offer.uri),
        }
    }
}

/// A QR code (ISO/IEC 18004) with the quiet zone that readers need, black on white.
fn picture(code: &QrCode) -> String {
    code.render::<svg::Color<'_>>()
        .min_dimensions(200, 200)
        .build()
}

/// Recovery codes, shown once.
#[derive(Serialize, ToSchema)]
#[schema(as = RecoveryCodes)]
pub(crate) struct CodesView {
    /// Each opens once. Empty when a request is repeated.
    pub(crate) codes: Vec<String>,
}

impl From<Codes> for CodesView {
    fn from(Codes(codes): Codes) -> CodesView {
        CodesView { codes }
    }
}

/// What became of a mail.
#[derive(Serialize, ToSchema)]
#[schema(as = SentMail)]
pub(crate) struct SentView {
    /// The address.
    mail: String,
    /// Whether it went out. It did not where no mail server is set.
    sent: bool,
    /// The link, only where it did not: to be handed over by whoever asked.
    link: Option<String>,
}

impl SentView {
    /// The same without the link, for a request that is repeated.
    pub(crate) fn bare(&self) -> SentView {
        SentView {
            mail: self.mail.clone(),
            sent: self.sent,
            link: None,
        }
    }
}

impl From<Sent> for SentView {
    fn from(sent: Sent) -> SentView {
        SentView {
            sent: sent.link.is_none(),
            mail: sent.mail,
            link: sent.link,
        }
    }
}
