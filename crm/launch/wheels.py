"""Where the wheels that carry a server put it, without running their Python code."""

from importlib.util import find_spec
from pathlib import Path

from crm.launch.faults import LaunchError


def package_folder(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise LaunchError(
            f"The package {name} is not installed. Run make run, or set DATABASE_URL and REDIS_URL."
        )
    return Path(spec.origin).parent
