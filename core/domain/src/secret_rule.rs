//! Which sort of secret the documents of a kind have.

/// Whether the documents of a kind have a secret. It comes in the member `secret` and is never
/// given out again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretRule {
    /// They have none.
    None,
    /// They have a password, of which digests are kept: where none is supplied one is generated,
    /// and told once.
    Generated,
    /// They have keys that sign, which the exchange makes and tells once. One that was replaced
    /// signs for a while beside its successor.
    Signing,
    /// They may have a secret of somebody else's making, which the exchange presents to whoever
    /// issued it: none is generated.
    Supplied,
    /// They may have a private key of P-256, which is made elsewhere and comes in PEM.
    PrivateKey,
}
