"""The UCI red wine data: fetched, checked, read and split."""

import hashlib
import io
import os
import tempfile
import urllib.request
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy
import pandas
from pandas.errors import ParserWarning
from sklearn.model_selection import train_test_split

from wine_experiment.errors import UNREACHABLE, TrainError, reason

DATA_URL = (
    "https://archive.ics.uci.edu/ml/machine-learning-databases/"
    "wine-quality/winequality-red.csv"
)
DATA_SHA256 = "4a402cf041b025d4566d954c3b9ba8635a3a8a01e039005d97d6a710278cf05e"
TARGET = "quality"
"""A taster's grade from 0 to 10."""
FEATURES = [
    "fixed acidity",  # g/dm³, like all acids, sugar, chlorides and sulphates
    "volatile acidity",
    "citric acid",
    "residual sugar",
    "chlorides",
    "free sulfur dioxide",  # mg/dm³
    "total sulfur dioxide",  # mg/dm³
    "density",  # g/cm³
    "pH",
    "sulphates",
    "alcohol",  # % vol
]
TEST_SHARE = 0.25
FEWEST_ROWS = 20
"""With fewer, a quarter of them says nothing about a model."""


@dataclass(frozen=True)
class Wines:
    """The table of the wines, and the SHA-256 of the file it was read from."""

    table: pandas.DataFrame
    sha256: str


@dataclass(frozen=True)
class Split:
    """The wines to learn from and those to test on, as features (x) and quality (y)."""

    train_x: pandas.DataFrame
    test_x: pandas.DataFrame
    train_y: pandas.Series
    test_y: pandas.Series


def load(
    source: str = DATA_URL, sha256: str | None = DATA_SHA256, cache: Path | None = None
) -> Wines:
    """The wines at a path or a http(s) URL.

    What a URL gave is kept in the folder `cache` under its checksum, and not asked for again.
    Without an expected checksum any data of the same columns is taken, and none is kept.

    Raises TrainError when the data cannot be read, or is not the expected data.
    """
    if sha256 is None or not is_url(source):
        content = fetch(source)
    else:
        content = fetch_once(source, sha256, cache or cache_folder())
    if sha256 is not None:
        verify(content, sha256)
    return Wines(parse(content), digest(content))


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def is_url(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))


def fetch(source: str) -> bytes:
    """The bytes at a path or a http(s) URL; TrainError when there are none."""
    try:
        if is_url(source):
            with urllib.request.urlopen(source, timeout=30) as response:
                return response.read()
        return Path(source).read_bytes()
    except UNREACHABLE as error:
        raise TrainError(
            f"cannot read the data at {source} ({reason(error)}); "
            "--data takes a path or another URL"
        ) from error


def fetch_once(url: str, sha256: str, cache: Path) -> bytes:
    """The bytes with that checksum: from the cache where it has them, else from the URL."""
    kept = cache / f"{sha256}.csv"
    try:
        content = kept.read_bytes()
        if digest(content) == sha256:
            return content
    except OSError:
        pass  # Not there yet, or not readable: the URL has it.
    content = fetch(url)
    verify(content, sha256)
    keep(kept, content)
    return content


def keep(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all. A cache that cannot be written is no fault."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as scratch:
            scratch.write(content)
        os.replace(scratch.name, path)
    except OSError:
        pass


def cache_folder() -> Path:
    """The user's cache by the XDG rules; the folder for temporary files without a home."""
    if named := os.environ.get("XDG_CACHE_HOME"):
        return Path(named) / "wine-experiment"
    try:
        return Path.home() / ".cache" / "wine-experiment"
    except RuntimeError:
        return Path(tempfile.gettempdir()) / "wine-experiment"


def verify(content: bytes, sha256: str) -> None:
    """TrainError unless the content has that checksum."""
    if (actual := digest(content)) != sha256:
        raise TrainError(
            f"the data has sha256 {actual}, expected {sha256}; "
            "pass --no-verify to train on other data"
        )


def parse(content: bytes) -> pandas.DataFrame:
    """The table in the file: every column a double, whatever its numbers look like.

    A column that happens to hold whole numbers would otherwise enter the model's
    signature as an integer, and the server would refuse 11.5 there.
    Raises TrainError for what is not a table of numbers in these columns.
    """
    try:
        with warnings.catch_warnings():
            # Of rows longer than the header pandas would drop cells, with a warning.
            warnings.simplefilter("error", ParserWarning)
            table = pandas.read_csv(io.BytesIO(content), sep=";", index_col=False)
        missing = [name for name in [*FEATURES, TARGET] if name not in table.columns]
        if missing:
            raise TrainError(f"the data has no column {', '.join(missing)}")
        table = table[[*FEATURES, TARGET]].astype("float64")
    except (ValueError, ParserWarning) as error:
        raise TrainError(
            f"the data is not a ';' separated table of numbers: {reason(error)}"
        ) from error
    if not numpy.isfinite(table).all(axis=None):
        raise TrainError("the data has cells that are empty or infinite")
    if len(table) < FEWEST_ROWS:
        raise TrainError(f"the data has {len(table)} rows; at least {FEWEST_ROWS} are needed")
    return table


def split(table: pandas.DataFrame, seed: int) -> Split:
    """Three quarters to learn from, one to test on; the same seed gives the same split."""
    return Split(
        *train_test_split(
            table[FEATURES], table[TARGET], test_size=TEST_SHARE, random_state=seed
        )
    )
