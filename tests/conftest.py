"""How the tests are dealt out to processes."""

import pytest
from xdist.scheduler import LoadScopeScheduling

BROWSER, GALLERY = "tests/browser/", "tests/browser/test_gallery.py"


class Together(LoadScopeScheduling):
    """A file's tests stay together, and all browser tests do: what they used is counted at the end.

    The gallery counts nothing and goes beside them.
    """

    def _split_scope(self, nodeid):
        file = nodeid.partition("::")[0]
        return BROWSER if file.startswith(BROWSER) and file != GALLERY else file


@pytest.hookimpl
def pytest_xdist_make_scheduler(config, log):
    """Deal them out so."""
    return Together(config, log)
