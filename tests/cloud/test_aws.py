"""AWS IoT: registration to CONNACK 0 with the chip's key, what exists already, and what is refused."""

import json
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.cloud.aws_authority import CaMode, JitpTemplate, register_authority
from atecc_bench.cloud.aws_client import AwsIot, open_aws
from atecc_bench.cloud.aws_device import certificate_id, fetch_certificate, register_device
from atecc_bench.cloud.cloud_actions import ActionOutcome
from atecc_bench.cloud.possession import verification_certificate
from atecc_bench.connect.connect_to import connect_to
from atecc_bench.connect.connection_steps import ConnectionTried
from atecc_bench.connect.destination import Destination, MqttWish
from atecc_bench.connect.server_trust import trust_of_file
from atecc_bench.errors import BenchError, InputError, RefusedError
from atecc_bench.onchip.read_certificates import chip_private_key
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.pki.encoding.distinguished_names import name_of_parts
from atecc_bench.pki.x509.csr import make_request
from atecc_bench.profiles.registration_part import AwsCertificate, AwsPolicy, AwsRegistration
from tests.connect.conftest import Device
from tests.support.servers.aws_emulator import AwsEmulator
from tests.support.servers.papers import root

pytestmark = pytest.mark.slow
CLIENT = "arn:aws:iot:*:*:client/${iot:Connection.Thing.ThingName}"
DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "iot:Connect", "Resource": CLIENT}],
}
ALL = AwsRegistration(
    thing="pump-{serial_number}", attributes={"serial": "{serial_number}"}, group="pumps",
    policy=AwsPolicy(name="pumps", document=DOCUMENT),
)  # fmt: skip
CALLS = [
    "register_certificate_without_ca", "create_thing", "attach_thing_principal", "create_policy", "attach_policy",
    "create_thing_group", "add_thing_to_thing_group",
]  # fmt: skip


def values(device: Device) -> dict[str, str]:
    return {"serial_number": device.desk.serial_number, "common_name": device.identity.name}


def outcomes(aws: AwsIot) -> dict[str, ActionOutcome]:
    return {action.call: action.outcome for action in aws.actions}


def connect(account: AwsEmulator, device: Device) -> ConnectionTried:
    trust = trust_of_file(account.ca_pem, "the emulator's CA")
    destination = Destination("localhost", account.mqtt_port, mqtt=MqttWish())
    return connect_to(destination, device.identity, trust, datetime.now(UTC))


def test_from_registration_to_connack_0(account: AwsEmulator, device: Device) -> None:
    before = connect(account, device)
    assert before.error is not None
    assert before.error.id in ("client-ca-unknown", "client-certificate-refused")  # it hangs up before its alert is out
    aws = AwsIot(open_aws())
    register_device(aws, device.chain, ALL, values(device))
    assert [action.call for action in aws.actions] == CALLS
    assert set(outcomes(aws).values()) == {ActionOutcome.DONE}
    tried = connect(account, device)
    assert tried.error is None
    assert "CONNACK 0" in tried.steps[-1].sentence
    found = account.client().describe_thing(thingName=f"pump-{device.desk.serial_number}")
    assert found["attributes"] == {"serial": device.desk.serial_number}


def test_nothing_is_changed_twice(account: AwsEmulator, device: Device) -> None:
    register_device(AwsIot(open_aws()), device.chain, ALL, values(device))
    again = AwsIot(open_aws())
    register_device(again, device.chain, ALL, values(device))
    assert set(outcomes(again).values()) == {ActionOutcome.THERE}
    assert len(account.client().list_certificates()["certificates"]) == 1


def test_a_plan_changes_nothing(account: AwsEmulator, device: Device) -> None:
    aws = AwsIot(open_aws(), plan_only=True)
    register_device(aws, device.chain, ALL, values(device))
    assert [action.call for action in aws.actions] == CALLS
    assert set(outcomes(aws).values()) == {ActionOutcome.PLANNED}
    client = account.client()
    assert client.list_certificates()["certificates"] == client.list_things()["things"] == []
    assert client.list_policies()["policies"] == []


