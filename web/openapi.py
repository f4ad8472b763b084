#!/usr/bin/python3
"""Writes the OpenAPI 3.1 description of what a log serves over HTTP.

Usage: openapi.py DESCRIPTORS SERVICE... > openapi.json

DESCRIPTORS is a descriptor set with source information; SERVICE the full name of a
service that is called by the Connect protocol. Comments of the .proto files become
descriptions.
"""
import json
import sys

from google.protobuf import descriptor_pb2

FIELD = descriptor_pb2.FieldDescriptorProto
# Numbers of fields in descriptor.proto, for paths of source information.
MESSAGES, ENUMS, SERVICES = 4, 5, 6
MESSAGE_FIELDS, MESSAGE_NESTED, MESSAGE_ENUMS, ENUM_VALUES, SERVICE_METHODS = 2, 3, 4, 2, 2

# proto3's JSON mapping. 64 bits are written as strings, and read as numbers as well.
SCALARS = {
    FIELD.TYPE_BOOL: {"type": "boolean"},
    FIELD.TYPE_BYTES: {"type": "string", "contentEncoding": "base64"},
    FIELD.TYPE_DOUBLE: {"type": "number", "format": "double"},
    FIELD.TYPE_FLOAT: {"type": "number", "format": "float"},
    FIELD.TYPE_INT32: {"type": "integer", "format": "int32"},
    FIELD.TYPE_INT64: {"type": ["string", "integer"], "format": "int64"},
    FIELD.TYPE_STRING: {"type": "string"},
    FIELD.TYPE_UINT32: {"type": "integer", "minimum": 0, "maximum": 2**32 - 1},
    FIELD.TYPE_UINT64: {"type": ["string", "integer"], "format": "uint64"},
}
WELL_KNOWN = {
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.Duration": {"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]{1,9})?s$"},
}

ERROR = {
    "type": "object",
    "description": "A failed call, as the Connect protocol has it.",
    "required": ["code"],
    "properties": {
        "code": {
            "type": "string",
            "enum": [
                "canceled", "unknown", "invalid_argument", "deadline_exceeded", "not_found", "already_exists",
                "permission_denied", "resource_exhausted", "failed_precondition", "aborted", "out_of_range",
                "unimplemented", "internal", "unavailable", "data_loss", "unauthenticated"],
        },
        "message": {"type": "string"},
        "details": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["type", "value"],
                "properties": {
                    "type": {"type": "string", "description": "google.rpc.BadRequest names every fault."},
                    "value": {"type": "string", "contentEncoding": "base64", "description": "Serialised; unpadded."},
                    "debug": {"description": "The same as JSON, where its type is known."},
                },
            },
        },
    },
}

TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"


class Contract:
    """The descriptor set, by full names."""

    def __init__(self, descriptors):
        self.messages, self.enums, self.services, self.comments = {}, {}, {}, {}
        for file in descriptors.file:
            comments = {tuple(at.path): at.leading_comments for at in file.source_code_info.location}
            for i, message in enumerate(file.message_type):
                self.add_message(file.package, message, (MESSAGES, i), comments)
            for i, enum in enumerate(file.enum_type):
                self.add_enum(file.package, enum, (ENUMS, i), comments)
            for i, service in enumerate(file.service):
                name = "%s.%s" % (file.package, service.name)
                self.services[name] = service
                self.comment(name, comments, (SERVICES, i))
                for j, method in enumerate(service.method):
                    self.comment("%s.%s" % (name, method.name), comments, (SERVICES, i, SERVICE_METHODS, j))

    def comment(self, name, comments, path):
        text = "\n".join(line.strip() for line in comments.get(path, "").strip().split("\n"))
        if text:
            self.comments[name] = text

    def add_message(self, scope, message, path, comments):
        name = "%s.%s" % (scope, message.name)
        self.messages[name] = message
        self.comment(name, comments, path)
        for i, field in enumerate(message.field):
            self.comment("%s.%s" % (name, field.name), comments, path + (MESSAGE_FIELDS, i))
        for i, nested in enumerate(message.nested_type):
            self.add_message(name, nested, path + (MESSAGE_NESTED, i), comments)
        for i, enum in enumerate(message.enum_type):
            self.add_enum(name, enum, path + (MESSAGE_ENUMS, i), comments)

    def add_enum(self, scope, enum, path, comments):
        name = "%s.%s" % (scope, enum.name)
        self.enums[name] = enum
        self.comment(name, comments, path)


