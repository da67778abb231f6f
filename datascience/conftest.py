# Pytest puts this file's folder on the import path: the tests import train.py.
