"""The catalogue as it was last applied, copied into the ledger so that a snapshot explains itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from targetwatch.model import Milestone, Programme, Selector, Trajectory
from targetwatch.warehouse.errors import JudgedVersionEdited
from targetwatch.warehouse.files import checksum
from targetwatch.warehouse.ledger.rows import MOMENT, Schema, as_json, frame
from targetwatch.warehouse.session import Connection


def _texts(*names: str) -> dict[str, Any]:
    return dict.fromkeys(names, pl.String)


_PROGRAMME: Schema = {**_texts("name_vi", "name_en", "time_zone"), "start": pl.Date, **_texts("root_unit")}
_ORG_UNIT: Schema = {
    "org_unit": pl.String,
    "org_unit_valid_from": pl.Date,
    "org_unit_valid_to": pl.Date,
    **_texts("level", "kind", "name", "parent"),
    "parent_valid_from": pl.Date,
}
_SUCCESSOR: Schema = {
    "org_unit": pl.String,
    "org_unit_valid_from": pl.Date,
    "successor": pl.String,
    "successor_valid_from": pl.Date,
    "weight_numerator": pl.Int64,
    "weight_denominator": pl.Int64,
    "basis": pl.String,
}
_METRIC: Schema = _texts(
    "metric", "name_vi", "name_en", "kind", "unit_of_measure", "counted_vi", "counted_en", "cadence", "source", "owner",
    "reports",
)  # fmt: skip
_SOURCE: Schema = {**_texts("source", "name_vi", "name_en"), "planned": pl.Boolean, **_texts("owner")}
_OWNER: Schema = _texts("owner", "name_vi", "name_en")
_LEVEL: Schema = _texts("level", "plural_vi", "plural_en")
_REFERENCE: Schema = _texts("reference", "title", "publisher", "published")
_TARGET_VERSION: Schema = {
    **_texts("target", "target_version"),
    "listed": pl.Boolean,
    "position": pl.Int64,
    **_texts("name_vi", "name_en", "short_name_vi", "short_name_en", "metric", "tier", "scope", "comparison"),
    "value": pl.Int64,
    "value_to": pl.Int64,
    "due": pl.Date,
    **_texts("path", "trajectory"),
    "assumed": pl.Boolean,
    "warning_margin": pl.Int64,
    "effective_from": pl.Date,
    "effective_to": pl.Date,
    "replaces": pl.Date,
    **_texts("when_unit_ends", "selector", "reference_title", "reference_publisher", "reference_published", "owner"),
}


def apply_catalogue(conn: Connection, programme: Programme, recorded_at: datetime) -> bool:
    """Copy the catalogue into the ledger; whether it differs from what was applied before.

    Raises JudgedVersionEdited, and changes nothing, where a version that has been judged says something else now or is
    gone.
    """
    copies = _copies(programme)
    versions = _versions(programme)
    current = checksum("".join(copy.write_ndjson() for copy in (*copies.values(), versions)))
    if conn.frame("programme_known")["checksum"].to_list() == [current]:
        return False
    _refuse_edits(conn, versions)
    conn.script(conn.files.query("programme_forget"))
    for query, copy in copies.items():
        conn.write(query, copy.with_columns(checksum=pl.lit(current)) if query == "programme_keep" else copy)
    if not versions.is_empty():
        stamped = versions.with_columns(recorded_at=pl.lit(recorded_at).cast(MOMENT))
        conn.write("keep_target_versions", stamped)
    return True


def _refuse_edits(conn: Connection, versions: pl.DataFrame) -> None:
    with conn.staged(versions):
        edited = conn.frame("judged_versions_edited")
    if edited.is_empty():
        return
    said = "; ".join(
        f"target '{target}', version from {effective_from}"
        for target, effective_from in edited.select("target", "effective_from").unique(maintain_order=True).iter_rows()
    )
    raise JudgedVersionEdited(
        f"Versions that have been judged were edited in place or taken out: {said}. What was judged must stay as it "
        "was: put it back, give it an effective_to, and write the change as a further version with a later "
        "effective_from."
    )


def _copies(programme: Programme) -> Mapping[str, pl.DataFrame]:
    name = programme.name
    about = [(name.vi, name.en, programme.time_zone, programme.start, programme.root_unit)]
    return {
        "programme_keep": frame(_PROGRAMME, about),
        "keep_org_unit": frame(
            _ORG_UNIT,
            (
                (
                    unit.key.code,
                    unit.key.valid_from,
                    unit.valid_to,
                    unit.level,
                    unit.kind,
                    unit.name,
                    unit.parent.code if unit.parent else None,
                    unit.parent.valid_from if unit.parent else None,
                )
                for unit in programme.org_units
            ),
        ),
        "keep_org_unit_successor": frame(
            _SUCCESSOR,
            (
                (
                    unit.key.code,
                    unit.key.valid_from,
                    successor.unit.code,
                    successor.unit.valid_from,
                    successor.weight.numerator,
                    successor.weight.denominator,
                    successor.basis.value,
                )
                for unit in programme.org_units
                for successor in unit.successors
            ),
        ),
        "keep_metric": frame(
            _METRIC,
            (
                (
                    metric.id,
                    metric.name.vi,
                    metric.name.en,
                    metric.kind.value,
                    metric.unit_of_measure,
                    metric.counted.vi,
                    metric.counted.en,
                    metric.cadence.value,
                    metric.source,
                    metric.owner,
                    metric.reports.value if metric.reports else None,
                )
                for metric in programme.metrics.values()
            ),
        ),
        "keep_source": frame(
            _SOURCE,
            (
                (source.id, source.name.vi, source.name.en, source.planned, source.owner)
                for source in programme.sources.values()
            ),
        ),
        "keep_owner": frame(_OWNER, ((owner.id, owner.name.vi, owner.name.en) for owner in programme.owners.values())),
        "keep_level": frame(_LEVEL, ((level, name.vi, name.en) for level, name in programme.levels.items())),
        "keep_reference": frame(
            _REFERENCE,
            (
                (reference.id, reference.title, reference.publisher, reference.published)
                for reference in programme.references.values()
            ),
        ),
    }


def _versions(programme: Programme) -> pl.DataFrame:
    return frame(
        _TARGET_VERSION,
        (
            (
                target.target,
                target.version,
                True,
                position,
                target.name.vi,
                target.name.en,
                target.short_name.vi,
                target.short_name.en,
                target.metric,
                target.tier,
                target.scope.value,
                target.comparison.value,
                target.value,
                target.value_to,
                target.due,
                target.trajectory.path.value,
                as_json(_trajectory(target.trajectory)),
                target.trajectory.assumed,
                target.warning_margin,
                target.effective_from,
                target.effective_to,
                target.replaces,
                target.when_unit_ends.value,
                as_json(_selector(target.selector)),
                programme.references[target.reference].title,
                programme.references[target.reference].publisher,
                programme.references[target.reference].published,
                target.owner,
            )
            for position, target in enumerate(programme.targets)
        ),
    )


def _selector(selector: Selector) -> dict[str, object]:
    """Whom a version is for, as far as it says something."""
    said: dict[str, object] = {
        "every": selector.every,
        "level": selector.level,
        "kind": selector.kind,
        "code": selector.code,
        "code_valid_from": selector.code_valid_from and selector.code_valid_from.isoformat(),
        "parent": selector.parent,
        "parent_valid_from": selector.parent_valid_from and selector.parent_valid_from.isoformat(),
        "except_for": [str(key) for key in selector.except_for],
    }
    return {name: value for name, value in said.items() if value}


def _trajectory(trajectory: Trajectory) -> dict[str, object]:
    """The days and values that the path is drawn from, in millionths."""

    def point(milestone: Milestone) -> dict[str, object]:
        return {"on": milestone.on.isoformat(), "value": milestone.value}

    said: dict[str, object] = {
        "baseline": point(trajectory.baseline) if trajectory.baseline else None,
        "milestones": [point(milestone) for milestone in trajectory.milestones],
    }
    if trajectory.baseline_on:
        said["baseline_on"] = trajectory.baseline_on.isoformat()
    return said
