#!/usr/bin/python3
"""Tests of proto_breaking.py: one change of each kind to a small contract."""
import contextlib
import io
import os
import tempfile
import unittest

from google.protobuf import descriptor_pb2, text_format

import proto_breaking

CONTRACT = """
file {
  name: "sightline/v1/log.proto" package: "sightline.v1" syntax: "proto3"
  message_type {
    name: "Entry"
    field { name: "index" number: 1 label: LABEL_OPTIONAL type: TYPE_UINT64 json_name: "index" }
    field { name: "kind" number: 2 label: LABEL_OPTIONAL type: TYPE_ENUM type_name: ".sightline.v1.Kind" json_name: "kind" }
    field { name: "request" number: 3 label: LABEL_OPTIONAL type: TYPE_MESSAGE type_name: ".sightline.v1.Entry.Request" oneof_index: 0 json_name: "request" }
    field { name: "raw" number: 4 label: LABEL_OPTIONAL type: TYPE_BYTES oneof_index: 0 json_name: "raw" }
    oneof_decl { name: "body" }
    nested_type {
      name: "Request"
      field { name: "unit" number: 1 label: LABEL_OPTIONAL type: TYPE_STRING json_name: "unit" }
    }
    reserved_range { start: 7 end: 8 }
    reserved_name: "old"
  }
  enum_type {
    name: "Kind"
    value { name: "KIND_UNSPECIFIED" number: 0 }
    value { name: "KIND_REQUEST" number: 1 }
    reserved_range { start: 5 end: 5 }
  }
  service {
    name: "LogService"
    method { name: "GetEntry" input_type: ".sightline.v1.Entry" output_type: ".sightline.v1.Entry" }
    method { name: "StreamEntries" input_type: ".sightline.v1.Entry" output_type: ".sightline.v1.Entry" server_streaming: true }
  }
}
file {
  name: "google/rpc/status.proto" package: "google.rpc" syntax: "proto3"
  message_type { name: "Status" }
}
"""


def parse():
    return text_format.Parse(CONTRACT, descriptor_pb2.FileDescriptorSet())


