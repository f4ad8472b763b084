#!/usr/bin/python3
"""Names what the wire contract leaves undocumented.

Usage: proto_docs.py DESCRIPTORS     one line per fault, status 1

DESCRIPTORS is a serialised FileDescriptorSet with source info. Only our own
packages count. Every message, field, oneof, enum, value, service and call has a
comment above it or behind it. In the files of LETTERED the comment of a field ends
with who may see it and says something besides; the others say at their head what of
them is public.
"""
import re
import sys

from google.protobuf import descriptor_pb2

import proto_breaking

LETTERED = ("proto/sightline/v1/statement.proto",)

# The last word of a comment: public, coarse, secret, never in the log.
LETTER = re.compile(r"(?:^|[.!?]\s+)(?:P or C|[PCSX])$")


def numbers(message):
    return {field.name: field.number for field in message.DESCRIPTOR.fields}


FILE = numbers(descriptor_pb2.FileDescriptorProto)
MESSAGE = numbers(descriptor_pb2.DescriptorProto)
ENUM = numbers(descriptor_pb2.EnumDescriptorProto)
SERVICE = numbers(descriptor_pb2.ServiceDescriptorProto)


class FileDocs:
    """The comments of one file, and what it lacks."""

    def __init__(self, file):
        self.file = file
        self.at = {tuple(location.path): location for location in file.source_code_info.location}

    def faults(self):
        """Yields every fault as (line, text), in the order of the descriptor."""
        if not self.at:
            yield 1, "no source info; protoc takes --include_source_info"
            return
        if self.file.name not in LETTERED and "public" not in self.comment((FILE["syntax"],)).lower():
            yield 1, "the head of the file does not say what of it is public"
        scope = self.file.package
        for i, message in enumerate(self.file.message_type):
            yield from self.message_faults(scope, message, (FILE["message_type"], i))
        for i, enum in enumerate(self.file.enum_type):
            yield from self.enum_faults(scope, enum, (FILE["enum_type"], i))
        for i, service in enumerate(self.file.service):
            name = "%s.%s" % (scope, service.name)
            path = (FILE["service"], i)
            yield from self.undocumented("service", name, path)
            yield from self.members("rpc", name, service.method, path + (SERVICE["method"],))

    def message_faults(self, scope, message, path):
        name = "%s.%s" % (scope, message.name)
        yield from self.undocumented("message", name, path)
        for i, field in enumerate(message.field):
            yield from self.field_faults("%s.%s" % (name, field.name), path + (MESSAGE["field"], i))
        declared = message.oneof_decl[: len(message.oneof_decl) - sum(f.proto3_optional for f in message.field)]
        yield from self.members("oneof", name, declared, path + (MESSAGE["oneof_decl"],))
        for i, nested in enumerate(message.nested_type):
            yield from self.message_faults(name, nested, path + (MESSAGE["nested_type"], i))
        for i, enum in enumerate(message.enum_type):
            yield from self.enum_faults(name, enum, path + (MESSAGE["enum_type"], i))

    def enum_faults(self, scope, enum, path):
        name = "%s.%s" % (scope, enum.name)
        yield from self.undocumented("enum", name, path)
        yield from self.members("value", name, enum.value, path + (ENUM["value"],))

    def field_faults(self, name, path):
        text = self.comment(path)
        letter = LETTER.search(text) if self.file.name in LETTERED else None
        if not (text[: letter.start()] if letter else text).strip():
            yield self.line(path), "field %s: undocumented" % name
        if self.file.name in LETTERED and not letter:
            yield self.line(path), "field %s: does not end with who may see it" % name

    def members(self, kind, scope, members, path):
        for i, member in enumerate(members):
            yield from self.undocumented(kind, "%s.%s" % (scope, member.name), path + (i,))

    def undocumented(self, kind, name, path):
        if not self.comment(path):
            yield self.line(path), "%s %s: undocumented" % (kind, name)

    def comment(self, path):
        location = self.at.get(path)
        if location is None:
            return ""
        return " ".join((location.leading_comments + " " + location.trailing_comments).split())

    def line(self, path):
        location = self.at.get(path)
        return location.span[0] + 1 if location is not None else 1


def check(files):
    """Yields every fault of a FileDescriptorSet as one line, by file and line."""
    for file in files.file:
        if (file.package + ".").startswith(proto_breaking.PACKAGE):
            for line, text in sorted(FileDocs(file).faults()):
                yield "%s:%d: %s" % (file.name, line, text)


def main(argv):
    if len(argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    files = proto_breaking.read(argv[1])
    if not proto_breaking.Contract(files).messages:
        print("%s: holds no message of %s*" % (argv[1], proto_breaking.PACKAGE))
        return 1
    faults = list(check(files))
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
