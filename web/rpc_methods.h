// The methods of services, by the path that calls them.
//
// Source:  the descriptors that are compiled in.
// Shapes:  a path is "/sightline.v1.LogService/GetLog".
// Errors:  kNotFound: no such service in this program.
// Threads: constant once made.
#pragma once

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace sightline::web {

struct RpcMethod {
  std::string path;
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  // Prototypes; they live for ever.
  const google::protobuf::Message* request = nullptr;
  const google::protobuf::Message* response = nullptr;
  bool streams = false;     // many answers
  bool reads_only = false;  // NO_SIDE_EFFECTS
};

class RpcMethods {
 public:
  // Methods that take one request; those that take a stream are left out.
  static absl::StatusOr<RpcMethods> Of(
      absl::Span<const absl::string_view> services);

  // Null when there is none.
  const RpcMethod* Find(absl::string_view path) const;

 private:
  absl::flat_hash_map<std::string, RpcMethod> by_path_;
};

}  // namespace sightline::web
