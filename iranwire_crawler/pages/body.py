"""The body: paragraphs, subheadings, lists, quotes, dividers and embeds between header and tail."""

import re
from dataclasses import dataclass, field

from iranwire_crawler.domain import urls
from iranwire_crawler.domain.items import BlockType, BodyBlock, Link
from iranwire_crawler.domain.text import fold
from iranwire_crawler.pages.blocks import NOWHERE, Frame, Line
from iranwire_crawler.pages.boxes import lines_of_box
from iranwire_crawler.pages.cards import Card
from iranwire_crawler.pages.header import Header
from iranwire_crawler.pages.labels import LONGEST_LABEL, leads_on
from iranwire_crawler.pages.noise import is_noise, is_tags
from iranwire_crawler.pages.page import Page
from iranwire_crawler.pages.pictures import Pictures

_DIVIDER = re.compile(r"(?:[*＊•·⁂~_=#-]\s*){1,12}")
_LONGEST_DIVIDER = 24
_BULLETS = "•‣▪●◦"
_BULLET = re.compile(rf"[{_BULLETS}]\s+(.+)")
_COPYRIGHT = re.compile(r"©|copyright\b|all rights reserved", re.IGNORECASE)
# The site's own; another's may be a picture's credit, or a sentence on the law.
_OWN_COPYRIGHT = re.compile(
    r".*(?:all rights reserved|iran.?wire|ایران.?وایر|إيران.?وير)|(?:©|copyright|[-–\s0-9۰-۹٠-٩])+$", re.IGNORECASE
)
_UNPLAIN = f"{_BULLETS}["
_SPEAKER = re.compile(r"\[[^\[\]]{2,60}\]")
_LONGEST_SUBHEADING = 120
_LONGEST_SPECIAL = 200
_MOST_OF_A_LABEL = 4
_LAYOUT_LINES = 4
# How many lines before an interruption are asked whether the text after it stands as they do.
_LOOKED_BACK = 12


@dataclass(slots=True)
class Body:
    """The body as gathered. `tags` are what links marked rel=tag name; `begun`: it has words, not players alone.

    `cards`: those that are no part of it.
    """

    begun: bool = False
    cards: list[Card] = field(default_factory=list)
    blocks: list[BodyBlock] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)


def read_body(page: Page, header: Header, start: int, cards: list[Card], pictures: Pictures) -> Body:
    """Gather the body from line `start` to the first line that is not the article's any more."""
    return _BodyReader(page, header, start, cards, pictures).read(start)


