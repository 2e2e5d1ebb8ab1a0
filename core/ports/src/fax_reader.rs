//! Understanding a document that somebody wants to have faxed.

/// Whoever makes pages of documents. It may take a processor for some seconds.
pub trait FaxReader: Send + Sync {
    /// How many pages a PDF has, as a fax machine would send them.
    ///
    /// # Errors
    /// In words that begin with "it", for whoever has brought the document: it is no PDF, is
    /// damaged or encrypted, has none or too many pages, or takes too long.
    fn pages(&self, document: &[u8]) -> Result<u16, String>;
}

/// Understands nothing: for whoever sends no faxes.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFaxReader;

impl FaxReader for NoFaxReader {
    fn pages(&self, _: &[u8]) -> Result<u16, String> {
        Err("it cannot be read: no faxes are sent here".to_owned())
    }
}
