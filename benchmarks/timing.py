"""What the benchmarks share: measuring in turn, and small tables."""

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence


def in_turn(ways: Mapping[str, Callable[[], float]], repeats: int) -> dict[str, list[float]]:
    """Measure every way once, then every way again, and so on.

    Whatever else the machine does then disturbs all ways alike, and ratios stay fair.

    Parameters
    ----------
    ways : mapping from name to function
        Each call makes one measurement and returns it.
    repeats : int
        Measurements of each way.

    Returns
    -------
    dict
        The measurements of each way, in order.
    """
    measured: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, way in ways.items():
            measured[name].append(way())
    return measured


def ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """Return the median of the ratios of measurements that were made in the same turn."""
    return statistics.median(a / b for a, b in zip(above, below, strict=True))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows of text in columns, the first one to the left, the others to the right."""
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            text.rjust(width) if column else text.ljust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
