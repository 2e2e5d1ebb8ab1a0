//! Calls for help: which are such, from where, what they show, and by which ways they go.
//!
//! They come before everything else. What refuses other calls does not refuse them: neither a
//! company or an extension that is out of use, nor classes of calls, nor lists of extensions.

use crate::called::Called;
use crate::{
    Explanation, Failover, Purpose, Refusal, RouteRequest, Step, attestation, identity, ring,
};
use domain::{
    CompiledLocation, CompiledOutbound, CompiledTenant, CompiledTrunk, E164, KnownBy, help_number,
    is_help_everywhere, is_help_in, is_help_in_many, trial_number,
};
use ids::{EmergencyLocationId, ExtensionId, TrunkId};
use machine::WallTime;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What stands in the place of a number where a phone asks for help of any sort (RFC 5031 §4.2);
/// what follows behind a dot asks for one sort.
pub const SOS: &str = "urn:service:sos";

/// Most characters that are dialled before a number for help to get a line.
const LINE_PREFIX_MAX: usize = 3;

/// How long a trunk that no route for help names has to be answered.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a plan for a call for help is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emergency {
    /// The number for help, or the one by which it is tried.
    pub number: String,
    /// Nobody calls for help: it is tried where such a call leads.
    pub test: bool,
    /// Where the caller is, as far as that is known.
    pub location: Option<EmergencyLocationId>,
    /// The number that is shown and by which help calls back, as digits.
    pub callback: Option<String>,
    /// The extension that takes the call when no trunk does.
    pub desk: Option<ExtensionId>,
    /// The extension whose phones ring beside, to be told of the call.
    #[serde(default)]
    pub alert: Option<ExtensionId>,
}

/// A number for help or for a trial that was dialled.
struct Wanted {
    number: String,
    test: bool,
}

/// Whether somebody who dials this may be calling for help, as far as that can be told of the
/// company alone: from wherever its phones are.
pub fn may_call_for_help(tenant: &CompiledTenant, dialled: &str) -> bool {
    if is_sos(dialled) {
        return true;
    }
    meant(tenant, dialled, None).is_some() || helps_somewhere(tenant, dialled)
}

/// Whether help is what was dialled from where the caller is, be it in a call or to send one on.
pub(crate) fn is_wanted(tenant: &CompiledTenant, request: &RouteRequest) -> bool {
    let place = tenant.whereabouts(request.caller.device, request.from);
    let country = place.map(|(location, _)| location.spec.civic.country.as_str());
    let wanted = wanted(tenant, country, &request.dialled.user);
    wanted.is_some_and(|wanted| !wanted.test)
}

/// What to do for a call for help, in order, and why; `None` for any other call.
pub(crate) fn steps(
    tenant: &CompiledTenant,
    request: &RouteRequest,
    at: WallTime,
) -> Option<(Vec<Step>, Explanation, Box<Emergency>)> {
    let (caller, dialled) = (&request.caller, request.dialled.user.as_str());
    if request.purpose != Purpose::Call || caller.trunk.is_some() || caller.extension.is_none() {
        return None;
    }
    let place = tenant.whereabouts(caller.device, request.from);
    let country = place.map(|(location, _)| location.spec.civic.country.as_str());
    let wanted = wanted(tenant, country, dialled)?;
    let mut why = Explanation::default();
    tell_beginning(&wanted, country, dialled, &mut why);
    tell_place(place, &mut why);
    let callback = callback(tenant, request, place, &mut why);
    let desk = place.and_then(|(location, _)| location.spec.desk);
    let desk = desk.or_else(|| tenant.default_location()?.spec.desk);
    let alert = place.and_then(|(location, _)| location.spec.alert);
    let alert = alert.or_else(|| tenant.default_location()?.spec.alert);
    let alert = alerted(
        tenant,
        alert.filter(|_| !wanted.test),
        caller.extension,
        &mut why,
    );
    let emergency = Emergency {
        number: wanted.number,
        test: wanted.test,
        location: place.map(|(location, _)| location.id),
        callback,
        desk,
        alert,
    };
    let mut ways = Ways {
        tenant,
        asked: (request, at),
        country,
        emergency: &emergency,
        steps: Vec::new(),
        tried: Vec::new(),
    };
    ways.find(request, &mut why);
    let mut steps = ways.steps;
    if steps.is_empty() {
        why.add("emergency.no_way", "no trunk and no desk can take the call");
        steps.push(Step::Refuse(Refusal::NO_TRUNK));
    }
    Some((steps, why, Box::new(emergency)))
}

fn is_sos(dialled: &str) -> bool {
    let rest = dialled.get(..SOS.len()).zip(dialled.get(SOS.len()..));
    rest.is_some_and(|(service, rest)| {
        service.eq_ignore_ascii_case(SOS) && (rest.is_empty() || rest.starts_with('.'))
    })
}

