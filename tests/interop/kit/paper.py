"""Documents (PDF) whose look as faxes is known dot by dot: black bars on a sheet, each as wide and
as high as so many dots."""

import random

from kit.fax_page import BYTES, WIDTH

# lines of a sheet at fine resolution; it is a little higher than it is wide, so that it stands
HEIGHT = 1680
# how many bars a sheet has, and how high each is
BARS, HIGH = 12, 16


def bars(number):
    """The bars of a sheet that looks like no other: first octet, octets, first line."""
    dice = random.Random(number)
    lines = [40 + place * (HEIGHT - 80) // BARS for place in range(BARS)]
    return [(dice.randrange(4, 100), dice.randrange(8, 100), line) for line in lines]


def dots(number):
    """The lines of that sheet, black dots being ones."""
    lines = [bytes(BYTES)] * HEIGHT
    for first, octets, top in bars(number):
        line = bytearray(BYTES)
        line[first:first + octets] = b"\xff" * octets
        lines[top:top + HIGH] = [bytes(line)] * HIGH
    return lines


def document(numbers):
    """A document of such sheets."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", None]
    kids = []
    for number in numbers:
        # what counts in dots becomes points, and the first line is the uppermost
        drawn = [f"{72 / 204:.9f} 0 0 {-72 / 196:.9f} 0 {HEIGHT * 72 / 196:.6f} cm"]
        drawn += [f"{first * 8} {top} {octets * 8} {HIGH} re f"
                  for first, octets, top in bars(number)]
        content = "\n".join(drawn)
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
        objects.append(
            "<< /Type /Page /Parent 2 0 R /Resources << >> "
            f"/MediaBox [0 0 {WIDTH * 72 / 204:.6f} {HEIGHT * 72 / 196:.6f}] "
            f"/Contents {len(objects)} 0 R >>")
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>"
    whole, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(whole))
        whole += f"{number} 0 obj\n{text}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    begin = len(whole)
    whole += (f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}"
              f"trailer\n<< /Size {len(places) + 1} /Root 1 0 R >>\n"
              f"startxref\n{begin}\n%%EOF\n").encode()
    return whole


def differing(one, other):
    """How many dots of two pages differ; pages of different sizes differ altogether."""
    if [len(line) for line in one] != [len(line) for line in other]:
        return WIDTH * HEIGHT
    pairs = zip(b"".join(one), b"".join(other))
    return sum((a ^ b).bit_count() for a, b in pairs)
