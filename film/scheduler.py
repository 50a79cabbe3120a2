"""Address of a cluster's scheduler, given directly or in a scheduler file."""

from __future__ import annotations

import json
import os
import re
import socket
from pathlib import Path

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.files.input_file import read_input

EXPECTED = "a scheduler's address, as in tcp://10.0.0.1:8786, or its scheduler file"
MOST_BYTES = 2**20  # size limit of a scheduler file
ADDRESS = re.compile(r"(?:(?P<kind>[a-z]{2,9})://)?(?P<host>\[[\da-fA-F:.%\w]+\]|[^\s/:\[\]]+):(?P<port>\d{1,5})/?")
PATIENCE = 20  # seconds to find the scheduler
DIRECT = (None, "tcp", "tls", "ws", "wss")  # protocols whose port accepts plain socket connections


def scheduler_at(named: str) -> str:
    """Return the scheduler address: ``named`` itself, or the address in the scheduler file of that name.

    Raises EdgeglowError when ``named`` is neither an address nor a valid scheduler file.
    """
    if _parts(named) is not None:
        return named
    if not os.path.exists(named):
        raise EdgeglowError(f"'{named[:60]}': expected {EXPECTED}")
    content = read_input(Path(named), MOST_BYTES, EXPECTED)
    try:
        address = json.loads(content)["address"]
    except (ValueError, LookupError, TypeError, RecursionError):
        address = None
    if not isinstance(address, str) or _parts(address) is None:
        raise EdgeglowError(f"{named}: tells no address; expected {EXPECTED}")
    return address


def check_scheduler(address: str) -> None:
    """Raise EdgeglowError if nothing listens at ``address`` within ``seconds``.

    dask has no short timeout of its own for this. Protocols that are not in ``DIRECT`` are not checked.
    """
    found = _parts(scheduler_at(address))
    if found is None or found["kind"] not in DIRECT:
        return
    try:
        with socket.create_connection((found["host"].strip("[]"), int(found["port"])), timeout=PATIENCE):
            pass
    except (OSError, UnicodeError) as error:  # UnicodeError: an invalid host name
        raise no_scheduler(address) from error


def no_scheduler(address: str) -> EdgeglowError:
    """Return the error for an address where no scheduler answers."""
    return EdgeglowError(f"{address}: no cluster answers there; expected {EXPECTED}. Start one with: dask scheduler")


def _parts(address: str) -> re.Match[str] | None:
    found = ADDRESS.fullmatch(address)
    return found if found and 0 < int(found["port"]) < 2**16 else None
