"""What a page says is read in whatever layout it stands: a thousand that chance put together."""

from datetime import UTC, datetime

from layouts import Said, page

from iranwire_crawler.pages.article import ArticlePage, Fetch

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def read(url: str, source: str) -> Said:
    article = ArticlePage(source.encode(), Fetch(url, NOW, "saved")).article()
    return Said(
        headline=article.headline,
        description=article.description,
        section=article.section.name,
        date=(article.date_published or "")[:10],
        authors=[author.name for author in article.authors],
        minutes=article.reading_time_minutes,
        captions=[image.caption for image in article.images if image.caption],
        body=[(block.type, block.text) for block in article.body],
        tags=list(article.tags),
        related=[card.headline for card in article.related],
    )


def test_every_layout_reads_as_it_says() -> None:
    wrong = []
    for seed in range(1000):
        url, source, said = page(seed)
        found = read(url, source)
        if found != said:
            wrong.append((seed, *(name for name in vars(said) if getattr(said, name) != getattr(found, name))))
    assert wrong == []
