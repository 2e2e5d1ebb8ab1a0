"""A SIP message taken apart just so far as tests look into it. Written for the tests alone, so
that the product's own reader is not its own judge."""

import re

SHORT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length",
         "c": "content-type", "k": "supported"}


class Message:
    def __init__(self, text):
        if isinstance(text, bytes):
            text = text.decode("utf-8", "replace")
        head, _, self.body = text.replace("\r\n", "\n").partition("\n\n")
        # a line that begins with space goes on with the one before (RFC 3261 §7.3.1)
        lines = re.sub(r"\n[ \t]+", " ", head).split("\n")
        self.start = lines[0]
        self.fields = []
        for line in lines[1:]:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            self.fields.append((SHORT.get(name, name), value.strip()))

    @property
    def status(self):
        """The status of a response; `None` for a request."""
        return int(self.start.split(" ")[1]) if self.start.startswith("SIP/2.0 ") else None

    @property
    def method(self):
        """The method of a request, or the one a response answers."""
        if self.status is None:
            return self.start.split(" ")[0]
        return self["cseq"].split(" ")[-1]

    @property
    def uri(self):
        return self.start.split(" ")[1]

    def __getitem__(self, name):
        """The first value of a header; an empty text when there is none."""
        return next((value for key, value in self.fields if key == name), "")

    def all(self, name):
        return [value for key, value in self.fields if key == name]

    @property
    def call_id(self):
        return self["call-id"]

    @property
    def cseq(self):
        return int(self["cseq"].split(" ")[0])

    def tag(self, name):
        found = re.search(r";\s*tag=([^;>\s]+)", self[name].rsplit(">", 1)[-1])
        return found.group(1) if found else ""

    @property
    def contact(self):
        """The address within Contact."""
        found = re.search(r"<([^>]+)>", self["contact"])
        return found.group(1) if found else self["contact"]

    @property
    def branch(self):
        found = re.search(r"branch=([^;,\s]+)", self["via"])
        return found.group(1) if found else ""

    def media_address(self):
        """Where the body wants its audio: address and port."""
        ip = re.search(r"^c=IN IP[46] (\S+)", self.body, re.M).group(1)
        return ip, int(re.search(r"^m=audio (\d+)", self.body, re.M).group(1))

    def __repr__(self):
        return f"<{self.start} {self['cseq']}>"
