#include "cmd/cli/progress_bar.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include "absl/strings/str_cat.h"

namespace sightline::cli {
namespace {

constexpr uint64_t kWidth = 40;

}  // namespace

ProgressBar::ProgressBar(const Invocation& run, absl::string_view unit)
    : err_(run.around.err_is_terminal && !run.json ? run.around.err : nullptr),
      unit_(unit) {}

ProgressBar::~ProgressBar() {
  if (!shown_.empty()) *err_ << "\r\033[K" << std::flush;
}

void ProgressBar::Show(uint64_t done, uint64_t total) {
  if (err_ == nullptr || total == 0) return;
  done = std::min(done, total);
  const double share = static_cast<double>(done) / static_cast<double>(total);
  const auto filled = static_cast<size_t>(share * kWidth);
  // Written again only when it looks different.
  std::string line = absl::StrCat(
      "\r[", std::string(filled, '#'), std::string(kWidth - filled, ' '), "] ",
      static_cast<uint64_t>(share * 100), " % of ", total, " ", unit_);
  if (line == shown_) return;
  shown_ = std::move(line);
  *err_ << shown_ << std::flush;
}

}  // namespace sightline::cli
