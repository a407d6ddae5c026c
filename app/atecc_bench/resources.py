"""Where the files that come with the product lie: profiles, scenarios, firmware."""

from pathlib import Path


def resource_path(*parts: str) -> Path:
    """Path of a file in `resources/`.

    In an installed wheel as well as in a checkout.
    """
    package = Path(__file__).parent
    packaged = package / "resources"
    root = packaged if packaged.is_dir() else package.parents[1] / "resources"
    return root.joinpath(*parts)
