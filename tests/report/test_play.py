"""What the book's own scripts do in a browser: they compute as Python does, and they play."""

import json
import re
import shutil

import numpy as np
import pytest
import soundfile
import toy

from subgenre.config import MODELS, FeatureConfig
from subgenre.data.clips import example_clip
from subgenre.data.features import log_mel
from subgenre.models.scores import macro_f1
from subgenre.report import play, players
from subgenre.study import baselines
from subgenre.study.experiments import MODEL_TITLES
from subgenre.study.places import Study, project_dir
from subgenre.study.runner import Result

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


#: In place of the networks: a clip whose bands are mostly silent is class 0, all others class 2.
PREDICT = """window.subgenre = window.subgenre || {};
window.subgenre.predict = (network, logMel, nFrames, nMels) => {
    if (logMel.length !== nFrames * nMels) throw Error("the shape is wrong");
    const mean = logMel.reduce((a, b) => a + b) / logMel.length;
    const isQuiet = logMel.reduce((a, b) => Math.max(a, b)) - mean > 40;
    return Float64Array.from(isQuiet ? [0.7, 0.2, 0.1] : [0.1, 0.2, 0.7]);
};"""
NETWORK = """window.subgenre = window.subgenre || {};
window.subgenre.networks = window.subgenre.networks || {};
window.subgenre.networks["%s"] = %s;"""


@pytest.fixture
def beside(tmp_path):
    """Return a folder of the book's own scripts, with stubs for networks."""
    folder = tmp_path / "_static"
    shutil.copytree(STATIC, folder)
    (folder / "network.js").write_text(PREDICT)
    (folder / "networks").mkdir(exist_ok=True)
    about = json.dumps({"labels": toy.LABELS, "features": FeatureConfig().as_dict()})
    for name in MODELS:
        (folder / "networks" / f"{name}.js").write_text(NETWORK % (name, about))
    return folder


def opened(page, beside, html):
    """Open HTML as a page of a book, beside which the scripts lie."""
    path = beside.parent / "experiments" / "page.html"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'<!doctype html><meta charset="utf-8"><title>page</title>{html}')
    page.goto(path.as_uri())
    return page


def test_a_player_plays_and_its_one_switch_keeps_the_position(page, beside):
    music = toy.Toy(tracks=toy.TRACKS, clip_seconds=30.0)
    clip = example_clip(music, toy.DATA, 0)
    opened(page, beside, players.clip_player([clip, clip], ["one", "two"], toy.DATA).data)
    audios = page.locator("figure.clip >> nth=0").locator("audio")
    seconds = "one => one.currentTime"
    audios.nth(0).evaluate("one => one.play()")
    page.wait_for_function("document.querySelector('.playhead').offsetLeft > 2")
    page.get_by_role("button", name="in noise, 0 dB").first.press("Enter")
    assert audios.nth(1).is_visible() and not audios.nth(0).is_visible()
    assert audios.nth(1).evaluate(seconds) > 0.1
    assert [audios.nth(i).evaluate("one => one.paused") for i in (0, 1)] == [True, False]
    page.locator("figure.clip >> nth=1").locator("audio >> nth=0").evaluate("one => one.play()")
    page.wait_for_function("document.querySelectorAll('audio')[1].paused")  # one plays at a time
    picture = page.locator(".picture:visible").first
    box = picture.bounding_box()
    picture.click(position={"x": box["width"] * 0.75, "y": 10})
    assert audios.nth(1).evaluate(seconds) == pytest.approx(0.75 * 30, abs=1)


def test_without_scripts_a_plain_player_remains_of_each_version(chromium, tmp_path):
    clip = example_clip(toy.load("toy", 8), toy.DATA, 0)
    (tmp_path / "page.html").write_text(players.clip_player([clip], ["one"], toy.DATA).data)
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    assert [one.is_visible() for one in page.locator("audio").all()] == [True, True]
    context.close()


MUSIC = toy.Toy(tracks=toy.TRACKS)
#: The mean square of what the page plays, between -1 and 1.
POWER = """async () => {
    const file = await (await fetch(document.querySelector("audio").src)).arrayBuffer();
    const samples = new Int16Array(file.slice(44));
    return samples.reduce((sum, x) => sum + (x / 32767) ** 2, 0) / samples.length;
}"""

#: A file that is dropped and holds no sound.
DROP = """() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["no sound"], "list.mp3"));
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
}"""


@pytest.fixture(scope="module")
def song_page():
    return play.song(toy.load("toy", 10), toy.DATA).data


def wait_for(page, text):
    page.wait_for_function(
        "text => document.querySelector('[role=status]').textContent.includes(text)", arg=text
    )


