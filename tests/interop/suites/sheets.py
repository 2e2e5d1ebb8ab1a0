"""A company's people and telephones, taken from a sheet and given out as one."""

import csv
import io
import os

from kit.case import equal, test, true
from kit.exchange import ACME, Exchange

tell = Exchange.command_line


def written(exchange, name, rows):
    file = os.path.join(exchange.folder, name)
    with open(file, "w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out, delimiter=";").writerows(rows)
    return file


@test()
def two_hundred_people_come_from_a_sheet_and_three_bad_rows_hold_back_all_of_them():
    exchange = Exchange()
    where = ("--tenant", ACME, "--data", exchange.data)
    rows = [["mail", "display_name", "role", "extension"]]
    rows += [[f"person{n}@acme.example", f"Person {n}", "user", "101"] for n in range(1, 201)]
    good = written(exchange, "good.csv", rows)
    rows[7][0], rows[77][3], rows[177][0] = "person7", "999", "person176@acme.example"
    bad = written(exchange, "bad.csv", rows)
    for also in ([], ["--dry-run"]):
        refused = tell("import", "users", bad, *where, *also, check=False)
        true(refused.returncode == 2, f"a bad sheet is refused: {refused}")
        for place in ("line 8, mail:", "line 78, extension:", "line 178, mail:"):
            true(place in refused.stdout, f"{place} is named: {refused.stdout[:400]}")
        equal(len(tell("export", "users", *where).stdout.splitlines()), 1, "nobody was made")
    true("200 new" in tell("import", "users", good, *where, "--dry-run").stdout, "what would be")
    true("200 new" in tell("import", "users", good, *where).stdout, "all are made")
    sheet = tell("export", "users", *where).stdout
    people = list(csv.DictReader(io.StringIO(sheet)))
    equal(len(people), 200, "people")
    equal({person["extension"] for person in people}, {"101"}, "by their numbers")
    true("200 as they are" in tell("import", "users", good, *where).stdout, "the same again")
