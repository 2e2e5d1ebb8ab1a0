"""The store in a server's database: moved there while the exchange is stopped, and served there."""

from kit.baresip import Phone
from kit.case import equal, test, true, wait_until
from kit.database import Database
from kit.exchange import ACME, Exchange

tell = Exchange.command_line


def call(exchange, caller, callee):
    with Phone(exchange, ACME, caller) as anna, Phone(exchange, ACME, callee) as bert:
        anna.dial(callee)
        anna.wait_established()
        bert.wait_established()
        anna.hang_up()
        anna.wait_over()


def migrate(exchange, database, **more):
    return tell("migrate", "--from", f"sqlite:{exchange.data}", "--to", database.worker, **more)


@test(seconds=180)
def a_company_goes_on_after_its_store_was_moved_to_a_server():
    with Database() as database, Exchange() as exchange:
        call(exchange, "101", "102")
        before = exchange.one_cdr()
        trail = exchange.items("/api/v1/audit")
        refused = migrate(exchange, database, check=False)
        equal(refused.returncode, 2, "a folder that is being served is not moved")
        true("stop the exchange" in refused.stderr, f"what to do next: {refused.stderr}")
        exchange.stop()
        moved = migrate(exchange, database)
        true("documents" in moved.stdout and "SHA-256" in moved.stdout, moved.stdout)
        again = migrate(exchange, database, check=False)
        true(again.returncode != 0 and "must be new" in again.stderr, again.stderr)
        # nothing is left in the folder that the exchange would need from its old store
        exchange.store = database.worker
        exchange.start()
        equal(exchange.one_cdr(), before, "the record of the call before")
        equal(exchange.items("/api/v1/audit"), trail, "the trail")
        # the old passwords, and a number that another process adds while this one serves
        call(exchange, "101", "103")
        exchange.wait_cdrs(2)
        tell("extension", "add", ACME, "177", "display_name=New", "--store", database.worker,
             "--data", exchange.data)
        account = exchange.add_device(ACME, "177", "acme-177")
        exchange.companies[ACME]["extensions"].append(
            {"number": "177", "devices": [{"username": account[0], "password": account[1]}]}
        )
        call(exchange, "102", "177")
        wait_until("its registration is gone", lambda: not exchange.registrations())


@test(seconds=120)
def an_exchange_refuses_a_role_that_could_see_all_companies():
    with Database() as database, Exchange() as exchange:
        exchange.stop()
        refused = tell("serve", "--data", exchange.data, "--store", database.owner, check=False)
        equal(refused.returncode, 1, "exit status")
        true("row security" in refused.stderr, refused.stderr)
