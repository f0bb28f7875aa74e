"""How the tests are dealt out to processes, and the database server they share."""

import logging

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests import postgres

UNCOUNTED = (
    "tests/browser/",
    "tests/chaos/",
    "tests/model/",
    "tests/acceptance/test_fleet.py",
    "tests/acceptance/test_replicas.py",
    "tests/acceptance/test_twice",
)
"""They run in new orders what other tests aim at; counting coverage would slow them down."""
BROWSER, GALLERY = "tests/browser/", "tests/browser/test_gallery.py"


class Together(LoadScopeScheduling):
    """A file's tests stay together, and all browser tests do: what they used is counted at the end.

    The gallery counts nothing and goes beside them.
    """

    def _split_scope(self, nodeid):
        file = nodeid.partition("::")[0]
        return BROWSER if file.startswith(BROWSER) and file != GALLERY else file


def pytest_collection_modifyitems(items):
    """Leave out of the coverage what only repeats."""
    for item in items:
        if item.nodeid.startswith(UNCOUNTED):
            item.add_marker(pytest.mark.no_cover)


@pytest.hookimpl
def pytest_xdist_make_scheduler(config, log):
    """Deal them out so."""
    return Together(config, log)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory, worker_id):
    """Give the server, started when the first test asks for it."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    with postgres.running(shared / "postgres") as server:
        yield server


@pytest.fixture(scope="session")
def _postgres_database(postgres_server):
    return postgres_server.fresh()


@pytest.fixture
def postgres_url(postgres_server, _postgres_database):
    """Give the address of an empty database at the newest schema."""
    postgres_server.empty(_postgres_database)
    return _postgres_database


@pytest.fixture(autouse=True)
def _logging_as_it_was():
    """What a test that runs a command does to logging is not left to the next one."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    root.setLevel(level)
    root.handlers[:] = handlers
