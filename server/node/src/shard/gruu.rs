//! Addresses of single phones (RFC 5627): told to those that register, and followed to the one
//! phone that they mean. Whoever is asked for so is written `NUMBER;gr=INSTANCE`, as in the
//! address.

use super::Shard;
use super::admission::Admitted;
use super::dialling::Way;
use call::{Contact, DialPlan, DialStep};
use domain::{CompiledDevice, CompiledExtension, CompiledTenant};
use ids::ExtensionId;
use registrar::{Binding, Bound};
use routing::{Dialled, Explanation, HostClass, Refusal};
use sip_leg::Identity;
use sip_message::{Message, escape_param};
use tenancy::TenantScope;

/// What stands between a number and the phone of it that is meant.
const PHONE_OF: &str = ";gr=";

/// One phone of an extension's that has registered.
struct Phone<'a> {
    device: &'a CompiledDevice,
    /// Which of the device's phones.
    slot: u8,
}

impl Shard {
    /// The contacts of a device as it is told of them, with addresses of its phones where it knows
    /// what to do with those.
    pub(crate) fn contacts_told(
        &mut self,
        admitted: &Admitted,
        message: &Message,
        bound: &[Bound],
    ) -> Vec<String> {
        let mut told: Vec<String> = bound.iter().map(contact).collect();
        if !message.supports("gruu") {
            return told;
        }
        let tenant = &admitted.tenant;
        let device = tenant.device(admitted.device);
        let Some(device) = device else {
            return told;
        };
        let bindings = self
            .registrar
            .bindings(&admitted.scope, admitted.device)
            .iter();
        for (value, binding) in told.iter_mut().zip(bindings) {
            let Some(instance) = &binding.instance else {
                continue;
            };
            // of the user that registered (RFC 5627 §3.1): phones refuse what names another
            let (public, instance) = (uri(&device.username, tenant), escape_param(instance));
            *value += &format!(";pub-gruu=\"{public};gr={instance}\"");
            let user = self.registrar.temporary_user(binding, &mut self.random);
            if let Some(user) = user {
                *value += &format!(";temp-gruu=\"sip:{user}@{};gr\"", tenant.domain());
            }
        }
        told
    }

    /// Whoever a user means, as the exchange writes it: one phone where `gr` says which, or the
    /// user is a temporary address of one of this company's.
    pub(crate) fn meant(
        &self,
        scope: &TenantScope,
        tenant: &CompiledTenant,
        user: String,
        gr: Option<&str>,
    ) -> String {
        let number_of = |device: &CompiledDevice| Some(&tenant.extension(device.extension)?.number);
        if let Some(instance) = gr.filter(|instance| !instance.is_empty()) {
            let number = tenant.device_by_username(&user).and_then(number_of);
            let number = number.map_or(&*user, |number| number);
            return format!("{number}{PHONE_OF}{instance}");
        }
        let phone = self.registrar.by_temporary_user(scope, &user);
        let named = phone.and_then(|phone| {
            let number = tenant.device(phone.who).and_then(number_of)?;
            Some(format!("{number}{PHONE_OF}{}", phone.instance.as_ref()?))
        });
        named.unwrap_or(user)
    }

    /// The plan of a call that is to reach one phone and no other; none where no phone is named.
    pub(crate) fn plan_to_phone(
        &self,
        scope: &TenantScope,
        tenant: &CompiledTenant,
        dialled: &Dialled,
    ) -> Option<DialPlan> {
        if dialled.host != HostClass::Own {
            return None;
        }
        let (number, instance) = dialled.user.split_once(PHONE_OF)?;
        let mut explanation = Explanation::default();
        let extension = named_extension(tenant, number);
        let Some(extension) = extension else {
            explanation.add("gruu.unknown", "nobody has the number of that phone");
            return Some(plan(DialStep::Refuse(Refusal::NOT_FOUND), explanation));
        };
        let phones = self.phones_named(scope, tenant, extension, instance);
        let targets: Vec<Contact> = phones
            .map(|phone| Contact {
                device: phone.device.id,
                extension: extension.id,
                number: extension.number.to_string(),
                display: extension.display_name.to_string(),
                slot: phone.slot,
            })
            .collect();
        if targets.is_empty() {
            let because = format!("that phone of {} is not registered", extension.number);
            explanation.add("gruu.gone", because);
            return Some(plan(DialStep::Refuse(Refusal::UNAVAILABLE), explanation));
        }
        let because = format!("one phone of {} is meant, and no other", extension.number);
        explanation.add("gruu.phone", because);
        let ring = DialStep::Ring {
            number: extension.number.to_string(),
            targets,
            timeout: extension.ring(),
        };
        Some(plan(ring, explanation))
    }

    /// The extension of which one phone is meant, and the ways to that; none where none is named.
    pub(crate) fn ways_to_phone(
        &self,
        scope: &TenantScope,
        tenant: &CompiledTenant,
        meant: &str,
    ) -> Option<(ExtensionId, Vec<Way>)> {
        let (number, instance) = meant.split_once(PHONE_OF)?;
        let extension = named_extension(tenant, number)?;
        let phones = self.phones_named(scope, tenant, extension, instance);
        let ways = phones.filter_map(|phone| self.way_to(scope, phone.device.id, phone.slot));
        Some((extension.id, ways.collect()))
    }

    /// The phones of an extension with this instance; one, unless two devices claim to be the same.
    fn phones_named<'a>(
        &'a self,
        scope: &'a TenantScope,
        tenant: &'a CompiledTenant,
        extension: &'a CompiledExtension,
        instance: &'a str,
    ) -> impl Iterator<Item = Phone<'a>> {
        let devices = tenant.devices_of(extension).filter(|one| one.enabled);
        devices.flat_map(move |device| {
            let phones = self.registrar.phones(scope, device.id).zip(0_u8..);
            phones.filter_map(move |(phone, slot)| {
                is_named(phone, instance).then_some(Phone { device, slot })
            })
        })
    }
}

fn named_extension<'a>(tenant: &'a CompiledTenant, number: &str) -> Option<&'a CompiledExtension> {
    let found = tenant.extension_by_number(number);
    found.filter(|extension| extension.enabled)
}

/// URNs are compared without regard to case (RFC 8141 §3.1), and instances are such.
fn is_named(phone: &Binding, instance: &str) -> bool {
    let own = phone.instance.as_deref();
    own.is_some_and(|own| own.eq_ignore_ascii_case(instance))
}

fn plan(step: DialStep, explanation: Explanation) -> DialPlan {
    DialPlan {
        steps: vec![step],
        explanation,
        emergency: None,
        beside: None,
    }
}

/// A contact as its device is told of it.
pub(crate) fn contact(bound: &Bound) -> String {
    let mut value = format!("<{}>;expires={}", bound.contact, bound.seconds);
    if let Some(instance) = &bound.instance {
        value += &format!(";+sip.instance=\"<{instance}>\"");
    }
    if let Some(reg_id) = bound.reg_id {
        value += &format!(";reg-id={reg_id}");
    }
    value
}

fn uri(user: &str, tenant: &CompiledTenant) -> String {
    let identity = Identity {
        number: user,
        display: "",
        domain: tenant.domain(),
    };
    let value = identity.value();
    value.trim_matches(['<', '>']).to_owned()
}
