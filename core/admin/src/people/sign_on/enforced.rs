//! Whose passwords open nothing, because the company says so.

use domain::FixedRole;
use ports::StoreError;
use tenancy::Owner;

use super::door::Door;
use crate::office::Office;
use crate::people::known::Known;
use crate::people::refusal::Refusal;

/// Which ways in there are for a mail address.
pub(in crate::people) struct Ways(Option<Owner>);

impl Ways {
    /// Those of a mail address in lower case.
    pub(in crate::people) async fn of(office: &Office, mail: &str) -> Result<Ways, StoreError> {
        let door = Door::of_mail(office, mail).await?;
        let door = door.filter(|door| door.server.spec.enforced);
        Ok(Ways(door.map(|door| door.scope.owner())))
    }

    /// What whoever showed something wrong is told: where the company's server is the only way,
    /// that, whether anybody has the address or not.
    pub(in crate::people) fn wrong(&self) -> Refusal {
        match self.0 {
            Some(_) => Refusal::Elsewhere,
            None => Refusal::Wrong,
        }
    }

    /// Whether a person must come by way of the server. Its admins need not: when the server is
    /// away or set up wrongly, somebody must be able to mend it. Nor need people of others who
    /// have such an address, such as the operator's own.
    pub(in crate::people) fn close(&self, known: &Known) -> bool {
        let admin = known.user.spec.role == Some(FixedRole::TenantAdmin);
        self.0 == Some(known.user.owner) && !admin
    }
}

/// Refuses a person who must come by way of the company's server.
///
/// # Errors
/// `Elsewhere`, else what the store says.
pub(in crate::people) async fn elsewhere(office: &Office, known: &Known) -> Result<(), Refusal> {
    let ways = Ways::of(office, &known.user.spec.mail).await?;
    if ways.close(known) {
        return Err(Refusal::Elsewhere);
    }
    Ok(())
}
