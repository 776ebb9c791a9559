import shutil
import subprocess
import types

import audioread
import librosa
import music_files
import numpy as np
import pytest
from music_files import RATE, tune, write

from subgenre.data.files import reader as audio_reader
from subgenre.data.files.reader import AudioFileError
from subgenre.data.files.reading import averaged, decode, probe
from subgenre.plumbing.errors import DataError


@pytest.mark.parametrize("suffix", music_files.FORMATS)
def test_every_format_is_decoded_and_probed(suffix, tmp_path):
    path = write(tmp_path / f"tune{suffix}", tune(1))
    info = probe(path)
    assert (info.duration, info.promised, info.sample_rate, info.channels) == (6, 6, RATE, 1)
    audio = decode(path, RATE)
    assert audio.dtype == np.float32 and audio.shape == (6 * RATE,)
    assert np.corrcoef(audio, tune(1))[0, 1] > 0.98


@pytest.mark.parametrize("rate", [8000, 22_050, 48_000])
@pytest.mark.parametrize("block_frames", [1000, 2**18])
def test_resampling_gives_librosas_numbers_block_by_block(
    rate, block_frames, tmp_path, monkeypatch
):
    monkeypatch.setattr(audio_reader, "BLOCK_FRAMES", block_frames)
    path = write(tmp_path / "tune.wav", np.stack([tune(1), tune(2)], 1))
    expected, _ = librosa.load(path, sr=rate)
    np.testing.assert_allclose(decode(path, rate), expected, atol=1e-5)


@pytest.mark.parametrize("suffix", music_files.FORMATS)
def test_a_stretch_is_what_the_whole_file_has_there(suffix, tmp_path):
    path = write(tmp_path / f"tune{suffix}", tune(1))
    stretch = decode(path, RATE, start=2.5, seconds=1.5)
    whole = decode(path, RATE)[int(2.5 * RATE) : 4 * RATE]
    np.testing.assert_allclose(stretch, whole, atol=1e-3)


def test_a_stretch_over_the_end_is_what_there_is(tmp_path):
    path = write(tmp_path / "tune.wav", tune(1))
    assert len(decode(path, RATE, start=5, seconds=10)) == RATE
    with pytest.raises(DataError, match="ends before"):
        decode(path, RATE, start=7)


@pytest.mark.parametrize("name", music_files.FINE)
def test_odd_files_are_decoded(name, tmp_path):
    path = tmp_path / name
    music_files.FINE[name](path)
    assert len(decode(path, RATE)) == 6 * RATE


@pytest.mark.parametrize("name", ["empty.wav", "zero.wav", "nan.wav", "text.mp3", "cut.flac"])
def test_what_cannot_be_decoded_is_said_in_one_sentence(name, tmp_path, capfd):
    path = tmp_path / name
    music_files.BAD[name][1](path)
    with pytest.raises(AudioFileError, match=r"^Expected .*: .*\.$") as caught:
        decode(path, RATE)
    assert name in str(caught.value) and caught.value.reason
    assert capfd.readouterr().err == ""  # what the libraries have to say


def test_what_is_no_file_is_refused(tmp_path):
    (tmp_path / "loop.wav").symlink_to(tmp_path / "loop.wav")
    for name in ("loop.wav", "none.wav", "", "zero\0byte.wav"):
        with pytest.raises(AudioFileError):
            probe(tmp_path / name)


def test_no_permission_is_told_from_no_audio(tmp_path, monkeypatch):
    def refuse(path, mode):
        raise PermissionError(13, "Permission denied")

    path = write(tmp_path / "secret.wav", tune(1))
    monkeypatch.setattr(type(path), "open", refuse)
    with pytest.raises(AudioFileError, match="Permission denied") as caught:
        probe(path)
    assert caught.value.reason == "unreadable: Permission denied"


@pytest.mark.parametrize("name", music_files.NAMES)
def test_names_of_all_kinds_are_opened_and_printed_on_one_line(name, tmp_path):
    path = write(tmp_path / f"{name}.wav", tune(1))
    assert probe(path).duration == 6
    path.write_text("no music")
    with pytest.raises(AudioFileError) as caught:
        probe(path)
    assert "\n" not in str(caught.value)


