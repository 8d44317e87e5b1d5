"""The third link: what the target asks for, by which document, and what part the unit plays under it."""

from __future__ import annotations

from fractions import Fraction

from targetwatch.explaining.account import Shown, Step
from targetwatch.explaining.found import Case, exact_amount
from targetwatch.model import MILLION, Language, Role, TargetVersion, Text, UnitEnding
from targetwatch.wording import dates, numbers
from targetwatch.wording.figures import Figures

HEADING = Text("Chỉ tiêu", "Target")


def target(case: Case, language: Language) -> Step:
    """The version of the target that was judged by, with its legal source."""
    version, said = case.version, case.said or {}
    if version is None:
        gone = Text("Phiên bản này không còn trong sổ.", "The ledger no longer has this version.")
        return Step("target", HEADING.in_(language), (gone.in_(language),))
    measure = case.place.measure
    final = Figures(measure, version.comparison, final=version.value, final_to=version.value_to).final_value(language)
    if version.due is None:
        by = Text("vào mọi lúc", "at all times").in_(language)
    else:
        day = dates.day(version.due, language)
        by = Text(f"chậm nhất ngày {day}", f"by {day}").in_(language)
    margin = exact_amount(measure, version.warning_margin, language)
    if measure.is_percentage:
        margin = (
            f"{numbers.exactly(Fraction(version.warning_margin, MILLION) * 100, language)} {_points(version, language)}"
        )
    near = Text(f", cảnh báo khi chỉ vượt dưới {margin}", f", with a warning margin of {margin}").in_(language)
    name = version.name.in_(language)
    since, code = dates.day(version.effective_from, language), version.version[:8]
    until = (
        f" {Text('đến', 'to').in_(language)} {dates.day(version.effective_to, language)}"
        if version.effective_to
        else ""
    )
    title, publisher = said["reference_title"], said["reference_publisher"]
    published = dates.as_precise(said["reference_published"], language)
    owner = Text(said["owner_name_vi"] or version.owner, said["owner_name_en"] or version.owner).in_(language)
    says = [
        Text(f"“{name}” cần {final} {by}", f"“{name}” asks for {final} {by}").in_(language)
        + (near if version.warning_margin else "")
        + ".",
        Text(f"Phiên bản {code}, có hiệu lực từ {since}{until}.", f"Version {code}, in force from {since}{until}.").in_(
            language
        ),
        Text(
            f"Căn cứ: {title}, {publisher}, {published}. Người chịu trách nhiệm: {owner}.",
            f"Legal source: {title}, {publisher}, {published}. Who accounts: {owner}.",
        ).in_(language),
        *_part(case, language),
    ]
    if version.when_unit_ends is UnitEnding.PASSES_ON:
        goes_on = Text(
            "Khi một đơn vị kết thúc, chỉ tiêu chuyển sang các đơn vị kế tục.",
            "When a unit ends, the target passes on to the units that follow.",
        )
        says.append(goes_on.in_(language))
    if not said["still_assessed"]:
        gone = Text("Nay chỉ tiêu này không còn đặt ra cho đơn vị.", "It is no longer asked of the unit now.")
        says.append(gone.in_(language))
    rows = Text("mọi phiên bản của chỉ tiêu", "every version of the target")
    facts = {
        "target": version.target,
        "version": version.version,
        "comparison": version.comparison,
        "value_millionths": version.value,
        "value_to_millionths": version.value_to,
        "due": version.due,
        "warning_margin_millionths": version.warning_margin,
        "effective_from": version.effective_from,
        "effective_to": version.effective_to,
        "reference": {"title": title, "publisher": publisher, "published": said["reference_published"]},
        "owner": version.owner,
        "role": case.role,
    }
    query = case.queries["explain_target_versions"]
    return Step("target", HEADING.in_(language), tuple(says), (Shown(rows.in_(language), query),), facts)


def _points(version: TargetVersion, language: Language) -> str:
    one = version.warning_margin == MILLION // 100
    return Text("điểm", "point" if one else "points").in_(language)


def _part(case: Case, language: Language) -> list[str]:
    """What part the unit plays, where it does not simply answer by itself."""
    if case.role is Role.POOLED:
        return [Text("Cả cấp cùng chịu chung chỉ tiêu này.", "The tier answers for it as one.").in_(language)]
    if case.role is not Role.SHARE:
        return []
    whole = case.answers_to.full_name if case.answers_to else ""
    whose = Text(f" của {whole}" if whole else "", f" of {whole}" if whole else "").in_(language)
    return [
        Text(
            f"Cả cấp{whose} cùng chịu chung; đơn vị này được xét theo phần của mình.",
            f"The tier{whose} answers for it as one; this unit is assessed as its share of the gap.",
        ).in_(language)
    ]
