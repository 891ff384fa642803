import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from decide.demo import statics
from decide.demo.management.commands import demo


def test_the_demo_needs_its_setting(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="make demo"):
        call_command("demo", "--no-server")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_loopback_needs_no_secret(settings, host):
    settings.SECRET_KEY = settings.DEFAULT_SECRET
    assert demo.refuse_the_world(host) is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "decide.quito.gob.ec", ""])
def test_other_hosts_are_refused_with_known_secrets(settings, host):
    settings.SECRET_KEY = settings.DEFAULT_SECRET
    with pytest.raises(CommandError, match="SECRET_KEY"):
        demo.refuse_the_world(host)
    settings.SECRET_KEY = "one's own"
    settings.RESIDENCE_PEPPERS = {"v1": b"one's own"}
    demo.refuse_the_world(host)


def test_the_demo_with_known_secrets_takes_no_other_name(tmp_path):
    environment = {**os.environ, "DEMO": "1", "ALLOWED_HOSTS": "decide.quito.gob.ec", "VAR_DIR": str(tmp_path)}
    environment.pop("SECRET_KEY", None)
    environment["DJANGO_SETTINGS_MODULE"] = "decide.settings"
    done = subprocess.run([sys.executable, "manage.py", "check"], env=environment, capture_output=True, text=True)
    assert done.returncode != 0
    assert "ALLOWED_HOSTS" in done.stderr


@pytest.mark.django_db
def test_mails_and_receipts_lead_to_the_port_that_serves(settings, monkeypatch):
    settings.DEMO, settings.SITE_URL = True, "http://127.0.0.1:8000"
    monkeypatch.delenv("SITE_URL", raising=False)
    for name in ["compile_translations", "serve"]:
        monkeypatch.setattr(demo, name, lambda *_: None)
    monkeypatch.setattr(demo.statics, "collect", lambda: False)
    monkeypatch.setattr(demo.connections, "close_all", lambda: None)
    monkeypatch.setattr(demo.Command, "load", lambda *_: None)
    call_command("demo", "--port", "8212", verbosity=0)
    assert settings.SITE_URL == "http://127.0.0.1:8212"


def test_static_files_are_collected_once(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "static"
    assert statics.collect()
    assert not statics.collect()
    (tmp_path / "var" / "static.stamp").write_text("another state")
    assert statics.collect()
