"""What bench/media.py makes of what was found: statistics, tables of examples, rows of its table.

Nothing here measures. `python3 bench/media_rows.py` tries the examples in it.
"""

import re
import statistics

#: How much of what the kernel allows the exchange should relay.
RELAY_TARGET = 0.95
#: How many times the packets of rtpengine it should relay with the same processor time.
RTPENGINE_TARGET = 2
#: What a relayed call may take on the road, octets.
ROAD_TARGET = 12_000
#: Packets that one listener hears in a second.
FRAMES = 50
#: The length of a packet's sound, microseconds.
FRAME_MICROS = 20_000


def by_lane(windows):
    """Windows apart by their lanes, in the order of their rounds.

    >>> lanes = by_lane([{"lane": "bare", "n": 1}, {"lane": "direct"}, {"lane": "bare", "n": 3}])
    >>> [one["n"] for one in lanes["bare"]], len(lanes["direct"])
    ([1, 3], 1)
    """
    lanes = {}
    for window in windows:
        lanes.setdefault(window["lane"], []).append(window)
    return lanes


def share(ours, ceilings):
    """The median of the shares of rounds: neighbours in time are compared with each other.

    >>> share([50, 90, 40], [100, 100, 100])
    0.5
    """
    return statistics.median(one / other for one, other in zip(ours, ceilings))


def relayed(found):
    """The figures of one number of calls that talk.

    >>> window = {"seconds": 2, "sent": 100, "heard": 75, "moved": 100, "thread_seconds": 0.5,
    ...           "process_seconds": 0.8}
    >>> lanes = {"exchange": (180, 90, 400), "bare": (200, 50, 100), "direct": (0, 40, 90)}
    >>> windows = [{**window, "lane": lane, "per_core_second": rate,
    ...             "micros": {"p50": p50, "p99": p99}} for lane, (rate, p50, p99) in lanes.items()]
    >>> made = relayed({"calls": 1, "windows": windows, "deaf": 0, "strange": 0,
    ...                 "octets_per_call": 9, "sockets": 4, "outcome": {"failed": 0}})
    >>> made["ours"], made["ceiling"], made["share"], made["lost"], made["added_p50"]
    (180, 200, 0.9, 0.25, 50)
    >>> made["added_p99"], made["of_the_process"], made["cores"], made["driven"]
    (310, 125.0, 0.25, 0.5)
    """
    lanes = by_lane(found["windows"])
    exchange, bare = lanes["exchange"], lanes["bare"]
    rate = lambda windows: [one["per_core_second"] for one in windows]
    median = lambda values: statistics.median(list(values))
    offered = 2 * FRAMES * found["calls"]
    return {
        "calls": found["calls"],
        "sockets": found["sockets"],
        "ours": median(rate(exchange)),
        "ceiling": median(rate(bare)),
        "share": share(rate(exchange), rate(bare)),
        "of_the_process": median(one["moved"] / one["process_seconds"] for one in exchange),
        "cores": median(one["thread_seconds"] / one["seconds"] for one in exchange),
        "lost": median(1 - one["heard"] / one["sent"] for one in exchange),
        "lost_bare": median(1 - one["heard"] / one["sent"] for one in bare),
        "driven": median(one["sent"] / one["seconds"] / offered for one in exchange),
        **added(lanes),
        **beside_rtpengine(lanes),
        "octets_per_call": found["octets_per_call"],
        "trouble": trouble(found),
        "windows": found["windows"],
    }


def added(lanes):
    """By how much later packets arrive than from party to party, where that was measured.

    >>> added({"bare": []})
    {}
    """
    if "direct" not in lanes:
        return {}
    made = {}
    for key in ("p50", "p99"):
        micros = {lane: [one["micros"][key] for one in windows] for lane, windows in lanes.items()}
        made[f"added_{key}"] = statistics.median(
            ours - without for ours, without in zip(micros["exchange"], micros["direct"]))
        for lane in ("direct", "bare"):
            made[f"{lane}_{key}"] = statistics.median(micros[lane])
    return made


