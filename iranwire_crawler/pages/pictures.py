"""Pictures and their captions, each once.

The site prints a caption twice: as the picture's alt and beneath it. A picture without one shows
the headline instead. What stands twice in a row, or equals a picture's alt, is a caption; the body
begins at the first line that is neither (51 of 51 stored pages).
"""

import re

from iranwire_crawler.domain import urls
from iranwire_crawler.domain.items import Image
from iranwire_crawler.domain.text import clean, fold, letters
from iranwire_crawler.pages.blocks import Frame, Line
from iranwire_crawler.pages.furniture import shares
from iranwire_crawler.pages.page import Page
from iranwire_crawler.pages.picture import LONGEST_DIFFERENCE, Picture, alike, is_caption, is_clone, is_outside_figure

# A page is untrusted: each picture is held against those before it.
MAX_PICTURES = 1_000
_LONGEST_RUN = 12
_LONGEST_CREDIT = 80
_SHORTEST_DOUBLED = 40
_SHORTEST_ALT = 8
# In blocks.
_REACH = 40
_MOST_CAPTION_LINES = 3
_CREDIT_SIGNS = ("(", "[", "©")
_CREDIT = re.compile(
    r"(?:photo(?:graph)?s?(?: by| credit)?|credit|image|picture|illustration|عکس|صورة|تصویر)\s*[:：]\s*(.+)",
    re.IGNORECASE,
)
_CREDIT_WORDS = ("credit", "copyright", "photographer")


