#!/usr/bin/python3
"""Full tiles over HTTP beside nginx serving the same files, and beside crowds.

Usage: http_tiles.py [--entries N] [--seconds S] [--rounds N] [--rows] TLOG_HTTP SIGHTLINE

TLOG_HTTP and SIGHTLINE are release builds of //bench:tlog_http and //cmd:sightline.
Needs `wrk` and `nginx` on PATH (Debian: wrk, nginx-light). Fills a log, exports its
files, and asks both for random full tiles of level 0 in turns: requests a second,
processor time of the server for each, and the 99th percentile. Then ours again
beside 10,000 connections that rest, 100 that stopped inside a request and 100 that
do not read their answers. With --rows results go to standard output as tools/bench
wants them, and what is measured meanwhile to standard error.
"""
import argparse
import json
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

CONNECTIONS = 64
RESTING = 10000
BROKEN = 100

NGINX_CONF = """
daemon off; worker_processes 2; pid %(dir)s/nginx.pid; error_log %(dir)s/nginx.err;
worker_rlimit_nofile 20000;
events { worker_connections 12000; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;
  open_file_cache max=10000 inactive=600s; open_file_cache_valid 600s;
  default_type application/octet-stream;
  server {
    listen 127.0.0.1:%(port)d backlog=4096; root %(dir)s/site;
    add_header Cache-Control "public, max-age=31536000, immutable";
  }
}
"""

