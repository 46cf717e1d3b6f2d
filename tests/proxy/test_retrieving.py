"""What `embedder` and `reranker` of config.yaml come to."""

from __future__ import annotations

import argparse
import asyncio
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from adapters.cached import CachedEmbedder
from adapters.litellm_tables import warm
from adapters.ports import ConfigError
from proxy.app import assemble, create_app
from proxy.commands.check import check
from proxy.config import ConfigErrors, from_dict
from tests.fakes.onnx_models import write
from tests.fakes.reranker import reranking

onnx = pytest.mark.skipif(find_spec("onnxruntime") is None, reason="onnxruntime is not installed (extra `onnx`)")
pytestmark = [
    pytest.mark.filterwarnings("ignore:Accessing the .* attribute on the instance is deprecated"),
    pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier"),
]



def checked(folder: Path, data: dict[str, Any], capsys: pytest.CaptureFixture[str], json_too: bool = True) -> str:
    path = folder / "config.yaml"
    path.write_text(json.dumps(data))
    assert check(argparse.Namespace(config=path, json=json_too)) == 0
    return capsys.readouterr().out


@onnx
def test_a_local_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A relative path starts at the file's folder; questions are remembered, the index is named, `check` shows it."""
    write(tmp_path / "model")
    data = {"embedder": {"kind": "local", "path": "model", "threads": 1}}

    async def go() -> None:
        rapport = assemble(from_dict(data, tmp_path))
        embedder = rapport.adapters.embedder
        assert isinstance(embedder, CachedEmbedder)
        (vector,) = await embedder.embed(["red"])
        assert vector[0] == pytest.approx(0.9978, abs=1e-3) and embedder.dimensions == 3
        assert rapport.indexer is not None and rapport.indexer.name == embedder.name
        assert embedder.name in checked(tmp_path, data, capsys)
        assert f"Embedder: {embedder.name}." in checked(tmp_path, data, capsys, False)
        await rapport.close()

    asyncio.run(go())


@onnx
def test_a_local_model_that_cannot_be_opened(tmp_path: Path) -> None:
    """The start fails, and not the first question."""
    write(tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"none")
    with pytest.raises(ConfigError, match=r"embedder\.path: .*is no ONNX model"):
        create_app(from_dict({"embedder": {"kind": "local", "path": "."}}, tmp_path))


def test_the_default(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The table that comes with Rapport, and no reranker."""
    assert "Reranker: none." in checked(tmp_path, {}, capsys, False)
    said = json.loads(checked(tmp_path, {"embedder": {"kind": "full_text_only"}}, capsys))
    assert (said["embedder"], said["reranker"]) == (None, None)


def test_a_reranker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """It is asked at the configured URL with the configured key, which is read when it is needed; `check` shows it."""
    warm()

    async def go() -> None:
        async with reranking() as service:
            data = {"reranker": {"kind": "litellm", "model": "cohere/rerank-x", "api_base": service.base, "timeout": 9,
                                 "api_key": "env:RERANK_KEY"}}
            rapport = assemble(from_dict(data, tmp_path, secrets=False))
            monkeypatch.setenv("RERANK_KEY", "sk-rerank-0123456789")
            assert rapport.adapters.reranker is not None
            assert list(await rapport.adapters.reranker.rank("red", ["blue", "red"])) == [0.0, 1.0]
            assert service.kept[0].headers["authorization"] == "Bearer sk-rerank-0123456789"
            assert json.loads(checked(tmp_path, data, capsys))["reranker"] == "cohere/rerank-x"
            await rapport.close()

    asyncio.run(go())
    with pytest.raises(ConfigError, match=r"reranker\.model: litellm cannot rerank with anthropic"):
        checked(tmp_path, {"reranker": {"kind": "litellm", "model": "anthropic/x"}}, capsys)


@pytest.mark.parametrize(("section", "line"), [
    ({"embedder": {"kind": "local"}}, "embedder: kind local needs path"),
    ({"embedder": {"kind": "local", "path": "x", "model": "y"}}, "embedder: kind local takes no model; kind litellm"),
    ({"embedder": {"kind": "litellm", "model": "a/b", "dimensions": 3, "path": "x"}},
     "embedder: kind litellm takes no path; kind local does"),
    ({"embedder": {"dimensions": 3}}, "embedder: kind static takes no dimensions; kind litellm or local does"),
    ({"embedder": {"kind": "local", "path": "x", "threads": 0}}, "embedder.threads: "),
    ({"reranker": {"kind": "litellm"}}, "reranker: kind litellm needs model"),
    ({"reranker": {"model": "cohere/x"}}, "reranker: kind none takes no model; kind litellm does"),
    ({"reranker": {"kind": "litellm", "model": "cohere/x", "api_key": "sk-123"}},
     "reranker.api_key: a secret is written as env:NAME or file:PATH"),
    ({"reranker": {"kind": "litellm", "model": "cohere/x", "api_key": "env:RAPPORT_NOT_SET_ANYWHERE"}},
     "reranker.api_key: the environment variable RAPPORT_NOT_SET_ANYWHERE is not set"),
    ({"reranker": {"kind": "litellm", "model": "cohere/x", "timeout": 0}}, "reranker.timeout: "),
])
def test_each_error_names_its_place(tmp_path: Path, section: dict[str, Any], line: str) -> None:
    """What is missing or too much, and which kind takes it; a secret is a reference that is there."""
    with pytest.raises(ConfigErrors) as caught:
        from_dict(section, tmp_path)
    assert str(caught.value).startswith(line) and "sk-123" not in str(caught.value)
