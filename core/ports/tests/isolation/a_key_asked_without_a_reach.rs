//! Keys are read within a reach, which holds a scope; an owner's name is none.

use domain::TokenRecord;
use ids::TokenId;
use ports::{StoreError, TokenBook};
use tenancy::Owner;

async fn read(
    book: &dyn TokenBook,
    owner: &Owner,
    id: TokenId,
) -> Result<Option<TokenRecord>, StoreError> {
    book.token(owner, id).await
}

fn main() {}
