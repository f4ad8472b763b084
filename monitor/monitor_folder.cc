#include "monitor/monitor_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "monitor/renewed_seals.h"
#include "nlohmann/json.hpp"

namespace sightline::monitor {
namespace {

using Json = nlohmann::json;

constexpr absl::string_view kStateFile = "state.json";
constexpr char kControlFile[] = "control";
constexpr char kIdentityFile[] = "identities";
constexpr int kVersion = 1;

absl::Status Damaged(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("monitor's folder: ", what));
}

absl::Status Failed(absl::string_view what, const std::string& path) {
  return absl::InternalError(
      absl::StrCat("cannot ", what, " ", path, ": ", std::strerror(errno)));
}

// On disk when this returns OK.
absl::Status WriteAt(const std::string& path, int flags, uint64_t at,
                     absl::string_view bytes) {
  const int fd =
      open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0644);
  bool ok = fd >= 0;
  for (size_t done = 0; ok && done < bytes.size();) {
    const ssize_t n = pwrite(fd, bytes.data() + done, bytes.size() - done,
                             static_cast<off_t>(at + done));
    ok = n > 0;
    if (ok) done += static_cast<size_t>(n);
  }
  ok = ok && fsync(fd) == 0;
  const absl::Status status = ok ? absl::OkStatus() : Failed("write", path);
  if (fd >= 0) close(fd);
  return status;
}

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json ListOf(const std::vector<Alert>& alerts) {
  Json list = Json::array();
  for (const Alert& alert : alerts) list.push_back(AlertToJson(alert));
  return list;
}

absl::Status ReadList(const Json& list, std::vector<Alert>* out) {
  for (const Json& item : list) {
    ASSIGN_OR_RETURN(Alert alert, AlertFromJson(item.get<std::string>()));
    out->push_back(std::move(alert));
  }
  return absl::OkStatus();
}

absl::Status ReadControl(
    absl::string_view bytes,
    std::vector<std::pair<uint64_t, std::string>>* control) {
  while (!bytes.empty()) {
    if (bytes.size() < 12) return Damaged("a registry entry is cut short");
    const uint64_t index = base::ReadU64(bytes);
    const uint32_t size = base::ReadU32(bytes.substr(8));
    bytes.remove_prefix(12);
    if (size > bytes.size()) return Damaged("a registry entry is cut short");
    control->emplace_back(index, bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return absl::OkStatus();
}

absl::Status FromJson(const Json& json, LiveState* live, MonitorMemory* memory,
                      uint64_t* control_bytes) {
  if (json.at("version") != kVersion) return Damaged("another version");
  ASSIGN_OR_RETURN(const std::string range,
                   base::HexDecode(json.at("range").get<std::string>()));
  ASSIGN_OR_RETURN(live->range, merkle::CompactRange::Parse(range));
  live->last_admitted_unix_ms = json.at("last_admitted").get<int64_t>();
  for (const Json& item : json.at("feeds")) {
    FeedTotals feed;
    feed.submitter = item.at(0).get<std::string>();
    feed.entries = item.at(1).get<uint64_t>();
    feed.last_index = item.at(2).get<uint64_t>();
    live->feeds.push_back(std::move(feed));
  }
  // A state from before renewals were followed has none.
  for (const Json& item : json.value("renewed_seals", Json::array())) {
    live->renewed_seals.push_back(
        {item.at(0).get<uint64_t>(), item.at(1).get<std::string>(),
         item.at(2).get<int64_t>(), item.at(3).get<uint64_t>()});
  }
  // Nor has one from before these were kept.
  for (const Json& item : json.value("unproven", Json::array())) {
    memory->unproven.push_back({item.at(0).get<std::string>(),
                                item.at(1).get<std::string>(),
                                item.at(2).get<int64_t>()});
  }
  *control_bytes = json.at("control_bytes").get<uint64_t>();
  memory->origin = json.at("origin").get<std::string>();
  memory->note = json.at("note").get<std::string>();
  memory->alerts_from = json.at("alerts_from").get<uint64_t>();
  memory->since_unix_ms = json.at("since").get<int64_t>();
  memory->open = json.at("open").get<std::string>();
  memory->told = json.at("told").get<std::vector<std::string>>();
  RETURN_IF_ERROR(ReadList(json.at("recent"), &memory->recent));
  return ReadList(json.at("undelivered"), &memory->undelivered);
}

}  // namespace

absl::StatusOr<std::unique_ptr<MonitorFolder>> MonitorFolder::Open(
    const std::string& folder) {
  ASSIGN_OR_RETURN(StaticFiles files, StaticFiles::Open(folder));
  const std::string lock = absl::StrCat(folder, "/LOCK");
  const int fd = open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (fd >= 0) close(fd);
    return absl::FailedPreconditionError(
        absl::StrCat(folder, ": another process has it (", lock, ")"));
  }
  return std::unique_ptr<MonitorFolder>(
      new MonitorFolder(folder, std::move(files), fd));
}

