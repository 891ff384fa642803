import pytest

from tests.answers.tools import Clock


@pytest.fixture(autouse=True)
def _one_factor(settings):
    """The second factor of whoever holds an office is tested with the accounts."""
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def clock(monkeypatch):
    """Noon of a Monday in Quito, until the test moves it."""
    return Clock(monkeypatch, "2026-11-02 12:00")
