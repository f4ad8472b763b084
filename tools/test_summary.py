#!/usr/bin/python3
"""Counts the test cases of one `bazel test` and names those that failed.

Usage: test_summary.py EVENTS, the file of --build_event_json_file. It names
exactly the targets of that run, so logs of other runs are not counted. The
last line is "N passed, N failed". Status 1 when a case failed or none ran.

A target that did not build, crashed, timed out, or ran no case at all counts
as one failed case: a test that silently stops testing must not look green.
One that was built and not asked to run (--test_size_filters) is no case.
"""
import collections
import json
import sys
import urllib.parse
import xml.etree.ElementTree

Summary = collections.namedtuple("Summary", "passed failed skipped")


def read_events(lines):
    """Returns {label: [(status, xml path)]} of every test target, last attempts only."""
    targets, built = {}, set()
    for line in lines:
        event = json.loads(line)
        if "testSize" in event.get("configured", {}):
            targets.setdefault(event["id"]["targetConfigured"]["label"], {})
        if "testResult" in event:
            key = event["id"]["testResult"]
            shard = (key.get("run", 1), key.get("shard", 1))
            result = event["testResult"]
            targets.setdefault(key["label"], {})[shard] = (result["status"], xml_path(result))
        if event.get("completed", {}).get("success"):
            built.add(event["id"]["targetCompleted"]["label"])
    return {
        label: [r for _, r in sorted(shards.items())]
        for label, shards in targets.items()
        if shards or label not in built
    }


def xml_path(result):
    for output in result.get("testActionOutput", []):
        if output["name"] == "test.xml":
            return urllib.parse.unquote(urllib.parse.urlparse(output["uri"]).path)
    return None


def read_cases(path):
    """Returns [(name, verdict, message)] of one test.xml; verdicts as in Summary."""
    cases = []
    for case in xml.etree.ElementTree.parse(path).iter("testcase"):
        name = ".".join(filter(None, [case.get("classname"), case.get("name")]))
        bad = [c for c in case if c.tag in ("failure", "error")]
        skipped = case.find("skipped")
        if case.get("status") == "notrun":
            cases.append((name, "skipped", "disabled"))
        elif bad:
            cases.append((name, "failed", bad[0].get("message", "")))
        elif skipped is not None:
            cases.append((name, "skipped", skipped.get("message", "")))
        else:
            cases.append((name, "passed", ""))
    return cases


def summarize_target(label, results):
    """Returns the target's cases as [(full name, verdict, message)]."""
    if not results:
        return [(label, "failed", "did not build")]
    cases = []
    for status, path in results:
        try:
            shard = read_cases(path)
        except (TypeError, OSError, xml.etree.ElementTree.ParseError) as error:
            shard = [("", "failed", "no readable test.xml: %s" % error)]
        if status != "PASSED" and not any(verdict == "failed" for _, verdict, _ in shard):
            shard.append(("", "failed", "ended with %s after its last case" % status))
        cases += shard
    if not cases:
        cases = [("", "failed", "ran no test case")]
    return [((label + " " + name).rstrip(), verdict, message) for name, verdict, message in cases]


def summarize(targets):
    summary = Summary([], [], [])
    for label in sorted(targets):
        for name, verdict, message in summarize_target(label, targets[label]):
            getattr(summary, verdict).append((name, one_line(message)))
    return summary


def one_line(message):
    """The message without its file:line head, on one line."""
    text = " ".join(part.strip() for part in message.splitlines()[-3:])
    return text if len(text) <= 160 else text[:157] + "..."


def main(argv):
    with open(argv[1], encoding="utf-8") as events:
        summary = summarize(read_events(events))
    for verdict in ("skipped", "failed"):
        for name, message in getattr(summary, verdict):
            print("%s: %s%s" % (verdict, name, " (%s)" % message if message else ""))
    print("%d passed, %d failed" % (len(summary.passed), len(summary.failed)))
    return 1 if summary.failed or not summary.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