MonitorFolder::~MonitorFolder() { close(lock_); }

absl::Status MonitorFolder::Load(LiveState* live, MonitorMemory* memory) {
  const auto text = files_.Read(kStateFile);
  if (absl::IsNotFound(text.status())) return absl::OkStatus();
  RETURN_IF_ERROR(text.status());
  try {
    RETURN_IF_ERROR(
        FromJson(Json::parse(*text), live, memory, &control_bytes_));
  } catch (const Json::exception& error) {
    return Damaged(error.what());
  }
  identity_bytes_ = live->range.size() * sizeof(uint64_t);
  std::string control;
  if (control_bytes_ > 0) {
    ASSIGN_OR_RETURN(control, files_.Read(kControlFile));
  }
  std::string identities;
  if (identity_bytes_ > 0) {
    ASSIGN_OR_RETURN(identities, files_.Read(kIdentityFile));
  }
  // Longer: of a save that did not come to its end.
  if (control.size() < control_bytes_ || identities.size() < identity_bytes_) {
    return Damaged("files are shorter than state.json says");
  }
  RETURN_IF_ERROR(ReadControl(
      absl::string_view(control).substr(0, control_bytes_), &live->control));
  for (uint64_t at = 0; at < identity_bytes_; at += sizeof(uint64_t)) {
    live->identities.push_back(
        base::ReadU64(absl::string_view(identities).substr(at)));
  }
  return absl::OkStatus();
}

absl::Status MonitorFolder::Append(const std::string& name, uint64_t at,
                                   absl::string_view bytes) {
  if (bytes.empty()) return absl::OkStatus();
  return WriteAt(absl::StrCat(folder_, "/", name), 0, at, bytes);
}

absl::Status MonitorFolder::Replace(const std::string& name,
                                    absl::string_view bytes) {
  const std::string path = absl::StrCat(folder_, "/", name);
  const std::string part = absl::StrCat(path, ".part");
  RETURN_IF_ERROR(WriteAt(part, O_TRUNC, 0, bytes));
  if (rename(part.c_str(), path.c_str()) != 0) return Failed("rename", part);
  const int fd = open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && fsync(fd) == 0;
  const absl::Status status =
      synced ? absl::OkStatus() : Failed("sync", folder_);
  if (fd >= 0) close(fd);
  return status;
}

absl::Status MonitorFolder::Save(const LiveCheck& check,
                                 const LiveCheck::Taken& taken,
                                 const MonitorMemory& memory) {
  std::string control;
  for (const auto& [index, bytes] : taken.control) {
    base::AppendU64(index, &control);
    base::AppendU32(static_cast<uint32_t>(bytes.size()), &control);
    control += bytes;
  }
  std::string identities;
  for (const uint64_t prefix : taken.identities) {
    base::AppendU64(prefix, &identities);
  }
  RETURN_IF_ERROR(Append(kControlFile, control_bytes_, control));
  RETURN_IF_ERROR(Append(kIdentityFile, identity_bytes_, identities));
  Json feeds = Json::array();
  for (const FeedTotals& feed : check.Feeds()) {
    feeds.push_back({feed.submitter, feed.entries, feed.last_index});
  }
  Json renewed_seals = Json::array();
  for (const RenewedSeal& seal : check.ListRenewedSeals()) {
    renewed_seals.push_back(
        {seal.index, seal.path, seal.until_unix_ms, seal.renewal_index});
  }
  Json unproven = Json::array();
  for (const UnprovenTree& tree : memory.unproven) {
    unproven.push_back({tree.peer, tree.note, tree.since_unix_ms});
  }
  const Json json = {{"version", kVersion},
                     {"origin", memory.origin},
                     {"note", memory.note},
                     {"range", base::HexEncode(check.range().Serialise())},
                     {"last_admitted", check.last_admitted_unix_ms()},
                     {"feeds", feeds},
                     {"renewed_seals", renewed_seals},
                     {"control_bytes", control_bytes_ + control.size()},
                     {"alerts_from", memory.alerts_from},
                     {"since", memory.since_unix_ms},
                     {"open", memory.open},
                     {"told", memory.told},
                     {"unproven", unproven},
                     {"recent", ListOf(memory.recent)},
                     {"undelivered", ListOf(memory.undelivered)}};
  RETURN_IF_ERROR(Replace(std::string(kStateFile), Dump(json)));
  control_bytes_ += control.size();
  identity_bytes_ += identities.size();
  return absl::OkStatus();
}

absl::StatusOr<std::string> MonitorFolder::KeepEvidence(
    absl::string_view name, absl::string_view evidence) {
  const std::string path = absl::StrCat("evidence/", name, ".evidence");
  // Its folder, that is.
  RETURN_IF_ERROR(files_.Write(path, ""));
  RETURN_IF_ERROR(Replace(path, evidence));
  return absl::StrCat(folder_, "/", path);
}

}  // namespace sightline::monitor
