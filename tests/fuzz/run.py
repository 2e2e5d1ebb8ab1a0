"""Holds the running exchange to its OpenAPI text, with each kind of key; a line for each."""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "interop"))

from kit.exchange import ACME, Exchange  # noqa: E402 - the path comes first

SCHEMATHESIS = os.environ["SCHEMATHESIS"]
SEED = os.environ.get("SEED", "1")
SIDE_BY_SIDE = int(os.environ.get("FUZZ_JOBS", "2"))
EXAMPLES = os.environ.get("EXAMPLES", "6")
# a key's part that takes longer than this has failed
SECONDS = int(os.environ.get("SECONDS_PER_KEY", "600"))
# an answer that takes longer than this will not come: beside other work some seconds are nothing
PATIENCE = 120

# What is asked of each answer: no error of ours, and nothing that the text does not say.
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance",
    "response_headers_conformance", "response_schema_conformance",
)
# Operations that are left out, each with its reason.
LEFT_OUT = {
    "streamEvents": "its answer does not end",
}
# Left out with the operator's key only.
KEEPS_THE_COMPANY = {
    "deleteTenant": "what is asked afterwards would be asked of nothing",
    "eraseTenant": "likewise",
    "revokeToken": "one of the keys is the one that asks",
}
RESELLER = "north"
# Far above what is asked, so that the rate of a key is no answer to a question.
RATE = 1_000_000


def answer(exchange, path, body, method="POST", headers=None):
    status, document = exchange.api(path, method, body, headers)
    if status not in (200, 201):
        raise RuntimeError(f"{method} {path}: {status} {document}")
    return document


# What is asked with: whose key it is, what it is made for, and the operations left out for it.
KEYS = (
    ("an operator's key", {}, KEEPS_THE_COMPANY),
    ("a reseller's key", {"reseller": RESELLER}, KEEPS_THE_COMPANY),
    ("a company's key", {"tenant": ACME}, {}),
    ("no key", None, {}),
)


def key_of(exchange, owner):
    """A key of this owner on an exchange made ready for being asked."""
    answer(exchange, f"/api/v1/tenants/{ACME}", {"caps": {"api_requests_per_second": RATE}},
           "PATCH", {"If-Match": "*"})
    answer(exchange, "/api/v1/resellers", {"name": RESELLER})
    if owner is None:
        return None
    return answer(exchange, "/api/v1/tokens", {"name": "fuzz", **owner})["key"]


def described(exchange):
    """The OpenAPI text with an example company in every path that takes one: most of what is
    asked would else be asked of companies that are not there."""
    _, text = exchange.api("/api/v1/openapi.json")
    for methods in text["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path" and parameter["name"] == "tenant":
                    parameter["schema"] = {"type": "string", "enum": [ACME, "nobody.example"]}
    path = os.path.join(exchange.folder, "openapi.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(text, file)
    return path


def words(exchange, schema, key, left_out):
    command = [
        SCHEMATHESIS, "run", schema, "--url", f"http://127.0.0.1:{exchange.http}",
        "--seed", SEED, "--max-examples", EXAMPLES, "--checks", ",".join(CHECKS),
        "--phases", "examples,coverage,fuzzing",
        "--generation-database", "none", "--warnings", "off", "--continue-on-failure",
        "--suppress-health-check", "all", "--request-timeout", str(PATIENCE),
    ]
    for operation in [*LEFT_OUT, *left_out]:
        command += ["--exclude-operation-id", operation]
    if key:
        command += ["--header", f"Authorization: Bearer {key}"]
    return command


def held(exchange, schema, name, key, left_out):
    """Whether all answers to this key were as the text says."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            words(exchange, schema, key, left_out), cwd=folder, stdin=subprocess.DEVNULL,
            env=dict(os.environ, PYTHONPATH=str(HERE), SCHEMATHESIS_HOOKS="media_types"),
            capture_output=True, text=True, errors="replace", timeout=SECONDS,
        )
    passed = done.returncode == 0
    summary = [line.strip() for line in done.stdout.splitlines()
               if "generated" in line or "Tested:" in line]
    print(f"{'ok    ' if passed else 'FAILED'} {time.monotonic() - started:5.1f} s  {name}: "
          f"{'; '.join(summary)}", flush=True)
    if not passed:
        print(done.stdout + done.stderr, flush=True)
    return passed


def alive(exchange):
    """Whether the exchange has lived through it, without one assertion of its own that failed."""
    lives = exchange.process.poll() is None and exchange.api("/healthz")[0] == 200
    return lives and "panicked" not in exchange.last_words()


def asked(name, owner, left_out):
    """What is true of an exchange asked with one key. Each key has an exchange of its own: one
    may remove what another would be made for."""
    with Exchange() as exchange:
        key = key_of(exchange, owner)
        return [held(exchange, described(exchange), name, key, left_out), alive(exchange)]


def main():
    # what asks and what answers keep a core busy, and the exchanges know nothing of each other
    with concurrent.futures.ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        told = [truth for truths in pool.map(lambda key: asked(*key), KEYS) for truth in truths]
    print(f"{sum(told)} passed, {len(told) - sum(told)} failed")
    return 0 if all(told) else 1


if __name__ == "__main__":
    sys.exit(main())
