"""Charts as SVG, a panel for each group, and the page around them: no package needed, readable in a browser and in a diff."""

import math
import statistics
from xml.sax.saxutils import escape

COLOURS = ["#0072b2", "#e69f00", "#cc79a7", "#009e73", "#d55e00", "#56b4e9", "#444444"]
WIDTH, HEIGHT, LEFT, TOP, GAP = 380, 300, 60, 50, 70


def _ticks(low, high):
    for exponent in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1):
        for digit in (1, 2, 5):
            if low <= digit * 10**exponent <= high:
                yield digit * 10**exponent


def lines(title, panels, x_values, x_label, y_label, limit=None):
    """panels: [(name, {series: [(median, low, high) or None, one for each x]})]; y is logarithmic; limit: (value, text)."""
    points = [p for _, series in panels for line in series.values() for p in line if p]
    low = min(p[1] for p in points) * 0.8
    high = max(p[2] for p in points) * 1.25
    if limit:
        low, high = min(low, limit[0] * 0.8), max(high, limit[0] * 1.25)
    names = list(dict.fromkeys(name for _, series in panels for name in series))
    total_width = LEFT + len(panels) * (WIDTH + GAP)
    total_height = TOP + HEIGHT + 80
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total_width}" height="{total_height}" '
        f'viewBox="0 0 {total_width} {total_height}" font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{LEFT}" y="20" font-size="15" font-weight="bold">{escape(title)}</text>',
    ]

    def y_of(value):
        return TOP + HEIGHT * (1 - math.log(value / low) / math.log(high / low))

    for number, (panel, series) in enumerate(panels):
        left = LEFT + number * (WIDTH + GAP)

        def x_of(index):
            return left + WIDTH * (index + 0.5) / len(x_values)

        out.append(f'<rect x="{left}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#999"/>')
        out.append(f'<text x="{left + WIDTH / 2}" y="{TOP - 8}" text-anchor="middle">{escape(panel)}</text>')
        for tick in _ticks(low, high):
            y = y_of(tick)
            out.append(f'<line x1="{left}" y1="{y:.1f}" x2="{left + WIDTH}" y2="{y:.1f}" stroke="#e5e5e5"/>')
            out.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>')
        for index, value in enumerate(x_values):
            y = TOP + HEIGHT + 16
            out.append(f'<text x="{x_of(index):.1f}" y="{y}" text-anchor="middle">{escape(str(value))}</text>')
        out.append(f'<text x="{left + WIDTH / 2}" y="{TOP + HEIGHT + 34}" text-anchor="middle">{escape(x_label)}</text>')
        if number == 0:
            y = TOP + HEIGHT / 2
            out.append(f'<text transform="translate(16 {y}) rotate(-90)" text-anchor="middle">{escape(y_label)}</text>')
        if limit:
            y = y_of(limit[0])
            out.append(f'<line x1="{left}" y1="{y:.1f}" x2="{left + WIDTH}" y2="{y:.1f}" stroke="#c00" stroke-dasharray="5 4"/>')
            out.append(f'<text x="{left + WIDTH - 4}" y="{y - 4:.1f}" text-anchor="end" fill="#c00">{escape(limit[1])}</text>')
        for name, line in series.items():
            colour = COLOURS[names.index(name) % len(COLOURS)]
            known = [(x_of(i), p) for i, p in enumerate(line) if p]
            path = " ".join(f"{x:.1f},{y_of(p[0]):.1f}" for x, p in known)
            out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
            for x, (median, least, most) in known:
                out.append(
                    f'<line x1="{x:.1f}" y1="{y_of(least):.1f}" x2="{x:.1f}" y2="{y_of(most):.1f}" stroke="{colour}"/>'
                    f'<circle cx="{x:.1f}" cy="{y_of(median):.1f}" r="3" fill="{colour}"/>'
                )
    for index, name in enumerate(names):
        x, y = LEFT + index * 120, TOP + HEIGHT + 62
        out.append(f'<rect x="{x}" y="{y - 9}" width="18" height="4" fill="{COLOURS[index % len(COLOURS)]}"/>')
        out.append(f'<text x="{x + 24}" y="{y - 3}">{escape(name)}</text>')
    return "\n".join(out + ["</svg>", ""])


def dots(title, panels):
    """panels: [(name, {series: [value of each run]})]; each panel has its own linear scale from 0."""
    width, total_height = 190, TOP + HEIGHT + 50
    total_width = LEFT + len(panels) * (width + GAP)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total_width}" height="{total_height}" '
        f'viewBox="0 0 {total_width} {total_height}" font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{LEFT}" y="20" font-size="15" font-weight="bold">{escape(title)}</text>',
    ]
    for number, (panel, series) in enumerate(panels):
        left = LEFT + number * (width + GAP)
        high = 1.1 * max([value for values in series.values() for value in values], default=1) or 1
        step = 10 ** math.floor(math.log10(high))
        step = step / 5 if high / step < 2 else step / 2 if high / step < 5 else step
        out.append(f'<rect x="{left}" y="{TOP}" width="{width}" height="{HEIGHT}" fill="none" stroke="#999"/>')
        out.append(f'<text x="{left + width / 2}" y="{TOP - 8}" text-anchor="middle">{escape(panel)}</text>')
        for tick in range(int(high / step) + 1):
            y = TOP + HEIGHT * (1 - tick * step / high)
            out.append(f'<line x1="{left}" y1="{y:.1f}" x2="{left + width}" y2="{y:.1f}" stroke="#e5e5e5"/>')
            out.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{tick * step:g}</text>')
        for index, (name, values) in enumerate(series.items()):
            x = left + width * (index + 0.5) / len(series)
            colour = COLOURS[index % len(COLOURS)]
            out.append(f'<text x="{x:.1f}" y="{TOP + HEIGHT + 16}" text-anchor="middle">{escape(name)}</text>')
            for value in values:
                y = TOP + HEIGHT * (1 - value / high)
                out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}" fill-opacity="0.6"/>')
            if values:
                y = TOP + HEIGHT * (1 - statistics.median(values) / high)
                out.append(f'<line x1="{x - 18:.1f}" y1="{y:.1f}" x2="{x + 18:.1f}" y2="{y:.1f}" stroke="{colour}" stroke-width="2"/>')
    return "\n".join(out + ["</svg>", ""])


def put_measured(page, title, picture, measured):
    """Replaces what is below the mark; what a person wrote above it stays."""
    mark = "<!-- measured -->"
    text = page.read_text() if page.exists() else f"# {title}\n\n![{title}]({picture})\n\n{mark}\n"
    page.write_text(f"{text.split(mark)[0]}{mark}\n\n{measured}")
