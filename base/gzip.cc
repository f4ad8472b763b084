#include "base/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace sightline::base {
namespace {

constexpr int kWindowBits = 15;
constexpr int kGzipHeader = 16;  // zlib's way to ask for gzip
constexpr int kMemoryLevel = 8;
constexpr size_t kFirstOutput = 16 << 10;

Bytef* Input(absl::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

// Frees an inflater on every way out.
struct Inflater {
  Inflater() { ok = inflateInit2(&stream, kWindowBits + kGzipHeader) == Z_OK; }
  ~Inflater() {
    if (ok) inflateEnd(&stream);
  }
  z_stream stream{};
  bool ok = false;
};

}  // namespace

std::string GzipCompress(absl::string_view bytes) {
  z_stream stream{};
  // Only out of memory can fail here, which ends the process anywhere else, too.
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kWindowBits + kGzipHeader,
                   kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK) {
    std::abort();
  }
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = Input(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = Input(out);
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

absl::StatusOr<std::string> GzipDecompress(absl::string_view gzip,
                                           size_t most_bytes) {
  Inflater inflater;
  if (!inflater.ok) return absl::ResourceExhaustedError("gzip: no memory");
  z_stream& stream = inflater.stream;
  stream.next_in = Input(gzip);
  stream.avail_in = static_cast<uInt>(gzip.size());
  std::string out;
  size_t size = 0;
  for (;;) {
    if (size == out.size()) {
      if (size > most_bytes) {
        return absl::ResourceExhaustedError(
            absl::StrCat("gzip: more than ", most_bytes, " bytes"));
      }
      // One byte beyond the limit shows that there is more.
      out.resize(std::min(std::max(2 * size, kFirstOutput), most_bytes + 1));
    }
    stream.next_out = Input(out) + size;
    stream.avail_out = static_cast<uInt>(out.size() - size);
    const int result = inflate(&stream, Z_NO_FLUSH);
    size = out.size() - stream.avail_out;
    if (result == Z_STREAM_END) {
      if (stream.avail_in == 0) break;
      if (inflateReset(&stream) != Z_OK) {
        return absl::InvalidArgumentError("gzip: damaged");
      }
      continue;
    }
    if (result == Z_BUF_ERROR && stream.avail_out == 0) continue;
    if (result != Z_OK || (stream.avail_in == 0 && stream.avail_out != 0)) {
      return absl::InvalidArgumentError("gzip: damaged or cut short");
    }
  }
  if (size > most_bytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("gzip: more than ", most_bytes, " bytes"));
  }
  out.resize(size);
  return out;
}

}  // namespace sightline::base
