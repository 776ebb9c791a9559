import json
import os
import subprocess
import sys

import pytest

NETWORK = """
import numpy as np
from subgenre.config import ModelConfig
from subgenre.models.networks import build_model
import keras
keras.utils.set_random_seed(0)
x = np.random.default_rng(0).standard_normal((2, 64, 32, 2))
answers = np.asarray(build_model(ModelConfig("crnn"), 64, 32, 4)(x))
print(keras.config.backend(), answers.tobytes().hex())
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
    theirs = {"image_data_format": "channels_first", "floatx": "float16", "epsilon": 0.1}
    (tmp_path / ".keras").mkdir()
    (tmp_path / ".keras" / "keras.json").write_text(json.dumps(theirs))
    own = run(NETWORK, HOME=str(tmp_path), KERAS_HOME="", **HOSTILE)
    assert own.startswith("tensorflow") and own == run(NETWORK)


@pytest.mark.parametrize("home", ["/proc/none", "", "/"])
def test_without_a_home_libraries_write_below_our_cache(tmp_path, home):
    code = "import subgenre, librosa, numba as nb, matplotlib as m; "
    code += "print(nb.config.CACHE_DIR, m.get_configdir())"
    shown = run(code, HOME=home, SUBGENRE_CACHE=str(tmp_path), NUMBA_CACHE_DIR="", MPLCONFIGDIR="")
    assert all(folder.startswith(str(tmp_path)) for folder in shown.split())


def test_without_any_cache_one_sentence_names_the_variable():
    code = "from subgenre.cli import main; main(['data', '--profile', 'smoke'])"
    with pytest.raises(subprocess.CalledProcessError) as error:
        run(code, HOME="/proc/none", SUBGENRE_CACHE="", XDG_CACHE_HOME="")
    assert "set SUBGENRE_CACHE to another folder" in error.value.stderr
    assert "Traceback" not in error.value.stderr
