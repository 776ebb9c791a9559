"""Settings and folders of the user's machine, each in a process of its own."""

import os
import subprocess
import sys

import pytest

NETWORK = """
import hashlib, numpy as np
from subgenre.config import ModelConfig
from subgenre.models.networks import build_model
import keras
keras.utils.set_random_seed(0)
model = build_model(ModelConfig("crnn"), 64, 32, 4)
x = np.random.default_rng(0).standard_normal((2, 64, 32, 2))
print(keras.config.backend(), hashlib.sha256(np.asarray(model(x)).tobytes()).hexdigest())
"""


def run(code, **environment):
    environment = {name: value for name, value in (os.environ | environment).items() if value}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


HOSTILE = {
    "KERAS_BACKEND": "numpy",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_XLA_FLAGS": "--tf_xla_auto_jit=2",
    "ONEDNN_DEFAULT_FPMATH_MODE": "BF16",
}


def test_the_users_settings_of_keras_and_tensorflow_change_no_number(tmp_path):
    (tmp_path / ".keras").mkdir()
    (tmp_path / ".keras" / "keras.json").write_text(
        '{"image_data_format": "channels_first", "floatx": "float16", "epsilon": 0.1}'
    )
    own = run(NETWORK, HOME=str(tmp_path), KERAS_HOME=str(tmp_path / ".keras"), **HOSTILE)
    assert own.startswith("tensorflow") and own == run(NETWORK)


@pytest.mark.parametrize("home", ["/proc/none", "", "/"])
def test_without_a_home_libraries_write_below_our_cache(tmp_path, home):
    code = "import subgenre, librosa, numba, matplotlib as mpl\n"
    code += "print(numba.config.CACHE_DIR, mpl.get_configdir())"
    cache = str(tmp_path / "cache")
    shown = run(code, HOME=home, SUBGENRE_CACHE=cache, NUMBA_CACHE_DIR="", MPLCONFIGDIR="")
    assert all(folder.startswith(cache) for folder in shown.split())


def test_without_any_cache_one_sentence_names_the_variable():
    code = (
        "from subgenre.cli import main; import sys\n"
        "sys.argv = ['subgenre', 'data', '--profile', 'smoke']; main()"
    )
    with pytest.raises(subprocess.CalledProcessError) as error:
        run(code, HOME="/proc/none", SUBGENRE_CACHE="", XDG_CACHE_HOME="")
    assert "set SUBGENRE_CACHE to another folder" in error.value.stderr
    assert "Traceback" not in error.value.stderr
