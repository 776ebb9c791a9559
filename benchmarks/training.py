"""Training speed: two processes of one thread against one process of two, in turn."""

import multiprocessing
import os
import statistics
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from subgenre.config import MODELS, RunConfig

N_CLIPS, REPEATS, BATCH = 384, 3, 32


def clips_per_second(model: str) -> float:
    """Train one network on random clips and return its speed; runs in a worker."""
    import keras

    from subgenre.config import ModelConfig
    from subgenre.training import compiled_model

    features = RunConfig().data.features
    rng = np.random.default_rng(0)
    x = rng.normal(size=(N_CLIPS, features.n_frames(10), features.n_mels, 2)).astype(np.float32)
    y = keras.utils.to_categorical(rng.integers(0, 6, N_CLIPS), 6)
    network = compiled_model(RunConfig(model=ModelConfig(name=model)), x, 6)
    network.fit(x[:BATCH], y[:BATCH], verbose=0)
    started = time.perf_counter()
    network.fit(x, y, batch_size=BATCH, verbose=0)
    return N_CLIPS / (time.perf_counter() - started)


def together(model: str, processes: int, threads: int) -> float:
    """Return the summed speed of so many processes of so many threads at the same time."""
    for variable in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
        os.environ[variable] = str(threads)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        return sum(pool.map(clips_per_second, [model] * processes))


def main() -> None:
    """Print clips per second and ratios, medians over interleaved repeats."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    print("training, clips per second: two processes of one thread against others, in turn")
    for model in MODELS:
        ways = {"2 x 1": (2, 1), "1 x 2": (1, 2), "1 x 1": (1, 1)}
        speeds: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(REPEATS):
            for name, (processes, threads) in ways.items():
                speeds[name].append(together(model, processes, threads))
        line = "   ".join(
            f"{name}: {statistics.median(of):5.0f} "
            f"({statistics.median(a / b for a, b in zip(speeds['2 x 1'], of, strict=True)):.2f} x)"
            for name, of in speeds.items()
        )
        print(f"{model:8s} {line}")


if __name__ == "__main__":
    main()
