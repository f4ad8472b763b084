#include "client/log_client.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "checkpoint/vkey.h"
#include "client/connection.h"
#include "client/evidence.h"
#include "client/proof_bytes.h"
#include "client/registry_check.h"
#include "merkle/proof.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/kinds.h"
#include "statement/seal.h"
#include "statement/statement_codec.h"
#include "statement/submitter_id.h"

namespace sightline::client {
namespace {

// Calls a method that takes a statement of one kind; they differ in type only.
template <typename Stub, typename Request, typename Response>
absl::StatusOr<v1::SubmitResponse> CallFor(
    Connection& connection, Stub& stub,
    grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                 Response*),
    absl::string_view name, const v1::SignedStatement& signed_statement) {
  Request request;
  *request.mutable_statement() = signed_statement;
  ASSIGN_OR_RETURN(Response response,
                   connection.Call(stub, method, name, request));
  v1::SubmitResponse out;
  *out.mutable_receipt() = std::move(*response.mutable_receipt());
  out.set_duplicate(response.duplicate());
  return out;
}

absl::StatusOr<v1::SubmitResponse> CallAdminFor(
    v1::StatementKind kind, Connection& connection,
    const v1::SignedStatement& signed_statement) {
  using Stub = v1::AdminService::Stub;
  Stub& admin = connection.admin();
  switch (kind) {
    case v1::STATEMENT_KIND_ENROLMENT:
      return CallFor(connection, admin, &Stub::Enrol, "Enrol",
                     signed_statement);
    case v1::STATEMENT_KIND_KEY_ROTATION:
      return CallFor(connection, admin, &Stub::RotateKeys, "RotateKeys",
                     signed_statement);
    case v1::STATEMENT_KIND_STATUS_CHANGE:
      return CallFor(connection, admin, &Stub::ChangeStatus, "ChangeStatus",
                     signed_statement);
    case v1::STATEMENT_KIND_POLICY_VERSION:
      return CallFor(connection, admin, &Stub::PublishPolicy, "PublishPolicy",
                     signed_statement);
    case v1::STATEMENT_KIND_LOG_KEY_CHANGE:
      return CallFor(connection, admin, &Stub::ChangeLogKeys, "ChangeLogKeys",
                     signed_statement);
    case v1::STATEMENT_KIND_ASSEMBLY_CALENDAR:
      return CallFor(connection, admin, &Stub::PublishAssemblies,
                     "PublishAssemblies", signed_statement);
    case v1::STATEMENT_KIND_ERASURE:
      return CallFor(connection, connection.disclosure(),
                     &v1::DisclosureService::Stub::Erase, "Erase",
                     signed_statement);
    case v1::STATEMENT_KIND_EMERGENCY_REVIEW:
      return CallFor(connection, connection.submission(),
                     &v1::SubmissionService::Stub::Submit, "Submit",
                     signed_statement);
    default:
      return absl::InvalidArgumentError(absl::StrCat(
          statement::KindName(kind), ": not a statement that registrars make"));
  }
}

absl::StatusOr<SubmitResult> CheckSubmitted(
    v1::SubmitResponse response, const v1::SignedStatement& sent,
    const google::protobuf::RepeatedPtrField<v1::SealOpening>& openings,
    TreeTracker& tracker) {
  SubmitResult result;
  result.duplicate = response.duplicate();
  ASSIGN_OR_RETURN(
      result.receipt,
      CheckReceipt(std::move(*response.mutable_receipt()), tracker));
  RETURN_IF_ERROR(CheckHolds(result.receipt, sent, openings, result.duplicate));
  return result;
}

bool SameKeys(const std::vector<v1::LogKey>& a,
              const google::protobuf::RepeatedPtrField<v1::LogKey>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const v1::LogKey& x, const v1::LogKey& y) {
                      return x.SerializeAsString() == y.SerializeAsString();
                    });
}

}  // namespace

absl::StatusOr<checkpoint::LogKeySet> LogKeysFromVkeys(
    absl::Span<const std::string> vkeys) {
  if (vkeys.empty()) return absl::InvalidArgumentError("no vkey given");
  ASSIGN_OR_RETURN(const checkpoint::Vkey first,
                   checkpoint::ParseVkey(vkeys[0]));
  checkpoint::LogKeySet keys(first.name);
  for (const std::string& vkey : vkeys) RETURN_IF_ERROR(keys.Add(vkey));
  return keys;
}

// --- Connecting ---------------------------------------------------------------

