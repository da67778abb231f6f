"""Data from paths, URLs and the cache, and all that is refused."""

import functools
import http.server
import os
import threading
from pathlib import Path

import numpy
import pytest

from conftest import REAL_DATA
from sample import sample_csv
from wine_experiment import data
from wine_experiment.data import DATA_SHA256, FEATURES, TARGET
from wine_experiment.errors import TrainError

SAMPLE = sample_csv()
SUM = data.digest(SAMPLE)


class Site:
    """A web server with the sample at `url`, and how often it was asked."""

    def __init__(self, folder: Path):
        self.asked = 0
        site = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            def do_GET(self):
                site.asked += 1
                super().do_GET()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Handler, directory=folder)
        )
        self.root = f"http://127.0.0.1:{self.server.server_port}"
        self.url = f"{self.root}/wine.csv"


@pytest.fixture
def site(tmp_path):
    (tmp_path / "wine.csv").write_bytes(SAMPLE)
    site = Site(tmp_path)
    threading.Thread(target=site.server.serve_forever, daemon=True).start()
    yield site
    site.server.shutdown()
    site.server.server_close()


def test_data_is_the_same_from_a_path_and_from_a_url(site, tmp_path):
    for source in [site.url, site.url.replace("http", "HTTP", 1), str(tmp_path / "wine.csv")]:
        wines = data.load(source, SUM)
        assert wines.sha256 == SUM
        assert list(wines.table.columns) == [*FEATURES, TARGET]


@pytest.mark.skipif(not REAL_DATA.is_file(), reason="the real data is not on this machine")
def test_the_real_data_passes_its_own_check():
    wines = data.load(str(REAL_DATA))
    assert wines.sha256 == DATA_SHA256
    assert wines.table.shape == (1599, 12)
    assert wines.table[TARGET].between(0, 10).all()


def test_a_url_is_asked_once(site, tmp_path):
    cache = tmp_path / "cache" / "deep"
    first = data.load(site.url, SUM, cache)
    second = data.load(site.url, SUM, cache)
    assert site.asked == 1
    assert first.table.equals(second.table)
    assert [path.name for path in cache.iterdir()] == [f"{SUM}.csv"]


def test_a_spoilt_cache_is_fetched_anew(site, tmp_path):
    kept = tmp_path / f"{SUM}.csv"
    kept.write_bytes(b"spoilt")
    data.load(site.url, SUM, tmp_path)
    assert kept.read_bytes() == SAMPLE


def test_a_cache_that_cannot_be_written_is_no_fault(site, tmp_path):
    (tmp_path / "file").touch()
    assert data.load(site.url, SUM, tmp_path / "file").sha256 == SUM


def test_other_data_is_neither_taken_nor_kept(site, tmp_path):
    cache = tmp_path / "cache"
    with pytest.raises(TrainError, match=f"has sha256 {SUM}, expected 4a402cf0.*--no-verify"):
        data.load(site.url, cache=cache)
    with pytest.raises(TrainError, match="--no-verify"):
        data.load(str(tmp_path / "wine.csv"), cache=cache)
    assert data.load(site.url, None, cache).sha256 == SUM
    assert not cache.exists()


def test_the_cache_is_where_the_user_keeps_caches(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert data.cache_folder() == tmp_path / "wine-experiment"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/somebody")
    assert data.cache_folder() == Path("/home/somebody/.cache/wine-experiment")


@pytest.mark.skipif(os.name != "posix", reason="a user without a name")
def test_a_user_without_a_home_has_a_cache_too(monkeypatch):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", homeless)
    assert data.cache_folder().name == "wine-experiment"


@pytest.mark.parametrize(
    "source",
    ["nowhere.csv", ".", "a\0b", "http://", "http://[", "http://127.0.0.1:1/a b", "ftp://x/y"],
)
def test_a_source_that_cannot_be_read_is_named(source):
    with pytest.raises(TrainError) as error:
        data.load(source)
    assert str(error.value).startswith(f"cannot read the data at {source} (")


def test_a_missing_page_is_named(site):
    with pytest.raises(TrainError, match="missing.csv .HTTP Error 404"):
        data.load(f"{site.root}/missing.csv")


def test_every_column_is_a_double_even_of_whole_numbers():
    table = data.parse(SAMPLE)
    assert list(table.columns) == [*FEATURES, TARGET]
    assert set(table.dtypes) == {numpy.dtype("float64")}


def test_order_and_number_of_columns_do_not_matter():
    first, *rows = SAMPLE.decode().splitlines()
    turned = "\n".join(";".join([*reversed(row.split(";")), "0"]) for row in [first, *rows])
    assert data.parse(turned.encode()).equals(data.parse(SAMPLE))


def test_the_header_may_be_quoted_and_the_file_begin_with_a_byte_order_mark():
    first, rest = SAMPLE.split(b"\n", 1)
    quoted = b";".join(b'"' + name + b'"' for name in first.split(b";"))
    assert data.parse(b"\xef\xbb\xbf" + quoted + b"\r\n" + rest).equals(data.parse(SAMPLE))


HEAD, REST = SAMPLE.split(b"\n", 1)
ROW = b";".join([b"1"] * 12)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a ';' separated table"),
        (b"\xff\xfe", "not a ';' separated table"),
        (b"\0" * 100, "has no column|not a ';' separated table"),
        (b"<!doctype html><title>Sign in</title>", "has no column fixed acidity, "),
        (SAMPLE.decode().encode("utf-16"), "not a ';' separated table"),
        (SAMPLE.replace(b";", b","), "has no column fixed acidity, "),
        (SAMPLE.replace(b".", b","), "not a ';' separated table of numbers"),
        (SAMPLE.replace(b"alcohol", b"spirit"), "has no column alcohol$"),
        (SAMPLE + b"red" + b";1" * 11, "not a ';' separated table of numbers"),
        (SAMPLE + b";1" * 11, "empty or infinite"),
        (SAMPLE + b"1;1", "empty or infinite"),
        (SAMPLE + b"inf" + b";1" * 11, "empty or infinite"),
        (SAMPLE + ROW + b";1", "not a ';' separated table"),
        # One cell more in every row: pandas would take the first for the row's name.
        (HEAD + b"\n" + REST.replace(b"\n", b";1\n"), "not a ';' separated table"),
        (HEAD, "has 0 rows; at least 20"),
        (sample_csv(rows=19), "has 19 rows; at least 20"),
    ],
)
def test_other_data_is_refused_with_the_reason_in_a_line(content, message):
    with pytest.raises(TrainError, match=message) as error:
        data.parse(content)
    assert "\n" not in str(error.value)


def test_the_split_is_three_to_one_and_follows_the_seed():
    table = data.parse(SAMPLE)
    parts = data.split(table, seed=1)
    assert (len(parts.train_x), len(parts.test_x)) == (60, 20)
    assert parts.train_y.index.equals(parts.train_x.index)
    assert not set(parts.train_x.index) & set(parts.test_x.index)
    assert parts.train_x.equals(data.split(table, seed=1).train_x)
    assert not parts.train_x.equals(data.split(table, seed=2).train_x)
