"""Templates, certificates by them, further signers, exports and manifests, as the command line offers them."""

import json
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.pki.keys.key_files import load_certificates

Run = Callable[..., Any]

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")


def openssl(folder: Path, command: str) -> str:
    done = subprocess.run(["openssl", *shlex.split(command)], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def sample(run: Run, chip: Run, ca: Path, tmp_path: Path) -> Path:
    """A device certificate of the default layout, under the tests' CA."""
    url = chip("provisioned").url
    assert run("cert", "build", "--ca", ca, "--port", url, "--out", tmp_path / "sample.pem").code == 0
    return tmp_path / "sample.pem"


def test_from_a_sample_to_a_certificate_on_the_chip_and_back(
    run: Run, chip: Run, ca: Path, sample: Path, tmp_path: Path
):
    provisioned, signer = chip("provisioned"), ca / "signer.pem"
    made = run(
        *("template", "make", "--sample", sample, "--issuer", signer, "--out", tmp_path / "plain.yaml", "--json")
    )
    assert {row["part"]: row["from"] for row in made.document["parts"]}["CERT_SN"] == "SNSRC_PUB_KEY_HASH"
    edit = ("template", "edit", tmp_path / "plain.yaml", "--out", tmp_path / "text.yaml")
    assert run(*edit, "--add", "name,tbsCertificate.subject.commonName,8,0").code == 0
    issued, template = tmp_path / "device.pem", tmp_path / "text.yaml"
    name = f"name={provisioned.serial_number}"
    build = ("cert", "build", "--ca", ca, "--port", provisioned.url, "--template", template, "--years", 35)
    assert run(*build, "--set", name, "--out", issued).code == 0
    write = (
        "cert",
        "write",
        "--port",
        provisioned.url,
        "--cert",
        issued,
        "--template",
        template,
        "--issuer",
        signer,
        "--yes",
    )
    written = run(*write, "--json").document
    assert (written["written_slots"], written["compared"]) == ([10], True)
    old = json.loads(Path(written["saved"][0]).read_text())["slots"]
    assert old.keys() == {"10"}
    read = ("cert", "read", "--port", provisioned.url, "--template", template, "--issuer", signer, "--json")
    assert run(*read).document["certificate_pem"] == issued.read_text()
    openssl(tmp_path, f"verify -x509_strict -CAfile {ca / 'root.pem'} -untrusted {signer} {issued}")


def test_a_certificate_for_a_request_that_another_sends(run: Run, chip: Run, ca: Path, tmp_path: Path):
    openssl(tmp_path, "ecparam -name prime256v1 -genkey -noout -out key.pem")
    openssl(tmp_path, "req -new -key key.pem -subj /CN=whatever -out request.pem")
    build = ("cert", "build", "--ca", ca, "--csr", tmp_path / "request.pem", "--out", tmp_path / "device.pem")
    assert run(*build, "--json").error_id == "serial-number-needed"
    assert run(*build, "--device", "0123a1b2c3d4e5f6ee").code == 0
    text = openssl(tmp_path, "x509 -in device.pem -noout -pubkey")
    assert text == openssl(tmp_path, "ec -in key.pem -pubout")


def test_c_out_and_in_again(run: Run, sample: Path, tmp_path: Path):
    plain = tmp_path / "plain.yaml"
    assert run("template", "make", "--sample", sample, "--out", plain).code == 0
    for folder in ("c", "again"):
        missing = run("template", "export", plain, "--out", tmp_path / folder, "--json")
        assert (missing.code, missing.error_id) == (2, "no-folder")
        (tmp_path / folder).mkdir()
    exported = run("template", "export", plain, "--out", tmp_path / "c", "--json").document
    c_file = next(path for path in exported["files"] if path.endswith(".c"))
    imported = run("template", "import", c_file, "--out", tmp_path / "again", "--json").document
    (template,) = imported["templates"]
    assert Path(template["path"]).read_bytes() == plain.read_bytes()
    assert run("template", "export", plain, "--out", tmp_path / "c", "--json").error_id == "file-exists"


OUTSIDE = (
    "ecparam -name prime256v1 -genkey -noout -out root.key",
    "req -new -x509 -key root.key -subj '/O=Outside Corp/CN=Outside Root' -days 9000 -out root.crt",
)


def test_a_whole_certificate_of_another_ca_goes_to_slot_8_and_one_that_is_too_long_says_so(
    run: Run, chip: Run, ca: Path, tmp_path: Path
):
    for command in OUTSIDE:
        openssl(tmp_path, command)
    provisioned, request = chip("provisioned"), tmp_path / "device.csr"
    csr = ("key", "csr", "--port", provisioned.url, "--slot", 0, "--subject", "CN=device", "--out", request)
    assert run(*csr).code == 0
    openssl(tmp_path, "x509 -req -in device.csr -CA root.crt -CAkey root.key -days 1001 -out device.crt")
    make = ("template", "make", "--role", "whole", "--json")
    assert run(*make, "--sample", tmp_path / "device.crt", "--out", tmp_path / "whole.yaml").code == 0
    where = ("--port", provisioned.url, "--template", tmp_path / "whole.yaml")
    write = ("cert", "write", *where, "--cert", tmp_path / "device.crt", "--issuer", tmp_path / "root.crt", "--yes")
    assert run(*write, "--json").document["written_slots"] == [8]
    read = run("cert", "read", *where, "--json").document["certificate_pem"]
    assert load_certificates(read.encode()) == load_certificates((tmp_path / "device.crt").read_bytes())
    too_long = run(*make, "--sample", ca / "signer.pem", "--out", tmp_path / "too-long.yaml")
    assert (too_long.code, too_long.error_id) == (1, "certificate-too-long")


@pytest.mark.parametrize("arguments", ["", "--device d --signer s", "--cert c --template t", "--cert c --root r"])
def test_half_of_what_a_write_needs_is_wrong_usage(run: Run, chip: Run, arguments: str):
    done = run("cert", "write", "--port", chip("provisioned").url, *arguments.split(), "--json")
    assert (done.code, done.error_id) == (2, "usage")


def test_a_further_signer_issues_and_openssl_accepts_its_chain(run: Run, chip: Run, ca: Path, tmp_path: Path):
    added = run("ca", "add-signer", ca, "--signer-id", "0A01", "--profile", "microchip", "--json")
    assert added.document["signer"]["subject"].startswith("CN=Device Signer 0A01")
    folder = ca / "signers" / "0A01"
    shown = run("ca", "show", ca, "--json").document
    assert [signer["directory"] for signer in shown["signers"]] == [str(folder)]
    url = chip("provisioned").url
    assert run("cert", "build", "--ca", folder, "--port", url, "--out", tmp_path / "device.pem").code == 0
    openssl(tmp_path, f"verify -x509_strict -CAfile {ca}/root.pem -untrusted {folder}/signer.pem device.pem")
    assert run("ca", "add-signer", ca, "--signer-id", "0a01", "--json").error_id == "signer-id-not-usable"
    assert run("ca", "add-signer", ca, "--signer-id", "0A01", "--json").error_id == "ca-exists"


def test_an_outside_ca_signs_the_signer_by_csr_out_and_certificate_in(run: Run, tmp_path: Path):
    for command in OUTSIDE:
        openssl(tmp_path, command)
    csr = run("ca", "csr", tmp_path / "outside", "--organization", "ACME Ltd", "--name", "Line signer", "--json")
    (tmp_path / "csr.pem").write_text(csr.document["csr_pem"])
    openssl(tmp_path, "req -in csr.pem -verify -noout")
    (tmp_path / "ext").write_text("basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign\n")
    openssl(tmp_path, "x509 -req -in csr.pem -CA root.crt -CAkey root.key -days 3000 -extfile ext -out signer.crt")
    adopt = ("ca", "adopt", tmp_path / "outside", "--root", tmp_path / "root.crt", "--json")
    (tmp_path / "end").write_text("basicConstraints=critical,CA:FALSE\n")
    openssl(tmp_path, "x509 -req -in csr.pem -CA root.crt -CAkey root.key -days 3000 -extfile end -out end.crt")
    assert run(*adopt, "--cert", tmp_path / "end.crt").error_id == "not-a-ca"
    adopted = run(*adopt, "--cert", tmp_path / "signer.crt")
    assert adopted.code == 0
    assert {(one["id"], one["certificate"]) for one in adopted.document["warnings"]} >= {("no-key-usage", "root")}
    openssl(tmp_path, "verify -CAfile root.crt signer.crt")


def test_certificates_go_out_as_pem_der_and_c(run: Run, ca: Path, sample: Path, tmp_path: Path):
    files = (sample, ca / "signer.pem", ca / "root.pem")
    assert run("cert", "export", *files, "--out", tmp_path / "chain.pem").code == 0
    originals = [load_certificates(file.read_bytes())[0] for file in files]
    assert list(load_certificates((tmp_path / "chain.pem").read_bytes())) == originals
    assert run("cert", "export", sample, "--format", "der", "--out", tmp_path / "device.der").code == 0
    assert (tmp_path / "device.der").read_bytes() == originals[0].public_bytes(Encoding.DER)
    assert run("cert", "export", *files, "--format", "c", "--out", tmp_path / "chain.h").code == 0
    if shutil.which("gcc"):
        (tmp_path / "main.c").write_text('#include "chain.h"\nint main(void) { return 0; }\n')
        subprocess.run(["gcc", "-Wall", "-Werror", "-fsyntax-only", "main.c"], cwd=tmp_path, check=True)


def test_a_manifest_of_many_devices_is_signed_and_checked(run: Run, ca: Path, tmp_path: Path):
    openssl(tmp_path, "ecparam -name prime256v1 -genkey -noout -out key.pem")
    openssl(tmp_path, "req -new -key key.pem -subj /CN=whatever -out request.pem")
    folders = [tmp_path / name for name in ("one", "two")]
    for number, folder in enumerate(folders):
        folder.mkdir()
        device = ("--csr", tmp_path / "request.pem", "--device", f"012345678{number}abcdefee")
        assert run("cert", "build", "--ca", ca, *device, "--out", folder / "device.pem").code == 0
        shutil.copy(ca / "signer.pem", folder)
    manifest = tmp_path / "manifest.json"
    assert run("manifest", "make", *folders, "--ca", ca, "--out", manifest).code == 0
    check = ("manifest", "check", manifest, "--cert", ca / "signer.pem", "--json")
    numbers = [device["serial_number"] for device in run(*check).document["devices"]]
    assert numbers == ["0123456780abcdefee", "0123456781abcdefee"]
    entries = json.loads(manifest.read_text())
    entries[1]["payload"] = entries[0]["payload"]
    manifest.write_text(json.dumps(entries))
    done = run(*check)
    assert (done.code, done.error_id) == (1, "manifest-not-valid")
    assert "Entry 2" in done.document["error"]["message"]


def test_nothing_is_issued_that_could_never_be_verified(
    run: Run, chip: Run, ca: Path, sample: Path, other_ca: Path, tmp_path: Path
):
    template = tmp_path / "device.yaml"
    assert run("template", "make", "--sample", sample, "--out", template).code == 0
    build = ("cert", "build", "--port", chip("provisioned").url, "--template", template, "--out", tmp_path / "new.pem")
    refused = run(*build, "--ca", other_ca, "--json")
    assert (refused.code, refused.document["error"]["id"]) == (1, "chain-broken")
    assert not (tmp_path / "new.pem").exists()


@pytest.mark.parametrize("digest", ["sha384", "sha512"])
def test_a_sample_that_the_chip_could_not_hold_the_signature_of_is_refused(run: Run, tmp_path: Path, digest: str):
    openssl(tmp_path, "ecparam -name prime256v1 -genkey -noout -out key.pem")
    openssl(tmp_path, f"req -x509 -new -key key.pem -{digest} -days 365 -subj /CN=device -out sample.pem")
    refused = run("template", "make", "--sample", tmp_path / "sample.pem", "--out", tmp_path / "t.yaml", "--json")
    assert (refused.code, refused.document["error"]["id"]) == (2, "sample-not-usable")
    assert "ECDSA with SHA-256" in refused.document["error"]["message"]


def test_a_manifest_of_nothing_or_with_a_device_twice_is_refused(run: Run, ca: Path, tmp_path: Path):
    manifest = tmp_path / "manifest.json"
    manifest.write_text("[]")
    refused = run("manifest", "check", manifest, "--cert", ca / "signer.pem", "--json")
    assert (refused.code, refused.document["error"]["id"]) == (2, "not-a-manifest")


def test_a_chip_without_keys_and_certificates_is_told_in_words(run: Run, chip: Run):
    fresh, configured = chip("fresh").url, chip("configured").url
    refused = run("cert", "verify", "--port", fresh, "--json")
    assert (refused.code, refused.document["error"]["id"]) == (1, "data-zone-open")
    for verb in ("public", "prove"):
        refused = run("key", verb, "--port", configured, "--slot", 0, "--json")
        assert (refused.code, refused.document["error"]["id"]) == (1, "no-key")


@pytest.mark.parametrize(
    ("key", "digest", "extra", "broken"),
    [
        ("ec -pkeyopt ec_paramgen_curve:P-256", "sha256", (), ("full hour", "whole number of years", "hash of key")),
        ("ec -pkeyopt ec_paramgen_curve:P-256", "sha384", (), ("ECDSA with SHA-256", "full hour", "hash of key")),
        ("rsa:2048", "sha256", (), ("RSA-2048", "full hour", "whole number of years", "hash of key")),
        ("ec -pkeyopt ec_paramgen_curve:P-256", "sha256", ("--sn-source", "STORED"), ("full hour", "whole number")),
    ],
)
def test_all_that_a_template_demands_is_said_at_once(
    run: Run, tmp_path: Path, key: str, digest: str, extra: tuple[str, ...], broken: tuple[str, ...]
):
    openssl(
        tmp_path,
        f"req -x509 -newkey {key} -nodes -keyout key.pem -{digest} -subj /CN=pump -days 200 -out odd.pem",
    )
    made = run("template", "make", "--sample", tmp_path / "odd.pem", "--out", tmp_path / "odd.yaml", *extra)
    said = made.out + made.err
    assert all(" ".join(part.split()) in " ".join(said.split()) for part in broken), said
    assert not extra or "hash of key" not in said


def test_an_unknown_source_of_serial_numbers_is_said_before_the_sample_is_read(run: Run, tmp_path: Path):
    words = ("--sample", tmp_path / "none.pem", "--out", tmp_path / "t.yaml", "--sn-source", "SHMIX")
    assert "PUB_KEY_HASH" in run("template", "make", *words).err
