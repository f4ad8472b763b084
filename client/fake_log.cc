#include "client/fake_log.h"

#include <grpcpp/server_builder.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "checkpoint/log_checkpoint.h"
#include "client/entry_run.h"
#include "client/registry_check.h"
#include "merkle/range_proof.h"
#include "merkle/reference_tree.h"
#include "merkle/test_trees.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/kinds.h"
#include "statement/statement_codec.h"
#include "statement/timestamps.h"

namespace sightline::client {
namespace {

using grpc::ServerContext;
using grpc::Status;
using grpc::StatusCode;

void Put(const std::vector<merkle::Hash>& hashes,
         google::protobuf::RepeatedPtrField<std::string>* out) {
  for (const merkle::Hash& hash : hashes) {
    out->Add(std::string(crypto::AsBytes(hash)));
  }
}

merkle::ReferenceTree TreeOf(const std::vector<merkle::Hash>& leaves,
                             uint64_t size) {
  return merkle::ReferenceTree({leaves.begin(), leaves.begin() + size});
}

std::string Bytes(const merkle::Hash& hash) {
  return std::string(crypto::AsBytes(hash));
}

Status OutOfRange() {
  return Status(StatusCode::OUT_OF_RANGE, "beyond the tree");
}

crypto::PrivateKey Key(uint8_t seed) {
  return *crypto::PrivateKey::FromSeed(
      std::string(32, static_cast<char>(seed)));
}

}  // namespace

// --- LogService ------------------------------------------------------------------

class FakeLog::Log final : public v1::LogService::Service {
 public:
  explicit Log(FakeLog* log) : log_(*log) {}

