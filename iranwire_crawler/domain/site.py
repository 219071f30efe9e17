"""What is known of iranwire.com, and what is only assumed. `docs/site.md` tells where from.

SEEN facts were read on stored pages; ASSUMED ones are plain translations of a SEEN one and only
ever cut boilerplate lines that stand alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

HOST = "iranwire.com"
# stg. and prod. hold ordinary articles in the same layout (9 of 58 stored pages each).
HOSTS = frozenset({HOST, "www.iranwire.com", "stg.iranwire.com", "prod.iranwire.com"})
NAMES = ("IranWire", "Iran Wire", "ایران وایر", "ایران‌وایر", "إيران وير", "ايران واير")
FLAT_PAGES = "pages"
# ASSUMED: what stands where a section does in an address, and is none: `/en/tag/12-x/` is no article.
# No such address of the site was seen; these words mean nothing else on any site.
NOT_SECTIONS = frozenset(
    (
        "author authors writer writers contributor contributors tag tags topic topics category categories page search "
        "user users profile profiles api media static"
    ).split()
)
# SEEN in the author's place though no person's name.
PSEUDO_AUTHORS = ("IranWire", "Iranwire videos", "Photo Blog", "Speaking of Iran")


@dataclass(frozen=True, kw_only=True, slots=True)
class Edition:
    """One language edition: the interface words that stand around an article."""

    language: str
    sections: Mapping[str, str | None]
    chrome: tuple[str, ...]
    light: str
    tail: tuple[str, ...]
    by: tuple[str, ...]  # ASSUMED: no stored page says "by" in its header
    conjunction: str


# SEEN on all editions, in English.
_EVERYWHERE = ("close button", "switch sites")

EN = Edition(
    language="en",
    sections={
        "features": "Features",
        "society": "Society & Culture",
        "special-features": "Special Features",
        "blinding-as-a-weapon": "Blinding as a Weapon",
        "speaking-of-iran": "Speaking of Iran",
        "middle-east": "Middle East",
        "news": None,
        "blogs": "Opinions",
        "cartoons": "Cartoons",
        "images-of-iran": "Images of Iran",
        "images": "Images",
        "religious-minorities": "Religious Minorities",
        "politics": "Politics",
    },
    chrome=(
        *_EVERYWHERE,
        "Switch to Iranwire Light?",
        "It looks like you’re having trouble loading the content on this page. Switch to Iranwire Light instead.",
    ),
    light="Iranwire Light",
    tail=(
        "visit the accountability section",
        "In this section of Iran Wire, you can contact the officials and launch your campaign for various problems",
        "accountability page",
        "comments",
    ),
    by=("by", "author"),
    conjunction="and",
)
FA = Edition(
    language="fa",
    sections={"features": "گزارش", "news-1": None},
    chrome=(
        *_EVERYWHERE,
        "آیا می‌خواهید به نسخه سبک ایران‌وایر بروید؟",
        "به نظر می‌رسد برای بارگذاری محتوای این صفحه مشکل دارید. برای رفع آن به نسخه سبک ایران‌وایر بروید.",
    ),
    light="نسخه سبک ایران‌وایر",
    tail=(*EN.tail, "نظرات", "دیدگاه‌ها"),  # the Persian words are ASSUMED
    by=("نوشته", "نویسنده", "توسط", "از"),
    conjunction="و",
)
AR = Edition(
    language="ar",
    sections={"from-inside-iran": "من داخل إيران"},
    chrome=(
        *_EVERYWHERE,
        "انتقل إلى إيران وير لايت؟",
        "يبدو أنك تواجه مشكلة في تحميل المحتوى على هذه الصفحة. قم بالتبديل إلى إيران وير لايت بدلاً من ذلك.",
    ),
    light="إيران وير لايت",
    tail=(*EN.tail, "تعليقات", "التعليقات"),  # the Arabic words are ASSUMED
    by=("بقلم", "بواسطة", "الكاتب"),
    conjunction="و",
)

EDITIONS: Mapping[str, Edition] = {edition.language: edition for edition in (EN, FA, AR)}

CARTOON_SECTIONS = frozenset({"cartoons"})
GALLERY_SECTIONS = frozenset({"images", "images-of-iran"})
LINK_OUT_SECTIONS = frozenset({"speaking-of-iran"})
# SEEN: the last line of a link-out.
LINK_OUT_ENDINGS = ("Link to the article", "Read more here")
# Where a player of that kind comes from; hosts of the players, not facts about the site.
VIDEO_HOSTS = ("youtube.com", "youtube-nocookie.com", "youtu.be", "vimeo.com", "aparat.com", "dailymotion.com")
AUDIO_HOSTS = ("soundcloud.com", "spotify.com", "castbox.fm", "podcasts.apple.com", "anchor.fm", "spreaker.com")