absl::StatusOr<std::unique_ptr<LogClient>> LogClient::Connect(
    const std::string& target, const TlsOptions& tls,
    checkpoint::LogKeySet log_keys, const Options& options) {
  ASSIGN_OR_RETURN(auto channel, MakeChannel(target, tls));
  return Create(std::move(channel), std::move(log_keys), options);
}

absl::StatusOr<std::unique_ptr<LogClient>> LogClient::Create(
    std::shared_ptr<grpc::Channel> channel, checkpoint::LogKeySet log_keys,
    const Options& options) {
  RETURN_IF_ERROR(options.Validate());
  if (log_keys.empty()) {
    return absl::InvalidArgumentError("no log key given: nothing to trust");
  }
  auto connection = std::make_unique<Connection>(std::move(channel),
                                                 std::move(log_keys), options);
  if (!options.remembered_checkpoint.empty()) {
    RETURN_IF_ERROR(
        connection->tracker().Resume(options.remembered_checkpoint));
  }
  return std::unique_ptr<LogClient>(new LogClient(std::move(connection)));
}

LogClient::LogClient(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)) {}

LogClient::~LogClient() { connection_->Close(); }

TreePtr LogClient::newest() const { return connection_->tracker().newest(); }

const std::string& LogClient::origin() const {
  return connection_->tracker().keys().origin();
}

// --- Submitting ---------------------------------------------------------------

absl::StatusOr<SubmitResult> LogClient::Submit(
    const v1::SubmitRequest& request) {
  ASSIGN_OR_RETURN(v1::SubmitResponse response,
                   connection_->Call(connection_->submission(),
                                     &v1::SubmissionService::Stub::Submit,
                                     "Submit", request));
  return CheckSubmitted(std::move(response), request.statement(),
                        request.openings(), connection_->tracker());
}

std::unique_ptr<SubmitStream> LogClient::OpenSubmitStream() {
  return std::make_unique<SubmitStream>(connection_.get());
}

absl::StatusOr<SubmitResult> LogClient::Administer(
    const v1::SignedStatement& signed_statement) {
  ASSIGN_OR_RETURN(const v1::Statement statement,
                   statement::ParseStatement(signed_statement.payload()));
  ASSIGN_OR_RETURN(v1::SubmitResponse response,
                   CallAdminFor(statement::KindOf(statement), *connection_,
                                signed_statement));
  return CheckSubmitted(std::move(response), signed_statement, {},
                        connection_->tracker());
}

absl::StatusOr<SubmitResult> LogClient::Unseal(
    const v1::SignedStatement& signed_statement) {
  ASSIGN_OR_RETURN(v1::SubmitResponse response,
                   CallFor(*connection_, connection_->disclosure(),
                           &v1::DisclosureService::Stub::Unseal, "Unseal",
                           signed_statement));
  return CheckSubmitted(std::move(response), signed_statement, {},
                        connection_->tracker());
}

