#include "statement/seal_rates.h"

#include <gtest/gtest.h>

#include <string>

#include "statement/dsse.h"
#include "statement/seal.h"
#include "statement/whole_seal.h"

namespace sightline::statement {
namespace {

v1::Statement RequestOf(const char* submitter) {
  v1::Statement out;
  out.mutable_header()->set_submitter(submitter);
  out.mutable_footage_request();
  return out;
}

void AddSeal(v1::SealGround ground, v1::SealGranter granter,
             v1::Statement* out) {
  v1::SealedField* field = out->mutable_header()->add_sealed();
  field->set_ground(ground);
  field->set_granter(granter);
}

TEST(SealRates, CountsBySubmitterAndWhoGranted) {
  SealRates rates;
  rates.Next(RequestOf("ori:CA0194200"));
  v1::Statement own = RequestOf("ori:CA0194200");
  AddSeal(v1::SEAL_GROUND_JEOPARDIZE, v1::SEAL_GRANTER_COURT, &own);
  AddSeal(v1::SEAL_GROUND_ACTIVE_INVESTIGATION, v1::SEAL_GRANTER_SUBMITTER,
          &own);
  rates.Next(own);
  v1::Statement court = RequestOf("ori:CA0194200");
  AddSeal(v1::SEAL_GROUND_JEOPARDIZE, v1::SEAL_GRANTER_COURT, &court);
  rates.Next(court);
  rates.Next(RequestOf("ori:NY0303000"));
  const SealRate& rate = rates.rates().at("ori:CA0194200");
  EXPECT_EQ(rate.entries, 3u);
  EXPECT_EQ(rate.sealed_entries, 2u);
  EXPECT_EQ(rate.own_decision, 1u);
  EXPECT_EQ(rate.granted(), 1u);
  EXPECT_EQ(rate.per_mille(), 666u);
  EXPECT_EQ(rates.rates().at("ori:NY0303000").per_mille(), 0u);
}

TEST(SealRates, PersonalDataIsNoSeal) {
  SealRates rates;
  v1::Statement request = RequestOf("ori:CA0194200");
  AddSeal(v1::SEAL_GROUND_PERSONAL_DATA, v1::SEAL_GRANTER_SUBMITTER, &request);
  rates.Next(request);
  EXPECT_EQ(rates.rates().at("ori:CA0194200").sealed_entries, 0u);
}

TEST(SealRates, CountsRenewalsAndOnlyKindsThatSeal) {
  SealRates rates;
  v1::Statement renewal;
  renewal.mutable_header()->set_submitter("ori:CA0194200");
  renewal.mutable_seal_renewal();
  rates.Next(renewal);
  v1::Statement report;
  report.mutable_header()->set_submitter("ori:CA0194200");
  report.mutable_period_report();
  rates.Next(report);
  EXPECT_EQ(rates.rates().at("ori:CA0194200").renewals, 1u);
  EXPECT_EQ(rates.rates().at("ori:CA0194200").entries, 0u);
}

TEST(SealRates, RequestsAreCountedBesideAllEntries) {
  SealRates rates;
  v1::Statement request = RequestOf("ori:CA0194200");
  AddSeal(v1::SEAL_GROUND_JEOPARDIZE, v1::SEAL_GRANTER_STATUTE, &request);
  rates.Next(request);
  v1::Statement amendment;
  amendment.mutable_header()->set_submitter("ori:CA0194200");
  amendment.mutable_amendment();
  rates.Next(amendment);
  const SealRate& rate = rates.rates().at("ori:CA0194200");
  EXPECT_EQ(rate.entries, 2u);
  EXPECT_EQ(rate.requests, 1u);
  EXPECT_EQ(rate.sealed_requests, 1u);
  EXPECT_EQ(rate.granted(), 1u);
}

// The face in entry 7, and an unsealing of it that brings `request`.
v1::Statement UnsealingOf(const v1::Statement& request) {
  v1::SignedStatement signed_statement;
  signed_statement.set_payload_type(std::string(kPayloadType));
  signed_statement.set_payload(request.SerializeAsString());
  v1::SealOpening opening;
  opening.set_path(std::string(kWholePath));
  v1::Statement out;
  out.mutable_header()->set_submitter("court:example");
  out.mutable_unsealing()->mutable_target()->set_index(7);
  *out.mutable_unsealing()->add_openings() =
      FillWholeOpening(opening, signed_statement);
  return out;
}

TEST(SealRates, WhatIsSealedAsAWholeCountsForItsSubmitterOnceItIsOpen) {
  v1::Statement request = RequestOf("ori:CA0194200");
  v1::WholeSeal& seal = *request.mutable_header()->mutable_whole_seal();
  seal.set_ground(v1::SEAL_GROUND_JEOPARDIZE);
  seal.set_granter(v1::SEAL_GRANTER_COURT);
  SealRates rates;
  rates.Next(MakeFace(request, std::string(32, 'c'), 202601));
  EXPECT_EQ(rates.rates().at("sealed").sealed_entries, 1u);
  EXPECT_EQ(rates.rates().at("sealed").granted(), 1u);
  EXPECT_EQ(rates.rates().count("ori:CA0194200"), 0u);
  for (int times = 0; times < 2; ++times) {  // twice is one request
    rates.Next(UnsealingOf(request));
    const SealRate& rate = rates.rates().at("ori:CA0194200");
    EXPECT_EQ(rate.requests, 1u);
    EXPECT_EQ(rate.sealed_requests, 1u);
    EXPECT_EQ(rate.own_decision, 0u);
  }
}

}  // namespace
}  // namespace sightline::statement
