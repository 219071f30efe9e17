"""What a record derives from its own texts."""

from hypothesis import given
from hypothesis import strategies as st

from iranwire_crawler.domain.content import body_text, content_hash, word_count
from iranwire_crawler.domain.items import BodyBlock, Image
from iranwire_crawler.domain.text import clean

texts = st.text(max_size=80).map(clean).filter(bool)
blocks = st.builds(BodyBlock, type=st.sampled_from(["paragraph", "subheading", "divider", "embed"]), text=texts)


@given(st.lists(blocks, max_size=8))
def test_words_are_those_of_the_body_text(body: list[BodyBlock]) -> None:
    assert word_count(body_text(body)) == len(body_text(body).split())


def test_zwnj_parts_no_words() -> None:
    assert word_count("خبرنگاران\u200cشان می\u200cروند") == 2


def test_the_hash_is_over_what_a_reader_reads() -> None:
    body = [BodyBlock(type="paragraph", text="A"), BodyBlock(type="embed", text="https://example.org/1")]
    moved = [BodyBlock(type="subheading", text="A"), BodyBlock(type="embed", text="https://example.org/2")]
    bare = Image(url="https://example.org/a.jpg", caption=None, credit=None, position=1, in_body=False)
    captioned = Image(url=None, caption="C", credit=None, position=1, in_body=False)
    assert content_hash("H", body, [bare]) == content_hash("H", moved, [])
    assert content_hash("H", body, []) != content_hash("H2", body, [])
    assert content_hash("H", body, []) != content_hash("H", body, [captioned])
