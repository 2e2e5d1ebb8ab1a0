//! Calls for help: told before anything is proven, never refused for a share, and made known.

use super::Shard;
use crate::calls::{CallKey, Entry};
use crate::trunks::Line;
use call::{Beside, TrunkAttempt};
use domain::{CompiledTenant, EmergencyUri, Event, HelpCalled, LocationTold, TrunkLocation};
use ids::ExtensionId;
use machine::Instant;
use routing::{Emergency, RouteRequest};
use sip_message::{Message, Name, Scheme, Uri};
use sip_stack::usage::Part;
use std::borrow::Cow;
use tenancy::TenantScope;

/// Whether a request seems to call for help, whoever of a company sends it.
pub(crate) fn seems_for_help(tenant: &CompiledTenant, message: &Message) -> bool {
    let uri = message.request_uri().ok();
    let dialled = uri.as_ref().and_then(dialled_by);
    dialled.is_some_and(|dialled| routing::may_call_for_help(tenant, &dialled))
}

/// What a Request-URI asks for: a telephone number, a user, or a service (RFC 5031).
pub(crate) fn dialled_by<'a>(uri: &Uri<'a>) -> Option<Cow<'a, str>> {
    match uri.scheme {
        Scheme::Tel => uri.tel_number().map(Cow::Owned),
        Scheme::Sip | Scheme::Sips => Some(uri.user_decoded().unwrap_or_default()),
        Scheme::Other(_) => Some(Cow::Borrowed(uri.as_str())),
    }
}

/// What a carrier gets beside, of whom somebody asks for help.
#[derive(Default)]
pub(crate) struct AskedForHelp {
    /// The Request-URI, where it is not the number.
    pub(crate) uri: Option<String>,
    /// Where the place is to be found in the message (RFC 6442 §4.1), and that it is for finding
    /// the way (§4.2).
    pub(crate) headers: Vec<(Name<'static>, String)>,
    /// The place.
    pub(crate) beside: Option<Part>,
}

impl Shard {
    /// What a trunk gets beside for an attempt at a call for help; nothing for any other call.
    pub(crate) fn help_by(
        &self,
        entry: &Entry,
        line: &Line,
        attempt: &TrunkAttempt,
    ) -> AskedForHelp {
        let Some(about) = &entry.emergency else {
            return AskedForHelp::default();
        };
        let by_urn = line.spec().emergency_uri == EmergencyUri::Urn && !about.test;
        let mut asked = AskedForHelp {
            uri: by_urn.then(|| routing::SOS.to_owned()),
            ..AskedForHelp::default()
        };
        let tenant = self.tenants.compiled(entry.tenant);
        let location = about.location.zip(tenant.as_ref());
        let location = location.and_then(|(id, tenant)| tenant.emergency_location(id));
        let Some(location) = location.filter(|_| line.spec().location == TrunkLocation::PidfLo)
        else {
            return asked;
        };
        let domain = line.domain();
        let user = attempt.identity.as_ref().map(|digits| format!("+{digits}"));
        let user = user.as_deref().unwrap_or("anonymous");
        let civic: Vec<_> = location.spec.civic.elements().collect();
        let document = event_package::Location {
            entity: &format!("sip:{user}@{domain}"),
            civic: &civic,
            point: location.spec.point.as_deref(),
            at: &entry.recorder.cdr().started.to_rfc3339(),
        };
        let id = format!("location@{domain}");
        asked.headers = vec![
            (Name::Geolocation, format!("<cid:{id}>")),
            (Name::GeolocationRouting, "yes".to_owned()),
        ];
        asked.beside = Some(Part {
            disposition: None,
            content_type: "application/pidf+xml",
            id,
            body: document.to_string().into(),
        });
        asked
    }

    /// The phones that ring beside a call for help, and what they show of it: whoever calls by
    /// extension, so that calling back is one key, and where that is.
    pub(crate) fn alerted_by(
        &self,
        scope: &TenantScope,
        tenant: &CompiledTenant,
        request: &RouteRequest,
        about: &Emergency,
    ) -> Option<Box<Beside>> {
        let extension = tenant.extension(about.alert?)?;
        let devices = tenant.devices_of(extension).filter(|one| one.enabled);
        let devices = devices.map(|one| one.id).collect();
        let of = (extension.id, extension.number.to_string());
        let targets = self.contacts_of(scope, tenant, of, devices);
        let caller = request.caller.extension.and_then(|id| tenant.extension(id));
        let number = caller.map_or_else(String::new, |found| found.number.to_string());
        let location = about.location.and_then(|id| tenant.emergency_location(id));
        let place = location.map_or("place unknown", |found| found.spec.called());
        let display = format!("{} from {number}: {place}", about.number);
        (!targets.is_empty()).then(|| {
            Box::new(Beside {
                targets,
                number,
                display,
            })
        })
    }

    /// Who is called back by a carrier's call: whoever called for help lately and showed the
    /// number.
    pub(crate) fn called_back(
        &self,
        tenant: &CompiledTenant,
        request: &RouteRequest,
        now: Instant,
    ) -> Option<ExtensionId> {
        let trunk = tenant.trunk(request.caller.trunk?)?;
        let called = trunk.spec.read_number(&request.dialled.user)?;
        let callbacks = &self.tenants.callbacks;
        callbacks.of(tenant.id(), called.digits(), now)
    }

    /// Tells the company's programs that somebody calls for help, as soon as the call has begun.
    pub(crate) fn tell_emergency(&mut self, key: CallKey, tenant: &CompiledTenant, now: Instant) {
        let at = self.clock.wall(now);
        let Some(entry) = self.calls.get(key) else {
            return;
        };
        let Some(about) = &entry.emergency else {
            return;
        };
        let cdr = entry.recorder.cdr();
        let location = about.location.and_then(|id| tenant.emergency_location(id));
        let number = |id| tenant.extension(id).map(|found| found.number.to_string());
        let device = cdr.caller.device.and_then(|id| tenant.device(id));
        let help = HelpCalled {
            number: about.number.clone(),
            test: about.test,
            caller: cdr.caller.clone(),
            device: device.map(|device| device.username.to_string()),
            location: location.map(|location| LocationTold {
                id: location.id,
                name: location.spec.name.clone(),
                label: location.spec.label.clone(),
                address: location.spec.civic.in_words(),
                civic: location.spec.civic.clone(),
                point: location.spec.point.clone(),
                confirmed: location.spec.confirmed,
            }),
            callback: about.callback.as_ref().map(|digits| format!("+{digits}")),
            desk: about.desk.and_then(number),
            mail_to: tenant.told_by_mail(about.location).to_vec(),
        };
        self.figures.trunks.for_help += 1;
        if let (Some(digits), Some(extension)) = (&about.callback, cdr.caller.extension)
            && !about.test
        {
            let number = (cdr.tenant, digits.as_str());
            self.tenants.callbacks.note(number, extension, now);
        }
        let event = Event::emergency_called((cdr.tenant, cdr.call), &help, at);
        self.outbox.events.push(event);
    }
}
