// An address to listen on, as a flag has it.
//
// Shapes:  "host:port" or "[address]:port"; port 0..65535.
#pragma once

#include <string>

namespace sightline::daemon {

// False, and neither output of any use: it is no such text.
bool SplitAddress(const std::string& text, std::string* host, int* port);

}  // namespace sightline::daemon