def test_what_is_there_in_another_form_is_left_so(account: AwsEmulator, device: Device) -> None:
    client = account.client()
    client.create_policy(policyName="pumps", policyDocument=json.dumps({"Version": "2012-10-17", "Statement": []}))
    client.create_thing(thingName=f"pump-{device.desk.serial_number}")
    pem = device.chain[0].public_bytes(Encoding.PEM).decode()
    client.register_certificate_without_ca(certificatePem=pem, status="INACTIVE")
    aws = AwsIot(open_aws())
    register_device(aws, device.chain, ALL, values(device))
    found = outcomes(aws)
    for call in ("register_certificate", "create_thing", "create_policy"):
        assert found[call] is ActionOutcome.DIFFERS
    assert json.loads(client.get_policy(policyName="pumps")["policyDocument"])["Statement"] == []


def test_a_ca_is_registered_by_its_proof_and_its_devices_under_it(
    account: AwsEmulator, device: Device, signing: CertificateAuthority
) -> None:
    aws = AwsIot(open_aws())
    register_authority(aws, signing.signer, signing.signer_key, datetime.now(UTC))
    assert outcomes(aws) == {"register_ca_certificate": ActionOutcome.DONE}
    with_ca = ALL.model_copy(update={"certificate": AwsCertificate.WITH_CA})
    register_device(aws, device.chain, with_ca, values(device))
    identifier = certificate_id(device.chain[0])
    found = account.client().describe_certificate(certificateId=identifier)["certificateDescription"]
    assert (found["caCertificateId"], found["status"]) == (certificate_id(signing.signer), "ACTIVE")
    assert connect(account, device).error is None
    again = AwsIot(open_aws())
    register_authority(again, signing.signer, signing.signer_key, datetime.now(UTC))
    assert outcomes(again) == {"register_ca_certificate": ActionOutcome.THERE}
    register_authority(again, signing.signer, signing.signer_key, datetime.now(UTC), auto_registration=True)
    assert outcomes(again) == {"register_ca_certificate": ActionOutcome.DIFFERS}


def test_several_accounts_take_a_ca_without_proof(
    account: AwsEmulator, signing: CertificateAuthority
) -> None:  # fmt: skip
    aws = AwsIot(open_aws())
    register_authority(aws, signing.signer, signing.signer_key, datetime.now(UTC), mode=CaMode.SNI_ONLY)
    found = account.client().describe_ca_certificate(certificateId=certificate_id(signing.signer))
    assert found["certificateDescription"]["certificateMode"] == "SNI_ONLY"


def test_a_device_registers_itself_when_it_first_connects(
    account: AwsEmulator, device: Device, signing: CertificateAuthority
) -> None:
    aws = AwsIot(open_aws())
    register_authority(aws, signing.signer, signing.signer_key, datetime.now(UTC), auto_registration=True)
    first = connect(account, device)
    assert first.error is not None
    assert first.error.id == "mqtt-not-authorized"
    client, identifier = account.client(), certificate_id(device.chain[0])
    assert client.describe_certificate(certificateId=identifier)["certificateDescription"]["status"] == (
        "PENDING_ACTIVATION"
    )
    client.update_certificate(certificateId=identifier, newStatus="ACTIVE")
    assert connect(account, device).error is None


def test_a_template_for_first_connections(account: AwsEmulator, signing: CertificateAuthority) -> None:
    name, number = "AWS::IoT::Certificate::CommonName", "AWS::IoT::Certificate::Id"
    certificate = {"CertificateId": {"Ref": number}, "Status": "ACTIVE"}
    body = {
        "Parameters": {name: {"Type": "String"}, number: {"Type": "String"}},
        "Resources": {
            "thing": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": {"Ref": name}}},
            "certificate": {"Type": "AWS::IoT::Certificate", "Properties": certificate},
        },
    }
    jitp = JitpTemplate("bench", body, "arn:aws:iam::000000000000:role/provision")
    aws = AwsIot(open_aws())
    register_authority(aws, signing.signer, signing.signer_key, datetime.now(UTC), jitp=jitp)
    assert outcomes(aws) == {
        "create_provisioning_template": ActionOutcome.DONE, "register_ca_certificate": ActionOutcome.DONE,
    }  # fmt: skip
    found = account.client().describe_ca_certificate(certificateId=certificate_id(signing.signer))
    assert found["registrationConfig"]["templateName"] == "bench"
    assert found["certificateDescription"]["autoRegistrationStatus"] == "ENABLE"


