"""A browser without scripts, of the plainest sort: sends exactly these headers, keeps cookies, knows forms."""

import http.client
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from exchange import CONNECTION, Answer

# A redirect more than these is a loop.
STEPS = 5


def send(url, method, headers, body=""):
    """One exchange, nothing added to what is sent but the headers of the connection."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    try:
        return answered(connection, parts, method, headers, body)
    except (OSError, http.client.HTTPException) as error:
        return Answer(0, [], f"no answer: {error!r}")
    finally:
        connection.close()


def answered(connection, parts, method, headers, body):
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    connection.putrequest(method, target, skip_accept_encoding=True)
    payload = body.encode()
    for name, value in headers:
        connection.putheader(name, value.encode())
    if payload or method in ("POST", "PUT"):
        connection.putheader("Content-Length", str(len(payload)))
    connection.endheaders(payload or None)
    response = connection.getresponse()
    text = response.read().decode("utf-8", "replace")
    kept = [(name, value) for name, value in response.getheaders() if name.lower() not in CONNECTION]
    return Answer(response.status, kept, text.strip())


class NoForm(Exception):
    """A page was to have a form."""


class Browser:
    def __init__(self):
        self.cookies = {}
        self.url = None
        self.page = None

    def send(self, url, method="GET", headers=(), body=""):
        """Sends with the cookies, keeps those that come, and remembers the page."""
        headers = [pair for pair in headers if pair[0].lower() != "cookie"]
        if not any(name.lower() == "accept" for name, _ in headers):
            headers.append(("Accept", "text/html,application/xhtml+xml"))
        if self.cookies:
            headers.append(("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items())))
        answer = send(url, method, headers, body)
        for cookie in answer.all("Set-Cookie"):
            pair, *attributes = cookie.split(";")
            name, _, value = pair.strip().partition("=")
            if any(attribute.strip().lower() == "max-age=0" for attribute in attributes):
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        self.url, self.page = url, answer
        return answer

    def follow(self, base):
        """Follows redirects of the server itself; how many it took until a page or another address came."""
        steps = 0
        while self.page.status in (302, 303) and steps < STEPS:
            location = urljoin(self.url, self.page.one("Location") or "")
            if not location.startswith(base):
                break
            self.send(location)
            steps += 1
        return steps

    def form(self):
        """The first form of the page that has one."""
        found = forms(self.page.text) if self.page else []
        if not found:
            page = self.page and f"{self.page.status} {self.page.one('Location') or self.page.text[:200]}"
            raise NoForm(f"no form to fill in: {page}")
        return found[0]

    def action(self):
        return urljoin(self.url, self.form().action or self.url)


class Form:
    def __init__(self, attributes):
        self.id = attributes.get("id")
        self.action = attributes.get("action")
        self.method = (attributes.get("method") or "get").lower()
        self.fields = set()
        self.hidden = {}


class Forms(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "form":
            self.found.append(Form(attributes))
        name = attributes.get("name")
        if tag in ("input", "button", "select") and name and self.found:
            self.found[-1].fields.add(name)
            if (attributes.get("type") or "").lower() == "hidden":
                self.found[-1].hidden[name] = attributes.get("value") or ""


def forms(page):
    """The forms of a page, with the names of their fields."""
    parser = Forms()
    parser.feed(page)
    return parser.found
