"""The administrator who makes the realm anew whenever a request took something away from it."""

import json
import os
import time

import requests

import realm as recorded

#: Seconds that a token is used; it lives longer.
FRESH = 60


class Server:
    def __init__(self, mail):
        self.url = os.environ["KEYWARD_ADMIN_URL"].rstrip("/")
        self.account = {
            "username": os.environ["KEYWARD_ADMIN_USER"],
            "password": os.environ["KEYWARD_ADMIN_PASSWORD"],
        }
        self.session = requests.Session()
        self.file = recorded.read(mail)
        self.bearer, self.until = "", 0.0
        self.places = None
        self.query = recorded.query(self.file)

    def token(self):
        """Of an administrator of everything, through `admin-cli`."""
        if time.monotonic() > self.until:
            form = {"grant_type": "password", "client_id": "admin-cli"} | self.account
            answer = requests.post(f"{self.url}/realms/master/protocol/openid-connect/token", data=form, timeout=60)
            answer.raise_for_status()
            self.bearer, self.until = answer.json()["access_token"], time.monotonic() + FRESH
        return self.bearer

    def make(self):
        """The realm as it was in the beginning."""
        self.delete(self.file["id"], recorded.NAME)
        self.ask("POST", "/admin/realms", 201, self.file)
        below = f"/admin/realms/{recorded.NAME}"
        made = self.ask("POST", f"{below}/organizations", 201, recorded.ORGANIZATION)
        executions = self.ask("GET", f"{below}/authentication/flows/browser/executions", 200).json()
        later = {
            "organizations": [made.headers["Location"].rsplit("/", 1)[1]],
            "executions": [execution["id"] for execution in executions],
        }
        self.places = recorded.places(self.file, later)

    def delete(self, *identities):
        """Ends the realms of these names or ids."""
        for realm in self.ask("GET", "/admin/realms?briefRepresentation=true", 200).json():
            if realm["id"] in identities or realm["realm"] in identities:
                self.ask("DELETE", f"/admin/realms/{requests.utils.quote(realm['realm'], safe='')}", 204)

    def ask(self, method, path, status, body=None):
        answer = self.session.request(
            method,
            self.url + path,
            data=None if body is None else json.dumps(body),
            headers={"Authorization": f"Bearer {self.token()}", "Content-Type": "application/json"},
            timeout=60,
        )
        if answer.status_code != status:
            raise AssertionError(f"{method} {path} answers {answer.status_code}: {answer.text[:1000]}")
        return answer
