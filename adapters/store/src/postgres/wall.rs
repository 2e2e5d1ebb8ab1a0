//! The second wall, looked at before anything is stored behind it.

use postgres::Client;

use crate::relational::OpenError;

/// Tables without a tenant: a number each, and nobody's data.
const OPEN_GROUND: &str = "'feed_end', 'schema_version'";

/// Refuses a role that row security does not hold, and tables that are not behind it.
pub(super) fn check(client: &mut Client) -> Result<(), OpenError> {
    let role = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user";
    let owner = "SELECT EXISTS (SELECT 1 FROM pg_class
        WHERE relnamespace = 'strowger'::regnamespace
        AND pg_has_role(current_user, relowner, 'MEMBER'))";
    let gap = format!(
        "SELECT EXISTS (SELECT 1 FROM pg_class
        WHERE relnamespace = 'strowger'::regnamespace AND relkind IN ('r', 'p')
        AND NOT (relrowsecurity AND relforcerowsecurity) AND relname NOT IN ({OPEN_GROUND}))"
    );
    for (question, refusal) in [
        (
            role,
            "the role is a superuser or may bypass row security: tenants would be kept apart by \
             our own texts alone; use a role of its own",
        ),
        (
            owner,
            "the role owns the tables and could switch row security off: prepare them with \
             another role",
        ),
        (
            &gap,
            "row security is switched off for a table: prepare the database again",
        ),
    ] {
        if client.query_one(question, &[])?.try_get(0)? {
            return Err(OpenError::NoWall(refusal));
        }
    }
    Ok(())
}
