"""Tells someone how a run has ended: one JSON POST to NOTIFY_URL, bounded in time, after everything is closed."""

import json
import logging
import socket
import threading
import time
import urllib.request
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

from iranwire_crawler.domain.errors import ArgumentError
from iranwire_crawler.domain.text import for_terminal

logger = logging.getLogger(__name__)

SCHEMA_VERSION = 1
_TRIES = 3
_TIMEOUT = 10.0
_PAUSE = 2.0
_LONGEST = 30.0


class _StayThere(urllib.request.HTTPRedirectHandler):
    """What the operator named is told, and nobody else."""

    def redirect_request(self, *_: Any) -> None:
        return None


def check_address(url: str | None) -> None:
    """Raises ArgumentError, which does not show it, for what is no http(s) address: a webhook's address is a secret."""
    try:
        parts = urlsplit(url or "https://none")
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good:
        raise ArgumentError("NOTIFY_URL: not an http(s) address")


def notify(url: str, message: Mapping[str, Any]) -> bool:
    """POST `message` as JSON; up to three tries in half a minute. Returns whether it was taken (2xx).

    Never raises, and shows the address nowhere. Waits no longer whatever the other side or the name service does.
    """
    taken: list[bool] = []
    thread = threading.Thread(target=_post, args=(url, json.dumps(message).encode(), taken), daemon=True)
    thread.start()
    thread.join(_LONGEST)
    if not any(taken):
        logger.warning("The verdict could not be sent to NOTIFY_URL")
    return any(taken)


def message(name: str, exit_code: int, report: Mapping[str, Any] | None, said: str = "") -> dict[str, Any]:
    """What is sent. `report`: the run's `run.json`; None for a run that left none, then `said` is why.

    `text` is one line for people, where chat systems look for it.
    """
    report = report or {}
    judged = report.get("verdict") or {}
    reasons = list(judged.get("reasons", ())) or ([{"code": "could_not_start", "message": said}] if said else [])
    if not reasons and exit_code:
        reasons = [{"code": "cut_off", "message": "the run was cut off before its verdict"}]
    ending = "sound" if exit_code == 0 else "someone must look"
    why = "; ".join(f"{reason['code']}: {reason['message']}" for reason in reasons)
    return {
        "schema_version": SCHEMA_VERSION,
        "text": for_terminal(f"iranwire_crawler {name}: {ending}{f': {why}' if why else ''}", 1000),
        "spider": name,
        "host": socket.gethostname(),
        "exit_code": exit_code,
        "reasons": reasons,
        "notes": list(judged.get("notes", ())),
        **{key: report.get(key) for key in ("started", "finished", "finish_reason", "counts")},
    }


def _post(url: str, body: bytes, taken: list[bool]) -> None:
    opener = urllib.request.build_opener(_StayThere)
    headers = {"Content-Type": "application/json", "User-Agent": "iranwire_crawler"}
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(_PAUSE)
        try:
            request = urllib.request.Request(url, body, headers)  # noqa: S310 - http(s): check_address
            with opener.open(request, timeout=_TIMEOUT) as answer:
                taken.append(HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES)
                return
        except HTTPError as error:
            error.close()
            if error.code < HTTPStatus.INTERNAL_SERVER_ERROR and error.code != HTTPStatus.TOO_MANY_REQUESTS:
                return  # It will not be taken the next time either.
        except Exception:  # noqa: S112 - whatever it is, its words may hold the address
            continue