class BreakingTest(unittest.TestCase):
    def setUp(self):
        self.old, self.new = parse(), parse()
        self.file = self.new.file[0]
        self.entry, self.kind, self.log = self.file.message_type[0], self.file.enum_type[0], self.file.service[0]

    def breaks(self):
        return list(proto_breaking.compare(proto_breaking.Contract(self.old), proto_breaking.Contract(self.new)))

    def assert_breaks(self, *want):
        self.assertEqual(list(want), self.breaks())

    def test_the_same_is_no_break(self):
        self.assert_breaks()

    def test_additions_are_no_break(self):
        self.entry.field.add(name="more", number=9, type=proto_breaking.Field.TYPE_STRING)
        self.entry.nested_type.add(name="New")
        self.kind.value.add(name="KIND_NEW", number=2)
        self.log.method.add(name="New")
        self.file.message_type.add(name="Other")
        self.file.enum_type.add(name="OtherKind")
        self.file.service.add(name="OtherService")
        self.entry.reserved_range.add(start=10, end=12)
        self.assert_breaks()

    def test_moving_to_another_file_is_no_break(self):
        other = self.new.file.add(name="sightline/v1/kind.proto", package="sightline.v1")
        other.enum_type.add().CopyFrom(self.kind)
        del self.file.enum_type[0]
        self.assert_breaks()

    def test_other_packages_do_not_count(self):
        del self.new.file[1]
        self.assert_breaks()

    def test_removed_field(self):
        del self.entry.field[0]
        self.assert_breaks("sightline.v1.Entry.index: removed")

    def test_removed_nested_field(self):
        del self.entry.nested_type[0].field[0]
        self.assert_breaks("sightline.v1.Entry.Request.unit: removed")

    def test_renumbered_field(self):
        self.entry.field[0].number = 12
        self.assert_breaks("sightline.v1.Entry.index: number was 1, now 12")

    def test_renamed_field(self):
        self.entry.field[0].name = "leaf_index"
        self.assert_breaks("sightline.v1.Entry.index: 1 is now leaf_index")

    def test_changed_type(self):
        self.entry.field[0].type = proto_breaking.Field.TYPE_FIXED64
        self.assert_breaks("sightline.v1.Entry.index: type was uint64, now fixed64")

    def test_changed_type_name(self):
        self.entry.field[2].type_name = ".sightline.v1.Entry"
        self.assert_breaks("sightline.v1.Entry.request: type was sightline.v1.Entry.Request, now sightline.v1.Entry")

    def test_changed_label(self):
        self.entry.field[0].label = proto_breaking.Field.LABEL_REPEATED
        self.assert_breaks("sightline.v1.Entry.index: label was LABEL_OPTIONAL, now LABEL_REPEATED")

    def test_field_leaves_oneof(self):
        self.entry.field[3].ClearField("oneof_index")
        self.assert_breaks("sightline.v1.Entry.raw: oneof was body, now none")

    def test_field_enters_oneof(self):
        self.entry.field[0].oneof_index = 0
        self.assert_breaks("sightline.v1.Entry.index: oneof was none, now body")

    def test_changed_presence(self):
        self.entry.field[0].proto3_optional = True
        self.entry.field[0].oneof_index = 1
        self.entry.oneof_decl.add(name="_index")
        self.assert_breaks("sightline.v1.Entry.index: oneof was none, now optional")

    def test_changed_json_name(self):
        self.entry.field[0].json_name = "leafIndex"
        self.assert_breaks("sightline.v1.Entry.index: JSON name was index, now leafIndex")

    def test_removed_reservation(self):
        del self.entry.reserved_range[0]
        del self.entry.reserved_name[0]
        del self.kind.reserved_range[0]
        self.assert_breaks(
            "sightline.v1.Entry: no longer reserves 7",
            "sightline.v1.Entry: no longer reserves old",
            "sightline.v1.Kind: no longer reserves 5",
        )

    def test_removed_enum_value(self):
        del self.kind.value[1]
        self.assert_breaks("sightline.v1.Kind.KIND_REQUEST: removed")

    def test_renumbered_enum_value(self):
        self.kind.value[1].number = 3
        self.assert_breaks("sightline.v1.Kind.KIND_REQUEST: number was 1, now 3")

    def test_removed_method(self):
        del self.log.method[0]
        self.assert_breaks("sightline.v1.LogService.GetEntry: removed")

    def test_changed_request_and_response(self):
        self.log.method[0].input_type = ".sightline.v1.Entry.Request"
        self.log.method[0].output_type = ".sightline.v1.Entry.Request"
        self.assert_breaks(
            "sightline.v1.LogService.GetEntry: input type was .sightline.v1.Entry, now .sightline.v1.Entry.Request",
            "sightline.v1.LogService.GetEntry: output type was .sightline.v1.Entry, now .sightline.v1.Entry.Request",
        )

    def test_changed_streaming(self):
        self.log.method[1].client_streaming = True
        self.log.method[1].server_streaming = False
        self.assert_breaks(
            "sightline.v1.LogService.StreamEntries: client streaming was False, now True",
            "sightline.v1.LogService.StreamEntries: server streaming was True, now False",
        )

    def test_removed_message_enum_and_service(self):
        del self.entry.nested_type[0]
        del self.file.enum_type[0]
        del self.file.service[0]
        self.assert_breaks(
            "sightline.v1.Entry.Request: removed", "sightline.v1.Kind: removed", "sightline.v1.LogService: removed"
        )

    def test_changed_package(self):
        self.file.package = "sightline.v2"
        self.assertEqual(4, len(self.breaks()))


class MainTest(unittest.TestCase):
    def run_main(self, *args):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            return proto_breaking.main([""] + list(args)), out.getvalue()

    def test_release_then_compare(self):
        with tempfile.TemporaryDirectory() as folder:
            now, released = os.path.join(folder, "now"), os.path.join(folder, "released")
            contract = parse()
            contract.file[0].source_code_info.location.add(leading_comments="a comment")
            with open(now, "wb") as f:
                f.write(contract.SerializeToString())
            self.assertEqual((0, ""), self.run_main("--release", now, released))
            self.assertEqual(["sightline/v1/log.proto"], [f.name for f in proto_breaking.read(released).file])
            with open(released, "rb") as f:
                self.assertNotIn(b"a comment", f.read())
            self.assertEqual((0, ""), self.run_main(released, now))

            del contract.file[0].service[0]
            with open(now, "wb") as f:
                f.write(contract.SerializeToString())
            self.assertEqual((1, "sightline.v1.LogService: removed\n"), self.run_main(released, now))

    def test_empty_release_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            empty = os.path.join(folder, "empty")
            with open(empty, "wb"):
                pass
            self.assertEqual(1, self.run_main(empty, empty)[0])


if __name__ == "__main__":
    unittest.main()
