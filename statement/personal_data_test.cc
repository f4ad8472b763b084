// Personal data planted in statements: no text that is public takes it, and no
// fault quotes it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "statement/kinds.h"
#include "statement/validate_cases.h"

namespace sightline::statement {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr char kPlanted[] = "555-0142 or 213-555-0142";

std::vector<Case> Fields() {
  std::vector<Case> out;
  const auto add = [&out](const char* name, v1::StatementKind kind,
                          const char* fault,
                          std::function<void(v1::Statement*)> change) {
    Instantiate(&out, kind, name, fault, std::move(change));
  };
  using S = v1::Statement;
  const char* text = kPlanted;
  add("Description", v1::STATEMENT_KIND_GENESIS,
      "genesis.description: looks like a phone number",
      [text](S* s) { s->mutable_genesis()->set_description(text); });
  add("EnrolmentName", v1::STATEMENT_KIND_ENROLMENT,
      "enrolment.name: looks like a person's name",
      [](S* s) { s->mutable_enrolment()->set_name("Sheriff John Miller"); });
  add("EnrolmentUnit", v1::STATEMENT_KIND_ENROLMENT,
      "enrolment.units[0]: looks like a person's name",
      [](S* s) { s->mutable_enrolment()->set_units(0, "Det. Miller"); });
  add("EnrolmentAlias", v1::STATEMENT_KIND_ENROLMENT,
      "enrolment.aliases[0]: looks like an e-mail address",
      [](S* s) { s->mutable_enrolment()->set_aliases(0, "a@b.example"); });
  add("StatusReason", v1::STATEMENT_KIND_STATUS_CHANGE,
      "status_change.reason: looks like a date of birth",
      [](S* s) { s->mutable_status_change()->set_reason("dob 1/2/1984"); });
  add("PolicyTitle", v1::STATEMENT_KIND_POLICY_VERSION,
      "policy_version.title: looks like a phone number",
      [text](S* s) { s->mutable_policy_version()->set_title(text); });
  add("Unit", v1::STATEMENT_KIND_FOOTAGE_REQUEST,
      "footage_request.unit: looks like a person's name, and personal data is "
      "never public",
      [](S* s) { s->mutable_footage_request()->set_unit("Sgt. J. Miller"); });
  add("ImportedSource", v1::STATEMENT_KIND_FOOTAGE_REQUEST,
      "footage_request.imported.source: looks like a street address", [](S* s) {
        v1::ImportedFrom* from =
            s->mutable_footage_request()->mutable_imported();
        from->set_row(1);
        from->set_source("1423 Elm Street");
      });
  add("CorrectedUnit", v1::STATEMENT_KIND_AMENDMENT,
      "amendment.correction.new_value: looks like a person's name", [](S* s) {
        v1::Correction* change = s->mutable_amendment()->mutable_correction();
        change->set_field("footage_request.unit");
        change->set_new_value("Det. Miller");
      });
  add("CorrectedTime", v1::STATEMENT_KIND_AMENDMENT, "", [](S* s) {
    v1::Correction* change = s->mutable_amendment()->mutable_correction();
    change->set_field("footage_request.footage_window.begin");
    change->set_new_value("2020-05-30T18:00:00Z");
  });
  add("Scheme", v1::STATEMENT_KIND_REGISTRY_EVENT,
      "registry_event.scheme: looks like a phone number",
      [text](S* s) { s->mutable_registry_event()->set_scheme(text); });
  add("AttestationSource", v1::STATEMENT_KIND_ATTESTATION,
      "attestation.source: looks like a licence plate",
      [](S* s) { s->mutable_attestation()->set_source("plate 7ABC123"); });
  add("ReportedUnit", v1::STATEMENT_KIND_ATTESTATION,
      "attestation.says.unit: looks like a person's name", [](S* s) {
        s->mutable_attestation()->mutable_says()->set_unit("Det. Miller");
      });
  add("RedactedField", v1::STATEMENT_KIND_ATTESTATION,
      "attestation.redacted_fields[0]: looks like a phone number",
      [text](S* s) {
        s->mutable_attestation()->clear_redacted_fields();
        s->mutable_attestation()->add_redacted_fields(text);
      });
  return out;
}

INSTANTIATE_TEST_SUITE_P(Fields, ValidateRule, ::testing::ValuesIn(Fields()),
                         CaseName);

// Calls `visit` with each text field of `message`, which is changed meanwhile.
void ForEachText(Message* message, const std::function<void()>& visit) {
  const auto* reflection = message->GetReflection();
  const auto* type = message->GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (field->type() == FieldDescriptor::TYPE_STRING) {
      SCOPED_TRACE(field->full_name());
      if (field->is_repeated()) {
        reflection->AddString(message, field, kPlanted);
        visit();
        reflection->RemoveLast(message, field);
      } else if (field->containing_oneof() == nullptr) {
        const std::string before = reflection->GetString(*message, field);
        reflection->SetString(message, field, kPlanted);
        visit();
        reflection->SetString(message, field, before);
      }
    } else if (field->message_type() != nullptr && !field->is_repeated() &&
               reflection->HasField(*message, field)) {
      ForEachText(reflection->MutableMessage(message, field), visit);
    } else if (field->message_type() != nullptr && field->is_repeated()) {
      for (int k = 0; k < reflection->FieldSize(*message, field); ++k) {
        ForEachText(reflection->MutableRepeatedMessage(message, field, k),
                    visit);
      }
    }
  }
}

class EveryText : public ::testing::TestWithParam<v1::StatementKind> {};

TEST_P(EveryText, RefusesAPhoneNumberWithoutQuotingIt) {
  v1::Statement statement = Example(GetParam());
  ASSERT_THAT(FaultsOf(statement), ::testing::IsEmpty());
  int texts = 0;
  ForEachText(&statement, [&] {
    ++texts;
    const std::vector<std::string> faults = FaultsOf(statement);
    EXPECT_FALSE(faults.empty());
    EXPECT_THAT(faults, ::testing::Not(Contains(HasSubstr("555"))));
  });
  EXPECT_GE(texts, 2);  // of the header
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, EveryText, ::testing::ValuesIn(AllKinds().begin(), AllKinds().end()),
    [](const auto& info) { return std::string(KindName(info.param)); });

}  // namespace
}  // namespace sightline::statement
