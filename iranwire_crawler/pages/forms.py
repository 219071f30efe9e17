"""Where the buttons of a page's forms lead: a pager can be a form."""

from urllib.parse import urlencode

from selectolax.lexbor import LexborNode

# How many forms are read, how many fields and buttons of each, and how many may stand in all.
_MOST_FORMS = 50
_MOST_FIELDS = 20
_MOST_IN_FORMS = 5_000


class Forms:
    """The buttons of a page's forms that change nothing, by their place in memory, and the addresses they lead to."""

    def __init__(self) -> None:
        self.buttons: dict[int, str] = {}
        self.forms = self.seen = 0

    def read(self, form: LexborNode) -> None:
        self.forms += 1
        attributes = form.attributes
        # Broken markup can nest forms, each of which would be looked through again.
        spent = self.forms > _MOST_FORMS or self.seen > _MOST_IN_FORMS
        if spent or (attributes.get("method") or "get").lower() != "get":
            return
        action = (attributes.get("action") or "").partition("?")[0]
        hidden, buttons = form.css("input[type=hidden][name]"), form.css(":is(button, input[type=submit])")
        self.seen += len(hidden) + len(buttons)
        fields = [_field(node) for node in hidden[:_MOST_FIELDS]]
        for button in buttons[:_MOST_FIELDS]:
            given = [(name, value) for name, value in (*fields, _field(button)) if name]
            if given:
                self.buttons[button.mem_id] = f"{action}?{urlencode(given, errors='replace')}"


def _field(node: LexborNode) -> tuple[str, str]:
    return node.attributes.get("name") or "", node.attributes.get("value") or ""
