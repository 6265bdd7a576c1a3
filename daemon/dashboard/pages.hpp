// The pages for people: whole HTML documents without script, with their one style sheet inside. Readable on a phone
// and on paper, light and dark. All texts are escaped.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

#include "daemon/dashboard/document.hpp"

namespace segmentd::daemon {

// What stands between <style> and </style> of every page, so that a policy can name its hash.
std::string_view page_style();

// Whether a page lies in a file by itself or has the daemon around it, with other pages to go to.
enum class PagePlace { file, daemon };

std::string document_page(const Document& document, PagePlace place);

// Asks for a token; a message tells what was wrong with the last one.
std::string sign_in_page(std::string_view message);

// A page that says one thing, such as that there is no such segment.
std::string message_page(std::string_view title, std::string_view message);

// Who looks at the page.
struct PageReader {
    std::string name;
    std::string role;
    bool may_see_customers = false;
    bool has_session = false;  // can sign out
};

// Everything at a glance. `overview` is made of overview_report() with what the store adds:
//   "flows"       [{"day","segment","entered","left"}] of the last `history_days` days
//   "migrations"  [{"from","to","customers"}] of the last 28 days
//   "decisions"   as decisions_report() makes it
//   "rejects"     {reason: count}
//   "health"      {"durable_records","waiting","waiting_for_disk","clock_held","tree_head","tree_size"}
std::string overview_page(const boost::json::object& overview, const PageReader& reader);

inline constexpr int history_days = 90;
inline constexpr int migration_days = 28;

}  // namespace segmentd::daemon
