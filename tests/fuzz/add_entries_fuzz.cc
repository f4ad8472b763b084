// An upload that parses to its end encodes to the same bytes, and so does a
// mirror-info.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/string_view.h"
#include "mirror/add_entries.h"

namespace mirror = ::sightline::mirror;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view body(reinterpret_cast<const char*>(data), size);
  const auto info = mirror::ParseMirrorInfo(body);
  if (info.ok() && mirror::FormatMirrorInfo(*info) != body) std::abort();
  auto reader = mirror::UploadReader::Create(body);
  if (!reader.ok()) return 0;
  std::string again = mirror::FormatUploadHeader(reader->header());
  mirror::EntryPackage package;
  while (reader->Next(&package)) {
    if (package.begin + package.entries.size() != package.subtree.end ||
        !mirror::AppendPackage(package.entries, package.proof, &again).ok()) {
      std::abort();
    }
  }
  // What comes before the fault stands.
  if (body.substr(0, again.size()) != again) std::abort();
  if (reader->status().ok() && again.size() != body.size()) std::abort();
  return 0;
}
