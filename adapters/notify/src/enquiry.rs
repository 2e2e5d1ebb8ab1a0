//! Enquiries at sign-in servers: one HTTP request each, whose answer is read whole or not at all.

use async_trait::async_trait;
use http_body_util::Full;
use hyper::Method;
use hyper::body::Bytes;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use ports::{Answered, CourierError, ENQUIRY_MAX, Enquirer, Enquiry};
use rustls::ClientConfig;

use crate::egress::Egress;
use crate::road::{Road, Times, address_of, invalid};

/// Enquires over HTTP/1.1, each time over a connection of its own.
#[derive(Debug)]
pub struct HttpEnquirer(Road);

impl HttpEnquirer {
    /// An enquirer that goes where `egress` permits and calls itself `agent`.
    pub fn new(egress: Egress, tls: ClientConfig, times: Times, agent: &str) -> HttpEnquirer {
        HttpEnquirer(Road::new(egress, tls, times, agent))
    }
}

#[async_trait]
impl Enquirer for HttpEnquirer {
    async fn enquire(&self, enquiry: Enquiry) -> Result<Answered, CourierError> {
        let url = address_of(&enquiry.url)?;
        let method = if enquiry.form.is_some() {
            Method::POST
        } else {
            Method::GET
        };
        let mut request = self
            .0
            .request(method, &url)
            .header(ACCEPT, "application/json");
        if let Some(authorization) = enquiry.authorization {
            let mut value = HeaderValue::try_from(authorization)
                .map_err(|_| invalid("the authorization is no header"))?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        if enquiry.form.is_some() {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let form = enquiry.form.unwrap_or_default();
        let whole = request.body(Full::new(Bytes::from(form)));
        let request = whole.map_err(|error| invalid(&error.to_string()))?;
        let response = self.0.ask(&url, request, ENQUIRY_MAX).await?;
        if !response.whole {
            let detail = "the answer is too long, or was cut off".to_owned();
            return Err(CourierError::Unreachable { detail });
        }
        Ok(Answered {
            status: response.status,
            body: response.body,
        })
    }
}
