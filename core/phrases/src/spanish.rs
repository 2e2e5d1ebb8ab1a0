//! Spanish, as it is said in Mexico, where its set was recorded.

use crate::rules::{self, Coins, Count, Noun, Rules, pick};
use crate::{Currency, Date, Piece, Standing, Time};

/// The numbers up to twenty-nine.
const SMALL: [&str; 30] = [
    "cero",
    "uno",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciséis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
    "veintiuno",
    "veintidós",
    "veintitrés",
    "veinticuatro",
    "veinticinco",
    "veintiséis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
];
/// The tens.
const TENS: [&str; 10] = [
    "",
    "",
    "veinte",
    "treinta",
    "cuarenta",
    "cincuenta",
    "sesenta",
    "setenta",
    "ochenta",
    "noventa",
];
/// The hundreds from two hundred, of masculine gender.
const HUNDREDS: [&str; 10] = [
    "",
    "",
    "doscientos",
    "trescientos",
    "cuatrocientos",
    "quinientos",
    "seiscientos",
    "setecientos",
    "ochocientos",
    "novecientos",
];
/// The same of feminine gender.
const HUNDREDS_F: [&str; 10] = [
    "",
    "",
    "doscientas",
    "trescientas",
    "cuatrocientas",
    "quinientas",
    "seiscientas",
    "setecientas",
    "ochocientas",
    "novecientas",
];
/// The days of the week, from Sunday.
const DAYS: [&str; 7] = [
    "domingo",
    "lunes",
    "martes",
    "miércoles",
    "jueves",
    "viernes",
    "sábado",
];
/// The months.
const MONTHS: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

/// The rules of Spanish.
pub(crate) struct Spanish;

fn one(count: Count) -> Piece {
    match count {
        Count::Bare => Piece::filed("digits/1", "uno"),
        Count::Masculine | Count::Neuter => Piece::filed("digits/1M", "un"),
        Count::Feminine => Piece::filed("digits/1F", "una"),
    }
}

fn below_hundred(number: u32, count: Count, out: &mut Vec<Piece>) {
    let twenty_one = match count {
        Count::Bare => None,
        Count::Masculine | Count::Neuter => Some("veintiún"),
        Count::Feminine => Some("veintiuna"),
    };
    match (number, twenty_one) {
        (1, _) => out.push(one(count)),
        // no set has it before a noun
        (21, Some(words)) => out.push(Piece::words(words)),
        (0..30, _) => out.push(Piece::filed(
            format!("digits/{number}"),
            pick(&SMALL, number),
        )),
        _ => {
            let tens = number / 10;
            out.push(Piece::filed(format!("digits/{tens}0"), pick(&TENS, tens)));
            if !number.is_multiple_of(10) {
                out.push(Piece::filed("digits/and", "y"));
                below_hundred(number % 10, count, out);
            }
        }
    }
}

/// Its hundreds and what is below them may be of two genders.
fn below_thousand(number: u32, (gender, count): (Count, Count), out: &mut Vec<Piece>) {
    match number / 100 {
        0 => {}
        1 if number == 100 => out.push(Piece::filed("digits/hundred", "cien")),
        1 => out.push(Piece::filed("digits/100-and", "ciento")),
        hundreds if gender == Count::Feminine => {
            out.push(Piece::words(pick(&HUNDREDS_F, hundreds)));
        }
        hundreds => out.push(Piece::filed(
            format!("digits/{hundreds}00"),
            pick(&HUNDREDS, hundreds),
        )),
    }
    if !number.is_multiple_of(100) || number == 0 {
        below_hundred(number % 100, count, out);
    }
}

fn below_million(number: u32, count: Count, out: &mut Vec<Piece>) {
    let thousands = number / 1_000;
    if thousands > 0 {
        if thousands > 1 {
            // hundreds of thousands have the gender of what is counted, and a one before them is
            // short whatever it counts
            below_thousand(thousands, (count, Count::Masculine), out);
        }
        out.push(Piece::filed("digits/thousand", "mil"));
    }
    if !number.is_multiple_of(1_000) || number == 0 {
        below_thousand(number % 1_000, (count, count), out);
    }
}

