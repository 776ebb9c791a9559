from listings import put

from subgenre.data.files.walk import walk


def below(root, seen=None):
    found = walk(root, set() if seen is None else seen)
    return [path.relative_to(root).as_posix() for path in found.files]


def test_files_come_in_order_before_those_of_sub_folders_each_folder_once(tmp_path):
    put(tmp_path, "b.wav", "a/y", "a/b/x.wav", "a/x", "c.wav", ".hidden/x.wav", "a/._x")
    assert below(tmp_path) == ["b.wav", "c.wav", "a/x", "a/y", "a/b/x.wav"]
    seen = set()
    assert below(tmp_path / "a", seen) == ["x", "y", "b/x.wav"]
    assert below(tmp_path, seen) == ["b.wav", "c.wav"]


def test_what_a_link_leads_to_keeps_its_own_place_and_circles_end(tmp_path):
    put(tmp_path, "music/b/x.wav", "library/y.wav")
    for link, target in (
        ("a", "music/b"), ("c", "library"), ("z.wav", "library/y.wav"), ("b/up", "music"),
        ("self", "music/self"),
    ):  # fmt: skip
        (tmp_path / "music" / link).symlink_to(tmp_path / target)
    assert below(tmp_path / "music") == ["self", "z.wav", "b/x.wav", "c/y.wav"]
    repeated = walk(tmp_path / "music", set()).repeated
    assert repeated == [tmp_path / "music" / one for one in ("a", "b/up")]
