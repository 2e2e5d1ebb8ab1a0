//! Webhooks: one HTTP request each, of whose answer the status counts.

use std::time::Duration;

use async_trait::async_trait;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, RETRY_AFTER};
use hyper::{Method, Request};
use ports::{Courier, CourierError, PARCEL_MAX, Parcel, Receipt};
use rustls::ClientConfig;
use url::Url;

use crate::egress::Egress;
use crate::road::{Response, Road, Times, address_of, invalid};

/// Bytes of an answer's body that are read, and thrown away, so that a receiver can finish
/// writing. What is longer is cut off; the status counts all the same.
const ANSWER_READ_MAX: usize = 16_384;

/// Longest `Retry-After` that is heeded.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 3600);

/// Delivers parcels over HTTP/1.1, each over a connection of its own.
#[derive(Debug)]
pub struct HttpCourier(Road);

impl HttpCourier {
    /// A courier that goes where `egress` permits and calls itself `agent`.
    pub fn new(egress: Egress, tls: ClientConfig, times: Times, agent: &str) -> HttpCourier {
        HttpCourier(Road::new(egress, tls, times, agent))
    }

    fn request(&self, url: &Url, parcel: Parcel) -> Result<Request<Full<Bytes>>, CourierError> {
        let mut request = self
            .0
            .request(Method::POST, url)
            .header(CONTENT_TYPE, "application/json");
        for (name, value) in parcel.headers {
            request = request.header(name, value);
        }
        let whole = request.body(Full::new(Bytes::from(parcel.body)));
        whole.map_err(|error| invalid(&error.to_string()))
    }
}

#[async_trait]
impl Courier for HttpCourier {
    async fn deliver(&self, parcel: Parcel) -> Result<Receipt, CourierError> {
        if parcel.body.len() > PARCEL_MAX {
            return Err(invalid("the body is too long"));
        }
        let url = address_of(&parcel.url)?;
        let request = self.request(&url, parcel)?;
        let response = self.0.ask(&url, request, ANSWER_READ_MAX).await?;
        Ok(receipt(&response))
    }
}

fn receipt(response: &Response) -> Receipt {
    let given = response.headers.get(RETRY_AFTER);
    let seconds = given.and_then(|value| value.to_str().ok()?.parse().ok());
    Receipt {
        status: response.status,
        retry_after: seconds.map(|s| Duration::from_secs(s).min(RETRY_AFTER_MAX)),
    }
}
