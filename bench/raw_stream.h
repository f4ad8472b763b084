// Reads a server stream to its end without looking into the messages.
//
// Threads: any thread; waits for the end.
#pragma once

#include <grpcpp/channel.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "google/protobuf/message.h"

namespace sightline::bench {

struct StreamTotals {
  uint64_t messages = 0;
  uint64_t bytes = 0;
  double seconds = 0;  // from the call to its status
  std::string last;    // the last message
};

// `method` as "/package.Service/Method". A stream that fails ends the program.
StreamTotals ReadStream(const std::shared_ptr<grpc::Channel>& channel,
                        const std::string& method,
                        const google::protobuf::Message& request);

}  // namespace sightline::bench
