#include "web/rpc_methods.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.pb.h"

namespace sightline::web {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;
using google::protobuf::MethodOptions;
using google::protobuf::ServiceDescriptor;

RpcMethod MethodOf(const MethodDescriptor& method) {
  MessageFactory* const messages = MessageFactory::generated_factory();
  RpcMethod out;
  out.path =
      absl::StrCat("/", method.service()->full_name(), "/", method.name());
  out.descriptor = &method;
  out.request = messages->GetPrototype(method.input_type());
  out.response = messages->GetPrototype(method.output_type());
  out.streams = method.server_streaming();
  out.reads_only =
      method.options().idempotency_level() == MethodOptions::NO_SIDE_EFFECTS;
  return out;
}

}  // namespace

absl::StatusOr<RpcMethods> RpcMethods::Of(
    absl::Span<const absl::string_view> services) {
  RpcMethods out;
  for (const absl::string_view name : services) {
    const ServiceDescriptor* const service =
        DescriptorPool::generated_pool()->FindServiceByName(std::string(name));
    if (service == nullptr) {
      return absl::NotFoundError(absl::StrCat("no service ", name));
    }
    for (int i = 0; i < service->method_count(); ++i) {
      if (service->method(i)->client_streaming()) continue;
      RpcMethod method = MethodOf(*service->method(i));
      std::string path = method.path;
      out.by_path_.emplace(std::move(path), std::move(method));
    }
  }
  return out;
}

const RpcMethod* RpcMethods::Find(absl::string_view path) const {
  const auto found = by_path_.find(path);
  return found == by_path_.end() ? nullptr : &found->second;
}

}  // namespace sightline::web
