#!/usr/bin/python3
"""Tests of proto_docs.py: a small contract, as protoc describes it, with one fault each."""
import contextlib
import io
import os
import subprocess
import tempfile
import unittest

from google.protobuf import descriptor_pb2

import proto_docs

STATEMENT = proto_docs.LETTERED[0]
LOG = "proto/sightline/v1/log_service.proto"

# Every kind of element, each documented in one of the two places.
CONTRACT = """\
// Reading. Everything here is public.
syntax = "proto3";
package sightline.v1;

// The log.
service LogService {
  // One entry.
  rpc GetEntry(Entry) returns (Entry);
}

message Entry {  // A leaf.
  uint64 index = 1;  // from 0
  // Of the tree.
  optional uint64 size = 2;
  // One of them.
  oneof body {
    bytes raw = 3;   // as served
    Part part = 4;   // of it
  }
  // A piece.
  message Part {
    string text = 1;  // at most 10 bytes
  }
  // How much.
  enum Weight {
    WEIGHT_UNSPECIFIED = 0;  // refused
  }
}

// What kind.
enum Kind {
  KIND_UNSPECIFIED = 0;  // any
}
"""

LETTERS = """\
syntax = "proto3";
package sightline.v1;

// What is said.
message Statement {
  string origin = 1;  // the log. P
  // Where, in a sentence
  // of two lines. C
  string area = 2;
  string when = 3;  // to the day! P or C
  bytes value = 4;  // at most 10 bytes. S
}
"""


def describe(name, text, *options):
    """The FileDescriptorSet of one file."""
    with tempfile.TemporaryDirectory() as folder:
        path, out = os.path.join(folder, name), os.path.join(folder, "out")
        os.makedirs(os.path.dirname(path))
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        subprocess.run(["protoc", "-I", folder, "--descriptor_set_out=" + out, *options, path], check=True)
        return proto_docs.proto_breaking.read(out)


class DocsTest(unittest.TestCase):
    def assert_faults(self, name, text, *want):
        self.assertEqual(list(want), list(proto_docs.check(describe(name, text, "--include_source_info"))))

    def assert_lack(self, comment, line, element):
        """Without `comment` the element on that line of what is left is named, and nothing else."""
        self.assertEqual(1, CONTRACT.count(comment))
        fault = "%s:%d: %s: undocumented" % (LOG, line, element)
        self.assert_faults(LOG, CONTRACT.replace(comment, ""), fault)

    def test_everything_documented(self):
        self.assert_faults(LOG, CONTRACT)

    def test_service(self):
        self.assert_lack("// The log.\n", 5, "service sightline.v1.LogService")

    def test_call(self):
        self.assert_lack("  // One entry.\n", 7, "rpc sightline.v1.LogService.GetEntry")

    def test_message(self):
        self.assert_lack("  // A leaf.", 11, "message sightline.v1.Entry")

    def test_field(self):
        self.assert_lack("  // from 0", 12, "field sightline.v1.Entry.index")

    def test_optional_field(self):
        self.assert_lack("  // Of the tree.\n", 13, "field sightline.v1.Entry.size")

    def test_oneof(self):
        self.assert_lack("  // One of them.\n", 15, "oneof sightline.v1.Entry.body")

    def test_field_of_a_oneof(self):
        self.assert_lack("   // as served", 17, "field sightline.v1.Entry.raw")

    def test_nested_message(self):
        self.assert_lack("  // A piece.\n", 20, "message sightline.v1.Entry.Part")

    def test_field_of_a_nested_message(self):
        self.assert_lack("  // at most 10 bytes", 22, "field sightline.v1.Entry.Part.text")

    def test_nested_enum(self):
        self.assert_lack("  // How much.\n", 24, "enum sightline.v1.Entry.Weight")

    def test_value_of_a_nested_enum(self):
        self.assert_lack("  // refused", 26, "value sightline.v1.Entry.Weight.WEIGHT_UNSPECIFIED")

    def test_enum(self):
        self.assert_lack("// What kind.\n", 30, "enum sightline.v1.Kind")

    def test_value(self):
        self.assert_lack("  // any", 32, "value sightline.v1.Kind.KIND_UNSPECIFIED")

    def test_a_heading_further_up_is_no_comment(self):
        text = CONTRACT.replace("// What kind.\n", "// What kind.\n\n")
        self.assert_faults(LOG, text, "%s:32: enum sightline.v1.Kind: undocumented" % LOG)

    def test_every_fault_is_named_by_line(self):
        text = CONTRACT.replace("  // any", "").replace("// The log.\n", "").replace("  // from 0", "")
        self.assert_faults(
            LOG,
            text,
            LOG + ":5: service sightline.v1.LogService: undocumented",
            LOG + ":11: field sightline.v1.Entry.index: undocumented",
            LOG + ":31: value sightline.v1.Kind.KIND_UNSPECIFIED: undocumented",
        )

    def test_head_says_nothing_of_who_may_see_it(self):
        text = CONTRACT.replace(" Everything here is public.", "")
        self.assert_faults(LOG, text, LOG + ":1: the head of the file does not say what of it is public")

    def test_other_packages_do_not_count(self):
        self.assert_faults("google/rpc/status.proto", 'syntax = "proto3"; package google.rpc; message Status {}')

    def test_descriptors_without_comments_are_refused(self):
        faults = list(proto_docs.check(describe(LOG, CONTRACT)))
        self.assertEqual([LOG + ":1: no source info; protoc takes --include_source_info"], faults)


