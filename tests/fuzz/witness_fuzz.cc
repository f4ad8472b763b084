// Whatever a witness is asked, its state never goes back, and it cosigns what
// parses only, with a line that verifies.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "absl/strings/string_view.h"
#include "base/fake_clock.h"
#include "checkpoint/add_checkpoint.h"
#include "checkpoint/note.h"
#include "checkpoint/test_vectors.h"
#include "witness/answer.h"
#include "witness/memory_cosigned_store.h"
#include "witness/witness.h"

namespace {

namespace checkpoint = ::sightline::checkpoint;
namespace witness = ::sightline::witness;

void CheckCosigned(absl::string_view body, const witness::Answer& answer) {
  const auto request = checkpoint::ParseAddCheckpoint(body);
  const auto lines = checkpoint::ParseSignatureLines(answer.body);
  if (!request.ok() || !lines.ok() || lines->size() != 1) std::abort();
  const auto signer = checkpoint::WitnessSigner();
  if (!signer.verifier()
           .Verify(request->note.text, lines->front().signature)
           .ok()) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view body(reinterpret_cast<const char*>(data), size);
  ::sightline::base::FakeClock clock(1'750'000'000'000);
  witness::MemoryCosignedStore store;
  witness::Witness::Parts parts;
  parts.logs = {
      {checkpoint::kLogOrigin, {checkpoint::LogSigner().verifier()}, 0}};
  parts.signers = {checkpoint::WitnessSigner()};
  parts.store = &store;
  parts.clock = &clock;
  const auto one =
      std::move(witness::Witness::Create(std::move(parts))).value();
  uint64_t before = 0;
  // The second time it is a client that was not told; or nothing has changed.
  for (int i = 0; i < 2; ++i) {
    const witness::Answer answer = one->AddCheckpoint(body);
    if (answer.status == 200) CheckCosigned(body, answer);
    const auto tree = *store.Read(checkpoint::kLogOrigin);
    const uint64_t after = tree.has_value() ? tree->tree_size : 0;
    if (after < before) std::abort();
    if (answer.status != 200 && after != before) std::abort();
    before = after;
  }
  return 0;
}
