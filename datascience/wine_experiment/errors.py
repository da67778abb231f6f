"""The one kind of error that is shown to the user as a line, without a stack trace."""


class TrainError(Exception):
    """Something the user can put right; the message is one line and says how."""
