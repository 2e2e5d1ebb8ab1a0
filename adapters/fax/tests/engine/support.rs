//! Two machines, the line between them, and documents to send.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use fax::{Bitmap, Engine, Event, FaxResult, Job, Order, Outcome, Pages, Program, Tone, WIDTH};
use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode};

/// The engine alone.
pub(crate) fn program() -> Program {
    Program {
        path: PathBuf::from(env!("CARGO_BIN_EXE_fax-engine")),
        arguments: Vec::new(),
    }
}

/// An order whose engine may take as long as the machine that runs the tests lets it wait.
pub(crate) fn order(job: Job, station: &str) -> Order {
    Order {
        patience: Duration::from_secs(60),
        ..Order::new(job, station)
    }
}

pub(crate) fn sender(pages: &Pages) -> Engine {
    let pages = pages.clone();
    Engine::start(&program(), &order(Job::Send { pages }, "+49 30 111")).unwrap()
}

pub(crate) fn receiver() -> Engine {
    Engine::start(&program(), &order(Job::Receive, "+49 30 222")).unwrap()
}

/// One end of a call, and what happened at it.
pub(crate) struct End {
    pub(crate) engine: Engine,
    pub(crate) tones: Vec<Tone>,
    pub(crate) pages: Vec<u16>,
    pub(crate) packets: VecDeque<(u16, Vec<u8>, u8)>,
    pub(crate) outcome: Option<Outcome>,
}

impl End {
    pub(crate) fn of(engine: Engine) -> End {
        End {
            engine,
            tones: Vec::new(),
            pages: Vec::new(),
            packets: VecDeque::new(),
            outcome: None,
        }
    }

    pub(crate) fn tick(&mut self, heard: &[i16; 160]) -> [i16; 160] {
        let mut said = [0; 160];
        self.engine.tick(heard, &mut said).unwrap();
        for event in self.engine.events() {
            match event {
                Event::Heard(tone) => self.tones.push(tone),
                Event::Page { number } => self.pages.push(number),
                Event::Ifp {
                    sequence,
                    packet,
                    copies,
                } => self.packets.push_back((sequence, packet, copies)),
                Event::Done(outcome) => assert_eq!(self.outcome.replace(outcome), None),
            }
        }
        said
    }

    pub(crate) fn outcome(&self) -> &Outcome {
        self.outcome.as_ref().expect("the fax is over")
    }
}

/// An hour of ticks: no fax here takes longer.
pub(crate) const HOUR: usize = 180_000;

/// What a line does to a sample on its way.
pub(crate) type Law = fn(i16) -> i16;

pub(crate) fn mu_law(sample: i16) -> i16 {
    audio::g711::decode_mu(audio::g711::encode_mu(sample))
}

pub(crate) fn a_law(sample: i16) -> i16 {
    audio::g711::decode_a(audio::g711::encode_a(sample))
}

/// Lets two machines speak over sound until both are done, with a way of `delay` ticks each.
pub(crate) fn speak(calling: &mut End, called: &mut End, law: Law, delay: usize) {
    let mut there: VecDeque<_> = vec![[0; 160]; delay].into();
    let mut back = there.clone();
    for _ in 0..HOUR {
        there.push_back(calling.tick(&back.pop_front().unwrap_or([0; 160])).map(law));
        back.push_back(called.tick(&there.pop_front().unwrap_or([0; 160])).map(law));
        if calling.outcome.is_some() && called.outcome.is_some() {
            return;
        }
    }
    panic!(
        "the fax did not end: {:?}",
        (calling.pages.len(), called.pages.len())
    );
}

/// Both have said that all is well.
pub(crate) fn assert_good(end: &End, pages: usize) {
    let outcome = end.outcome();
    assert_eq!(outcome.result, FaxResult::Ok, "{outcome:?}");
    assert_eq!(usize::from(outcome.pages), pages);
    assert_eq!(end.pages, (1..=outcome.pages).collect::<Vec<_>>());
}

struct Rows(Vec<Vec<u32>>);

impl Decoder for Rows {
    fn push_row(&mut self, changes: &[u32]) {
        self.0.push(changes.to_vec());
    }
}

/// Where the colour changes in each row of each page, as a decoder of other people's reads it.
pub(crate) fn rows(pages: &Pages) -> Vec<Vec<Vec<u32>>> {
    let sizes: Vec<_> = pages.sizes().collect();
    let read = |(page, size): (usize, &fax::Size)| {
        let mut rows = Rows(Vec::new());
        let mut context = DecoderContext::new(DecodeSettings {
            columns: size.width,
            rows: size.rows,
            end_of_block: true,
            end_of_line: false,
            rows_are_byte_aligned: false,
            encoding: EncodingMode::Group4,
            strict: true,
        });
        hayro_ccitt::decode(&pages.block(page).unwrap(), &mut rows, &mut context).unwrap();
        rows.0
    };
    sizes.iter().enumerate().map(read).collect()
}

/// Pages with a pattern that differs from page to page and is neither empty nor all black.
pub(crate) fn drawn(count: u32, rows: u32) -> Pages {
    let pages: Vec<_> = (1..=count)
        .map(|page| {
            let mut bitmap = Bitmap::white(rows);
            for row in 0..rows {
                for column in 0..WIDTH {
                    if (column * page + row * row / 50) % 97 < 20 && row % (page + 2) != 0 {
                        bitmap.blacken(column, row);
                    }
                }
            }
            bitmap
        })
        .collect();
    Pages::from_bitmaps(&pages).unwrap()
}

/// A PDF whose pages have a number, some lines of text, a frame and a grey field.
pub(crate) fn letter(pages: usize) -> Vec<u8> {
    let contents = (1..=pages).map(|page| {
        let mut content = format!("BT /F 40 Tf 60 760 Td (Page {page} of {pages}) Tj ET\n");
        for line in 0..20 {
            let down = 700 - 24 * line;
            let _ = writeln!(
                content,
                "BT /F 14 Tf 60 {down} Td (Line {line}: a quick fax over a slow line) Tj ET"
            );
        }
        content + "0.6 g 60 60 200 100 re f 0 G 2 w 40 40 515 762 re S\n"
    });
    document(&contents.collect::<Vec<_>>(), "0 0 595 842")
}

/// A PDF with these contents of pages.
pub(crate) fn document(contents: &[String], paper: &str) -> Vec<u8> {
    let kids: String = (0..contents.len())
        .map(|page| format!("{} 0 R ", 4 + 2 * page))
        .collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!(
            "<< /Type /Pages /Count {} /Kids [{kids}] >>",
            contents.len()
        ),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    for (page, content) in contents.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [{paper}] /Contents {} 0 R \
             /Resources << /Font << /F 3 0 R >> >> >>",
            5 + 2 * page
        ));
        let length = content.len();
        objects.push(format!(
            "<< /Length {length} >>\nstream\n{content}\nendstream"
        ));
    }
    written(&objects)
}

/// A PDF of these objects, the first of which is its catalogue.
pub(crate) fn written(objects: &[String]) -> Vec<u8> {
    let mut file = "%PDF-1.4\n".to_owned();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (place, object) in objects.iter().enumerate() {
        let _ = writeln!(table, "{:010} 00000 n ", file.len());
        let _ = write!(file, "{} 0 obj\n{object}\nendobj\n", place + 1);
    }
    let begin = file.len();
    let size = objects.len() + 1;
    let _ = write!(
        file,
        "{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{begin}\n%%EOF\n"
    );
    file.into_bytes()
}
