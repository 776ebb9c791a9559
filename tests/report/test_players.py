import base64
import io
import re

import numpy as np
import pytest
import soundfile

from subgenre.report.players import mp3, player_list

RATE = 16_000
TONE = (0.5 * np.sin(2 * np.pi * 440 * np.arange(2 * RATE) / RATE)).astype(np.float32)


def test_each_player_stands_under_its_caption_and_holds_its_audio_which_is_short():
    page = player_list([TONE, -TONE], ["one", "<two> & more"], RATE).data
    assert re.findall(r"<figcaption>(.*?)</figcaption>", page) == ["one", "&lt;two&gt; &amp; more"]
    encoded = re.findall(r'src="data:audio/mpeg;base64,([^"]+)"', page)
    contents = [base64.b64decode(text) for text in encoded]
    assert contents == [mp3(TONE, RATE), mp3(-TONE, RATE)]
    assert len(contents[0]) < 6000 * 2 and "http" not in page
    audio, rate = soundfile.read(io.BytesIO(contents[0]))
    assert (rate, len(audio)) == (RATE, pytest.approx(len(TONE), abs=0.2 * RATE))
    middle = audio[RATE // 2 : RATE // 2 + RATE]
    assert np.argmax(np.abs(np.fft.rfft(middle))) == pytest.approx(440, abs=1)
