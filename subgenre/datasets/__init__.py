"""Sources of labelled music, found by name."""

from subgenre.config import one_of
from subgenre.datasets.base import Dataset, Track

DATASETS = ("dances",)


def load_dataset(name: str, clips_per_class: int, progress: bool = True) -> Dataset:
    """Return the data set of that name.

    Parameters
    ----------
    name : {'dances'}
        Which source.
    clips_per_class : int
        Upper bound on the clips of each class.
    progress : bool
        Show a progress bar while something must be prepared.

    Raises
    ------
    ParameterError
        If there is no such data set.
    DataError
        If its music cannot be read.
    """
    one_of("dataset", name, DATASETS)
    from subgenre.datasets.dances import Dances

    return Dances.load(clips_per_class, progress=progress)


__all__ = ["DATASETS", "Dataset", "Track", "load_dataset"]
