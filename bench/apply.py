#!/usr/bin/env python3
"""Applies a snapshot of many companies to an empty exchange: how long, and how much memory.

    bench/apply.py --strowger target/release/strowger --companies 10000 --extensions 10

Each company has so many extensions with one phone each, and all of them one plan. The snapshot is
applied twice: the second time there is nothing to do, which is what going on after an interruption
costs. With --store a database of PostgreSQL takes the place of the data folder's SQLite.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def write_snapshot(path, companies, extensions):
    """Writes the snapshot: a plan, then all companies, then what is in them."""
    with open(path, "w", encoding="utf-8") as out:
        out.write("strowger: 1\ndocuments:\n")
        out.write("- kind: plan\n  spec:\n    name: seats\n    maximum:\n      devices: 50\n")
        for company in range(companies):
            domain = f"company-{company:05}.example"
            out.write("- kind: tenant\n  spec:\n    domains:\n")
            out.write(f"    - {domain}\n    display_name: Company {company}\n    plan: seats\n")
        for company in range(companies):
            domain = f"company-{company:05}.example"
            for number in range(100, 100 + extensions):
                out.write(f"- kind: extension\n  in: {domain}\n  spec:\n    number: '{number}'\n")
            for number in range(100, 100 + extensions):
                out.write(f"- kind: device\n  in: {domain}\n  spec:\n")
                out.write(f"    username: c{company:05}-{number}\n    extension: '{number}'\n")


def apply(strowger, snapshot, data, store):
    """Applies the snapshot once; seconds, processor seconds and the most memory."""
    command = [strowger, "apply", "--data", data, str(snapshot)]
    if store:
        command += ["--store", store]
    began = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"apply failed with {process.returncode}")
    return {
        "seconds": round(time.monotonic() - began, 1),
        "processor_seconds": round(used.ru_utime + used.ru_stime, 1),
        "memory_mib": used.ru_maxrss // 1024,
        "said": said.splitlines()[-2:],
    }


def main():
    """Writes, applies twice, prints JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--strowger", default="target/release/strowger")
    parser.add_argument("--companies", type=int, default=10_000)
    parser.add_argument("--extensions", type=int, default=10)
    parser.add_argument("--store", help="address of a database, such as postgres://…")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        snapshot = Path(folder, "exchange.yaml")
        write_snapshot(snapshot, arguments.companies, arguments.extensions)
        data = str(Path(folder, "data"))
        first = apply(arguments.strowger, snapshot, data, arguments.store)
        again = apply(arguments.strowger, snapshot, data, arguments.store)
    report = {
        "companies": arguments.companies,
        "documents": 1 + arguments.companies * (1 + 2 * arguments.extensions),
        "store": "postgresql" if arguments.store else "sqlite",
        "first": first,
        "again": again,
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
