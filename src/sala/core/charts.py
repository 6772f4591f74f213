"""Charts as SVG, drawn from plain rows. Runs in the limited child process: the drawing engine is large and slow to start.

Colours are those of the pages, at least 5:1 on white; series also differ in dash, marker or a label at their end, so
that a chart can be read without colour. Text stays text: the page's own font shows it, and it can be found and copied.
"""

from typing import Any

WIDTHS = (360, 720)  # pixels; the page shows the one that fits
SERIES = ["#0b4f4a", "#b3541e", "#0a5c9e", "#7a3b8f", "#8a5a00", "#4a5a57"]
DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 2], [1, 3]]
SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"]
INK, MUTED, HAIR = "#14211f", "#4a5a57", "#c3cdca"
FONT = "Noto Sans Lao, Noto Sans, system-ui, sans-serif"
KINDS = ("line", "bar", "share")
BAR = 26  # pixels of height for each bar
LINE_HEIGHT = {360: 240, 720: 320}


def draw(charts: list[dict[str, Any]], fonts: str) -> dict[str, Any]:
    """{"svgs": [text …]} of charts in their order.

    charts  each with kind (line, bar or share), width, x and y (titles of the axes), language, and rows as
            [x, series, value], in the order in which they are to stand; series is "" where there is none
    fonts   folder of the TrueType files that texts are measured with
    """
    import vl_convert  # takes its time, in the child only

    vl_convert.register_font_directory(fonts)
    return {"svgs": [vl_convert.vegalite_to_svg(spec(**chart)) for chart in charts]}


def spec(kind: str, width: int, x: str, y: str, language: str, rows: list[list[Any]]) -> dict[str, Any]:
    """The Vega-Lite description of one chart."""
    import altair

    order = list(dict.fromkeys(row[0] for row in rows))
    series = list(dict.fromkeys(row[1] for row in rows))
    values = [{"x": row[0], "series": row[1], "value": row[2]} for row in rows]
    if kind == "line":
        values = [value for value in values if value["value"] is not None]
    chart = altair.Chart(altair.Data(values=values))
    colour = _colour(altair, series, width)
    made = (_line if kind == "line" else _bar)(
        altair, chart, order, series, x, y, width, colour, is_share=kind == "share"
    )
    return (
        made.properties(width=width, padding={"left": 24, "right": 8, "top": 5, "bottom": 5}, autosize=altair.AutoSizeParams(type="fit", contains="padding"))
        .configure(font=FONT, background="#ffffff", **({"locale": _locale()} if language == "lo" else {}))
        .configure_view(stroke=None)
        .configure_axis(labelColor=INK, titleColor=MUTED, gridColor=HAIR, domainColor=MUTED, tickColor=MUTED, labelFontSize=13,
                        titleFontSize=13, titleFontWeight="normal", labelLimit=width // 3 - 30)
        .configure_legend(labelColor=INK, labelFontSize=13, orient="bottom", columns=1 if width < 500 else 3, title=None,
                          labelLimit=width - 60, symbolStrokeWidth=2)
        .to_dict()
    )  # fmt: skip


def _colour(altair: Any, series: list[str], width: int) -> Any:
    legend = None if len(series) < 2 else altair.Legend()
    return altair.Color(
        "series:N", sort=series, scale=altair.Scale(domain=series, range=_take(SERIES, series)), legend=legend
    )


def _take(values: list[Any], series: list[str]) -> list[Any]:
    return [values[number % len(values)] for number in range(len(series))]


def _line(altair: Any, chart: Any, order: list[str], series: list[str], x: str, y: str, width: int, colour: Any, *, is_share: bool) -> Any:  # fmt: skip
    across = altair.X("x:O", sort=order, title=x or None, axis=altair.Axis(labelAngle=0, labelOverlap=True))
    upward = altair.Y("value:Q", title=y or None, scale=altair.Scale(zero=True, nice=True), axis=_amounts(altair))
    legend = None if len(series) < 2 else altair.Legend()
    dash = altair.StrokeDash(
        "series:N", sort=series, scale=altair.Scale(domain=series, range=_take(DASHES, series)), legend=legend
    )
    shape = altair.Shape(
        "series:N", sort=series, scale=altair.Scale(domain=series, range=_take(SHAPES, series)), legend=legend
    )
    lines = chart.mark_line(strokeWidth=2.5).encode(across, upward, colour, dash)
    points = chart.mark_point(filled=True, size=60, opacity=1).encode(across, upward, colour, shape)
    return altair.layer(lines, points).properties(height=LINE_HEIGHT.get(width, 280))


def _bar(altair: Any, chart: Any, order: list[str], series: list[str], x: str, y: str, width: int, colour: Any, *, is_share: bool) -> Any:  # fmt: skip
    """Bars lie, so that long names of places stand beside them; shares of one hundred are stacked."""
    upward = altair.Y("x:O", sort=order, title=x or None)
    amount = altair.X("value:Q", title=y or None, stack="normalize" if is_share else None,
                      axis=altair.Axis(format="%", tickCount=4) if is_share else _amounts(altair))  # fmt: skip
    each = 1 if is_share or len(series) < 2 else len(series)
    ways = [upward, amount, colour]
    if each > 1:
        ways.append(altair.YOffset("series:N", sort=series))
    drawn = chart.mark_bar(stroke="#ffffff", strokeWidth=1).encode(*ways)
    return drawn.properties(height=max(90, len(order) * each * BAR + 60))


def _amounts(altair: Any) -> Any:
    return altair.Axis(format=",~f", tickCount=4)


def _locale() -> dict[str, Any]:
    """Numbers as Lao writes them: points between thousands, a comma before decimals."""
    return {"number": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", ""]}}