def stand_in(monkeypatch, frames, block_bytes=4000, **header):
    """Let audioread hand out `frames` [shape=(n_frames, n_channels)] in blocks of that size."""
    content = np.round(2**15 * frames).astype("<i2").tobytes()

    class Backend(types.SimpleNamespace):
        def __iter__(self):
            starts = range(0, len(content), block_bytes)
            return (content[start : start + block_bytes] for start in starts)

    said = {"samplerate": RATE, "channels": frames.shape[1], "duration": len(frames) / RATE}
    backend = Backend(**said | header, close=lambda: None)
    monkeypatch.setattr(audioread, "audio_open", lambda name: backend)


@pytest.mark.parametrize("block_bytes", [7, 4096])
def test_blocks_may_end_within_a_frame(block_bytes, tmp_path, monkeypatch):
    path = tmp_path / "surround.m4a"
    path.write_bytes(b"an encoding that libsndfile does not know")
    channels = [tune(seed, 0.5) for seed in range(6)]  # 5.1
    stand_in(monkeypatch, np.stack(channels, 1), block_bytes)
    np.testing.assert_allclose(decode(path, RATE), np.mean(channels, axis=0), atol=1e-4)
    np.testing.assert_allclose(
        decode(path, RATE, 0.1, 0.2), np.mean(channels, axis=0)[1600:4800], atol=1e-4
    )


@pytest.mark.parametrize("header", [{"samplerate": 0}, {"samplerate": 10**9}, {"channels": 0}])
def test_a_header_that_cannot_be_is_refused(header, tmp_path, monkeypatch):
    path = tmp_path / "tune.m4a"
    path.write_bytes(b"an encoding that libsndfile does not know")
    stand_in(monkeypatch, tune(1)[:, np.newaxis], **header)
    with pytest.raises(AudioFileError, match="its header is damaged") as caught:
        probe(path)
    assert caught.value.reason.startswith("damaged: impossible")


def test_the_highest_sample_rate_is_still_read(tmp_path):
    path = write(tmp_path / "tune.wav", tune(1, 1), audio_reader.MAX_SAMPLE_RATE)
    assert probe(path).sample_rate == audio_reader.MAX_SAMPLE_RATE
    with pytest.raises(AudioFileError, match="sample rate from 1 to 768000"):
        probe(music_files.with_rate(path, audio_reader.MAX_SAMPLE_RATE + 1))


def test_what_libsndfile_cannot_read_goes_to_audioread(tmp_path, monkeypatch):
    path = tmp_path / "tune.m4a"
    path.write_bytes(b"an encoding that libsndfile does not know")
    stand_in(monkeypatch, np.stack([tune(1), tune(2)], 1))
    assert (probe(path).format, probe(path).duration) == ("M4A", 6)
    expected = (tune(1) + tune(2))[RATE + 500 : 3 * RATE + 500] / 2
    np.testing.assert_allclose(decode(path, RATE, 1 + 500 / RATE, 2), expected, atol=1e-4)


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="needs FFmpeg")
def test_m4a_is_decoded_where_ffmpeg_is(tmp_path):
    source = write(tmp_path / "tune.wav", tune(1))
    command = ["ffmpeg", "-v", "error", "-i", source, "-c:a", "aac", tmp_path / "tune.m4a"]
    subprocess.run(command, check=True)
    audio = decode(tmp_path / "tune.m4a", RATE)[: 6 * RATE]
    assert np.corrcoef(audio, tune(1)[: len(audio)])[0, 1] > 0.95


@pytest.mark.parametrize("n_channels", [1, 2, 3, 9])
def test_channels_are_averaged(n_channels):
    block = np.random.default_rng(0).standard_normal((999, n_channels)).astype(np.float32)
    mono = averaged(block)
    assert mono.dtype == np.float32
    np.testing.assert_array_equal(mono, np.mean(block, axis=1))
