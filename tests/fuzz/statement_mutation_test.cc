// Statements of every kind, mutated field by field: nothing crashes, what is
// malformed is refused with every fault named, and what is logged is well formed.
//
// The mutations of one field are the same every time.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "crypto/fixed_rng.h"
#include "crypto/sha256.h"
#include "merkle/hash.h"
#include "statement/describe.h"
#include "statement/examples.h"
#include "statement/kinds.h"
#include "statement/statement_codec.h"
#include "statement/text.h"
#include "statement/validate.h"
#include "tests/support/test_log.h"
#include "tests/support/test_parties.h"

namespace sightline::tests {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using ::testing::IsEmpty;

using Change = std::function<void(v1::Statement*)>;

struct Mutation {
  std::string path;  // of the field, "footage_request.area.s2_cell"
  std::string what;
  Change change;
  // Wrong whatever the rest of the statement says, so that a fault below `path`
  // must be named.
  bool always_wrong = false;
};

// How to get from a statement to the message that has a field.
using Way = std::function<Message*(v1::Statement*)>;

// Finds every field of an example that is set, and what can be done to it.
class Mutator {
 public:
  std::vector<Mutation> Of(const v1::Statement& statement) && {
    Walk(statement, "", [](v1::Statement* s) -> Message* { return s; });
    return std::move(out_);
  }

 private:
  void Add(const std::string& path, const std::string& what, const Way& way,
           std::function<void(Message*)> change, bool always_wrong = false) {
    out_.push_back({path, what,
                    [way, change = std::move(change)](v1::Statement* s) {
                      change(way(s));
                    },
                    always_wrong});
  }

