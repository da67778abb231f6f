# Pytest puts this file's folder on the import path: the tests import the app's modules.