def beside_rtpengine(lanes):
    """Packets heard for a second of processor time of the whole process, where rtpengine had its
    turn too, and how many times as many the exchange moves.

    >>> window = {"moved": 300, "heard": 100, "sent": 200, "process_seconds": 2}
    >>> made = beside_rtpengine({"exchange": [window], "rtpengine": [{**window, "moved": 100}]})
    >>> made["rtpengine"], made["rtpengine_lost"], made["times_rtpengine"]
    (50.0, 0.5, 3.0)
    >>> beside_rtpengine({"exchange": [window]})
    {}
    """
    if "rtpengine" not in lanes:
        return {}
    rate = lambda windows: [one["moved"] / one["process_seconds"] for one in windows]
    ours, theirs = rate(lanes["exchange"]), rate(lanes["rtpengine"])
    lost = (1 - one["heard"] / one["sent"] for one in lanes["rtpengine"])
    return {"rtpengine": statistics.median(theirs), "rtpengine_lost": statistics.median(lost),
            "times_rtpengine": share(ours, theirs)}


def trouble(found):
    """What went wrong with calls, in words; nothing where all is well.

    >>> trouble({"outcome": {"failed": 2}, "deaf": 1, "strange": 0})
    '2 calls failed, 1 parties heard nobody'
    """
    counts = [(found["outcome"]["failed"], "calls failed"), (found["deaf"], "parties heard nobody"),
              (found["strange"], "packets heard by the wrong party")]
    return ", ".join(f"{count:.0f} {what}" for count, what in counts if count)


def listened(found):
    """The figures of one number of listeners.

    >>> windows = [{"seconds": 2, "moved": 1000, "thread_seconds": 0.5, "heard": 900,
    ...             "process_seconds": 0.5}]
    >>> made = listened({"calls": 10, "windows": windows, "octets_per_call": 9,
    ...                  "outcome": {"failed": 0}})
    >>> made["per_core"], made["made"], made["lost"]
    (40.0, 1.0, 0.1)
    """
    windows = found["windows"]
    median = lambda values: statistics.median(list(values))
    wanted = found["calls"] * FRAMES
    return {
        "calls": found["calls"],
        "per_core": median(one["moved"] / one["thread_seconds"] / FRAMES for one in windows),
        "of_the_process": median(
            one["moved"] / one["process_seconds"] / FRAMES for one in windows),
        "cores": median(one["thread_seconds"] / one["seconds"] for one in windows),
        "made": median(one["moved"] / one["seconds"] / wanted for one in windows),
        "lost": median(round(1 - one["heard"] / one["moved"], 6) for one in windows),
        "octets_per_call": found["octets_per_call"],
        "trouble": trouble({**found, "deaf": 0, "strange": 0}),
        "windows": windows,
    }


def transcoding(text):
    """The table of the example transcode_speed: microseconds for a packet, by direction.

    >>> transcoding("  µs a packet  directions\\nOpus -> PCMA  20.5   975\\nG.722 -> PCMA 8 2500")
    {'Opus -> PCMA': 20.5, 'G.722 -> PCMA': 8.0}
    """
    rows = re.findall(r"^(\S+ -> \S+)\s+([\d.]+)\s+\d+$", text, re.MULTILINE)
    return {name: float(micros) for name, micros in rows}


def calls_per_core(tables, one, other):
    """Calls between two codecs: each is two directions. The median of several tables.

    >>> calls_per_core([{"Opus -> PCMA": 20, "PCMA -> Opus": 180}], "Opus", "PCMA")
    100.0
    """
    ways = f"{one} -> {other}", f"{other} -> {one}"
    return statistics.median(FRAME_MICROS / sum(table[way] for way in ways) for table in tables)


def conferences(text):
    """The table of the example conference_speed: codec, members, how they speak, microseconds in
    20 ms, share of a core in per cent, members for a core.

    >>> found = conferences("G.711   20 three speak alone   52.5   0.26 %   7619")
    >>> [list(one.values()) for one in found]
    [['G.711', 20, 'three speak alone', 52.5, 7619]]
    """
    row = r"^(\S+)\s+(\d+)\s+(\S.*?)\s+([\d.]+)\s+[\d.]+ %\s+(\d+)$"
    return [
        {"codec": codec, "members": int(members), "how": how, "micros": float(micros),
         "per_core": int(per_core)}
        for codec, members, how, micros, per_core in re.findall(row, text, re.MULTILINE)]


