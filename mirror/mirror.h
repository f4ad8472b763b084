// Being a mirror: keeps what logs upload, proven package by package, and cosigns
// a checkpoint once everything in it is on disk and served.
//
// Source:  c2sp.org/tlog-mirror; c2sp.org/tlog-witness for add-checkpoint.
// Shapes:  add-checkpoint: as a witness answers it (witness/witness.h), without
//          cosignatures; moves the pending checkpoint. add-entries: statuses, in
//          the order in which they are decided:
//            400 the header is malformed          404 the origin is not listed
//            422 no pending checkpoint yet
//            409 upload_end is the size neither of the pending checkpoint nor of
//                the one in the ticket, or is below what is cosigned
//            409 upload_start is above the next entry, or more than 8,192 below
//            422 a package's proof fails; those before it are kept
//            200 cosignature lines: all entries below upload_end are held
//            400 no package
//            202 packages were kept, there are more to come
//          409 and 202 carry mirror-info (add_entries.h).
// Errors:  500 or 503: the disk, or what is on it; nothing is vouched for.
// Threads: thread-safe; uploads of one log wait for each other.
// Durable: entries before they are counted, the cosigned checkpoint before it is
//          served or answered. Sizes that were cosigned never decrease.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "checkpoint/note_signer.h"
#include "merkle/hash.h"
#include "mirror/add_entries.h"
#include "mirror/log_copy.h"
#include "mirror/ticket.h"
#include "telemetry/diagnostics.h"
#include "tiles/log_files.h"
#include "witness/answer.h"
#include "witness/cosigned_store.h"
#include "witness/log_list.h"
#include "witness/witness.h"

namespace sightline::mirror {

// Longer ones would be checkpoints that clients do not take.
inline constexpr size_t kMaxAddCheckpointBytes = 48 << 10;
// How far below the next entry an upload may begin.
inline constexpr uint64_t kMaxEntriesAgain = kMaxPackages * kPackageEntries;

struct MirroredLog {
  witness::ListedLog listed;
  tiles::LogFiles* files = nullptr;  // of this log alone
};

class Mirror {
 public:
  // Pointers outlive the mirror.
  struct Parts {
    std::vector<MirroredLog> logs;
    std::vector<checkpoint::NoteSigner>
        signers;  // cosignature keys, the mirror's
    witness::CosignedStore* pending = nullptr;
    witness::CosignedStore* cosigned = nullptr;
    const Tickets* tickets = nullptr;
    const base::Clock* clock = nullptr;
    telemetry::Diagnostics* diagnostics = telemetry::NoDiagnostics();
  };

  // Finishes what a crash has interrupted. kInvalidArgument: keys
  // (witness::CheckCosigners); kFailedPrecondition: pending and cosigned
  // checkpoints and files are not of one mirror, or a folder is older than the
  // others; those of LogCopy.
  static absl::StatusOr<std::unique_ptr<Mirror>> Create(Parts parts);

  // POST <submission prefix>/add-checkpoint.
  witness::Answer AddCheckpoint(absl::string_view body);
  // POST <submission prefix>/add-entries, the content coding undone.
  witness::Answer AddEntries(absl::string_view body);

 private:
  struct Log {
    std::string origin;
    base::Mutex mutex;
    std::unique_ptr<LogCopy> copy ABSL_GUARDED_BY(mutex);
  };
  // Of one upload.
  struct Upload {
    UploadReader* reader = nullptr;
    witness::CosignedTree target;  // what it is to lead to
    uint64_t cosigned_size = 0;
    // What its packages have brought from the next entry on, proven.
    std::vector<absl::string_view> entries;
    std::vector<merkle::Hash> leaf_hashes;
    size_t packages = 0;
    absl::Status wrong;  // with the package after them
  };

  Mirror(Parts parts, std::unique_ptr<witness::Witness> pending);

  absl::Status OpenLog(const MirroredLog& log);
  // Serves what was cosigned, where a crash came in between.
  absl::Status Catch(const Log& log, LogCopy* copy) const;
  witness::Answer Take(Log* log, Upload* upload)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(log->mutex);
  // Fills in the target. False: `refusal` says why there is none.
  bool FindTarget(const Log& log, Upload* upload,
                  witness::Answer* refusal) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(log.mutex);
  // The checkpoint of upload_end, if this mirror has had it pending.
  absl::StatusOr<witness::CosignedTree> KnownTree(
      const Log& log, const UploadHeader& header,
      const witness::CosignedTree& pending) const;
  static void TakePackages(const LogCopy& copy, Upload* upload);
  static absl::Status TakePackage(const LogCopy& copy,
                                  const EntryPackage& package, Upload* upload);
  witness::Answer Finish(Log* log, const Upload& upload)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(log->mutex);
  absl::StatusOr<std::vector<checkpoint::SignatureLine>> Sign(
      const std::string& text) const;
  witness::Answer Info(int status, const Log& log,
                       const witness::CosignedTree& tree) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(log.mutex);
  witness::Answer Failed(const Log& log, const absl::Status& why) const;

  const Parts parts_;
  const std::unique_ptr<witness::Witness> pending_;
  std::map<std::string, std::unique_ptr<Log>, std::less<>> logs_;
};

}  // namespace sightline::mirror
