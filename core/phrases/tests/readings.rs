//! Tables of right readings, language by language, and what holds of all numbers.
#![allow(clippy::unwrap_used)]

use phrases::{Amount, Currency, Date, Language, NUMBER_MAX, Part, Phrase, Time, text};
use proptest::prelude::*;

fn said(language: Language, part: Part) -> String {
    text(&Phrase(vec![part]).pieces(language))
}

fn numbers(language: Language, table: &[(i64, &str)]) {
    for (number, words) in table {
        assert_eq!(said(language, Part::Number(*number)), *words, "{number}");
    }
}

fn dates(language: Language, table: &[((u16, u8, u8), &str)]) {
    for ((year, month, day), words) in table {
        let date = Date::new(*year, *month, *day).unwrap();
        assert_eq!(said(language, Part::Date(date)), *words, "{date:?}");
    }
}

fn times(language: Language, table: &[(u8, u8, &str)]) {
    for (hour, minute, words) in table {
        let time = Time::new(*hour, *minute).unwrap();
        assert_eq!(said(language, Part::Time(time)), *words, "{time:?}");
    }
}

fn money(language: Language, table: &[(i64, Currency, &str)]) {
    for (hundredths, currency, words) in table {
        let amount = Amount {
            hundredths: *hundredths,
            currency: *currency,
        };
        assert_eq!(said(language, Part::Amount(amount)), *words, "{amount:?}");
    }
}

#[test]
fn english_is_said_as_in_the_united_states() {
    let en = Language::En;
    numbers(
        en,
        &[
            (0, "zero"),
            (1, "one"),
            (13, "thirteen"),
            (20, "twenty"),
            (21, "twenty-one"),
            (100, "one hundred"),
            (101, "one hundred one"),
            (999, "nine hundred ninety-nine"),
            (1_000, "one thousand"),
            (1_001, "one thousand one"),
            (20_031, "twenty thousand thirty-one"),
            (1_000_000, "one million"),
            (-15, "minus fifteen"),
        ],
    );
    dates(
        en,
        &[
            (
                (2026, 11, 28),
                "Saturday November twenty-eighth twenty twenty-six",
            ),
            ((2000, 1, 1), "Saturday January first two thousand"),
            ((2005, 5, 31), "Tuesday May thirty-first two thousand five"),
            ((1905, 3, 20), "Monday March twentieth nineteen oh five"),
        ],
    );
    times(
        en,
        &[
            (0, 0, "twelve a.m."),
            (12, 0, "twelve p.m."),
            (9, 5, "nine oh five a.m."),
            (22, 31, "ten thirty-one p.m."),
        ],
    );
    money(
        en,
        &[
            (100, Currency::Usd, "one dollar"),
            (
                12_345,
                Currency::Usd,
                "one hundred twenty-three dollars and forty-five cents",
            ),
            (-101, Currency::Gbp, "minus one pound and one penny"),
            (7, Currency::Eur, "seven cents"),
            (0, Currency::Eur, "zero euros"),
        ],
    );
}

#[test]
fn spanish_has_gender_and_short_ones() {
    let es = Language::Es;
    numbers(
        es,
        &[
            (0, "cero"),
            (1, "uno"),
            (16, "dieciséis"),
            (21, "veintiuno"),
            (31, "treinta y uno"),
            (100, "cien"),
            (101, "ciento uno"),
            (500, "quinientos"),
            (1_000, "mil"),
            (1_999, "mil novecientos noventa y nueve"),
            (21_000, "veintiún mil"),
            (31_001, "treinta y un mil uno"),
            (100_000, "cien mil"),
            (1_000_000, "un millón"),
            (21_000_000, "veintiún millones"),
            (-2, "menos dos"),
        ],
    );
    dates(
        es,
        &[
            (
                (2026, 11, 28),
                "sábado veintiocho de noviembre de dos mil veintiséis",
            ),
            (
                (1999, 5, 1),
                "sábado primero de mayo de mil novecientos noventa y nueve",
            ),
        ],
    );
    times(
        es,
        &[
            (0, 0, "doce a. m."),
            (12, 0, "doce p. m."),
            (13, 1, "una y uno p. m."),
            (9, 45, "nueve y cuarenta y cinco a. m."),
        ],
    );
    money(
        es,
        &[
            (100, Currency::Eur, "un euro"),
            (2_101, Currency::Eur, "veintiún euros con un céntimo"),
            (3_100, Currency::Gbp, "treinta y una libras"),
            (20_000, Currency::Gbp, "doscientas libras"),
            (
                23_100_000,
                Currency::Gbp,
                "doscientas treinta y un mil libras",
            ),
            (100_000_000, Currency::Eur, "un millón de euros"),
            (-500, Currency::Usd, "menos cinco dólares"),
        ],
    );
}

