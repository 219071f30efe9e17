"""Composition root: every part is wired here by dotted path; a changed value says why."""

import os

from iranwire_crawler.domain import site
from iranwire_crawler.domain.version import VERSION
from iranwire_crawler.domain.web_archive import INTERNET_ARCHIVE

BOT_NAME = "iranwire_crawler"
SPIDER_MODULES = ["iranwire_crawler.spiders"]
NEWSPIDER_MODULE = "iranwire_crawler.spiders"
COMMANDS_MODULE = "iranwire_crawler.commands"

# Ours: where run folders stand, relative to the working directory.
DATA_DIR = "data"
# Ours: a folder of saved pages to read instead of the network.
SAVED_PAGES = None
# Ours: an origin that stands in for the site's hosts, for tests.
SITE_URL = None

ADDONS = {
    # First: all others, and the spiders, find settings that can be used.
    "iranwire_crawler.extensions.checked_settings.CheckedSettingsAddon": 10,
    "iranwire_crawler.downloader.identity.IdentityAddon": 50,
    "iranwire_crawler.downloader.saved_pages.SavedPagesAddon": 100,
    # After saved pages: with those no browser is looked for.
    "iranwire_crawler.downloader.render.RenderAddon": 150,
    # Last: a run that cannot start leaves no folder behind.
    "iranwire_crawler.extensions.run_folder.RunFolderAddon": 900,
}

EXTENSIONS = {
    # After FeedExporter (0): a record is counted when it has been written, or has not.
    "iranwire_crawler.extensions.verdict.RunReport": 500,
    "iranwire_crawler.extensions.progress.Progress": 510,
}

SPIDER_MIDDLEWARES = {
    # Next to the spider: what it replaces and asks for passes all others.
    "iranwire_crawler.spiders.other_ways.OtherWays": 950,
}

DOWNLOADER_MIDDLEWARES = {
    # First: what is not the site's is refused before anything else looks at it. Stricter than
    # Scrapy's OffsiteMiddleware, which would drop what SITE_URL redirects.
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "iranwire_crawler.downloader.own_hosts.OwnHosts": 50,
    # Scrapy 2.14 to 2.19 let waiting requests slip past robots.txt, and read a 5xx as "all allowed".
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "iranwire_crawler.downloader.robots.RobotsTxt": 100,
    # Scrapy has no Retry-After.
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "iranwire_crawler.downloader.retry_after.RetryAfter": 550,
    # Scrapy's lets half a body pass for a whole one.
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "iranwire_crawler.downloader.whole_bodies.WholeBodies": 590,
    # Next to the network: bodies are as they came, redirects, robots.txt and what is retried among them.
    "iranwire_crawler.downloader.raw_pages.RawPages": 995,
}

ITEM_PIPELINES = {
    "iranwire_crawler.pipelines.unread.KeepUnread": 50,
    "iranwire_crawler.pipelines.probe.KeepPages": 50,
    "iranwire_crawler.pipelines.clean.Clean": 100,
    # After cleaning: what a page's text broke and cleaning mends is no fault.
    "iranwire_crawler.pipelines.validate.Validate": 200,
    # After validation: a rejected first reading must not keep a good second one out.
    "iranwire_crawler.pipelines.dedupe.Dedupe": 300,
    # After the run's own: what is left is one reading of each article, held against the runs before.
    "iranwire_crawler.pipelines.revise.Revise": 400,
    # After the revisions: a text that is known as it stands has been told of already.
    "iranwire_crawler.pipelines.duplicates.Duplicates": 500,
}

# --- what is asked of the site, and how fast -------------------------------------------------------------------------

