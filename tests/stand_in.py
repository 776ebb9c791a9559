"""A program that behaves as spotdl's command line does, without a network."""

import json
import os
import sys
from pathlib import Path

PROGRAM = """#!{python} -S
import argparse, json, os, signal, subprocess, sys, time
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("operation", choices=["save", "download"])
parser.add_argument("query", nargs="+")
for option in ("--save-file", "--output", "--format", "--save-errors"):
    parser.add_argument(option)
asked = parser.parse_args()
here = Path({folder!r})
world = json.loads((here / "world.json").read_text())
with (here / "calls.txt").open("a") as calls:
    calls.write(" ".join([asked.operation, *asked.query]) + chr(10))
if world.get("hangs"):
    print("Processing query\\n" + world["hangs"])
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    (here / "child.txt").write_text(str(child.pid))
    time.sleep(60)
if asked.operation == "save":
    assert asked.save_file.endswith(".spotdl")
    url = asked.query[0]
    if url not in world["playlists"]:
        print("An error occurred\\n\u256d\u2500 Traceback \u2500\u256e\\n\u2570\u2500\u256f")
        print("SpotifyException: http status: 404,\\nno playlist " + url)
        sys.exit(1)
    Path(asked.save_file).write_text(json.dumps(world["playlists"][url]), encoding="utf-8")
    sys.exit(0)
assert asked.format == "mp3" and asked.query[0].endswith(".spotdl")
errors = []
for song in json.loads(Path(asked.query[0]).read_text(encoding="utf-8")):
    key = song["song_id"]
    name = asked.output.replace("{{track-id}}", key).replace("{{output-ext}}", "mp3")
    if key in world.get("unavailable", []):
        errors.append(song["url"] + " - LookupError: No results found for song: " + song["name"])
        continue
    mood = next((one for one in ("fatal", "interrupted", "kills") if key == world.get(one)), "")
    if mood:
        Path(name).write_bytes(b"half")
        if mood == "kills":
            os.kill(os.getppid(), signal.SIGKILL)
        print("FFmpegError: FFmpeg is not installed.")
        sys.exit(mood == "fatal")
    Path(name).write_bytes(b"" if key == world.get("empty") else b"whole " + key.encode())
with open(asked.save_errors, "a", encoding="utf-8") as lines:
    lines.write("2024-01-01-00-00-00" + chr(10) + chr(10).join(errors) + chr(10))
"""


class Spotdl:
    """The stand-in, its playlists and its moods."""

    def __init__(self, folder: Path):
        self.folder, self.playlists = folder, {}
        (folder / "bin").mkdir(parents=True)
        (folder / "bin" / "spotdl").touch(0o755)
        text = PROGRAM.format(python=sys.executable, folder=str(folder))
        (folder / "bin" / "spotdl").write_text(text, encoding="utf-8")
        self.path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        self.set()

    def set(self, **moods):
        (self.folder / "world.json").write_text(json.dumps({"playlists": self.playlists, **moods}))

    def add(self, url, *songs):
        self.playlists[url] = list(songs)
        self.set()

    def child(self):
        """Return the process that a hanging program started last; empty before."""
        path = self.folder / "child.txt"
        return path.read_text() if path.exists() else ""

    def calls(self):
        """Return what was asked of the program since the last call of this, and forget it."""
        path = self.folder / "calls.txt"
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines


def song(key, artist="Ann"):
    """Return a song as a ``.spotdl`` list says it."""
    said = {"name": f"Song {key}", "artist": artist, "artists": [artist, "Guest"], "duration": 200}
    said |= {"album_name": "An album", "list_name": "A playlist", "song_id": key}
    return said | {"url": f"https://open.spotify.com/track/{key}"}
