"""Comparisons in which a field is equal that the nearest wrong cause needs to differ.

Each is two certificates that were issued with all values equal but those of the mistake: what gives the right cause
away is what did not change.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from atecc_bench.diagnose.causes.cause import CauseId
from atecc_bench.diagnose.compare.compare import compare
from atecc_bench.diagnose.compare.comparison_facts import ComparisonContext
from tests.support.cases.wrong_provisioning import Case, ProvisioningJob, Workbench, issue

Change = Callable[[Workbench, ProvisioningJob], ProvisioningJob]


def other_common_name(bench: Workbench, order: ProvisioningJob) -> ProvisioningJob:
    """Key, serial number and identifiers are equal: it is no other device's."""
    return replace(order, common_name=bench.words() + "7")


def other_organization(bench: Workbench, order: ProvisioningJob) -> ProvisioningJob:
    """Only the subject's organization differs."""
    return replace(order, organization=bench.words() + "7")


def whole_other_subject(bench: Workbench, order: ProvisioningJob) -> ProvisioningJob:
    """The whole name differs, and the key is equal."""
    return replace(order, organization=bench.words() + "7", common_name=bench.words() + "8")


def issuer_renamed(bench: Workbench, order: ProvisioningJob) -> ProvisioningJob:
    """The authorityKeyIdentifier is equal: the same authority under another name."""
    return replace(order, issuer_name=bench.words() + "7")


def issuer_of_another_organization(bench: Workbench, order: ProvisioningJob) -> ProvisioningJob:
    """As above, for the other part of the name."""
    return replace(order, issuer_organization=bench.words() + "7")


def authority_of_the_same_name(bench: Workbench, order: ProvisioningJob) -> ProvisioningJob:
    """The issuer's name is equal, its key is not."""
    return replace(order, signer=bench.signer())


def new_key_under_the_old_number(bench: Workbench, order: ProvisioningJob) -> ProvisioningJob:
    """Name, number and dates are equal: it is the same device with another key."""
    return replace(order, key=bench.session.public_key(2))


def another_number_for_the_same_key(bench: Workbench, order: ProvisioningJob) -> ProvisioningJob:
    """Key and dates, of which the number is the hash, are equal."""
    return replace(order, serial_number=bytes([0x40 | bench.chosen.randrange(16)]) + bench.chosen.randbytes(15))


def later_under_the_old_number(bench: Workbench, order: ProvisioningJob) -> ProvisioningJob:
    """Only the dates differ; the number, which may be their hash, is equal."""
    later = timedelta(hours=bench.chosen.randint(1, 500))
    return replace(order, not_before=order.not_before + later)


def signed_again(_bench: Workbench, order: ProvisioningJob) -> ProvisioningJob:
    """Everything but the signature is equal."""
    return order


EQUAL_FIELDS: Mapping[Change, CauseId] = {
    other_common_name: CauseId.SUBJECT_MISMATCH,
    other_organization: CauseId.SUBJECT_MISMATCH,
    whole_other_subject: CauseId.SUBJECT_MISMATCH,
    issuer_renamed: CauseId.ISSUER_MISMATCH,
    issuer_of_another_organization: CauseId.ISSUER_MISMATCH,
    authority_of_the_same_name: CauseId.AUTHORITY_KEY_MISMATCH,
    new_key_under_the_old_number: CauseId.PUBLIC_KEY_MISMATCH,
    another_number_for_the_same_key: CauseId.SERIAL_SOURCE_MISMATCH,
    later_under_the_old_number: CauseId.ISSUE_DATE_MISMATCH,
    signed_again: CauseId.SIGNATURE_ONLY,
}
"""Ten kinds, each with the cause that has to come first."""


def case_of(bench: Workbench, change: Change, style: int) -> Case:
    """The two certificates of a kind, as whoever was given the files has them."""
    order = bench.order(style)
    number = bytes([0x40 | bench.chosen.randrange(16)]) + bench.chosen.randbytes(15)
    order = replace(order, serial_number=number)
    return Case(compare(issue(order), issue(change(bench, order))), ComparisonContext())
