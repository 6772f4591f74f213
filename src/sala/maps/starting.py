"""Where a suitability may start: a template of the country pack, or a result that was kept; as first values of its forms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from sala.access.actor import Actor
from sala.catalogue.models import Edition
from sala.core.language import Translated
from sala.core.models import Certainty, Term
from sala.maps.calculations import standardise
from sala.maps.models import Analysis, AnalysisKind
from sala.maps.queries.analyses import readable
from sala.maps.queries.layers_here import newest_layers, newest_rasters

SCHEME = "suitability"  # the vocabulary that holds the templates of the pack


@dataclass(frozen=True)
class Start:
    """First values of the two forms.

    use      the newest edition of each layer, in order
    layers   part of a dataset → "as", "measure", "method", "numbers", "weight" as the second form writes them
    pairs    (part, part) → how many times more the first matters
    lacking  layers that it wants and the reader does not get: nobody delivered them, or they are closed
    """

    key: str  # what names it in an address: template:CODE or kept:REFERENCE
    title: Any
    first: Mapping[str, Any]
    second: Mapping[str, Any]
    use: list[Edition] = field(default_factory=list)
    layers: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    pairs: Mapping[tuple[int, int], float] = field(default_factory=dict)
    lacking: list[Translated] = field(default_factory=list)
    note: Translated = field(default_factory=Translated)
    source: str = ""
    is_example: bool = False


def templates() -> QuerySet[Term]:
    return Term.objects.filter(scheme=SCHEME, retired=False).order_by("order")


def find(actor: Actor, key: str) -> Start | None:
    """The start that an address names; None where it names none, or none that the actor may see."""
    kind, _colon, code = key.partition(":")
    if kind == "template":
        term = templates().filter(code=code).first()
        return of_template(actor, term) if term else None
    if kind == "kept":
        kept = readable(actor).filter(kind=AnalysisKind.SUITABILITY, reference=code).first()
        return of_kept(actor, kept) if kept else None
    return None


def of_template(actor: Actor, term: Term) -> Start:
    """Its layers are the datasets that it names, as far as they are there and open to the actor."""
    said = term.data
    newest = [*newest_rasters(actor), *newest_layers(actor)]
    use, layers, lacking, weighed = [], {}, [], []
    for each in said["layers"]:
        wanted = [each["dataset"]] if isinstance(each["dataset"], str) else each["dataset"]
        edition = next((row for slug in wanted for row in newest if row.dataset.slug == slug), None)
        if each.get("as", "criterion") == "criterion":
            weighed.append(edition.distribution_id if edition else 0)
        if edition is None:
            lacking.append(Translated(each["name"]))
            continue
        use.append(edition)
        layers[edition.distribution_id] = {
            "as": each.get("as", "criterion"), "measure": each.get("measure", ""), "method": each["method"],
            "numbers": scores_text(each["scores"].items()) if "scores" in each else numbers_text(each.get("numbers", [])),
            "weight": plain(each.get("weight", 1)),
        }  # fmt: skip
    return Start(
        key=f"template:{term.code}", title=str(term.name), first={"cell": plain(said["cell"])} if said.get("cell") else {},
        second=_second(said) | {"title": str(term.name)}, use=use, layers=layers, pairs=_pairs(weighed, said.get("pairs", [])),
        lacking=lacking, note=Translated(said.get("note")), source=said.get("source", ""),
        is_example=said.get("certainty") != Certainty.CONFIRMED,
    )  # fmt: skip


def of_kept(actor: Actor, kept: Analysis) -> Start:
    """Its layers in their newest editions, with all that was said of them."""
    recipe = kept.recipe
    said = [("criterion", each) for each in recipe["criteria"]] + [
        ("constraint", each) for each in recipe["constraints"]
    ]
    parts = dict(kept.inputs.values_list("edition_id", "edition__distribution_id"))
    newest = {row.distribution_id: row for row in [*newest_rasters(actor), *newest_layers(actor)]}
    layers = {
        parts[each["edition"]]: {"as": use, "weight": plain(each.get("weight", 1)), **said_again(each)}
        for use, each in said
    }
    weighed = [parts[each["edition"]] for each in recipe["criteria"]]
    return Start(
        key=f"kept:{kept.reference}", title=kept.title, first={"place": recipe["place"], "cell": plain(recipe["metres"])},
        second=_second(recipe) | {"title": kept.title}, use=[newest[part] for part in layers if part in newest], layers=layers,
        pairs=_pairs(weighed, recipe.get("pairs", [])),
        lacking=[Translated(each["title"]) for _use, each in said if parts[each["edition"]] not in newest],
    )  # fmt: skip


def _second(said: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: said[name] for name in ("missing", "weighing") if name in said}
    return found | ({"limits": numbers_text(said["limits"])} if "limits" in said else {})


def _pairs(parts: list[int], upper: list[list[float]]) -> dict[tuple[int, int], float]:
    return {
        (one, parts[at + 1 + step]): float(times)
        for at, (one, row) in enumerate(zip(parts[:-1], upper, strict=False))
        for step, times in enumerate(row)
    }


def said_again(said: Mapping[str, Any]) -> dict[str, str]:
    """What a recipe says of a layer, as the form writes it: measure, method and numbers."""
    standard = dict(said["standardise"])
    method = standard["method"]
    column = said.get("column", "") if "values" not in said else ""
    measure = "distance" if said.get("distance") else f"number:{column}" if column else ""
    if method == "none":
        return {"measure": "", "method": "classes" if said.get("values") else "inside", "numbers": scores_text((said.get("values") or {}).items())}  # fmt: skip
    if method == "classes":
        return {"measure": measure, "method": "classes", "numbers": scores_text(standard["scores"])}
    if method == "linear" and "outside" in said and not measure:
        return {"measure": "", "method": "outside", "numbers": ""}
    numbers = numbers_text([standard[name] for name in standardise.ARGUMENTS[method]])
    if method == "limits":
        method = "limits-low" if standard.get("lower_is_better") else "limits-high"
    return {"measure": measure, "method": method, "numbers": numbers}


def scores_text(pairs: Iterable[tuple[Any, float]]) -> str:
    return "; ".join(f"{plain(value) if isinstance(value, float) else value}={plain(score)}" for value, score in pairs)


def numbers_text(values: Iterable[float]) -> str:
    return "; ".join(plain(value) for value in values)


def plain(value: float) -> str:
    """As it may be typed in any language: never three digits after the mark, which could be thousands."""
    text = f"{float(value):.10f}".rstrip("0").rstrip(".")
    return f"{text}0" if len(text.partition(".")[2]) == 3 else text
