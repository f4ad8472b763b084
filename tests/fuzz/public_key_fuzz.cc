// Keys are taken in their canonical encoding alone: DER that parses is the key's
// own, and PEM leads to a key that writes and reads itself.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "crypto/signer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using ::sightline::crypto::PublicKey;
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto der = PublicKey::FromSpkiDer(bytes);
  if (der.ok() && der->spki_der() != bytes) std::abort();
  const auto pem = PublicKey::FromPem(bytes);
  if (!pem.ok()) return 0;
  const auto again = PublicKey::FromPem(pem->ToPem());
  if (!again.ok() || !(*again == *pem)) std::abort();
  return 0;
}
