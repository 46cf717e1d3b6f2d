"""Requests made up from Rapport's own OpenAPI document: every answer is one that the document promises."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.process import serving
from tests.rapport import openai_backend, running

CLIENT, TRIED = "schemathesis", "all of /openapi.json: no server error, documented statuses, content types and bodies"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest.mark.parametrize("backend", ["demo", "openai"])
def test_the_document_is_kept(tmp_path: Path, backend: str) -> None:
    """Valid and invalid requests, also such that follow from earlier answers, the same ones every time."""
    # This fake keeps no responses, so that Rapport does.
    with serving("openai_api", "--stateless") as fake:
        demo: dict[str, Any] = {"models": ["*"], "use": "demo"}
        chosen = demo if backend == "demo" else openai_backend(fake.base, responses="stateless")
        with running(tmp_path, backends=[chosen]) as server:
            command = [
                str(Path(sys.executable).with_name("schemathesis")), "run", f"{server.url}/openapi.json",
                "--checks", CHECKS, "--max-examples", "30", "--seed", "1", "--generation-deterministic",
                "--request-timeout", "20", "--warnings", "off", "--no-color",
            ]  # fmt: skip
            done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
