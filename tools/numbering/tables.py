"""Writes the two tables of `core/domain/src/numbering`: whose country a number is of, and what kind.

    pip install phonenumbers regex
    python3 tools/numbering/tables.py core/domain/src/numbering

The facts are those of Google's libphonenumber (Apache 2.0), by its port to Python. Its patterns are
walked digit by digit, so that what is left are plain beginnings of numbers, which need no pattern and
no memory to be looked up.
"""

import sys
from pathlib import Path

import phonenumbers
import regex
from phonenumbers import PhoneMetadata

# No more digits of a national number are looked at. Where they leave it open what a number is, it
# counts as what costs more.
DEPTH = 6

# What each of libphonenumber's types of number costs like. All others cost what any number does.
COSTS = {
    "premium_rate": "premium",
    "shared_cost": "premium",
    "personal_number": "premium",
    "mobile": "mobile",
    "pager": "mobile",
}
OTHERS = ["fixed_line", "toll_free", "voip", "uan", "voicemail"]

# Satellites and networks without a country.
EVERYWHERE = ["870", "878", "881", "882", "883", "979"]


def patterns(found):
    """The pattern of each type of number that a country has, and what the type costs like."""
    fixed = getattr(found.fixed_line, "national_number_pattern", None)
    for kind in [*COSTS, *OTHERS]:
        text = getattr(getattr(found, kind), "national_number_pattern", None)
        # where the two are one, nobody can tell them apart
        if text and text != "NA" and not (kind == "mobile" and text == fixed):
            yield regex.compile(text), COSTS.get(kind, "any")


def beginnings(known, start=""):
    """The beginnings of one country's numbers that cost more than any number, and like what; None
    where there are no numbers at all."""
    fitting = [(text, cost) for text, cost in known if text.fullmatch(start, partial=True)]
    costs = {cost for _, cost in fitting}
    if not costs:
        return None
    if costs == {"any"}:
        return {}
    if len(costs) == 1 or len(start) == DEPTH:
        return {start: "premium" if "premium" in costs else "mobile"}
    below = {start + digit: beginnings(fitting, start + digit) for digit in "0123456789"}
    there = {longer: found for longer, found in below.items() if found is not None}
    alike = {found.get(longer) for longer, found in there.items()}
    if len(alike) == 1 and None not in alike:
        return {start: alike.pop()}
    return {key: cost for found in there.values() for key, cost in found.items()}


def leading(text):
    """The beginnings by which a country is told from others of its calling code."""
    known = regex.compile(text)

    def walk(start):
        if known.fullmatch(start):
            return [start]
        if len(start) == DEPTH + 2 or not known.fullmatch(start, partial=True):
            return []
        return [found for digit in "0123456789" for found in walk(start + digit)]

    return walk("")


def main(folder):
    """Writes both tables."""
    countries, costs = {}, {code: "premium" for code in EVERYWHERE}
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items():
        if str(code) in EVERYWHERE:
            continue
        for at, region in enumerate(regions):
            found = (
                PhoneMetadata.metadata_for_nongeo_region(code, None)
                if region == "001"
                else PhoneMetadata.metadata_for_region(region, None)
            )
            if at == 0 and region != "001":
                countries[str(code)] = region
            elif found.leading_digits:
                countries |= {f"{code}{start}": region for start in leading(found.leading_digits)}
            for start, cost in (beginnings(list(patterns(found))) or {}).items():
                whole = f"{code}{start}"
                costs[whole] = "premium" if "premium" in {cost, costs.get(whole)} else cost
    for name, table in {"countries": countries, "costs": costs}.items():
        by_value = {}
        for start in sorted(table):
            by_value.setdefault(table[start], []).append(start)
        lines = [f"{value} {' '.join(starts)}\n" for value, starts in sorted(by_value.items())]
        Path(folder, f"{name}.txt").write_text("".join(lines), encoding="ascii")


if __name__ == "__main__":
    main(sys.argv[1])