  void Walk(const Message& message, const std::string& prefix, const Way& way) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      const std::string path = prefix.empty()
                                   ? field->name()
                                   : absl::StrCat(prefix, ".", field->name());
      Common(message, field, path, way);
      if (field->is_repeated()) {
        Repeated(message, field, path, way);
      } else {
        Single(message, field, path, way);
      }
    }
  }

  void Common(const Message&, const FieldDescriptor* field,
              const std::string& path, const Way& way) {
    Add(path, "cleared", way,
        [field](Message* m) { m->GetReflection()->ClearField(m, field); });
  }

  void Single(const Message& message, const FieldDescriptor* field,
              const std::string& path, const Way& way) {
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return Text(field, path, way);
      case FieldDescriptor::CPPTYPE_ENUM:
        return Add(
            path, "unknown value", way,
            [field](Message* m) {
              m->GetReflection()->SetEnumValue(m, field, 9999);
            },
            true);
      case FieldDescriptor::CPPTYPE_UINT32:
        return Add(path, "largest", way, [field](Message* m) {
          m->GetReflection()->SetUInt32(m, field,
                                        std::numeric_limits<uint32_t>::max());
        });
      case FieldDescriptor::CPPTYPE_UINT64:
        return Add(path, "largest", way, [field](Message* m) {
          m->GetReflection()->SetUInt64(m, field,
                                        std::numeric_limits<uint64_t>::max());
        });
      case FieldDescriptor::CPPTYPE_INT64:
        for (const int64_t value : {std::numeric_limits<int64_t>::min(),
                                    std::numeric_limits<int64_t>::max()}) {
          Add(
              path, absl::StrCat(value), way,
              [field, value](Message* m) {
                m->GetReflection()->SetInt64(m, field, value);
              },
              true);
        }
        return;
      case FieldDescriptor::CPPTYPE_INT32:
        for (const int32_t value : {-1, 1'000'000'000}) {
          Add(
              path, absl::StrCat(value), way,
              [field, value](Message* m) {
                m->GetReflection()->SetInt32(m, field, value);
              },
              true);
        }
        return;
      case FieldDescriptor::CPPTYPE_BOOL:
        return Add(path, "true", way, [field](Message* m) {
          m->GetReflection()->SetBool(m, field, true);
        });
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Walk(message.GetReflection()->GetMessage(message, field), path,
                    [way, field](v1::Statement* s) {
                      Message* const m = way(s);
                      return m->GetReflection()->MutableMessage(m, field);
                    });
      default:
        FAIL() << path << ": a type without mutations";
    }
  }

  void SetText(const FieldDescriptor* field, const std::string& path,
               const Way& way, const std::string& what, std::string value,
               bool always_wrong) {
    Add(
        path, what, way,
        [field, value = std::move(value)](Message* m) {
          m->GetReflection()->SetString(m, field, value);
        },
        always_wrong);
  }

  void Text(const FieldDescriptor* field, const std::string& path,
            const Way& way) {
    const bool bytes = field->type() == FieldDescriptor::TYPE_BYTES;
    // Sealed values may be anything; they are no field of a statement but in an
    // unsealing, where only the commitment binds them.
    const bool free = field->name() == "value";
    SetText(field, path, way, "of one byte", "x", bytes && !free);
    SetText(field, path, way, "too long", std::string(20'000, 'x'), true);
    if (bytes) return;
    SetText(field, path, way, "with a control character", "a\x01z", true);
    SetText(field, path, way, "with a bidirectional control", "a\xe2\x80\xaez",
            true);
    SetText(field, path, way, "a space", " ", false);
  }

  void Repeated(const Message& message, const FieldDescriptor* field,
                const std::string& path, const Way& way) {
    const int size = message.GetReflection()->FieldSize(message, field);
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Add(
          path, "empty ones added", way,
          [field](Message* m) {
            for (int i = 0; i < 300; ++i)
              m->GetReflection()->AddMessage(m, field);
          },
          true);
      for (int i = 0; i < size; ++i) {
        Walk(message.GetReflection()->GetRepeatedMessage(message, field, i),
             absl::StrCat(path, "[", i, "]"),
             [way, field, i](v1::Statement* s) {
               Message* const m = way(s);
               return m->GetReflection()->MutableRepeatedMessage(m, field, i);
             });
      }
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      Add(
          path, "unknown value added", way,
          [field](Message* m) {
            m->GetReflection()->AddEnumValue(m, field, 9999);
          },
          true);
      Add(
          path, "first one twice", way,
          [field](Message* m) {
            const Reflection* r = m->GetReflection();
            r->AddEnumValue(m, field, r->GetRepeatedEnumValue(*m, field, 0));
          },
          true);
    } else {
      ASSERT_EQ(field->cpp_type(), FieldDescriptor::CPPTYPE_STRING) << path;
      Add(
          path, "control character added", way,
          [field](Message* m) {
            m->GetReflection()->AddString(m, field, "\x01");
          },
          true);
      Add(
          path, "first one twice", way,
          [field](Message* m) {
            const Reflection* r = m->GetReflection();
            r->AddString(m, field, r->GetRepeatedString(*m, field, 0));
          },
          true);
    }
  }

  std::vector<Mutation> out_;
};

std::vector<Mutation> MutationsOf(const v1::Statement& statement) {
  return Mutator().Of(statement);
}

v1::Statement Example(v1::StatementKind kind) {
  crypto::FixedRng rng(7);
  return statement::ExampleStatement(kind, kTestOrigin, "", kTestTimeMs, rng)
      .statement;
}

// An example of a kind, changed into another shape that is well formed: together
// they have every field that can be set.
struct Variant {
  std::string name;
  v1::StatementKind kind;
  Change change;
};

void FillWindow(v1::TimeWindow* out) {
  out->mutable_begin()->set_seconds(kTestTimeMs / 1000 - 7200);
  out->mutable_end()->set_seconds(kTestTimeMs / 1000 - 3600);
}

void FillLink(v1::EntryLink* out) {
  out->set_index(3);
  out->set_leaf_hash(std::string(32, 'l'));
}

