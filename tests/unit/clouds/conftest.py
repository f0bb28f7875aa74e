"""What the tests of the clouds share."""

import pytest

from tests.fakes.certificate import Certificate


@pytest.fixture
def certificate(tmp_path):
    return Certificate(tmp_path)
