"""People who sign in."""

from kit.case import equal
from kit.exchange import ACME


def with_password(exchange, mail, role, password):
    """A person of the company who was invited by a link and has set a password."""
    spec = {"mail": mail, "role": role}
    equal(exchange.api(f"/api/v1/tenants/{ACME}/users", "POST", spec)[0], 201, mail)
    invited = exchange.api(f"/api/v1/tenants/{ACME}/users/{mail}/invite", "POST")[1]
    body = {"code": invited["link"].split("#")[1], "password": password}
    equal(exchange.api("/api/v1/auth/invitation", "POST", body)[0], 204, "the password")
