#!/usr/bin/python3
"""Prints line coverage by room from an lcov file.

Usage: coverage_summary.py REPORT
Tests and generated code do not count.
"""
import collections
import sys


def read(lines):
    """Returns {file: (lines hit, lines)}."""
    files, name = {}, None
    for line in lines:
        key, _, value = line.strip().partition(":")
        if key == "SF":
            name = value
            files[name] = (0, 0)
        elif key == "DA":
            hit, found = files[name]
            files[name] = (hit + (int(value.split(",")[1]) > 0), found + 1)
    return files


def by_room(files):
    rooms = collections.defaultdict(lambda: (0, 0))
    for name, (hit, found) in files.items():
        room = name.split("/")[0]
        if room in ("tests", "bench", "external") or "/" not in name or name.endswith(("_test.cc", ".pb.cc", ".pb.h")):
            continue
        rooms[room] = (rooms[room][0] + hit, rooms[room][1] + found)
    return rooms


def main(argv):
    with open(argv[1], encoding="utf-8") as f:
        rooms = by_room(read(f))
    if not rooms:
        print("%s: no lines" % argv[1])
        return 1
    rooms["total"] = tuple(map(sum, zip(*rooms.values())))
    for room, (hit, found) in sorted(rooms.items(), key=lambda item: (item[0] == "total", item[0])):
        print("%-12s %5.1f %%  %6d of %6d lines" % (room, 100 * hit / max(found, 1), hit, found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
