"""The command line: see `engine.cli.main`."""
