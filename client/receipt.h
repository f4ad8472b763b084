// Receipt files: written by a submitter, checked by anybody, without the log.
//
// A receipt file is a tlog-proof whose `extra` line holds the entry, so the file
// and the log's vkey suffice. Nothing in the file is believed: the entry is
// hashed, the hash is led to a root, and the root must be signed.
//
// What a valid receipt proves: the log has this entry at this index, and cannot
// take it out or alter it without showing two histories. What it does not: that
// the statement is true, or that its signer was enrolled; the registry of the
// log says who that is.
//
// Source:  docs/formats.md "Receipt"; c2sp.org/tlog-proof.
// Shapes:  at most 2,000,000 bytes.
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "checkpoint/log_keys.h"
#include "checkpoint/policy.h"
#include "client/receipt_check.h"
#include "crypto/signer.h"
#include "merkle/hash.h"
#include "proto/sightline/v1/entry.pb.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::client {

// The text of the file, to be kept under a name that ends in ".tlog-proof".
std::string FormatReceiptFile(const Receipt& receipt);

// What else must hold. Everything is optional.
struct ReceiptExpectations {
  // The entry's bytes, for files that do not carry them.
  std::optional<std::string> entry;
  // The statement that must have been logged, serialised.
  std::optional<std::string> statement;
  // Fields of it: path (client/field_text.h) and text. Enums with or without
  // their prefix.
  struct Field {
    std::string path;
    std::string text;
  };
  std::vector<Field> fields;
  // Each must open a sealed field of the statement.
  std::vector<v1::SealOpening> openings;
  // Each must have signed the statement.
  std::vector<crypto::PublicKey> signers;
  // Witnesses that must have cosigned; null: none. Outlives the call.
  const checkpoint::Policy* witnesses = nullptr;
};

// One thing that was looked at.
struct ReceiptCheck {
  std::string name;  // "file", "checkpoint", "inclusion", "entry", ...
  bool passed = false;
  std::string detail;  // one line of plain English
};

struct ReceiptVerdict {
  bool valid = false;
  // One paragraph for people: what is proven, or what is wrong and what it means.
  std::string explanation;
  std::vector<ReceiptCheck> checks;  // up to the first that makes others moot

  // What the file says, as far as it could be read; proven only when valid.
  std::optional<uint64_t> index;
  std::optional<merkle::Hash> leaf_hash;
  std::string origin;
  uint64_t tree_size = 0;
  merkle::Hash root_hash = {};
  std::string entry_bytes;
  std::optional<v1::Entry> entry;
  std::optional<v1::Statement> statement;
};

// Judges a file. Never fails: what cannot be read is not valid, and says why.
ReceiptVerdict VerifyReceiptFile(absl::string_view file,
                                 const checkpoint::LogKeySet& log_keys,
                                 const ReceiptExpectations& expectations = {});

}  // namespace sightline::client
