"""Starts ministack as an account that a pipeline can be deployed to: `python test/deploy/ministack`.

Environment: GATEWAY_PORT; FOLDER, where certificates and the record of calls are written; UNPATCHED, names of patches to leave out.
"""
import importlib.metadata
import os
import sys
from pathlib import Path

VERSION = "1.5.33"

# The patches were written against one version: of another one nobody knows what they do.
found = importlib.metadata.version("ministack")
if found != VERSION:
    sys.exit(f"ministack {VERSION} is needed, found {found}")

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent / "emulator" / "ministack")]

import certificates  # noqa: E402

folder = Path(os.environ["FOLDER"])
authority = certificates.write(folder)
os.environ |= {
    "BIND_HOST": "127.0.0.1",
    "AUTH": "true",
    # Bucket policies that refuse plain HTTP are enforced, so the emulator talks TLS, to itself and to its functions too.
    "USE_SSL": "1",
    "MINISTACK_SSL_CERT": str(folder / "server.pem"),
    "MINISTACK_SSL_KEY": str(folder / "server.key"),
    "AWS_CA_BUNDLE": str(authority),
    "NODE_EXTRA_CA_CERTS": str(authority),
    "AWS_ENDPOINT_URL": f"https://127.0.0.1:{os.environ['GATEWAY_PORT']}",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "no_proxy": "127.0.0.1",
    # Lambda's runtime brings the SDK, and functions of the CDK's own rely on it.
    "NODE_PATH": str(folder / "runtime" / "node_modules"),
    # Servers that nothing here talks to.
    "SFTP_ENABLED": "0",
    "IOT_MTLS_ENABLED": "0",
}
# Who waits gets a twentieth of it.
os.environ.setdefault("SFN_WAIT_SCALE", "0.05")

import patches as states  # noqa: E402  (test/emulator/ministack: what the interpreter of state machines answers otherwise)
from answers import PATCHES as ANSWERS  # noqa: E402
from athena_tables import PATCHES as ATHENA  # noqa: E402
from calls import PATCHES as CALLS  # noqa: E402
from crawler import PATCHES as CRAWLER  # noqa: E402
from lake_formation import PATCHES as LAKE_FORMATION  # noqa: E402
from resource_types import PATCHES as RESOURCE_TYPES  # noqa: E402
from schedules import PATCHES as SCHEDULES  # noqa: E402
from integrations import PATCHES as INTEGRATIONS  # noqa: E402

PATCHES = {**RESOURCE_TYPES, **LAKE_FORMATION, **ANSWERS, **CALLS, **INTEGRATIONS, **CRAWLER, **ATHENA, **SCHEDULES}
unpatched = [name for name in os.environ.get("UNPATCHED", "").split(",") if name]
unknown = set(unpatched) - set(PATCHES)
if unknown:
    sys.exit(f"no such patch: {', '.join(sorted(unknown))}; there are {', '.join(PATCHES)}")
# Those that look at tasks come after them: `limited-result` wraps what `signed-tasks` puts in its place.
for name, patch in PATCHES.items():
    if name not in unpatched:
        patch()
        print(f"patched: {name}", flush=True)
states.apply([])

from ministack.app import main  # noqa: E402

sys.argv = sys.argv[:1]
main()
