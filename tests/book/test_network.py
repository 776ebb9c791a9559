"""The networks in the browser, where they may open no file but by a script tag."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import drawn
import numpy as np
import pytest

from subgenre.config import MODELS

BOOK = Path(__file__).resolve().parents[2] / "book"
VARIANTS = ({}, {"dropout": 0.3, "width": 0.5}, {"batch_normalization": False})
MS_PER_CLIP = 2_000  # of 10 s; some 20 on a processor that does nothing else


@pytest.fixture(scope="module")
def extension():
    spec = importlib.util.spec_from_file_location("networks", BOOK / "extensions" / "networks.py")
    spec.loader.exec_module(module := importlib.util.module_from_spec(spec))
    return module


def spectrograms(n_frames):
    """Return three that rise and fall as music does, in dB [shape=(3, n_frames, 64)]."""
    rng = np.random.default_rng(n_frames)
    level = rng.normal(-30, 6, (3, n_frames, 64)) + rng.normal(0, 1, (3, n_frames, 64)).cumsum(1)
    return np.maximum(level, level.max() - 80).astype(np.float32)


def answered(page, name, log_mel):
    given = [name, log_mel.ravel().tolist(), *log_mel.shape]
    return page.evaluate(
        "([name, numbers, ...shape]) => { const { predict, networks } = subgenre, times = [];"
        " const logMel = Float32Array.from(numbers); let answer;"
        " for (let i = 0; i < 5; i++) { const start = performance.now();"
        " answer = [...predict(networks[name], logMel, ...shape)];"
        " times.push(performance.now() - start); } return [answer, Math.min(...times)]; }",
        given,
    )


def test_a_page_that_was_opened_as_a_file_answers_as_python_does(extension, page, tmp_path):
    published = tmp_path / "published"
    published.mkdir()
    classifiers = {
        name: drawn.classifier(name, **one) for name, one in zip(MODELS, VARIANTS, strict=True)
    }
    for name, one in classifiers.items():
        one.save(published / f"{name}.keras")
    extension.PUBLISHED = published
    extension.write(SimpleNamespace(outdir=tmp_path, builder=SimpleNamespace(format="html")), None)
    assert {one.stem for one in (tmp_path / "_static" / "networks").iterdir()} == {*MODELS}
    tags = [f"_static/networks/{name}.js" for name in MODELS]  # in whatever order
    tags.insert(1, (BOOK / "static" / "network.js").as_uri())
    html = "".join(f'<script src="{tag}"></script>' for tag in tags)
    (tmp_path / "index.html").write_text(f"<!doctype html><meta charset=utf-8>{html}")
    page.goto((tmp_path / "index.html").as_uri())
    for name, one in classifiers.items():
        assert page.evaluate(f"subgenre.networks[{name!r}].labels") == one.about.labels
        features = page.evaluate(f"subgenre.networks[{name!r}].features")
        assert features == one.about.config.data.features.as_dict()
        for n_frames in (251, 60, 24):
            log_mels = spectrograms(n_frames)
            answers, times = zip(*(answered(page, name, clip) for clip in log_mels), strict=True)
            wanted = one.probabilities(log_mels)
            np.testing.assert_allclose(answers, wanted, atol=5e-6)
            assert np.ptp(wanted, axis=1).min() > 0.01
            print(f"{name}, {n_frames} frames: {min(times):.0f} ms")
            assert min(times) < MS_PER_CLIP


def test_a_book_of_paper_has_no_scripts(extension, tmp_path):
    extension.write(SimpleNamespace(outdir=tmp_path, builder=SimpleNamespace(format="latex")), None)
    assert not list(tmp_path.iterdir())
