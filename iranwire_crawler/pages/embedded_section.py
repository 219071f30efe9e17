"""A listing whose cards are not in its page's HTML but in the data that the page's scripts hold."""

from functools import cached_property

from iranwire_crawler.pages.listing import Listed
from iranwire_crawler.pages.section import NO_SECTIONS, SectionLink, SectionPage


class EmbeddedSectionPage(SectionPage):
    """A `SectionPage` that is read from the page's data (`listed_data.py`). Never raises, on any bytes."""

    @cached_property
    def cards(self) -> tuple[Listed, ...]:
        """The articles that the data lists, each once, in its order; none where it holds no listing."""
        return self._data.cards

    @cached_property
    def sections(self) -> tuple[SectionLink, ...]:
        """The sections that the data names, beside those that the page links to."""
        shown = {section.slug: section for section in super().sections}
        found = {slug: SectionLink(slug, url, label) for slug, url, label in self._data.sections}
        return tuple((shown | {s: found[s] for s in found if s not in shown and s not in NO_SECTIONS}).values())
