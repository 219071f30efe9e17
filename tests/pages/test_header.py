"""What stands above a headline: the section's label, in any form."""

import pytest
from pages.facts import facts_of

URL = "https://iranwire.com/en/middle-east/124964-x/"
HEAD = "<h1>Nurses Leave Their Ward</h1><p>February 3, 2024</p><p>2 min read</p><p>The ward is shut.</p>"


@pytest.mark.parametrize(
    ("above", "section"),
    [
        ('<div><a href="/en/">Home</a> / <a href="/en/middle-east/">Middle East</a></div>', "Middle East"),
        ('<div><a href="/en/">Home</a> / <span>Middle East</span></div>', "Middle East"),
        ('<div><a href="/en/">Home</a> › <span>Middle East</span></div>', "Middle East"),
        ("<button>Middle East</button>", "Middle East"),
        ('<a href="#">Middle East</a>', "Middle East"),
        ('<a href="#main">To the text</a>', None),
        ("<button>Menu</button>", None),
    ],
)
def test_a_section_is_named(above: str, section: str | None) -> None:
    assert facts_of(f"{above}{HEAD}", URL)["section"] == section
