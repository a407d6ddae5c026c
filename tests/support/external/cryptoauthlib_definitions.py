"""Our certificate definitions as CryptoAuthLib's C structures."""

import ctypes
from typing import Any

import pytest

from atecc_bench.pki.compressed.definition import CertificateDefinition, DeviceLocation
from atecc_bench.pki.compressed.full_stored import FullStoredDefinition
from atecc_bench.pki.compressed.transforms import Transform

atcacert = pytest.importorskip("cryptoauthlib.atcacert")


def device_location(location: DeviceLocation) -> dict[str, int]:
    return {
        "zone": int(location.zone),
        "slot": location.slot,
        "is_genkey": int(location.is_genkey),
        "offset": location.offset,
        "count": location.count,
    }


def c_definition(definition: CertificateDefinition) -> Any:
    """The same definition as CryptoAuthLib's C structure."""
    elements = (atcacert.atcacert_cert_element_t * len(definition.cert_elements))(
        *(
            atcacert.atcacert_cert_element_t(
                id=element.id,
                device_loc=device_location(element.device_loc),
                cert_loc={"offset": element.cert_loc.offset, "count": element.cert_loc.count},
                transforms=[int(transform) for transform in (*element.transforms, Transform.NONE, Transform.NONE)][:2],
            )
            for element in definition.cert_elements
        )
    )
    template = (ctypes.c_uint8 * len(definition.cert_template))(*definition.cert_template)
    return atcacert.atcacert_def_t(
        type=0,
        template_id=definition.template_id,
        chain_id=definition.chain_id,
        private_key_slot=definition.private_key_slot,
        sn_source=int(definition.sn_source),
        cert_sn_dev_loc=device_location(definition.cert_sn_dev_loc),
        issue_date_format=int(definition.issue_date_format),
        expire_date_format=int(definition.expire_date_format),
        tbs_cert_loc={"offset": definition.tbs_cert_loc.offset, "count": definition.tbs_cert_loc.count},
        expire_years=definition.expire_years,
        public_key_dev_loc=device_location(definition.public_key_dev_loc),
        comp_cert_dev_loc=device_location(definition.comp_cert_dev_loc),
        std_cert_elements=[
            {"offset": location.offset, "count": location.count}
            for _, location in sorted(definition.std_cert_elements.items())
        ],
        cert_elements=ctypes.cast(elements, ctypes.POINTER(atcacert.atcacert_cert_element_t)),
        cert_elements_count=len(elements),
        cert_template=ctypes.cast(template, ctypes.POINTER(ctypes.c_uint8)),
        cert_template_size=len(template),
    )


def c_full_stored(definition: FullStoredDefinition) -> Any:
    """A certificate stored whole, as CryptoAuthLib's C structure."""
    return atcacert.atcacert_def_t(type=2, comp_cert_dev_loc=device_location(definition.comp_cert_dev_loc))