WRK_SCRIPT = """
math.randomseed(7)
request = function()
  return wrk.format("GET", string.format("/tile/0/%%03d", math.random(0, %d)))
end
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def add_entries(address, begin, end):
    client = socket.create_connection(address)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for i in range(begin, end):
        body = b"entry %d " % i + b"x" * 300
        client.sendall(b"POST /add HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += client.recv(4096)
    client.close()


def fill(address, entries, threads=64):
    work = [threading.Thread(target=add_entries, args=(address, entries * t // threads, entries * (t + 1) // threads))
            for t in range(threads)]
    for t in work:
        t.start()
    for t in work:
        t.join()


def processes(pid):
    found = [pid]
    children = "/proc/%d/task/%d/children" % (pid, pid)
    with open(children) as f:
        found += [int(child) for child in f.read().split()]
    return found


def cpu_seconds(pid):
    total = 0
    for p in processes(pid):
        with open("/proc/%d/stat" % p) as f:
            fields = f.read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def memory_kib(pid):
    total = 0
    for p in processes(pid):
        with open("/proc/%d/status" % p) as f:
            total += int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))
    return total


def milliseconds(text):
    """Of a time as wrk writes it: 5.60ms, 812.00us, 1.02s."""
    number, unit = re.match(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit]


def load(name, url, pid, script, seconds):
    """One run of wrk; returns requests a second and the 99th percentile in milliseconds."""
    before = cpu_seconds(pid)
    said = subprocess.run(["wrk", "-t1", "-c%d" % CONNECTIONS, "-d%ds" % seconds, "--latency", "-s", script, url],
                          check=True, capture_output=True, text=True).stdout
    cpu = cpu_seconds(pid) - before
    requests = int(re.search(r"(\d+) requests in", said).group(1))
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said).group(1))
    p99 = re.search(r"^ +99%\s+(\S+)$", said, re.MULTILINE).group(1)
    failed = re.search(r"(Non-2xx.*|Socket errors.*)", said)
    print("%-28s %8.0f requests/s  %5.1f us CPU/request  p99 %s  load %s%s" % (
        name, rate, cpu / requests * 1e6, p99, open("/proc/loadavg").read().split()[0],
        "  " + failed.group(1) if failed else ""), file=sys.stderr, flush=True)
    return rate, milliseconds(p99)


def median(values):
    return sorted(values)[len(values) // 2]


def rows(ours, nginx, crowded):
    """The rows of the table of bars, from (rate, p99) of each round."""
    rate, limit = median([r for r, _ in ours]), median([r for r, _ in nginx])
    p99, alone = median([p for _, p in crowded]), median([p for _, p in ours])
    yield {"what": "full tiles over HTTP", "bar": "at least 0.5", "unit": "requests/s", "result": rate,
           "limit": limit, "ratio": rate / limit, "met": rate >= 0.5 * limit,
           "limit_is": "nginx serving the same files, %d connections, in turns" % CONNECTIONS}
    yield {"what": "full tiles over HTTP beside a crowd, p99", "bar": "at most 2 times", "unit": "ms", "result": p99,
           "limit": alone, "ratio": p99 / alone, "met": p99 <= 2 * alone,
           "limit_is": "the same without %d connections at rest, %d half requests and %d clients that do not read"
                       % (RESTING, BROKEN, BROKEN)}


def crowd(address):
    """Connections that rest, that stopped inside a request, that do not read."""
    request = b"GET /tile/0/000 HTTP/1.1\r\nHost: h\r\n\r\n"
    held = []
    for _ in range(RESTING):
        client = socket.create_connection(address)
        client.sendall(request)
        got = 0
        while got < 8192:
            got += len(client.recv(65536))
        held.append(client)
    for i in range(BROKEN):
        half = socket.create_connection(address)
        half.sendall(request[:1 + i % (len(request) - 1)])
        deaf = socket.socket()
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        deaf.connect(address)
        deaf.sendall(request * 1000)
        held += [half, deaf]
    return held


def measure(args, folder):
    ours = subprocess.Popen([args.tlog_http, folder + "/data", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
                            text=True)
    url = ours.stdout.readline().strip()
    host, port = url[len("http://"):].split(":")
    address = (host, int(port))
    nginx = None
    try:
        begin = time.monotonic()
        fill(address, args.entries)
        print("%d entries in %.1f s" % (args.entries, time.monotonic() - begin), file=sys.stderr)
        begin = time.monotonic()
        subprocess.run([args.sightline, "export", "--tiles", folder + "/site", "--data-dir", folder + "/data"],
                       check=True, stdout=subprocess.DEVNULL)
        print("exported in %.1f s" % (time.monotonic() - begin), file=sys.stderr)
        nginx_port = free_port()
        with open(folder + "/nginx.conf", "w") as f:
            f.write(NGINX_CONF % {"dir": folder, "port": nginx_port})
        nginx = subprocess.Popen(["nginx", "-c", folder + "/nginx.conf"], stderr=subprocess.DEVNULL)
        script = folder + "/tiles.lua"
        with open(script, "w") as f:
            f.write(WRK_SCRIPT % (args.entries // 256 - 1))
        time.sleep(0.5)
        nginx_url = "http://127.0.0.1:%d" % nginx_port
        for name, where, pid in [("", url, ours.pid), ("", nginx_url, nginx.pid)]:
            subprocess.run(["wrk", "-t1", "-c8", "-d1s", "-s", script, where], check=True, stdout=subprocess.DEVNULL)
        rates = {"sightline": [], "nginx": []}
        for _ in range(args.rounds):
            rates["nginx"].append(load("nginx", nginx_url, nginx.pid, script, args.seconds))
            rates["sightline"].append(load("sightline", url, ours.pid, script, args.seconds))
        best = {name: max(rate for rate, _ in runs) for name, runs in rates.items()}
        print("best of ours / best of nginx: %.2f" % (best["sightline"] / best["nginx"]), file=sys.stderr)
        alone = memory_kib(ours.pid)
        held = crowd(address)
        print("memory for the crowd: %.1f MiB" % ((memory_kib(ours.pid) - alone) / 1024), file=sys.stderr)
        crowded = [load("sightline beside the crowd", url, ours.pid, script, args.seconds)
                   for _ in range(args.rounds)]
        if args.rows:
            for row in rows(rates["sightline"], rates["nginx"], crowded):
                print(json.dumps(row), flush=True)
        for client in held:
            client.close()
    finally:
        for process in [ours, nginx]:
            if process is not None:
                process.terminate()
                process.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=51200)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", action="store_true")
    parser.add_argument("tlog_http")
    parser.add_argument("sightline")
    args = parser.parse_args()
    for tool in ["wrk", "nginx"]:
        if shutil.which(tool) is None:
            sys.exit("http_tiles.py: no %s on PATH; apt-get install --no-install-recommends wrk nginx-light" % tool)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)  # nginx's workers are another user
        measure(args, folder)


if __name__ == "__main__":
    main()
