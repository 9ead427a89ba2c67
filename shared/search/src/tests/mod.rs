//! The engine against a plain one: every contact compared with every token by the definition.

mod arbitrary;
mod bytes;
mod finding;
mod properties;
mod reference;
