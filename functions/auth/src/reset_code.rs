//! The codes by which a forgotten password is replaced: ours, not the pool's, so that nobody sets a password past us.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use kernel::{Ambient, Failure, SystemAmbient};
use lambda::Environment;
use table::{CodeHolder, ResetCodeTable};

/// Minutes for which a code holds.
pub(crate) const LIFETIME_MINUTES: i64 = 15;

/// Crockford's base 32: nothing in it is taken for anything else.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 12;

/// Sixty random bits, so that its hash tells nothing about it. Never printed.
pub struct ResetCode(String);

impl ResetCode {
    fn mint(ambient: &dyn Ambient) -> Self {
        let mut random = [0; LENGTH];
        ambient.fill(&mut random);
        let letter = |byte: &u8| char::from(ALPHABET[usize::from(byte & 31)]);
        Self(random.iter().map(letter).collect())
    }

    /// However it was typed: hyphens, blanks and capitals do not matter, and look-alikes stand for what is in the alphabet.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let letters = text.chars().filter(|letter| *letter != '-' && !letter.is_whitespace());
        let known = |letter: char| {
            let letter = match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            ALPHABET.iter().any(|known| char::from(*known) == letter).then_some(letter)
        };
        let code: String = letters.map(known).collect::<Option<_>>()?;
        (code.len() == LENGTH).then_some(Self(code))
    }

    /// As it is mailed: `4F7K-29QX-MB3T`.
    pub(crate) fn grouped(&self) -> String {
        let (first, rest) = self.0.split_at(LENGTH / 3);
        let (second, third) = rest.split_at(LENGTH / 3);
        format!("{first}-{second}-{third}")
    }

    fn hash(&self, address: &str) -> String {
        hash(&format!("reset\n{address}\n{}", self.0))
    }
}

/// The codes that are out.
pub struct ResetCodes {
    table: ResetCodeTable,
    ambient: Arc<dyn Ambient>,
}

impl ResetCodes {
    pub async fn from_environment() -> Self {
        let client = aws_sdk_dynamodb::Client::new(&Environment::sdk_config().await);
        Self::new(ResetCodeTable::new(client, Environment::required("TABLE_NAME")), Arc::new(SystemAmbient))
    }

    #[must_use]
    pub fn new(table: ResetCodeTable, ambient: Arc<dyn Ambient>) -> Self {
        Self { table, ambient }
    }

    /// A code for `address`, in lower case, in place of the one before. Without a holder nothing will open by it.
    pub(crate) async fn mint(
        &self,
        address: &str,
        holder: Option<&CodeHolder>,
    ) -> Result<ResetCode, Failure> {
        let code = ResetCode::mint(&*self.ambient);
        let end = self.ambient.now().plus_seconds(LIFETIME_MINUTES * 60);
        self.table.put(&hash_of_address(address), &code.hash(address), holder, end).await?;
        Ok(code)
    }

    /// Whose password the code resets, which is used up by that; `None` where it does not hold for this address.
    pub(crate) async fn take(&self, address: &str, code: &ResetCode) -> Result<Option<CodeHolder>, Failure> {
        let now = self.ambient.now();
        Ok(self.table.take(&hash_of_address(address), &code.hash(address), now).await?)
    }
}

fn hash_of_address(address: &str) -> String {
    hash(&format!("reset\n{address}"))
}

fn hash(text: &str) -> String {
    hex::encode(digest(&SHA256, text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use kernel::ClaimedTenant;
    use testkit::{FixedAmbient, LocalTable};

    use super::*;

    const ADDRESS: &str = "rep@alpha.example";

    fn holder() -> CodeHolder {
        CodeHolder { tenant: ClaimedTenant::parse("tnt_a").unwrap(), sub: "sub-1".to_owned() }
    }

    async fn open() -> (LocalTable, Arc<FixedAmbient>, ResetCodes) {
        let (table, ambient) = (LocalTable::start().await, Arc::new(FixedAmbient::seeded(1)));
        let codes = ResetCodes::new(table.reset_codes(), ambient.clone());
        (table, ambient, codes)
    }

    #[test]
    fn a_code_reads_however_it_is_typed() {
        let code = ResetCode::mint(&SystemAmbient);
        let grouped = code.grouped();
        assert_eq!(grouped.len(), LENGTH + 2);
        for text in [grouped.clone(), grouped.to_lowercase(), format!(" {} ", grouped.replace('-', " "))] {
            assert_eq!(ResetCode::parse(&text).unwrap().0, code.0, "{text}");
        }
        assert_eq!(ResetCode::parse("oil0-oil0-oil0").unwrap().0, "011001100110");
        for text in
            ["", "123456", "4F7K-29QX-MB3", "4F7K-29QX-MB3TA", "4F7K-29QX-MB3U", "4F7K-29QX-MB3\u{fc}"]
        {
            assert!(ResetCode::parse(text).is_none(), "{text}");
        }
    }

    #[tokio::test]
    async fn a_code_serves_once_for_its_address_until_it_is_over() {
        let (_table, ambient, codes) = open().await;
        let code = codes.mint(ADDRESS, Some(&holder())).await.unwrap();
        assert_eq!(codes.take("other@alpha.example", &code).await.unwrap(), None);
        assert_eq!(codes.take(ADDRESS, &code).await.unwrap(), Some(holder()));
        assert_eq!(codes.take(ADDRESS, &code).await.unwrap(), None);

        let late = codes.mint(ADDRESS, Some(&holder())).await.unwrap();
        ambient.advance_seconds(LIFETIME_MINUTES * 60);
        assert_eq!(codes.take(ADDRESS, &late).await.unwrap(), None);

        let replaced = codes.mint(ADDRESS, Some(&holder())).await.unwrap();
        codes.mint(ADDRESS, Some(&holder())).await.unwrap();
        assert_eq!(codes.take(ADDRESS, &replaced).await.unwrap(), None);
    }

    #[tokio::test]
    async fn after_five_wrong_ones_the_right_one_does_not_serve_either() {
        let (_table, _, codes) = open().await;
        let code = codes.mint(ADDRESS, Some(&holder())).await.unwrap();
        let wrong = ResetCode::parse("0000-0000-0000").unwrap();
        for _ in 0..5 {
            assert_eq!(codes.take(ADDRESS, &wrong).await.unwrap(), None);
        }
        assert_eq!(codes.take(ADDRESS, &code).await.unwrap(), None);
    }

    #[tokio::test]
    async fn of_many_with_the_right_code_one_gets_it() {
        let (_table, _, codes) = open().await;
        let code = codes.mint(ADDRESS, Some(&holder())).await.unwrap();
        let taken = futures_util::future::join_all((0..4).map(|_| codes.take(ADDRESS, &code))).await;
        assert_eq!(taken.into_iter().filter(|outcome| matches!(outcome, Ok(Some(_)))).count(), 1);
    }

    #[tokio::test]
    async fn nobodys_code_opens_nothing_and_no_row_tells_whose_it_is() {
        let (table, _, codes) = open().await;
        let code = codes.mint(ADDRESS, None).await.unwrap();
        assert_eq!(codes.take(ADDRESS, &code).await.unwrap(), None);
        let code = codes.mint(ADDRESS, Some(&holder())).await.unwrap();
        let rows = format!("{:?}", table.all_items().await);
        assert!(rows.contains("RESETCODE#") && !rows.contains("alpha") && !rows.contains(&code.0), "{rows}");
    }
}
