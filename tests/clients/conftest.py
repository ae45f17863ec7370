"""The server and its OpenAPI document, for generators of clients."""

from pathlib import Path

import pytest
import requests

from tests.support.servers import Server


@pytest.fixture(scope="session")
def document(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The document of the server, in a file."""
    path: Path = tmp_path_factory.mktemp("document") / "openapi.json"
    path.write_bytes(requests.get(f"{server.url}/openapi.json", timeout=10).content)
    return path
