//! The endpoints that are delivered to, as the store has them.

use std::collections::BTreeMap;

use delivery::Receiver;
use domain::{EventFilter, EventKind, Feature, KindName, Plan, Resource, Tenant, Webhook};
use ids::{TenantId, WebhookId};
use ports::{EventQuery, Order, PAGE_MAX, Page, StoreError, Stores};
use tenancy::{TenantScope, Weight};

/// One endpoint that is switched on.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(crate) url: String,
    pub(crate) filter: EventFilter,
    /// Up to where in the log its deliveries were made.
    pub(crate) place: u64,
    /// Deliveries wait in the store that are not in memory.
    pub(crate) backlog: bool,
    /// There may be more in the log.
    pub(crate) behind: bool,
}

/// All of a tenant's endpoints that are switched on: none when its plan has no webhooks.
pub(crate) async fn of_tenant(
    store: &dyn Stores,
    scope: &TenantScope,
) -> Result<BTreeMap<Receiver, Endpoint>, StoreError> {
    let mut found = BTreeMap::new();
    if !includes_webhooks(store, scope).await? {
        return Ok(found);
    }
    let mut page = Page {
        order: Order::Created,
        ..Page::first(PAGE_MAX)
    };
    loop {
        let listing = store.list(scope, KindName::Webhook, &page).await?;
        for document in listing.documents {
            let webhook: Resource<Webhook> = document.try_into()?;
            if webhook.spec.enabled {
                let tenant = scope.tenant();
                let receiver = Receiver {
                    tenant,
                    webhook: webhook.id,
                };
                found.insert(receiver, endpoint(store, scope, webhook).await?);
            }
        }
        match listing.next {
            Some(next) => page = page.after(next),
            None => return Ok(found),
        }
    }
}

/// How much of the deliveries a tenant is owed, beside others: by its plan, and where it differs.
pub(crate) async fn weight_of(
    store: &dyn Stores,
    scope: &TenantScope,
) -> Result<Weight, StoreError> {
    let id = scope.tenant().to_string();
    let Some(tenant) = store.get(scope, KindName::Tenant, &id).await? else {
        return Ok(Weight::default());
    };
    let tenant: Resource<Tenant> = tenant.try_into()?;
    let plan = plan_of(store, scope).await?;
    let plan = plan.as_ref().map(|plan| &plan.spec);
    Ok(tenant.spec.effective_caps(plan).weight)
}

async fn includes_webhooks(store: &dyn Stores, scope: &TenantScope) -> Result<bool, StoreError> {
    let plan = plan_of(store, scope).await?;
    Ok(plan.is_none_or(|plan| plan.spec.includes(Feature::Webhooks)))
}

async fn plan_of(
    store: &dyn Stores,
    scope: &TenantScope,
) -> Result<Option<Resource<Plan>>, StoreError> {
    let plan = store.plan(scope).await?;
    Ok(plan.map(TryInto::try_into).transpose()?)
}

async fn endpoint(
    store: &dyn Stores,
    scope: &TenantScope,
    webhook: Resource<Webhook>,
) -> Result<Endpoint, StoreError> {
    let place = match store.place(scope, webhook.id).await? {
        Some(place) => place,
        None => birth(store, scope, webhook.id).await?,
    };
    Ok(Endpoint {
        filter: webhook.spec.filter()?,
        url: webhook.spec.url,
        place,
        backlog: true,
        behind: true,
    })
}

/// The cursor of the event that tells of the webhook's making: it hears what came after. When
/// that is no longer kept, it hears all that is.
async fn birth(
    store: &dyn Stores,
    scope: &TenantScope,
    webhook: WebhookId,
) -> Result<u64, StoreError> {
    let made = EventFilter::parse([EventKind::ResourceCreated.as_str()]).unwrap_or_default();
    let (id, mut query) = (webhook.to_string(), EventQuery::default());
    query.filter = made;
    query.limit = PAGE_MAX;
    let mut begin = None;
    loop {
        let page = store.events(scope, &query).await?;
        begin.get_or_insert(page.begin);
        if let Some(event) = page.events.iter().find(|event| event.subject == id) {
            return Ok(event.cursor);
        }
        if page.next >= page.latest {
            return Ok(begin.unwrap_or(page.next));
        }
        query.after = page.next;
    }
}

/// The scope in which a tenant's deliveries are made.
pub(crate) fn scope_of(tenant: TenantId) -> TenantScope {
    TenantScope::for_job(tenant, "webhooks")
}
