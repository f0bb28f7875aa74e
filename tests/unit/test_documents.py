"""Documents that are made from the code say what the code says."""

import pytest

from tests.docs import DOCUMENTS, REPOSITORY


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_what_the_code_says(name):
    said = (REPOSITORY / name).read_text("utf-8")
    assert said == DOCUMENTS[name](), "run: python -m tests.docs"
