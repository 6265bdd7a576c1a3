#include "daemon/serve/roles.hpp"

#include <algorithm>

namespace segmentd::daemon {

const char* to_word(Role role) {
    switch (role) {
        case Role::anyone: return "anyone";
        case Role::viewer: return "viewer";
        case Role::ingester: return "ingester";
        case Role::evaluator: return "evaluator";
        case Role::editor: return "editor";
        case Role::approver: return "approver";
        case Role::auditor: return "auditor";
        case Role::admin: return "admin";
    }
    return "anyone";
}

std::optional<Role> parse_role(std::string_view word) {
    const auto found = std::ranges::find(token_roles, word, [](Role role) { return std::string_view(to_word(role)); });
    return found == token_roles.end() ? std::nullopt : std::optional(*found);
}

bool includes(Role held, Role needed) {
    if (needed == Role::anyone || held == Role::admin || held == needed) return true;
    const bool reads_besides = held == Role::editor || held == Role::approver || held == Role::auditor;
    return reads_besides && needed == Role::viewer;
}

}  // namespace segmentd::daemon
