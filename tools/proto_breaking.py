#!/usr/bin/python3
"""Refuses changes of the wire contract that would break a released client.

Usage: proto_breaking.py RELEASED NOW      compare; one line per break, status 1
       proto_breaking.py --release NOW OUT  write OUT, the new RELEASED

Both are serialised FileDescriptorSets. Only our own packages count; additions
are welcome. Names count as much as numbers, since JSON carries them.
"""
import sys

from google.protobuf import descriptor_pb2

PACKAGE = "sightline."
Field = descriptor_pb2.FieldDescriptorProto


def read(path):
    files = descriptor_pb2.FileDescriptorSet()
    with open(path, "rb") as f:
        files.ParseFromString(f.read())
    return files


class Contract:
    """The messages, enums and services of a FileDescriptorSet by full name."""

    def __init__(self, files):
        self.messages, self.enums, self.services = {}, {}, {}
        for file in files.file:
            if (file.package + ".").startswith(PACKAGE):
                self._add(file.package, file.message_type, file.enum_type)
                self.services.update((file.package + "." + s.name, s) for s in file.service)

    def _add(self, scope, messages, enums):
        self.enums.update((scope + "." + e.name, e) for e in enums)
        for message in messages:
            name = scope + "." + message.name
            self.messages[name] = message
            self._add(name, message.nested_type, message.enum_type)


def compare(old, new):
    """Yields every break between two Contracts."""
    for kind, check in (("messages", message_breaks), ("enums", enum_breaks), ("services", service_breaks)):
        then, now = getattr(old, kind), getattr(new, kind)
        for name in sorted(then):
            if name not in now:
                yield "%s: removed" % name
            else:
                for text in check(then[name], now[name]):
                    yield "%s%s" % (name, text)


def message_breaks(old, new):
    by_name = {f.name: f for f in new.field}
    by_number = {f.number: f for f in new.field}
    for field in old.field:
        where = ".%s: " % field.name
        if field.name in by_name:
            for text in field_breaks(old, field, new, by_name[field.name]):
                yield where + text
        elif field.number in by_number:
            yield where + "%d is now %s" % (field.number, by_number[field.number].name)
        else:
            yield where + "removed"
    yield from reservation_breaks(old, new)


def field_breaks(old_message, old, new_message, new):
    facts = (
        ("number", old.number, new.number),
        ("type", type_of(old), type_of(new)),
        ("label", Field.Label.Name(old.label), Field.Label.Name(new.label)),
        ("oneof", oneof_of(old_message, old), oneof_of(new_message, new)),
        ("JSON name", old.json_name, new.json_name),
    )
    for what, then, now in facts:
        if then != now:
            yield "%s was %s, now %s" % (what, then, now)


def type_of(field):
    return field.type_name.lstrip(".") or Field.Type.Name(field.type)[len("TYPE_") :].lower()


def oneof_of(message, field):
    if field.proto3_optional:
        return "optional"
    return message.oneof_decl[field.oneof_index].name if field.HasField("oneof_index") else "none"


def reserved(message, end):
    numbers = {n for r in message.reserved_range for n in range(r.start, min(r.end, r.start + 10000) + end)}
    return numbers | set(message.reserved_name)


def reservation_breaks(old, new, end=0):
    """A number given up once must never come back with another meaning."""
    for item in sorted(reserved(old, end) - reserved(new, end), key=str):
        yield ": no longer reserves %s" % item


def enum_breaks(old, new):
    now = {v.name: v.number for v in new.value}
    for value in old.value:
        if value.name not in now:
            yield ".%s: removed" % value.name
        elif now[value.name] != value.number:
            yield ".%s: number was %d, now %d" % (value.name, value.number, now[value.name])
    yield from reservation_breaks(old, new, end=1)  # an enum's ranges include their end


def service_breaks(old, new):
    now = {m.name: m for m in new.method}
    for method in old.method:
        if method.name not in now:
            yield ".%s: removed" % method.name
            continue
        other = now[method.name]
        for what in ("input_type", "output_type", "client_streaming", "server_streaming"):
            a, b = getattr(method, what), getattr(other, what)
            if a != b:
                yield ".%s: %s was %s, now %s" % (method.name, what.replace("_", " "), a, b)


def release(files):
    """Returns our own files without comments, in a fixed order: small, and diffs mean something."""
    out = descriptor_pb2.FileDescriptorSet()
    for file in sorted(files.file, key=lambda f: f.name):
        if (file.package + ".").startswith(PACKAGE):
            out.file.add().CopyFrom(file)
            out.file[-1].ClearField("source_code_info")
    return out


def main(argv):
    if len(argv) == 4 and argv[1] == "--release":
        with open(argv[3], "wb") as f:
            f.write(release(read(argv[2])).SerializeToString(deterministic=True))
        return 0
    if len(argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    old = Contract(read(argv[1]))
    if not old.messages:
        print("%s: holds no message of %s*" % (argv[1], PACKAGE))
        return 1
    breaks = list(compare(old, Contract(read(argv[2]))))
    for text in breaks:
        print(text)
    return 1 if breaks else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
