"""Draws the figures of bench/media.py: packets beside their ceiling, what is added to the way of a
packet, and what one core does, as SVG."""

import math

from media_rows import usual

HEIGHT, LEFT, TOP, GAP = 220, 70, 56, 60
#: Ways of relaying that are drawn beside rtpengine, and what is said of them.
RIVALS = {"relay": " calls", "shared": ", shared", "shared_ring": ", both"}
OURS, CEILING, SLOW = "#4c78a8", "#bbb", "#f58518"


def text(x, y, what, anchor="middle"):
    """Words."""
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{what}</text>'


def bar(x, wide, height, colour, over):
    """One bar with its value above it."""
    top = TOP + HEIGHT - height
    return (f'<rect x="{x:.1f}" y="{top:.1f}" width="{wide}" height="{height:.1f}" '
            f'fill="{colour}"/>' + text(x + wide / 2, top - 4, over))


def short(value):
    """A number in little room."""
    return f"{value / 1000:.0f}k" if value >= 10_000 else f"{value:,.0f}"


def panel(left, title, groups, colours, wide, scale):
    """Groups of bars: each has a name, values, and words below the name."""
    most = max((value for _, values, _ in groups for value in values), default=1) or 1
    step = wide * len(colours) + 24
    width = step * len(groups)
    base = TOP + HEIGHT
    parts = [text(left + width / 2, 24, title),
             f'<line x1="{left}" y1="{base}" x2="{left + width}" y2="{base}" stroke="#999"/>']
    for n, (name, values, below) in enumerate(groups):
        x = left + n * step + 12
        for shift, (value, colour) in enumerate(zip(values, colours)):
            height = HEIGHT * scale(max(value, 0)) / scale(most) * 0.92
            parts.append(bar(x + shift * wide, wide - 2, height, colour, short(value)))
        middle = x + wide * len(colours) / 2
        parts += [text(middle, base + 16, name), text(middle, base + 31, below)]
    return "".join(parts), width


def groups_of(results):
    """The groups of the panels; what failed is not among them."""
    good = {name: one for name, one in results.items() if "failed" not in one}
    packets, rivals, added, cores = [], [], [], []
    for name, one in good.items():
        kind, _, which = name.partition(".")
        if kind in RIVALS and "rtpengine" in one:
            rivals.append((f"{which}{RIVALS[kind]}", (one["of_the_process"], one["rtpengine"]),
                           f"{one['times_rtpengine']:.1f} times"))
        if kind == "relay":
            packets.append((f"{which} calls", (one["ours"], one["ceiling"]), f"{one['share']:.2f}"))
            added.append((f"{which} calls", (one["added_p50"], one["added_p99"]), ""))
        elif kind == "srtp":
            suite = "GCM" if "GCM" in which else "CM, SHA1"
            packets.append((f"{one['calls']}, {suite}", (one["ours"], one["ceiling"]),
                            f"{one['share']:.2f}"))
        elif kind == "listen":
            cores.append(("listeners", (one["per_core"],), f"of {which}"))
        elif kind == "transcoding":
            cores += [(codec, (one[codec],), "to G.711") for codec in ("Opus", "G.722")]
    for one in usual(good.get("conferences", [])):
        if one["codec"] == "G.711":
            cores.append((f"room of {one['members']}", (one["per_core"],), "members"))
    return packets, rivals, added, cores


def plot(results, about, path):
    """Writes the picture."""
    packets, rivals, added, cores = groups_of(results)
    panels = (("packets per core second: exchange, bare relay; below: share", packets,
               (OURS, CEILING), 38, float),
              ("packets per processor second of the process: exchange, rtpengine", rivals,
               (OURS, SLOW), 38, float),
              ("microseconds added, logarithmic: p50, p99", added, (OURS, SLOW), 38, math.log1p),
              ("of one core: listeners, calls, members", cores, (OURS,), 58, float))
    parts, left = [], LEFT
    for title, groups, colours, wide, scale in panels:
        if groups:
            drawn, width = panel(left, title, groups, colours, wide, scale)
            parts.append(drawn)
            left += max(width, 200) + GAP
    base = TOP + HEIGHT
    note = (f"{about['machine']}; load {about['load_before']:.1f} before, "
            f"{about['load_after']:.1f} after")
    parts.append(text(LEFT, base + 58, note, "start"))
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left}" height="{base + 74}"'
        ' font-family="sans-serif" font-size="11">'
        f'<rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>\n')
