use kernel::Ambient;

const LOWER: &[u8] = b"abcdefghijkmnopqrstuvwxyz";
const UPPER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
const DIGIT: &[u8] = b"23456789";
const SPECIAL: &[u8] = b"-_.!";
const LENGTH: usize = 20;

/// A random password of 20 characters with upper and lower case, digits and a special character, easy to read aloud.
#[must_use]
pub fn new_password(ambient: &dyn Ambient) -> String {
    let mut random = [0; LENGTH];
    ambient.fill(&mut random);
    password_from(&random)
}

/// The password that follows from `random`, of which the first 20 bytes count.
pub(crate) fn password_from(random: &[u8]) -> String {
    let classes = [LOWER, UPPER, LOWER, DIGIT, SPECIAL];
    let pick = |(position, byte): (usize, &u8)| {
        let class = classes[position % classes.len()];
        char::from(class[usize::from(*byte) % class.len()])
    };
    random.iter().take(LENGTH).enumerate().map(pick).collect()
}