  Status GetLog(ServerContext*, const v1::GetLogRequest*,
                v1::GetLogResponse* answer) override {
    return Answer(answer, [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(log_.mutex_) {
      answer->set_origin(std::string(kOrigin));
      for (const auto& key : log_.registry_.LogKeys(0)) {
        *answer->add_log_keys() = key;
      }
      answer->set_tree_size(log_.entries_.size());
      answer->set_genesis(log_.entries_[0]);
      answer->set_max_statement_bytes(49152);
      answer->set_max_entry_bytes(65535);
      answer->set_server_version("fake");
      return Status::OK;
    });
  }

  Status GetCheckpoint(ServerContext* context,
                       const v1::GetCheckpointRequest* request,
                       v1::GetCheckpointResponse* answer) override {
    return Answer(answer, [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(log_.mutex_) {
      while (log_.entries_.size() < request->min_tree_size()) {
        if (context->IsCancelled() || log_.stopping_) return Status::CANCELLED;
        log_.changed_.WaitFor(&log_.mutex_, absl::Milliseconds(5));
      }
      answer->set_checkpoint(log_.NoteOf(log_.entries_.size()));
      return Status::OK;
    });
  }

  Status GetInclusionProof(ServerContext*,
                           const v1::GetInclusionProofRequest* request,
                           v1::GetInclusionProofResponse* answer) override {
    return Answer(answer, [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(log_.mutex_) {
      const uint64_t newest = log_.entries_.size();
      const uint64_t size =
          request->tree_size() == 0 ? newest : request->tree_size();
      uint64_t index = request->index();
      if (request->has_leaf_hash()) {
        index = FindLeaf(request->leaf_hash());
        if (index == newest)
          return Status(StatusCode::NOT_FOUND, "no such leaf");
      }
      if (size > newest || index >= size) return OutOfRange();
      answer->set_index(index);
      answer->set_tree_size(size);
      answer->set_leaf_hash(Bytes(log_.leaf_hashes_[index]));
      Put(TreeOf(log_.leaf_hashes_, size).InclusionProof(index, size),
          answer->mutable_hashes());
      answer->set_checkpoint(log_.NoteOf(newest));
      return Status::OK;
    });
  }

  Status GetConsistencyProof(ServerContext*,
                             const v1::GetConsistencyProofRequest* request,
                             v1::GetConsistencyProofResponse* answer) override {
    return Answer(answer, [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(log_.mutex_) {
      const uint64_t newest = log_.entries_.size();
      const uint64_t first = request->first_tree_size();
      const uint64_t second = request->second_tree_size() == 0
                                  ? newest
                                  : request->second_tree_size();
      if (first == 0 || first > second || second > newest) return OutOfRange();
      const auto tree = TreeOf(log_.leaf_hashes_, second);
      answer->set_first_tree_size(first);
      answer->set_second_tree_size(second);
      Put(tree.ConsistencyProof(first, second), answer->mutable_hashes());
      answer->set_first_root_hash(Bytes(tree.Root(first)));
      answer->set_second_root_hash(Bytes(tree.Root(second)));
      answer->set_checkpoint(log_.NoteOf(newest));
      return Status::OK;
    });
  }

  Status GetEntry(ServerContext*, const v1::GetEntryRequest* request,
                  v1::GetEntryResponse* answer) override {
    return Answer(answer, [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(log_.mutex_) {
      const uint64_t size = log_.entries_.size();
      if (request->index() >= size) return OutOfRange();
      answer->mutable_entry()->set_index(request->index());
      answer->mutable_entry()->set_entry(log_.entries_[request->index()]);
      Put(TreeOf(log_.leaf_hashes_, size)
              .InclusionProof(request->index(), size),
          answer->mutable_entry()->mutable_inclusion_proof());
      answer->set_checkpoint(log_.NoteOf(size));
      return Status::OK;
    });
  }

  Status ListEntries(ServerContext*, const v1::ListEntriesRequest* request,
                     v1::ListEntriesResponse* answer) override {
    return Answer(answer, [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(log_.mutex_) {
      if (request->start_index() > log_.entries_.size()) return OutOfRange();
      const uint64_t most =
          request->max_entries() == 0 ? 100 : request->max_entries();
      *answer->mutable_run() =
          log_.RunOf(request->start_index(), request->filter(),
                     std::min<uint64_t>(most, log_.run_size_));
      return Status::OK;
    });
  }

  Status StreamEntries(
      ServerContext* context, const v1::StreamEntriesRequest* request,
      grpc::ServerWriter<v1::StreamEntriesResponse>* writer) override {
    const Status failure = log_.Begin();
    if (!failure.ok()) return failure;
    uint64_t next = request->start_index();
    const uint64_t end = log_.size();
    const int breaks = Breaks();
    while (request->follow() || next < end) {
      v1::StreamEntriesResponse answer;
      if (!AwaitRun(context, next, request->filter(), &answer)) break;
      next = answer.run().next_index();
      log_.Finish(&answer);
      if (!writer->Write(answer)) break;
      if (Breaks() != breaks) return Status(StatusCode::UNAVAILABLE, "broken");
    }
    return Status::OK;
  }

  // Every statement was a batch of its own; four to a page.
  Status ListCheckpoints(ServerContext*,
                         const v1::ListCheckpointsRequest* request,
                         v1::ListCheckpointsResponse* answer) override {
    return Answer(answer, [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(log_.mutex_) {
      const uint64_t newest = log_.entries_.size();
      const uint64_t last = std::min(newest, request->after_tree_size() + 4);
      for (uint64_t n = request->after_tree_size() + 1; n <= last; ++n) {
        answer->add_checkpoints(log_.NoteOf(n));
      }
      answer->set_more(last < newest);
      return Status::OK;
    });
  }

  Status GetReceipt(ServerContext*, const v1::GetReceiptRequest* request,
                    v1::GetReceiptResponse* answer) override {
    return Answer(answer, [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(log_.mutex_) {
      uint64_t index = request->index();
      if (request->has_leaf_hash()) index = FindLeaf(request->leaf_hash());
      if (request->has_identity_hash()) {
        const auto it = log_.identities_.find(request->identity_hash());
        index =
            it == log_.identities_.end() ? log_.entries_.size() : it->second;
      }
      if (index >= log_.entries_.size()) {
        return Status(StatusCode::NOT_FOUND, "no such entry");
      }
      *answer->mutable_receipt() = log_.ReceiptOf(index);
      return Status::OK;
    });
  }

 private:
  template <typename Response, typename Make>
  Status Answer(Response* answer, Make make) {
    const Status failure = log_.Begin();
    if (!failure.ok()) return failure;
    {
      base::MutexLock lock(&log_.mutex_);
      const Status status = make();
      if (!status.ok()) return status;
    }
    log_.Finish(answer);
    return Status::OK;
  }

  uint64_t FindLeaf(const std::string& leaf_hash)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(log_.mutex_) {
    return std::find_if(log_.leaf_hashes_.begin(), log_.leaf_hashes_.end(),
                        [&](const auto& h) { return Bytes(h) == leaf_hash; }) -
           log_.leaf_hashes_.begin();
  }

  int Breaks() {
    base::MutexLock lock(&log_.mutex_);
    return log_.breaks_;
  }

  // The next run once there is one. False when the caller or the log has gone.
  bool AwaitRun(ServerContext* context, uint64_t next,
                const v1::EntryFilter& filter,
                v1::StreamEntriesResponse* answer) {
    base::MutexLock lock(&log_.mutex_);
    while (log_.entries_.size() <= next) {
      if (context->IsCancelled() || log_.stopping_) return false;
      log_.changed_.WaitFor(&log_.mutex_, absl::Milliseconds(5));
    }
    *answer->mutable_run() = log_.RunOf(next, filter, log_.run_size_);
    return true;
  }

  FakeLog& log_;
};

// --- RegistryService --------------------------------------------------------------

class FakeLog::Registry final : public v1::RegistryService::Service {
 public:
  explicit Registry(FakeLog* log) : log_(*log) {}

  Status GetSubmitter(ServerContext*, const v1::GetSubmitterRequest* request,
                      v1::GetSubmitterResponse* answer) override {
    {
      base::MutexLock lock(&log_.mutex_);
      const auto found = log_.registry_.FindSubmitter(request->submitter(),
                                                      request->tree_size());
      if (!found.ok()) return NotFound();
      *answer->mutable_submitter() = ToProto(*found);
      answer->set_tree_size(SizeFor(request->tree_size()));
    }
    log_.Finish(answer);
    return Status::OK;
  }

  Status ListSubmitters(ServerContext*,
                        const v1::ListSubmittersRequest* request,
                        v1::ListSubmittersResponse* answer) override {
    {
      base::MutexLock lock(&log_.mutex_);
      const size_t limit =
          request->page_size() == 0 ? 100 : request->page_size();
      const auto page = log_.registry_.ListSubmitters(
          request->tree_size(), {}, request->page_token(), limit);
      for (const auto& submitter : page) {
        *answer->add_submitters() = ToProto(submitter);
      }
      if (page.size() == limit) answer->set_next_page_token(page.back().id);
      answer->set_tree_size(SizeFor(request->tree_size()));
    }
    log_.Finish(answer);
    return Status::OK;
  }

  Status GetKey(ServerContext*, const v1::GetKeyRequest* request,
                v1::GetKeyResponse* answer) override {
    {
      base::MutexLock lock(&log_.mutex_);
      const auto found =
          log_.registry_.FindKey(request->key_id(), request->tree_size());
      if (!found.ok()) return NotFound();
      answer->set_submitter(found->submitter);
      *answer->mutable_key() = ToProto(found->period);
      answer->set_tree_size(SizeFor(request->tree_size()));
    }
    log_.Finish(answer);
    return Status::OK;
  }

  Status ListPolicies(ServerContext*, const v1::ListPoliciesRequest* request,
                      v1::ListPoliciesResponse* answer) override {
    {
      base::MutexLock lock(&log_.mutex_);
      for (const auto& entry : log_.registry_.Policies(request->tree_size())) {
        v1::Policy* policy = answer->add_policies();
        *policy->mutable_policy() = *entry.policy;
        policy->set_index(entry.index);
      }
      answer->set_tree_size(SizeFor(request->tree_size()));
    }
    log_.Finish(answer);
    return Status::OK;
  }

 private:
  static Status NotFound() { return Status(StatusCode::NOT_FOUND, "unknown"); }

  uint64_t SizeFor(uint64_t asked) ABSL_EXCLUSIVE_LOCKS_REQUIRED(log_.mutex_) {
    return asked == 0 ? log_.entries_.size() : asked;
  }

  FakeLog& log_;
};

// --- SubmissionService, AdminService -----------------------------------------------

class FakeLog::Submission final : public v1::SubmissionService::Service {
 public:
  explicit Submission(FakeLog* log) : log_(*log) {}

  Status Submit(ServerContext*, const v1::SubmitRequest* request,
                v1::SubmitResponse* answer) override {
    const Status failure = log_.Begin();
    if (!failure.ok()) return failure;
    Append(*request, answer);
    log_.Finish(answer);
    return Status::OK;
  }

  Status SubmitStream(
      ServerContext*,
      grpc::ServerReaderWriter<v1::SubmitStreamResponse,
                               v1::SubmitStreamRequest>* stream) override {
    v1::SubmitStreamRequest request;
    while (stream->Read(&request)) {
      v1::SubmitStreamResponse answer;
      const Status failure = log_.Begin();
      if (failure.error_code() == StatusCode::UNAVAILABLE) return failure;
      if (failure.ok()) {
        Append(request.submit(), answer.mutable_accepted());
      } else {
        answer.mutable_refused()->set_code(failure.error_code());
        answer.mutable_refused()->set_message(failure.error_message());
      }
      log_.Finish(&answer);
      if (!stream->Write(answer)) break;
    }
    return Status::OK;
  }

 private:
  void Append(const v1::SubmitRequest& request, v1::SubmitResponse* answer) {
    base::MutexLock lock(&log_.mutex_);
    const Appended appended = log_.Append(request.statement());
    *answer->mutable_receipt() = log_.ReceiptOf(appended.index);
    answer->set_duplicate(appended.duplicate);
  }

  FakeLog& log_;
};

class FakeLog::Admin final : public v1::AdminService::Service {
 public:
  explicit Admin(FakeLog* log) : log_(*log) {}

  Status Enrol(ServerContext*, const v1::EnrolRequest* request,
               v1::EnrolResponse* answer) override {
    return Append(*request, answer);
  }
  Status RotateKeys(ServerContext*, const v1::RotateKeysRequest* request,
                    v1::RotateKeysResponse* answer) override {
    return Append(*request, answer);
  }
  Status ChangeStatus(ServerContext*, const v1::ChangeStatusRequest* request,
                      v1::ChangeStatusResponse* answer) override {
    return Append(*request, answer);
  }
  Status PublishPolicy(ServerContext*, const v1::PublishPolicyRequest* request,
                       v1::PublishPolicyResponse* answer) override {
    return Append(*request, answer);
  }
  Status ChangeLogKeys(ServerContext*, const v1::ChangeLogKeysRequest* request,
                       v1::ChangeLogKeysResponse* answer) override {
    return Append(*request, answer);
  }

 private:
  template <typename Request, typename Response>
  Status Append(const Request& request, Response* answer) {
    const Status failure = log_.Begin();
    if (!failure.ok()) return failure;
    {
      base::MutexLock lock(&log_.mutex_);
      const Appended appended = log_.Append(request.statement());
      *answer->mutable_receipt() = log_.ReceiptOf(appended.index);
      answer->set_duplicate(appended.duplicate);
    }
    log_.Finish(answer);
    return Status::OK;
  }

  FakeLog& log_;
};

// --- The log ------------------------------------------------------------------------

FakeLog::FakeLog(uint8_t seed) {
  for (uint8_t i = 0; i < 2; ++i) registrars_.push_back(Key(seed + 100 + i));
  signer_ =
      std::make_unique<checkpoint::NoteSigner>(*checkpoint::NoteSigner::Create(
          kOrigin, checkpoint::KeyType::kEd25519, Key(seed)));
  v1::Statement genesis = ControlStatement();
  genesis.mutable_genesis()->set_origin(std::string(kOrigin));
  genesis.mutable_genesis()->set_format_version(1);
  genesis.mutable_genesis()->add_log_keys()->set_vkey(signer_->vkey());
  for (const auto& key : registrars_) {
    genesis.mutable_genesis()->add_registrar_keys()->set_spki_der(
        std::string(key.public_key().spki_der()));
  }
  genesis.mutable_genesis()->set_registrar_threshold(2);
  {
    base::MutexLock lock(&mutex_);
    Append(Registrars(genesis));
  }

  services_.push_back(std::make_unique<Log>(this));
  services_.push_back(std::make_unique<Registry>(this));
  services_.push_back(std::make_unique<Submission>(this));
  services_.push_back(std::make_unique<Admin>(this));
  grpc::ServerBuilder builder;
  for (const auto& service : services_) builder.RegisterService(service.get());
  server_ = builder.BuildAndStart();
}

FakeLog::~FakeLog() {
  {
    base::MutexLock lock(&mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  server_->Shutdown();
}

std::shared_ptr<grpc::Channel> FakeLog::channel() {
  return server_->InProcessChannel({});
}

checkpoint::LogKeySet FakeLog::log_keys() const {
  checkpoint::LogKeySet keys(kOrigin);
  keys.Add(signer_->vkey()).IgnoreError();
  return keys;
}

v1::Statement FakeLog::ControlStatement() const {
  v1::Statement statement;
  statement.mutable_header()->set_origin(std::string(kOrigin));
  statement.mutable_header()->set_submitter("registrar");
  statement.mutable_header()->set_statement_id("0123456789abcdef");
  *statement.mutable_header()->mutable_claimed_time() =
      statement::FromUnixMs(kStartUnixMs);
  return statement;
}

v1::SignedStatement FakeLog::Registrars(const v1::Statement& statement) const {
  return *statement::Sign(statement, registrars_);
}

v1::SignedStatement FakeLog::Request(uint64_t n, absl::string_view text) const {
  v1::Statement statement = ControlStatement();
  statement.mutable_header()->set_submitter(n % 2 == 0 ? "ori:CA0194200"
                                                       : "ori:CA0100100");
  statement.mutable_footage_request()->set_unit(
      absl::StrCat("unit ", text, " ", n));
  const crypto::PrivateKey key = Key(50);
  return *statement::Sign(statement, {&key, 1});
}

void FakeLog::Fill(uint64_t count, absl::string_view text) {
  for (uint64_t i = 0; i < count; ++i) {
    const v1::SignedStatement request = Request(size(), text);
    base::MutexLock lock(&mutex_);
    Append(request);
  }
}

FakeLog::Appended FakeLog::Append(const v1::SignedStatement& signed_statement) {
  const std::string identity = Bytes(statement::IdentityHash(signed_statement));
  const uint64_t index = entries_.size();
  const auto [known, fresh] = identities_.emplace(identity, index);
  if (!fresh) return {known->second, true};
  const v1::Statement statement =
      *statement::ParseStatement(signed_statement.payload());
  auto& [ordinal, previous] = feeds_[statement.header().submitter()];
  std::string entry;
  statement::AppendEntry(
      kStartUnixMs + static_cast<int64_t>(index) * 1000,
      signed_statement.SerializeAsString(), "", ordinal + 1,
      ordinal == 0 ? std::nullopt : std::optional<uint64_t>(previous), &entry);
  ++ordinal;
  previous = index;
  leaf_hashes_.push_back(merkle::LeafHash(entry));
  entries_.push_back(std::move(entry));
  registry_.Apply(index, statement).IgnoreError();
  changed_.NotifyAll();
  return {index, false};
}

v1::Receipt FakeLog::ReceiptOf(uint64_t index) const {
  v1::Receipt receipt;
  receipt.set_index(index);
  receipt.set_entry(entries_[index]);
  Put(TreeOf(leaf_hashes_, index + 1).InclusionProof(index, index + 1),
      receipt.mutable_inclusion_proof());
  receipt.set_checkpoint(NoteOf(index + 1));
  return receipt;
}

std::string FakeLog::NoteOf(uint64_t tree_size) const {
  checkpoint::Checkpoint checkpoint;
  checkpoint.origin = std::string(kOrigin);
  checkpoint.tree_size = tree_size;
  checkpoint.root_hash = TreeOf(leaf_hashes_, tree_size).Root(tree_size);
  return *checkpoint::SignCheckpoint(checkpoint, {signer_.get(), 1});
}

v1::EntryRun FakeLog::RunOf(uint64_t start_index, const v1::EntryFilter& filter,
                            uint64_t limit) const {
  const uint64_t size = entries_.size();
  const uint64_t end = std::min(size, start_index + limit);
  const auto tree = TreeOf(leaf_hashes_, size);
  const bool filtered = !IsEmpty(filter);
  v1::EntryRun run;
  run.set_start_index(start_index);
  run.set_next_index(end);
  run.set_checkpoint(NoteOf(size));
  for (uint64_t i = start_index; i < end; ++i) {
    if (!*Matches(filter, entries_[i])) continue;
    v1::LogEntry* entry = run.add_entries();
    entry->set_index(i);
    entry->set_entry(entries_[i]);
    if (filtered) {
      Put(tree.InclusionProof(i, size), entry->mutable_inclusion_proof());
    }
  }
  if (filtered) return run;
  const auto plan = merkle::RangeNodes(start_index, end, size);
  for (const auto& id : plan->left)
    Put({merkle::NodeOf(tree, id)}, run.mutable_left());
  for (const auto& id : plan->right)
    Put({merkle::NodeOf(tree, id)}, run.mutable_right());
  return run;
}

grpc::Status FakeLog::Begin() {
  base::MutexLock lock(&mutex_);
  ++calls_;
  if (failures_left_ == 0) return Status::OK;
  --failures_left_;
  return failure_;
}

uint64_t FakeLog::size() const {
  base::MutexLock lock(&mutex_);
  return entries_.size();
}

std::string FakeLog::Note(uint64_t tree_size) const {
  base::MutexLock lock(&mutex_);
  return NoteOf(tree_size);
}

std::string FakeLog::Entry(uint64_t index) const {
  base::MutexLock lock(&mutex_);
  return entries_[index];
}

void FakeLog::set_run_size(uint64_t run_size) {
  base::MutexLock lock(&mutex_);
  run_size_ = run_size;
}

void FakeLog::TellTheTruth() {
  base::MutexLock lock(&mutex_);
  lies_.clear();
}

void FakeLog::FailNext(grpc::Status status, int times) {
  base::MutexLock lock(&mutex_);
  failure_ = std::move(status);
  failures_left_ = times;
}

void FakeLog::BreakStreams() {
  base::MutexLock lock(&mutex_);
  ++breaks_;
}

int FakeLog::calls() const {
  base::MutexLock lock(&mutex_);
  return calls_;
}

}  // namespace sightline::client
