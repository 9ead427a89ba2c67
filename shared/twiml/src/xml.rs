//! As much XML as TwiML needs: elements, attributes, text.

/// An attribute that may be left out.
pub type Attribute<'a> = (&'static str, Option<String>);

pub struct Writer {
    text: String,
}

impl Writer {
    pub fn document() -> Self {
        Self { text: r#"<?xml version="1.0" encoding="UTF-8"?>"#.to_owned() }
    }

    pub fn finish(self) -> String {
        self.text
    }

    /// An element with what `content` writes into it; in its short form where that is nothing.
    pub fn element(
        &mut self,
        name: &'static str,
        attributes: &[Attribute<'_>],
        content: impl FnOnce(&mut Self),
    ) {
        self.text.push('<');
        self.text.push_str(name);
        for (attribute, value) in attributes {
            let Some(value) = value else { continue };
            self.text.push(' ');
            self.text.push_str(attribute);
            self.text.push_str("=\"");
            self.escaped(value);
            self.text.push('"');
        }
        let begun = self.text.len();
        self.text.push('>');
        content(self);
        if self.text.len() == begun + 1 {
            self.text.truncate(begun);
            self.text.push_str(" />");
        } else {
            self.text.push_str("</");
            self.text.push_str(name);
            self.text.push('>');
        }
    }

    /// Characters that XML cannot hold at all are left out.
    pub fn escaped(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                '\t' | '\n' | '\r' => self.text.push(' '),
                '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
                other => self.text.push(other),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out_of_its_place() {
        let mut writer = Writer::document();
        let hostile = "\"><Hangup/>&amp;\u{0}\u{1b}'".to_owned();
        writer.element("Say", &[("voice", Some(hostile.clone())), ("language", None)], |writer| {
            writer.escaped(&hostile);
        });
        let expected = "&quot;&gt;&lt;Hangup/&gt;&amp;amp;'";
        let document = writer.finish();
        assert!(document.ends_with(&format!("<Say voice=\"{expected}\">{expected}</Say>")), "{document}");
    }
}
