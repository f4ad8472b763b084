#include "tests/e2e/real_data_log.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <utility>

#include "absl/time/time.h"
#include "base/status_macros.h"
#include "client/channel.h"
#include "client/receipt.h"
#include "client/receipt_check.h"
#include "crypto/random.h"
#include "proto/sightline/v1/vocabulary.pb.h"
#include "statement/policy.h"
#include "tests/support/geofence.h"
#include "tests/support/test_parties.h"

namespace sightline::tests {

std::string RealDataFolder() {
  const char* const folder = std::getenv("SIGHTLINE_TEST_DATA");
  return folder == nullptr ? "" : folder;
}

absl::StatusOr<std::unique_ptr<RealDataLog>> RealDataLog::Start(
    const std::string& data) {
  std::unique_ptr<RealDataLog> log(new RealDataLog(data));
  RETURN_IF_ERROR(log->Open());
  return log;
}

absl::Status RealDataLog::Open() {
  ASSIGN_OR_RETURN(store_, storage::RocksDbLogStore::Open(
                               ::testing::TempDir() + "/real_data_log", {}));
  TestLogOptions options;
  options.store = store_.get();
  options.enrol = false;
  ASSIGN_OR_RETURN(log_, TestLog::Start(std::move(options)));
  for (const v1::PolicyVersion& policy : statement::DefaultPolicies()) {
    RETURN_IF_ERROR(Publish(policy));
  }
  ASSIGN_OR_RETURN(keys_,
                   cli::KeyFolder::Open(::testing::TempDir() + "/import_keys",
                                        kTestTimeMs, crypto::Rng::Real()));
  client::TlsOptions tls;
  tls.ca_file = log_->folder() + "/authority.crt";
  ASSIGN_OR_RETURN(identities_,
                   cli::Identities::Create(tls, [this](const std::string& uri) {
                     return log_->parties().ClientCertificate({uri});
                   }));
  return absl::OkStatus();
}

absl::Status RealDataLog::Publish(const v1::PolicyVersion& policy) {
  const TestParties& parties = log_->parties();
  v1::Statement statement = parties.Example(v1::STATEMENT_KIND_POLICY_VERSION,
                                            parties.registrar(), nullptr);
  *statement.mutable_policy_version() = policy;
  return log_
      ->Submit(parties.registrar(),
               parties.Sign(statement, parties.registrar()))
      .status();
}

checkpoint::LogKeySet RealDataLog::LogKeys() const {
  return *client::LogKeysFromVkeys({log_->parties().vkey()});
}

absl::StatusOr<std::unique_ptr<client::LogClient>> RealDataLog::Connect() {
  ASSIGN_OR_RETURN(const client::TlsOptions tls,
                   identities_->For("party:anybody"));
  return client::LogClient::Connect(log_->address(), tls, LogKeys());
}

absl::StatusOr<cli::AgencyFile> RealDataLog::ReadAgencies() const {
  std::ifstream stream(data_ + kAgencyFile);
  return cli::ReadAgencyFile(stream);
}

absl::StatusOr<cli::RequestFile> RealDataLog::ReadRequests() const {
  std::ifstream stream(data_ + kRequestFile);
  cli::RequestFileOptions options;
  if (!absl::LoadTimeZone("America/Los_Angeles", &options.zone)) {
    return absl::NotFoundError("no time zone of California");
  }
  return cli::ReadRequestFile(stream, options);
}

cli::Importer RealDataLog::MakeImporter(Receipts* receipts) {
  cli::ImportTarget target{log_->address(), LogKeys(), {}, nullptr};
  target.identity = [this](const std::string& submitter) {
    return identities_->For(submitter);
  };
  cli::ImporterOptions options;
  if (receipts != nullptr) {
    options.keep_receipt = [this, receipts](const std::string& name,
                                            const client::Receipt& receipt) {
      std::lock_guard<std::mutex> lock(receipts_mutex_);
      const bool is_new =
          receipts->emplace(name, client::FormatReceiptFile(receipt)).second;
      return is_new ? absl::OkStatus() : absl::AlreadyExistsError(name);
    };
  }
  return cli::Importer(std::move(target), keys_.get(), std::move(options));
}

absl::Status RealDataLog::Import(cli::ImportResult* agencies,
                                 cli::ImportResult* requests,
                                 Receipts* receipts) {
  ASSIGN_OR_RETURN(const cli::AgencyFile agency_file, ReadAgencies());
  ASSIGN_OR_RETURN(const cli::RequestFile request_file, ReadRequests());
  Receipts enrolments;  // the two files have agencies in common
  cli::Importer first = MakeImporter(&enrolments);
  RETURN_IF_ERROR(first.Enrol(agency_file.agencies, registrars(), agencies));
  cli::Importer second = MakeImporter(receipts);
  RETURN_IF_ERROR(second.Enrol(request_file.agencies, registrars(), requests));
  RETURN_IF_ERROR(second.Submit(request_file.requests, requests));
  receipts->insert(enrolments.begin(), enrolments.end());
  return absl::OkStatus();
}

absl::Status RealDataLog::ReportGeofenceWarrants(const Party& google) {
  RETURN_IF_ERROR(log_->Enrol(google));
  ASSIGN_OR_RETURN(const auto reports,
                   GeofenceReportsOfCalifornia(data_ + kGeofenceFile));
  for (const v1::PeriodReport& report : reports) {
    v1::Statement statement = log_->parties().Example(
        v1::STATEMENT_KIND_PERIOD_REPORT, google, nullptr);
    *statement.mutable_period_report() = report;
    RETURN_IF_ERROR(
        log_->Submit(google, log_->parties().Sign(statement, google)).status());
  }
  return absl::OkStatus();
}

}  // namespace sightline::tests
