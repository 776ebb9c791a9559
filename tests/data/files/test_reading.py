import os
import pickle
from unittest.mock import Mock

import librosa
import music_files
import numpy as np
import pytest
import soundfile
from music_files import CODECS, FORMATS, RATE, damage, overwrite, tune, write, write_tune
from music_files import write_uncounted as uncounted

from subgenre.data.files import libraries, reading
from subgenre.data.files.duplicates import same_recordings
from subgenre.data.files.inspection import inspect_file
from subgenre.data.files.reading import AudioFileError, averaged, decode, opened


def header(path):
    with opened(path) as (said, _):
        return said


@pytest.mark.parametrize("suffix", (*FORMATS, *CODECS))
def test_every_format_is_decoded_whole_and_from_any_place_on(suffix, tmp_path):
    music = np.stack([tune(1, 9.5), tune(2, 9.5)], 1)
    path = write(tmp_path / f"tune{suffix}", music)
    said = header(path)
    rate, whole = said.sample_rate, decode(path, said.sample_rate)
    assert (said.channels, said.format) == (2, suffix.lstrip(".").upper()) and said.subtype
    assert whole.dtype == np.float32
    if suffix in FORMATS:
        with soundfile.SoundFile(path) as file:  # `soundfile.read` seeks, and so changes an MP3
            np.testing.assert_array_equal(whole, averaged(file.read(dtype="float32")))
    if suffix not in (".aac", ".wma"):  # which count what encoders pad, or nothing
        assert said.duration == pytest.approx(9.5, abs=0.02)
        audio = decode(path, RATE)
        assert 0 <= len(audio) - len(music) < 1024
        assert np.corrcoef(audio[: len(music)], averaged(music))[0, 1] > 0.98
    tolerance = 5e-3 if suffix == ".wma" else 1e-3  # of noise that is drawn anew
    for start in (0.0, 0.3, 2.5, 7.7, 9.0):
        expected = whole[round(start * rate) :][: round(1.5 * rate)]
        np.testing.assert_allclose(decode(path, rate, start, 1.5), expected, atol=tolerance)
    with pytest.raises(AudioFileError, match="no audio after 11 s"):
        decode(path, rate, 11)


@pytest.mark.parametrize(("rate", "n_channels"), [(8000, 1), (22_050, 2), (48_000, 3), (RATE, 9)])
@pytest.mark.parametrize("block", [1000, 2**18])
def test_resampling_gives_librosas_numbers(rate, n_channels, block, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "BLOCK_FRAMES", block)
    path = write(tmp_path / "tune.wav", np.stack([tune(i) for i in range(n_channels)], 1))
    expected, _ = librosa.load(path, sr=rate)
    np.testing.assert_allclose(decode(path, rate), expected, atol=1e-5)


def test_what_lies_far_before_a_stretch_is_not_decoded(tmp_path, monkeypatch):
    path, decoded, position = write_tune(tmp_path / "long.m4a", 1, 60), [], libraries._position
    monkeypatch.setattr(
        libraries, "_position", lambda frame, head: decoded.append(frame) or position(frame, head)
    )
    assert len(decode(path, RATE, 50, 1)) == RATE
    assert 0 < len(decoded) * 1024 < 4 * RATE


