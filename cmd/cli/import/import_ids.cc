#include "cmd/cli/import/import_ids.h"

#include <algorithm>
#include <cstring>

#include "base/bytes.h"
#include "crypto/sha256.h"

namespace sightline::cli {
namespace {

// Each part with its length, so that no two lists of parts hash alike.
void Update(absl::string_view part, crypto::Sha256Hasher* hasher) {
  hasher->Update(base::U64(part.size()));
  hasher->Update(part);
}

}  // namespace

std::string ImportedStatementId(absl::string_view kind,
                                absl::string_view source, uint64_t row) {
  crypto::Sha256Hasher hasher;
  Update("sightline/import/statement-id/v1", &hasher);
  Update(kind, &hasher);
  Update(source, &hasher);
  hasher.Update(base::U64(row));
  const crypto::Digest digest = hasher.Finish();
  std::string id(crypto::AsBytes(digest).substr(0, 16));
  id[6] = static_cast<char>((id[6] & 0x0f) | 0x40);  // version 4
  id[8] = static_cast<char>((id[8] & 0x3f) | 0x80);  // variant 10
  return id;
}

void DerivedRng::Fill(void* out, size_t size) {
  char* to = static_cast<char*>(out);
  while (size > 0) {
    crypto::Sha256Hasher hasher;
    Update("sightline/import/salt/v1", &hasher);
    Update(secret_, &hasher);
    Update(name_, &hasher);
    hasher.Update(base::U64(next_block_++));
    const crypto::Digest block = hasher.Finish();
    const size_t part = std::min(size, block.size());
    std::memcpy(to, block.data(), part);
    to += part;
    size -= part;
  }
}

}  // namespace sightline::cli
