#!/usr/bin/python3
"""Reads logs over HTTP as c2sp.org/tlog-tiles describes them, and recomputes them.

Shares no code with the log: geometry, paths and hashes are written here again,
from the specification, and anchored in published vectors.
"""
import base64
import gzip
import hashlib
import http.client
import os
import socket
import subprocess
import unittest

SERVER = os.path.join(os.environ.get("TEST_SRCDIR", "bazel-bin"), "sightline", "tests/conformance/tile_server")

BOUNDARIES = [255, 256, 257, 65535, 65536, 65537]

# Roots of trees whose leaf i is the 8-byte big-endian number i.
ROOTS = {
    255: "bb3b9743e08118ea583ae77df04a1449a0601cde6f75146d79c2cab6366ce210",
    256: "15e2dd4973ae44de8c8cf3048fd98d17adaaea6287f4e0606a55a643617408c0",
    257: "d418c0873259bce7d0561ab004486112416c1c4490865415342bfe06e673146c",
    65535: "e7321cd57abf36c522d89e6d26bd9098a37b6a8b06b318976269e701f6d4802d",
    65536: "bc9bca909516d5bf148c2bf2dea0a0d9f717ce4987d2fe7504d6694363b41598",
    65537: "a901bb447a4b4c361cdf559658f27f24a8a3ebbc49257c472efe950932d4853a",
}

# SHA-256 of resources of the tree of 70,000 such leaves.
RESOURCES_70000 = {
    "/tile/0/000": "20cd0859c7fb4ae9eeac1d244887e6f9342d86ce0b1a1c7bb244915d3d0dc971",
    "/tile/0/272": "f33da3aeeb4da30453ed750cea6fd7a46dbb364aaf65b9747d180a316fdf6571",
    "/tile/0/273.p/112": "c7ebb1581fb37d08e8c14ef23ce02ebd07d79d783b6515c740d8b9f566ef0289",
    "/tile/1/000": "dbf848d70619481ec09adf64ff73d027ffd27f3cab12570d5087d7e9fede902a",
    "/tile/1/001.p/17": "4fd210567f39abfd6af3acd3f895698cbaaf1b83bd764f98d7d81f431454aa54",
    "/tile/2/000.p/1": "2f3d7b72e1ccbf31e77e4c41d731da9c94fa1a6c08249fd49e5d4aded052b16b",
    "/tile/entries/000": "f4bae1960a3cedc6303230167918d50a56329bea77c58fbc22445dc195b60774",
    "/tile/entries/273.p/112": "d0948a54de15d727a997b2d243bf342e57f1ebdb01afea25232e1492fef0a899",
}

CHECKPOINT_8 = (
    "example.com/vector-log\n"
    "8\n"
    "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"
    "\n"
    "\u2014 example.com/vector-log "
    "PHIwPvyvNxjg8XL7s4B4Yxw7f/dfxPbqeWHLRYQ89RvlnXx+kkobHJ57LD8pqbcCRBwIHFOhXzmLWBdBR1qnH4nCQgI=\n"
).encode()
TILE_8 = "aea2f1bbb5140fd5f8eacb503fdf54c00c3d860c72588e40233addd416bc8f10"
BUNDLE_8 = (
    "00000001000001100002202100023031000440414243000850515253545556570010606162636465666768696a6b6c6d6e6f"
)


def sha256(data):
    return hashlib.sha256(data).digest()


def leaf(i):
    return i.to_bytes(8, "big")


def levels_of(size):
    """levels[L][i]: hash i of tile level L; full subtrees of 256^L leaves only."""
    row = [sha256(b"\0" + leaf(i)) for i in range(size)]
    levels = []
    while row:
        levels.append(row)
        for _ in range(8):
            row = [sha256(b"\1" + row[i] + row[i + 1]) for i in range(0, len(row) - 1, 2)]
    return levels


def root_of(hashes):
    """RFC 6962 section 2.1, as it is written there."""
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while 2 * k < len(hashes):
        k *= 2
    return sha256(b"\1" + root_of(hashes[:k]) + root_of(hashes[k:]))


def number(n):
    groups = []
    while True:
        groups.insert(0, "%03d" % (n % 1000))
        n //= 1000
        if n == 0:
            return "/".join(["x" + g for g in groups[:-1]] + groups[-1:])


def path_of(level, n, width):
    return "/tile/%s/%s%s" % (level, number(n), "" if width == 256 else ".p/%d" % width)


def bundle_of(first, width):
    return b"".join(b"\0\x08" + leaf(first + i) for i in range(width))


