"""Both databases keep the same promises."""

import pytest

from tests.unit.store.bench import url_of


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """Give the address of an empty database, of each kind in turn."""
    return (
        url_of(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    )
