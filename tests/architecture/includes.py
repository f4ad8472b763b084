#!/usr/bin/python3
"""Checks every #include line against the architecture.

Usage: includes.py [ROOT]     print "file:line: what is wrong"; status 1 if anything is
       includes.py --lone      list the headers that no .cc includes first

What a room may include stands once, as the package_groups of the root BUILD
(group ROOM_users lists who may include ROOM); Bazel enforces them between
targets. This script holds the picture that the groups must keep to (LAYERS,
SIDEWAYS: arrows point down only) and checks what Bazel cannot see: system
libraries, includes that ride on another target's dependency, and headers that
nobody proves to compile alone.
"""
import ast
import os
import re
import sys

# Higher may include lower. Rooms on one line do not include each other, but
# for SIDEWAYS.
LAYERS = [
    {"cmd", "tests", "bench"},
    {"services", "web", "monitor", "mirror"},
    {"client"},
    {"sequencer", "publish", "witness", "records", "admission"},
    {"storage"},
    {"tiles", "checkpoint", "statement"},
    {"merkle"},
    {"crypto", "telemetry"},
    {"base", "proto"},
]
COMPOSITION = LAYERS[0]

# The arrows within a line, and through which headers (None: any).
SIDEWAYS = {
    ("sequencer", "admission"): {
        "admission/admitted_entry.h",
        "admission/admitted_entry_maker.h",  # a test's maker of entries
        "admission/gate.h",
    },
    ("publish", "sequencer"): None,
    ("publish", "witness"): None,
    ("web", "services"): None,
}

# System headers that are somebody's own: pattern, rooms besides COMPOSITION.
# PROTO_USERS stands for the group proto_users.
PROTO_USERS = "proto_users"
OWNED = [
    (r"openssl/", {"crypto"}),
    (r"rocksdb/|libpq-fe\.h|postgresql/", {"storage"}),
    (r"grpc(pp)?/|.*\.grpc\.pb\.h", {"services", "client", "web"}),
    (r"google/protobuf/|.*\.pb\.h", PROTO_USERS),
    (r"boost/", {"web", "client"}),
    (r"prometheus/|pugixml\.hpp", {"web"}),
    (r"s2/", {"statement"}),
    (r"zlib\.h", {"base"}),
    (r"CLI/|toml", set()),
    (r"absl/synchronization/mutex\.h", {"base"}),
]
# Composition links everything but writes no cryptography and no engine.
OWNED_STRICTLY = {r"openssl/", r"rocksdb/|libpq-fe\.h|postgresql/", r"absl/synchronization/mutex\.h"}
MEASURES = "bench"  # compares with bare OpenSSL and RocksDB, so it may name both

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
# Made by Bazel: from the wire contract, or a text as a C++ literal.
GENERATED = re.compile(r"((_mock)?(\.grpc)?\.pb\.h|\.inc)$")


def level(room):
    for depth, rooms in enumerate(LAYERS):
        if room in rooms:
            return depth
    return None


def read_groups(text):
    """Returns {room: rooms that its package_group admits} from a root BUILD."""
    groups = {}
    for statement in ast.parse(text).body:
        call = getattr(statement, "value", None)
        if not isinstance(call, ast.Call) or call.func.id != "package_group":
            continue
        attrs = {k.arg: ast.literal_eval(k.value) for k in call.keywords}
        name = attrs["name"]
        if name.endswith("_users"):
            users = {p.lstrip("/").split("/")[0] for p in attrs.get("packages", [])}
            groups[name[: -len("_users")]] = users
    return groups


def check_groups(groups):
    """Yields what in the groups breaks the picture."""
    for room, users in sorted(groups.items()):
        if level(room) is None:
            yield "BUILD:1: group %s_users names no room of LAYERS" % room
            continue
        for user in sorted(users - {room}):
            if level(user) is None:
                yield "BUILD:1: %s_users admits %s, which is no room" % (room, user)
            elif level(user) >= level(room) and (user, room) not in SIDEWAYS:
                yield "BUILD:1: %s_users admits %s: that arrow points up" % (room, user)


