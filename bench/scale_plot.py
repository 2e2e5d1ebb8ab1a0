"""Draws the figures of bench/scale.py: one panel each with the aim as a line, as SVG."""

WIDTH, HEIGHT, GAP, LEFT, BASE = 180, 200, 60, 40, 250
COLOURS = {"sqlite": "#4c78a8", "postgres": "#f58518"}


def panel(title, aim, values, left):
    """One figure of each store, and the aim."""
    most = max([aim, *values.values()]) * 1.1
    parts = [f'<text x="{left + WIDTH / 2}" y="24" text-anchor="middle">{title}</text>',
             f'<line x1="{left}" y1="{BASE}" x2="{left + WIDTH}" y2="{BASE}" stroke="#999"/>']
    for number, (store, value) in enumerate(values.items()):
        height, x = max(HEIGHT * value / most, 0), left + 30 + number * 70
        parts.append(f'<rect x="{x}" y="{BASE - height:.1f}" width="46" height="{height:.1f}"'
                     f' fill="{COLOURS[store]}"/>'
                     f'<text x="{x + 23}" y="{BASE - height - 4:.1f}" text-anchor="middle">'
                     f'{value:.2f}</text><text x="{x + 23}" y="{BASE + 16}"'
                     f' text-anchor="middle">{store}</text>')
    line = BASE - HEIGHT * aim / most
    parts.append(f'<line x1="{left}" y1="{line:.1f}" x2="{left + WIDTH}" y2="{line:.1f}"'
                 ' stroke="#e45756" stroke-dasharray="5 4"/>')
    return "".join(parts)


def plot(results, stores, path):
    """Writes the picture."""
    def of(read):
        return {store: read(results[store]) for store in stores}

    figures = [
        ("start to ready, s", 10, of(lambda found: found["start_s"][len(found["start_s"]) // 2])),
        ("memory per idle company, kB", 4, of(lambda found: found["octets_per_company"] / 1000)),
        ("first call later than second, ms", 20,
         of(lambda found: max(0, found["calls"]["first"]["p50"]
                              - found["calls"]["second"]["p50"]) / 1000)),
    ]
    width = LEFT + len(figures) * (WIDTH + GAP)
    panels = "".join(panel(title, aim, values, LEFT + number * (WIDTH + GAP))
                     for number, (title, aim, values) in enumerate(figures))
    note = f"{results['companies']} companies of {results['extensions']} extensions; dashed: aim."
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="300"'
        ' font-family="sans-serif" font-size="11">'
        f'<rect width="100%" height="100%" fill="white"/>{panels}'
        f'<text x="{LEFT}" y="290">{note}</text></svg>\n')
