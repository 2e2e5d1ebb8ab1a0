"""What a test is: a function whose name reads as a sentence, run in a process of its own."""

import time

TESTS = {}


class Case:
    def __init__(self, function, listens, modem, seconds):
        self.run = function
        self.listens, self.modem = listens, modem
        self.seconds = seconds
        suite = function.__module__.rsplit(".", 1)[-1]
        self.name = f"{suite}.{function.__name__}"
        self.sentence = function.__name__.replace("_", " ")


def test(listens=False, modem=False, seconds=60):
    """Marks a test. `listens`: it judges sound, so little else may run beside it. `modem`: machines
    whistle at each other, who have to keep time, so even less may. `seconds`: after this long it is
    ended and has failed."""

    def mark(function):
        case = Case(function, listens, modem, seconds)
        TESTS[case.name] = case
        return function

    return mark


def wait_until(what, condition, seconds=30, every=0.05):
    """Polls until the condition holds and gives what it gave; a bound, not an expectation."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen within {seconds} s: {what}")
        time.sleep(every)


def record_for(seconds):
    """Lets a call go on while it is recorded: the only waiting that is no polling."""
    time.sleep(seconds)


def equal(found, expected, what):
    if found != expected:
        raise AssertionError(f"{what}: expected {expected!r}, found {found!r}")


def true(condition, what):
    if not condition:
        raise AssertionError(what)
