"""What the app knows of wine: the eleven measurements and the quality scale."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Feature:
    name: str
    """The column's name in the data: the model knows the feature by it."""
    unit: str
    minimum: float
    maximum: float
    default: float
    step: float

    @property
    def label(self) -> str:
        title = self.name[0].upper() + self.name[1:] if self.name != "pH" else self.name
        return f"{title} ({self.unit})" if self.unit else title

    @property
    def format(self) -> str:
        """As many decimals as the step has, so that no two positions read alike."""
        decimals = len(f"{self.step:g}".partition(".")[2])
        return f"%.{decimals}f"


# In the order of the data's columns, which is the order the models were trained in.
# The ranges contain every red wine of the data; the defaults are its first row.
FEATURES = (
    Feature("fixed acidity", "g/dm³", 0.0, 20.0, 7.4, 0.1),
    Feature("volatile acidity", "g/dm³", 0.0, 2.0, 0.7, 0.01),
    Feature("citric acid", "g/dm³", 0.0, 1.0, 0.0, 0.01),
    Feature("residual sugar", "g/dm³", 0.0, 20.0, 1.9, 0.1),
    Feature("chlorides", "g/dm³", 0.0, 1.0, 0.076, 0.001),
    Feature("free sulfur dioxide", "mg/dm³", 0.0, 100.0, 11.0, 1.0),
    Feature("total sulfur dioxide", "mg/dm³", 0.0, 300.0, 34.0, 1.0),
    Feature("density", "g/cm³", 0.98, 1.01, 0.9978, 0.0001),
    Feature("pH", "", 2.0, 5.0, 3.51, 0.01),
    Feature("sulphates", "g/dm³", 0.0, 3.0, 0.56, 0.01),
    Feature("alcohol", "% vol", 5.0, 20.0, 9.4, 0.1),
)

BEST_QUALITY = 10


def verdict(quality: float) -> str:
    if quality < 5:
        return "poor"
    if quality < 6.5:
        return "average"
    return "good"


def colour(quality: float) -> str:
    """From red (0) to green (10), dark enough for white text at every step."""
    share = min(max(quality / BEST_QUALITY, 0.0), 1.0)
    return f"hsl({share * 120:.0f}, 75%, 26%)"


def picture(quality: float) -> str:
    """A coloured circle that also says in words what its colour says.

    Plain HTML: Streamlit's sanitizer removes SVG from what it is given.
    """
    summary = f"Predicted quality {quality:.2f} of {BEST_QUALITY}: {verdict(quality)}"
    style = (
        "width: 11rem; height: 11rem; border-radius: 50%; color: #fff; "
        f"background: {colour(quality)}; display: flex; flex-direction: column; "
        "align-items: center; justify-content: center;"
    )
    return (
        f'<div role="img" aria-label="{summary}" style="{style}">'
        f'<strong style="font-size: 2.5rem;">{quality:.2f}</strong>'
        f'<span style="font-size: 1.25rem;">{verdict(quality)}</span>'
        "</div>"
    )
