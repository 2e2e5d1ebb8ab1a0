"""Draws the figures of bench/siege.py: the exchange's memory over time, as SVG."""

WIDTH, HEIGHT, LEFT, TOP = 620, 220, 60, 40


def plot(results, path):
    """Writes the picture."""
    memory = results["during"]["memory"]
    long, tall = memory[-1]["at_s"], 1.2 * max(one["octets"] for one in memory) / 1e6
    x = lambda seconds: LEFT + WIDTH * seconds / long
    y = lambda octets: TOP + HEIGHT * (1 - octets / 1e6 / tall)
    line = " ".join(f"{x(one['at_s']):.1f},{y(one['octets']):.1f}" for one in memory)
    base = TOP + HEIGHT
    parts = [
        f'<line x1="{LEFT}" y1="{base}" x2="{LEFT + WIDTH}" y2="{base}" stroke="#999"/>',
        f'<line x1="{LEFT}" y1="{TOP}" x2="{LEFT}" y2="{base}" stroke="#999"/>',
        f'<polyline points="{line}" fill="none" stroke="#4c78a8" stroke-width="2"/>']
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts += [
            f'<text x="{x(share * long):.0f}" y="{base + 16}" text-anchor="middle">'
            f'{share * long:.0f} s</text>',
            f'<text x="{LEFT - 6}" y="{y(share * tall * 1e6) + 4:.0f}" text-anchor="end">'
            f'{share * tall:.0f} MB</text>']
    found = results["during"]
    calls, registered = (found["phones"][name] for name in ("calls", "registrations"))
    rate = found["sent"]["datagrams"] / found["sent"]["seconds"]
    title = (f"Private memory under {rate:,.0f} datagrams per second; calls {calls['good']} of "
             f"{calls['begun']}, registrations {registered['good']} of {registered['begun']}")
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 60}" height="{base + 40}"'
        ' font-family="sans-serif" font-size="11">'
        f'<rect width="100%" height="100%" fill="white"/>{"".join(parts)}'
        f'<text x="{LEFT}" y="{TOP - 16}">{title}</text></svg>\n')
