"""The tests' settings, in the group that one test uses."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import CHANNEL_LAYERS

CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = os.environ["LIVE_PREFIX"]