class LetterTest(unittest.TestCase):
    def assert_faults(self, text, *want):
        faults = proto_docs.check(describe(STATEMENT, text, "--include_source_info"))
        self.assertEqual(["%s:%s" % (STATEMENT, fault) for fault in want], list(faults))

    def test_every_field_has_one(self):
        self.assert_faults(LETTERS)

    def test_none(self):
        text = LETTERS.replace("the log. P", "the log")
        self.assert_faults(text, "6: field sightline.v1.Statement.origin: does not end with who may see it")

    def test_the_letter_of_another_word(self):
        text = LETTERS.replace("the log. P", "a key of type P")
        self.assert_faults(text, "6: field sightline.v1.Statement.origin: does not end with who may see it")

    def test_a_letter_of_no_meaning(self):
        text = LETTERS.replace("the log. P", "the log. Q")
        self.assert_faults(text, "6: field sightline.v1.Statement.origin: does not end with who may see it")

    def test_nothing_but_the_letter(self):
        text = LETTERS.replace("the log. P", "P")
        self.assert_faults(text, "6: field sightline.v1.Statement.origin: undocumented")

    def test_no_comment_at_all(self):
        text = LETTERS.replace("  // the log. P", "")
        self.assert_faults(
            text,
            "6: field sightline.v1.Statement.origin: does not end with who may see it",
            "6: field sightline.v1.Statement.origin: undocumented",
        )


class MainTest(unittest.TestCase):
    def run_main(self, files):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "now")
            with open(path, "wb") as f:
                f.write(files.SerializeToString())
            with contextlib.redirect_stdout(io.StringIO()) as out:
                return proto_docs.main(["", path]), out.getvalue()

    def test_documented(self):
        self.assertEqual((0, ""), self.run_main(describe(LOG, CONTRACT, "--include_source_info")))

    def test_undocumented(self):
        files = describe(LOG, CONTRACT.replace("  // any", ""), "--include_source_info")
        want = LOG + ":32: value sightline.v1.Kind.KIND_UNSPECIFIED: undocumented\n"
        self.assertEqual((1, want), self.run_main(files))

    def test_an_empty_set_is_refused(self):
        self.assertEqual(1, self.run_main(descriptor_pb2.FileDescriptorSet())[0])


if __name__ == "__main__":
    unittest.main()
