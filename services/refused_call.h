// A streaming call that ends before it begins.
//
// Example:
//   return RefuseCall<grpc::ServerWriteReactor<Response>>(status);
#pragma once

#include "absl/status/status.h"
#include "services/grpc_status.h"

namespace sightline::services {

template <typename Reactor>
class RefusedCall final : public Reactor {
 public:
  explicit RefusedCall(const absl::Status& why) {
    this->Finish(ToGrpcStatus(why));
  }
  void OnDone() override { delete this; }
};

template <typename Reactor>
Reactor* RefuseCall(const absl::Status& why) {
  return new RefusedCall<Reactor>(why);
}

}  // namespace sightline::services
