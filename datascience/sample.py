"""Wines for tests where the real data is not at hand."""

import numpy
import pandas

from wine_experiment.data import FEATURES, TARGET


def sample_csv(rows: int = 80, seed: int = 0) -> bytes:
    """Random wines in the data's format; quality depends on alcohol."""
    random = numpy.random.default_rng(seed)
    table = pandas.DataFrame(random.uniform(0, 10, (rows, len(FEATURES))), columns=FEATURES)
    table["total sulfur dioxide"] = table["total sulfur dioxide"].round().astype(int)
    table[TARGET] = (3 + table["alcohol"] / 2).round().astype(int)
    return table.to_csv(sep=";", index=False).encode()
