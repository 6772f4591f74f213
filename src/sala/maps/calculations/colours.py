"""Colours that can be read: for kinds, and from light to dark for classes."""

# From light to dark, for classes; each step can be told from the next in black and white print.
SEQUENCES = {
    1: ["#74a9cf"], 2: ["#bdc9e1", "#0570b0"], 3: ["#f1eef6", "#74a9cf", "#0570b0"],
    4: ["#f1eef6", "#bdc9e1", "#74a9cf", "#0570b0"], 5: ["#f1eef6", "#bdc9e1", "#74a9cf", "#2b8cbe", "#045a8d"],
    6: ["#f1eef6", "#d0d1e6", "#a6bddb", "#74a9cf", "#2b8cbe", "#045a8d"],
}  # fmt: skip
# For kinds; every one has at least 3:1 against white, and no two differ by red and green alone.
KINDS = ["#0b4f4a", "#b3541e", "#0a5c9e", "#7a3b8f", "#8a5a00", "#4a5a57", "#2a78b5", "#9c4466"]
OUTLINE, MISSING = "#33403e", "#d9d9d9"
LEAST_CONTRAST = 3.0  # of an outline or a line against white (WCAG 2.2, 1.4.11)


def contrast(colour: str, against: str = "#ffffff") -> float:
    """WCAG contrast of two colours "#rrggbb": 1 (none) to 21."""
    light, dark = sorted((_luminance(colour), _luminance(against)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
