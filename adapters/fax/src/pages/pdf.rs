//! A PDF of pages as they came: each strip of T.6 is taken over as it is, behind a filter that
//! every reader of PDF has (ISO 32000-1 §7.4.6).

use std::fmt::Write as _;

use super::Leaf;

/// Points of an inch.
const POINTS: f32 = 72.0;

/// The document.
pub(super) fn write(tiff: &[u8], leaves: &[Leaf]) -> Vec<u8> {
    let mut document = Document::default();
    document.file.extend(b"%PDF-1.4\n%\xE2\xE3\xCF\xD3\n");
    document.object(b"<< /Type /Catalog /Pages 2 0 R >>");
    let mut kids = String::new();
    for page in 0..leaves.len() {
        let _ = write!(kids, "{} 0 R ", 3 + 3 * page);
    }
    let count = leaves.len();
    document.object(format!("<< /Type /Pages /Count {count} /Kids [ {kids}] >>").as_bytes());
    for (place, leaf) in leaves.iter().enumerate() {
        document.page(tiff, leaf, 3 + 3 * place);
    }
    document.end()
}

#[derive(Default)]
struct Document {
    file: Vec<u8>,
    places: Vec<usize>,
}

impl Document {
    /// The next object, numbered from 1.
    fn object(&mut self, body: &[u8]) {
        self.places.push(self.file.len());
        let number = self.places.len();
        self.file.extend(format!("{number} 0 obj\n").into_bytes());
        self.file.extend(body);
        self.file.extend(b"\nendobj\n");
    }

    fn stream(&mut self, entries: &str, octets: &[u8]) {
        let length = octets.len();
        let mut body = format!("<< {entries} /Length {length} >>\nstream\n").into_bytes();
        body.extend(octets);
        body.extend(b"\nendstream");
        self.object(&body);
    }

    /// Three objects: the page, what is drawn on it, and the picture that is drawn.
    #[allow(
        clippy::cast_precision_loss,
        reason = "pixels of a page are far fewer than a float counts"
    )]
    fn page(&mut self, tiff: &[u8], leaf: &Leaf, number: usize) {
        let width = leaf.width as f32 / leaf.across * POINTS;
        let height = leaf.rows as f32 / leaf.down * POINTS;
        let (content, picture) = (number + 1, number + 2);
        self.object(
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.2} {height:.2}] \
                 /Contents {content} 0 R /Resources << /XObject << /Fax {picture} 0 R >> >> >>"
            )
            .as_bytes(),
        );
        let drawn = format!("q {width:.2} 0 0 {height:.2} 0 0 cm /Fax Do Q");
        self.stream("", drawn.as_bytes());
        let (columns, rows) = (leaf.width, leaf.rows);
        let black = leaf.white_is_set;
        let entries = format!(
            "/Type /XObject /Subtype /Image /Width {columns} /Height {rows} \
             /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms \
             << /K -1 /Columns {columns} /Rows {rows} /BlackIs1 {black} >>"
        );
        let strip = tiff.get(leaf.strip.clone()).unwrap_or_default();
        if leaf.lowest_bit_first {
            let turned: Vec<u8> = strip.iter().map(|octet| octet.reverse_bits()).collect();
            self.stream(&entries, &turned);
        } else {
            self.stream(&entries, strip);
        }
    }

    fn end(mut self) -> Vec<u8> {
        let table = self.file.len();
        let count = self.places.len() + 1;
        let mut end = format!("xref\n0 {count}\n0000000000 65535 f \n");
        for place in &self.places {
            let _ = writeln!(end, "{place:010} 00000 n ");
        }
        let _ = write!(
            end,
            "trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"
        );
        self.file.extend(end.into_bytes());
        self.file
    }
}
