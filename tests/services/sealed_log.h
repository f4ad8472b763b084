// A log with a footage request whose case number and narrative are sealed, and the
// statements that can be made about them. Tests only.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_matchers.h"
#include "crypto/sha256.h"
#include "merkle/hash.h"
#include "monitor/check_log.h"
#include "monitor/problem.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/timestamps.h"
#include "storage/store_log_reader.h"
#include "tests/support/test_log.h"
#include "tests/support/test_parties.h"

namespace sightline::tests {

class SealedLogTest : public ::testing::Test {
 protected:
  // The seals of the request end so long after kTestTimeMs.
  static constexpr int64_t kSealMs = int64_t{90} * 24 * 3600 * 1000;

  void Start(TestLogOptions options = {}) {
    ASSERT_OK_AND_ASSIGN(log_, TestLog::Start(std::move(options)));
    request_ = parties().Request(parties().agency());
    ASSERT_OK_AND_ASSIGN(const v1::SubmitResponse logged,
                         log_->Submit(parties().agency(), request_));
    target_.set_index(logged.receipt().index());
    const merkle::Hash leaf = merkle::LeafHash(logged.receipt().entry());
    target_.set_leaf_hash(std::string(crypto::AsBytes(leaf)));
  }

  const TestParties& parties() const { return log_->parties(); }
  uint64_t size() const {
    return log_->log().publisher().integrated()->tree_size;
  }

  v1::Statement About(v1::StatementKind kind, const Party& by) const {
    return parties().Example(kind, by, nullptr);
  }
  Submission Read(const Party& by, v1::SealedRead::Basis basis,
                  const std::vector<std::string>& paths = {
                      "narrative", "case_number"}) const {
    v1::Statement statement = About(v1::STATEMENT_KIND_SEALED_READ, by);
    v1::SealedRead& read = *statement.mutable_sealed_read();
    *read.mutable_target() = target_;
    read.clear_paths();
    for (const std::string& path : paths) read.add_paths(path);
    read.set_basis(basis);
    return parties().Sign(statement, by);
  }
  Submission Unsealing(const Party& by, const std::string& path) const {
    v1::Statement statement = About(v1::STATEMENT_KIND_UNSEALING, by);
    v1::Unsealing& unsealing = *statement.mutable_unsealing();
    *unsealing.mutable_target() = target_;
    unsealing.clear_openings();
    for (const v1::SealOpening& opening : request_.openings) {
      if (opening.path() == path) *unsealing.add_openings() = opening;
    }
    return parties().Sign(statement, by);
  }
  Submission Renewal(const std::string& path, int64_t until_ms) const {
    v1::Statement statement =
        About(v1::STATEMENT_KIND_SEAL_RENEWAL, parties().agency());
    v1::SealRenewal& renewal = *statement.mutable_seal_renewal();
    *renewal.mutable_target() = target_;
    renewal.clear_paths();
    renewal.add_paths(path);
    *renewal.mutable_sealed_until() = statement::FromUnixMs(until_ms);
    return parties().Sign(statement, parties().agency());
  }
  Submission Erasure(const Party& by) const {
    v1::Statement statement = About(v1::STATEMENT_KIND_ERASURE, by);
    *statement.mutable_erasure()->mutable_target() = target_;
    return parties().Sign(statement, by);
  }

  // What an auditor finds who reads every entry and verifies every signature.
  std::vector<monitor::Problem> Audit() {
    storage::StoreLogReader reader(&log_->store());
    monitor::CheckSources sources;
    sources.checkpoint = *log_->store().ReadNewestCheckpoint();
    sources.entries = &reader;
    sources.tiles = &reader;
    sources.stored_tiles = &log_->store();
    monitor::CheckOptions options;
    options.at_rest = true;
    const auto report = monitor::CheckLog(sources, nullptr, options);
    EXPECT_OK(report);
    return report.ok() ? report->problems : std::vector<monitor::Problem>();
  }

  std::unique_ptr<TestLog> log_;
  Submission request_;
  v1::EntryLink target_;
};

}  // namespace sightline::tests
