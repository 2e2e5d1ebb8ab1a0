//! Lists of lamps: what there is to see of those on an extension's list (RFC 4662).

use super::Shard;
use super::picture::uri_of;
use domain::{CompiledTenant, LAMP_LIST_PREFIX};
use machine::Instant;
use sip_stack::transaction::Owner;
use watch::{Due, ListPicture, Listed, Watcher};

impl Shard {
    /// Tells a watch of a list what there may be news of, as far as it can be told now.
    pub(super) fn tell_of_list(&mut self, owner: Owner, anew: bool, now: Instant) {
        let watches = &mut self.sip.lamps.watches;
        let Some(due) = watches.due(owner, anew) else {
            return;
        };
        let watch = self.sip.lamps.watches.get(owner);
        let picture = watch.and_then(|watch| self.list_picture(&watch.watcher, &due, now));
        if let Some(picture) = picture {
            self.with_watch(owner, now, |watches, desk| {
                watches.tell_list(owner, picture, desk);
            });
        }
    }

    fn list_picture(&self, watcher: &Watcher, due: &Due, now: Instant) -> Option<ListPicture> {
        let tenant = self.tenants.compiled(watcher.scope.tenant())?;
        let own = tenant.extension(watcher.extension)?;
        let address = format!("{LAMP_LIST_PREFIX}{}", own.number);
        let listed = match due {
            Due::All => {
                let numbers = own.lamp_list().iter();
                numbers
                    .map(|number| self.listed(number, watcher, &tenant, now))
                    .collect()
            }
            Due::These(extensions) => {
                let known = extensions.iter().filter_map(|id| tenant.extension(*id));
                known
                    .map(|one| self.listed(&one.number, watcher, &tenant, now))
                    .collect()
            }
        };
        Some(ListPicture {
            uri: uri_of(&address, &tenant),
            domain: tenant.domain().to_owned(),
            whole: *due == Due::All,
            listed,
        })
    }

    /// One of a list. What the watcher may not watch is shown as what is not there.
    fn listed(
        &self,
        number: &str,
        watcher: &Watcher,
        tenant: &CompiledTenant,
        now: Instant,
    ) -> Listed {
        let watching = tenant.device(watcher.device).map(|device| device.extension);
        let found = tenant.extension_by_number(number).filter(|found| {
            let may = watching.is_some_and(|watching| tenant.may_watch(watching, found));
            found.enabled && may
        });
        Listed {
            uri: uri_of(number, tenant),
            name: found.map_or_else(String::new, |found| found.display_name.to_string()),
            seen: found.map(|found| (found.id, self.seen_of(found, watcher, tenant, now))),
        }
    }
}
