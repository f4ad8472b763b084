// Values of the vocabularies as people say them.
//
// Shapes:  "direct ask" for CHANNEL_DIRECT_ASK; "unspecified" for 0; "unknown
//          (17)" for a number without a name.
// Threads: pure; any thread.
#pragma once

#include <string>

#include "google/protobuf/descriptor.h"
#include "proto/sightline/v1/entry.pb.h"
#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"

namespace sightline::statement {

std::string Text(const google::protobuf::EnumDescriptor* type, int value);

inline std::string Text(v1::Channel value) {
  return Text(v1::Channel_descriptor(), value);
}
inline std::string Text(v1::LegalProcess value) {
  return Text(v1::LegalProcess_descriptor(), value);
}
inline std::string Text(v1::EvidenceSource value) {
  return Text(v1::EvidenceSource_descriptor(), value);
}
inline std::string Text(v1::DataCategory value) {
  return Text(v1::DataCategory_descriptor(), value);
}
inline std::string Text(v1::Purpose value) {
  return Text(v1::Purpose_descriptor(), value);
}
inline std::string Text(v1::Declared value) {
  return Text(v1::Declared_descriptor(), value);
}
inline std::string Text(v1::RecipientClass value) {
  return Text(v1::RecipientClass_descriptor(), value);
}
inline std::string Text(v1::CountBucket value) {
  return Text(v1::CountBucket_descriptor(), value);
}
inline std::string Text(v1::EmergencyBasis value) {
  return Text(v1::EmergencyBasis_descriptor(), value);
}
inline std::string Text(v1::RequesterVerification value) {
  return Text(v1::RequesterVerification_descriptor(), value);
}
inline std::string Text(v1::ReviewVerdict value) {
  return Text(v1::ReviewVerdict_descriptor(), value);
}
inline std::string Text(v1::Outcome value) {
  return Text(v1::Outcome_descriptor(), value);
}
inline std::string Text(v1::RefusalGround value) {
  return Text(v1::RefusalGround_descriptor(), value);
}
inline std::string Text(v1::UserNotice value) {
  return Text(v1::UserNotice_descriptor(), value);
}
inline std::string Text(v1::SealGround value) {
  return Text(v1::SealGround_descriptor(), value);
}
inline std::string Text(v1::SealGranter value) {
  return Text(v1::SealGranter_descriptor(), value);
}
inline std::string Text(v1::SubmitterKind value) {
  return Text(v1::SubmitterKind_descriptor(), value);
}
inline std::string Text(v1::AgencyType value) {
  return Text(v1::AgencyType_descriptor(), value);
}
inline std::string Text(v1::IdentityVerification value) {
  return Text(v1::IdentityVerification_descriptor(), value);
}
inline std::string Text(v1::SubmitterStatus value) {
  return Text(v1::SubmitterStatus_descriptor(), value);
}
inline std::string Text(v1::StatementKind value) {
  return Text(v1::StatementKind_descriptor(), value);
}
inline std::string Text(v1::Finding::Severity value) {
  return Text(v1::Finding_Severity_descriptor(), value);
}
inline std::string Text(v1::Erasure::Basis value) {
  return Text(v1::Erasure_Basis_descriptor(), value);
}
inline std::string Text(v1::SealedRead::Basis value) {
  return Text(v1::SealedRead_Basis_descriptor(), value);
}
inline std::string Text(v1::ClosingReport::Use value) {
  return Text(v1::ClosingReport_Use_descriptor(), value);
}

}  // namespace sightline::statement
