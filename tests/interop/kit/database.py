"""A PostgreSQL server of one's own, gone with the test."""

import os
import subprocess

from kit.exchange import ROOT, Exchange

SCRIPT = os.path.join(ROOT, "tools", "postgres.sh")


class Database:
    """`with Database() as database:`; `owner` and `worker` are its addresses for the two roles."""

    def __enter__(self):
        self.process = subprocess.Popen(
            [SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        ready = self.process.stdout.readline().split()
        if len(ready) != 2:
            raise RuntimeError("no server came up: tools/setup.sh postgres")
        self.folder = ready[0]
        self.sql("CREATE ROLE worker LOGIN", "CREATE DATABASE strowger")
        self.owner, self.worker = self.url("owner"), self.url("worker")
        Exchange.command_line("prepare", "--owner", self.owner, "--store", self.worker)
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()

    def url(self, role):
        return f"postgres://{role}@/strowger?host={self.folder}"

    def sql(self, *statements):
        for statement in statements:
            subprocess.run(
                ["psql", "-h", self.folder, "-U", "owner", "-d", "postgres",
                 "-v", "ON_ERROR_STOP=1", "-qc", statement],
                check=True, timeout=20, stdin=subprocess.DEVNULL,
            )