#[test]
fn french_counts_by_twenties_from_seventy() {
    let fr = Language::Fr;
    numbers(
        fr,
        &[
            (0, "zéro"),
            (17, "dix-sept"),
            (21, "vingt et un"),
            (22, "vingt-deux"),
            (70, "soixante-dix"),
            (71, "soixante et onze"),
            (77, "soixante-dix-sept"),
            (80, "quatre-vingts"),
            (81, "quatre-vingt-un"),
            (90, "quatre-vingt-dix"),
            (91, "quatre-vingt-onze"),
            (99, "quatre-vingt-dix-neuf"),
            (100, "cent"),
            (200, "deux cents"),
            (201, "deux cent un"),
            (1_000, "mille"),
            (2_000, "deux mille"),
            (80_000, "quatre-vingt mille"),
            (200_000, "deux cent mille"),
            (1_000_000, "un million"),
            (80_000_000, "quatre-vingts millions"),
            (-1, "moins un"),
        ],
    );
    dates(
        fr,
        &[
            (
                (2026, 11, 28),
                "samedi vingt-huit novembre deux mille vingt-six",
            ),
            (
                (1971, 8, 1),
                "dimanche premier août mille neuf cent soixante et onze",
            ),
        ],
    );
    times(
        fr,
        &[
            (0, 0, "zéro heure"),
            (1, 30, "une heure trente"),
            (12, 0, "douze heures"),
            (21, 21, "vingt et une heures vingt et une"),
        ],
    );
    money(
        fr,
        &[
            (150, Currency::Eur, "un euro et cinquante cents"),
            (2_100, Currency::Gbp, "vingt et une livres"),
            (8_000, Currency::Usd, "quatre-vingts dollars"),
            (-200, Currency::Chf, "moins deux francs"),
        ],
    );
}

#[test]
fn italian_drops_vowels_where_numbers_meet() {
    let it = Language::It;
    numbers(
        it,
        &[
            (0, "zero"),
            (3, "tre"),
            (21, "ventuno"),
            (22, "ventidue"),
            (23, "ventitré"),
            (28, "ventotto"),
            (31, "trentuno"),
            (88, "ottantotto"),
            (100, "cento"),
            (101, "centouno"),
            (108, "centotto"),
            (180, "centottanta"),
            (200, "duecento"),
            (1_000, "mille"),
            (1_021, "milleventuno"),
            (2_000, "duemila"),
            (21_000, "ventunmila"),
            (23_000, "ventitremila"),
            (999_999, "novecentonovantanovemilanovecentonovantanove"),
            (1_000_000, "un milione"),
            (21_000_002, "ventun milioni due"),
            (-11, "meno undici"),
        ],
    );
    dates(
        it,
        &[
            ((2026, 11, 28), "sabato ventotto novembre duemilaventisei"),
            (
                (1999, 5, 1),
                "sabato primo maggio millenovecentonovantanove",
            ),
        ],
    );
    times(
        it,
        &[
            (0, 0, "ore zero"),
            (12, 0, "ore dodici"),
            (1, 1, "ore una e uno"),
            (22, 30, "ore ventidue e trenta"),
        ],
    );
    money(
        it,
        &[
            (100, Currency::Eur, "un euro"),
            (2_100, Currency::Usd, "ventun dollari"),
            (100, Currency::Gbp, "una sterlina"),
            (100_000_000, Currency::Eur, "un milione di euro"),
            (
                -1_150,
                Currency::Eur,
                "meno undici euro e cinquanta centesimi",
            ),
        ],
    );
}