impl Rules for Spanish {
    fn number(&self, number: u32, count: Count, out: &mut Vec<Piece>) {
        let millions = number / 1_000_000;
        if millions > 0 {
            below_million(millions, Count::Masculine, out);
            out.push(if millions == 1 {
                Piece::filed("digits/million", "millón")
            } else {
                Piece::filed("digits/millions", "millones")
            });
        }
        if !number.is_multiple_of(1_000_000) || number == 0 {
            below_million(number % 1_000_000, count, out);
        }
    }

    fn minus(&self) -> Piece {
        Piece::filed("digits/minus", "menos")
    }

    fn sign(&self, sign: char) -> Piece {
        match sign {
            '+' => Piece::words("más"),
            '.' => Piece::words("punto"),
            '-' => Piece::words("guion"),
            other => rules::sign(other, "asterisco", "número"),
        }
    }

    fn words(&self, standing: Standing) -> &'static str {
        match standing {
            Standing::Extension => "extensión",
            Standing::Recorded => "Esta llamada se está grabando.",
            Standing::OnlyPerson => "Usted es la única persona en esta conferencia.",
            Standing::ThereAre => "Actualmente hay",
            Standing::Others => "participantes más en la conferencia.",
        }
    }

    fn date(&self, date: Date, out: &mut Vec<Piece>) {
        out.push(rules::weekday(&DAYS, date));
        match date.day() {
            1 => out.push(Piece::filed("digits/h-1", "primero")),
            day => below_hundred(day.into(), Count::Bare, out),
        }
        out.push(Piece::filed("digits/es-de", "de"));
        out.push(rules::month(&MONTHS, date));
        out.push(Piece::filed("digits/es-de", "de"));
        self.number(date.year().into(), Count::Bare, out);
    }

    fn time(&self, time: Time, out: &mut Vec<Piece>) {
        // hours are feminine, whether the word is said or not
        below_hundred(time.of_twelve().into(), Count::Feminine, out);
        if time.minute() > 0 {
            out.push(Piece::filed("digits/and", "y"));
            below_hundred(time.minute().into(), Count::Bare, out);
        }
        out.push(if time.is_morning() {
            Piece::filed("digits/a-m", "a. m.")
        } else {
            Piece::filed("digits/p-m", "p. m.")
        });
    }

    fn coins(&self, currency: Currency) -> Coins {
        let noun = Noun::new;
        let (male, female) = (Count::Masculine, Count::Feminine);
        let hundredth = noun(male, "céntimo", "céntimos");
        match currency {
            Currency::Eur => (noun(male, "euro", "euros"), hundredth),
            Currency::Usd => (
                noun(male, "dólar", "dólares"),
                noun(male, "centavo", "centavos"),
            ),
            Currency::Gbp => (
                noun(female, "libra", "libras"),
                noun(male, "penique", "peniques"),
            ),
            Currency::Chf => (noun(male, "franco", "francos"), hundredth),
            Currency::Rub => (noun(male, "rublo", "rublos"), noun(male, "kopek", "kopeks")),
        }
    }

    fn form(&self, number: u32) -> usize {
        usize::from(number != 1)
    }

    fn of(&self, number: u32, _: &Noun) -> Option<Piece> {
        let whole = number > 0 && number.is_multiple_of(1_000_000);
        whole.then(|| Piece::filed("digits/es-de", "de"))
    }

    fn and(&self) -> Option<Piece> {
        Some(Piece::words("con"))
    }

    fn noun_file(&self, currency: Currency, form: usize) -> Option<&'static str> {
        (currency == Currency::Usd && form == 1).then_some("digits/dollars")
    }
}
