"""Settings of the site that benches ask over HTTP: the portal's own, and the bare doors beside it."""

from portal.settings import *  # noqa: F403

ROOT_URLCONF = "bench.bare"
