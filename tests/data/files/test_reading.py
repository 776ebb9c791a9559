import os
import pickle

import av
import librosa
import music_files
import numpy as np
import pytest
from music_files import CODECS, FORMATS, RATE, tune, with_rate, write, write_tune

from subgenre.data.files import reading
from subgenre.data.files.reading import AudioFileError, averaged, decode, opened


def header(path):
    with opened(path) as (said, _):
        return said


@pytest.mark.parametrize("suffix", (*FORMATS, ".m4a", ".webm", ".mp4"))
def test_every_format_is_decoded(suffix, tmp_path):
    path = write_tune(tmp_path / f"tune{suffix}", 1)
    said = header(path)
    assert (said.duration, said.channels) == (pytest.approx(6, abs=0.02), 1)
    assert said.format == suffix.lstrip(".").upper() and said.subtype
    audio = decode(path, RATE)
    assert audio.dtype == np.float32 and 0 <= len(audio) - 6 * RATE < 1024
    assert np.corrcoef(audio[: 6 * RATE], tune(1))[0, 1] > 0.98


@pytest.mark.parametrize("rate", [8000, 22_050, 48_000])
@pytest.mark.parametrize("block_frames", [1000, 2**18])
def test_resampling_gives_librosas_numbers_block_by_block(
    rate, block_frames, tmp_path, monkeypatch
):
    monkeypatch.setattr(reading, "BLOCK_FRAMES", block_frames)
    path = write(tmp_path / "tune.wav", np.stack([tune(1), tune(2)], 1))
    expected, _ = librosa.load(path, sr=rate)
    np.testing.assert_allclose(decode(path, rate), expected, atol=1e-5)


@pytest.mark.parametrize("suffix", (*FORMATS, *CODECS))
@pytest.mark.parametrize("start", [0.0, 0.3, 2.5, 7.7])
def test_a_stretch_is_what_the_whole_file_has_there(suffix, start, tmp_path):
    path = write(tmp_path / f"tune{suffix}", np.stack([tune(1, 9.5), tune(2, 9.5)], 1))
    rate = header(path).sample_rate
    whole = decode(path, rate)[round(start * rate) :][: round(1.5 * rate)]
    tolerance = 5e-3 if suffix == ".wma" else 1e-3  # of noise that is drawn anew
    np.testing.assert_allclose(decode(path, rate, start, 1.5), whole, atol=tolerance)


def test_what_lies_far_before_a_stretch_is_not_decoded(tmp_path, monkeypatch):
    decoded = []

    class Counting:
        def __init__(self, resampler=av.AudioResampler, **options):
            self.resampler = resampler(**options)

        def resample(self, frame):
            decoded.append(frame)
            return self.resampler.resample(frame)

    path = write_tune(tmp_path / "long.m4a", 1, 60)
    monkeypatch.setattr(av, "AudioResampler", Counting)
    assert len(decode(path, RATE, 50, 1)) == RATE
    assert len(decoded) * 1024 < 4 * RATE


def test_a_stretch_over_the_end_is_what_there_is(tmp_path):
    for suffix in (".wav", ".mp4"):
        path = write_tune(tmp_path / f"tune{suffix}", 1)
        assert len(decode(path, RATE, start=5, seconds=10)) == RATE
        with pytest.raises(AudioFileError, match="no audio after 7 s"):
            decode(path, RATE, start=7)


DAMAGED = ("empty.wav", "zero.wav", "nan.wav", "text.mp3", "cut.flac", "cut.m4a", "rate.wav")
NO_FILES = ("loop.wav", "none.wav", "folder.wav", "zero\0byte.wav")


@pytest.mark.parametrize("name", (*DAMAGED, *NO_FILES))
def test_what_cannot_be_decoded_is_one_sentence(name, tmp_path, capfd):
    (tmp_path / "loop.wav").symlink_to("loop.wav")
    (tmp_path / "folder.wav").mkdir()
    if name in DAMAGED:
        music_files.BAD[name][1](tmp_path / name)
    with pytest.raises(AudioFileError, match=r"^Expected .*: .*\.$") as caught:
        decode(tmp_path / name, RATE)
    assert name.replace("\0", r"\x00") in str(caught.value) and caught.value.reason
    assert capfd.readouterr().err == ""  # what the libraries have to say
    sent = pickle.loads(pickle.dumps(caught.value))  # by another process
    assert (str(sent), sent.reason) == (str(caught.value), caught.value.reason)


def test_no_permission_is_told_from_no_audio(tmp_path, monkeypatch):
    def refuse(path, mode):
        raise PermissionError(13, "Permission denied")

    path = write_tune(tmp_path / "secret.wav", 1)
    monkeypatch.setattr(type(path), "open", refuse)
    with pytest.raises(AudioFileError) as caught:
        decode(path, RATE)
    assert caught.value.reason == "unreadable: Permission denied"


@pytest.mark.parametrize("suffix", [".wav", ".mp4"])
@pytest.mark.parametrize("name", (*music_files.NAMES, os.fsdecode(b"no \xff text"), "http:x"))
def test_names_of_all_kinds_are_opened_and_printed_on_one_line(name, suffix, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_tune(tmp_path / f"music{suffix}", 1).rename(f"{name}{suffix}")
    path = tmp_path.relative_to(tmp_path) / f"{name}{suffix}"
    assert header(path).duration == 6
    path.write_text("no music")
    with pytest.raises(AudioFileError) as caught:
        header(path)
    assert "\n" not in str(caught.value) and str(caught.value).isprintable()


def test_the_highest_sample_rate_is_still_read(tmp_path):
    path = write(tmp_path / "tune.wav", tune(1, 1), reading.MAX_SAMPLE_RATE)
    assert header(path).sample_rate == reading.MAX_SAMPLE_RATE
    with pytest.raises(AudioFileError, match="damaged: impossible sample rate 768001"):
        header(with_rate(path, reading.MAX_SAMPLE_RATE + 1))


@pytest.mark.parametrize("n_channels", [1, 2, 3, 9])
def test_channels_are_averaged(n_channels):
    block = np.random.default_rng(0).standard_normal((999, n_channels)).astype(np.float32)
    mono = averaged(block)
    assert mono.dtype == np.float32
    np.testing.assert_array_equal(mono, np.mean(block, axis=1))
