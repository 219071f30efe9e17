"""The body: paragraphs, subheadings, lists, quotes, dividers and embeds between header and tail."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from iranwire_crawler.domain import urls
from iranwire_crawler.domain.items import BlockType, BodyBlock, Link
from iranwire_crawler.domain.text import clean, fold
from iranwire_crawler.pages.blocks import NOWHERE, Frame, Line, Piece
from iranwire_crawler.pages.boxes import lines_of_box
from iranwire_crawler.pages.cards import Card
from iranwire_crawler.pages.header import Header
from iranwire_crawler.pages.labels import leads_on
from iranwire_crawler.pages.page import Page, shares
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
_LONGEST_LABEL = 40
_LAYOUT_LINES = 4
# How many lines before an interruption are asked whether the text after it stands as they do.
_LOOKED_BACK = 12
_MENU_KINDS = ("flat", "front", "section")


@dataclass(slots=True)
class Body:
    """The body as gathered. `tags` are what links marked rel=tag name; `begun`: it has words, not players alone."""

    begun: bool = False
    blocks: list[BodyBlock] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)


def read_body(page: Page, header: Header, start: int, cards: list[Card], pictures: Pictures) -> Body:
    """Gather the body from line `start` to the first line that is not the article's any more."""
    body = Body()
    around = set(map(id, header.headline.frame.ancestors()))
    end = _end_of_article(page, header, start)
    layout = _layout_list(page, start, end, around)
    starts = {card.start: card for card in cards}
    taken_lines: list[Line] = []
    at = start
    turn = False
    # Longer than anything that could be noise, a caption, a label or a tail line.
    longest = max(_LONGEST_SPECIAL, len(header.headline.text) * 5 // 4 + 8, pictures.longest_alt)
    while at < end:
        line = page.lines[at]
        text = line.text
        long = len(text) > longest and (at + 1 == end or page.lines[at + 1].text != text)
        if long and not turn and _is_plain_paragraph(line) and at not in starts:
            # Most of a body goes this way: none of the questions below could be answered with yes.
            body.blocks.append(BodyBlock(type="paragraph", text=text))
            body.begun = True
            if _is_linked(line):
                _append_links(page, line, body)
            taken_lines.append(line)
            at += 1
            continue
        card = starts.get(at)
        if card is not None:
            if not (card.enclosed and _resumes(page, card.end, end, taken_lines, header.headline)):
                break
            at = card.end
            continue
        if line.kind == "text" and (page.is_tail(line) or _leads_to_accountability(line)):
            pictures.drop_of(line, taken_lines[-1] if taken_lines else header.headline)
            after = _after_tail(page, at + 1, end)
            if not _resumes(page, after, end, taken_lines, header.headline):
                break
            at = after
            continue
        if (
            line.kind == "text"
            and len(text) < 200
            and _COPYRIGHT.match(text)
            and (_OWN_COPYRIGHT.match(text) or not _resumes(page, at + 1, end, taken_lines, header.headline))
        ):
            break
        taken = _take(page, header, at, body, pictures, around, layout)
        if line.plain and taken == 1 and body.blocks:
            taken_lines.append(line)
        turn = _is_turn(body)
        at += taken
    _drop_what_leads_on(body, taken_lines, to_card=at in starts)
    return body


def _drop_what_leads_on(body: Body, taken: list[Line], *, to_card: bool) -> None:
    """Take from a body's end rules, words like `Read next`, and headings of nothing but the card that follows.

    What links to another site is the article's: a link-out ends so.
    """
    outward = {link.text for link in body.links if urls.read_address(link.url) is None}
    headings = {line.text for line in taken[-_LOOKED_BACK:] if line.heading} if to_card else frozenset()
    while body.blocks:
        block = body.blocks[-1]
        heads = block.type == "subheading" and block.text in headings
        words = len(block.text) <= _LONGEST_LABEL and leads_on(fold(block.text))
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


def _take(
    page: Page, header: Header, at: int, body: Body, pictures: Pictures, around: set[int], layout: Frame | None
) -> int:
    """Read one line of the body; returns how many lines that took."""
    line = page.lines[at]
    if box := lines_of_box(page, at, around):
        return box
    if line.frame.around.region is not None:
        region = page.region(line, header.headline)
        if region is not None and not (region == "button" and line.kind == "image"):
            pictures.read_beside(at, in_body=True)
            return 1
    match line.kind:
        case "image":
            if page.foreign(line) is None:
                pictures.add(line, in_body=body.begun)
        case "chrome":
            pass
        case "rule":
            if body.blocks:
                body.blocks.append(BodyBlock(type="divider", text=""))
        case "embed":
            address = urls.web_address(line.source, page.base)
            if address is not None:
                body.blocks.append(BodyBlock(type="embed", text=address))
        case _ if _is_noise(page, line, header.headline):
            pass
        case _:
            captions = pictures.read_caption(at, in_body=True) or pictures.read_doubled(at)
            if captions:
                return captions
            if _is_linked(line) and _is_tags(page, line):
                body.tags.extend(text.removeprefix("#") for _, text in line.links())
            else:
                _append(page, line, body, around, layout)
    return 1


def _is_noise(page: Page, line: Line, headline: Line) -> bool:
    """The headline once more (a picture's alt), or a line of the interface."""
    if len(line.text) <= len(headline.text) * 5 // 4 + 8 and line.folded == headline.folded:
        return True
    if page.is_interface(line):
        return True
    if not _is_linked(line):
        return False
    if not _only_links(line):
        return _leads_to_others(page, line)
    hrefs = [href for href, _ in line.links()]
    alone = len(hrefs) == 1 and len(line.text) > _LONGEST_LABEL
    return _share(page, hrefs) or (_make_menu(page, hrefs) and not alone)


def _leads_to_others(page: Page, line: Line) -> bool:
    """`Also read: …`: nothing but words that lead on, and links to other articles."""
    words = clean("".join([piece.text for piece in line.pieces if piece.href is None]))
    return leads_on(fold(words)) and all(page.foreign_address(href) is not None for href, _ in line.links())


def _only_links(line: Line) -> bool:
    """Whether a line has no words that are not a link's."""
    return all(piece.href is not None or not clean(piece.text) for piece in line.pieces)


def _share(page: Page, hrefs: list[str]) -> bool:
    """Whether links hand this page's address to somebody: `https://t.me/share?url=https%3A%2F%2F…`."""
    own = f"/{page.address.id}"
    return hrefs != [] and all(
        shares(href) or own in unquote(href.partition("?")[2], errors="replace") for href in hrefs
    )


def _make_menu(page: Page, hrefs: list[str]) -> bool:
    """Whether all lead to pages of the site that are no articles: `About`, `Contact`.

    One link alone to a section may be a tag.
    """
    kinds = _MENU_KINDS if len(hrefs) > 1 else ("flat", "front")
    addresses = [urls.read_address(urls.absolute(href, page.base)) for href in hrefs]
    return addresses != [] and all(address is not None and address.kind in kinds for address in addresses)


def _append(page: Page, line: Line, body: Body, around: set[int], layout: Frame | None) -> None:
    kind, text = _kind(line, around, layout)
    if kind == "paragraph" and _is_turn(body):
        # A script's `[Name]` and the words that follow are one turn, in whatever elements they stand.
        text = f"{body.blocks.pop().text} {text}"
    body.blocks.append(BodyBlock(type=kind, text=text))
    body.begun = True
    if _is_linked(line):
        _append_links(page, line, body)


def _is_linked(line: Line) -> bool:
    """Whether there may be a link in a line: most lines are one text without."""
    first = line.pieces[0]
    return len(line.pieces) > 1 or first.href is not None or first.rel != ""


def _is_turn(body: Body) -> bool:
    """Whether the body so far ends with the name of somebody who is about to speak."""
    if not body.blocks:
        return False
    text = body.blocks[-1].text
    return text.endswith("]") and _SPEAKER.fullmatch(text) is not None


def _is_plain_paragraph(line: Line) -> bool:
    frame = line.frame
    if frame.around is not NOWHERE or line.kind != "text" or line.text[0] in _UNPLAIN:
        return False
    if frame.tag == "p":
        return True
    return frame.tag == "div" and len(line.pieces) == 1 and line.pieces[0].href is None and not line.heading


def _append_links(page: Page, line: Line, body: Body) -> None:
    for href, words in line.links():
        address = urls.web_address(href, page.base)
        own_anchor = href.startswith("#") and line.heading > 0
        if address is not None and not own_anchor:
            body.links.append(Link(url=address, text=words))


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
    for line in page.lines[at:end]:
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
            return alike and (within or len(line.text) > _LONGEST_LABEL)
        chain.append(frame.tag)
    return False


def _is_quoted(line: Line, chain: list[str], before: list[str]) -> bool:
    """Whether a line is a list's item, or a quote, that stands right beside a paragraph."""
    alone = len(line.text) > _LONGEST_LABEL and line.link is None
    return alone and len(before) == 1 and bool(chain) and chain[-1] in ("ul", "ol", "blockquote")


def _after_tail(page: Page, at: int, end: int) -> int:
    while at < end and (page.lines[at].kind != "text" or page.is_tail(page.lines[at])):
        at += 1
    return at


def _leads_to_accountability(line: Line) -> bool:
    """A line that is a link to the accountability section: that block's words are known in English only."""
    return len(line.text) < 120 and (link := line.link) is not None and "accountability" in link.lower()


def _is_tags(page: Page, line: Line) -> bool:
    return all(_is_tag(page, piece) for piece in line.pieces if not piece.text.isspace())


def _is_tag(page: Page, piece: Piece) -> bool:
    """Marked as one, or a `#word` that leads to a page of the site."""
    if "tag" in piece.rel.split():
        return True
    own = piece.href is not None and urls.read_address(urls.absolute(piece.href, page.base)) is not None
    return own and piece.text.strip()[0] == "#"
