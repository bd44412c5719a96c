class LaunchError(Exception):
    """Something the person at the terminal can put right; its text is all they get to see."""


class StopRequested(Exception):
    """Ctrl-C or SIGTERM came while something was being waited for."""