std::vector<Variant> RequestVariants() {
  const auto request = [](const char* name,
                          std::function<void(v1::FootageRequest*)> change) {
    return Variant{absl::StrCat("footage_request_", name),
                   v1::STATEMENT_KIND_FOOTAGE_REQUEST,
                   [change = std::move(change)](v1::Statement* s) {
                     change(s->mutable_footage_request());
                   }};
  };
  const auto of_court = [](v1::FootageRequest* r) {
    r->set_channel(v1::CHANNEL_LEGAL_PROCESS);
    r->set_legal_process(v1::LEGAL_PROCESS_SEARCH_WARRANT);
    r->set_court_county_fips("06037");
    r->set_judge_issued(v1::DECLARED_YES);
  };
  return {
      request("of_a_court",
              [of_court](v1::FootageRequest* r) {
                of_court(r);
                FillLink(r->mutable_escalates());
              }),
      request("in_an_emergency",
              [](v1::FootageRequest* r) {
                r->set_channel(v1::CHANNEL_EMERGENCY);
                r->set_legal_process(v1::LEGAL_PROCESS_EMERGENCY_2702);
                r->set_emergency_basis(v1::EMERGENCY_BASIS_IMMINENT_DEATH);
                r->set_verification(v1::REQUESTER_VERIFICATION_CALL_BACK);
              }),
      request("of_a_state",
              [](v1::FootageRequest* r) {
                r->mutable_area()->clear_county_fips();
                r->mutable_area()->set_state("CA");
              }),
      request("of_a_cell",
              [](v1::FootageRequest* r) {
                r->mutable_area()->clear_county_fips();
                r->mutable_area()->set_s2_cell("89c259");
              }),
      request("of_a_task_force",
              [](v1::FootageRequest* r) {
                r->set_unit("Safe LA Task Force");
                r->set_devices(v1::COUNT_BUCKET_5_19);
                r->add_member_agencies("ori:CA0190000");
                r->add_member_agencies("ori:CA0199900");
              }),
      request("imported",
              [](v1::FootageRequest* r) {
                r->mutable_imported()->set_source("Example disclosure list");
                r->mutable_imported()->set_row(17);
              }),
      {"footage_request_sealed_as_a_whole", v1::STATEMENT_KIND_FOOTAGE_REQUEST,
       [of_court](v1::Statement* s) {
         of_court(s->mutable_footage_request());
         s->mutable_header()->clear_sealed();
         v1::WholeSeal& seal = *s->mutable_header()->mutable_whole_seal();
         seal.set_ground(v1::SEAL_GROUND_JEOPARDIZE);
         seal.set_granter(v1::SEAL_GRANTER_COURT);
         seal.mutable_sealed_until()->set_seconds(kTestTimeMs / 1000 + 3600);
       }},
  };
}

std::vector<Variant> AmendmentVariants() {
  const auto amendment = [](const char* name,
                            std::function<void(v1::Amendment*)> change) {
    return Variant{absl::StrCat("amendment_", name),
                   v1::STATEMENT_KIND_AMENDMENT,
                   [change = std::move(change)](v1::Statement* s) {
                     change(s->mutable_amendment());
                   }};
  };
  return {
      amendment("withdrawal",
                [](v1::Amendment* a) {
                  a->mutable_withdrawal()->set_reason_code("FILED_TWICE");
                }),
      amendment("narrowing",
                [](v1::Amendment* a) {
                  v1::Narrowing& narrowing = *a->mutable_narrowing();
                  FillWindow(narrowing.mutable_footage_window());
                  narrowing.mutable_area()->set_county_fips("06037");
                }),
      amendment("challenge",
                [](v1::Amendment* a) {
                  a->mutable_challenge()->set_ground(
                      v1::REFUSAL_GROUND_OVERBROAD);
                }),
      amendment("onward_sharing",
                [](v1::Amendment* a) {
                  a->mutable_onward_sharing()->set_recipient(
                      "outside:example-bureau");
                  a->mutable_onward_sharing()->set_basis(
                      v1::LEGAL_PROCESS_MLAT);
                }),
      amendment("closing_report",
                [](v1::Amendment* a) {
                  a->mutable_closing_report()->set_use(
                      v1::ClosingReport::USE_NOT_USED);
                }),
  };
}

