"""Networks with weights that are drawn, as if they were trained."""

import keras
import numpy as np

from subgenre.config import DataConfig, ModelConfig, RunConfig
from subgenre.models.networks import build_model
from subgenre.prediction.classifier import Classifier, Description
from subgenre.prediction.train import classifier_of


def network(name: str, cell: str = "gru", **variant) -> keras.Model:
    """Return a network whose weights are all drawn, statistics of normalization among them."""
    config = ModelConfig(name, recurrent_cell=cell, **variant)
    network, rng = build_model(config, None, 64, 6), np.random.default_rng(0)
    for weight in network.weights:
        near_one = {"gamma", "moving_variance"} & {*weight.path.split("/")}
        noise = rng.normal(0, 0.1, weight.shape)
        weight.assign(1 + noise if near_one else keras.ops.convert_to_numpy(weight) + noise)
    return network


def classifier(name: str, **variant) -> Classifier:
    """Return such a network with a description that says next to nothing."""
    config = RunConfig(DataConfig("toy"), ModelConfig(name, **variant))
    about = Description(
        *([f"class {i}" for i in range(6)], config, {"what": "toys"}, "fingerprint", {}, [], []),
        *({"validation": {"macro_f1": 0.5}}, {}, 1.7, {}, {"keras": "0"}),
    )
    return classifier_of(network(name, **variant), about)
