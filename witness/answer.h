// What is answered to one HTTP request, whatever library carries it.
#pragma once

#include <string>

namespace sightline::witness {

inline constexpr char kPlainText[] = "text/plain; charset=utf-8";

struct Answer {
  int status = 200;
  std::string body;
  std::string content_type = kPlainText;
  int retry_after_s = 0;  // 0: no such header
  // Says that a body like the request's may come gzip-coded.
  bool takes_gzip = false;
};

}  // namespace sightline::witness
