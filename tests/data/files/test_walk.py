from closed_folders import hide
from listings import put

from subgenre.data.files.walk import walk


def below(root, seen=None):
    found = walk(root, set() if seen is None else seen)
    return [path.relative_to(root).as_posix() for path in found.files]


def test_files_come_in_order_before_those_of_sub_folders(tmp_path):
    put(tmp_path, "b.wav", "a/y", "a/b/x.wav", "a/x", "c.wav", ".hidden/x.wav", "a/._x")
    assert below(tmp_path) == ["b.wav", "c.wav", "a/x", "a/y", "a/b/x.wav"]


def test_what_a_link_leads_to_keeps_its_own_place(tmp_path):
    put(tmp_path, "music/b/x.wav", "library/y.wav")
    (tmp_path / "music" / "a").symlink_to(tmp_path / "music" / "b")
    (tmp_path / "music" / "c").symlink_to(tmp_path / "library")
    (tmp_path / "music" / "z.wav").symlink_to(tmp_path / "library" / "y.wav")
    assert below(tmp_path / "music") == ["z.wav", "b/x.wav", "c/y.wav"]
    assert walk(tmp_path / "music", set()).repeated == [tmp_path / "music" / "a"]


def test_links_in_circles_end(tmp_path):
    put(tmp_path, "a/x.wav")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "self").symlink_to("self")
    assert below(tmp_path) == ["self", "a/x.wav"]


def test_a_folder_is_visited_once_in_all(tmp_path):
    put(tmp_path, "a/x.wav", "b/y.wav")
    seen = set()
    assert below(tmp_path / "b", seen) == ["y.wav"]
    assert below(tmp_path, seen) == ["a/x.wav"]


def test_what_cannot_be_listed_is_named_with_the_reason(tmp_path, monkeypatch):
    put(tmp_path, "a/x.wav", "b/y.wav")
    hide(monkeypatch, tmp_path / "a")
    found = walk(tmp_path, set())
    assert found.closed == {tmp_path / "a": "Permission denied"}
    assert found.files == [tmp_path / "b" / "y.wav"]
