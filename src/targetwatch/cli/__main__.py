"""The command line as `python -m targetwatch.cli`, for services that are started by this interpreter."""

from targetwatch.cli import main

if __name__ == "__main__":
    main()
