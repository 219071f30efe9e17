"""Made-up articles in three languages: what the generated pages show, and what is right to read on them."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

import jdatetime

FIRST_ID = 100_000
LANGUAGES = ("en", "fa", "ar")
_DIGITS = {"fa": "۰۱۲۳۴۵۶۷۸۹", "ar": "٠١٢٣٤٥٦٧٨٩"}
_MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "fa": "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند".split(),
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر".split(),
}
SECTIONS = {
    "en": {"features": "Features", "society": "Society & Culture", "politics": "Politics"},
    "fa": {"features": "گزارش"},
    "ar": {"from-inside-iran": "من داخل إيران"},
}
_AUTHORS = {
    "en": ["Leila Karimpour", "Daniel Ostrander", "Mina Shahabi", "Peter Hollis"],
    "fa": ["مینا پرویزی", "سینا فرهودی", "نگار صدیقی", "پیام راد"],
    "ar": ["سلمى النجار", "عمر الخطيب", "ليلى حداد", "يوسف منصور"],
}
_WORDS = {
    "en": (
        "report prison women court officials arrested lawyer family village letter because under years with the of a "
        "in and that was from their by for river teacher school harbour winter morning police witness hearing verdict "
        "sentence appeal student union worker factory wages strike water drought farmer province city street hospital "
        "doctor journalist newspaper photograph archive border guard ministry minister parliament law article charge "
        "evidence interview neighbour daughter mother brother released detained questioned denied confirmed announced "
        "said told wrote published closed opened waited refused returned during after before while against without"
    ),
    "fa": (
        "گزارش زندان زنان دادگاه خبرنگاران بازداشت وکیل خانواده روستا نامه می‌گویند که از در با برای و به این آن را "
        "است شد بود می‌شود نمی‌تواند سال‌ها رودخانه معلم مدرسه زمستان صبح پلیس شاهد جلسه حکم تجدیدنظر دانشجو کارگر "
        "کارخانه دستمزد اعتصاب آب خشکسالی کشاورز استان شهر خیابان بیمارستان پزشک روزنامه عکس بایگانی مرز وزارت وزیر "
        "مجلس قانون اتهام مدرک گفت‌وگو همسایه دختر مادر برادر آزاد بازجویی تکذیب تأیید اعلام گفت نوشت منتشر بسته باز "
        "ماند نپذیرفت بازگشت هنگام پس پیش علیه بدون خبرگزاری آن‌ها خانه‌ها"
    ),
    "ar": (
        "تقرير سجن نساء محكمة مسؤولون اعتقال محام عائلة قرية رسالة لأن تحت سنوات مع في من على إلى أن التي الذي هذا "
        "هذه نهر معلم مدرسة شتاء صباح شرطة شاهد جلسة حكم استئناف طالب نقابة عامل مصنع أجور إضراب ماء جفاف فلاح محافظة "
        "مدينة شارع مستشفى طبيب صحفي صحيفة صورة أرشيف حدود وزارة وزير برلمان قانون تهمة دليل مقابلة جار ابنة أم أخ "
        "أطلق احتجز استجوب نفى أكد أعلن قال كتب نشر أغلق فتح انتظر رفض عاد خلال بعد قبل ضد بدون"
    ),
}
_QUOTES = {"en": "“{}”", "fa": "«{}»", "ar": "«{}»"}


@dataclass(frozen=True, slots=True)
class Story:
    """One article, and the chance that laid it out."""

    id: int
    language: str
    section: str
    headline: str
    day: date
    authors: tuple[str, ...]
    minutes: int
    captions: tuple[str, ...]
    paragraphs: tuple[str, ...]
    subheads: tuple[str, ...]
    rng: random.Random

    @property
    def path(self) -> str:
        return f"/{self.language}/{self.section}/{self.id}-a-made-up-story/"

    @property
    def url(self) -> str:
        return f"https://iranwire.com{self.path}"

    @property
    def section_name(self) -> str:
        return SECTIONS[self.language][self.section]

    @property
    def shown_date(self) -> str:
        """As the site writes it: Solar Hijri in Persian digits, Gregorian in the other editions."""
        if self.language == "fa":
            day = jdatetime.date.fromgregorian(date=self.day)
            return f"{_native(day.day, 'fa')} {_MONTHS['fa'][day.month - 1]} {_native(day.year, 'fa')}"
        month = _MONTHS[self.language][self.day.month - 1]
        if self.language == "ar":
            return f"{self.day.day} {month} {self.day.year}"
        return f"{month} {self.day.day}, {self.day.year}"

    @property
    def shown_minutes(self) -> str:
        if self.language == "fa":
            return f"خواندن در {_native(self.minutes, 'fa')} دقیقه"
        return f"{_native(self.minutes, 'ar')} دقيقة للقراءة" if self.language == "ar" else f"{self.minutes} min read"

    def body(self) -> list[tuple[str, str]]:
        """("p" or "h2", text), in reading order."""
        every = len(self.paragraphs) // (len(self.subheads) + 1)
        blocks = []
        for number, text in enumerate(self.paragraphs):
            if number and number % every == 0 and number // every <= len(self.subheads):
                blocks.append(("h2", self.subheads[number // every - 1]))
            blocks.append(("p", text))
        return blocks


def story(language: str, number: int) -> Story:
    """The same one for the same number, every time."""
    rng = random.Random(f"{language}/{number}")  # noqa: S311 - no secret, the same pages every time
    return Story(
        id=FIRST_ID + number,
        language=language,
        section=rng.choice(list(SECTIONS[language])),
        headline=words(rng, language, rng.randint(6, 12)),
        day=date(2018, 1, 1) + timedelta(days=rng.randrange(2500)),
        authors=tuple(rng.sample(_AUTHORS[language], rng.choice((0, 1, 1, 1, 2)))),
        minutes=rng.randint(2, 40),
        captions=tuple(words(rng, language, rng.randint(8, 20)) for _ in range(rng.randint(1, 5))),
        paragraphs=tuple(paragraph(rng, language) for _ in range(rng.randint(18, 30))),
        subheads=tuple(words(rng, language, rng.randint(3, 6)) for _ in range(rng.randint(0, 3))),
        rng=rng,
    )


def words(rng: random.Random, language: str, count: int) -> str:
    chosen = " ".join(rng.choices(_WORDS[language].split(), k=count))
    return chosen[:1].upper() + chosen[1:]


def paragraph(rng: random.Random, language: str) -> str:
    sentences = []
    for _ in range(rng.randint(1, 5)):
        text = words(rng, language, rng.randint(8, 24))
        sentences.append(_QUOTES[language].format(text + ".") if rng.random() < 0.15 else text + ".")
    return " ".join(sentences)


def _native(number: int, language: str) -> str:
    return "".join(_DIGITS[language][int(digit)] for digit in str(number))