def test_a_wrong_code_is_refused(account: AwsEmulator, signing: CertificateAuthority) -> None:
    proof = verification_certificate("0" * 64, signing.signer, signing.signer_key, datetime.now(UTC))
    with pytest.raises(RefusedError) as caught:
        AwsIot(open_aws()).change(
            "register_ca_certificate", "", caCertificate=signing.signer.public_bytes(Encoding.PEM).decode(),
            verificationCertificate=proof.public_bytes(Encoding.PEM).decode(), setAsActive=True,
        )  # fmt: skip
    assert caught.value.id == "cloud-refused"
    assert "RegistrationCodeValidationException" in caught.value.message
    assert "registration code" in caught.value.hint


def test_a_foreign_leaf_is_refused(account: AwsEmulator, device: Device, signing: CertificateAuthority) -> None:
    aws = AwsIot(open_aws())
    register_authority(aws, signing.signer, signing.signer_key, datetime.now(UTC))
    stranger = root("Somebody Else")
    leaf = stranger.holder("device").certificate
    with_ca = AwsRegistration(certificate=AwsCertificate.WITH_CA)
    with pytest.raises(RefusedError, match="CertificateValidationException"):
        register_device(aws, (leaf, signing.signer), with_ca, {"common_name": "x"})
    with pytest.raises(RefusedError, match="CertificateStateException"):  # its own CA is not registered
        register_device(aws, (leaf, stranger.certificate), with_ca, {"common_name": "x"})


def test_a_certificate_that_exists_is_refused_and_told(account: AwsEmulator, device: Device) -> None:
    aws = AwsIot(open_aws())
    pem = device.chain[0].public_bytes(Encoding.PEM).decode()
    aws.change("register_certificate_without_ca", "", certificatePem=pem, status="ACTIVE")
    with pytest.raises(RefusedError, match="ResourceAlreadyExistsException"):
        aws.change("register_certificate_without_ca", "", certificatePem=pem, status="ACTIVE")


def test_aws_issues_for_the_chips_request(account: AwsEmulator, device: Device) -> None:
    request = make_request(chip_private_key(device.desk.session, 0), name_of_parts([("CN", "pump-1")]))
    chain = fetch_certificate(AwsIot(open_aws()), request)
    assert isinstance(chain[0], x509.Certificate)
    assert chain[0].public_key() == device.chain[0].public_key()
    status = account.client().describe_certificate(certificateId=certificate_id(chain[0]))
    assert status["certificateDescription"]["status"] == "ACTIVE"
    issued = Device(device.desk, chain)
    assert connect(account, issued).error is None


def test_a_policy_that_nobody_made(account: AwsEmulator, device: Device) -> None:
    wanted = AwsRegistration(policy=AwsPolicy(name="nowhere"))
    with pytest.raises(InputError) as caught:
        register_device(AwsIot(open_aws()), device.chain, wanted, values(device))
    assert caught.value.id == "no-such-policy"


@pytest.mark.parametrize(
    ("changes", "id_"),
    [
        ({"AWS_ENDPOINT_URL": "http://localhost:9"}, "cloud-not-reachable"),
        ({"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None, "AWS_SESSION_TOKEN": None}, "no-cloud-credentials"),
        ({"AWS_DEFAULT_REGION": None}, "no-cloud-credentials"),
        ({"AWS_PROFILE": "nobody"}, "no-cloud-credentials"),
    ],
)
def test_a_cloud_that_cannot_be_asked(
    account: AwsEmulator, device: Device, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str | None], id_: str
) -> None:
    for name, value in changes.items():
        monkeypatch.delenv(name) if value is None else monkeypatch.setenv(name, value)
    with pytest.raises(BenchError) as caught:
        register_device(AwsIot(open_aws()), device.chain, ALL, values(device))
    assert caught.value.id == id_
    for secret in (account.environment()["AWS_SECRET_ACCESS_KEY"], account.environment()["AWS_SESSION_TOKEN"]):
        assert secret not in caught.value.message + caught.value.hint
