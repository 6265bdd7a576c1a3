#include <fmt/format.h>

#include "rules/definitions/feature_words.hpp"
#include "rules/load/schema.hpp"

namespace segmentd::rules {
namespace {

constexpr std::string_view introduction = R"(# Features

A feature is one value computed from a customer's signals, read in conditions as `feature.<name>`. Every key stands in
[workspace_keys.md](workspace_keys.md#feature); this page says what each word of `compute` means.

## Which signals count

- Those of the `signal` for which every line of `where` is true. A signal without the `value` does not count.
- `window: 90d` rolls: at the instant T it holds the signals with T - 90d < occurred_at <= T. `90d` is 90 times 24 hours. A
  signal leaves at exactly the microsecond at which it is as old as the window.
- `window: this_month` follows the calendar: `today`, `yesterday`, `this_week`, `last_week` (from Monday on, ISO 8601),
  `this_month`, `last_month`, `this_quarter`, `last_quarter`, `this_year`, `last_year`. It holds its first instant and not
  its end, and changes for everybody at once when the next period begins.
- Without a window the whole life counts.
- A signal that comes late counts from its arrival on, as if it had been known when it occurred.

## Whose calendar

The workspace's `zone`, or with `zone: customer` that of the customer: the attribute which the workspace names by
`customer_zone`. A customer without one, or with one that is not known, has the workspace's. A day begins at the first
instant of that local date, also where clocks jump over midnight; so a day has 23, 24 or 25 hours.

## Until when a value holds

Every value says the first instant at which it can change without a signal, and memberships are decided anew at exactly
that instant: a signal leaves the window, a period begins, a whole day of `recency` passes, a silence becomes long enough,
the weights of a `decay` move on. Everything else changes with the customer's signals alone.

## The words
)";

std::string with_commas(std::string_view keys) {
    std::string text;
    for (const auto key : keys_of(keys)) text += fmt::format("{}`{}`", text.empty() ? "" : ", ", key);
    return text;
}

std::string indented(std::string_view lines) {
    std::string text = "    ";
    for (const char c : lines) text += c == '\n' ? std::string("\n    ") : std::string(1, c);
    return text;
}

}  // namespace

std::string feature_reference() {
    std::string page(introduction);
    for (const auto& word : feature_words()) {
        page += fmt::format("\n### {}\n\n{} {}\n\n", to_word(word.compute), word.definition, word.borders);
        page += fmt::format("Gives: {}. Without signals: {}. Needs {}; may take {}.\n\n", word.gives, word.without,
                            with_commas(word.needed), with_commas(word.allowed));
        page += indented(word.example) + "\n";
    }
    return page;
}

}  // namespace segmentd::rules
