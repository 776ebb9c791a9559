import tracemalloc

import music_files
import numpy as np
import pytest
import soundfile
from music_files import CODECS, FORMATS, RATE, cut, damage, tune, write, write_parts, write_tune
from music_files import write_uncounted as uncounted

from subgenre.config import DataConfig
from subgenre.data import load_music, source_of
from subgenre.data.features import log_mel
from subgenre.data.files.inspection import inspect_file
from subgenre.data.files.reading import AudioFileError
from subgenre.data.files.track import track_clips

LATE = np.r_[np.zeros(RATE), tune(78)]
OFFSET = np.r_[tune(81, 2), np.full(4 * RATE, 0.01)]
KINDS = {
    # name: (what is said of it, what writes the file)
    **music_files.BAD,
    **music_files.FINE,
    **{f"tune{s}": ("", lambda path: write_tune(path, 20)) for s in (*FORMATS, *CODECS)},
    "short.wav": ("shorter than a clip", lambda path: write_tune(path, 21, 0.5)),
    "nearly.ogg": ("", lambda path: write_tune(path, 22, 1.95)),
    "gap.wav": ("mostly silent", lambda path: write_parts(path, tune(70, 2), 2, tune(71, 1.3))),
    "late.flac": ("silent: more than", lambda path: write_parts(path, 2.5, tune(72, 0.4))),
    "sparse.wav": ("mostly silent", lambda path: write_parts(path, 1, tune(73, 0.3), 1)),
    "lost end.wav": ("end is missing", lambda path: cut(write_tune(path, 74), 0.95)),
    "lost end.flac": ("end is missing", lambda path: cut(write_tune(path, 75), 0.95)),
    "lost end.ogg": ("end is missing", lambda path: cut(write_tune(path, 76), 0.6)),
    "lost end.webm": ("end is missing", lambda path: cut(write_tune(path, 77), 0.95)),
    "rate.mp3": ("", lambda path: write(path, tune(77, rate=44_100), 44_100)),
    "variable.mp3": ("mostly silent", lambda path: uncounted(path, LATE, quality=4)),
    "covered.mp3": ("", lambda path: uncounted(path, tune(79), cover=60_000)),
    "guess.aac": ("mostly silent", lambda path: write_parts(path, 3, tune(1, 9))),  # by first bits
    **{
        f"damaged{s}": ("", lambda path: damage(write_tune(path, 80, 9), 0.4, 900))
        for s in (".flac", ".mp3", ".ogg", ".m4a", ".mp4")
    },
    "offset.wav": ("mostly silent", lambda path: write(path, OFFSET)),
    "offset only.flac": ("silent: no sample", lambda path: write(path, np.full(6 * RATE, 0.01))),
}


@pytest.mark.parametrize("name", KINDS)
def test_inspection_data_set_and_track_say_the_same_of_a_file(name, tmp_path, cache, capfd):
    path = music_files.write_classes(tmp_path, suffixes=(".wav",)) / "dub" / name
    expected, write_it = KINDS[name]
    write_it(path)
    config = DataConfig(str(tmp_path), 1000, 0, None, clip_seconds=1.0, clip_hop_seconds=0.7)
    music = load_music(config, progress=False)
    assert capfd.readouterr().err == ""  # what the libraries have to say
    ids = [t for t in music.tracks if source_of(t.track_id) == f"dub/{name}"]
    skipped = {one.name: one.reason for one in music.skipped}.get(f"dub/{name}")
    notes = [one.reason for one in music.notes]
    said = "; ".join([skipped] if skipped else notes)
    assert expected in said and (expected or not said or name not in music_files.FINE)
    info = inspect_file(path)
    assert info.problem in (skipped, None) and (name not in music_files.FINE or info.duration == 6)
    try:
        track = track_clips(path, config)
    except AudioFileError as error:
        assert error.reason == skipped and not ids
        return
    assert not skipped and notes == list(track.notes)
    assert [music.clips[one.track_id].start for one in ids] == track.starts.tolist()
    numbers = np.round(track.starts / 0.7).astype(int)
    assert [one.track_id for one in ids] == [f"dub/{name}#{number}" for number in numbers]
    in_training = np.stack([log_mel(music.audio(one, RATE), config.features) for one in ids])
    # In dB; some decoders depend on where one starts, and WMA draws noise anew.
    tolerance = {".mp3": 1e-3, ".webm": 1e-3, ".wma": 3.0}.get(path.suffix, 0)
    np.testing.assert_allclose(track.log_mels, in_training, rtol=0, atol=tolerance)


def test_blocks_do_not_matter(tmp_path, monkeypatch):
    path = write(tmp_path / "a.wav", tune(1, 9, 44_100), 44_100)
    config = DataConfig("toy", clip_seconds=2.0, clip_hop_seconds=1.5)
    at_once = track_clips(path, config)
    monkeypatch.setattr("subgenre.data.files.reading.BLOCK_FRAMES", 5000)
    np.testing.assert_array_equal(at_once.log_mels, track_clips(path, config).log_mels)
    assert at_once.starts.tolist() == [0, 1.5, 3, 4.5, 6]


@pytest.mark.parametrize(
    ("seconds", "clip_seconds"), [(1.5, 1.5), (4.95, 5), (4.8, 4.8), (0.95, 1), (0.7, None)]
)
def test_a_track_shorter_than_a_clip_is_one_shorter_clip(seconds, clip_seconds, tmp_path):
    path = write_tune(tmp_path / "a.wav", 1, seconds)
    config = DataConfig("toy", clip_seconds=5.0, clip_hop_seconds=2.0)
    if not clip_seconds:
        with pytest.raises(AudioFileError, match=r"shorter than a clip: 0.7 s, a clip has 5 s"):
            track_clips(path, config)
        return
    track = track_clips(path, config)
    assert (track.clip_seconds, track.starts.tolist()) == (clip_seconds, [0])
    assert track.log_mels.shape == (1, config.features.n_frames(clip_seconds), 64)


@pytest.mark.slow
def test_three_hours_need_little_memory(tmp_path):
    with soundfile.SoundFile(tmp_path / "long.flac", "w", 8000, 1) as file:
        for audio in [tune(1, 60, 8000)] * 180:
            file.write(audio)
    tracemalloc.start()
    track = track_clips(tmp_path / "long.flac", DataConfig("toy"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(track.log_mels) == 1080 and peak < 300e6
