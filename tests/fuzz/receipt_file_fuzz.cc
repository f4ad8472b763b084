// Any file at all gets a verdict: none crashes, and what is valid is the
// committed receipt's own content: anything else would be a forgery.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/string_view.h"
#include "checkpoint/log_keys.h"
#include "client/receipt.h"

namespace {

using ::sightline::checkpoint::LogKeySet;

// The log of tests/vectors/receipts, of whose receipts two are valid.
constexpr char kVkey[] =
    "log.example.com/vectors+b99d144c+"
    "AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";
constexpr uint64_t kValid[] = {0, 6};

const LogKeySet& Keys() {
  static const LogKeySet* const keys = [] {
    auto* made = new LogKeySet("log.example.com/vectors");
    if (!made->Add(kVkey).ok()) std::abort();
    return made;
  }();
  return *keys;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view file(reinterpret_cast<const char*>(data), size);
  sightline::client::ReceiptExpectations expectations;
  expectations.fields = {{"header.submitter", "ori:CA0194200"}};
  const auto verdict =
      sightline::client::VerifyReceiptFile(file, Keys(), expectations);
  if (verdict.explanation.empty() || verdict.checks.empty()) std::abort();
  if (verdict.valid && *verdict.index != kValid[0] &&
      *verdict.index != kValid[1]) {
    std::abort();
  }
  return 0;
}
