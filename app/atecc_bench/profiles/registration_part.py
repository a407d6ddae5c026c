"""The part of a profile about a cloud."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Self, cast

from pydantic import Field, model_validator

from atecc_bench.profiles.placeholders import placeholders_in
from atecc_bench.profiles.strict_part import StrictPart

COMMON_NAME = "common_name"  # of the device certificate
_SERVICE = r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$"


class AwsCertificate(StrEnum):
    """How AWS IoT gets to know the device certificate."""

    WITHOUT_CA = "without-ca"  # RegisterCertificateWithoutCA: one certificate in any number of accounts
    WITH_CA = "with-ca"  # RegisterCertificate, under a CA that is registered in this account
    FETCHED = "fetched"  # CreateCertificateFromCsr: AWS issues it for the chip's request


class AwsPolicy(StrictPart):
    """A policy by its name.

    With a document it is made where there is none.
    """

    name: str = Field(min_length=1)
    document: Mapping[str, Any] | None = None


class AwsRegistration(StrictPart):
    """Thing, group and policy in AWS IoT; texts may have placeholders."""

    certificate: AwsCertificate = AwsCertificate.WITHOUT_CA
    region: str | None = None
    thing: str | None = Field(default="{common_name}", min_length=1)
    thing_type: str | None = None
    attributes: Mapping[str, str] = Field(default_factory=dict[str, str])
    group: str | None = None
    policy: AwsPolicy | None = None


class AzureRegistration(StrictPart):
    """A Device Provisioning Service or a hub, by its name."""

    dps: str | None = Field(default=None, pattern=_SERVICE)
    hub: str | None = Field(default=None, pattern=_SERVICE)

    @model_validator(mode="after")
    def _one_service(self) -> Self:
        if (self.dps is None) == (self.hub is None):
            raise ValueError("one of dps and hub is needed")
        return self


class Registration(StrictPart):
    """A cloud and what a device becomes there."""

    aws: AwsRegistration | None = None
    azure: AzureRegistration | None = None

    @model_validator(mode="after")
    def _one_cloud(self) -> Self:
        if (self.aws is None) == (self.azure is None):
            raise ValueError("one of aws and azure is needed")
        return self

    @property
    def cloud(self) -> str:
        """The cloud by its name, for sentences."""
        return "AWS IoT" if self.aws is not None else "Azure"

    @property
    def fetches_certificate(self) -> bool:
        """Whether the cloud issues the device certificate."""
        return self.aws is not None and self.aws.certificate is AwsCertificate.FETCHED

    @property
    def placeholders(self) -> frozenset[str]:
        """All names that stand in braces somewhere.

        Variables of the cloud's own, in ${…}, are none.
        """
        return frozenset(name for text in _texts(self.model_dump()) for name in own_placeholders(text))


def own_placeholders(text: str) -> tuple[str, ...]:
    """The names in braces that are not a cloud's own variables."""
    return placeholders_in(text.replace("${", "$"))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in cast("Mapping[str, Any]", value).values():
            yield from _texts(one)
    elif isinstance(value, (list, tuple)):
        for one in cast("list[Any]", value):
            yield from _texts(one)
