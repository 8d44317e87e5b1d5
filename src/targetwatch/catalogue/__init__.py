"""What is watched: YAML and CSV files, read strictly into the model.

Nothing here imports a database or a data frame library, so that Airflow may load a catalogue whenever it parses a DAG
file.
"""

from targetwatch.catalogue.calendar import day_of
from targetwatch.catalogue.issues import CatalogueError, Issue, Severity, bounded
from targetwatch.catalogue.judged_versions import JudgedVersion
from targetwatch.catalogue.loading import Reading, load, read
from targetwatch.catalogue.org_units import units_valid_on

__all__ = [
    "CatalogueError",
    "Issue",
    "JudgedVersion",
    "Reading",
    "Severity",
    "bounded",
    "day_of",
    "load",
    "read",
    "units_valid_on",
]
