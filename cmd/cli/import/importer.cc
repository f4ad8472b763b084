#include "cmd/cli/import/importer.h"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <memory>
#include <thread>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "client/rpc_status.h"
#include "client/submit_stream.h"
#include "proto/sightline/v1/registry_service.pb.h"
#include "proto/sightline/v1/submission_service.pb.h"
#include "statement/dsse.h"
#include "statement/submitter_id.h"
#include "statement/validate.h"

namespace sightline::cli {
namespace {

constexpr absl::Duration kFirstWait = absl::Milliseconds(200);

// Whether the same statement may be taken a little later.
bool IsPassing(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsResourceExhausted(status) ||
         absl::IsDeadlineExceeded(status) || absl::IsAborted(status);
}

// A name that a file may have.
std::string FileName(absl::string_view text) {
  std::string name(text);
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '-') {
      c = '-';
    }
  }
  return name;
}

std::string RequestName(const ImportedRequest& request) {
  const v1::ImportedFrom& imported = request.request.imported();
  return FileName(
      absl::StrCat("request-", imported.source(), "-", imported.row()));
}

bool HasOpenKey(const v1::Submitter& submitter, const crypto::PublicKey& key) {
  return std::any_of(submitter.keys().begin(), submitter.keys().end(),
                     [&](const v1::KeyPeriod& period) {
                       return period.end_index() == 0 &&
                              period.spki_der() == key.spki_der();
                     });
}

}  // namespace

Importer::Importer(ImportTarget target, KeyFolder* keys,
                   ImporterOptions options)
    : target_(std::move(target)), keys_(keys), options_(std::move(options)) {}

client::TreePtr Importer::newest() const {
  base::MutexLock lock(&mutex_);
  return newest_;
}

void Importer::Remember(client::TreePtr tree) {
  if (tree == nullptr) return;
  base::MutexLock lock(&mutex_);
  if (newest_ == nullptr || newest_->size < tree->size) {
    newest_ = std::move(tree);
  }
}

void Importer::Begin(uint64_t total) {
  base::MutexLock lock(&mutex_);
  done_ = 0;
  total_ = total;
}

void Importer::Done() {
  base::MutexLock lock(&mutex_);
  ++done_;
  if (options_.progress) options_.progress(done_, total_);
}

void Importer::Refuse(uint64_t line, absl::string_view reason,
                      ImportResult* result) {
  {
    base::MutexLock lock(&mutex_);
    result->refused.push_back({line, std::string(reason)});
  }
  Done();
}

absl::Status Importer::Keep(const std::string& name,
                            const client::Receipt& receipt) {
  return options_.keep_receipt ? options_.keep_receipt(name, receipt)
                               : absl::OkStatus();
}