def described(schema, text):
    return dict(schema, description=text) if text else schema


def ref(name):
    return {"$ref": "#/components/schemas/" + name}


class Schemas:
    """Components of the messages that are reached, each once."""

    def __init__(self, contract):
        self.contract = contract
        self.components = {}

    def of_type(self, full_name):
        name = full_name.lstrip(".")
        if name in WELL_KNOWN:
            return WELL_KNOWN[name]
        if name not in self.components:
            self.components[name] = {}  # it may hold itself
            make = self.enum if name in self.contract.enums else self.message
            self.components[name] = make(name)
        return ref(name)

    def enum(self, name):
        values = [value.name for value in self.contract.enums[name].value]
        return described({"type": "string", "enum": values}, self.contract.comments.get(name))

    def message(self, name):
        message = self.contract.messages[name]
        properties = {field.json_name: self.field(name, field) for field in message.field}
        schema = {"type": "object", "properties": properties, "additionalProperties": False}
        return described(schema, self.contract.comments.get(name))

    def field(self, message, field):
        if field.type in (FIELD.TYPE_MESSAGE, FIELD.TYPE_ENUM):
            schema = self.of_type(field.type_name)
        else:
            schema = SCALARS[field.type]
        if field.label == FIELD.LABEL_REPEATED:
            schema = {"type": "array", "items": schema}
        return described(schema, self.contract.comments.get("%s.%s" % (message, field.name)))


def answer(description, content):
    return {"description": description, "content": content}


ERRORS = {"default": answer("The call failed.", {"application/json": {"schema": ref("connect.Error")}})}


def parameter(name, where, schema, description, required=False):
    return {"name": name, "in": where, "required": required, "schema": schema, "description": description}


HEADERS = [
    parameter("Connect-Protocol-Version", "header", {"type": "string", "const": "1"}, "The version, if given."),
    parameter("Connect-Timeout-Ms", "header", {"type": "string", "pattern": "^[0-9]{1,10}$"},
              "How long the caller waits, in milliseconds."),
]


def codecs(schema):
    return {
        "application/json": {"schema": schema},
        "application/proto": {"schema": {"type": "string", "format": "binary"}},
    }


def stream_path(operation, request, response):
    both = {
        "application/connect+json": {"schema": {"type": "string", "format": "binary"}},
        "application/connect+proto": {"schema": {"type": "string", "format": "binary"}},
    }
    envelope = "One byte of flags (1: gzip, 2: the last), a big-endian 32-bit length, and so many bytes. "
    return {
        "post": dict(
            operation,
            parameters=HEADERS,
            requestBody={"required": True, "content": both,
                         "description": envelope + "One envelope: a %s." % request},
            responses={"200": answer(envelope + "Each a %s; the last is {} or {\"error\": connect.Error}." % response,
                                     both)})}


def get_operation(operation, schema, responses):
    queries = [
        {"name": "message", "in": "query", "required": True, "description": "The request.",
         "content": {"application/json": {"schema": schema}}},
        parameter("encoding", "query", {"type": "string", "enum": ["json", "proto"]}, "Of message and answer.", True),
        parameter("base64", "query", {"type": "string", "const": "1"}, "message is base64, URL-safe."),
        parameter("compression", "query", {"type": "string", "enum": ["gzip", "identity"]}, "Of message."),
        parameter("connect", "query", {"type": "string", "const": "v1"}, "The version, if given."),
    ]
    return dict(operation, operationId=operation["operationId"] + ".get", parameters=queries, responses=responses)


def method_path(contract, schemas, service, method):
    name = "%s.%s" % (service, method.name)
    operation = described({"operationId": name, "tags": [service]}, contract.comments.get(name))
    request, response = schemas.of_type(method.input_type), schemas.of_type(method.output_type)
    if method.server_streaming:
        return stream_path(operation, method.input_type.lstrip("."), method.output_type.lstrip("."))
    responses = dict({"200": answer("The answer.", codecs(response))}, **ERRORS)
    path = {"post": dict(operation, parameters=HEADERS, requestBody={"required": True, "content": codecs(request)},
                         responses=responses)}
    if method.options.idempotency_level == descriptor_pb2.MethodOptions.NO_SIDE_EFFECTS:
        path["get"] = get_operation(operation, request, responses)
    return path