#[test]
fn russian_declines_what_it_counts() {
    let ru = Language::Ru;
    numbers(
        ru,
        &[
            (0, "ноль"),
            (1, "один"),
            (21, "двадцать один"),
            (111, "сто одиннадцать"),
            (1_000, "тысяча"),
            (2_000, "две тысячи"),
            (5_000, "пять тысяч"),
            (11_000, "одиннадцать тысяч"),
            (21_000, "двадцать одна тысяча"),
            (1_000_000, "миллион"),
            (2_001_000, "два миллиона одна тысяча"),
            (5_000_002, "пять миллионов два"),
            (-3, "минус три"),
        ],
    );
    dates(
        ru,
        &[
            (
                (2026, 11, 28),
                "суббота двадцать восьмое ноября две тысячи двадцать шестого года",
            ),
            (
                (1999, 9, 3),
                "пятница третье сентября тысяча девятьсот девяносто девятого года",
            ),
            (
                (2000, 2, 20),
                "воскресенье двадцатое февраля двухтысячного года",
            ),
            (
                (1900, 3, 13),
                "вторник тринадцатое марта тысяча девятисотого года",
            ),
            (
                (2023, 5, 31),
                "среда тридцать первое мая две тысячи двадцать третьего года",
            ),
        ],
    );
    times(
        ru,
        &[
            (0, 0, "ноль часов ноль минут"),
            (12, 0, "двенадцать часов ноль минут"),
            (1, 1, "один час одна минута"),
            (22, 32, "двадцать два часа тридцать две минуты"),
        ],
    );
    money(
        ru,
        &[
            (100, Currency::Rub, "один рубль"),
            (201, Currency::Rub, "два рубля одна копейка"),
            (1_142, Currency::Rub, "одиннадцать рублей сорок две копейки"),
            (2_100, Currency::Usd, "двадцать один доллар"),
            (-500, Currency::Eur, "минус пять евро"),
        ],
    );
}

#[test]
fn german_says_units_before_tens() {
    let de = Language::De;
    numbers(
        de,
        &[
            (0, "null"),
            (1, "eins"),
            (21, "einundzwanzig"),
            (101, "einhunderteins"),
            (1_001, "eintausendeins"),
            (31_000, "einunddreißigtausend"),
            (1_000_000, "eine Million"),
            (2_000_001, "zwei Millionen eins"),
            (-7, "minus sieben"),
        ],
    );
    dates(
        de,
        &[
            (
                (2026, 11, 28),
                "Samstag, der achtundzwanzigste November zweitausendsechsundzwanzig",
            ),
            (
                (1999, 5, 1),
                "Samstag, der erste Mai neunzehnhundertneunundneunzig",
            ),
            (
                (1999, 12, 19),
                "Sonntag, der neunzehnte Dezember neunzehnhundertneunundneunzig",
            ),
        ],
    );
    times(
        de,
        &[
            (0, 0, "null Uhr"),
            (12, 0, "zwölf Uhr"),
            (1, 1, "ein Uhr eins"),
            (21, 30, "einundzwanzig Uhr dreißig"),
        ],
    );
    money(
        de,
        &[
            (101, Currency::Eur, "ein Euro und ein Cent"),
            (3_100, Currency::Chf, "einunddreißig Franken"),
            (1, Currency::Rub, "eine Kopeke"),
            (-200, Currency::Gbp, "minus zwei Pfund"),
        ],
    );
}

#[test]
fn a_row_of_digits_is_said_one_by_one() {
    let row = Part::Digits("*1a0".to_owned());
    assert_eq!(said(Language::En, row), "star one a zero");
    let beyond = i64::from(NUMBER_MAX) + 1;
    let words = said(Language::En, Part::Number(beyond));
    assert_eq!(words, "one zero zero zero zero zero zero zero zero zero");
}

proptest! {
    #[test]
    fn every_number_has_words_in_every_language(number in 0..=NUMBER_MAX, below in any::<bool>()) {
        let number = i64::from(number) * if below { -1 } else { 1 };
        for language in Language::ALL {
            let pieces = Phrase(vec![Part::Number(number)]).pieces(language);
            prop_assert!(!pieces.is_empty());
            prop_assert!(pieces.iter().all(|piece| !piece.words.is_empty()), "{pieces:?}");
        }
    }
}
