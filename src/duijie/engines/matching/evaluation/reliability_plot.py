"""The reliability plot as SVG: stated probability against the share that was suitable, with the number of pairs below."""

from __future__ import annotations

from duijie.engines.matching.evaluation.calibration import Calibration
from duijie.engines.matching.evaluation.presentation import word

LEFT, TOP, SIDE, BARS = 60, 30, 300, 60
STYLE = (
    "text{font:12px sans-serif;fill:#333}.grid{stroke:#ddd}.ideal{stroke:#999;stroke-dasharray:4 4}"
    ".range{stroke:#1c64b4}.point{fill:#1c64b4}.count{fill:#9ab8dc}"
)


def reliability_plot(calibration: Calibration, language: str) -> str:
    """An SVG document; a point lies on the dashed line where what was stated came true, whiskers are Wilson's interval."""
    bottom = TOP + SIDE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + SIDE + 30} {bottom + BARS + 80}" role="img">',
        f"<title>{word('calibration', language)}</title><style>{STYLE}</style>",
        f'<line class="ideal" x1="{LEFT}" y1="{bottom}" x2="{LEFT + SIDE}" y2="{TOP}"/>',
    ]
    for step in range(6):
        share = step / 5
        x, y = LEFT + share * SIDE, bottom - share * SIDE
        parts.append(f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{LEFT + SIDE}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{share:.1f}</text>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{share:.1f}</text>')
    most = max(b.pairs for b in calibration.bins)
    floor = bottom + 30 + BARS
    for b in calibration.bins:
        if b.mean_probability is None or b.share_suitable is None or b.share_low is None or b.share_high is None:
            continue
        x = LEFT + b.mean_probability * SIDE
        low, high = bottom - b.share_low * SIDE, bottom - b.share_high * SIDE
        height = BARS * b.pairs / most
        parts.append(f'<line class="range" x1="{x:.1f}" y1="{low:.1f}" x2="{x:.1f}" y2="{high:.1f}"/>')
        parts.append(f'<circle class="point" cx="{x:.1f}" cy="{bottom - b.share_suitable * SIDE:.1f}" r="4"/>')
        parts.append(
            f'<rect class="count" x="{LEFT + b.low * SIDE + 1:.1f}" y="{floor - height:.1f}" '
            f'width="{(b.high - b.low) * SIDE - 2:.1f}" height="{height:.1f}">'
            f"<title>{b.low:.2f}–{b.high:.2f}: {b.pairs}</title></rect>"
        )
    error = f"{word('ece', language)} {calibration.expected_error.value:.3f}"
    parts.append(f'<text x="{LEFT}" y="{TOP - 10}">{word("observed", language)}; {error}</text>')
    parts.append(
        f'<text x="{LEFT}" y="{floor + 20}">{word("predicted", language)}; {word("pairs", language)}: {calibration.pairs}</text>'
    )
    return "\n".join([*parts, "</svg>", ""])
