//! The administrator, who changes companies while people talk.

use crate::scene::{CALLS, Scene, Trouble, now};
use admin::documents;
use domain::{Device, Extension, Tenant};
use machine::Random;
use serde_json::{Value, json};
use tenancy::{PlatformScope, TenantScope, Unresolved};

impl Scene {
    fn patch_tenant(&mut self, firm: usize, patch: &Value) -> Result<(), Trouble> {
        let id = self.firms[firm].id;
        let platform = PlatformScope::at_console().account();
        let reference = Unresolved::<Tenant>::new(id.to_string());
        let (found, _) = now(documents::find(&self.office, &platform, &reference))?;
        let patched = documents::patch::<Tenant, _>(&self.office, &platform, found, None, patch);
        now(patched)?;
        Ok(())
    }

    fn patch_device(&mut self, firm: usize, person: usize, patch: &Value) -> Result<(), Trouble> {
        let (id, device) = (self.firms[firm].id, self.firms[firm].people[person].device);
        let scope = TenantScope::for_job(id, "simulation");
        let reference = Unresolved::<Device>::new(device.to_string());
        let (located, _) = now(documents::find(&self.office, &scope, &reference))?;
        let patched = documents::patch::<Device, _>(&self.office, &scope, located, None, patch);
        now(patched)?;
        Ok(())
    }

    fn patch_extension(
        &mut self,
        firm: usize,
        person: usize,
        patch: &Value,
    ) -> Result<(), Trouble> {
        let (id, extension) = (
            self.firms[firm].id,
            self.firms[firm].people[person].extension,
        );
        let scope = TenantScope::for_job(id, "simulation");
        let reference = Unresolved::<Extension>::new(extension.to_string());
        let (located, _) = now(documents::find(&self.office, &scope, &reference))?;
        let patched = documents::patch::<Extension, _>(&self.office, &scope, located, None, patch);
        now(patched)?;
        Ok(())
    }

    fn set_cap(&mut self, firm: usize, cap: u32) -> Result<(), Trouble> {
        self.patch_tenant(firm, &json!({"caps": {"concurrent_calls": cap}}))?;
        let wall = self.wall();
        self.firms[firm].caps.push((wall, cap));
        Ok(())
    }

    /// One change of one company; gives its description.
    pub(crate) fn administer(
        &mut self,
        firm: usize,
        random: &mut Random,
    ) -> Result<String, Trouble> {
        self.clock.set(self.wall());
        let people = u64::try_from(self.firms[firm].people.len()).unwrap_or(1);
        let person = usize::try_from(random.below(people)).unwrap_or(0);
        let said = match random.below(6) {
            0 => {
                let cap = 1 + u32::try_from(random.below(u64::from(CALLS))).unwrap_or(0);
                self.set_cap(firm, cap)?;
                format!("at most {cap} calls")
            }
            1 => {
                self.set_cap(firm, CALLS)?;
                format!("at most {CALLS} calls again")
            }
            2 => {
                self.patch_device(firm, person, &json!({"enabled": false}))?;
                format!("device {person} disabled")
            }
            3 => {
                self.patch_extension(firm, person, &json!({"enabled": false}))?;
                format!("extension of {person} disabled")
            }
            4 => {
                let secret = random.token(20);
                self.patch_device(firm, person, &json!({"secret": secret}))?;
                let phone = self.firms[firm].people[person].phone;
                self.world.phones[phone.0].account.password = secret;
                format!("a new secret for {person}")
            }
            _ => {
                self.restore_firm(firm)?;
                "everything enabled".to_owned()
            }
        };
        self.follow()?;
        Ok(said)
    }

    fn restore_firm(&mut self, firm: usize) -> Result<(), Trouble> {
        for person in 0..self.firms[firm].people.len() {
            self.patch_device(firm, person, &json!({"enabled": true}))?;
            self.patch_extension(firm, person, &json!({"enabled": true}))?;
        }
        Ok(())
    }

    /// Gives every company back what it had in the beginning.
    pub(crate) fn restore_all(&mut self) -> Result<(), Trouble> {
        self.clock.set(self.wall());
        for firm in 0..self.firms.len() {
            self.restore_firm(firm)?;
            self.set_cap(firm, CALLS)?;
        }
        self.follow()
    }
}
