#include "services/record_views.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace sightline::services {
namespace {

// What a caller works in itself rather than be told to come back.
constexpr uint64_t kSmallRest = 2 * records::Views::kBatchEntries;

}  // namespace

absl::StatusOr<std::unique_ptr<RecordViews>> RecordViews::Open(
    LogInstance* log, storage::ViewStore* store,
    telemetry::Diagnostics* diagnostics) {
  ASSIGN_OR_RETURN(auto views, records::Views::Open(&log->store(), store));
  std::unique_ptr<RecordViews> out(new RecordViews(log, std::move(views)));
  const uint64_t size = log->publisher().current()->tree_size;
  diagnostics->Info(
      "views", {{"entries", out->views_->tree_size()}, {"tree_size", size}});
  publish::Publisher* const publisher = &log->publisher();
  records::TreeSource source;
  source.tree_size = [publisher] { return publisher->current()->tree_size; };
  source.watch = [publisher](uint64_t tree_size, std::function<void()> wake) {
    return publisher->Watch(tree_size, std::move(wake));
  };
  source.stop_watching = [publisher](uint64_t handle) {
    publisher->StopWatching(handle);
  };
  out->follower_ =
      records::Follower::Start(out->views_.get(), std::move(source));
  return out;
}

RecordViews::~RecordViews() { Shutdown(); }

absl::StatusOr<RecordViews::Reading> RecordViews::Read() {
  const uint64_t published = log_->publisher().current()->tree_size;
  const uint64_t have = views_->tree_size();
  if (have + kSmallRest < published) {
    RETURN_IF_ERROR(follower_->health());
    return absl::UnavailableError(absl::StrCat(
        "the views are being derived: ", have, " of ", published, " entries"));
  }
  RETURN_IF_ERROR(views_->CatchUp(published));
  Reading reading;
  ASSIGN_OR_RETURN(reading.views, views_->Read());
  // The follower only works in what is published, so this tree is no smaller.
  reading.tree = log_->publisher().current();
  return reading;
}

absl::Status RecordViews::Rebuild() {
  RETURN_IF_ERROR(views_->Rebuild());
  follower_->Wake();
  return absl::OkStatus();
}

void RecordViews::Shutdown() {
  if (follower_ != nullptr) follower_->Shutdown();
}

}  // namespace sightline::services