std::vector<Variant> OtherVariants() {
  return {
      {"footage_response_refused", v1::STATEMENT_KIND_FOOTAGE_RESPONSE,
       [](v1::Statement* s) {
         v1::FootageResponse& r = *s->mutable_footage_response();
         v1::FootageResponse bare;
         *bare.mutable_request() = r.request();
         bare.set_outcome(v1::OUTCOME_MODERATION_REFUSED);
         bare.set_refusal_ground(v1::REFUSAL_GROUND_OVERBROAD);
         bare.set_moderated(true);
         r = bare;
       }},
      {"footage_response_given_first", v1::STATEMENT_KIND_FOOTAGE_RESPONSE,
       [](v1::Statement* s) {
         s->mutable_footage_response()->mutable_first_given()->set_seconds(
             kTestTimeMs / 1000 - 3600);
       }},
      {"policy_version_of_emergencies", v1::STATEMENT_KIND_POLICY_VERSION,
       [](v1::Statement* s) {
         v1::PolicyVersion& policy = *s->mutable_policy_version();
         policy.clear_channels();
         policy.add_channels(v1::CHANNEL_LEGAL_PROCESS);
         policy.add_channels(v1::CHANNEL_EMERGENCY);
         policy.mutable_in_force_until()->set_seconds(kTestTimeMs / 1000 +
                                                      86'400'000);
         policy.set_review_deadline_seconds(259200);
         policy.add_whole_seal_processes(v1::LEGAL_PROCESS_SEARCH_WARRANT);
       }},
      {"key_rotation_in_dispute", v1::STATEMENT_KIND_KEY_ROTATION,
       [](v1::Statement* s) {
         v1::KeyRotation& rotation = *s->mutable_key_rotation();
         if (rotation.revoke().empty()) {
           rotation.add_revoke()->set_key_id(std::string(32, 'k'));
         }
         rotation.mutable_revoke(0)->set_disputed_from_index(3);
       }},
  };
}

// Each kind as its example is, and in every other shape.
std::vector<Variant> Variants() {
  std::vector<Variant> out;
  for (const v1::StatementKind kind : statement::AllKinds()) {
    out.push_back(
        {std::string(statement::KindName(kind)), kind, [](v1::Statement*) {}});
  }
  for (const auto& more :
       {RequestVariants(), AmendmentVariants(), OtherVariants()}) {
    out.insert(out.end(), more.begin(), more.end());
  }
  return out;
}

v1::Statement Example(const Variant& variant) {
  v1::Statement out = Example(variant.kind);
  variant.change(&out);
  return out;
}

std::set<std::string> FaultyFields(const v1::Statement& statement) {
  std::set<std::string> out;
  const statement::Violations violations = statement::Validate(statement);
  EXPECT_EQ(violations.ToStatus().ok(), violations.empty());
  for (const statement::Violation& v : violations.kept()) {
    EXPECT_FALSE(v.field.empty() || v.description.empty());
    out.insert(v.field);
  }
  return out;
}

// Whether one of the fields is `path`, or below it, or a message that has it.
bool NamesField(const std::set<std::string>& fields, const std::string& path) {
  for (const std::string& field : fields) {
    if (absl::StartsWith(field, path) || absl::StartsWith(path, field)) {
      return true;
    }
  }
  return false;
}

std::string PrintName(const ::testing::TestParamInfo<v1::StatementKind>& info) {
  return std::string(statement::KindName(info.param));
}

class MutationOfKind : public ::testing::TestWithParam<Variant> {};

TEST_P(MutationOfKind, WhatIsWrongIsNamed) {
  const v1::Statement example = Example(GetParam());
  ASSERT_THAT(FaultyFields(example), IsEmpty());
  int wrong = 0;
  for (const Mutation& mutation : MutationsOf(example)) {
    SCOPED_TRACE(absl::StrCat(mutation.path, ": ", mutation.what));
    v1::Statement statement = example;
    mutation.change(&statement);
    const std::set<std::string> faults = FaultyFields(statement);
    if (mutation.always_wrong) {
      EXPECT_TRUE(NamesField(faults, mutation.path))
          << ::testing::PrintToString(faults);
      ++wrong;
    }
    // People can look at it whatever it says.
    EXPECT_TRUE(
        statement::IsPlainText(statement::DescribeStatement(statement)));
    EXPECT_FALSE(statement::DescribeStatementAtLength(statement).empty());
    // The strict parser takes its bytes, or says why not.
    const std::string bytes = statement.SerializeAsString();
    const auto parsed = statement::ParseStatement(bytes);
    if (parsed.ok()) {
      EXPECT_EQ(statement::SerialiseStatement(*parsed), bytes);
    } else {
      EXPECT_FALSE(parsed.status().message().empty());
    }
  }
  EXPECT_GE(wrong, 5);
}