fn wanted(tenant: &CompiledTenant, country: Option<&str>, dialled: &str) -> Option<Wanted> {
    let help = |number: &str| Wanted {
        number: number.to_owned(),
        test: false,
    };
    if is_sos(dialled) {
        return Some(help(help_number(country)));
    }
    if let Some(number) = meant(tenant, dialled, country) {
        return Some(help(number));
    }
    let free = tenant.extension_by_number(dialled).is_none();
    let by_route = tenant.outbound_routes().iter().any(|route| {
        let number = route.spec.test_number.as_deref();
        route.spec.emergency && route.spec.enabled && number == Some(dialled)
    });
    let has_route = tenant.outbound_routes().iter().any(|r| r.spec.emergency);
    let common = has_route && country.and_then(trial_number) == Some(dialled);
    (free && (by_route || common)).then(|| Wanted {
        number: dialled.to_owned(),
        test: true,
    })
}

/// The number for help that is meant by what was dialled. One of the caller's country, or one that
/// is good everywhere, means that whatever else has it. Where nobody has said where the caller is,
/// one of any country that the company has to do with will do; and one may stand behind a prefix
/// for a line; both only where no extension has what was dialled.
fn meant<'a>(tenant: &CompiledTenant, dialled: &'a str, country: Option<&str>) -> Option<&'a str> {
    let here = |number: &str| country.is_some_and(|country| is_help_in(country, number));
    if is_help_everywhere(dialled) || here(dialled) {
        return Some(dialled);
    }
    if tenant.extension_by_number(dialled).is_some() {
        return None;
    }
    let of_numbers = |number: &str| {
        let mut countries = tenant.numbers().iter().filter_map(|own| own.e164.country());
        countries.any(|country| is_help_in(country, number))
    };
    let habits = tenant.habits();
    let of_habits = |number: &str| habits.is_some_and(|said| is_help_in(&said.country, number));
    let of_company =
        |number: &str| helps_somewhere(tenant, number) || of_numbers(number) || of_habits(number);
    let maybe = |number: &str| match country {
        Some(country) => is_help_in(country, number),
        None => is_help_in_many(number) || of_company(number),
    };
    if maybe(dialled) {
        return Some(dialled);
    }
    let of_routes = tenant.outbound_routes().iter().flat_map(line_prefixes);
    let outside = habits.map(|said| &*said.outside_prefix).into_iter();
    let outside = outside.filter(|prefix| !prefix.is_empty());
    outside
        .chain(of_routes)
        .find_map(|prefix| dialled.strip_prefix(prefix).filter(|rest| maybe(rest)))
}

/// Whether a number calls for help in the country of any of the company's locations.
fn helps_somewhere(tenant: &CompiledTenant, number: &str) -> bool {
    let locations = tenant.emergency_locations().iter();
    let mut countries = locations.map(|location| &location.spec.civic.country);
    countries.any(|country| is_help_in(country, number))
}

/// What is dialled before numbers of a route to get a line: what the route takes off.
fn line_prefixes(route: &CompiledOutbound) -> impl Iterator<Item = &str> {
    let strip = usize::from(route.spec.strip);
    let short = route.spec.enabled && (1..=LINE_PREFIX_MAX).contains(&strip);
    let patterns = route.spec.patterns.iter().filter(move |_| short);
    patterns.filter_map(move |pattern| pattern.prefix.get(..strip))
}

fn tell_beginning(wanted: &Wanted, country: Option<&str>, dialled: &str, why: &mut Explanation) {
    let (number, place) = (
        &wanted.number,
        country.unwrap_or("a country nobody has named"),
    );
    if wanted.test {
        let because = format!("{number} tries where a call for help from {place} leads");
        return why.add("emergency.test", because);
    }
    let as_dialled = if number == dialled {
        String::new()
    } else {
        format!(", dialled as {dialled}")
    };
    let because = format!("{number} calls for help in {place}{as_dialled}");
    why.add("emergency.number", because);
}

