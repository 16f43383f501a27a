"""Starts ministack with what this project needs of it: `python test/emulator/ministack`.

Environment: GATEWAY_PORT; TASKS_URL, where every task of a state machine is sent; UNPATCHED, names of patches to leave out.
"""
import importlib.metadata
import os
import sys

VERSION = "1.5.33"

# The patches were written against one version: of another one nobody knows what they do.
found = importlib.metadata.version("ministack")
if found != VERSION:
    sys.exit(f"ministack {VERSION} is needed, found {found}")

os.environ["BIND_HOST"] = "127.0.0.1"
# Who asks for no wait gets none; what was asked for stands in the history.
os.environ.setdefault("SFN_WAIT_SCALE", "0")

import patches  # noqa: E402  (reads the environment set above)
import tasks  # noqa: E402

unpatched = [name for name in os.environ.get("UNPATCHED", "").split(",") if name]
tasks.send_to(os.environ["TASKS_URL"])
patches.apply(unpatched)

from ministack.app import main  # noqa: E402

sys.argv = sys.argv[:1]
main()
