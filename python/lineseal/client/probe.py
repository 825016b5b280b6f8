"""Who answers at an address where gRPC found no service: told once, when all attempts have failed.

May use errors.
"""

from __future__ import annotations

import socket

from lineseal.errors import ServiceUnavailableError

#: Seconds to connect, and to be answered: whoever asks has waited before.
WITHIN = 0.5
#: How HTTP/2 begins, which gRPC rests on, and the frame that its servers answer with.
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
SETTINGS = 4


def who_answers(address: str, waited: float) -> ServiceUnavailableError | None:
    """What is wrong with HOST:PORT after so many seconds; None where gRPC answers there."""
    host, _, port = address.rpartition(":")
    try:
        line = socket.create_connection((host.strip("[]"), int(port)), WITHIN)
    except socket.gaierror:
        return ServiceUnavailableError(f"there is no host {host}", remedy="Check the address")
    except OSError:
        return ServiceUnavailableError(
            f"nobody answers at {address} within {waited:g} s",
            remedy="Is `lineseal serve` running there? Check the address, or give a longer "
            "connect_timeout",
        )
    with line, line.makefile("rb") as said:
        try:
            line.sendall(PREFACE)
            head = said.read(9)
        except TimeoutError:
            return ServiceUnavailableError(
                f"something at {address} takes connections and says nothing, for {waited:g} s",
                remedy="It is no lineseal service, or one that hangs: look there",
            )
        except OSError:
            head = b""
    if len(head) == 9 and head[3] == SETTINGS:
        return None
    return stranger(address)


def stranger(address: str) -> ServiceUnavailableError:
    """Something else answers there: asking again does not help."""
    error = ServiceUnavailableError(
        f"something answers at {address}, but it is no lineseal service",
        remedy="Check host and port: `lineseal serve` prints its own when it starts",
    )
    error.retry = False
    return error
