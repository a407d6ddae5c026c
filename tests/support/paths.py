"""Where the repository and the tests' own data are."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
DATA: Final = ROOT / "tests" / "data"
FACTS_608A: Final = DATA / "config-608a-massprovisioning.hex"