absl::Status Importer::Parallel(
    size_t count, const std::function<absl::Status(size_t)>& work) {
  std::atomic<size_t> next{0};
  absl::Status failure;
  const auto run = [&] {
    for (size_t i = next++; i < count; i = next++) {
      const absl::Status status = work(i);
      if (status.ok()) continue;
      next = count;  // nobody begins another
      base::MutexLock lock(&mutex_);
      if (failure.ok()) failure = status;
      return;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 1; i < options_.threads; ++i) threads.emplace_back(run);
  run();
  for (std::thread& thread : threads) thread.join();
  return failure;
}

absl::StatusOr<std::unique_ptr<client::LogClient>> Importer::Connect(
    const std::string& submitter) {
  ASSIGN_OR_RETURN(const client::TlsOptions tls, target_.identity(submitter));
  client::Options options = target_.client;
  // Every connection sees the history that those before it have seen.
  if (const client::TreePtr seen = newest(); seen != nullptr) {
    options.remembered_checkpoint = seen->note;
  }
  return client::LogClient::Connect(target_.server, tls, target_.log_keys,
                                    options);
}

// --- enrolling ----------------------------------------------------------------

absl::Status Importer::TakeEnrolled(client::LogClient* log,
                                    const ImportedAgency& agency,
                                    const crypto::PublicKey& key,
                                    const v1::SignedStatement& enrolment,
                                    ImportResult* result) {
  ASSIGN_OR_RETURN(const client::SubmitterAnswer answer,
                   log->GetSubmitter(agency.id));
  if (!HasOpenKey(answer.submitter, key)) {
    {
      base::MutexLock lock(&mutex_);
      not_enrolled_.insert(agency.id);
    }
    Refuse(agency.line,
           absl::StrCat(agency.id,
                        " is enrolled with another key; its key "
                        "belongs into ",
                        keys_->KeyPath(agency.id)),
           result);
    return absl::OkStatus();
  }
  {
    base::MutexLock lock(&mutex_);
    ++result->enrolled_before;
  }
  // By this import, then its receipt is still to be had; or by another.
  const absl::StatusOr<client::Receipt> receipt =
      log->GetReceiptByIdentity(statement::IdentityHash(enrolment));
  if (receipt.ok()) {
    RETURN_IF_ERROR(
        Keep(FileName(absl::StrCat("enrolment-", agency.id)), *receipt));
  } else if (!absl::IsNotFound(receipt.status())) {
    return receipt.status();
  }
  Done();
  return absl::OkStatus();
}

absl::Status Importer::EnrolOne(client::LogClient* log,
                                const ImportedAgency& agency,
                                absl::Span<const crypto::PrivateKey> registrars,
                                ImportResult* result) {
  ASSIGN_OR_RETURN(const crypto::PrivateKey key,
                   keys_->StatementKey(agency.id));
  const v1::Statement enrolment =
      EnrolmentOf(agency, target_.log_keys.origin(), keys_->begun_unix_ms(),
                  key.public_key());
  ASSIGN_OR_RETURN(const v1::SignedStatement signed_statement,
                   statement::Sign(enrolment, registrars));
  const absl::StatusOr<client::SubmitResult> submitted =
      log->Administer(signed_statement);
  if (absl::IsAlreadyExists(submitted.status())) {
    return TakeEnrolled(log, agency, key.public_key(), signed_statement,
                        result);
  }
  if (absl::IsInvalidArgument(submitted.status())) {
    {
      base::MutexLock lock(&mutex_);
      not_enrolled_.insert(agency.id);
    }
    Refuse(agency.line, submitted.status().message(), result);
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(submitted.status());
  {
    base::MutexLock lock(&mutex_);
    ++(submitted->duplicate ? result->enrolled_before : result->enrolled);
  }
  Done();
  return Keep(FileName(absl::StrCat("enrolment-", agency.id)),
              submitted->receipt);
}

absl::Status Importer::Enrol(absl::Span<const ImportedAgency> agencies,
                             absl::Span<const crypto::PrivateKey> registrars,
                             ImportResult* result) {
  Begin(agencies.size());
  ASSIGN_OR_RETURN(const std::unique_ptr<client::LogClient> log,
                   Connect(std::string(statement::kRegistrar)));
  const absl::Status status = Parallel(agencies.size(), [&](size_t i) {
    return EnrolOne(log.get(), agencies[i], registrars, result);
  });
  Remember(log->newest());
  return base::Annotate(status, "enrolling");
}

// --- submitting ---------------------------------------------------------------

// One agency's requests on their way; answers come on gRPC's threads.
class Importer::Feed {
 public:
  Feed(Importer* importer, crypto::PrivateKey key,
       std::vector<const ImportedRequest*> requests, ImportResult* result)
      : importer_(*importer),
        key_(std::move(key)),
        waiting_(std::move(requests)),
        result_(result) {}

  bool done() const { return waiting_.empty(); }

  // Submits what waits; what the log was too busy for waits again. The status is
  // that of the stream, or what no other attempt can mend.
  absl::Status Attempt(client::LogClient* log) {
    const std::vector<const ImportedRequest*> requests = std::move(waiting_);
    waiting_.clear();
    const std::unique_ptr<client::SubmitStream> stream =
        log->OpenSubmitStream();
    size_t next = 0;
    absl::Status status;
    for (; next < requests.size() && status.ok(); ++next) {
      status = Begin(*requests[next], stream.get());
    }
    const absl::Status finished = stream->Finish();
    base::MutexLock lock(&mutex_);
    waiting_.insert(waiting_.end(), requests.begin() + next, requests.end());
    if (!fatal_.ok()) return fatal_;
    if (!status.ok()) return status;
    return finished.ok() ? passing_ : finished;
  }

  // How long the log wants us to wait before another attempt.
  absl::Duration RetryDelay(absl::Duration otherwise) const {
    base::MutexLock lock(&mutex_);
    return client::RetryDelay(passing_).value_or(otherwise);
  }

 private:
  // A failure is the stream's.
  absl::Status Begin(const ImportedRequest& request,
                     client::SubmitStream* stream) {
    absl::StatusOr<v1::SubmitRequest> submit = Build(request);
    if (!submit.ok()) {
      importer_.Refuse(request.line, submit.status().message(), result_);
      return absl::OkStatus();
    }
    const absl::Status status = stream->Submit(
        *std::move(submit),
        [this, &request](absl::StatusOr<client::SubmitResult> submitted) {
          Take(request, std::move(submitted));
        });
    if (!status.ok()) WaitAgain(request, status);
    return status;
  }

  absl::StatusOr<v1::SubmitRequest> Build(const ImportedRequest& request) {
    ASSIGN_OR_RETURN(ImportedStatement imported,
                     StatementOf(request, importer_.target_.log_keys.origin(),
                                 importer_.keys_->secret()));
    RETURN_IF_ERROR(statement::Validate(imported.statement).ToStatus());
    v1::SubmitRequest submit;
    ASSIGN_OR_RETURN(*submit.mutable_statement(),
                     statement::Sign(imported.statement, {key_}));
    for (v1::SealOpening& opening : imported.openings) {
      *submit.add_openings() = std::move(opening);
    }
    return submit;
  }

  void Take(const ImportedRequest& request,
            absl::StatusOr<client::SubmitResult> submitted) {
    if (submitted.ok()) {
      importer_.Logged(request, *submitted, result_);
      const absl::Status kept =
          importer_.Keep(RequestName(request), submitted->receipt);
      base::MutexLock lock(&mutex_);
      if (fatal_.ok()) fatal_ = kept;
    } else if (IsPassing(submitted.status())) {
      WaitAgain(request, submitted.status());
    } else if (absl::IsDataLoss(submitted.status())) {
      // The log's answer does not hold: nothing more is asked of it.
      base::MutexLock lock(&mutex_);
      if (fatal_.ok()) fatal_ = submitted.status();
    } else {
      importer_.Refuse(request.line, submitted.status().message(), result_);
    }
  }

  void WaitAgain(const ImportedRequest& request, const absl::Status& why) {
    base::MutexLock lock(&mutex_);
    waiting_.push_back(&request);
    passing_ = why;
  }

  Importer& importer_;
  const crypto::PrivateKey key_;
  mutable base::Mutex mutex_;
  // Guarded by mutex_ while a stream is open.
  std::vector<const ImportedRequest*> waiting_;
  absl::Status passing_ ABSL_GUARDED_BY(mutex_);  // why some wait again
  absl::Status fatal_ ABSL_GUARDED_BY(mutex_);
  ImportResult* const result_;
};

void Importer::Logged(const ImportedRequest& request,
                      const client::SubmitResult& submitted,
                      ImportResult* result) {
  {
    base::MutexLock lock(&mutex_);
    result->logged.push_back({request.line, submitted.receipt.index,
                              request.submitter, submitted.duplicate});
  }
  Done();
}

absl::Status Importer::SubmitFeed(const std::string& submitter,
                                  std::vector<const ImportedRequest*> requests,
                                  ImportResult* result) {
  {
    base::MutexLock lock(&mutex_);
    if (not_enrolled_.contains(submitter)) {
      for (const ImportedRequest* request : requests) {
        result->refused.push_back(
            {request->line,
             absl::StrCat("its agency ", submitter, " is not enrolled")});
      }
      done_ += requests.size();
      return absl::OkStatus();
    }
  }
  ASSIGN_OR_RETURN(crypto::PrivateKey key, keys_->StatementKey(submitter));
  ASSIGN_OR_RETURN(const std::unique_ptr<client::LogClient> log,
                   Connect(submitter));
  Feed feed(this, std::move(key), std::move(requests), result);
  absl::Duration wait = kFirstWait;
  absl::Status status;
  for (int attempt = 0; attempt < options_.max_attempts; ++attempt) {
    if (attempt > 0) {
      absl::SleepFor(feed.RetryDelay(wait));
      wait *= 2;
    }
    status = feed.Attempt(log.get());
    if (feed.done() || (!status.ok() && !IsPassing(status))) break;
  }
  Remember(log->newest());
  // When nothing waits any more, how the last stream ended does not matter,
  // unless it was for good.
  if (feed.done() && (status.ok() || IsPassing(status)))
    return absl::OkStatus();
  return base::Annotate(status, submitter);
}

absl::Status Importer::Submit(absl::Span<const ImportedRequest> requests,
                              ImportResult* result) {
  Begin(requests.size());
  // In the order in which the agencies appear.
  std::vector<std::pair<std::string, std::vector<const ImportedRequest*>>>
      feeds;
  absl::flat_hash_map<std::string, size_t> place;
  for (const ImportedRequest& request : requests) {
    const auto [it, is_new] = place.emplace(request.submitter, feeds.size());
    if (is_new) feeds.push_back({request.submitter, {}});
    feeds[it->second].second.push_back(&request);
  }
  const absl::Status status = Parallel(feeds.size(), [&](size_t i) {
    return SubmitFeed(feeds[i].first, std::move(feeds[i].second), result);
  });
  const auto by_line = [](const auto& a, const auto& b) {
    return a.line < b.line;
  };
  std::sort(result->logged.begin(), result->logged.end(), by_line);
  std::sort(result->refused.begin(), result->refused.end(), by_line);
  return status;
}

}  // namespace sightline::cli
