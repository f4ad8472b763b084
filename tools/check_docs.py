#!/usr/bin/python3
"""Checks the words and links of text files.

Usage: check_docs.py links FILE...  relative links of Markdown files lead somewhere
       check_docs.py words FILE...  no word of tools/words.txt is used
Run in the repository root. Prints "file:line: what is wrong"; status 1 when
something is.
"""
import os
import re
import sys

WORDS = "tools/words.txt"
LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
DEFINITION = re.compile(r"^\s{0,3}\[[^\]]+\]:\s+<?([^\s>]+)>?")
CODE = re.compile(r"(`+).*?\1")
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")
ELSEWHERE = re.compile(r"^[a-z][a-z0-9+.-]*:", re.I)


def prose(lines):
    """Yields (number, line) outside of fenced code blocks."""
    fence = None
    for number, line in enumerate(lines, 1):
        mark = re.match(r"\s*(```+|~~~+)", line)
        if mark and fence is None:
            fence = mark.group(1)
        elif mark and mark.group(1).startswith(fence):
            fence = None
        elif fence is None:
            yield number, line


def anchors(lines):
    """Returns the heading anchors as code forges make them."""
    found = {}
    for _, line in prose(lines):
        match = HEADING.match(line)
        if match:
            text = re.sub(r"[^\w\- ]", "", match.group(1).lower()).replace(" ", "-")
            found[text] = found.get(text, -1) + 1
    return {name if n == 0 else "%s-%d" % (name, n) for name, last in found.items() for n in range(last + 1)}


def read_lines(path):
    with open(path, encoding="utf-8") as f:
        return f.read().splitlines()


def links(lines):
    """Yields (number, target) of every link."""
    for number, line in prose(lines):
        line = CODE.sub("", line)
        for match in LINK.finditer(line):
            yield number, match.group(1)
        match = DEFINITION.match(line)
        if match:
            yield number, match.group(1)


def check_links(path):
    for number, target in links(read_lines(path)):
        if ELSEWHERE.match(target):
            continue
        file, _, anchor = target.partition("#")
        if file.startswith("/"):
            yield number, "%s: links are relative" % target
            continue
        there = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
        if not os.path.exists(there):
            yield number, "%s: leads nowhere" % target
        elif anchor and there.endswith(".md") and anchor not in anchors(read_lines(there)):
            yield number, "%s: no such heading" % target


def read_words(lines):
    """Returns [(pattern, word to use)]."""
    rules = []
    for line in lines:
        if line.strip() and not line.startswith("#"):
            pattern, better = line.split("\t")
            rules.append((re.compile(r"(?<![a-z0-9])(?:%s)(?![a-z0-9])" % pattern.replace(" ", r"[\s_-]*"), re.I), better))
    return rules


def check_words(path, rules):
    for number, line in enumerate(read_lines(path), 1):
        if "word-ok" in line:
            continue
        for pattern, better in rules:
            match = pattern.search(line)
            if match:
                yield number, '"%s": we say %s' % (match.group(0), better)


def main(argv):
    if len(argv) < 2 or argv[1] not in ("links", "words"):
        print(__doc__, file=sys.stderr)
        return 2
    rules = read_words(read_lines(WORDS))
    status = 0
    for path in argv[2:]:
        if path == WORDS:
            continue
        for number, text in check_links(path) if argv[1] == "links" else check_words(path, rules):
            print("%s:%d: %s" % (path, number, text))
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv))