def test_a_dropped_song_is_heard_by_every_network_and_tips_in_noise(
    page, beside, song_page, tmp_path
):
    rate = 22_050
    audio = 0.1 * np.sin(2 * np.pi * 440 * np.arange(3 * rate) / rate)
    soundfile.write(tmp_path / "my <i>song.wav", np.stack([audio, audio], axis=1), rate)
    opened(page, beside, song_page)
    page.set_input_files("[type=file]", tmp_path / "my <i>song.wav")
    wait_for(page, "Done")
    assert page.locator("[role=status]").inner_text() == "“my <i>song.wav”, 3 s. Done."
    titles = [f"{title}: jig" for title in MODEL_TITLES.values()]
    assert page.locator("#song h3").all_inner_texts() == titles
    shares = page.locator("#song section >> nth=1").locator("td:last-child")
    assert shares.all_inner_texts() == ["70 %", "20 %", "10 %"]
    (tip,) = {*page.locator(".tip").all_inner_texts()}
    assert re.fullmatch(r"It says jig down to .* and tips to waltz at .* dB\.", tip)
    assert page.locator("canvas").evaluate("one => [one.width, one.height]") == [76, 64]
    clean = page.evaluate(POWER)
    assert clean == pytest.approx(0.1**2 / 2, rel=0.02)
    page.locator("[type=range]").focus()
    for snr_db, presses in ((10, 5), (0, 2)):  # counted as `subgenre.data.noise` does
        for _ in range(presses):
            page.keyboard.press("ArrowRight")
        assert page.locator("output").inner_text() == f"{snr_db} dB"
        wait_for(page, "Done")
        assert page.evaluate(POWER) / clean == pytest.approx(1 + 10 ** (-snr_db / 10), rel=0.02)
    page.wait_for_function("document.querySelector('h3').textContent === 'CNN: waltz'")


def test_a_clip_of_the_book_is_heard_and_what_is_no_song_is_said_in_a_sentence(
    page, beside, song_page, tmp_path
):
    opened(page, beside, song_page)
    page.get_by_role("button", name="(reel)").press("Enter")
    wait_for(page, "2 s. Done.")
    assert page.locator("#song h3").count() == 3
    page.evaluate(DROP)
    wait_for(page, "“list.mp3” cannot be read as sound")
    soundfile.write(tmp_path / "silent.wav", np.zeros(32_000), 16_000)
    page.set_input_files("[type=file]", tmp_path / "silent.wav")
    wait_for(page, "“silent.wav” holds less than a second of sound.")


def test_of_a_long_song_the_first_minutes_are_heard(page, beside, song_page, tmp_path):
    soundfile.write(tmp_path / "long.wav", np.full(185 * 8000, 0.5), 8000)
    opened(page, beside, song_page)
    page.set_input_files("[type=file]", tmp_path / "long.wav")
    wait_for(page, "“long.wav”, 185 s. Only its first 3 minutes are heard.")


def test_a_book_without_networks_says_so(chromium, beside, song_page):
    shutil.rmtree(beside / "networks")
    page = chromium.new_page()  # a script that is not there is an error on the console
    opened(page, beside, song_page).get_by_role("button", name="(reel)").click()
    wait_for(page, "This copy of the book has no networks")
    page.close()


@pytest.fixture(scope="module")
def game_page():
    cells = tuple(baselines.baseline_cells(Study.of("paper"), ["majority", "all notes"]))
    wrong = np.add(toy.TRUE, 1) % 3
    answers = {"majority": [0] * 12, "all notes": [*toy.TRUE[:6], *wrong[6:]]}
    found = {
        one: toy.record(one, answers=answers[one.name]) for cell in cells for one in cell.configs
    }
    networks = toy.result("networks", "paper", lambda config: 9, toy.answered)
    simple = Result(cells, found, toy.CLIPS)
    return play.game(MUSIC, toy.DATA, networks, simple).data


def content(page):
    return json.loads(page.locator("#game-data").text_content())


def test_the_game_runs_to_its_matrices_and_scores_as_python_does(page, beside, game_page):
    opened(page, beside, game_page)
    given = content(page)
    true = [clip["label"] for clip in given["clips"]]
    assert sorted(true) == [0] * 4 + [1] * 4 + [2] * 4
    mine = [2, *true[1:11], 0]
    for answer in mine:
        assert page.locator("audio").get_attribute("src").startswith("data:audio/mpeg;base64,")
        page.keyboard.press(str(answer + 1))
    right = int(np.sum(np.equal(mine, true)))
    assert page.locator("[role=status]").inner_text() == f"You named {right} of 12 dances."
    names = page.locator(".cards caption").all_inner_texts()
    assert names == ["You", *MODEL_TITLES.values()]
    sums = [
        sum(int(n) for n in one.locator("td[style]").all_inner_texts() if n != "·")
        for one in page.locator(".cards table").all()
    ]
    assert sums == [12] + [12 * 10] * 3
    rungs = page.locator(".ladder tr").all()
    said = {"You": [[one] for one in mine], **given["networks"], **given["baselines"]}
    assert len(rungs) == len(said)
    for name, score in (one.locator("th, td:last-child").all_inner_texts() for one in rungs):
        pairs = [(true[i], one) for i, some in enumerate(said[name.strip()]) for one in some]
        assert score == f"{macro_f1(*np.transpose(pairs), 3):.2f}", name


def test_a_player_who_stops_is_compared_on_the_clips_that_were_answered(page, beside, game_page):
    opened(page, beside, game_page)
    stop = page.get_by_role("button", name="Stop")
    assert stop.is_disabled()
    page.get_by_role("button", name="1 jig").click()
    stop.press("Enter")
    assert page.locator(".clips tr").count() == 1
    sums = page.locator(".cards table >> nth=1").locator("td[style]").all_inner_texts()
    assert sum(int(n) for n in sums if n != "·") == 10
    page.get_by_role("button", name="Play again").click()
    assert page.locator("[role=status]").text_content().startswith("Clip 1 of 12")


def test_the_draw_of_the_game_does_not_depend_on_who_was_right():
    drawn = []
    for n_right in (2, 11):
        networks = toy.result("networks", "paper", lambda config, n=n_right: n, toy.answered)
        shown = play.game(MUSIC, toy.DATA, networks, networks).data
        drawn.append(re.findall(r'"title": "([^"]+)"', shown))
    assert drawn[0] == drawn[1] and len({*drawn[0]}) == 12
