// An honest little log in memory, whose answers a test may turn into lies. Tests
// only.
//
// Holds every entry and computes every proof by definition. Each statement is a
// batch of its own. Signatures of submitters are not asked for: who may write is
// the server's question, not the client's.
//
// Threads: thread-safe.
//
//   FakeLog log;
//   log.Tamper<v1::GetEntryResponse>([](v1::GetEntryResponse* answer) {
//     answer->mutable_entry()->set_index(7);
//   });
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/server.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <typeindex>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"
#include "checkpoint/log_keys.h"
#include "checkpoint/note_signer.h"
#include "crypto/sha256.h"
#include "crypto/signer.h"
#include "google/protobuf/message.h"
#include "merkle/hash.h"
#include "proto/sightline/v1/admin_service.grpc.pb.h"
#include "proto/sightline/v1/log_service.grpc.pb.h"
#include "proto/sightline/v1/registry_service.grpc.pb.h"
#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/submission_service.grpc.pb.h"
#include "statement/registry.h"

namespace sightline::client {

class FakeLog {
 public:
  static constexpr absl::string_view kOrigin = "example.com/fake-log";
  static constexpr int64_t kStartUnixMs = 1'590'861'600'000;  // 2020-05-30

  // With a genesis entry. Logs made with one seed have the same keys and the
  // same genesis.
  explicit FakeLog(uint8_t seed = 1);
  ~FakeLog();

  // --- The test's side ---

  std::shared_ptr<grpc::Channel> channel();
  // What a client has to trust.
  checkpoint::LogKeySet log_keys() const;
  std::string vkey() const { return signer_->vkey(); }
  const crypto::PrivateKey& registrar(int i) const { return registrars_[i]; }

  // Appends entries: footage requests, different for each `text`.
  void Fill(uint64_t count, absl::string_view text = "");
  // A signed footage request, told apart by `n`.
  v1::SignedStatement Request(uint64_t n, absl::string_view text = "") const;
  // An enrolment signed by both registrars, and so on.
  v1::SignedStatement Registrars(const v1::Statement& statement) const;
  v1::Statement ControlStatement() const;  // header filled in

  uint64_t size() const;
  std::string Note(uint64_t tree_size) const;
  std::string Entry(uint64_t index) const;

  // How many entries a run holds at most.
  void set_run_size(uint64_t run_size);

  // Changes every answer of one type from now on.
  template <typename Answer>
  void Tamper(std::function<void(Answer*)> how) {
    base::MutexLock lock(&mutex_);
    lies_.insert_or_assign(std::type_index(typeid(Answer)),
                           [how](google::protobuf::Message* answer) {
                             how(static_cast<Answer*>(answer));
                           });
  }
  void TellTheTruth();

  // The next `times` calls fail with `status`.
  void FailNext(grpc::Status status, int times = 1);
  // Ends every stream with UNAVAILABLE after one more message.
  void BreakStreams();
  int calls() const;  // begun so far

 private:
  class Log;
  class Registry;
  class Submission;
  class Admin;

  struct Appended {
    uint64_t index = 0;
    bool duplicate = false;
  };

  Appended Append(const v1::SignedStatement& signed_statement)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  v1::Receipt ReceiptOf(uint64_t index) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::string NoteOf(uint64_t tree_size) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  v1::EntryRun RunOf(uint64_t start_index, const v1::EntryFilter& filter,
                     uint64_t limit) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Counts a call; what it is to fail with, if anything.
  grpc::Status Begin();
  // Applies the lie, if there is one for this type.
  template <typename Answer>
  void Finish(Answer* answer) const {
    std::function<void(google::protobuf::Message*)> lie;
    {
      base::MutexLock lock(&mutex_);
      const auto it = lies_.find(std::type_index(typeid(Answer)));
      if (it == lies_.end()) return;
      lie = it->second;
    }
    lie(answer);
  }

  std::vector<crypto::PrivateKey> registrars_;
  std::unique_ptr<checkpoint::NoteSigner> signer_;

  mutable base::Mutex mutex_;
  base::CondVar changed_;
  std::vector<std::string> entries_ ABSL_GUARDED_BY(mutex_);
  std::vector<merkle::Hash> leaf_hashes_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, uint64_t> identities_ ABSL_GUARDED_BY(mutex_);
  // Ordinal and index of the last entry of each feed.
  std::map<std::string, std::pair<uint64_t, uint64_t>> feeds_
      ABSL_GUARDED_BY(mutex_);
  statement::Registry registry_ ABSL_GUARDED_BY(mutex_);
  std::map<std::type_index, std::function<void(google::protobuf::Message*)>>
      lies_ ABSL_GUARDED_BY(mutex_);
  uint64_t run_size_ ABSL_GUARDED_BY(mutex_) = 100;
  grpc::Status failure_ ABSL_GUARDED_BY(mutex_);
  int failures_left_ ABSL_GUARDED_BY(mutex_) = 0;
  int breaks_ ABSL_GUARDED_BY(mutex_) = 0;
  int calls_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;

  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace sightline::client
