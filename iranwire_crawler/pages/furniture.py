"""What does something with a page and is none of its text: words and links that share it, a slider's arrows."""

import re

from iranwire_crawler.domain.text import fold
from iranwire_crawler.pages.blocks import Line, Piece

# A slider's own words: its arrows, and which slide of how many is shown.
_LONGEST_CONTROL = 24
_CONTROL = re.compile(
    r"prev|previous|next|قبلی|بعدی|السابق|التالی|[❮❯‹›«»<>←→↑↓▲▼◀▶ ]+|"
    r"(?:slide )?[0-9۰-۹٠-٩]{1,3} ?(?:/|of) ?[0-9۰-۹٠-٩]{1,3}"
)
# ASSUMED: words of what is done with a page, or shown beside an article. The stored pages show none.
INTERFACE_WORDS = frozenset(
    map(
        fold,
        (
            *("share", "share this", "share article", "share this article", "share this story", "save", "print"),
            *("email", "copy link", "tweet", "listen", "listen to this article", "listen to this story", "comment"),
            *("bookmark", "dark mode", "advertisement", "sponsored"),
            *("اشتراک‌گذاری", "به اشتراک بگذارید", "هم‌رسانی", "چاپ", "ذخیره", "کپی لینک", "بشنوید", "گوش کنید"),
            *("این مطلب را بشنوید", "تبلیغات", "تبلیغ", "آگهی"),
            *("مشاركة", "شارك", "طباعة", "حفظ", "نسخ الرابط", "استمع", "استمع إلى هذا المقال", "إعلان", "إعلانات"),
        ),
    )
)
# A link of one of these names alone hands the page there.
_NETWORKS = frozenset(
    map(
        fold,
        (
            *("facebook", "twitter", "x", "telegram", "whatsapp", "linkedin", "instagram", "pinterest", "reddit"),
            *("messenger", "bluesky", "threads", "فیسبوک", "توییتر", "تلگرام", "واتس‌اپ", "فيسبوك", "تويتر", "تلغرام"),
            *("واتساب", "email this", "blogthis!", "تيليجرام", "تلجرام", "إكس", "ایکس"),
        ),
    )
)
# Where the usual networks take a page to be shared.
_SHARE = re.compile(
    r"//(?:[a-z-]+\.)?(?:facebook\.com/(?:sharer|share|dialog)|(?:twitter|x)\.com/(?:intent|share)|(?:t|telegram)\.me/share|"
    r"wa\.me/\?|api\.whatsapp\.com/send|linkedin\.com/(?:share|sharing|cws/share)|pinterest\.[a-z.]+/pin/create|"
    r"reddit\.com/submit|tumblr\.com/(?:share|widgets/share)|vk\.com/share|getpocket\.com/(?:save|edit)|"
    r"blogger\.com/share|balatarin\.com/links/submit)|^(?:whatsapp|tg|fb-messenger|viber|sms):|^mailto:\?|^#/?share|^(?:https?://(?:[a-z]+\.)?iranwire\.com)?/[^/?][^?]*\?share=",
    re.IGNORECASE,
)


def shares(href: str) -> bool:
    """Whether an address hands a page to somebody."""
    return _SHARE.search(href) is not None


def is_control(line: Line) -> bool:
    """What does something with the page and is none of its text: shares it, turns a slider."""
    if len(line.text) <= _LONGEST_CONTROL and (_CONTROL.fullmatch(line.folded) or line.folded in INTERFACE_WORDS):
        return True
    if len(line.pieces) == 1 and line.pieces[0].href is None:
        return False  # most lines are one text: the words above are all that it could be
    found = False
    for piece in line.pieces:
        if any(map(str.isalpha, piece.text)):
            if not _does_something(piece):
                return False
            found = True
    return found


def _does_something(piece: Piece) -> bool:
    if piece.href is not None and shares(piece.href):
        return True
    if len(piece.text) > _LONGEST_CONTROL * 2:
        return False
    folded = fold(piece.text)
    if piece.href is not None and folded in _NETWORKS:
        return True
    return folded in INTERFACE_WORDS or _CONTROL.fullmatch(folded) is not None
