"""Writes the tables of `core/domain/src/numbering`: whose country a number is of, what kind of number
it is, by which numbers a country's people call for help, and what they dial before other numbers.

    pip install phonenumbers regex
    python3 tools/numbering.py core/domain/src/numbering

The facts are those of Google's libphonenumber (Apache 2.0), by its port to Python. Its patterns are
walked digit by digit, so that what is left are plain beginnings of numbers, which need no pattern and
no memory to be looked up.
"""

import sys
import textwrap
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


def beginnings(known, ordinary, doubtful, start=""):
    """What beginnings of one code's numbers mean, where that is not what is ordinary; None where
    there are no numbers at all. `doubtful` says what counts where several meanings are left."""
    fitting = [(text, value) for text, value in known if text.fullmatch(start, partial=True)]
    values = {value for _, value in fitting}
    if not values:
        return None
    if len(values) == 1 or len(start) == DEPTH:
        value = values.pop() if len(values) == 1 else doubtful(values)
        return {} if value == ordinary else {start: value}
    below = {
        start + digit: beginnings(fitting, ordinary, doubtful, start + digit)
        for digit in "0123456789"
    }
    there = {longer: found for longer, found in below.items() if found is not None}
    alike = {found.get(longer) for longer, found in there.items()}
    if len(alike) == 1 and None not in alike:
        return {start: alike.pop()}
    return {key: value for found in there.values() for key, value in found.items()}


def dearer(costs):
    """What counts where it is left open what a number is."""
    return "premium" if "premium" in costs else "mobile"


def helps():
    """The numbers by which each country's people call for help."""
    for region in phonenumbers.SUPPORTED_SHORT_REGIONS:
        known = PhoneMetadata.short_metadata_for_region(region).emergency
        text = known and known.national_number_pattern
        if text and text != "NA":
            yield region, whole(regex.compile(text))


def whole(text, start=""):
    """All numbers of a pattern."""
    found = [start] if text.fullmatch(start) else []
    if len(start) < DEPTH:
        longer = [start + digit for digit in "0123456789"]
        there = [more for more in longer if text.fullmatch(more, partial=True)]
        found += [number for more in there for number in whole(text, more)]
    return found


def dialled(code, region):
    """What is dialled in a country before numbers of it, and before those of others: the country's
    code, the one (- where there is none), and all that may be the other."""
    found = described(code, region)
    preferred = (found.preferred_international_prefix or "").replace("~", "")
    before = [preferred] if preferred else whole(regex.compile(found.international_prefix))
    # where one begins with another, what follows that could be of either
    apart = [one for one in before if not any(one != two and one.startswith(two) for two in before)]
    return " ".join([str(code), found.national_prefix or "-", *sorted(apart)])


def described(code, region):
    """What is known of a country's numbers."""
    if region == "001":
        return PhoneMetadata.metadata_for_nongeo_region(code, None)
    return PhoneMetadata.metadata_for_region(region, None)


def main(folder):
    """Writes the tables."""
    countries, costs = {}, {code: "premium" for code in EVERYWHERE}
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items():
        if str(code) in EVERYWHERE:
            continue
        # countries of one code are walked as one: a beginning that is short in one is in all
        known = [
            (region, text, cost)
            for region in regions
            for text, cost in patterns(described(code, region))
        ]
        prices = [(text, cost) for _, text, cost in known]
        for start, cost in (beginnings(prices, "any", dearer) or {}).items():
            costs[f"{code}{start}"] = cost
        if regions == ("001",):
            continue
        first = countries[str(code)] = regions[0]
        whose = [(text, region) for region, text, _ in known]
        for start, region in (beginnings(whose, first, lambda _: first) or {}).items():
            countries[f"{code}{start}"] = region
    dialling = {
        region: [dialled(code, region)]
        for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
        for region in regions
        if region != "001"
    }
    tables = {"emergency": dict(sorted(helps())), "dialling": dialling}
    for name, table in {"countries": countries, "costs": costs}.items():
        by_value = tables.setdefault(name, {})
        for start in sorted(table):
            by_value.setdefault(table[start], []).append(start)
    for name, by_value in tables.items():
        lines = [
            f"{value} {line}\n"
            for value, starts in sorted(by_value.items())
            for line in textwrap.wrap(" ".join(starts), 400 if name == "dialling" else 90)
        ]
        Path(folder, f"{name}.txt").write_text("".join(lines), encoding="ascii")


if __name__ == "__main__":
    main(sys.argv[1])
