"""The command line: options in, the steps in their order, one line for each thing made."""

import argparse
import sys
from collections.abc import Callable
from typing import NoReturn

from mlflow.exceptions import MlflowException
from requests import RequestException

from wine_experiment import data, experiment, registry, tracking
from wine_experiment.errors import TrainError, one_line
from wine_experiment.experiment import Released

DESCRIPTION = """\
Train the wine models, log them to MLflow, publish them for serving and register them.

The runs keep the history, the registry names the versions, and what Seldon serves is
a copy at a fixed place of the bucket. Everything goes through the tracking server: no
S3 credentials on this machine. With MLflow's basic auth on, set
MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.
"""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in a line, as for any other bad input."""

    def error(self, message: str) -> NoReturn:
        raise TrainError(f"{message}; --help lists the options")


def at_least(least: int, most: int | None = None) -> Callable[[str], int]:
    """A type of option: whole numbers from `least`."""

    def number(text: str) -> int:
        value = int(text)
        if value < least or (most is not None and value > most):
            raise ValueError
        return value

    number.__name__ = f"whole number from {least}" + ("" if most is None else f" to {most}")
    return number


def parse_args(argv: list[str] | None = None) -> argparse.Namespace:
    """The options; TrainError for a bad one."""
    parser = Parser(
        prog="train.py",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--data", metavar="PATH|URL", default=data.DATA_URL, help="the CSV (default: at UCI)"
    )
    parser.add_argument(
        "--no-verify", action="store_true", help="accept other data of the same columns"
    )
    parser.add_argument(
        "--tracking-uri",
        metavar="URL",
        default=tracking.default_uri(),
        help="the MLflow server (default: MLFLOW_TRACKING_URI, or http://localhost:5000)",
    )
    parser.add_argument(
        "--seed",
        type=at_least(0, 2**32 - 1),
        default=42,
        help="of split and training (default: %(default)s)",
    )
    parser.add_argument(
        "--version",
        type=at_least(1),
        default=1,
        help="folder to publish to (default: %(default)s)",
    )
    parser.add_argument(
        "--alias",
        default="champion",
        help="registry alias that the new versions get (default: %(default)s)",
    )
    parser.add_argument(
        "--bucket",
        default="models",
        help="the server's bucket, only to print where the models went (default: %(default)s)",
    )
    args = parser.parse_args(argv)
    registry.check_alias(args.alias)
    return args


def report(released: Released, bucket: str) -> str:
    """What became of one model."""
    trained = released.trained
    scores = "  ".join(f"{name} {value:.4f}" for name, value in trained.metrics.items())
    return (
        f"\n{trained.recipe.published}\n"
        f"  run         {trained.run_id}\n"
        f"  metrics     {scores}\n"
        f"  published   s3://{bucket}/{released.path}\n"
        f"  registered  {trained.recipe.registered} version {released.version}, {released.uri}"
    )


def run(args: argparse.Namespace) -> None:
    """Does it all, in an order in which nothing is left half done; prints what was made."""
    tracking.connect(args.tracking_uri)
    wines = data.load(args.data, None if args.no_verify else data.DATA_SHA256)
    trained = experiment.train(wines, args.seed)
    for released in experiment.release(trained, args.version, args.alias):
        print(report(released, args.bucket))
    print(
        "\nNext: give a published or a registered name as `uri` to a model in "
        "environments/<env>/models/, synthesize and apply."
    )


def refusal(error: MlflowException) -> str:
    """What the server's "no" means, and what the user can do about it."""
    status = error.get_http_status_code()
    if status in (401, 403) and "Host header" not in str(error):
        return (
            "the tracking server refuses the login: set MLFLOW_TRACKING_USERNAME and "
            f"MLFLOW_TRACKING_PASSWORD of a user who may do this ({error})"
        )
    return f"the tracking server did not accept a request: {error}"


def main(argv: list[str] | None = None) -> int:
    """The exit status: 1 after one line on standard error for what the user can put right."""
    try:
        run(parse_args(argv))
        return 0
    except TrainError as error:
        message = str(error)
    except MlflowException as error:
        message = refusal(error)
    except RequestException as error:
        message = f"the connection to the tracking server broke: {error}"
    except KeyboardInterrupt:
        message = "interrupted; run it again to finish"
    print(f"error: {one_line(message)}", file=sys.stderr)
    return 1
