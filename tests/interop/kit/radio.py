"""A radio station that sends a tone by HTTP, as Icecast does: live, from when a listener comes."""

import http.server
import os
import subprocess
import tempfile
import threading
import time

import numpy as np

from kit import lame

# how much each listener gets at once, in seconds, and how often more comes
BURST, STEP = 3.0, 0.1
MINUTES = 3


class Radio:
    """`with Radio(hertz) as radio:`; its stream is at `url`, and `moved` sends listeners on to it.
    It is of Ogg Vorbis, or of MP3. `die` ends every stream and refuses listeners until `revive`.
    `asked` counts all who came."""

    def __init__(self, hertz, mp3=False):
        self.silent, self.asked = False, 0
        self.music = tone_as_mp3(hertz) if mp3 else tone(hertz)
        self.pace = len(self.music) / (60 * MINUTES)
        radio = self

        class Studio(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def do_GET(self):  # noqa: N802 - the name is the library's
                radio.asked += 1
                if radio.silent:
                    self.send_error(503)
                    return
                if self.path == "/moved":
                    self.send_response(302)
                    self.send_header("Location", "/live")
                    self.end_headers()
                    return
                self.send_response(200)
                self.send_header("Content-Type", "audio/mpeg" if mp3 else "application/ogg")
                self.send_header("icy-name", "a tone")
                self.end_headers()
                radio.send(self.wfile)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Studio)
        self.server.daemon_threads = True
        at = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.url, self.moved = f"{at}/live", f"{at}/moved"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def send(self, wire):
        began, sent = time.monotonic(), 0
        while not self.silent and sent < len(self.music):
            due = int((time.monotonic() - began + BURST) * self.pace)
            try:
                wire.write(self.music[sent:due])
            except ConnectionError:
                return
            sent = max(sent, due)
            time.sleep(STEP)

    def die(self):
        self.silent = True

    def revive(self):
        self.silent = False

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.silent = True
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def tone(hertz):
    """Minutes of a tone as Ogg Vorbis in stereo."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "tone.ogg")
        subprocess.run(
            ["sox", "-q", "-n", "-r", "44100", "-c", "2", path, "synth", str(60 * MINUTES),
             "sine", str(hertz), "vol", "0.4"], check=True)
        with open(path, "rb") as file:
            return file.read()


def tone_as_mp3(hertz, rate=44100):
    """The same as MP3 of one track."""
    at = np.arange(60 * MINUTES * rate) / rate
    return lame.mp3(np.sin(2 * np.pi * hertz * at) * 0.4 * 32767, rate)
