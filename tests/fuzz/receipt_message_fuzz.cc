// A receipt from a server that lies: what is taken is a valid receipt for anybody.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "checkpoint/log_keys.h"
#include "client/receipt.h"
#include "client/receipt_check.h"
#include "client/tree_tracker.h"
#include "proto/sightline/v1/entry.pb.h"

namespace {

namespace client = ::sightline::client;
using ::sightline::checkpoint::LogKeySet;

// The log of tests/vectors/receipts.
constexpr char kVkey[] =
    "log.example.com/vectors+b99d144c+"
    "AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";

LogKeySet Keys() {
  LogKeySet keys("log.example.com/vectors");
  if (!keys.Add(kVkey).ok()) std::abort();
  return keys;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sightline::v1::Receipt message;
  if (!message.ParseFromArray(data, static_cast<int>(size))) return 0;
  client::TreeTracker tracker(Keys(), [](uint64_t, uint64_t) {
    return absl::UnavailableError("gone");
  });
  const auto receipt = client::CheckReceipt(std::move(message), tracker);
  if (!receipt.ok()) return 0;
  const client::ReceiptVerdict verdict =
      client::VerifyReceiptFile(client::FormatReceiptFile(*receipt), Keys());
  // Its entry may be no entry of ours: the proof alone was checked.
  if (verdict.index != receipt->index ||
      verdict.entry_bytes != receipt->bytes) {
    std::abort();
  }
  return 0;
}
