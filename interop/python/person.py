"""A person at a browser without scripts: follows redirects, keeps cookies, fills in the login form."""

import html
import os
import re
from urllib.parse import urljoin

import requests

REDIRECT_URI = "http://127.0.0.1:8123/callback"


class Person:
    def __init__(self, username="alice"):
        self.username = username
        self.password = os.environ[f"KEYWARD_{username.upper()}_PASSWORD"]
        self.browser = requests.Session()

    def visit(self, url):
        """Opens a URL, logs in where a login form comes, and gives the application's address that it ends at."""
        response = self.browser.get(url, timeout=10, allow_redirects=False)
        for _ in range(10):
            if location := response.headers.get("Location"):
                url = urljoin(url, location)
                if url.startswith(REDIRECT_URI):
                    return url
                response = self.browser.get(url, timeout=10, allow_redirects=False)
                continue
            form = re.search(r'<form id="kc-form-login"[^>]*action="([^"]+)"[^>]*>(.*?)</form>', response.text, re.S)
            assert form, f"neither a redirect nor a login form: {response.status_code} {response.text[:500]}"
            hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[2])
            fields = {name: html.unescape(value) for name, value in hidden}
            fields |= {"username": self.username, "password": self.password}
            action = urljoin(url, html.unescape(form[1]))
            response = self.browser.post(action, data=fields, timeout=10, allow_redirects=False)
        raise AssertionError("too many steps")
