"""Other libraries' settings and caches: what a result depends on is set by the study alone."""

import os
import platform
import re
import tempfile
from contextlib import suppress
from pathlib import Path

from subgenre.plumbing.files import cache_dir

#: Where libraries write that would want a home: folders below our own cache.
CACHES = {"NUMBA_CACHE_DIR": "numba", "MPLCONFIGDIR": "matplotlib"}
#: Beginnings of variables that change what a network computes, without a word in its record.
NUMERIC = ("KERAS_", "TF_", "XLA_", "ONEDNN_", "DNNL_")
#: Packages whose versions a record names.
VERSIONED = ("subgenre", "tensorflow", "keras", "librosa", "numpy", "scikit-learn", "music21")
VECTORS = ("avx512_vnni", "avx512f", "avx2", "avx")  #: widest first, as Linux writes them
OURS = {
    "KERAS_BACKEND": "tensorflow",
    "TF_ENABLE_ONEDNN_OPTS": "1",  # off by itself before AVX-512 VNNI; doubles the speed there
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


def processor() -> str:
    """Name the processor and its widest vectors: another one gives other last digits."""
    with suppress(OSError):  # only Linux has it
        said = Path("/proc/cpuinfo").read_text()
        name, flags = (re.search(rf"(?m)^{one}\s*: (.*)", said) for one in ("model name", "flags"))
        if name and flags:
            widest = next((one for one in VECTORS if one in flags[1].split()), "no AVX")
            return f"{name[1]}, {widest}"
    return platform.processor() or platform.machine()


def settle() -> None:
    """Prepare the import of other libraries; done when the package itself is imported.

    Numba and matplotlib write below our cache folder, unless the user says where. TensorFlow and
    Keras read none of the user's settings: neither variables nor ``~/.keras/keras.json``.
    """
    folder = cache_dir()
    there = next(one for one in (folder, *folder.parents) if one.exists())
    if not os.access(there, os.W_OK):  # no home, say: whoever needs our own cache is told
        folder = Path(tempfile.gettempdir(), f"subgenre-{os.getpid()}")
    for variable, name in CACHES.items():
        os.environ.setdefault(variable, str(folder / name))
    for variable in [one for one in os.environ if one.startswith(NUMERIC)]:
        del os.environ[variable]
    os.environ.update(OURS, KERAS_HOME=str(folder / "keras"))
