// Makes AdmittedEntry values out of nothing, for tests and benchmarks of the stages
// after admission. Tests only.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "admission/admitted_entry.h"
#include "crypto/sha256.h"

namespace sightline::admission {

class AdmittedEntryMaker {
 public:
  // An entry of `feed` whose identity is the hash of `statement`.
  static AdmittedEntry Make(absl::string_view feed, std::string statement,
                            bool control = false,
                            int64_t admitted_unix_ms = 0) {
    AdmittedEntry entry;
    entry.identity_hash_ = crypto::Sha256(statement);
    entry.feed_ = std::string(feed);
    entry.signed_statement_ = std::move(statement);
    entry.control_ = control;
    entry.admitted_unix_ms_ = admitted_unix_ms;
    return entry;
  }

  // For a `statement` that is one, whose identity is not the hash of its bytes.
  static void SetIdentityHash(const crypto::Digest& hash,
                              AdmittedEntry* entry) {
    entry->identity_hash_ = hash;
  }
  // As if a policy governed it.
  static void SetGoverned(AdmittedEntry* entry) { entry->governed_ = true; }
  // As if it had been admitted under that version (Gate::version).
  static void SetRegistryVersion(uint64_t version, AdmittedEntry* entry) {
    entry->registry_version_ = version;
  }
  static void SetVerdict(std::string verdict, AdmittedEntry* entry) {
    entry->verdict_ = std::move(verdict);
  }

  static void SetSealedPayload(std::string payload, AdmittedEntry* entry) {
    entry->sealed_payload_ = std::move(payload);
  }
  static void SetErases(uint64_t index, AdmittedEntry* entry) {
    entry->erases_ = index;
  }
};

}  // namespace sightline::admission
