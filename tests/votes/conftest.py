import pytest


@pytest.fixture(autouse=True)
def _heads_dir(settings, tmp_path):
    """Each test keeps its heads for itself."""
    settings.HEADS_DIR = tmp_path / "heads"
