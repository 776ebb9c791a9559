"""What the book's own scripts do in a browser: they compute as Python does, and they play."""

import numpy as np
import pytest
import toy

from subgenre.config import FeatureConfig
from subgenre.data.clips import example_clip
from subgenre.data.features import log_mel
from subgenre.report import players
from subgenre.study.places import project_dir

STATIC = project_dir() / "book" / "static"
RATE = FeatureConfig().sample_rate


@pytest.mark.parametrize(
    "config", [FeatureConfig(), FeatureConfig(n_fft=512, hop_length=200, n_mels=40, fmin=0.0)]
)
def test_the_browser_computes_the_log_mel_that_the_networks_read(page, config):
    rng, seconds = np.random.default_rng(3), np.arange(33_000) / RATE
    audio = 0.3 * np.sin(2 * np.pi * 440 * seconds**1.5) + 0.01 * rng.standard_normal(33_000)
    audio[20_000:25_000] = 0
    page.add_script_tag(path=STATIC / "logmel.js")
    given = audio.astype(np.float32)
    script = """([samples, features]) => {
        const { logMel, nFrames } = subgenre.logMel(Float32Array.from(samples), features);
        return [Array.from(logMel), nFrames];
    }"""
    levels, n_frames = page.evaluate(script, [given.tolist(), config.as_dict()])
    wanted = log_mel(given, config)
    assert n_frames == len(wanted) and np.ptp(wanted) == pytest.approx(80, abs=1e-3)
    np.testing.assert_allclose(np.reshape(levels, wanted.shape), wanted, atol=1e-3)


@pytest.fixture
def played(page, tmp_path):
    """Return a function that opens HTML as a page of a book, beside which the scripts lie."""
    (tmp_path / "_static").symlink_to(STATIC)
    (tmp_path / "experiments").mkdir()

    def opened(html):
        path = tmp_path / "experiments" / "page.html"
        path.write_text(f'<!doctype html><meta charset="utf-8"><title>page</title>{html}')
        page.goto(path.as_uri())
        return page

    return opened


def test_a_player_plays_and_its_one_switch_keeps_the_position(played):
    clip = example_clip(toy.load("toy", 8), toy.DATA, 0)
    page = played(players.clip_player([clip, clip], ["one", "two"], toy.DATA).data)
    audios = page.locator("figure.clip >> nth=0").locator("audio")
    seconds = "one => one.currentTime"
    audios.nth(0).evaluate("one => one.play()")
    page.wait_for_function("document.querySelector('.playhead').offsetLeft > 20")
    page.get_by_role("button", name="in noise, 0 dB").first.press("Enter")
    assert audios.nth(1).is_visible() and not audios.nth(0).is_visible()
    assert audios.nth(1).evaluate(seconds) > 0.1
    assert [audios.nth(i).evaluate("one => one.paused") for i in (0, 1)] == [True, False]
    page.locator("figure.clip >> nth=1").locator("audio >> nth=0").evaluate("one => one.play()")
    page.wait_for_function("document.querySelectorAll('audio')[1].paused")  # one plays at a time
    picture = page.locator(".picture:visible").first
    box = picture.bounding_box()
    picture.click(position={"x": box["width"] * 0.75, "y": 10})
    assert audios.nth(1).evaluate(seconds) == pytest.approx(0.75 * toy.Toy.clip_seconds, abs=0.1)


def test_without_scripts_a_plain_player_remains_of_each_version(chromium, tmp_path):
    clip = example_clip(toy.load("toy", 8), toy.DATA, 0)
    (tmp_path / "page.html").write_text(players.clip_player([clip], ["one"], toy.DATA).data)
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    assert [one.is_visible() for one in page.locator("audio").all()] == [True, True]
    context.close()
