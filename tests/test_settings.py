"""The platform refuses to start unsafe, and is clean when it starts in production."""

import os
import secrets
import subprocess
import sys

import pytest

PLAIN = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "VIRTUAL_ENV"}}
SECRETS = {
    "SECRET_KEY": secrets.token_urlsafe(60),
    "RESIDENCE_PEPPERS": f"v1:{secrets.token_urlsafe(40)}",
    "BALLOT_KEYS": f"v1:{secrets.token_urlsafe(40)}",
    "PLATFORM_SIGNING_KEY": secrets.token_urlsafe(40),
}


def manage(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], env=PLAIN | environment, capture_output=True, text=True
    )


@pytest.mark.parametrize("missing", SECRETS)
def test_start_without_one_of_the_secrets_is_refused_with_the_way_out(missing, tmp_path):
    done = manage("check", VAR_DIR=str(tmp_path), **{k: v for k, v in SECRETS.items() if k != missing})

    assert done.returncode != 0
    assert "must come from the environment" in done.stderr


def test_check_deploy_with_production_settings_is_clean(tmp_path):
    done = manage(
        "check", "--deploy", "--fail-level", "WARNING", VAR_DIR=str(tmp_path), ALLOWED_HOSTS="decide.example", **SECRETS
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues (0 silenced)" in done.stdout


def test_demo_answers_only_to_loopback_names(tmp_path):
    done = manage(
        "shell", "-c", "from django.conf import settings as s; print(s.ALLOWED_HOSTS)", DEMO="1", VAR_DIR=str(tmp_path)
    )

    assert done.stdout.strip().splitlines()[-1] == "['localhost', '127.0.0.1', '[::1]']"
