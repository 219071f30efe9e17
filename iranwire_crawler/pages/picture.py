"""`Picture`: one picture as it is gathered, and what is asked of lines that may be its caption."""

import re
from dataclasses import dataclass

from iranwire_crawler.pages.blocks import Line

# By how many characters two spellings of one caption differ at most: joiners, dots of an ellipsis.
LONGEST_DIFFERENCE = 16
_CLONE = re.compile(r"(?:^|[\s_-])(?:cloned?|duplicate)(?:$|[\s_-])")


@dataclass(slots=True, eq=False)
class Picture:
    """A picture as it is gathered; `line` is None where only its caption is shown."""

    line: Line | None
    in_body: bool
    caption: str | None = None
    credit: str | None = None
    clone: bool = False

    @property
    def alt(self) -> str:
        return self.line.folded if self.line is not None else ""


def is_outside_figure(picture: Picture, line: Line) -> bool:
    """Whether a line stands outside of the figure that a picture is in."""
    figure = picture.line.frame.around.figure if picture.line is not None else None
    return figure is not None and not figure.start <= line.index < figure.end


def alike(line: Line, other: Line) -> bool:
    """Whether two lines say the same, and neither quotes the other as magazines do.

    Lines that cannot are told apart before they are folded.
    """
    one, two = line.text, other.text
    if one == two:
        return (line.inside("blockquote") is None) == (other.inside("blockquote") is None)
    if abs(len(one) - len(two)) > LONGEST_DIFFERENCE or (
        one[:1] != two[:1] and one[:1].isalnum() and two[:1].isalnum()
    ):
        return False
    return line.folded == other.folded


def is_caption(line: Line) -> bool:
    """Whether an element around a line is called a caption."""
    return any("caption" in frame.words and frame.tag != "table" for frame in line.frame.ancestors())


def is_clone(line: Line | None) -> bool:
    """Marked by its slider as the copy of another slide (slick, swiper, owl and glide do so)."""
    return line is not None and any(_CLONE.search(frame.words) for frame in line.frame.ancestors())
