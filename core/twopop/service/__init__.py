"""The local service that panels talk to."""
