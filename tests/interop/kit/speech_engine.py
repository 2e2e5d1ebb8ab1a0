"""A speech engine that speaks by HTTP in a voice of its own, as many do: while it still speaks."""

import http.server
import json
import os
import subprocess
import tempfile
import threading


class SpeechEngine:
    """Takes what OpenAI's takes, and answers with a WAV whose length is not known at its begin.
    `fails` makes it refuse. What it was asked is in `asked`."""

    def __init__(self, key):
        self.key, self.asked, self.fails = key, [], False
        engine = self

        class Desk(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802 - the name is the library's
                length = int(self.headers.get("Content-Length", 0))
                body = json.loads(self.rfile.read(length))
                engine.asked.append(body)
                proved = self.headers.get("Authorization") == f"Bearer {engine.key}"
                if engine.fails or not proved:
                    self.send_error(503 if proved else 401)
                    return
                self.send_response(200)
                self.send_header("Content-Type", "audio/wav")
                self.end_headers()
                self.wfile.write(unmeasured(recording(body["input"], body["voice"])))

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Desk)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1/audio/speech"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def recording(words, voice):
    """A WAV of words in this voice."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "said.wav")
        subprocess.run(["espeak-ng", "-v", voice, "-w", path, words], check=True)
        with open(path, "rb") as file:
            return file.read()


def unmeasured(wave):
    """A WAV as it is streamed: nobody knows yet how long it will be."""
    unknown = b"\xff\xff\xff\xff"
    return wave[:4] + unknown + wave[8:40] + unknown + wave[44:]
