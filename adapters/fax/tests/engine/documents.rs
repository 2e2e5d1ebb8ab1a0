//! Documents that strangers bring.

use fax::{MOST_PAGES, Pages, convert};

use crate::support::{document, drawn, letter, program, rows, written};

fn words(document: &[u8]) -> String {
    convert(&program(), document).unwrap_err().to_string()
}

/// Black pixels of a page.
fn ink(page: &[Vec<u32>]) -> u32 {
    let line = |changes: &Vec<u32>| {
        let pairs = changes.chunks(2);
        pairs
            .map(|pair| pair.get(1).copied().unwrap_or(fax::WIDTH) - pair[0])
            .sum::<u32>()
    };
    page.iter().map(line).sum()
}

#[test]
fn a_letter_becomes_a_page_of_its_size() {
    let pages = convert(&program(), &letter(1)).unwrap();
    let size = pages.sizes().next().unwrap();
    // A4 at 196 rows to the inch
    assert_eq!((size.width, size.rows), (1728, 2292));
    let page = &rows(&pages)[0];
    // the frame stands 40 points from the edge of paper that lies in the middle
    let left = page[1000].first().copied().unwrap();
    assert!((125..=140).contains(&left), "{left}");
    // four tenths of the grey field are black
    let field = 200.0 / 72.0 * 204.0 * 100.0 / 72.0 * 196.0;
    let begin = usize::try_from(size.rows).unwrap() - 435;
    let inked = f64::from(ink(&page[begin..begin + 271]));
    let frame = 271.0 * 12.0;
    assert!(
        ((inked - frame) / field - 0.4).abs() < 0.04,
        "{inked} of {field}"
    );
}

#[test]
fn a_sheet_that_lies_on_its_side_is_turned() {
    let sheet = document(&["0 0 842 100 re f".into()], "0 0 842 595");
    let pages = convert(&program(), &sheet).unwrap();
    let size = pages.sizes().next().unwrap();
    assert_eq!((size.width, size.rows), (1728, 2292));
    // what was its lower edge is one of the long ones now
    let page = &rows(&pages)[0];
    assert!(
        page.iter()
            .all(|line| line.len() == 2 && line[1] - line[0] > 270)
    );
}

#[test]
fn a_sheet_that_is_too_wide_is_made_smaller() {
    let sheet = document(&["0 0 1684 2384 re f".into()], "0 0 1684 2384");
    let pages = convert(&program(), &sheet).unwrap();
    let size = pages.sizes().next().unwrap();
    assert_eq!(size.width, 1728);
    assert!((2300..=2400).contains(&size.rows), "{}", size.rows);
}

#[test]
fn what_is_no_pdf_is_refused_in_words() {
    assert_eq!(words(b"hello"), "it is no PDF, or a damaged one");
    assert_eq!(words(b""), "it is no PDF, or a damaged one");
    let whole = letter(2);
    let refused = words(&whole[..whole.len() / 20]);
    assert!(!refused.is_empty(), "{refused}");
}

#[test]
fn too_many_pages_are_refused_in_words() {
    let pages = vec![String::new(); MOST_PAGES + 1];
    let refused = words(&document(&pages, "0 0 595 842"));
    assert_eq!(refused, "it has 101 pages, and 100 can be sent");
}

#[test]
fn paper_that_nobody_has_is_refused_in_words() {
    let refused = "page 1 has no size of paper";
    assert_eq!(
        words(&document(&[String::new()], "0 0 10 1000000")),
        refused
    );
    // a huge square is only made smaller
    let huge = document(&["0 0 900000 900000 re f".into()], "0 0 1000000 1000000");
    assert_eq!(convert(&program(), &huge).unwrap().count(), 1);
}

#[test]
fn a_document_that_is_too_large_is_refused_in_words() {
    let large = vec![b' '; fax::MOST_OCTETS + 1];
    assert_eq!(words(&large), "it is larger than 32 MiB");
}

#[test]
fn a_form_that_draws_itself_ends() {
    let form = |draws: &str| {
        let length = draws.len();
        format!(
            "<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Length {length} \
             /Resources << /XObject << /A 4 0 R /B 5 0 R >> >> >>\nstream\n{draws}\nendstream"
        )
    };
    let content = "/A Do";
    let endless = written(&[
        "<< /Type /Catalog /Pages 2 0 R >>".into(),
        "<< /Type /Pages /Count 1 /Kids [3 0 R] >>".into(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 6 0 R \
         /Resources << /XObject << /A 4 0 R >> >> >>"
            .into(),
        form("/B Do /B Do"),
        form("/A Do /A Do"),
        format!(
            "<< /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        ),
    ]);
    // drawn as far as it goes, or refused: either way this process goes on
    match convert(&program(), &endless) {
        Ok(pages) => assert_eq!(pages.count(), 1),
        Err(bad) => assert!(!bad.to_string().is_empty()),
    }
}

#[test]
fn pages_of_a_tree_that_bites_its_tail_end() {
    let endless = written(&[
        "<< /Type /Catalog /Pages 2 0 R >>".into(),
        "<< /Type /Pages /Count 1000000 /Kids [2 0 R 2 0 R] >>".into(),
    ]);
    assert!(!words(&endless).is_empty());
}

#[test]
fn what_was_received_becomes_a_pdf_that_looks_the_same() {
    let pages = drawn(3, 2000);
    let pdf = pages.to_pdf();
    for page in 0..3 {
        // what came stands in it octet by octet
        let block = pages.block(page).unwrap();
        assert!(pdf.windows(block.len()).any(|part| part == block));
    }
    let again = convert(&program(), &pdf).unwrap();
    assert_eq!(again.count(), 3);
    for (before, after) in pages.sizes().zip(again.sizes()) {
        assert!(before.rows.abs_diff(after.rows) <= 1);
    }
    // drawn anew by a rasteriser, so dots may move: the ink stays what it was
    for (before, after) in rows(&pages).iter().zip(&rows(&again)) {
        let (before, after) = (f64::from(ink(before)), f64::from(ink(after)));
        assert!((before / after - 1.0).abs() < 0.05, "{before} {after}");
    }
}

#[test]
fn a_tiff_comes_back_and_a_spoilt_one_is_refused() {
    let pages = drawn(2, 50);
    let again = Pages::from_tiff(pages.as_tiff().to_vec()).unwrap();
    assert_eq!(again, pages);
    assert_eq!(Pages::from_tiff(Vec::new()).unwrap().count(), 0);
    let tiff = pages.as_tiff();
    for cut in 1..tiff.len() {
        assert!(Pages::from_tiff(tiff[..cut].to_vec()).is_err(), "{cut}");
    }
    for place in 0..tiff.len() {
        let mut spoilt = tiff.to_vec();
        spoilt[place] ^= 0xFF;
        // refused or read, and what was read can be written
        if let Ok(pages) = Pages::from_tiff(spoilt) {
            assert!(pages.to_pdf().starts_with(b"%PDF"));
        }
    }
}