TEST_P(MutationOfKind, TwoFaultsAreBothNamed) {
  const v1::Statement example = Example(GetParam());
  std::vector<Mutation> wrong;
  for (Mutation& mutation : MutationsOf(example)) {
    if (mutation.always_wrong) wrong.push_back(std::move(mutation));
  }
  for (size_t i = 0; i < wrong.size(); ++i) {
    // A dozen others of each, the same every time.
    for (size_t k = 1; k <= 12; ++k) {
      const Mutation& a = wrong[i];
      const Mutation& b = wrong[(i + 5 * k) % wrong.size()];
      if (NamesField({a.path}, b.path)) continue;
      // The two are to be the same, and are.
      if (a.path == "header.origin" && b.path == "genesis.origin") continue;
      if (b.path == "header.origin" && a.path == "genesis.origin") continue;
      v1::Statement statement = example;
      a.change(&statement);
      b.change(&statement);
      const statement::Violations found = statement::Validate(statement);
      const std::set<std::string> faults = FaultyFields(statement);
      // Hundreds of faults are counted, and the first of them kept.
      if (found.kept().size() >= 60) continue;
      EXPECT_TRUE(NamesField(faults, a.path) && NamesField(faults, b.path))
          << a.path << " " << a.what << ", " << b.path << " " << b.what << ": "
          << ::testing::PrintToString(faults);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, MutationOfKind, ::testing::ValuesIn(Variants()),
                         [](const ::testing::TestParamInfo<Variant>& info) {
                           return info.param.name;
                         });

// Every field of these kinds is set in one of the shapes, so that it is mutated.
TEST(Variants, SetEveryFieldOfRequestsAnswersAndAmendments) {
  const std::pair<v1::StatementKind, const char*> kinds[] = {
      {v1::STATEMENT_KIND_FOOTAGE_REQUEST, "footage_request"},
      {v1::STATEMENT_KIND_FOOTAGE_RESPONSE, "footage_response"},
      {v1::STATEMENT_KIND_AMENDMENT, "amendment"}};
  for (const auto& [kind, name] : kinds) {
    std::set<std::string> mutated;
    for (const Variant& variant : Variants()) {
      if (variant.kind != kind) continue;
      for (const Mutation& mutation : MutationsOf(Example(variant))) {
        mutated.insert(mutation.path);
      }
    }
    const FieldDescriptor* const body =
        v1::Statement::descriptor()->FindFieldByName(name);
    for (int i = 0; i < body->message_type()->field_count(); ++i) {
      const std::string path =
          absl::StrCat(name, ".", body->message_type()->field(i)->name());
      EXPECT_EQ(mutated.count(path), 1u) << path;
    }
  }
}

// --- Through admission --------------------------------------------------------

// Kinds that anybody but the registrars says, and the erasure.
class AdmittedMutations : public ::testing::TestWithParam<v1::StatementKind> {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(log_, TestLog::Start({}));
    party_ = log_->parties().MakeParty("party:example-reporter");
    ASSERT_OK(log_->Enrol(party_));
    request_ = Asked();
    ASSERT_OK_AND_ASSIGN(const auto logged,
                         log_->Submit(log_->parties().agency(), request_));
    target_.set_index(logged.receipt().index());
    const merkle::Hash leaf = merkle::LeafHash(logged.receipt().entry());
    target_.set_leaf_hash(std::string(crypto::AsBytes(leaf)));
  }

  // What is reviewed is an emergency.
  Submission Asked() const {
    const TestParties& parties = log_->parties();
    if (GetParam() != v1::STATEMENT_KIND_EMERGENCY_REVIEW) {
      return parties.Request(parties.agency());
    }
    google::protobuf::RepeatedPtrField<v1::SealOpening> openings;
    v1::Statement statement = parties.Example(
        v1::STATEMENT_KIND_FOOTAGE_REQUEST, parties.agency(), &openings);
    v1::FootageRequest& request = *statement.mutable_footage_request();
    request.set_channel(v1::CHANNEL_EMERGENCY);
    request.set_legal_process(v1::LEGAL_PROCESS_EMERGENCY_2702);
    request.set_emergency_basis(v1::EMERGENCY_BASIS_IMMINENT_DEATH);
    request.set_verification(v1::REQUESTER_VERIFICATION_CALL_BACK);
    Submission submission = parties.Sign(statement, parties.agency());
    submission.openings = openings;
    return submission;
  }

  const Party& Speaker() const {
    switch (GetParam()) {
      case v1::STATEMENT_KIND_FOOTAGE_RESPONSE:
      case v1::STATEMENT_KIND_EMERGENCY_REVIEW:
        return log_->parties().platform();
      case v1::STATEMENT_KIND_ATTESTATION:
        return party_;
      case v1::STATEMENT_KIND_ERASURE:
        return log_->parties().registrar();
      default:
        return log_->parties().agency();
    }
  }

  // The example, its links and openings being those of the request.
  v1::Statement Linked() {
    v1::Statement out =
        log_->parties().Example(GetParam(), Speaker(), &openings_);
    switch (GetParam()) {
      case v1::STATEMENT_KIND_FOOTAGE_RESPONSE:
        *out.mutable_footage_response()->mutable_request() = target_;
        break;
      case v1::STATEMENT_KIND_AMENDMENT:
        *out.mutable_amendment()->mutable_target() = target_;
        break;
      case v1::STATEMENT_KIND_EMERGENCY_REVIEW:
        *out.mutable_emergency_review()->mutable_request() = target_;
        break;
      case v1::STATEMENT_KIND_UNSEALING:
        *out.mutable_unsealing()->mutable_target() = target_;
        *out.mutable_unsealing()->mutable_openings(0) = request_.openings[0];
        break;
      case v1::STATEMENT_KIND_SEAL_RENEWAL:
        *out.mutable_seal_renewal()->mutable_target() = target_;
        break;
      case v1::STATEMENT_KIND_SEALED_READ:
        *out.mutable_sealed_read()->mutable_target() = target_;
        break;
      case v1::STATEMENT_KIND_ERASURE:
        *out.mutable_erasure()->mutable_target() = target_;
        break;
      default:
        break;
    }
    return out;
  }

  absl::Status Submit(const v1::Statement& statement) {
    Submission submission = log_->parties().Sign(statement, Speaker());
    submission.openings = openings_;
    return log_->Submit(Speaker(), submission).status();
  }

  std::unique_ptr<TestLog> log_;
  Party party_;
  Submission request_;
  v1::EntryLink target_;
  google::protobuf::RepeatedPtrField<v1::SealOpening> openings_;
};

TEST_P(AdmittedMutations, NothingMalformedIsLogged) {
  const v1::Statement example = Linked();
  ASSERT_OK(Submit(example));
  for (const Mutation& mutation : MutationsOf(example)) {
    SCOPED_TRACE(absl::StrCat(mutation.path, ": ", mutation.what));
    v1::Statement statement = example;
    mutation.change(&statement);
    const absl::Status status = Submit(statement);
    const bool valid = statement::Validate(statement).empty();
    if (status.ok()) {
      EXPECT_TRUE(valid);
      EXPECT_FALSE(mutation.always_wrong);
    } else {
      EXPECT_FALSE(status.message().empty());
      // A fault of ours would be kInternal or kDataLoss.
      EXPECT_TRUE(
          absl::IsInvalidArgument(status) || absl::IsPermissionDenied(status) ||
          absl::IsUnauthenticated(status) || absl::IsAlreadyExists(status))
          << status;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, AdmittedMutations,
                         ::testing::Values(v1::STATEMENT_KIND_FOOTAGE_REQUEST,
                                           v1::STATEMENT_KIND_FOOTAGE_RESPONSE,
                                           v1::STATEMENT_KIND_AMENDMENT,
                                           v1::STATEMENT_KIND_EMERGENCY_REVIEW,
                                           v1::STATEMENT_KIND_UNSEALING,
                                           v1::STATEMENT_KIND_SEAL_RENEWAL,
                                           v1::STATEMENT_KIND_SEALED_READ,
                                           v1::STATEMENT_KIND_ERASURE,
                                           v1::STATEMENT_KIND_PERIOD_REPORT,
                                           v1::STATEMENT_KIND_REGISTRY_EVENT,
                                           v1::STATEMENT_KIND_ATTESTATION),
                         PrintName);

}  // namespace
}  // namespace sightline::tests
