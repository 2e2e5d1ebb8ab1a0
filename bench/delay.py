"""A TCP proxy on this machine that delays what passes: a server far away, for bench/scale.py."""

import asyncio
import threading

POSTGRES = 5432  # the port of PostgreSQL


class Delay:
    """Listens on `port` and passes everything to PostgreSQL at an address and back, each way so
    many seconds later, in order and without a bound on what is under way."""

    def __init__(self, to, seconds):
        self.to, self.seconds, self.port, self.writers = to, seconds, None, []
        self.loop = asyncio.new_event_loop()
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        self.ready.wait()
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    def run(self):
        """The proxy's thread."""
        asyncio.set_event_loop(self.loop)
        start = asyncio.start_server(self.accept, "127.0.0.1", 0)
        server = self.loop.run_until_complete(start)
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        self.loop.run_forever()
        server.close()
        for writer in self.writers:
            writer.transport.abort()
        # a loop that is closed over tasks that are not over complains of each of them
        tasks = asyncio.all_tasks(self.loop)
        self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self.loop.close()

    async def accept(self, reader, writer):
        """One connection, until either side has had enough of it."""
        far_reader, far_writer = await asyncio.open_connection(self.to, POSTGRES)
        self.writers += [writer, far_writer]
        ways = self.carry(reader, far_writer), self.carry(far_reader, writer)
        await asyncio.gather(*ways, return_exceptions=True)

    async def carry(self, reader, writer):
        """One direction: what comes is said so much later, and so is the end."""
        while data := await reader.read(65_536):
            self.loop.call_later(self.seconds, writer.write, data)
        self.loop.call_later(self.seconds, writer.close)
