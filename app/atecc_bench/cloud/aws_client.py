"""AWS IoT by boto3: reading, changing, and errors in words.

Credentials are found by boto3's own ways alone; none is an argument here, and none is kept or noted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from atecc_bench.cloud.cloud_actions import ActionOutcome, CloudAction
from atecc_bench.errors import BenchError, DeviceError, InputError, RefusedError

_CONNECT_S, _READ_S, _ATTEMPTS = 5, 20, 2
_LONGEST = 300
_MISSING = ("ResourceNotFoundException", "NotFoundException")
# Their messages repeat what was signed, a session token with it.
_ABOUT_SIGNATURES = ("SignatureDoesNotMatch", "InvalidSignatureException")
_ABOUT_CREDENTIALS = (
    "UnrecognizedClientException", "InvalidClientTokenId", "ExpiredTokenException", "ExpiredToken",
    "AuthFailure", "InvalidAccessKeyId", *_ABOUT_SIGNATURES,
)  # fmt: skip
_CREDENTIALS = "Sign in as the AWS CLI wants it (aws configure, aws sso login, AWS_PROFILE), and give a region."


class IotClient(Protocol):
    """Operations of boto3's client for AWS IoT, by name."""

    def __getattr__(self, operation: str) -> Callable[..., dict[str, Any]]: ...


def open_aws(region: str | None = None) -> IotClient:
    """Make a client for AWS IoT; nothing is sent yet.

    Raises:
        InputError: `aws-not-installed`, `no-cloud-credentials`.
    """
    try:
        import boto3 as _boto3  # pyright: ignore[reportMissingTypeStubs]
        from botocore.config import Config as _Config  # pyright: ignore[reportMissingTypeStubs]
    except ImportError as error:
        raise InputError(
            "aws-not-installed",
            "AWS IoT needs the package boto3, which is not installed.",
            "Install it with: pip install 'atecc-bench[aws]'",
        ) from error
    boto3, config = cast("Any", _boto3), cast("Any", _Config)
    try:
        session = boto3.Session(region_name=region)
        return session.client(
            "iot",
            config=config(connect_timeout=_CONNECT_S, read_timeout=_READ_S, retries={"max_attempts": _ATTEMPTS}),
        )
    except Exception as error:
        raise cloud_error("", error) from error


@dataclass
class AwsIot:
    """Calls to AWS IoT and what they came to.

    With `plan_only` nothing is changed: what would be is noted.
    """

    client: IotClient
    plan_only: bool = False
    actions: list[CloudAction] = field(default_factory=list[CloudAction])

    def look(self, operation: str, **parameters: object) -> dict[str, Any] | None:
        """Read something; None when it is not there.

        Raises:
            BenchError: `cloud-refused`, `cloud-not-reachable`, `no-cloud-credentials`.
        """
        try:
            return getattr(self.client, operation)(**parameters)
        except Exception as error:
            if code_of(error) in _MISSING:
                return None
            raise cloud_error(operation, error) from error

    def look_at_all(self, operation: str, key: str, token: str = "nextToken", **parameters: object) -> list[Any]:  # noqa: S107
        """Read all pages of a list."""
        found: list[Any] = []
        more: dict[str, object] = {}
        while True:
            page = self.look(operation, **parameters, **more) or {}
            found += page.get(key, [])
            following = page.get("nextMarker" if token == "marker" else token)  # noqa: S105 - a name
            if not following:
                return found
            more = {token: following}

    def change(
        self, operation: str, sentence: str, shown: Mapping[str, object] | None = None, **parameters: object
    ) -> dict[str, Any]:
        """Make a call that changes something, or only note it.

        Returns its answer.

        `shown` is what stands for its parameters, where they are long.

        Raises:
            BenchError: `cloud-refused`, `cloud-not-reachable`, `no-cloud-credentials`.
        """
        told = dict(parameters if shown is None else shown)
        if self.plan_only:
            self.actions.append(CloudAction(operation, ActionOutcome.PLANNED, sentence, told))
            return {}
        try:
            answer = getattr(self.client, operation)(**parameters)
        except Exception as error:
            raise cloud_error(operation, error) from error
        self.actions.append(CloudAction(operation, ActionOutcome.DONE, sentence, told))
        return answer

    def there(self, operation: str, sentence: str, *, outcome: ActionOutcome = ActionOutcome.THERE) -> None:
        """Note that a call is not needed."""
        self.actions.append(CloudAction(operation, outcome, sentence))


def code_of(error: Exception) -> str:
    """The code of an error that the service answered with.

    It is empty for others.
    """
    response = getattr(error, "response", None)
    if not isinstance(response, dict):
        return ""
    told = cast("dict[str, Any]", response).get("Error", {})
    return str(told.get("Code", ""))


def cloud_error(operation: str, error: Exception) -> BenchError:
    """Say in words what boto3 raised.

    What is no error of it is raised again.
    """
    from botocore import exceptions as _exceptions  # pyright: ignore[reportMissingTypeStubs]

    exceptions = cast("Any", _exceptions)
    code = code_of(error)
    if code in _ABOUT_CREDENTIALS:
        return InputError("no-cloud-credentials", f"AWS does not take these credentials ({code}).", _CREDENTIALS)
    if code:
        message = str(cast("Any", error).response["Error"].get("Message", "")).partition("\n")[0][:_LONGEST]
        return RefusedError(
            "cloud-refused", f"AWS IoT refuses {operation}: {code}: {message.rstrip('.')}.", _hint(code)
        )
    if isinstance(error, (exceptions.NoRegionError, exceptions.ProfileNotFound, exceptions.NoCredentialsError,
                          exceptions.PartialCredentialsError, exceptions.CredentialRetrievalError,
                          exceptions.TokenRetrievalError, exceptions.SSOError)):  # fmt: skip
        return InputError("no-cloud-credentials", f"AWS cannot be asked: {type(error).__name__}.", _CREDENTIALS)
    if isinstance(error, (exceptions.ParamValidationError, exceptions.InvalidRegionError)):
        return InputError(
            "cloud-input", f"{operation or 'AWS'}: {str(error).partition(chr(10))[0]}.", "Correct the names."
        )
    if isinstance(error, (exceptions.BotoCoreError, OSError)):
        return DeviceError(
            "cloud-not-reachable",
            f"AWS IoT cannot be reached: {type(error).__name__}.",
            "Is this computer in the network, and the region right? What waits in the queue is not lost.",
        )
    raise error


def _hint(code: str) -> str:
    match code:
        case "RegistrationCodeValidationException":
            return "The verification certificate has to have the account's registration code of this region as its CN."
        case "CertificateValidationException":
            return "Give the certificate of the CA that issued it: for a device that is the signer."
        case "CertificateConflictException":
            return "Register without its CA (multi-account), or only one of the CAs with this key."
        case "AccessDeniedException":
            return "These credentials may not do that: look at their IAM policy."
        case "ThrottlingException" | "LimitExceededException":
            return "Try again later, or have the account's limit raised."
        case _:
            return "See the AWS IoT API reference for this code."
