"""What the paper printed, as data: Feng and Feng 2021, Tables 1 to 4.

Levels and models are named as in `subgenre.study.experiments`; a level the paper lacks is not here.
"""

Printed = dict[tuple[str, str, str], float]
"""From (level, model, set) to a score."""

OPTIMIZERS_F1: Printed = {
    ("Adam", "cnn", "test"): 0.45,
    ("Adam", "crnn", "test"): 0.32,
    ("Adam", "cnn_rnn", "test"): 0.63,
    ("Adadelta", "cnn", "test"): 0.30,
    ("Adadelta", "crnn", "test"): 0.31,
    ("Adadelta", "cnn_rnn", "test"): 0.35,
    ("RMSprop", "cnn", "test"): 0.41,
    ("RMSprop", "crnn", "test"): 0.54,
    ("RMSprop", "cnn_rnn", "test"): 0.60,
}
"""Table 1. It does not say with which learning rate Adadelta ran."""

BEST_ACCURACY: Printed = {
    ("Adam", "cnn", "test"): 0.31,
    ("RMSprop", "crnn", "test"): 0.57,
    ("Adam", "cnn_rnn", "test"): 0.64,
}
"""Table 2: each model with its best optimizer."""

REGULARIZATION_F1: Printed = {
    ("dropout", "crnn", "train"): 0.67,
    ("dropout", "crnn", "validation"): 0.65,
    ("dropout", "crnn", "test"): 0.62,
    ("batch normalization", "crnn", "train"): 1.00,
    ("batch normalization", "crnn", "validation"): 0.58,
    ("batch normalization", "crnn", "test"): 0.57,
    ("both", "crnn", "train"): 0.98,
    ("both", "crnn", "validation"): 0.60,
    ("both", "crnn", "test"): 0.41,
    ("dropout", "cnn_rnn", "train"): 0.65,
    ("dropout", "cnn_rnn", "validation"): 0.65,
    ("dropout", "cnn_rnn", "test"): 0.63,
    ("batch normalization", "cnn_rnn", "train"): 1.00,
    ("batch normalization", "cnn_rnn", "validation"): 0.58,
    ("batch normalization", "cnn_rnn", "test"): 0.61,
    ("both", "cnn_rnn", "train"): 0.90,
    ("both", "cnn_rnn", "validation"): 0.60,
    ("both", "cnn_rnn", "test"): 0.63,
}
"""Table 3. Its validation rows are the same for both models, most likely a slip."""

INITIALIZATION_F1: Printed = {
    ("Glorot normal", "cnn", "test"): 0.31,
    ("Glorot normal", "crnn", "test"): 0.63,
    ("Glorot normal", "cnn_rnn", "test"): 0.63,
    ("Glorot uniform", "cnn", "test"): 0.34,
    ("Glorot uniform", "crnn", "test"): 0.60,
    ("Glorot uniform", "cnn_rnn", "test"): 0.59,
    ("random normal", "cnn", "test"): 0.33,
    ("random normal", "crnn", "test"): 0.45,
    ("random normal", "cnn_rnn", "test"): 0.53,
    ("random uniform", "cnn", "test"): 0.33,
    ("random uniform", "crnn", "test"): 0.37,
    ("random uniform", "cnn_rnn", "test"): 0.57,
}
"""Table 4."""

PRINTED_F1: dict[str, Printed] = {
    "optimizers": OPTIMIZERS_F1,
    "regularization": REGULARIZATION_F1,
    "initialization": INITIALIZATION_F1,
}
"""The table of F1 that each experiment repeats."""
