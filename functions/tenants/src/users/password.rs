//! Temporary passwords.

use kernel::Ambient;

const CLASSES: [&[u8]; 5] = [
    b"abcdefghijkmnopqrstuvwxyz",
    b"ABCDEFGHJKLMNPQRSTUVWXYZ",
    b"abcdefghijkmnopqrstuvwxyz",
    b"23456789",
    b"-_.!",
];
const LENGTH: usize = 20;

/// A random password that meets the pool's rules, without characters that are easily taken for each other.
#[must_use]
pub fn temporary_password(ambient: &dyn Ambient) -> String {
    let mut random = [0; LENGTH];
    ambient.fill(&mut random);
    let pick = |(position, byte): (usize, &u8)| {
        let class = CLASSES[position % CLASSES.len()];
        char::from(class[usize::from(*byte) % class.len()])
    };
    random.iter().enumerate().map(pick).collect()
}

#[cfg(test)]
mod tests {
    use kernel::SystemAmbient;

    use super::*;

    #[test]
    fn each_has_every_kind_of_character_and_none_comes_twice() {
        let (one, other) = (temporary_password(&SystemAmbient), temporary_password(&SystemAmbient));
        assert_ne!(one, other);
        for class in CLASSES {
            assert!(one.bytes().any(|byte| class.contains(&byte)), "{one}");
        }
        assert_eq!(one.len(), LENGTH);
    }
}
