"""rtpengine, a relay of another product, beside the exchange on the exchange's core: in user space,
where both do the same work. Debian has it (`apt install rtpengine-daemon`); it is asked for nothing
where it is not installed."""

import shutil
import subprocess
import time

from exchange import pinned

#: Where it takes requests, and where it relays: addresses that nobody else uses.
REQUESTS, MEDIA = "127.0.0.54:22222", "127.0.0.54"


def version():
    """Which one is installed; nothing where none is."""
    if not shutil.which("rtpengine"):
        return None
    told = subprocess.run(["rtpengine", "--version"], capture_output=True, text=True, check=False)
    return (told.stdout + told.stderr).strip().split("Version: ")[-1] or "unknown"


class Rtpengine:
    """`with Rtpengine() as relay:`; `relay.flags` is what the driver is told of it."""

    def __enter__(self):
        self.process = None
        if version():
            command = ["rtpengine", "--foreground", "--table=-1", f"--interface={MEDIA}",
                       f"--listen-ng={REQUESTS}", "--port-min=30000", "--port-max=59999",
                       "--log-level=3", "--log-stderr", "--no-redis-required"]
            self.process = subprocess.Popen(pinned(0, command), stdout=subprocess.DEVNULL,
                                            stderr=subprocess.DEVNULL)
            time.sleep(1)
        return self

    @property
    def flags(self):
        """Nothing where it is not there, or did not start."""
        if not self.process or self.process.poll() is not None:
            return []
        return ["--rtpengine", REQUESTS, "--rtpengine-pid", str(self.process.pid)]

    def __exit__(self, *_):
        if self.process:
            self.process.kill()
            self.process.wait()
