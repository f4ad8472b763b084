#!/usr/bin/python3
"""Tests of includes.py: a small tree that keeps every rule, and one breach of each."""
import os
import tempfile
import unittest

import includes

BUILD = """
package_group(name = "crypto_users", packages = ["//crypto/...", "//merkle/...", "//cmd/..."])
package_group(name = "merkle_users", packages = ["//merkle/...", "//storage/...", "//cmd/..."])
package_group(name = "storage_users", packages = ["//sequencer/...", "//cmd/...", "//bench/..."])
package_group(name = "admission_users", packages = ["//sequencer/...", "//cmd/..."])
package_group(name = "proto_users", packages = ["//admission/...", "//services/..."])
package_group(name = "composition", packages = ["//cmd/..."])
"""

GOOD = {
    "BUILD": BUILD,
    "base/bytes.h": "#pragma once\n#include <string>\n",
    "crypto/sha256.h": '#pragma once\n#include "base/bytes.h"\n',
    "crypto/sha256.cc": '#include "crypto/sha256.h"\n\n#include <openssl/evp.h>\n',
    "merkle/hash.h": '#pragma once\n#include "crypto/sha256.h"\n',
    "merkle/hash.cc": '// Why.\n#include "merkle/hash.h"\n',
    "storage/rocksdb_log_store.h": '#pragma once\n#include "merkle/hash.h"\n',
    "storage/rocksdb_log_store.cc": '#include "storage/rocksdb_log_store.h"\n#include <rocksdb/db.h>\n',
    "admission/admitted_entry.h": '#pragma once\n#include "proto/sightline/v1/entry.pb.h"\n',
    "admission/policy.h": "#pragma once\n",
    "sequencer/sequencer.h": '#pragma once\n#include "admission/admitted_entry.h"\n#include "storage/rocksdb_log_store.h"\n',
    "services/log.h": "#pragma once\n#include <grpcpp/grpcpp.h>\n",
    "cmd/sightlined.cc": '#include <CLI/CLI.hpp>\n#include <grpcpp/grpcpp.h>\n#include "sequencer/sequencer.h"\n',
    "bench/append.cc": "#include <openssl/evp.h>\n#include <rocksdb/db.h>\n",
}


class IncludesTest(unittest.TestCase):
    def check(self, **changed):
        """Checks the good tree with some files changed."""
        tree = dict(GOOD)
        tree.update(changed)
        with tempfile.TemporaryDirectory() as root:
            for path, text in tree.items():
                os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
                with open(os.path.join(root, path), "w", encoding="utf-8") as f:
                    f.write(text)
            return includes.check_tree(root)

    def check_line(self, path, line):
        return self.check(**{path: GOOD.get(path, "#pragma once\n") + line + "\n"})

    def assert_refused(self, wrong, *words):
        self.assertEqual(1, len(wrong), wrong)
        for word in words:
            self.assertIn(word, wrong[0])

    def test_good_tree_passes(self):
        self.assertEqual([], self.check())

    def test_upward_include_is_refused_with_its_line(self):
        wrong = self.check_line("merkle/hash.h", '#include "storage/rocksdb_log_store.h"')
        self.assert_refused(wrong, "merkle/hash.h:3", "storage_users")

    def test_group_that_points_up_is_refused(self):
        wrong = self.check(BUILD=BUILD + 'package_group(name = "web_users", packages = ["//storage/..."])')
        self.assert_refused(wrong, "web_users", "points up")

    def test_group_of_no_room_is_refused(self):
        wrong = self.check(BUILD=BUILD + 'package_group(name = "util_users", packages = [])')
        self.assert_refused(wrong, "no room")

    def test_base_includes_no_room(self):
        self.assert_refused(self.check_line("base/bytes.h", '#include "crypto/sha256.h"'), "base/ includes no other")

    def test_sideways_arrow_is_narrow(self):
        wrong = self.check_line("sequencer/sequencer.h", '#include "admission/policy.h"')
        self.assert_refused(wrong, "only admission/admitted_entry.h")

    def test_composition_is_included_by_nobody(self):
        wrong = self.check(**{"cmd/flags.h": "#pragma once\n", "merkle/x.h": '#pragma once\n#include "cmd/flags.h"\n'})
        self.assert_refused(wrong, "by nobody")

    def test_openssl_belongs_to_crypto(self):
        for path in ("merkle/hash.h", "cmd/sightlined.cc"):
            self.assert_refused(self.check_line(path, "#include <openssl/sha.h>"), path, "openssl/sha.h")

    def test_engines_belong_to_storage(self):
        for header in ("rocksdb/db.h", "libpq-fe.h"):
            self.assert_refused(self.check_line("sequencer/sequencer.h", "#include <%s>" % header), header)

    def test_grpc_belongs_to_the_edge(self):
        self.assert_refused(self.check_line("storage/rocksdb_log_store.h", "#include <grpcpp/grpcpp.h>"), "grpcpp")
        wrong = self.check_line("admission/policy.h", '#include "proto/sightline/v1/log.grpc.pb.h"')
        self.assert_refused(wrong, "grpc.pb.h")

    def test_protobuf_belongs_to_proto_users(self):
        self.assert_refused(self.check_line("merkle/hash.h", "#include <google/protobuf/message.h>"), "protobuf")
        self.assert_refused(self.check_line("merkle/hash.h", '#include "proto/sightline/v1/entry.pb.h"'), "entry.pb.h")

    def test_flags_belong_to_main(self):
        self.assert_refused(self.check_line("sequencer/sequencer.h", "#include <CLI/CLI.hpp>"), "CLI")

    def test_mutex_of_absl_is_refused(self):
        wrong = self.check_line("sequencer/sequencer.h", '#include "absl/synchronization/mutex.h"')
        self.assert_refused(wrong, "mutex.h")

    def test_missing_header_is_refused(self):
        self.assert_refused(self.check_line("merkle/hash.h", '#include "crypto/md5.h"'), "no file crypto/md5.h")

    def test_own_header_comes_first(self):
        wrong = self.check(**{"merkle/hash.cc": '#include <string>\n#include "merkle/hash.h"\n'})
        self.assert_refused(wrong, "merkle/hash.cc:1", "before its own")

    def test_unguarded_header_is_refused(self):
        self.assert_refused(self.check(**{"base/bytes.h": "int x;\n"}), "no #pragma once")

    def test_room_that_nobody_placed_is_refused(self):
        self.assert_refused(self.check(**{"util/strings.h": "#pragma once\n"}), "util:1")

    def test_empty_tree_is_refused(self):
        with tempfile.TemporaryDirectory() as root:
            with open(os.path.join(root, "BUILD"), "w", encoding="utf-8") as f:
                f.write(BUILD)
            self.assert_refused(includes.check_tree(root), "no sources")


if __name__ == "__main__":
    unittest.main()
