"""Trains the wine models: the command line of the package beside this file."""

import sys

from wine_experiment.cli import main

if __name__ == "__main__":
    sys.exit(main())
