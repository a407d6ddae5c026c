"""How many examples Hypothesis tries: few in every run of the tests, many in `make examples`.

`HYPOTHESIS_PROFILE` chooses the profile. No profile has a deadline: how long an example takes says how busy the
computer is, and nothing of what is tested.
"""

import os

from hypothesis import HealthCheck, settings

_PROFILES = {"default": 60, "campaign": 5_000}


def load_profile() -> None:
    """Register the profiles and take the one that the environment names; done before any test is imported."""
    for name, examples in _PROFILES.items():
        settings.register_profile(
            name,
            max_examples=examples,
            deadline=None,
            derandomize=False,
            print_blob=True,
            suppress_health_check=[HealthCheck.too_slow],
        )
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def examples(share: float) -> settings:
    """For one test: as many examples as the profile has, times `share`."""
    return settings(max_examples=max(1, round(settings().max_examples * share)))
