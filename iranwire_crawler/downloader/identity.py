"""Says who crawls: the user agent carries the contact that the operator sets."""

import logging

from scrapy.settings import BaseSettings

from iranwire_crawler.domain.errors import ArgumentError

logger = logging.getLogger(__name__)


class IdentityAddon:
    """Appends CONTACT (a mail address or a page) to USER_AGENT; asks for one where the site is asked."""

    def update_settings(self, settings: BaseSettings) -> None:
        contact = settings.get("CONTACT")
        if contact:
            if not str(contact).isprintable() or not str(contact).isascii() or "(" in str(contact):
                raise ArgumentError(f"CONTACT={contact!a}: a mail address or a page is needed, in plain characters")
            settings.set("USER_AGENT", f"{settings['USER_AGENT']} (+{contact})", priority="cmdline")
        elif not settings.get("SAVED_PAGES"):
            logger.warning("CONTACT is not set: the site cannot tell whom to ask (-s CONTACT=you@example.org)")