class _BodyReader:
    """Goes over the lines of one body. `taken`: the lines so far that are its text."""

    def __init__(self, page: Page, header: Header, start: int, cards: list[Card], pictures: Pictures) -> None:
        self.page = page
        self.headline = header.headline
        self.pictures = pictures
        self.cards = {card.start: card for card in cards}
        self.around = set(map(id, header.headline.frame.ancestors()))
        self.end = _end_of_article(page, header, start)
        self.layout = _layout_list(page, start, self.end, self.around)
        self.body = Body()
        self.taken: list[Line] = []
        # Longer than anything that could be noise, a caption, a label or a tail line.
        self.longest = max(_LONGEST_SPECIAL, len(header.headline.text) * 5 // 4 + 8, pictures.longest_alt)

    def read(self, at: int) -> Body:
        while at < self.end:
            if self._is_long_paragraph(at):
                # Most of a body goes this way: none of the questions below could be answered with yes.
                self._append("paragraph", self.page.lines[at].text, self.page.lines[at])
                self.taken.append(self.page.lines[at])
                at += 1
                continue
            after = self._after_what_interrupts(at)
            if after is None:
                break
            at = after if after > at else at + self._take(at)
        _drop_what_leads_on(self.body, self.taken, to_card=at in self.cards)
        self.body.cards = list(self.cards.values())
        return self.body

    def _is_long_paragraph(self, at: int) -> bool:
        line = self.page.lines[at]
        if len(line.text) <= self.longest or (at + 1 < self.end and self.page.lines[at + 1].text == line.text):
            return False
        return _is_plain_paragraph(line) and at not in self.cards and not self._is_turn()

    def _after_what_interrupts(self, at: int) -> int | None:
        """Where the text goes on after a card, a line of the site's tail or a copyright; None where it does not.

        `at` itself where none of them begins there.
        """
        page, line = self.page, self.page.lines[at]
        if (card := self.cards.get(at)) is not None:
            if not self._resumes(card.end):
                return None
            if card.enclosed or card.full or not self.taken:
                return card.end if card.enclosed else None
            del self.cards[at]  # a line that links to an article, beside a day, and the text goes on: a chronology's
            return at
        if line.kind != "text":
            return at
        if page.is_tail(line) or _leads_to_accountability(line):
            self.pictures.drop_of(line, self.taken[-1] if self.taken else self.headline)
            after = _after_tail(page, at + 1, self.end)
            return after if self._resumes(after) else None
        if len(line.text) < _LONGEST_SPECIAL and _COPYRIGHT.match(line.text):
            return None if _OWN_COPYRIGHT.match(line.text) or not self._resumes(at + 1) else at
        return at

    def _resumes(self, at: int) -> bool:
        return _resumes(self.page, at, self.end, self.taken, self.headline)

    def _take(self, at: int) -> int:
        """Read one line of the body; returns how many lines that took."""
        page, body, line = self.page, self.body, self.page.lines[at]
        if skipped := lines_of_box(page, at, self.around) or self._lines_in_region(at):
            return skipped
        match line.kind:
            case "image":
                if page.foreign(line) is None:
                    self.pictures.add(line, in_body=body.begun)
            case "chrome":
                pass
            case "rule":
                if body.blocks:
                    body.blocks.append(BodyBlock(type="divider", text=""))
            case "embed":
                address = urls.web_address(line.source, page.base)
                if address is not None:
                    body.blocks.append(BodyBlock(type="embed", text=address))
            case _:
                return self._take_text(at)
        return 1

    def _lines_in_region(self, at: int) -> int:
        """1 for a line that stands in chrome amid the text: at most it is a caption; a button may hold a picture."""
        line = self.page.lines[at]
        if line.frame.around.region is None:
            return 0
        region = self.page.region(line, self.headline)
        if region is None or (region == "button" and line.kind == "image"):
            return 0
        self.pictures.read_beside(at, in_body=True)
        return 1

    def _take_text(self, at: int) -> int:
        parts = self._parts_of_block(at)
        line = self.page.document.blocks[self.page.lines[at].index] if parts else self.page.lines[at]
        return max(parts, self._take_line(at, line))

    def _parts_of_block(self, at: int) -> int:
        """How many lines from `at` on are the parts of one block that was taken apart for a date in it; 0 for none.

        Amid a text that is a day's heading, or a sentence, and no line of what is told of an article.
        """
        lines, index = self.page.lines, self.page.lines[at].index
        block = self.page.document.blocks[index]
        if lines[at] is block or (at and lines[at - 1].index == index):
            return 0  # whole, or not from its beginning on
        end = at + 1
        while end < self.end and lines[end].index == index and end not in self.cards:
            end += 1
        parts = lines[at:end]
        whole = end == len(lines) or lines[end].index != index
        marked = any(line.shown is not None or line.minutes is not None for line in parts)
        changed = len(parts) > 1 or parts[0].text != block.text
        return len(parts) if whole and marked and changed else 0

    def _take_line(self, at: int, line: Line) -> int:
        page = self.page
        if is_noise(page, line, self.headline):
            return 1
        if len(line.text) <= LONGEST_LABEL and leads_on(line.folded) and (others := self._articles_from(at + 1)):
            return 1 + others
        captions = self.pictures.read_caption(at, in_body=True) or self.pictures.read_doubled(at)
        if captions:
            return captions
        if is_tags(page, line):
            self.body.tags.extend(text.removeprefix("#") for _, text in line.links())
            return 1
        kind, text = _kind(line, self.around, self.layout)
        if kind == "paragraph" and self._is_turn():
            # A script's `[Name]` and the words that follow are one turn, in whatever elements they stand.
            text = f"{self.body.blocks.pop().text} {text}"
        self._append(kind, text, line)
        if line.plain:
            self.taken.append(line)
        return 1

    def _is_turn(self) -> bool:
        """Whether the body so far ends with the name of somebody who is about to speak: `[Name]`, no heading."""
        if not self.body.blocks or (self.taken and self.taken[-1].heading):
            return False
        text = self.body.blocks[-1].text
        return text.endswith("]") and _SPEAKER.fullmatch(text) is not None

    def _articles_from(self, at: int) -> int:
        """How many lines from `at` on are links to other articles and nothing else, up to a card."""
        start = at
        while at < self.end and at not in self.cards and self.page.foreign(self.page.lines[at]) is not None:
            at += 1
        return at - start

    def _append(self, kind: BlockType, text: str, line: Line) -> None:
        self.body.blocks.append(BodyBlock(type=kind, text=text))
        self.body.begun = True
        for href, words in line.links():
            address = urls.web_address(href, self.page.base)
            own_anchor = href.startswith("#") and line.heading > 0
            if address is not None and not own_anchor:
                self.body.links.append(Link(url=address, text=words))


def _drop_what_leads_on(body: Body, taken: list[Line], *, to_card: bool) -> None:
    """Take from a body's end rules, words like `Read next`, and headings of nothing but the card that follows.

    What links to another site is the article's: a link-out ends so.
    """
    outward = {link.text for link in body.links if urls.read_address(link.url) is None}
    last = taken[-_LOOKED_BACK:] if to_card else []
    headings = {line.text for line in last if line.heading and len(line.text.split()) <= _MOST_OF_A_LABEL}
    while body.blocks:
        block = body.blocks[-1]
        heads = block.type == "subheading" and block.text in headings
        words = len(block.text) <= LONGEST_LABEL and leads_on(fold(block.text))
        rule = block.type == "divider" and not block.text
        if not rule and (block.text in outward or not (heads or words)):
            break
        body.blocks.pop()
        body.links = [link for link in body.links if rule or link.text != block.text]


def _layout_list(page: Page, start: int, end: int, around: set[int]) -> Frame | None:
    """A list that holds nearly all the text: markup for layout, its items are the article's paragraphs."""
    first = next((line for line in page.lines[start:end] if line.plain), None)
    outermost = None
    for frame in first.frame.ancestors() if first is not None else ():
        if id(frame) in around:
            break
        if frame.tag in ("ul", "ol"):
            outermost = frame
    if outermost is None:
        return None
    plain = [line for line in page.lines[start:end] if line.plain]
    if len(plain) < _LAYOUT_LINES:
        return None
    inside = sum(outermost.start <= line.index < outermost.end for line in plain)
    return outermost if inside * 5 >= len(plain) * 4 else None


def _is_plain_paragraph(line: Line) -> bool:
    frame = line.frame
    if frame.around is not NOWHERE or line.kind != "text" or line.text[0] in _UNPLAIN:
        return False
    if frame.tag == "p":
        return True
    return frame.tag == "div" and len(line.pieces) == 1 and line.pieces[0].href is None and not line.heading


def _kind(line: Line, around: set[int], layout: Frame | None) -> tuple[BlockType, str]:
    text = line.text
    if len(text) <= _LONGEST_DIVIDER and _DIVIDER.fullmatch(text):
        return "divider", text
    frame = line.frame.around.item
    while frame is not None and id(frame) not in around:
        if frame.tag == "blockquote":
            return "quote", text
        if frame.parent is not layout and id(frame.parent) not in around:
            return "list_item", text
        frame = frame.parent.around.item if frame.parent is not None else None
    if line.heading:
        return "subheading", text
    if text[0] in _BULLETS and (bullet := _BULLET.fullmatch(text)):
        return "list_item", bullet[1]
    short = len(text) <= _LONGEST_SUBHEADING and not text.endswith((".", "۔", "…", ",", "،"))
    if short and line.bold:
        return "subheading", text
    return "paragraph", text


def _end_of_article(page: Page, header: Header, start: int) -> int:
    """The end of the `article` or `main` element around the headline, where the body is in it too."""
    for frame in header.headline.frame.ancestors():
        if frame.tag in ("article", "main"):
            end = page.span(frame)[1]
            if any(line.plain for line in page.lines[start:end]):
                return end
    return len(page.lines)


def _resumes(page: Page, at: int, end: int, taken: list[Line], headline: Line) -> bool:
    """Whether the body goes on after something that stood between its paragraphs.

    It does where the next words stand as a line before it does that was `taken` for the body: in the same chain of
    elements up to one that holds both. What follows an article's end stands elsewhere.
    """
    if not taken:
        return at < end
    for line in (page.lines[position] for position in range(at, end)):
        if line.plain and page.region(line, headline) is None:
            if page.is_tail(line) or page.foreign(line) is not None:
                return False
            return any(_stands_like(line, before, headline) for before in taken[: -_LOOKED_BACK - 1 : -1])
    return False


def _stands_like(line: Line, last: Line, headline: Line) -> bool:
    above = list(last.frame.ancestors())
    chain: list[str] = []
    for frame in line.frame.ancestors():
        depth = next((number for number, other in enumerate(above) if other is frame), None)
        if depth is not None:
            before = [other.tag for other in above[:depth]]
            heads = line.heading > 0 and len(chain) == len(before)
            alike = chain == before or heads or _is_quoted(line, chain, before)
            within = all(frame is not other for other in headline.frame.ancestors())
            return alike and (within or len(line.text) > LONGEST_LABEL)
        chain.append(frame.tag)
    return False


def _is_quoted(line: Line, chain: list[str], before: list[str]) -> bool:
    """Whether a line is a list's item, or a quote, that stands right beside a paragraph."""
    alone = len(line.text) > LONGEST_LABEL and line.link is None
    return alone and len(before) == 1 and bool(chain) and chain[-1] in ("ul", "ol", "blockquote")


def _after_tail(page: Page, at: int, end: int) -> int:
    while at < end and (page.lines[at].kind != "text" or page.is_tail(page.lines[at])):
        at += 1
    return at


def _leads_to_accountability(line: Line) -> bool:
    """A line that is a link to the accountability section: that block's words are known in English only."""
    return len(line.text) < 120 and (link := line.link) is not None and "accountability" in link.lower()
