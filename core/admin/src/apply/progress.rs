//! How far applying a snapshot has come.

/// What is as the snapshot says, durably. What a transaction has not finished is not counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Companies done, each with all its documents.
    pub companies: usize,
    /// Companies on which the snapshot works.
    pub of_companies: usize,
    /// Documents done, those of companies and of accounts alike.
    pub documents: usize,
    /// Documents of the snapshot.
    pub of_documents: usize,
    /// The company done last. Companies are taken in the order of their names, so all before it
    /// are done and all after it are not.
    pub up_to: Option<String>,
    /// Whether anything was changed: transactions that became durable.
    pub transactions: usize,
}

impl Progress {
    /// Whether all is done.
    pub fn is_complete(&self) -> bool {
        self.documents == self.of_documents
    }
}
