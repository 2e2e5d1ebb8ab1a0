"""Draws the figures of bench/overload.py: goodput over what was offered, as SVG."""

WIDTH, HEIGHT, LEFT, TOP = 560, 300, 60, 30


def plot(sustainable, rows, path):
    """Writes the picture: what was served, what would be ideal, and the calls for help."""
    most = max(one["offered"] for one in rows)
    tall = 1.25 * max(sustainable, *(one["goodput"] for one in rows))
    x = lambda rate: LEFT + WIDTH * rate / most
    y = lambda rate: TOP + HEIGHT * (1 - rate / tall)
    ideal = [(0, 0), (sustainable, sustainable), (most, sustainable)]
    served = [(0, 0)] + [(one["offered"], one["goodput"]) for one in rows]
    line = lambda points: " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in points)
    base = TOP + HEIGHT
    parts = [
        f'<line x1="{LEFT}" y1="{base}" x2="{LEFT + WIDTH}" y2="{base}" stroke="#999"/>',
        f'<line x1="{LEFT}" y1="{TOP}" x2="{LEFT}" y2="{base}" stroke="#999"/>',
        f'<polyline points="{line(ideal)}" fill="none" stroke="#bbb" stroke-dasharray="5 4"/>',
        f'<polyline points="{line(served)}" fill="none" stroke="#4c78a8" stroke-width="2"/>']
    for one in rows:
        at, top = x(one["offered"]), y(one["goodput"])
        helped = f"{one['help_good']}/{one['help_begun']}"
        parts += [
            f'<circle cx="{at:.1f}" cy="{top:.1f}" r="4" fill="#4c78a8"/>',
            f'<text x="{at:.1f}" y="{top - 10:.1f}" text-anchor="middle">{one["goodput"]:.0f}</text>',
            f'<text x="{at:.1f}" y="{base + 16}" text-anchor="middle">{one["factor"]}x</text>',
            f'<text x="{at:.1f}" y="{base + 32}" text-anchor="middle">{helped}</text>']
    note = ("Calls served per second over calls offered, as multiples of the sustainable rate;"
            " dashed: ideal; below: calls for help that went through.")
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 60}" height="{base + 70}"'
        ' font-family="sans-serif" font-size="11">'
        f'<rect width="100%" height="100%" fill="white"/>{"".join(parts)}'
        f'<text x="{LEFT}" y="{base + 56}">{note}</text></svg>\n')
