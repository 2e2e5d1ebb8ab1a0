//! The figures, beside each other.

/// Messages per second, the best of all turns; zero for what was not measured.
#[derive(Clone, Copy, Default)]
pub(crate) struct Rates {
    parse: f64,
    typed: f64,
    print: f64,
    all: f64,
}

impl Rates {
    /// Notes a turn: so many messages in so many nanoseconds.
    pub(crate) fn note(&mut self, what: &str, messages: u32, nanoseconds: u64) {
        let nanoseconds = u32::try_from(nanoseconds).unwrap_or(u32::MAX);
        let rate = f64::from(messages) * 1e9 / f64::from(nanoseconds);
        let best = match what {
            "parse" => &mut self.parse,
            "typed" => &mut self.typed,
            "print" => &mut self.print,
            _ => &mut self.all,
        };
        *best = best.max(rate);
    }
}

/// One contestant on one message.
pub(crate) struct Row {
    pub(crate) message: &'static str,
    pub(crate) bytes: usize,
    pub(crate) who: &'static str,
    pub(crate) rates: Rates,
}

/// How all of one contestant stands to the ceiling, and to the best of the other crates.
fn standing(row: &Row, rows: &[Row]) -> (f64, f64) {
    let all_of = |who: &str| {
        let found = rows.iter().find(|row| row.who == who);
        found.map_or(0.0, |row| row.rates.all)
    };
    let best = all_of("ezk-sip-types").max(all_of("rsipstack"));
    (row.rates.all / all_of("ceiling"), row.rates.all / best)
}

/// A table for people.
pub(crate) fn print(tables: &[Vec<Row>], clock: &str) {
    println!("messages per second and core, by {clock}");
    for rows in tables {
        let Some(first) = rows.first() else { continue };
        println!("\n{}, {} bytes", first.message, first.bytes);
        println!(
            "  {:<14}{:>10}{:>10}{:>10}{:>10}{:>12}{:>12}",
            "", "parse", "typed", "print", "all", "of ceiling", "of the best"
        );
        for row in rows {
            let Rates {
                parse,
                typed,
                print,
                all,
            } = row.rates;
            let (ceiling, best) = standing(row, rows);
            println!(
                "  {:<14}{:>10}{:>10}{:>10}{:>10}{:>11.0}%{:>11.1}x",
                row.who,
                thousands(parse),
                thousands(typed),
                thousands(print),
                thousands(all),
                ceiling * 100.0,
                best
            );
        }
    }
}

fn thousands(rate: f64) -> String {
    if rate == 0.0 {
        "-".to_owned()
    } else {
        format!("{:.0} k", rate / 1e3)
    }
}

/// The same figures for programs, in one line.
pub(crate) fn json(tables: &[Vec<Row>], clock: &str) -> String {
    let rows = tables.iter().flat_map(|rows| {
        rows.iter().map(|row| {
            let Rates {
                parse,
                typed,
                print,
                all,
            } = row.rates;
            let (ceiling, best) = standing(row, rows);
            format!(
                "{{\"message\":\"{}\",\"bytes\":{},\"who\":\"{}\",\"parse\":{parse:.0},\
                 \"typed\":{typed:.0},\"print\":{print:.0},\"all\":{all:.0},\
                 \"of_ceiling\":{ceiling:.3},\"of_best_other\":{best:.2}}}",
                row.message, row.bytes, row.who
            )
        })
    });
    let rows: Vec<String> = rows.collect();
    format!("{{\"clock\":\"{clock}\",\"rows\":[{}]}}", rows.join(","))
}
