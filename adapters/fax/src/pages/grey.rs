//! Grey made black and white: writing stays sharp, pictures become dots.
//!
//! Where light and dark meet within a pixel or two there is the edge of something that was drawn,
//! and its softened pixels belong to one side or the other. Anywhere else grey is meant as grey,
//! and is shown by as many black dots as it is dark: what a dot is off is carried on to its
//! neighbours.

use super::bitmap::Bitmap;

/// How far apart the lightest and the darkest neighbour are where something has an edge, of 255.
const EDGE: u8 = 96;

/// Darker than this is meant as black, lighter than the other as white.
const BLACK: u8 = 40;
const WHITE: u8 = 225;

/// Shades of a page in rows: 0 is black, 255 white.
pub(super) struct Shades {
    pub(super) width: usize,
    pub(super) shades: Vec<u8>,
}

impl Shades {
    /// In black and white.
    pub(super) fn to_bitmap(&self) -> Bitmap {
        let rows = self.shades.len() / self.width.max(1);
        let mut page = Bitmap::white(u32::try_from(rows).unwrap_or(0));
        let mut here = vec![0; self.width + 2];
        let mut below = vec![0; self.width + 2];
        for row in 0..rows {
            for column in 0..self.width {
                if self.is_black(column, row, &mut here, &mut below) {
                    let (column, row) = (u32::try_from(column), u32::try_from(row));
                    if let (Ok(column), Ok(row)) = (column, row) {
                        page.blacken(column, row);
                    }
                }
            }
            std::mem::swap(&mut here, &mut below);
            below.fill(0);
        }
        page
    }

    /// Decides one pixel. `here` and `below` hold what earlier ones were off, one place to the
    /// right of their column so that the first one has a left neighbour.
    fn is_black(&self, column: usize, row: usize, here: &mut [i32], below: &mut [i32]) -> bool {
        let shade = self.at(column, row);
        if shade <= BLACK {
            return true;
        }
        if shade >= WHITE {
            return false;
        }
        let (darkest, lightest) = self.around(column, row);
        if lightest - darkest >= EDGE {
            return shade < darkest.midpoint(lightest);
        }
        let place = column + 1;
        let wanted = i32::from(shade) + here.get(place).copied().unwrap_or(0) / 16;
        let black = wanted < 128;
        let off = if black { wanted } else { wanted - 255 };
        // the shares of Floyd and Steinberg, in sixteenths
        let carry = |line: &mut [i32], place: usize, share: i32| {
            if let Some(sum) = line.get_mut(place) {
                *sum += off * share;
            }
        };
        carry(here, place + 1, 7);
        carry(below, place - 1, 3);
        carry(below, place, 5);
        carry(below, place + 1, 1);
        black
    }

    fn at(&self, column: usize, row: usize) -> u8 {
        let shade = self.shades.get(row * self.width + column);
        shade.copied().unwrap_or(255)
    }

    /// The darkest and the lightest of a pixel and its eight neighbours.
    fn around(&self, column: usize, row: usize) -> (u8, u8) {
        let (mut darkest, mut lightest) = (255, 0);
        let last = self.width.saturating_sub(1);
        for row in row.saturating_sub(1)..=row + 1 {
            let line = row * self.width;
            let from = line + column.saturating_sub(1);
            let to = line + (column + 1).min(last);
            for shade in self.shades.get(from..=to).unwrap_or_default() {
                darkest = darkest.min(*shade);
                lightest = lightest.max(*shade);
            }
        }
        (darkest, lightest)
    }
}

#[cfg(test)]
mod tests {
    //! Edges stay where they are, and grey is as dark as it was.

    use super::*;

    fn blacks(page: &Bitmap) -> u32 {
        page.lines().flatten().map(|octet| octet.count_ones()).sum()
    }

    #[test]
    fn a_grey_ground_becomes_as_many_dots_as_it_is_dark() {
        for shade in [64_u8, 128, 192] {
            let page = Shades {
                width: 1728,
                shades: vec![shade; 1728 * 200],
            }
            .to_bitmap();
            let share = f64::from(blacks(&page)) / (1728.0 * 200.0);
            let dark = 1.0 - f64::from(shade) / 255.0;
            assert!((share - dark).abs() < 0.02, "{shade}: {share} of {dark}");
        }
    }

    #[test]
    fn a_softened_edge_stays_straight() {
        // black, one grey column, white: the grey one goes to one side in every row
        for grey in [100_u8, 160] {
            let mut shades = Vec::new();
            for _ in 0..50 {
                shades.extend((0..1728).map(|column| match column {
                    0..800 => 0,
                    800 => grey,
                    _ => 255,
                }));
            }
            let page = Shades {
                width: 1728,
                shades,
            }
            .to_bitmap();
            let expected = if grey < 128 { 801 } else { 800 };
            assert_eq!(blacks(&page), expected * 50);
        }
    }
}