class Pictures:
    """Gathers the pictures of one article."""

    def __init__(self, page: Page, headline: Line) -> None:
        self.page = page
        self.headline = headline
        self.found: list[Picture] = []
        self.truncated = False
        # A line longer than this equals no picture's alt, wherever on the page the picture stands.
        alts = (len(line.text) for line in page.lines if line.kind == "image")
        self.longest_alt = max(alts, default=0) * 5 // 4 + 8

    def add(self, line: Line, in_body: bool) -> None:
        """A picture on the page. One that is there already is a slider's clone: kept out of the record."""
        if len(self.found) >= MAX_PICTURES:
            self.truncated = True
            return
        if line.href is not None and shares(line.href):
            return  # a network's sign
        if any(other.line is line for other in self.found):
            return
        picture = Picture(line, in_body)
        source = line.source
        if source is not None:
            twin = next((other for other in self.found if other.line and other.line.source == source), None)
            if twin is not None and is_clone(twin.line) and not is_clone(line):
                twin.clone, picture.caption = True, None
            elif twin is not None:
                picture.clone = True
        # Two equal lines need not both be visible text: a slide can keep its caption in attributes.
        title = line.title
        if title and line.text and fold(title) == picture.alt != self.headline.folded:
            picture.caption = line.text
        self.found.append(picture)

    def read_lead(self, start: int) -> int:
        """Gather the pictures between header and body; returns the first line of the body."""
        lines = self.page.lines
        at = start
        while at < len(lines):
            line = lines[at]
            if line.kind == "text" and (
                self.page.region(line, self.headline) is not None or self.page.is_interface(line)
            ):
                self.read_beside(at, in_body=False)
                at += 1  # a slider's buttons
            elif line.kind == "image":
                if self.page.foreign(line) is None:
                    self.add(line, in_body=False)
                elif self.page.region(line, self.headline) is None:
                    break
                at += 1
            elif line.kind in ("rule", "chrome") or (line.kind == "text" and line.folded == self.headline.folded):
                at += 1
            elif line.kind == "embed" or not line.plain:
                break
            else:
                taken = self._above(at) or self.read_caption(at, in_body=False) or self._repeated(at)
                if not taken:
                    break
                at += taken
        return at

    def read_caption(self, at: int, in_body: bool) -> int:
        """How many lines from `at` on are the caption (or credit) of a picture already seen; 0 if none."""
        lines = self.page.lines
        line = lines[at]
        if in_body and line.heading:
            return 0  # whom a portrait shows, and what is told of them
        last = self.found[-1] if self.found else None
        figure = self._figure(line)
        if figure is not None:
            if not any(picture.line and figure.start <= picture.line.index < figure.end for picture in self.found):
                below = (other for other in lines[at + 1 :] if figure.start <= other.index < figure.end)
                for other in below:  # a caption that stands above its picture
                    if other.kind == "image":
                        self.add(other, in_body)
            picture = self._of_figure(figure, line, in_body)
            if picture is None:
                return 0
            self._describe(picture, line)
            return 1
        near = last is not None and last.line is not None and line.index - last.line.index <= 3
        if near and last is not None and last.caption and lines[at - 1].kind == "text":
            # After its caption, in the picture's own box: the caption once more, or the credit.
            alone = self._beside(last, line) and self._beside(last, lines[at - 1])
            short = len(line.text) <= _LONGEST_CREDIT and not line.ends_sentence
            copy = fold(last.caption) == line.folded and not is_outside_figure(last, line)
            if (alone and (short or copy)) or (short and line.text[0] == "©"):
                self._describe(last, line)
                return 1
        if last is not None and last.line is lines[at - 1] and (count := self._caption_in_other_words(last, at)):
            return count
        if len(line.text) > self.longest_alt:
            return 0
        picture = self._of_alt(line)
        if picture is None or line.folded == self.headline.folded:
            return 0
        if picture.caption is None:
            if in_body and lines[at - 1] is not picture.line:
                return 0
            picture.caption = line.text
            return 1
        if is_outside_figure(picture, line):
            return 0  # a sentence of the text that a caption quotes
        return 1 if self._beside(picture, line) else 0

    def _of_alt(self, line: Line) -> Picture | None:
        """The nearest picture above a line that has it for its alt."""
        for picture in reversed(self.found):
            if picture.line is not None:
                if line.index - picture.line.index > _REACH:
                    break
                if picture.alt == line.folded:
                    return picture
        return None

    def _caption_in_other_words(self, picture: Picture, at: int) -> int:
        """How many lines right below a picture say its alt but for a dot, a line break or a credit; 0 if none do."""
        alt = picture.line.text if picture.line is not None else ""
        spelled = letters(alt)
        if len(spelled) < _SHORTEST_ALT or picture.caption or picture.alt == self.headline.folded:
            return 0
        text, end = "", at
        while end < len(self.page.lines) and end - at < _MOST_CAPTION_LINES and self.page.lines[end].plain:
            text = f"{text} {self.page.lines[end].text}".strip()
            end += 1
            said = letters(text)
            whole = said == spelled or (alt.endswith(("…", "...")) and said.startswith(spelled))
            if whole or (text.startswith(alt) and text[len(alt) :].lstrip()[:1] in _CREDIT_SIGNS):
                picture.caption = text
                return end - at
            if not spelled.startswith(said):
                break
        return 0

    def read_beside(self, at: int, in_body: bool) -> None:
        """The caption that stands in the button, or the aside, of a picture already seen; no other words of it."""
        line = self.page.lines[at]
        last = self.found[-1] if self.found else None
        region, figure = line.frame.around.region, line.frame.around.figure
        if last is None or last.line is None or region is None or not region.start <= last.line.index < region.end:
            return
        if line.folded == last.alt or (figure is not None and figure.tag == "figcaption"):
            self.read_caption(at, in_body)

    def drop_of(self, line: Line, last: Line) -> None:
        """Take out the picture of the block that `line` begins: without a caption, and alone with it in an element that
        the body's `last` line does not stand in.
        """
        picture = self.found[-1] if self.found else None
        if picture is None or picture.line is None or picture.caption is not None or not picture.in_body:
            return
        around = next((frame for frame in line.frame.ancestors() if frame.start <= picture.line.index), None)
        above = [last, *(other.line for other in self.found[-2:-1] if other.line is not None)]
        if around is not None and all(other.index < around.start for other in above):
            self.found.pop()

    def read_doubled(self, at: int) -> int:
        """The lines that a caption amid the text takes which stands twice as text, its picture shown or not; 0 if none.

        A short line may be a poem's.
        """
        lines = self.page.lines
        line = lines[at]
        if len(line.text) < _SHORTEST_DOUBLED or at + 1 >= len(lines) or line.heading:
            return 0
        if not lines[at + 1].plain or not alike(line, lines[at + 1]):
            return 0
        last = self.found[-1] if self.found else None
        if last is not None and last.caption is None and last.line is not None and last.line is lines[at - 1]:
            last.caption = line.text
        else:
            self._add_unseen(line, in_body=True)
        return 2

    def _repeated(self, at: int) -> int:
        """Captions that stand twice as text: A A, or A B A B. Returns the lines they take."""
        texts: list[tuple[int, Line]] = []
        if not self._recurs(at):
            return 0
        for position in range(at, min(at + 4 * _LONGEST_RUN, len(self.page.lines))):
            line = self.page.lines[position]
            if line.kind == "text":
                if not line.plain:
                    break
                texts.append((position, line))
            elif line.kind != "image":
                break
        for length in range(1, min(_LONGEST_RUN, len(texts) // 2) + 1):
            first, second = texts[:length], texts[length : 2 * length]
            if all(alike(line, other) for (_, line), (_, other) in zip(first, second, strict=True)):
                end = second[-1][0] + 1
                for line in self.page.lines[at:end]:
                    if line.kind == "image":
                        self.add(line, in_body=False)
                for _, line in first:
                    if line.folded != self.headline.folded:
                        self._caption_next(line)
                return end - at
        return 0

    def _recurs(self, at: int) -> bool:
        """Whether a line stands once more soon after: without that nothing is repeated."""
        line = self.page.lines[at]
        shortest, longest = len(line.text) - LONGEST_DIFFERENCE, len(line.text) + LONGEST_DIFFERENCE
        for other in self.page.lines[at + 1 : at + 2 * _LONGEST_RUN]:
            if shortest <= len(other.text) <= longest and other.kind == "text" and alike(line, other):
                # A figure's caption may say once more what the text above it does.
                return line.frame.around.figure is not None or other.frame.around.figure is None
        return False

    def _above(self, at: int) -> int:
        """A caption that stands above its picture: that picture's alt is the same. Returns the lines taken."""
        line, following = self.page.lines[at], self.page.lines[at + 1 : at + 2]
        if not following or following[0].kind != "image" or fold(following[0].text) != line.folded:
            return 0
        if any(picture.alt == line.folded and picture.caption is None for picture in self.found):
            return 0
        below = self.page.lines[at + 2 : at + 3]
        if below and below[0].folded == line.folded and below[0].frame.around.figure is not None:
            return 0  # the figure has its own caption, and says once more what the text does
        self.add(following[0], in_body=False)
        if self.found[-1].line is following[0]:
            self.found[-1].caption = line.text
        return 2

    def _caption_next(self, line: Line) -> None:
        """Give a caption to the first picture that has none of its own, or to one not shown."""
        for picture in self.found:
            bare = picture.caption is None and not picture.in_body
            if bare and picture.alt in ("", line.folded, self.headline.folded):
                picture.caption = line.text
                return
        self._add_unseen(line, in_body=False)

    def _add_unseen(self, line: Line, *, in_body: bool) -> None:
        """A picture of which only its caption is on the page."""
        if len(self.found) < MAX_PICTURES:
            self.found.append(Picture(None, in_body, line.text))
        else:
            self.truncated = True

    def _figure(self, line: Line) -> Frame | None:
        """The figure, or the caption's own element, that a line belongs to."""
        frame = line.frame.around.figure
        while frame is not None and not frame.start <= self.headline.index < frame.end:
            if frame.tag == "figure":
                # An unclosed figure swallows the body: then only what follows its picture at once counts.
                return frame if len(frame) <= 6 else None
            if line.index - frame.start < 2:
                outer = frame.parent.around.figure if frame.parent is not None else None
                return outer if outer is not None and outer.tag == "figure" else frame
            frame = frame.parent.around.figure if frame.parent is not None else None
        return None

    def _of_figure(self, figure: Frame, line: Line, in_body: bool) -> Picture | None:
        """The picture that a line of a figure is of."""
        inside = [
            picture
            for picture in self.found
            if picture.line is not None and figure.start <= picture.line.index < figure.end
        ]
        if inside:
            return inside[-1]
        if figure.tag == "figure" and line.inside("figcaption") is None and not is_caption(line):
            return None  # a table, or a quote
        last = self.found[-1] if self.found else None
        if last is not None and last.in_body == in_body and last.line is not None and last.line.index < figure.start:
            return last
        return None

    def _describe(self, picture: Picture, line: Line) -> None:
        """A line of a picture's figure: its caption, a copy of that, or its credit."""
        text = line.text
        credit = _CREDIT.fullmatch(text)
        if credit or text[0] == "©" or any(word in line.frame.words for word in _CREDIT_WORDS):
            picture.credit = picture.credit or clean(credit[1] if credit else text.lstrip("©"))
        elif line.folded == self.headline.folded or (picture.caption and fold(picture.caption) == line.folded):
            return
        elif picture.caption is not None:
            # The alt said the whole caption: what else its figure says is the credit.
            if fold(picture.caption) == picture.alt:
                picture.credit = picture.credit or text
            else:
                picture.caption = f"{picture.caption} {text}"
        elif picture.line is not None and picture.alt and line.folded.startswith(picture.alt + " "):
            rest = text[len(picture.line.text) :].strip()
            match = _CREDIT.fullmatch(rest)
            picture.caption, picture.credit = text[: len(picture.line.text)], match[1] if match else rest
        else:
            picture.caption = text

    def _beside(self, picture: Picture, line: Line) -> bool:
        """In an element that holds this picture and little else."""
        if picture.line is None:
            return False
        around = set(map(id, self.headline.frame.ancestors()))
        for frame in line.frame.ancestors():
            if id(frame) in around:
                return False
            if frame.start <= picture.line.index:
                return len(frame) <= 4
        return False

    def images(self, base: str) -> tuple[Image, ...]:
        """The pictures as the record holds them, numbered from 1."""
        return tuple(
            Image(
                url=urls.web_address(picture.line.source, base) if picture.line is not None else None,
                caption=picture.caption,
                credit=picture.credit,
                position=position,
                in_body=picture.in_body,
            )
            for position, picture in enumerate((found for found in self.found if not found.clone), start=1)
        )