absl::Status LogClient::CheckOpenings(
    const v1::SealedRead& read, absl::Span<const v1::SealOpening> openings) {
  ASSIGN_OR_RETURN(const ProvenEntry target, GetEntry(read.target().index()));
  ASSIGN_OR_RETURN(const v1::Entry entry, statement::ParseEntry(target.bytes));
  ASSIGN_OR_RETURN(const v1::Statement sealed,
                   statement::ParseStatement(entry.statement().payload()));
  RETURN_IF_ERROR(CheckAnswered(
      static_cast<size_t>(read.paths_size()) == openings.size(), "ReadSealed"));
  for (int i = 0; i < read.paths_size(); ++i) {
    const v1::SealOpening& opening = openings[static_cast<size_t>(i)];
    bool opens = false;
    for (const v1::SealedField& field : sealed.header().sealed()) {
      opens = opens || (field.path() == read.paths(i) &&
                        statement::Opens(opening, field));
    }
    if (!opens) {
      return Unverified(absl::StrCat("ReadSealed: what was given for ",
                                     read.paths(i), " is not what entry ",
                                     read.target().index(), " commits to"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<SealedReadResult> LogClient::ReadSealed(
    const v1::SignedStatement& signed_statement) {
  ASSIGN_OR_RETURN(const v1::Statement statement,
                   statement::ParseStatement(signed_statement.payload()));
  v1::ReadSealedRequest request;
  *request.mutable_statement() = signed_statement;
  ASSIGN_OR_RETURN(v1::ReadSealedResponse response,
                   connection_->Call(connection_->disclosure(),
                                     &v1::DisclosureService::Stub::ReadSealed,
                                     "ReadSealed", request));
  SealedReadResult out;
  ASSIGN_OR_RETURN(out.receipt,
                   CheckReceipt(std::move(*response.mutable_receipt()),
                                connection_->tracker()));
  RETURN_IF_ERROR(CheckHolds(out.receipt, signed_statement, false));
  out.openings.assign(response.openings().begin(), response.openings().end());
  RETURN_IF_ERROR(CheckOpenings(statement.sealed_read(), out.openings));
  return out;
}

// --- Reading ------------------------------------------------------------------

absl::StatusOr<TreePtr> LogClient::GetCheckpoint(uint64_t min_tree_size,
                                                 absl::Duration patience) {
  const TreePtr floor = connection_->tracker().served();
  v1::GetCheckpointRequest request;
  request.set_min_tree_size(min_tree_size);
  ASSIGN_OR_RETURN(const v1::GetCheckpointResponse response,
                   connection_->Call(connection_->log(),
                                     &v1::LogService::Stub::GetCheckpoint,
                                     "GetCheckpoint", request, patience));
  ASSIGN_OR_RETURN(TreePtr tree, connection_->tracker().ObserveServed(
                                     response.checkpoint(), floor));
  if (tree->size < min_tree_size) {
    return Unverified(absl::StrCat("GetCheckpoint: tree size ", tree->size,
                                   ", want at least ", min_tree_size));
  }
  return tree;
}

absl::StatusOr<TreePtr> LogClient::GetCheckpoint() {
  return GetCheckpoint(0, connection_->options().call_timeout);
}

absl::StatusOr<InclusionProof> LogClient::ProveInclusion(uint64_t index,
                                                         uint64_t tree_size) {
  v1::GetInclusionProofRequest request;
  request.set_index(index);
  request.set_tree_size(tree_size);
  return Prove(request);
}

absl::StatusOr<InclusionProof> LogClient::ProveInclusionOf(
    const merkle::Hash& leaf_hash, uint64_t tree_size) {
  v1::GetInclusionProofRequest request;
  request.set_leaf_hash(std::string(crypto::AsBytes(leaf_hash)));
  request.set_tree_size(tree_size);
  return Prove(request);
}

absl::StatusOr<InclusionProof> LogClient::Prove(
    const v1::GetInclusionProofRequest& request) {
  const TreePtr floor = connection_->tracker().served();
  ASSIGN_OR_RETURN(const v1::GetInclusionProofResponse response,
                   connection_->Call(connection_->log(),
                                     &v1::LogService::Stub::GetInclusionProof,
                                     "GetInclusionProof", request));
  InclusionProof out;
  ASSIGN_OR_RETURN(out.tree, connection_->tracker().ObserveServed(
                                 response.checkpoint(), floor));
  out.index = response.index();
  out.tree_size = response.tree_size();
  const bool asked =
      (request.has_leaf_hash() ? request.leaf_hash() == response.leaf_hash()
                               : request.index() == response.index()) &&
      out.tree_size ==
          (request.tree_size() != 0 ? request.tree_size() : out.tree->size);
  RETURN_IF_ERROR(CheckAnswered(asked, "GetInclusionProof"));
  ASSIGN_OR_RETURN(out.leaf_hash, ReadHash(response.leaf_hash()));
  ASSIGN_OR_RETURN(out.hashes, ReadHashes(response.hashes()));
  const auto root = merkle::RootFromInclusion(out.index, out.tree_size,
                                              out.leaf_hash, out.hashes);
  if (!root.ok()) return Unverified("inclusion proof", root.status());
  out.root = *root;
  RETURN_IF_ERROR(connection_->tracker().CheckPrefix(out.tree_size, out.root));
  return out;
}

absl::StatusOr<ConsistencyProof> LogClient::ProveConsistency(
    uint64_t first_size, uint64_t second_size) {
  const TreePtr floor = connection_->tracker().served();
  v1::GetConsistencyProofRequest request;
  request.set_first_tree_size(first_size);
  request.set_second_tree_size(second_size);
  ASSIGN_OR_RETURN(const v1::GetConsistencyProofResponse response,
                   connection_->Call(connection_->log(),
                                     &v1::LogService::Stub::GetConsistencyProof,
                                     "GetConsistencyProof", request));
  ConsistencyProof out;
  ASSIGN_OR_RETURN(out.tree, connection_->tracker().ObserveServed(
                                 response.checkpoint(), floor));
  out.first_size = response.first_tree_size();
  out.second_size = response.second_tree_size();
  RETURN_IF_ERROR(CheckAnswered(
      out.first_size == first_size &&
          out.second_size == (second_size != 0 ? second_size : out.tree->size),
      "GetConsistencyProof"));
  ASSIGN_OR_RETURN(out.hashes, ReadHashes(response.hashes()));
  ASSIGN_OR_RETURN(out.first_root, ReadHash(response.first_root_hash()));
  ASSIGN_OR_RETURN(out.second_root, ReadHash(response.second_root_hash()));
  const absl::Status consistent =
      merkle::VerifyConsistency(out.first_size, out.second_size, out.hashes,
                                out.first_root, out.second_root);
  if (!consistent.ok()) return Unverified("consistency proof", consistent);
  RETURN_IF_ERROR(
      connection_->tracker().CheckPrefix(out.second_size, out.second_root));
  return out;
}

absl::StatusOr<CheckpointPage> LogClient::ListCheckpoints(const TreePtr& after,
                                                          bool every) {
  v1::ListCheckpointsRequest request;
  if (after != nullptr) request.set_after_tree_size(after->size);
  request.set_every(every);
  ASSIGN_OR_RETURN(const v1::ListCheckpointsResponse response,
                   connection_->Call(connection_->log(),
                                     &v1::LogService::Stub::ListCheckpoints,
                                     "ListCheckpoints", request));
  // A log that promises more must show some: otherwise nobody would get on.
  RETURN_IF_ERROR(CheckAnswered(
      response.checkpoints_size() > 0 || !response.more(), "ListCheckpoints"));
  const std::vector<std::string> notes(response.checkpoints().begin(),
                                       response.checkpoints().end());
  CheckpointPage page;
  ASSIGN_OR_RETURN(page.trees,
                   connection_->tracker().ObservePast(notes, after));
  page.more = response.more();
  return page;
}

absl::StatusOr<ProvenEntry> LogClient::GetEntry(uint64_t index) {
  const TreePtr floor = connection_->tracker().served();
  v1::GetEntryRequest request;
  request.set_index(index);
  ASSIGN_OR_RETURN(
      v1::GetEntryResponse response,
      connection_->Call(connection_->log(), &v1::LogService::Stub::GetEntry,
                        "GetEntry", request));
  RETURN_IF_ERROR(CheckAnswered(response.entry().index() == index, "GetEntry"));
  RETURN_IF_ERROR(connection_->tracker()
                      .ObserveServed(response.checkpoint(), floor)
                      .status());
  v1::Receipt receipt;
  receipt.set_index(index);
  receipt.set_entry(std::move(*response.mutable_entry()->mutable_entry()));
  *receipt.mutable_inclusion_proof() =
      std::move(*response.mutable_entry()->mutable_inclusion_proof());
  receipt.set_checkpoint(std::move(*response.mutable_checkpoint()));
  return CheckReceipt(std::move(receipt), connection_->tracker());
}

absl::StatusOr<EntryRun> LogClient::ListEntries(uint64_t start_index,
                                                uint32_t max_entries,
                                                const v1::EntryFilter& filter) {
  const TreePtr floor = connection_->tracker().served();
  v1::ListEntriesRequest request;
  request.set_start_index(start_index);
  request.set_max_entries(max_entries);
  if (!IsEmpty(filter)) *request.mutable_filter() = filter;
  ASSIGN_OR_RETURN(
      v1::ListEntriesResponse response,
      connection_->Call(connection_->log(), &v1::LogService::Stub::ListEntries,
                        "ListEntries", request));
  ASSIGN_OR_RETURN(TreePtr tree, connection_->tracker().ObserveServed(
                                     response.run().checkpoint(), floor));
  return EntryRun::Check(std::move(*response.mutable_run()), start_index,
                         filter, std::move(tree));
}

std::unique_ptr<EntryStream> LogClient::StreamEntries(
    EntryStreamOptions options) {
  return std::make_unique<EntryStream>(connection_.get(), std::move(options));
}

absl::StatusOr<Receipt> LogClient::FetchReceipt(
    const v1::GetReceiptRequest& request) {
  ASSIGN_OR_RETURN(
      v1::GetReceiptResponse response,
      connection_->Call(connection_->log(), &v1::LogService::Stub::GetReceipt,
                        "GetReceipt", request));
  return CheckReceipt(std::move(*response.mutable_receipt()),
                      connection_->tracker());
}

absl::StatusOr<Receipt> LogClient::GetReceipt(uint64_t index) {
  v1::GetReceiptRequest request;
  request.set_index(index);
  ASSIGN_OR_RETURN(Receipt receipt, FetchReceipt(request));
  RETURN_IF_ERROR(CheckAnswered(receipt.index == index, "GetReceipt"));
  return receipt;
}

absl::StatusOr<Receipt> LogClient::GetReceiptByLeafHash(
    const merkle::Hash& leaf_hash) {
  v1::GetReceiptRequest request;
  request.set_leaf_hash(std::string(crypto::AsBytes(leaf_hash)));
  ASSIGN_OR_RETURN(Receipt receipt, FetchReceipt(request));
  RETURN_IF_ERROR(CheckAnswered(receipt.leaf_hash == leaf_hash, "GetReceipt"));
  return receipt;
}

absl::StatusOr<Receipt> LogClient::GetReceiptByIdentity(
    const crypto::Digest& identity_hash) {
  v1::GetReceiptRequest request;
  request.set_identity_hash(std::string(crypto::AsBytes(identity_hash)));
  ASSIGN_OR_RETURN(Receipt receipt, FetchReceipt(request));
  const auto peek = statement::PeekEntry(receipt.bytes);
  if (!peek.ok()) return Unverified("receipt's entry", peek.status());
  const crypto::Digest found =
      statement::IdentityHash(peek->payload_type, peek->payload);
  // Nobody can tell from a face which statement it hides.
  if (peek->kind == v1::STATEMENT_KIND_SEALED_STATEMENT) {
    return Unverified(
        "GetReceipt: the statement is sealed as a whole; its receipt can be "
        "checked with the submission and its opening alone");
  }
  RETURN_IF_ERROR(CheckAnswered(found == identity_hash, "GetReceipt"));
  return receipt;
}

absl::StatusOr<Receipt> LogClient::GetReceiptOf(
    const v1::SubmitRequest& submission) {
  v1::GetReceiptRequest request;
  request.set_identity_hash(std::string(
      crypto::AsBytes(statement::IdentityHash(submission.statement()))));
  ASSIGN_OR_RETURN(Receipt receipt, FetchReceipt(request));
  RETURN_IF_ERROR(CheckHolds(receipt, submission.statement(),
                             submission.openings(), /*duplicate=*/true));
  return receipt;
}

// --- What the log is ------------------------------------------------------------

absl::StatusOr<LogInfo> LogClient::GetLog() {
  const v1::GetLogRequest request;
  ASSIGN_OR_RETURN(
      v1::GetLogResponse response,
      connection_->Call(connection_->log(), &v1::LogService::Stub::GetLog,
                        "GetLog", request));
  LogInfo out;
  // Asked after it, so that a tree size that the log claims must be signed.
  ASSIGN_OR_RETURN(out.tree, GetCheckpoint());
  ASSIGN_OR_RETURN(out.genesis, Genesis());
  if (response.tree_size() == 0 || response.tree_size() > out.tree->size ||
      response.genesis() != out.genesis || response.origin() != origin()) {
    return Unverified(
        "GetLog: origin, genesis or tree size are not those of "
        "the signed tree");
  }
  ASSIGN_OR_RETURN(out.log_keys,
                   ProveLogKeys(out.genesis, response.tree_size()));
  if (!SameKeys(out.log_keys, response.log_keys())) {
    return Unverified("GetLog: log keys are not those that the entries give");
  }
  out.origin = response.origin();
  out.max_statement_bytes = response.max_statement_bytes();
  out.max_entry_bytes = response.max_entry_bytes();
  out.server_version = response.server_version();
  return out;
}

absl::StatusOr<std::vector<v1::LogKey>> LogClient::ProveLogKeys(
    const std::string& genesis, uint64_t tree_size) {
  EntryMap entries;
  entries[0] = genesis;
  v1::EntryFilter filter;
  filter.add_kinds(v1::STATEMENT_KIND_LOG_KEY_CHANGE);
  for (uint64_t index = 1; index < tree_size;) {
    ASSIGN_OR_RETURN(const EntryRun run, ListEntries(index, 0, filter));
    for (const EntryView& entry : run.entries()) {
      if (entry.index < tree_size) {
        entries[entry.index] = std::string(entry.bytes);
      }
    }
    if (run.next_index() == index) break;
    index = run.next_index();
  }
  ASSIGN_OR_RETURN(const statement::Registry registry, Replay(entries));
  return registry.LogKeys(tree_size);
}

absl::StatusOr<std::string> LogClient::Genesis() {
  {
    base::MutexLock lock(&mutex_);
    if (!genesis_.empty()) return genesis_;
  }
  ASSIGN_OR_RETURN(ProvenEntry entry, GetEntry(0));
  base::MutexLock lock(&mutex_);
  genesis_ = std::move(entry.bytes);
  return genesis_;
}

}  // namespace sightline::client
