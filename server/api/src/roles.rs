//! The page of roles and permissions, made of the operations and the roles themselves.

use domain::{FixedRole, Permission, Rights};

use crate::operations;

const HEAD: &str = "\
# Roles and permissions

Made of the operations and the roles themselves: `cargo run -p api --example roles > \
docs/guide/roles.md`.

A permission is a topic and a verb, such as `extension.read`. Lists take patterns, too: \
`extension.*`, `*.read`, `*.*`. Whoever presents a key needs the permission of the operation, \
and of one that is named twice below both; \
without it the answer is 403 with `urn:strowger:problem:forbidden`, which names the permission. \
What lies beyond one's reach stays 404, whatever one is permitted.

A role of one's own (kind `role`) has `allow` and `deny`; what is denied stays denied whatever \
allows it. Each fixed role is valid at its own level only. What is one's own (`/api/v1/me`) needs \
no permission.
";

/// The page of roles and permissions, as Markdown.
pub fn roles() -> String {
    let mut text = HEAD.to_owned();
    text.push_str("\n## What the fixed roles may do\n\n| Permission |");
    text.push_str(&FixedRole::ALL.map(|role| format!(" {role} |")).concat());
    text.push_str(&format!("\n|---|{}\n", "---|".repeat(FixedRole::ALL.len())));
    for permission in Permission::all() {
        text.push_str(&format!("| `{permission}` |"));
        for role in FixedRole::ALL {
            let has = Rights::of_fixed(role).permit(permission);
            text.push_str(if has { " yes |" } else { " |" });
        }
        text.push('\n');
    }
    text.push_str("\n## What permissions open\n\n| Permission | Operations |\n|---|---|\n");
    for permission in Permission::all() {
        let opened = needs().filter(|(_, needed)| needed.contains(&permission));
        let names: Vec<String> = opened.map(|(name, _)| format!("`{name}`")).collect();
        text.push_str(&format!("| `{permission}` | {} |\n", names.join(", ")));
    }
    text
}

/// Every operation's name, and the permissions that it needs.
fn needs() -> impl Iterator<Item = (&'static str, &'static [Permission])> {
    let all = operations::all().iter();
    all.map(|operation| (operation.name.as_ref(), operation.needs.as_slice()))
}
