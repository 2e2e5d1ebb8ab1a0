"""Draws the figures of bench/fairness.py: bars of p50 and p99 by phase, as SVG."""

WIDTH, HEIGHT, GAP, LEFT, BASE = 286, 220, 40, 60, 270
COLOURS = ["#4c78a8", "#72b7b2", "#f58518", "#e45756"]


def bar(x, height, colour, opacity, text):
    """One bar with its value above it."""
    top = BASE - height
    return (f'<rect x="{x}" y="{top:.1f}" width="26" height="{height:.1f}" fill="{colour}"'
            f' fill-opacity="{opacity}"/>'
            f'<text x="{x + 13}" y="{top - 4:.1f}" text-anchor="middle">{text}</text>')


def panel(table, phases, what, title, left):
    """One figure: for each phase p50, pale, and p99."""
    most = max(table[f"{what}.{name}"]["p99_ms"] for name in phases) or 1
    parts = [f'<text x="{left + WIDTH / 2}" y="24" text-anchor="middle">{title}, ms</text>',
             f'<line x1="{left}" y1="{BASE}" x2="{left + WIDTH}" y2="{BASE}" stroke="#999"/>']
    for number, name in enumerate(phases):
        row, x = table[f"{what}.{name}"], left + 6 + number * 70
        for shift, key, opacity in ((0, "p50_ms", 0.45), (28, "p99_ms", 1)):
            height = HEIGHT * row[key] / most
            parts.append(bar(x + shift, height, COLOURS[number % len(COLOURS)], opacity, f"{row[key]:.1f}"))
        parts.append(f'<text x="{x + 27}" y="{BASE + 16}" text-anchor="middle">{name}</text>')
    return "".join(parts)


def plot(table, phases, figures, path):
    """Writes the picture."""
    width = LEFT + len(figures) * (WIDTH + GAP)
    panels = "".join(panel(table, phases, what, title, LEFT + n * (WIDTH + GAP))
                     for n, (what, title) in enumerate(figures.items()))
    note = "The neighbour's times: pale p50, full p99."
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="320"'
        ' font-family="sans-serif" font-size="11">'
        f'<rect width="100%" height="100%" fill="white"/>{panels}'
        f'<text x="{LEFT}" y="308">{note}</text></svg>\n')
