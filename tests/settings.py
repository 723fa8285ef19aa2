"""The tests' settings: the embedded mode in a folder of its own, whatever the environment of the caller says."""

import atexit
import os
import re
import shutil
import tempfile
from pathlib import Path

_EXAMPLE = Path(__file__).resolve().parent.parent / ".env.example"
# DATABASE_URL says on which database to test; VAR_DIR is handed on to the processes that tests start.
_KEPT = {"DATABASE_URL", "VAR_DIR"}

for _name in re.findall(r"^(?:# )?([A-Z_]+)=", _EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE):
    if _name not in _KEPT:
        os.environ.pop(_name, None)
os.environ["MODE"] = "embedded"
if "VAR_DIR" not in os.environ or "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="toimenpiteet-test-")
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)

from toimenpiteet.config.settings import *  # noqa: E402, F403  # after the environment is set

# Quick, and only for passwords that tests make.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Pages can be rendered without collecting the static files first.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# In a file, as where it runs: each thread of a live server has a connection of its own, and one waits for the other.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405  # of the settings above
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}  # noqa: F405  # the same
STATIC_ROOT.mkdir(exist_ok=True)  # noqa: F405  # of the settings above
