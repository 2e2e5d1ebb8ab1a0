"""An authority that is made for a test, and what it vouches for."""

import os
import subprocess


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, capture_output=True, stdin=subprocess.DEVNULL)


class Authority:
    """`certificate` is the file of those who trust it."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, "authority")
        os.makedirs(self.folder)
        self.certificate, self.key = self.file("ca.crt"), self.file("ca.key")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-days", "2", "-subj", "/CN=an authority", "-keyout", self.key,
                "-out", self.certificate)

    def file(self, name):
        return os.path.join(self.folder, name)

    def vouch(self, name):
        """Files of a certificate for a host name and of its key."""
        paper = self.file(f"{name}.crt"), self.file(f"{name}.key")
        asked, terms = self.file(f"{name}.csr"), self.file(f"{name}.ext")
        with open(terms, "w", encoding="ascii") as out:
            out.write(f"subjectAltName=DNS:{name}\n")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-subj", f"/CN={name}", "-keyout", paper[1], "-out", asked)
        openssl("x509", "-req", "-in", asked, "-CA", self.certificate, "-CAkey", self.key,
                "-CAcreateserial", "-days", "2", "-extfile", terms, "-out", paper[0])
        return paper
