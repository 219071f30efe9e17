"""Which link leads to a page's light version."""

import pytest

from iranwire_crawler.pages.light import LightLink

URL = "https://iranwire.com/en/society/64055-the-lamp/"
LIGHT = "https://iranwire.com/light/en/society/64055/"


def light(markup: str, url: str = URL) -> str | None:
    return LightLink(f"<!DOCTYPE html><title>x</title>{markup}".encode(), url).address_of_light()


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="/light/en/society/64055/">Switch to Iranwire Light</a>',
        '<div role="dialog" hidden><a href="/light/en/society/64055/">Switch to Iranwire Light?</a></div>',
        '<p>It looks like you’re having trouble. Switch to <a href="/light/en/society/64055/">Iranwire Light</a>.</p>',
        '<p>Switch to Iranwire Light? <a href="/light/en/society/64055/">Yes</a></p>',
        '<a href="/light/en/society/64055/" aria-label="Iranwire Light"><svg></svg></a>',
        '<button data-href="/light/en/society/64055/">Switch to Iranwire Light</button>',
        '<link rel="amphtml" href="/light/en/society/64055/">',
        '<a href="/en/">IranWire Light</a><a href="/light/en/society/64055/">Iranwire Light</a>',
    ],
)
def test_found_by_its_words_or_its_rel(markup: str) -> None:
    assert light(markup) == LIGHT


def test_the_words_of_every_edition() -> None:
    fa = '<p>به نظر می‌رسد مشکل دارید. به <a href="?light=1">نسخه سبک ایران‌وایر</a> بروید.</p>'
    assert light(fa, "https://iranwire.com/fa/features/124853/") == "https://iranwire.com/fa/features/124853/?light=1"
    ar = '<a href="//light.iranwire.com/ar/106595">انتقل إلى إيران وير لايت؟</a>'
    assert light(ar, "https://iranwire.com/ar/from-inside-iran/106595/") == "https://light.iranwire.com/ar/106595"


@pytest.mark.parametrize(
    "markup",
    [
        "",
        '<a href="/en/">IranWire Light</a>',
        '<a href="/light/">Switch to Iranwire Light</a>',
        '<a href="/light/en/society/640551/">Switch to Iranwire Light</a>',
        '<a href="/en/society/99-64055/">Switch to Iranwire Light</a>',
        f'<a href="{URL}">Switch to Iranwire Light</a>',
        f'<a href="{URL}#light">Switch to Iranwire Light</a>',
        '<a href="javascript:light(64055)">Switch to Iranwire Light</a>',
        '<a href="/light/en/society/64055/">Light reading</a>',
    ],
)
def test_a_link_to_anything_else_is_none(markup: str) -> None:
    assert light(markup) is None


def test_only_articles_have_one() -> None:
    assert light('<a href="/light/en/society/64055/">Iranwire Light</a>', "https://iranwire.com/en/society/") is None