def plain_path(operation_id, description, kind, parameters=()):
    return {
        "get": {
            "operationId": operation_id, "tags": ["files"], "description": description, "parameters": list(parameters),
            "responses": {
                "200": answer("The file.", {kind: {"schema": {"type": "string"}}}),
                "404": answer("Nothing there, or not yet.", {TEXT: {"schema": {"type": "string"}}})}}}


def file_paths():
    level = parameter("L", "path", {"type": "integer", "minimum": 0, "maximum": 63}, "Level.", True)
    number = parameter("N", "path", {"type": "string"},
                       "Number in groups of three digits, x001/x234/067, with .p/<width> for a partial one.", True)
    start = parameter("from", "query", {"type": "integer"}, "The newest entry of the page.")
    submitter = parameter("submitter", "path", {"type": "string"}, "A submitter id, such as ori:CA0194200.", True)
    atom = "application/atom+xml; charset=utf-8"
    return {
        "/checkpoint": plain_path("checkpoint", "The newest checkpoint, a signed note.", TEXT),
        "/tile/{L}/{N}": plain_path("tile", "A tile of hashes (c2sp.org/tlog-tiles).", BYTES, [level, number]),
        "/tile/entries/{N}": plain_path("bundle", "A bundle of entries (c2sp.org/tlog-tiles).", BYTES, [number]),
        "/feed.atom": plain_path("feed", "The newest entries as an Atom feed.", atom, [start]),
        "/feed/{submitter}.atom": plain_path("submitterFeed", "The newest entries of one submitter.", atom,
                                             [submitter, start]),
    }


def problem(description):
    kind = "application/concise-problem-details+cbor"
    return answer(description, {kind: {"schema": {"type": "string", "format": "binary"}}})


def receipt_path(operation_id, description, kind, parameters=(), more=None):
    responses = {"200": answer("What was asked for.", {kind: {"schema": {"type": "string", "format": "binary"}}})}
    if parameters:
        responses["404"] = problem("Nothing there, or not yet (RFC 9290).")
    return {"get": {"operationId": operation_id, "tags": ["receipts"], "description": description,
                    "parameters": list(parameters), "responses": dict(responses, **(more or {}))}}


def receipt_paths():
    index = parameter("index", "path", {"type": "integer", "minimum": 0}, "A leaf index.", True)
    kid = parameter("kid", "path", {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"},
                    "A key id (RFC 9679), base64url without padding.", True)
    too_many = dict(problem("Too many for this address (RFC 9290)."), headers={
        "Retry-After": {"schema": {"type": "integer", "minimum": 1}, "description": "Seconds to wait."}})
    failures = {"429": too_many, "500": problem("The log failed (RFC 9290)."), "503": problem("Busy (RFC 9290).")}
    keys = "/.well-known/scitt-keys"
    return {
        "/entries/{index}": receipt_path("receipt", "A COSE receipt (RFC 9942) of an entry; it does not hold the entry.",
                                         "application/cose", [index], failures),
        keys: receipt_path("receiptKeys", "A COSE Key Set: every key that the log has ever named, retired ones included.",
                           "application/cbor"),
        keys + "/{kid}": receipt_path("receiptKey", "One of the keys, a COSE_Key.", "application/cbor", [kid]),
    }


def describe(contract, services):
    schemas = Schemas(contract)
    paths = {}
    for service in services:
        for method in contract.services[service].method:
            if not method.client_streaming:
                paths["/%s/%s" % (service, method.name)] = method_path(contract, schemas, service, method)
    paths.update(file_paths())
    paths.update(receipt_paths())
    tags = [described({"name": name}, contract.comments.get(name)) for name in services]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "A Sightline log",
            "version": "1",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "Reading a transparency log of police requests for footage. Nothing needs to be believed: "
                           "every answer can be checked against a signed checkpoint.",
        },
        "servers": [{"url": "/"}],
        "tags": tags + [{"name": "files", "description": "For other people's clients, and for caches."},
                        {"name": "receipts", "description": "For tools of SCITT (RFC 9943)."}],
        "paths": paths,
        "components": {"schemas": dict(sorted(schemas.components.items()), **{"connect.Error": ERROR})},
    }


def main(argv):
    descriptors = descriptor_pb2.FileDescriptorSet()
    with open(argv[1], "rb") as f:
        descriptors.ParseFromString(f.read())
    json.dump(describe(Contract(descriptors), argv[2:]), sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main(sys.argv)
