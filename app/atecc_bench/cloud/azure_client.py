"""Requests to Azure's Device Provisioning Service and IoT Hub.

Credentials are found by azure-identity's own ways alone (environment, Azure CLI, managed identity); none is an argument
here, and none is kept or noted.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from atecc_bench.cloud.cloud_actions import ActionOutcome, CloudAction
from atecc_bench.errors import BenchError, DeviceError, InputError, RefusedError

_NOT_FOUND, _FIRST_REFUSAL = 404, 400
_LONGEST = 300
_CREDENTIALS = "Sign in as the Azure CLI wants it (az login), or by AZURE_CLIENT_ID and the like."
DPS_SCOPE = "https://azure-devices-provisioning.net/.default"
HUB_SCOPE = "https://iothubs.azure.net/.default"
DPS_VERSION, HUB_VERSION = "2021-10-01", "2021-04-12"


def azure_credential() -> Any:
    """Make what signs in; nothing is sent yet.

    Raises:
        InputError: `azure-not-installed`.
    """
    try:
        from azure.identity import DefaultAzureCredential as _Credential  # pyright: ignore
    except ImportError as error:
        raise _not_installed() from error
    logging.getLogger("azure").addHandler(logging.NullHandler())  # what it tries is told by the error that comes of it
    return cast("Any", _Credential)()


def _not_installed() -> InputError:
    return InputError(
        "azure-not-installed",
        "Azure needs the packages azure-identity and azure-mgmt-iothubprovisioningservices, which are not installed.",
        "Install them with: pip install 'atecc-bench[azure]'",
    )


@dataclass
class AzureService:
    """One service by its address, and what was done there.

    With `plan_only` nothing is changed: what would be is noted.
    """

    address: str
    scope: str
    api_version: str
    credential: Any = field(repr=False)
    plan_only: bool = False
    actions: list[CloudAction] = field(default_factory=list[CloudAction])

    def look(self, path: str) -> dict[str, Any] | None:
        """Read something; None when it is not there.

        Raises:
            BenchError: `cloud-refused`, `cloud-not-reachable`, `no-cloud-credentials`.
        """
        return self._send("GET", path, None)

    def put(self, path: str, call: str, sentence: str, body: Mapping[str, Any]) -> None:
        """Make something, or only note it.

        Raises:
            BenchError: `cloud-refused`, `cloud-not-reachable`, `no-cloud-credentials`.
        """
        if not self.plan_only:
            self._send("PUT", path, body)
        outcome = ActionOutcome.PLANNED if self.plan_only else ActionOutcome.DONE
        self.actions.append(CloudAction(call, outcome, sentence, {"path": path}))

    def there(self, call: str, sentence: str, *, outcome: ActionOutcome = ActionOutcome.THERE) -> None:
        """Note that a call is not needed."""
        self.actions.append(CloudAction(call, outcome, sentence))

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None) -> dict[str, Any] | None:
        try:
            import azure.core as _core  # pyright: ignore
            import azure.core.pipeline.policies as _policies  # pyright: ignore
            import azure.core.rest as _rest  # pyright: ignore
        except ImportError as error:
            raise _not_installed() from error
        core, policies, rest = cast("Any", _core), cast("Any", _policies), cast("Any", _rest)
        request = rest.HttpRequest(
            method, f"{self.address}{path}", params={"api-version": self.api_version},
            headers={"Accept": "application/json"}, json=body,
        )  # fmt: skip
        signing = policies.BearerTokenCredentialPolicy(self.credential, self.scope)
        try:
            with core.PipelineClient(self.address, policies=[policies.RetryPolicy(retry_total=1), signing]) as client:
                answer = client.send_request(request)
                if answer.status_code == _NOT_FOUND and method == "GET":
                    return None
                if answer.status_code >= _FIRST_REFUSAL:
                    raise RefusedError(
                        "cloud-refused",
                        f"Azure refuses {method} {path}: HTTP {answer.status_code}: {answer.text()[:_LONGEST]}",
                        "See the REST reference of the service; 401 and 403 are about the roles of these credentials.",
                    )
                return cast("dict[str, Any]", answer.json())
        except BenchError:
            raise
        except Exception as error:
            raise azure_error(error) from error


def azure_error(error: Exception) -> BenchError:
    """Say in words what Azure's packages raised.

    What is no error of them is raised again.
    """
    from azure.core import exceptions as _exceptions  # pyright: ignore

    exceptions = cast("Any", _exceptions)
    if isinstance(error, exceptions.ClientAuthenticationError):
        return InputError("no-cloud-credentials", "Azure cannot be asked: nobody is signed in.", _CREDENTIALS)
    if isinstance(error, exceptions.HttpResponseError):
        message = str(cast("Any", error).message).partition("\n")[0][:_LONGEST]
        return RefusedError("cloud-refused", f"Azure refuses: {message.rstrip('.')}.", "Look at the names and roles.")
    if isinstance(error, (exceptions.AzureError, OSError)):
        return DeviceError(
            "cloud-not-reachable",
            f"Azure cannot be reached: {type(error).__name__}.",
            "Is this computer in the network, and the name of the service right?",
        )
    raise error
