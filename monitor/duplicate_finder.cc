#include "monitor/duplicate_finder.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <queue>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"

namespace sightline::monitor {
namespace {

absl::Status FileError(absl::string_view what) {
  return absl::InternalError(absl::StrCat("temporary file: cannot ", what, ": ",
                                          std::strerror(errno)));
}

// Marks read at a time from each run.
constexpr size_t kReadMarks = 4096;

}  // namespace

// Reads one sorted run of the file.
class DuplicateFinder::Run {
 public:
  Run(std::FILE* file, size_t first, size_t count)
      : file_(file), next_(first), end_(first + count) {}

  // False at the end.
  absl::Status Next(Mark* mark, bool* has_mark) {
    if (position_ == buffer_.size()) RETURN_IF_ERROR(Fill());
    *has_mark = position_ < buffer_.size();
    if (*has_mark) *mark = buffer_[position_++];
    return absl::OkStatus();
  }

 private:
  absl::Status Fill() {
    buffer_.resize(std::min(kReadMarks, end_ - next_));
    position_ = 0;
    if (buffer_.empty()) return absl::OkStatus();
    if (fseeko(file_, static_cast<off_t>(next_ * sizeof(Mark)), SEEK_SET) !=
            0 ||
        std::fread(buffer_.data(), sizeof(Mark), buffer_.size(), file_) !=
            buffer_.size()) {
      return FileError("read");
    }
    next_ += buffer_.size();
    return absl::OkStatus();
  }

  std::FILE* file_;
  size_t next_;
  size_t end_;
  std::vector<Mark> buffer_;
  size_t position_ = 0;
};

// Takes marks in ascending order and gives groups of equal prefixes.
class DuplicateFinder::Grouper {
 public:
  explicit Grouper(
      absl::FunctionRef<absl::Status(absl::Span<const uint64_t>)> visit)
      : visit_(visit) {}

  absl::Status Add(const Mark& mark) {
    if (!group_.empty() && mark.prefix != prefix_) RETURN_IF_ERROR(Flush());
    prefix_ = mark.prefix;
    group_.push_back(mark.index);
    return absl::OkStatus();
  }

  absl::Status Flush() {
    absl::Status status;
    if (group_.size() > 1) status = visit_(group_);
    group_.clear();
    return status;
  }

 private:
  absl::FunctionRef<absl::Status(absl::Span<const uint64_t>)> visit_;
  uint64_t prefix_ = 0;
  std::vector<uint64_t> group_;
};

absl::Status DuplicateFinder::Add(const crypto::Digest& hash, uint64_t index) {
  if (marks_.size() == max_in_memory_) RETURN_IF_ERROR(Spill());
  marks_.push_back({base::ReadU64(crypto::AsBytes(hash)), index});
  return absl::OkStatus();
}

absl::Status DuplicateFinder::Spill() {
  if (file_ == nullptr) file_.reset(std::tmpfile());
  if (file_ == nullptr) return FileError("create");
  std::sort(marks_.begin(), marks_.end());
  if (std::fwrite(marks_.data(), sizeof(Mark), marks_.size(), file_.get()) !=
          marks_.size() ||
      std::fflush(file_.get()) != 0) {
    return FileError("write");
  }
  run_sizes_.push_back(marks_.size());
  marks_.clear();
  return absl::OkStatus();
}

absl::Status DuplicateFinder::Merge(Grouper* grouper) {
  std::vector<Run> runs;
  size_t first = 0;
  for (size_t size : run_sizes_) {
    runs.emplace_back(file_.get(), first, size);
    first += size;
  }
  using Head = std::pair<Mark, size_t>;  // and the run it came from
  std::priority_queue<Head, std::vector<Head>, std::greater<>> heads;
  const auto advance = [&](size_t run) -> absl::Status {
    Mark mark;
    bool has_mark = false;
    RETURN_IF_ERROR(runs[run].Next(&mark, &has_mark));
    if (has_mark) heads.emplace(mark, run);
    return absl::OkStatus();
  };
  for (size_t run = 0; run < runs.size(); ++run) RETURN_IF_ERROR(advance(run));
  while (!heads.empty()) {
    const auto [mark, run] = heads.top();
    heads.pop();
    RETURN_IF_ERROR(grouper->Add(mark));
    RETURN_IF_ERROR(advance(run));
  }
  return grouper->Flush();
}

absl::Status DuplicateFinder::Finish(
    absl::FunctionRef<absl::Status(absl::Span<const uint64_t>)> visit) {
  Grouper grouper(visit);
  if (!run_sizes_.empty()) {
    if (!marks_.empty()) RETURN_IF_ERROR(Spill());
    return Merge(&grouper);
  }
  std::sort(marks_.begin(), marks_.end());
  for (const Mark& mark : marks_) RETURN_IF_ERROR(grouper.Add(mark));
  return grouper.Flush();
}

}  // namespace sightline::monitor
