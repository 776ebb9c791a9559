import base64
import io
import re

import numpy as np
import pytest
import soundfile

from subgenre.report.players import mp3, player_list

SAMPLE_RATE = 16_000
TONE = (0.5 * np.sin(2 * np.pi * 440 * np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE)).astype(np.float32)


def test_an_mp3_is_short_always_the_same_and_sounds_like_what_went_in():
    content = mp3(TONE, SAMPLE_RATE)
    assert len(content) < 6000 * 2
    assert content == mp3(TONE, SAMPLE_RATE)
    audio, rate = soundfile.read(io.BytesIO(content))
    assert (rate, len(audio)) == (SAMPLE_RATE, pytest.approx(len(TONE), abs=0.2 * SAMPLE_RATE))
    middle = audio[SAMPLE_RATE // 2 : SAMPLE_RATE // 2 + SAMPLE_RATE]
    assert np.argmax(np.abs(np.fft.rfft(middle))) == pytest.approx(440, abs=1)


def test_each_player_stands_under_its_caption_and_holds_its_audio():
    page = player_list([TONE, -TONE], ["one", "<two> & more"], SAMPLE_RATE).data
    assert re.findall(r"<figcaption>(.*?)</figcaption>", page) == ["one", "&lt;two&gt; &amp; more"]
    encoded = re.findall(r'src="data:audio/mpeg;base64,([^"]+)"', page)
    assert [base64.b64decode(text) for text in encoded] == [mp3(a, 16_000) for a in (TONE, -TONE)]
    assert "http" not in page
