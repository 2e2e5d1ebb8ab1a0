"""Runs the tests side by side, those that listen apart from the others, and modems last; a line for
each."""

import concurrent.futures
import importlib
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from kit.case import TESTS  # noqa: E402 - the path comes first

SIDE_BY_SIDE = int(os.environ.get("INTEROP_JOBS", "4"))
# phones that speak and listen keep time by themselves: with as many as this at a time two
# processors are half idle, and sound stays whole
LISTENING = min(3, SIDE_BY_SIDE)
# modems that wait for a processor lose each other: these come last, when what runs beside the tests
# of a whole gate is done as well
WHISTLING = min(2, SIDE_BY_SIDE)
# of what a failed test said, this much is said again at the end
LAST_LINES = 8


def load():
    for path in sorted((HERE / "suites").glob("*.py")):
        if path.stem != "__init__":
            importlib.import_module(f"suites.{path.stem}")


def run_here(name):
    """One test, in this process."""
    try:
        TESTS[name].run()
    except Exception:  # noqa: BLE001 - whatever it is, the test has failed
        traceback.print_exc()
        return 1
    return 0


class Progress:
    def __init__(self, total):
        self.total, self.done, self.failed = total, 0, []
        self.lock = threading.Lock()

    def tell(self, case, passed, seconds, said):
        with self.lock:
            self.done += 1
            word = "ok    " if passed else "FAILED"
            suite = case.name.split(".", 1)[0]
            print(f"[{self.done}/{self.total}] {word} {seconds:5.1f} s  {suite}: {case.sentence}",
                  flush=True)
            if not passed:
                self.failed.append((case.name, said.strip()))
                print("    " + said.strip().replace("\n", "\n    "), flush=True)


def run_apart(case, slot, progress):
    """One test in a process of its own, with all it starts ended when its time is up."""
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, str(HERE / "run.py"), "--here", case.name],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, "INTEROP_SLOT": str(slot)}, start_new_session=True, text=True,
        errors="replace",
    )
    try:
        said, _ = process.communicate(timeout=case.seconds)
        passed = process.returncode == 0
    except subprocess.TimeoutExpired:
        passed = False
        os.killpg(process.pid, signal.SIGKILL)
        said = (process.communicate()[0] or "") + f"\nended after {case.seconds} s"
    finally:
        # a phone that outlived its test would disturb the next one
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    progress.tell(case, passed, time.monotonic() - started, said)


def run_side_by_side(cases, count, progress):
    """All of them, `count` at a time, the longest first so that none is left running at the end."""
    slots = list(range(count))
    lock = threading.Lock()

    def work(case):
        with lock:
            slot = slots.pop()
        try:
            run_apart(case, slot, progress)
        finally:
            with lock:
                slots.append(slot)

    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        list(pool.map(work, sorted(cases, key=lambda case: -case.seconds)))


def chosen(words):
    """The tests whose name holds any of the words; all without words."""
    return [case for case in TESTS.values()
            if not words or any(word in case.name for word in words)]


def main(words):
    load()
    if words[:1] == ["--here"]:
        return run_here(words[1])
    if words[:1] == ["--list"]:
        print("\n".join(TESTS))
        return 0
    cases = chosen(words)
    if not cases:
        print(f"no test is called like {' or '.join(words)}; all names: run.sh --list")
        return 2
    progress = Progress(len(cases))
    modems = [c for c in cases if c.modem]
    others = [c for c in cases if not c.modem]
    run_side_by_side([c for c in others if not c.listens], SIDE_BY_SIDE, progress)
    run_side_by_side([c for c in others if c.listens], LISTENING, progress)
    run_side_by_side(modems, WHISTLING, progress)
    # once more at the end, where whoever reads the last lines of a long run finds it
    for name, said in progress.failed:
        last = said.splitlines()[-LAST_LINES:] or ["it said nothing"]
        print(f"failed: {name}\nfailed:     " + "\nfailed:     ".join(last))
    print(f"{progress.done - len(progress.failed)} passed, {len(progress.failed)} failed")
    return 1 if progress.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
