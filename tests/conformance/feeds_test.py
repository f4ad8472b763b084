#!/usr/bin/python3
"""Reads a log's Atom feeds as a feed reader does, and checks them against RFC 4287.

Shares no code with the log: Python's own XML parser and HTTP client.
"""
import datetime
import http.client
import os
import re
import subprocess
import unittest
import urllib.parse
import xml.etree.ElementTree

SERVER = os.path.join(os.environ.get("TEST_SRCDIR", "bazel-bin"), "sightline", "tests/conformance/connect_server")
ATOM = "{http://www.w3.org/2005/Atom}"
ENTRIES = 120


class Log:
    def __init__(self):
        self.process = subprocess.Popen([SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.address = self.line().replace("serving HTTP on ", "")
        self.agency = self.line()

    def line(self):
        return self.process.stdout.readline().strip()

    def append(self, entries):
        self.process.stdin.write("%d\n" % entries)
        self.process.stdin.flush()
        return int(self.line().replace("size ", ""))

    def get(self, path, method="GET", **headers):
        connection = http.client.HTTPConnection(self.address, timeout=60)
        connection.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response, body

    def feed(self, path):
        response, body = self.get(path)
        assert response.status == 200, (path, response.status, body)
        return xml.etree.ElementTree.fromstring(body)

    def stop(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def links(element):
    return {link.get("rel"): link.get("href") for link in element.findall(ATOM + "link")}


def index_of(entry):
    return int(entry.find(ATOM + "id").text.rsplit("/", 1)[1])


class FeedsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.log = Log()
        cls.size = cls.log.append(ENTRIES)

    @classmethod
    def tearDownClass(cls):
        cls.log.stop()

    def check_dates(self, element):
        text = element.find(ATOM + "updated").text
        self.assertRegex(text, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
        datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))

    def check_construct(self, element):
        """What every feed and entry must have exactly once (RFC 4287 4.1.1, 4.1.2)."""
        for name in ["id", "title", "updated"]:
            self.assertEqual(len(element.findall(ATOM + name)), 1, name)
        parsed = urllib.parse.urlsplit(element.find(ATOM + "id").text)
        self.assertTrue(parsed.scheme and parsed.netloc, "an id is an absolute IRI")
        self.assertTrue(element.find(ATOM + "title").text)
        self.check_dates(element)

    def all_pages(self, path):
        """Yields the pages from the newest to the oldest."""
        while path is not None:
            feed = self.log.feed(path)
            self.check_construct(feed)
            self.assertEqual(links(feed)["self"], path)
            yield feed
            path = links(feed).get("next")

    def test_feed_has_all_entries_newest_first(self):
        pages = list(self.all_pages("/feed.atom"))
        found = [index_of(entry) for feed in pages for entry in feed.findall(ATOM + "entry")]
        self.assertEqual(found, list(range(self.size - 1, -1, -1)))
        self.assertEqual({len(feed.findall(ATOM + "entry")) for feed in pages[:-1]}, {50})
        self.assertEqual({links(feed)["first"] for feed in pages}, {"/feed.atom"})
        self.assertEqual(len({feed.find(ATOM + "id").text for feed in pages}), 1)

    def test_entries_are_whole(self):
        for entry in self.log.feed("/feed.atom").findall(ATOM + "entry"):
            self.check_construct(entry)
            self.assertEqual(entry.find(ATOM + "author").find(ATOM + "name").text, self.log.agency)
            self.assertEqual(entry.find(ATOM + "category").get("term"), "footage_request")
            self.assertLess(len(entry.find(ATOM + "title").text), 400)
            response, body = self.log.get(links(entry)["alternate"])
            self.assertEqual(response.status, 200)
            self.assertIn(b'"index":"%d"' % index_of(entry), body)

    def test_feed_of_a_submitter_is_its_entries(self):
        path = "/feed/%s.atom" % self.log.agency
        found = [index_of(entry) for feed in self.all_pages(path) for entry in feed.findall(ATOM + "entry")]
        # 0 genesis, 1 and 2 enrolments: the registrars'.
        self.assertEqual(found, list(range(self.size - 1, 2, -1)))
        quoted = "/feed/%s.atom" % urllib.parse.quote(self.log.agency)
        self.assertEqual(len(self.log.feed(quoted).findall(ATOM + "entry")), 50)
        registrars = self.log.feed("/feed/registrar.atom")
        self.assertEqual([index_of(entry) for entry in registrars.findall(ATOM + "entry")], [2, 1, 0])

    def test_new_entries_come_first(self):
        response, before = self.log.get("/feed.atom")
        tag = response.getheader("ETag")
        self.assertTrue(re.match(r'^"[^"]+"$', tag))
        self.assertEqual(response.getheader("Content-Type"), "application/atom+xml; charset=utf-8")
        self.assertEqual(response.getheader("Access-Control-Allow-Origin"), "*")
        response, body = self.log.get("/feed.atom", If_None_Match=tag)
        self.assertEqual((response.status, body), (304, b""))
        old_page = self.log.get("/feed.atom?from=60")
        type(self).size = self.log.append(1)
        response, after = self.log.get("/feed.atom", If_None_Match=tag)
        self.assertEqual(response.status, 200)
        self.assertNotEqual(before, after)
        first = xml.etree.ElementTree.fromstring(after).find(ATOM + "entry")
        self.assertEqual(index_of(first), self.size - 1)
        same_page = self.log.get("/feed.atom?from=60")
        self.assertEqual(same_page[1], old_page[1])
        self.assertIn("immutable", same_page[0].getheader("Cache-Control"))

    def test_what_is_not_there_is_not_found(self):
        for path in ["/feed/", "/feed", "/feed.atom/", "/feed/ori:ZZ0000000.atom", "/feed/nonsense.atom",
                     "/feed/%zz.atom", "/feed.atom?from=%d" % (self.size + 1000),
                     "/feed/%s.atom?from=1" % self.log.agency]:
            response, _ = self.log.get(path)
            self.assertEqual(response.status, 404, path)
        response, _ = self.log.get("/feed.atom?from=-1")
        self.assertEqual(response.status, 400)
        response, _ = self.log.get("/feed.atom", method="POST")
        self.assertEqual(response.status, 405)
        response, body = self.log.get("/feed.atom", method="HEAD")
        self.assertEqual((response.status, body), (200, b""))


if __name__ == "__main__":
    unittest.main()
