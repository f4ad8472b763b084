// The log as a SCITT transparency service shows itself: its keys, and COSE receipts
// of its entries.
//
// Source:  RFC 9942, RFC 9943 and SCRAPI; docs/formats.md "COSE receipts".
// Shapes:  GET and HEAD of
//            /.well-known/scitt-keys            a COSE Key Set, application/cbor
//            /.well-known/scitt-keys/<key id>   one of them; base64url, no padding
//            /entries/<leaf index>              a receipt, application/cose
//          Errors are RFC 9290 problem details.
// Errors:  404: no such key, beyond the published tree, or the only leaf of it;
//          429 with Retry-After: the client asks for receipts too often;
//          500, 503: the store fails (told to the diagnostics).
// Threads: thread-safe.
// Cost:    a receipt: one read per tile on the path, and a signature.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/clock.h"
#include "base/rate_limit.h"
#include "checkpoint/cose_signer.h"
#include "publish/publisher.h"
#include "storage/log_store.h"
#include "telemetry/diagnostics.h"
#include "web/handler.h"

namespace sightline::web {

class ScittHandler final : public Handler {
 public:
  // A key of the log, retired ones included: it counts for tree sizes
  // first_size <= size < end_size; 0: open.
  struct LogKey {
    std::string vkey;
    uint64_t first_size = 0;
    uint64_t end_size = 0;
  };

  // All outlive the handler. `signers` are those of the keys that the server has.
  struct Parts {
    std::function<std::shared_ptr<const publish::PublishedTree>()> published;
    std::function<std::vector<LogKey>()> keys;
    const storage::LogStore* store = nullptr;
    std::vector<checkpoint::CoseSigner> signers;
    // Receipts that one client may ask for, whether or not there are any.
    base::Rate receipts_per_client = {20, 100};
    size_t max_clients = 4096;  // that are remembered
    const base::Clock* clock = nullptr;
    telemetry::Diagnostics* diagnostics = nullptr;
  };

  // What routes.h is to send here.
  static constexpr const char* kPaths[] = {
      "/.well-known/scitt-keys", "/.well-known/scitt-keys/", "/entries/"};

  explicit ScittHandler(Parts parts)
      : parts_(std::move(parts)), clients_(parts_.clock, parts_.max_clients) {}

  void Handle(const Request& request, Reply reply) override;

 private:
  Response Keys() const;
  Response Key(absl::string_view id) const;
  // Receipt, unless the client has asked too often.
  Response LimitedReceipt(const Request& request, absl::string_view index);
  Response Receipt(const Request& request, absl::string_view index) const;
  absl::StatusOr<std::string> MakeReceipt(uint64_t index) const;
  absl::StatusOr<uint64_t> TreeOfReceipt(uint64_t index,
                                         uint64_t published_size) const;

  const Parts parts_;
  base::RateLimit clients_;
};

}  // namespace sightline::web