UNREADABLE = {
    "loop.wav": "unreadable: Too many levels of symbolic links",
    "closed.wav": "unreadable: Denied",
    "none.wav": "unreadable: No such file or directory",
    "zero\0byte.wav": "unreadable: no name that a file can have",
    "folder.wav": "not a file",
    "pipe.wav": "not a file",
    "text.mp3": "not audio that can be decoded here",
    "nan.wav": "NaN or infinite samples",
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_decoded_is_one_sentence(name, tmp_path, monkeypatch, capfd):
    path = tmp_path / name
    (tmp_path / "loop.wav").symlink_to("loop.wav")
    (tmp_path / "folder.wav").mkdir()
    os.mkfifo(tmp_path / "pipe.wav")
    if name in music_files.BAD:
        music_files.BAD[name][1](path)
    if name == "closed.wav":
        write_tune(path, 1)
        monkeypatch.setattr(type(path), "open", Mock(side_effect=PermissionError(13, "Denied")))
    with pytest.raises(AudioFileError, match=r"^Expected .*: .*\.$") as caught:
        decode(path, RATE)
    assert name.replace("\0", r"\x00") in str(caught.value)
    assert caught.value.reason == inspect_file(path).problem == UNREADABLE[name]
    assert capfd.readouterr().err == ""  # what the libraries have to say
    sent = pickle.loads(pickle.dumps(caught.value))  # by another process
    assert (str(sent), sent.reason) == (str(caught.value), caught.value.reason)


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


def lively(seconds=12, rate=RATE):
    """Return music that needs many bits at some times, and few at others."""
    noise = np.random.default_rng(0).standard_normal(round(seconds * rate))
    return 0.5 * tune(1, seconds, rate) + 0.2 * noise * (np.arange(len(noise)) // rate % 5 == 0)


@pytest.mark.parametrize("rate", [RATE, 44_100])
@pytest.mark.parametrize(
    "how", [{}, {"cover": 3000, "silence": 1}, {"cover": 60_000}, {"quality": 4}]
)
def test_an_mp3_that_does_not_count_its_frames_is_read_to_its_end(how, rate, tmp_path):
    audio = np.r_[np.zeros(how.pop("silence", 0) * rate), lively(rate=rate)]
    path = uncounted(tmp_path / "a.mp3", audio, rate, **how)
    assert header(path).duration == 0  # an estimate is no promise
    whole, stretch = decode(path, rate), decode(path, rate, 9, 2)
    assert len(whole) == pytest.approx(len(audio), abs=0.15 * rate)
    np.testing.assert_allclose(stretch, whole[9 * rate :][: 2 * rate], atol=1e-3)
    info, twin = inspect_file(path), inspect_file(write(tmp_path / "a.flac", audio, rate))
    assert (info.problem, info.notes) == (None, ()) and same_recordings([info, twin])


def test_a_count_of_frames_is_a_promise_until_more_is_there(tmp_path):
    path = write(tmp_path / "a.mp3", tune(1, 12, 44_100), 44_100)
    content = path.read_bytes()
    at = content.index(b"Xing" if b"Xing" in content else b"Info")
    count, n_bytes = content[at + 8 : at + 12], content[at + 12 : at + 16]
    vbri = b"VBRI" + bytes(6) + n_bytes + count
    for change, seconds, promised in (
        (content + content, 24, 12),
        (content[:at] + bytes(8) + content[at + 8 :], 12, 0),
        (content[: at + 8] + bytes(4) + content[at + 12 :], 12, 0),
        (content[: at + 8] + b"\xff" * 4 + content[at + 12 :], 12, 0),
        (content[:at] + vbri + bytes(400) + content[at + 400 + len(vbri) :], 12, 12),
    ):
        path.write_bytes(change)
        info = inspect_file(path)
        assert info.problem is None and info.duration == pytest.approx(seconds, abs=0.15)
        assert header(path).duration == pytest.approx(promised, abs=0.1)
        path.write_bytes(change[: len(content) // 2])
        assert ("truncated" in str(inspect_file(path).problem)) == bool(promised)


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_streams_that_are_joined_are_read_to_the_last(subtype, tmp_path):
    path, rate = tmp_path / "a.ogg", 48_000
    parts = [write(path, tune(i, 6, rate), rate, subtype=subtype).read_bytes() for i in (1, 2)]
    path.write_bytes(b"".join(parts))
    info, whole = inspect_file(path), decode(path, rate)
    assert info.problem is None and info.duration == pytest.approx(12, abs=0.02)
    np.testing.assert_array_equal(decode(path, rate, 9, 2), whole[9 * rate : 11 * rate])


HEADERS = {
    ".wav": (b"data", 4, 4, "little", (0, 2**31 - 1, 2**32 - 1)),
    ".au": (b".snd", 8, 4, "big", (0, 2**31 - 1, 2**32 - 1)),
    ".rf64": (b"ds64", 8, 24, "little", (0, 2**192 - 1)),
    ".w64": (b"data", 16, 8, "little", (0, 2**64 - 1)),
    ".caf": (b"data", 4, 8, "big", (0, 2**64 - 1)),
    ".aiff": (b"SSND", 4, 4, "big", (0, 2**32 - 1)),
    ".flac": (b"fLaC", 21, 5, "big", (0xF0 << 32, 2**40 - 1)),
}  # where a length is: marker, offset, number of bytes, their order, and values for unknown


@pytest.mark.parametrize("suffix", (*HEADERS, ".mka", ".ogg", ".webm", ".wma"))
def test_an_unknown_length_is_no_length(suffix, tmp_path):
    path, audio = tmp_path / f"a{suffix}", tune(1, 12, 48_000)
    if suffix in (".flac", ".mka", ".ogg", ".webm", ".wma"):
        info = inspect_file(music_files.encode(path, audio, 48_000, piped=True))
        assert (info.problem, info.notes) == (None, ())
        assert info.duration == pytest.approx(12, abs=0.1)
    marker, offset, size, order, values = HEADERS.get(suffix, (b"", 0, 0, "big", ()))
    for value in values:
        overwrite(write(path, audio, 48_000), marker, offset, value.to_bytes(size, order))
        info = inspect_file(path)
        assert (info.problem, info.notes, info.duration) == (None, (), 12)
        np.testing.assert_allclose(decode(path, 48_000, 4, 1), audio[192_000:240_000], atol=1e-4)


@pytest.mark.parametrize("share", [0.5, 0.9])
@pytest.mark.parametrize("suffix", [".flac", ".mp3", ".ogg", ".m4a", ".aac", ".wma", ".mp4"])
def test_a_bad_frame_costs_itself_alone(suffix, share, tmp_path):
    path = write_tune(tmp_path / f"a{suffix}", 1, 30)
    before, twin = decode(path, RATE, 2, 2), inspect_file(path)
    info = inspect_file(damage(path, share))
    assert info.problem is None and any("damaged" in note for note in info.notes)
    assert info.duration == pytest.approx(30, abs=0.7)
    assert suffix in (".aac", ".mp3") or same_recordings([info, twin])  # these have no clock
    assert np.abs(decode(path, RATE)).max() < 2
    assert len(decode(path, RATE, info.duration - 3, 3)) > 2.8 * RATE
    np.testing.assert_allclose(decode(path, RATE, 2, 2), before, atol=5e-3)
