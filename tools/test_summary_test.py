#!/usr/bin/python3
"""Tests of test_summary.py on small made-up runs."""
import contextlib
import io
import json
import os
import tempfile
import unittest

import test_summary

GTEST = """<testsuites><testsuite name="A">
<testcase name="Good" classname="A" status="run" result="completed"/>
<testcase name="Off" classname="A" status="notrun" result="suppressed"/>
<testcase name="Later" classname="A" status="run" result="skipped"><skipped message="a.cc:3&#10;no data"/></testcase>
%s</testsuite></testsuites>"""
BAD = '<testcase name="Bad" classname="A" status="run"><failure message="a.cc:7&#10;want 1"/></testcase>'


class SummaryTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def configured(self, label):
        return {"id": {"targetConfigured": {"label": label}}, "configured": {"testSize": "SMALL"}}

    def result(self, label, status, xml, shard=1, attempt=1):
        path = os.path.join(self.folder.name, "%s_%d_%d.xml" % (label.replace("/", "_"), shard, attempt))
        with open(path, "w", encoding="utf-8") as f:
            f.write(xml)
        return {
            "id": {"testResult": {"label": label, "run": 1, "shard": shard, "attempt": attempt}},
            "testResult": {"status": status, "testActionOutput": [{"name": "test.xml", "uri": "file://" + path}]},
        }

    def summarize(self, *events):
        return test_summary.summarize(test_summary.read_events(json.dumps(e) for e in events))

    def test_counts_cases_not_targets(self):
        s = self.summarize(self.configured("//a"), self.result("//a", "FAILED", GTEST % BAD))
        self.assertEqual([("//a A.Good", "")], s.passed)
        self.assertEqual([("//a A.Bad", "a.cc:7 want 1")], s.failed)
        self.assertEqual([("//a A.Off", "disabled"), ("//a A.Later", "a.cc:3 no data")], s.skipped)

    def test_sums_shards(self):
        s = self.summarize(self.result("//a", "PASSED", GTEST % ""), self.result("//a", "PASSED", GTEST % "", shard=2))
        self.assertEqual((2, 0), (len(s.passed), len(s.failed)))

    def test_last_attempt_counts(self):
        s = self.summarize(self.result("//a", "FAILED", GTEST % BAD), self.result("//a", "PASSED", GTEST % "", attempt=2))
        self.assertEqual((1, 0), (len(s.passed), len(s.failed)))

    def test_target_that_did_not_build_fails(self):
        s = self.summarize(self.configured("//broken"))
        self.assertEqual([("//broken", "did not build")], s.failed)

    def completed(self, label, **outcome):
        return {"id": {"targetCompleted": {"label": label}}, "completed": outcome}

    def test_target_whose_build_ended_badly_fails(self):
        s = self.summarize(self.configured("//broken"), self.completed("//broken"))
        self.assertEqual([("//broken", "did not build")], s.failed)

    def test_target_that_was_built_and_not_asked_to_run_is_no_case(self):
        s = self.summarize(self.configured("//medium"), self.completed("//medium", success=True))
        self.assertEqual(([], [], []), s)

    def test_target_that_ran_counts_though_it_was_built(self):
        s = self.summarize(
            self.configured("//a"), self.completed("//a", success=True), self.result("//a", "FAILED", GTEST % BAD))
        self.assertEqual((1, 1), (len(s.passed), len(s.failed)))

    def test_libraries_are_no_tests(self):
        library = {"id": {"targetConfigured": {"label": "//lib"}}, "configured": {"targetKind": "cc_library rule"}}
        self.assertEqual(([], [], []), self.summarize(library))

    def test_target_without_cases_fails(self):
        s = self.summarize(self.result("//empty", "PASSED", "<testsuites/>"))
        self.assertEqual([("//empty", "ran no test case")], s.failed)

    def test_failure_after_the_last_case_is_counted(self):
        s = self.summarize(self.result("//leaks", "FAILED", GTEST % ""))
        self.assertEqual([("//leaks", "ended with FAILED after its last case")], s.failed)

    def test_unreadable_result_fails(self):
        s = self.summarize(self.result("//cut", "PASSED", "<testsuites>"))
        self.assertEqual(1, len(s.failed))

    def test_status_of_the_run(self):
        for events, want in (([], 1), ([self.result("//a", "PASSED", GTEST % "")], 0), ([self.configured("//b")], 1)):
            path = os.path.join(self.folder.name, "events")
            with open(path, "w", encoding="utf-8") as f:
                f.writelines(json.dumps(e) + "\n" for e in events)
            with contextlib.redirect_stdout(io.StringIO()) as out:
                self.assertEqual(want, test_summary.main(["", path]))
            self.assertRegex(out.getvalue(), r"(^|\n)\d+ passed, \d+ failed\n$")


if __name__ == "__main__":
    unittest.main()