# Default "Scrapy/VERSION". Says who asks; CONTACT is the operator's to set.
CONTACT = None
USER_AGENT = f"iranwire_crawler/{VERSION}"
# Default False. The site's rules are obeyed.
ROBOTSTXT_OBEY = True
# Default 8. One request at a time, so that a small site never feels a crawl.
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# Default 100. Scrapy starts as many tasks for each page, whatever comes of it; our pipelines wait for nothing.
CONCURRENT_ITEMS = 1
# Default 16. Scrapy still fetches what is queued behind a slot when it is told to stop: eight pages at
# three seconds took 34 s to close. There is one host.
CONCURRENT_REQUESTS = 2
# Default 0 (seconds).
DOWNLOAD_DELAY = 1
# Default False. Slower still when the site answers slowly.
AUTOTHROTTLE_ENABLED = True
# Default False. Every status reaches the spider, which says what was not read; redirects are followed.
HTTPERROR_ALLOW_ALL = True
# Default True. Nothing here needs a session; and with cookies on, Scrapy's cookie middleware makes
# tldextract fetch the public suffix list from hosts that are not the site's.
COOKIES_ENABLED = False
# Defaults True: both open a listening port, one of them runs any Python it is sent.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
# Default False.
DOWNLOAD_VERIFY_CERTIFICATES = True
# Defaults 1 GiB and 32 MiB: no page of a news site is that large.
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024
DOWNLOAD_WARNSIZE = 8 * 1024 * 1024
# Default 180 (seconds).
DOWNLOAD_TIMEOUT = 60
# Protego looks for a group's token anywhere in the user agent; the bare product name is ours.
ROBOTSTXT_USER_AGENT = "iranwire_crawler"
OWN_HOSTS = [site.HOST, "www.iranwire.com"]
HOST_REWRITES = {"stg.iranwire.com": site.HOST, "prod.iranwire.com": site.HOST}

# --- when it fails ---------------------------------------------------------------------------------------------------

# Scrapy's drops a redirect to a page that was asked for, and tells nobody.
DUPEFILTER_CLASS = "iranwire_crawler.downloader.seen_requests.SeenRequests"
# Default 20. A page that redirects to itself costs a request each time.
REDIRECT_MAX_TIMES = 5
# Default 500, 502, 503, 504, 522, 524, 408, 429. The others are what Cloudflare says of a server that is down.
RETRY_HTTP_CODES = [408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 530]
# Default "ERROR". Whoever asked for the page says in one line what became of it.
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"
# Ours: seconds that a site which has answered before is waited for before the run ends.
OUTAGE_PATIENCE = 600

# --- what is kept ----------------------------------------------------------------------------------------------------

# Ours: every run keeps what it fetched as WARC in its run folder; "no" to keep nothing.
SAVE_RAW = True
# Ours: a WARC file is closed and another begun beyond this size; 1 GB is what web archives are used to.
WARC_MAX_BYTES = 1_000_000_000
# Ours: raw pages kept a run of those that could not be read; beyond, only their line.
UNREAD_MAX = 200
FEED_EXPORT_ENCODING = "utf-8"
# The run folder's own feeds: a run that is killed loses no line that it wrote.
FEED_EXPORTERS = {"whole_lines": "iranwire_crawler.extensions.whole_lines.WholeLines"}
# Default {}: nothing but the run folder's own feeds (RunFolderAddon).
FEEDS: dict[str, object] = {}

# --- only what is new ------------------------------------------------------------------------------------------------

# Ours: AGE:INTERVAL …: a known article younger than AGE is looked at again INTERVAL after the last time. News are
# corrected in their first hours, seldom after a week, hardly ever after a month. Older ones: -a recheck=all.
RECHECK_SCHEDULE = "1d:1h 7d:3h 30d:3d 365d:30d"
# Ours: known articles looked at again a run, the most overdue first: five minutes at a request a second.
RECHECK_MAX = 300
# Ours: how many pages of a section are walked at most to come to what a run before has, where -a max_pages does not
# say: some years of a section's articles. A listing that never ends must not keep a scheduled job for ever.
GAP_MAX_PAGES = 200
# Ours: from which share of equal runs of three words on an article repeats another one. A repost changes a date, a
# lead or a few words: one changed word in thirty costs a tenth. Two reports of one event share less than half.
DUPLICATE_SIMILARITY = 0.8

# --- pages whose content is not in their HTML ------------------------------------------------------------------------

