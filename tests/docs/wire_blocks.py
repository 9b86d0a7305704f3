"""Messages of the service's wire as pages show them, read by the types that the service reads them with."""

from __future__ import annotations

from typing import Any

from twopop import schema
from twopop.hosts.calls import host_calls
from twopop.service import rpc
from twopop.service.methods import METHODS, NOTES


def read(said: dict[str, Any], what: str, method: str) -> None:
    """Raise when *said* is no call, host call, note, refusal, or no result of *method*."""
    if what == "result":
        schema.from_builtins(said, METHODS[method].result, where=method)
        return
    if what == "refusal":
        problem = schema.from_builtins(said, rpc.Problem, where="error")
        assert problem.code in {code.value for code in rpc.Code}
        assert problem.data is not None
        return
    message = rpc.read(schema.to_json(said))
    if what == "note":
        assert isinstance(message, rpc.Note)
        if message.method in NOTES:
            schema.from_builtins(message.params, NOTES[message.method], where=message.method)
        return
    assert isinstance(message, rpc.Request)
    wanted = METHODS[message.method].params if what == "call" else host_calls()[message.method[5:]].params
    schema.from_builtins(message.params, wanted, where=message.method)