fn tell_place(place: Option<(&CompiledLocation, KnownBy<'_>)>, why: &mut Explanation) {
    let Some((location, known)) = place else {
        let because = "nobody has said where the caller is";
        return why.add("emergency.no_location", because);
    };
    let by = match known {
        KnownBy::Device => "the device says so".to_owned(),
        KnownBy::Site(site) => format!("its address is one of the site {}", site.spec.name),
        KnownBy::Default => "it is the company's default".to_owned(),
    };
    let (called, revision) = (location.spec.called(), location.revision);
    let address = location.spec.civic.in_words();
    let because = format!("the caller is at {called}, revision {revision}: {address} ({by})");
    why.add("emergency.location", because);
}

/// The extension that rings beside, unless it calls for help itself.
fn alerted(
    tenant: &CompiledTenant,
    alert: Option<ExtensionId>,
    caller: Option<ExtensionId>,
    why: &mut Explanation,
) -> Option<ExtensionId> {
    let found = alert.filter(|id| Some(*id) != caller);
    let found = found.and_then(|id| tenant.extension(id));
    let found = found.filter(|extension| extension.enabled)?;
    let number = &found.number;
    let because = format!("{number} rings beside, and is shown who calls for help and where");
    why.add("emergency.alert", because);
    Some(found.id)
}

/// The number that is shown: the location's, else what other calls show; never none while the
/// company has one.
fn callback(
    tenant: &CompiledTenant,
    request: &RouteRequest,
    place: Option<(&CompiledLocation, KnownBy<'_>)>,
    why: &mut Explanation,
) -> Option<String> {
    let said = place.and_then(|(location, _)| location.spec.callback.as_deref());
    if let Some(number) = said.and_then(E164::written) {
        if let Some(own) = tenant.number(&number) {
            let because = format!("{number} is shown and called back, as the location says");
            why.add("emergency.callback", because);
            return Some(own.e164.digits().to_owned());
        }
        let because = format!("{number} of the location is no number of this company's");
        why.add("identity.not_own", because);
    }
    let caller = request
        .caller
        .extension
        .and_then(|id| tenant.extension(id))?;
    let own = identity::of_extension(tenant, caller, why)?;
    Some(own.e164.digits().to_owned())
}

/// The ways of one call, in order.
struct Ways<'a> {
    tenant: &'a CompiledTenant,
    asked: (&'a RouteRequest, WallTime),
    country: Option<&'a str>,
    emergency: &'a Emergency,
    steps: Vec<Step>,
    tried: Vec<TrunkId>,
}

impl<'a> Ways<'a> {
    /// First the routes for help; then any other that fits; without one, every trunk; at last the
    /// desk, and whatever extension has the number.
    fn find(&mut self, request: &RouteRequest, why: &mut Explanation) {
        let number = &self.emergency.number;
        for route in self.tenant.outbound_routes() {
            let fits = match self.emergency.test {
                false => route.spec.helps(self.country, number),
                true => self.tries(route),
            };
            if fits {
                self.by_route(route, "emergency.route", why);
            }
        }
        if self.emergency.test {
            return;
        }
        for (route, _) in self.tenant.outbound(&[number]) {
            self.by_route(route, "emergency.other_route", why);
        }
        if self.steps.is_empty() {
            self.by_any_trunk(why);
        }
        let desk = self.emergency.desk.and_then(|id| self.tenant.extension(id));
        let same = self.tenant.extension_by_number(number);
        for extension in desk.into_iter().chain(same).filter(|found| found.enabled) {
            let step = ring::step(self.tenant, extension, request, why);
            if !matches!(step, Step::Refuse(_)) {
                let because = format!("{} takes the call when no trunk does", extension.number);
                why.add("emergency.desk", because);
                self.steps.push(step);
            }
        }
    }

    /// Whether a trial goes by a route: by one that names the number, or one for help from here
    /// that names none.
    fn tries(&self, route: &CompiledOutbound) -> bool {
        let (spec, number) = (&route.spec, &self.emergency.number);
        match &spec.test_number {
            Some(own) => spec.emergency && spec.enabled && own == number,
            None => spec.helps(self.country, help_number(self.country)),
        }
    }

    fn by_route(&mut self, route: &CompiledOutbound, rule: &'static str, why: &mut Explanation) {
        let (name, revision) = (&route.spec.name, route.revision);
        why.add(
            rule,
            format!("help is called by outbound route {name}, revision {revision}"),
        );
        let number = &self.emergency.number;
        let as_it_is = || Called::AsItIs(number.clone());
        let called = match self.emergency.test {
            true => as_it_is(),
            // a route that makes nothing of the number would keep the call from going out
            false => Called::by(route, number, why).unwrap_or_else(|_| as_it_is()),
        };
        let timeout = Duration::from_secs(route.spec.ring_seconds.into());
        for id in &route.spec.trunks {
            if let Some(trunk) = self.tenant.trunk(*id) {
                self.by_trunk(trunk, &called, timeout, why);
            }
        }
    }

    fn by_any_trunk(&mut self, why: &mut Explanation) {
        let called = Called::AsItIs(self.emergency.number.clone());
        for trunk in self.tenant.trunks() {
            self.by_trunk(trunk, &called, PATIENCE, why);
        }
        if !self.steps.is_empty() {
            let because = "no outbound route is for help, so every trunk is asked";
            why.add("emergency.any_trunk", because);
        }
    }

    fn by_trunk(
        &mut self,
        trunk: &CompiledTrunk,
        called: &Called,
        timeout: Duration,
        why: &mut Explanation,
    ) {
        if !trunk.spec.enabled || self.tried.contains(&trunk.id) {
            return;
        }
        self.tried.push(trunk.id);
        let (name, revision, wire) = (&trunk.spec.name, trunk.revision, called.on(trunk));
        let because = format!("trunk {name}, revision {revision}, is asked for {wire}");
        why.add("outbound.trunk", because);
        let shown = self.emergency.callback.as_deref();
        let attested = attestation::of(self.tenant, self.asked, (trunk, shown), why);
        self.steps.push(Step::Trunk {
            trunk: trunk.id,
            called: wire,
            identity: self.emergency.callback.clone(),
            attested,
            caller: None,
            // whoever calls for help is sent on whatever a carrier answers
            failover: Failover::default(),
            tells_who_answers: false,
            timeout,
        });
    }
}
