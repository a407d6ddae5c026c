"""The part of a profile about a cloud."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import Field

from atecc_bench.profiles.strict_part import StrictPart


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


class Registration(StrictPart):
    """A cloud and what a device becomes there."""

    aws: AwsRegistration
