"""A brought text, looked at in each way once."""

from dataclasses import dataclass
from functools import cached_property

from atecc_bench.cli.chip.config_source import FoundConfig, config_in_file
from atecc_bench.diagnose.dumps.likeness import Likeness
from atecc_bench.diagnose.paste.pki_objects import PkiObject, pki_objects
from atecc_bench.errors import InputError


@dataclass(frozen=True)
class BroughtText:
    """A text and its name.

    What is found in it is kept, for each reading takes long.
    """

    text: str
    name: str

    @cached_property
    def data(self) -> bytes:
        """The text in UTF-8."""
        return self.text.encode("utf-8", "replace")

    @cached_property
    def objects(self) -> tuple[PkiObject, ...]:
        """Certificates, requests and keys."""
        return pki_objects(self.data)

    @cached_property
    def config_or_refusal(self) -> FoundConfig | InputError:
        """What looks like a configuration, or why nothing does."""
        try:
            return config_in_file(self.data, Likeness.LIKELY)
        except InputError as error:
            return error

    @property
    def config(self) -> FoundConfig | None:
        """What looks like a configuration."""
        found = self.config_or_refusal
        return None if isinstance(found, InputError) else found
