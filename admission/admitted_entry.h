// A statement that has passed admission: the only thing the sequencer takes.
//
// Its constructor is private and befriended by Admission, so unvalidated bytes
// cannot reach the tree. It carries opaque bytes; the stages after it do not know
// what footage is.
//
// Threads: thread-compatible; moved from stage to stage.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "crypto/sha256.h"

namespace sightline::admission {

class AdmittedEntry {
 public:
  AdmittedEntry(AdmittedEntry&&) = default;
  AdmittedEntry& operator=(AdmittedEntry&&) = default;

  // Serialised SignedStatement.
  absl::string_view signed_statement() const { return signed_statement_; }
  // What the entry holds in its stead when it is sealed as a whole: a serialised
  // face (statement/whole_seal.h), of whichever month; empty otherwise.
  absl::string_view face() const { return face_; }
  // Serialised fields of Entry that policy evaluation filled in (policy, findings).
  absl::string_view verdict() const { return verdict_; }
  // The submitter whose feed this entry joins.
  absl::string_view feed() const { return feed_; }
  // SHA-256 of the statement's DSSE pre-authentication encoding.
  const crypto::Digest& identity_hash() const { return identity_hash_; }
  // Encrypted openings of the sealed fields; empty when nothing is sealed.
  absl::string_view sealed_payload() const { return sealed_payload_; }
  // The entry whose sealed payload goes when this one comes, if any.
  const std::optional<uint64_t>& erases() const { return erases_; }
  // When admission took it. The entry's own time is this, or that of the entry
  // before it when that is later.
  int64_t admitted_unix_ms() const { return admitted_unix_ms_; }
  // Whether a policy governs it, so that the verdict depends on that time.
  bool governed() const { return governed_; }
  // Whether this entry changes who may submit what. Such an entry ends its batch,
  // so that the registry is the same for all entries of a batch.
  bool control() const { return control_; }
  // Version of the registry that it was admitted under (Gate::version).
  uint64_t registry_version() const { return registry_version_; }

  size_t size_bytes() const {
    return signed_statement_.size() + verdict_.size() + sealed_payload_.size();
  }

 private:
  friend class Admission;
  friend class
      AdmittedEntryMaker;  // testonly: admission/admitted_entry_maker.h
  AdmittedEntry() = default;

  std::string signed_statement_;
  std::string face_;
  std::string verdict_;
  std::string feed_;
  crypto::Digest identity_hash_{};
  std::string sealed_payload_;
  std::optional<uint64_t> erases_;
  int64_t admitted_unix_ms_ = 0;
  bool governed_ = false;
  bool control_ = false;
  uint64_t registry_version_ = 0;
};

}  // namespace sightline::admission
