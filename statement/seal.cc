#include "statement/seal.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "statement/timestamps.h"

namespace sightline::statement {
namespace {

constexpr absl::string_view kDomain("sightline/seal/v1", 18);  // with the NUL

void CheckOpening(const v1::SealedField& field, const v1::SealOpening& opening,
                  int i, Violations* out) {
  const std::string prefix = absl::StrCat("openings[", i, "].");
  if (opening.path() != field.path()) {
    out->Add(prefix + "path", "not the path of the sealed field of this place");
    return;
  }
  if (opening.salt().size() != kSealSaltSize) {
    out->Add(prefix + "salt", absl::StrCat(opening.salt().size(),
                                           " bytes, want ", kSealSaltSize));
  } else if (const size_t max = MaxSealedValueBytes(field.path());
             opening.value().size() > max) {
    out->Add(prefix + "value", absl::StrCat(opening.value().size(),
                                            " bytes, want at most ", max));
  } else if (!Opens(opening, field)) {
    out->Add(prefix + "value", "salt and value do not give the commitment");
  }
}

}  // namespace

size_t MaxSealedValueBytes(absl::string_view path) {
  return path == kWholePath ? kMaxWholeBytes : kMaxSealedValueBytes;
}

crypto::Digest Commitment(absl::string_view path, absl::string_view salt,
                          absl::string_view value) {
  std::string length;
  base::AppendU16(static_cast<uint16_t>(path.size()), &length);
  crypto::Sha256Hasher hasher;
  hasher.Update(kDomain);
  hasher.Update(length);
  hasher.Update(path);
  hasher.Update(salt);
  hasher.Update(value);
  return hasher.Finish();
}

absl::StatusOr<Seal> MakeSeal(absl::string_view path, absl::string_view value,
                              const SealTerms& terms, crypto::Rng& rng) {
  if (path.size() > std::numeric_limits<uint16_t>::max()) {
    return absl::InvalidArgumentError("seal: path longer than 65535 bytes");
  }
  if (value.size() > MaxSealedValueBytes(path)) {
    return absl::InvalidArgumentError(
        absl::StrCat("seal ", path, ": ", value.size(), " bytes, want at most ",
                     MaxSealedValueBytes(path)));
  }
  Seal seal;
  seal.opening.set_path(std::string(path));
  seal.opening.set_salt(rng.Bytes(kSealSaltSize));
  seal.opening.set_value(std::string(value));
  const crypto::Digest commitment =
      Commitment(path, seal.opening.salt(), value);
  seal.field.set_path(std::string(path));
  seal.field.set_commitment(std::string(crypto::AsBytes(commitment)));
  seal.field.set_ground(terms.ground);
  seal.field.set_granter(terms.granter);
  if (terms.sealed_until_unix_ms.has_value()) {
    *seal.field.mutable_sealed_until() =
        FromUnixMs(*terms.sealed_until_unix_ms);
  }
  return seal;
}

bool Opens(const v1::SealOpening& opening, const v1::SealedField& field) {
  if (opening.path() != field.path() ||
      opening.salt().size() != kSealSaltSize ||
      opening.path().size() > std::numeric_limits<uint16_t>::max()) {
    return false;
  }
  return crypto::AsBytes(Commitment(opening.path(), opening.salt(),
                                    opening.value())) == field.commitment();
}

Violations CheckOpenings(
    const v1::Statement& statement,
    const google::protobuf::RepeatedPtrField<v1::SealOpening>& openings) {
  Violations out;
  const auto& sealed = statement.header().sealed();
  if (openings.size() != sealed.size()) {
    out.Add("openings",
            absl::StrCat(openings.size(), " openings for ", sealed.size(),
                         " sealed fields, want one for each, in order"));
  }
  const int both = std::min(openings.size(), sealed.size());
  for (int i = 0; i < both; ++i) {
    CheckOpening(sealed[i], openings[i], i, &out);
  }
  return out;
}

}  // namespace sightline::statement
