"""A mail server that keeps what it is given (RFC 5321, as little of it as a client needs)."""

import email
import email.policy
import socketserver
import threading

from kit.case import wait_until


class _Dialogue(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 mailbox.example ESMTP")
        to = []
        for line in self.rfile:
            word = line.decode("utf-8", "replace").strip()
            verb = word[:4].upper()
            if verb == "EHLO":
                self.say("250-mailbox.example", "250 8BITMIME")
            elif verb == "MAIL":
                to = []
                self.say("250 ok")
            elif verb == "RCPT":
                to.append(word.split("<", 1)[1].split(">", 1)[0])
                self.say("250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                self.server.keep(to, self.body())
                self.say("250 kept")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def body(self):
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)

    def say(self, *lines):
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


class Mailbox(socketserver.ThreadingTCPServer):
    """`with Mailbox() as mailbox:`; `mailbox.flags` are for the exchange that sends to it."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Dialogue)
        self.mails, self.lock = [], threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()
        url = f"smtp://127.0.0.1:{self.server_address[1]}?tls=none"
        self.flags = ["--smtp", url, "--mail-from", "pbx@host.example"]

    def keep(self, to, content):
        mail = email.message_from_bytes(content, policy=email.policy.default)
        with self.lock:
            self.mails.append((to, mail))

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def wait_for(self, number):
        """The mail with this number: its receivers and itself."""
        wait_until(f"mail {number} arrives", lambda: len(self.mails) > number)
        return self.mails[number]


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def code_of(mail):
    """What stands behind the `#` of the link."""
    return text_of(mail).split("#", 1)[1].split()[0]