class Log:
    """A running tile_server, and one connection to it."""

    def __init__(self, kind):
        self.process = subprocess.Popen([SERVER, kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        prefix = "serving HTTP on "
        assert line.startswith(prefix), line
        host, port = line[len(prefix):].strip().split(":")
        self.address = (host, int(port))
        self.connection = http.client.HTTPConnection(*self.address, timeout=60)

    def grow(self, size):
        self.process.stdin.write("%d\n" % size)
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line == "size %d\n" % size, line

    def ask(self, method, path, headers=None):
        self.connection.request(method, path, headers=headers or {})
        response = self.connection.getresponse()
        return response, response.read()

    def get(self, path, headers=None):
        return self.ask("GET", path, headers)

    def close(self):
        self.connection.close()
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=30)


class LogTest(unittest.TestCase):
    kind = "numbers"

    def setUp(self):
        self.log = Log(self.kind)
        self.addCleanup(self.log.close)

    def body(self, path):
        response, body = self.log.get(path)
        self.assertEqual(response.status, 200, path)
        return body

    def status(self, path):
        return self.log.get(path)[0].status


class Vectors(LogTest):
    kind = "eight"

    def test_the_eight_leaf_tree(self):
        self.log.grow(8)
        self.assertEqual(self.body("/checkpoint"), CHECKPOINT_8)
        self.assertEqual(sha256(self.body("/tile/0/000.p/8")).hex(), TILE_8)
        self.assertEqual(self.body("/tile/entries/000.p/8").hex(), BUNDLE_8)

    def test_a_checkpoint_at_each_size(self):
        for size in range(1, 9):
            self.log.grow(size)
            self.assertEqual(self.body("/checkpoint").split(b"\n")[1], b"%d" % size)


class Trees(LogTest):
    def check_tree(self, size, levels):
        root = root_of(levels[0][:size])
        self.assertEqual(root.hex(), ROOTS[size])
        note = self.body("/checkpoint").split(b"\n")
        self.assertEqual(note[:3], [b"example.com/vector-log", b"%d" % size, base64.b64encode(root)])
        for level in range(len(levels) + 1):
            count = size >> (8 * level)
            full, width = divmod(count, 256)
            hashes = levels[level][:count] if level < len(levels) else []
            for n in range(full + 1):
                w = 256 if n < full else width
                if w == 0:
                    continue
                self.assertEqual(self.body(path_of(level, n, w)), b"".join(hashes[256 * n:256 * n + w]))
                if level == 0:
                    self.assertEqual(self.body(path_of("entries", n, w)), bundle_of(256 * n, w))
            self.check_end(level, full, width)

    def check_end(self, level, full, width):
        """Nothing lies beyond the last tile, neither empty nor wider."""
        for kind in [level] + (["entries"] if level == 0 else []):
            self.assertEqual(self.status(path_of(kind, full, 256)), 404)
            self.assertEqual(self.status(path_of(kind, full + 1, 256)), 404)
            self.assertEqual(self.status(path_of(kind, full + 1, 1)), 404)
            if width < 255:
                self.assertEqual(self.status(path_of(kind, full, width + 1)), 404)
            self.assertEqual(self.status("/tile/%s/%s.p/0" % (kind, number(full))), 404)

    def test_trees_around_each_boundary(self):
        levels = levels_of(max(BOUNDARIES))
        for size in BOUNDARIES:
            with self.subTest(size=size):
                self.log.grow(size)
                self.check_tree(size, levels)

    def test_vectors_of_70000(self):
        self.log.grow(70000)
        for path, want in RESOURCES_70000.items():
            self.assertEqual(sha256(self.body(path)).hex(), want, path)

    def test_every_width(self):
        """Of a full tile, of the right edge, and of a level above, at sizes never published."""
        size = 256 * 300 + 200
        self.log.grow(size)
        levels = levels_of(size)
        for level, n in [(0, 0), (0, 299), (0, 300), (1, 0), (1, 1)]:
            hashes = levels[level][256 * n:256 * n + 256]
            for width in range(1, 256):
                path = path_of(level, n, width)
                if width > len(hashes):
                    self.assertEqual(self.status(path), 404, path)
                    continue
                self.assertEqual(self.body(path), b"".join(hashes[:width]), path)
                if level == 0:
                    self.assertEqual(self.body(path_of("entries", n, width)), bundle_of(256 * n, width))

    def test_earlier_trees_go_on_being_served(self):
        for size in [5, 255, 256, 300]:
            self.log.grow(size)
        self.assertEqual(self.body("/tile/0/000.p/5"), self.body("/tile/0/000")[:160])
        self.assertEqual(self.body("/tile/entries/000.p/255"), bundle_of(0, 255))


class Protocol(LogTest):
    def setUp(self):
        super().setUp()
        self.log.grow(257)

    PATHS = ["/checkpoint", "/tile/0/000", "/tile/0/001.p/1", "/tile/entries/000"]

    def test_content_types_and_caching(self):
        for path in self.PATHS:
            response, _ = self.log.get(path)
            if path == "/checkpoint":
                self.assertEqual(response.getheader("Content-Type"), "text/plain; charset=utf-8")
                self.assertRegex(response.getheader("Cache-Control"), r"max-age=[0-5]$")
            else:
                self.assertEqual(response.getheader("Content-Type"), "application/octet-stream")
                self.assertIn("immutable", response.getheader("Cache-Control"))
            self.assertEqual(response.getheader("Access-Control-Allow-Origin"), "*")

    def test_head_is_get_without_a_body(self):
        for path in self.PATHS + ["/nowhere"]:
            get, body = self.log.get(path)
            head, nothing = self.log.ask("HEAD", path)
            self.assertEqual((head.status, nothing), (get.status, b""))
            self.assertEqual(head.getheader("Content-Length"), "%d" % len(body))
            drop_date = [h for h in head.getheaders() if h[0] != "Date"]
            self.assertEqual(drop_date, [h for h in get.getheaders() if h[0] != "Date"])

    def test_etags(self):
        seen = set()
        for path in self.PATHS:
            etag = self.log.get(path)[0].getheader("ETag")
            self.assertRegex(etag, r'^"[!#-~]+"$')
            self.assertNotIn(etag, seen)
            seen.add(etag)
            for value, status in [(etag, 304), ("*", 304), ('"x", W/' + etag, 304), ('"x"', 200)]:
                response, body = self.log.get(path, {"If-None-Match": value})
                self.assertEqual(response.status, status, value)
                if status == 304:
                    self.assertEqual(body, b"")
                    self.assertEqual(response.getheader("ETag"), etag)
        before = self.log.get("/checkpoint")[0].getheader("ETag")
        self.log.grow(258)
        self.assertEqual(self.log.get("/checkpoint", {"If-None-Match": before})[0].status, 200)

    def test_gzip_of_bundles(self):
        plain = self.body("/tile/entries/000")
        response, body = self.log.get("/tile/entries/000", {"Accept-Encoding": "br, gzip"})
        self.assertEqual(response.getheader("Content-Encoding"), "gzip")
        self.assertEqual(gzip.decompress(body), plain)
        self.assertLess(len(body), len(plain))
        for refused in ["identity", "gzip;q=0", "br"]:
            response, body = self.log.get("/tile/entries/000", {"Accept-Encoding": refused})
            self.assertIsNone(response.getheader("Content-Encoding"))
            self.assertEqual(body, plain)

    def test_methods(self):
        for path in self.PATHS:
            for method in ["POST", "PUT", "DELETE", "PATCH"]:
                response, _ = self.log.ask(method, path)
                self.assertEqual(response.status, 405)
                self.assertEqual(response.getheader("Allow"), "GET, HEAD, OPTIONS")
            response, _ = self.log.ask("OPTIONS", path, {
                "Origin": "https://anywhere.example", "Access-Control-Request-Method": "GET"})
            self.assertEqual(response.status, 204)
            self.assertIn("GET", response.getheader("Access-Control-Allow-Methods"))
            self.assertEqual(response.getheader("Access-Control-Allow-Origin"), "*")

    def test_malformed_paths(self):
        for path in ["/", "/tile", "/tile/0/0", "/tile/0/00", "/tile/0/0000", "/tile/0/x000/001", "/tile/0/X001/000",
                     "/tile/00/000", "/tile/-1/000", "/tile/64/000", "/tile/0/000.p", "/tile/0/000.p/0",
                     "/tile/0/000.p/08", "/tile/0/000.p/256", "/tile/0/000.p/1/", "/tile/0/000/", "//tile/0/000",
                     "/tile/entries/0", "/tile/entries/000.p/0", "/tile/entries/000.p/256", "/tile/data/000",
                     "/tile/0/%30%30%30", "/tile/0/999", "/tile/1/001", "/tile/2/000", "/tile/63/000",
                     "/tile/0/x999/x999/x999/x999/x999/x999/999"]:
            self.assertEqual(self.status(path), 404, path)


class Clients(LogTest):
    def setUp(self):
        super().setUp()
        self.log.grow(70000)

    def connect(self, send, receive_buffer=None):
        client = socket.socket()
        self.addCleanup(client.close)
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.connect(self.log.address)
        client.sendall(send)
        return client

    def wait_for_end(self, client):
        # A server that closes with unread bytes before it resets: an end like any other.
        try:
            while client.recv(65536):
                pass
        except ConnectionResetError:
            pass

    def test_half_open_and_slow_clients_hold_nobody_up(self):
        request = b"GET /tile/0/000 HTTP/1.1\r\nHost: h\r\n\r\n"
        for i in range(60):
            self.connect(b"")
            self.connect(request[:i % len(request)])
            # Asks for 16 MB and reads none of it.
            self.connect(request * 2000, receive_buffer=2048)
        # The server disconnects none of them; any one in the way would be there for
        # longer than this connection waits.
        for _ in range(200):
            self.assertEqual(len(self.body("/tile/0/000")), 8192)

    def test_a_stop_ends_open_connections(self):
        resting = self.connect(b"GET /tile/0/000 HTTP/1.1\r\nHost: h\r\n\r\n")
        resting.settimeout(30)
        half = self.connect(b"GET /tile")
        half.settimeout(30)
        got = b""
        while len(got) < 8192:
            got += resting.recv(65536)
        self.log.process.stdin.close()
        self.wait_for_end(resting)
        self.wait_for_end(half)
        self.assertEqual(self.log.process.wait(timeout=30), 0)


if __name__ == "__main__":
    unittest.main()
