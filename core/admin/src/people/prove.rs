//! Comparing and hashing passwords, where heavy work is done.

use domain::Invalid;
use identity::{PasswordHash, Verdict};
use ports::{HeavyWork, apart};

use super::known::Known;
use super::refusal::Refusal;
use crate::desk::Origin;
use crate::office::Office;

/// Compares a password with the one that is kept, or with nobody's. When it is right and was kept
/// at another cost, its new hash comes with the verdict.
pub(super) async fn compare(
    office: &Office,
    heavy: &dyn HeavyWork,
    stored: Option<PasswordHash>,
    password: &str,
) -> Result<(bool, Option<PasswordHash>), Refusal> {
    let (password, cost, salt) = (password.to_owned(), office.desk().cost, office.random());
    let compared = apart(heavy, move || {
        match PasswordHash::verify(stored.as_ref(), &password, cost) {
            Verdict::Wrong => (false, None),
            Verdict::Right => (true, None),
            Verdict::RightButOld => (true, PasswordHash::make(&password, salt, cost).ok()),
        }
    });
    Ok(compared.await?)
}

/// Hashes a new password that the person may take.
pub(super) async fn hash(
    office: &Office,
    heavy: &dyn HeavyWork,
    known: &Known,
    password: &str,
) -> Result<PasswordHash, Refusal> {
    known.policy().check(password)?;
    let (password, cost, salt) = (password.to_owned(), office.desk().cost, office.random());
    let made = apart(heavy, move || PasswordHash::make(&password, salt, cost)).await?;
    made.map_err(|error| Invalid::new("/password", error.to_string()).into())
}

/// Makes a person who is signed in prove the password again, before something that a stolen
/// access token must not do.
pub(super) async fn again(
    office: &Office,
    heavy: &dyn HeavyWork,
    known: &Known,
    password: &str,
    origin: &Origin,
) -> Result<(), Refusal> {
    let (desk, now) = (office.desk(), office.now());
    let attempt = desk.attempt(&known.user.spec.mail, Some(known.user.id), origin);
    desk.let_try(now, &attempt).map_err(Refusal::Wait)?;
    let stored = known.credentials.password.clone();
    let (right, _) = compare(office, heavy, stored, password).await?;
    if !right {
        return Err(Refusal::Wrong);
    }
    desk.was_right(now, &attempt);
    Ok(())
}