def check_room_include(room, target, groups):
    """Returns what is wrong with a file of `room` including "target", or None."""
    other = target.split("/")[0]
    if other == room or other == "base":
        return None
    if room == "base":
        return "base/ includes no other room"
    if other not in groups:
        return None if room in COMPOSITION else "%s/ is included by nobody" % other
    if room not in groups[other]:
        return "%s/ may not include %s/ (see %s_users in BUILD)" % (room, other, other)
    only = SIDEWAYS.get((room, other))
    if only is not None and target not in only:
        return "%s/ may include of %s/ only %s" % (room, other, ", ".join(sorted(only)))
    return None


def check_owned(room, target, groups):
    """Returns what is wrong with a file of `room` including a library's header, or None."""
    for pattern, owners in OWNED:
        if not re.match(pattern, target):
            continue
        rooms = groups.get("proto", set()) if owners == PROTO_USERS else owners
        if room in rooms or room == MEASURES:
            return None
        if room in COMPOSITION and pattern not in OWNED_STRICTLY:
            return None
        return "%s/ may not include %s" % (room, target)
    return None


def includes_of(lines):
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1) == '"', match.group(2)


def check_file(root, path, groups):
    """Yields what is wrong in one file; `path` is relative to root."""
    room = path.split("/")[0]
    with open(os.path.join(root, path), encoding="utf-8") as f:
        lines = f.read().splitlines()
    includes = list(includes_of(lines))
    for number, ours, target in includes:
        known = os.path.isdir(os.path.join(root, target.split("/")[0]))
        wrong = check_owned(room, target, groups)
        if wrong is None and ours and known:
            wrong = check_room_include(room, target, groups)
        if wrong is None and ours and known and not GENERATED.search(target):
            if not os.path.exists(os.path.join(root, target)):
                wrong = "no file %s" % target
        if wrong is not None:
            yield "%s:%d: %s" % (path, number, wrong)
    yield from check_shape(root, path, lines, includes)


def check_shape(root, path, lines, includes):
    """Headers are guarded; a .cc includes its own header first, which proves it complete."""
    if path.endswith(".h"):
        if "#pragma once" not in lines:
            yield "%s:1: no #pragma once" % path
        return
    own = path[: -len(".cc")] + ".h"
    if os.path.exists(os.path.join(root, own)):
        first = includes[0] if includes else (1, True, "nothing")
        if first[2] != own:
            yield '%s:%d: includes %s before its own "%s"' % (path, first[0], first[2], own)


def sources(root):
    """Yields every C++ file of the rooms, relative to root."""
    for rooms in LAYERS:
        for room in sorted(rooms):
            for folder, _, names in sorted(os.walk(os.path.join(root, room))):
                for name in sorted(names):
                    if name.endswith((".h", ".cc")):
                        yield os.path.relpath(os.path.join(folder, name), root)


def strange_folders(root):
    """Yields top-level folders with C++ in them that are no room: nobody would check them."""
    known = set().union(*LAYERS)
    for room in sorted(os.listdir(root)):
        folder = os.path.join(root, room)
        if room in known or room.startswith((".", "bazel")) or not os.path.isdir(folder):
            continue
        if any(name.endswith((".h", ".cc")) for _, _, names in os.walk(folder) for name in names):
            yield "%s:1: C++ in a folder that LAYERS does not place" % room


def lone_headers(root):
    """Returns the headers without a .cc that includes them first."""
    found = set(sources(root))
    return sorted(p for p in found if p.endswith(".h") and p[:-2] + ".cc" not in found)


def check_tree(root):
    with open(os.path.join(root, "BUILD"), encoding="utf-8") as f:
        groups = read_groups(f.read())
    wrong = list(check_groups(groups)) + list(strange_folders(root))
    files = list(sources(root))
    for path in files:
        wrong += check_file(root, path, groups)
    if not files:
        wrong.append("%s: no sources" % root)
    return wrong


def main(argv):
    if argv[1:] == ["--lone"]:
        print("\n".join(lone_headers(".")))
        return 0
    root = argv[1] if len(argv) > 1 else "."
    wrong = check_tree(root)
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
