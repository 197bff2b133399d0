"""A mail server that keeps what it gets, and a browser that follows the mailed links."""

import email
import html
import re
import socketserver
import threading
from email.policy import default
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, build_opener


class Mail:
    """Listens on a port of its own until it is left."""

    def __init__(self):
        self.mails = []
        mails = self.mails

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self):
                converse(self.rfile, self.wfile, mails)

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @property
    def settings(self):
        """`smtpServer` of a realm."""
        host, port = self.server.server_address
        return {"host": host, "port": str(port), "from": "realm@example.com"}

    def next(self):
        """Recipients and link of the oldest mail that was not taken yet. The answer of the server comes after it."""
        recipients, message = self.mails.pop(0)
        text = message.get_body(("plain", "html")).get_content()
        return recipients, html.unescape(re.search(r"https?://[^\s\"'<>]+", text)[0])


def converse(lines, answers, mails):
    """SMTP as far as one mail needs it (RFC 5321 §4.1)."""

    def say(line):
        answers.write(line + b"\r\n")

    say(b"220 mail")
    recipients = []
    while line := lines.readline().strip():
        if line.upper() == b"DATA":
            say(b"354 go on")
            text = []
            while (part := lines.readline()) not in (b".\r\n", b""):
                text.append(part.removeprefix(b"."))
            mails.append((recipients, email.message_from_bytes(b"".join(text), policy=default)))
            recipients = []
            say(b"250 kept")
        elif line.upper() == b"QUIT":
            say(b"221 bye")
            return
        else:
            if recipient := re.match(rb"RCPT TO:<(.*)>", line, re.I):
                recipients.append(recipient[1].decode())
            say(b"250 ok")


#: That of a new password, among others that a page may have.
FORM = r'<form[^>]*action="([^"]+)"[^>]*>((?:(?!</form>).)*name="password-new".*?)</form>'

#: Keyward does nothing when a link is opened, which mail scanners do too: it asks by a button.
CONFIRM = r'<form[^>]*id="kc-action-form"[^>]*action="([^"]+)"[^>]*>(.*?)</form>'


def follow(link, new_password=None):
    """Opens a mailed link and does what its pages ask: one step on by link or button, or a new password."""
    # Browsers send Secure cookies to a loopback address too.
    cookies = CookieJar(DefaultCookiePolicy(secure_protocols=("https", "http")))
    browser = build_opener(HTTPCookieProcessor(cookies))
    url, data = link, None
    for _ in range(5):
        with browser.open(url, data, timeout=10) as response:
            here, page = response.url, response.read().decode()
        password = re.search(FORM, page, re.S)
        form = password or re.search(CONFIRM, page, re.S)
        # Links to the page in another language are no step on.
        proceed = re.search(r'<a [^>]*href="((?![^"]*ui_locales=)[^"]*login-actions/[^"]*)"', page)
        if form:
            hidden = re.findall(r'<input type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form[2])
            fields = {name: html.unescape(value) for name, value in hidden}
            if password:
                fields |= {"password-new": new_password, "password-confirm": new_password}
            url, data = form[1], urlencode(fields).encode()
        elif proceed:
            url, data = proceed[1], None
        else:
            return
        url = urljoin(here, html.unescape(url))
    raise AssertionError("too many steps")
