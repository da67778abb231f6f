"""The one kind of error that is shown to the user as a line, without a stack trace."""

import http.client

# What urllib raises for an address that is none, does not answer, or not in HTTP.
UNREACHABLE = (OSError, http.client.HTTPException, ValueError)


class TrainError(Exception):
    """Something the user can put right; the message is one line and says how."""


def reason(error: BaseException) -> str:
    """What went wrong, in a line and without the layers around it."""
    # An HTTPError's reason lacks its status, which its text has.
    inner = getattr(error, "reason", None)
    return one_line(inner if isinstance(inner, Exception) else error)


def one_line(text: object) -> str:
    return " ".join(str(text).split())
