"""A carrier's server that publishes certificates within TLS, as a proof of who calls says."""

import http.server
import ssl
import threading


class Publisher:
    """`with Publisher(authority) as publisher:`; `pages` are the paths with what is there, and
    `asked` the paths that were asked for, in order."""

    def __init__(self, authority):
        self.pages, self.asked = {}, []
        publisher = self

        class Door(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802 - the library's name
                publisher.asked.append(self.path)
                page = publisher.pages.get(self.path)
                body = (page or "").encode()
                self.send_response(200 if page else 404)
                self.send_header("Cache-Control", "max-age=600")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
        within = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        within.load_cert_chain(*authority.vouch("localhost"))
        self.server.socket = within.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def url(self, path):
        return f"https://localhost:{self.server.server_port}{path}"

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
