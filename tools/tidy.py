#!/usr/bin/python3
"""Runs clang-tidy on FILE..., on all cores, and only on what changed.

Usage: tidy.py COMPILE_COMMANDS FILE...
A file found clean is remembered in .cache/tidy under a hash of itself, what it
includes of ours, its flags and .clang-tidy; it is looked at again when one of
these changes. Files that no compile command names are passed over.
"""
import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys

STAMPS = ".cache/tidy"
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)


def read(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read()


def closure(path, found):
    """Adds to `found` the files of ours that `path` includes, itself among them."""
    if path in found or not os.path.exists(path):
        return found
    found[path] = read(path)
    for target in INCLUDE.findall(found[path]):
        closure(target, found)
    return found


def stamp(path, arguments, always):
    found = closure(path, {})
    text = json.dumps([always, [a for a in arguments if not a.startswith("/")], sorted(found.items())])
    return os.path.join(STAMPS, hashlib.sha256(text.encode()).hexdigest())


def tidy(commands, path, always):
    """Returns what clang-tidy says of one file; empty when clean."""
    mark = stamp(path, commands[path]["arguments"], always)
    if os.path.exists(mark):
        return ""
    done = subprocess.run(
        ["clang-tidy", "--quiet", path, "--"] + commands[path]["arguments"][1:],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode == 0:
        with open(mark, "w", encoding="utf-8"):
            return ""
    return done.stdout + done.stderr


def main(argv):
    with open(argv[1], encoding="utf-8") as f:
        commands = {c["file"]: c for c in json.load(f)}
    files = [f for f in argv[2:] if f in commands]
    always = read(".clang-tidy") + subprocess.run(["clang-tidy", "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    os.makedirs(STAMPS, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        said = list(pool.map(lambda path: tidy(commands, path, always), files))
    print("\n".join(text for text in said if text))
    print("%d files" % len(files))
    return 1 if any(said) or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
