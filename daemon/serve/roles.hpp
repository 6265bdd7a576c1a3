// What the holder of a token may do. Each route names the one role that it needs.
//
//   viewer     reads segments, customers, pilots, touches, reviews; asks what definitions would do
//   ingester   sends signals in, and nothing else; its token is an SDK write key
//   evaluator  asks for a customer's arms (OFREP), and nothing else
//   editor     reads, and changes what is known and done: consent, suppression, pauses
//   approver   reads, and decides: reviews, definitions
//   auditor    reads, and draws what proves it: papers, tree heads
//   admin      everything, tokens too
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace segmentd::daemon {

enum class Role { anyone, viewer, ingester, evaluator, editor, approver, auditor, admin };

// Those that a token can have.
inline constexpr std::array token_roles = {Role::viewer,   Role::ingester, Role::evaluator, Role::editor,
                                           Role::approver, Role::auditor,  Role::admin};

// "viewer", "ingester", ... and back.
const char* to_word(Role role);
std::optional<Role> parse_role(std::string_view word);

// True where whoever has the one role may do what the other is needed for.
bool includes(Role held, Role needed);

}  // namespace segmentd::daemon
