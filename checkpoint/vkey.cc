#include "checkpoint/vkey.h"

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "checkpoint/note_text.h"
#include "crypto/sha256.h"

namespace sightline::checkpoint {
namespace {

constexpr size_t kEd25519KeySize = 32;
constexpr size_t kMlDsa44KeySize = 1312;
constexpr size_t kMaxKeySize = 4096;

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("vkey: ", what));
}

absl::Status CheckKeySize(KeyType type, size_t size) {
  size_t want = 0;
  if (type == KeyType::kEd25519 || type == KeyType::kCosignature) {
    want = kEd25519KeySize;
  } else if (type == KeyType::kMlDsa44) {
    want = kMlDsa44KeySize;
  }
  if (want != 0 && size != want) {
    return Malformed(absl::StrCat("key of ", size, " bytes, want ", want));
  }
  if (size == 0 || size > kMaxKeySize) {
    return Malformed(absl::StrCat("key of ", size, " bytes"));
  }
  return absl::OkStatus();
}

std::string HexId(uint32_t key_id) {
  std::string bytes;
  base::AppendU32(key_id, &bytes);
  return base::HexEncode(bytes);
}

bool IsEd25519(KeyType type) {
  return type == KeyType::kEd25519 || type == KeyType::kCosignature;
}

}  // namespace

uint32_t ComputeKeyId(absl::string_view name, KeyType type,
                      absl::string_view key) {
  const std::string input =
      type == KeyType::kEcdsa
          ? std::string(key)
          : absl::StrCat(name, "\n",
                         absl::string_view(reinterpret_cast<char*>(&type), 1),
                         key);
  const crypto::Digest digest = crypto::Sha256(input);
  return base::ReadU32(crypto::AsBytes(digest));
}

absl::StatusOr<Vkey> MakeVkey(absl::string_view name, KeyType type,
                              absl::string_view key) {
  if (!IsKeyName(name)) {
    return Malformed(
        "invalid key name; want at least one character, no spaces, no plus");
  }
  RETURN_IF_ERROR(CheckKeySize(type, key.size()));
  Vkey vkey;
  vkey.name = std::string(name);
  vkey.key_id = ComputeKeyId(name, type, key);
  vkey.type = type;
  vkey.key = std::string(key);
  return vkey;
}

absl::StatusOr<Vkey> ParseVkey(absl::string_view text) {
  const size_t first = text.find('+');
  const size_t second = first == absl::string_view::npos
                            ? absl::string_view::npos
                            : text.find('+', first + 1);
  if (second == absl::string_view::npos) {
    return Malformed("want <name>+<key ID>+<base64>");
  }
  auto bytes = base::Base64Decode(text.substr(second + 1));
  if (!bytes.ok() || bytes->empty()) return Malformed("malformed base64");
  ASSIGN_OR_RETURN(
      const Vkey vkey,
      MakeVkey(text.substr(0, first), static_cast<KeyType>((*bytes)[0]),
               absl::string_view(*bytes).substr(1)));
  const std::string want = HexId(vkey.key_id);
  const absl::string_view got = text.substr(first + 1, second - first - 1);
  if (got != want) {
    return Malformed(absl::StrCat("the key ID is not the key's, want ", want));
  }
  return vkey;
}

std::string FormatVkey(const Vkey& vkey) {
  const char type = static_cast<char>(vkey.type);
  return absl::StrCat(
      vkey.name, "+", HexId(vkey.key_id), "+",
      base::Base64Encode(absl::StrCat(absl::string_view(&type, 1), vkey.key)));
}

bool SameKey(const Vkey& a, const Vkey& b) {
  return (a.type == b.type || (IsEd25519(a.type) && IsEd25519(b.type))) &&
         a.key == b.key;
}

}  // namespace sightline::checkpoint