# Default: Scrapy's own, for which a page in plain HTML and the same page from the browser are one.
REQUEST_FINGERPRINTER_CLASS = "iranwire_crawler.downloader.render.RenderedApart"
# Ours: whether a browser is used: "auto" where all else has failed, "never", "always".
RENDER = "auto"
# Ours: the browser's program; else the first Chromium that the system has.
BROWSER = None
# Ours: pages in the browser at once. A slot of the downloader lets no more through either (one, by default).
RENDER_PAGES = 1
# Ours: seconds in which a page's text must have come, and seconds without any change after which nobody waits.
RENDER_TIMEOUT = 20
RENDER_QUIET = 10
# Ours: a page's scripts may use so many MiB; beyond, the page crashes, and nothing else.
RENDER_MEMORY = 512
# Ours: pages after which the browser is started anew: whatever it has kept of them is gone.
RENDER_RESTART = 100
# Ours: how often "load more" is pressed, or a listing scrolled, that leads on in no other way.
RENDER_CLICKS = 4

# --- the archive spider's web archive (-a source=wayback) ------------------------------------------------------------

# Ours: a CDX server: the Internet Archive's, or a pywb's (http://host/collection/cdx).
CDX_URL = INTERNET_ARCHIVE
# Ours: where a raw capture lies; found from CDX_URL where that has one of the two forms.
CAPTURE_URL = None
# Ours: days after the window's last in which captures are looked for. An article is mostly captured within weeks;
# every day more brings captures of articles that are not of the window and must be read to be told so.
CDX_LAG = 60
# Ours: captures that are asked for in one list. A longer one is taken in two halves of its time.
CDX_LIMIT = 5_000
# Ours: set by the spider, for OwnHosts.
ARCHIVE_HOSTS: list[str] = []

# --- verdict ---------------------------------------------------------------------------------------------------------

# Ours: why a run may end and still be whole. Anything else (shutdown, closespider_timeout, …) is cut short.
VERDICT_ASKED_FOR = ["closespider_itemcount", "closespider_pagecount", "sample"]
# Ours: under 20 articles, one odd page moves a share by more than five points.
VERDICT_MIN_ARTICLES = 20
# Ours: of the articles that should have the field (a gallery need have no body), the least share in which it
# must be read. The site shows a headline and a date over every article; a fifth of the articles seen had no
# section, a fifth no author: half of them without is the reader's fault.
VERDICT_COVERAGE_FLOORS = {
    "headline": 1.0,
    "date_published": 0.95,
    "article_body": 0.9,
    "authors": 0.5,
    "section": 0.5,
}
# Ours: pages that cannot be read are tried again in every run, so that a broken reader soon reaches three.
VERDICT_MIN_UNREAD = 3
# Ours: dead links and pages that are no articles behind an article's address; one in nine of those seen.
VERDICT_MAX_UNREAD_SHARE = 0.2
# Ours: a rejected record is a fault of the reader; one page in fifty may be stranger than it knows.
VERDICT_MAX_REJECTED_SHARE = 0.02
# Ours: a section's page that did not come may have named new articles.
VERDICT_MAX_LISTINGS_FAILED = 0
# Ours: robots.txt may close corners of the site; more is a change of mind.
VERDICT_MAX_FORBIDDEN_SHARE = 0.2
# Ours: 403 and 429 that stand after retries. One or two pages may be closed to everybody, more is us.
VERDICT_MAX_REFUSED = 2
# Ours: an error in the log is a fault of ours; pages that do not answer are counted as unread.
VERDICT_MAX_ERRORS = 0
# Ours: where a verdict that is not sound is sent, as a JSON POST. A secret: in the environment it stands in no
# process list.
NOTIFY_URL = os.environ.get("NOTIFY_URL")
# Ours: also a sound one.
NOTIFY_ALWAYS = False

# --- log and display -------------------------------------------------------------------------------------------------

# Default "DEBUG": one line a page and item would drown what an operator must see.
LOG_LEVEL = "INFO"
# Scrapy's makes such a line for each record and throws it away.
LOG_FORMATTER = "iranwire_crawler.extensions.quiet_items.QuietItems"
# Ours: the live display, where standard error is a terminal; "no" for plain log lines.
PROGRESS = True
# Ours: seconds between two log lines that say how far the run is, where there is no display. 0: none.
PROGRESS_HEARTBEAT = 60
# Default 60. The heartbeat says the same and more.
LOGSTATS_INTERVAL = 0
