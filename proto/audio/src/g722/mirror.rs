//! The quadrature mirror filter, transmit and receive (G.722 sections 3.1 and 4.4).

use super::tables::MIRROR;

/// The last 24 values, newest at the end.
#[derive(Clone, Debug, Default)]
pub(super) struct Mirror {
    delay: [i32; 24],
}

impl Mirror {
    /// Takes two values; gives the sums over the odd and the even taps.
    pub(super) fn push(&mut self, first: i32, second: i32) -> (i32, i32) {
        self.delay.copy_within(2.., 0);
        self.delay[22] = first;
        self.delay[23] = second;
        let (pairs, _) = self.delay.as_chunks::<2>();
        let mut odd = 0;
        let mut even = 0;
        for (tap, [earlier, later]) in pairs.iter().enumerate() {
            odd += earlier * MIRROR[tap];
            even += later * MIRROR[11 - tap];
        }
        (odd, even)
    }
}
