"""Tells schemathesis how bodies are sent whose media types it does not know."""

import schemathesis

schemathesis.serializer.alias("application/pdf", "application/octet-stream")
