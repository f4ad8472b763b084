#include "mirror/ticket.h"

#include <gtest/gtest.h>

#include <string>

#include "base/status_matchers.h"
#include "crypto/aead.h"
#include "crypto/fixed_rng.h"
#include "crypto/secret.h"

namespace sightline::mirror {
namespace {

using ::sightline::base::StatusIs;

crypto::SecretString Key(char byte) {
  return crypto::SecretString(std::string(crypto::kAeadKeySize, byte));
}

TEST(Tickets, OnlyTheirMakerBelievesThem) {
  crypto::FixedRng rng{1};
  const Tickets tickets(Key('a'), &rng);
  const auto ticket = tickets.Issue("log", "note");
  ASSERT_OK(ticket);
  const auto opened = tickets.Open("log", *ticket);
  ASSERT_OK(opened);
  EXPECT_EQ(*opened, "note");
  EXPECT_THAT(tickets.Open("other", *ticket),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Tickets(Key('b'), &rng).Open("log", *ticket),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(tickets.Open("log", ""),
              StatusIs(absl::StatusCode::kInvalidArgument));
  for (size_t i = 0; i < ticket->size(); ++i) {
    std::string altered = *ticket;
    altered[i] ^= 1;
    EXPECT_FALSE(tickets.Open("log", altered).ok()) << i;
  }
}

TEST(Tickets, FitBehindAUint16) {
  crypto::FixedRng rng{1};
  const Tickets tickets(Key('a'), &rng);
  const size_t most = 65535 - crypto::kAeadOverhead;
  EXPECT_EQ(tickets.Issue("log", std::string(most, 'n'))->size(), 65535u);
  EXPECT_EQ(*tickets.Issue("log", std::string(most + 1, 'n')), "");
}

}  // namespace
}  // namespace sightline::mirror