def usual(found):
    """Of conferences those in which three speak and the others send silence, as telephones do; all
    where none is like that.

    >>> usual([{"how": "everybody makes noise"}, {"how": "three speak into silence"}])
    [{'how': 'three speak into silence'}]
    """
    return [one for one in found if one["how"].endswith("into silence")] or found


def road_memory(text):
    """The octets of a call in the table of the example road_memory.

    >>> road_memory("                        calls    octets a call\\nPCMU    2000     9876")
    9876
    """
    return int(re.search(r"^PCMU\s+\d+\s+(\d+)$", text, re.MULTILINE).group(1))


#: Widths of the table's columns.
COLUMNS = "{:<46}{:>12}{:>12}{:>8}{:>9}  {}"
HEAD = COLUMNS.format("", "exchange", "ceiling", "share", "target", "")


def line(what, ours, ceiling=None, part=None, target="", note=""):
    """One line of the table.

    >>> line("packets", 1234.5, 2000, 0.617, 0.95).split()
    ['packets', '1,234', '2,000', '0.617', '0.95']
    """
    number = lambda value: "" if value is None else f"{value:,.0f}"
    part = "" if part is None else f"{part:.3f}"
    return COLUMNS.format(what, number(ours), number(ceiling), part, target, note).rstrip()


def lines_of_relay(what, one):
    """What is told of one number of calls that talk.

    >>> one = {"calls": 10, "ours": 5, "ceiling": 8, "share": 0.6, "lost": 0, "trouble": "",
    ...        "driven": 0.6, "cores": 0.5, "of_the_process": 4, "target": 0.95}
    >>> [" ".join(text.split()) for text in lines_of_relay("x", one)]
    ['x, 10 calls 5 8 0.600 0.95 0.50 cores; driven at 60% of the rate', 'of the whole process 4']
    """
    notes = [f"{one['cores']:.2f} cores", one["trouble"]]
    if one["driven"] < 0.97:
        notes.append(f"driven at {one['driven']:.0%} of the rate")
    if one["lost"] >= 0.001:
        notes.append(f"{one['lost']:.1%} not heard, of the bare relay's {one['lost_bare']:.1%}")
    note = "; ".join(filter(None, notes))
    lines = [line(f"{what}, {one['calls']} calls", one["ours"], one["ceiling"], one["share"],
                  one.get("target", ""), note)]
    if "rtpengine" not in one:
        return [*lines, line("  of the whole process", one["of_the_process"])]
    lost = one["rtpengine_lost"]
    note = f"ceiling: rtpengine, {lost:.1%} not heard" if lost >= 0.001 else "ceiling: rtpengine"
    return [*lines, line("  of the whole process", one["of_the_process"], one["rtpengine"],
                         one["times_rtpengine"], RTPENGINE_TARGET, note)]


def line_of_delay(one):
    """What is added to the way of a packet, beside the other lanes' p50 and p99.

    >>> one = {f"{lane}_{key}": 7 for lane in ("added", "direct", "bare") for key in ("p50", "p99")}
    >>> " ".join(line_of_delay({"calls": 10, **one}).split())
    'microseconds added, 10 calls: p50 7 p99 7; party to party 7 and 7; bare relay 7 and 7'
    """
    note = (f"p99 {one['added_p99']:,.0f}; party to party {one['direct_p50']:,.0f} and "
            f"{one['direct_p99']:,.0f}; bare relay {one['bare_p50']:,.0f} and "
            f"{one['bare_p99']:,.0f}")
    return line(f"microseconds added, {one['calls']} calls: p50", one["added_p50"], note=note)


if __name__ == "__main__":
    import doctest
    raise SystemExit(doctest.testmod().failed)
