"""Work on the board that nothing may disturb.

A provisioning, a flash job, a silicon check.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class WorkUnderWay:
    """What is done, and on which page it shows.

    `progress` says in words how far it is.
    """

    label: str
    page: str
    progress: str = ""
