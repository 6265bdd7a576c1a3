#include "tests/bench/segment_loops.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "rules/columns/selector.hpp"

namespace segmentd::bench {
namespace {

using rules::expression::TypeKind;
using rules::expression::Value;

constexpr std::array<const char*, 4> plans = {"free", "pro", "team", "enterprise"};
constexpr std::array<const char*, 6> channels = {"web", "store", "partner", "phone", "mail", "app"};
constexpr std::array<const char*, 20> countries = {"DE", "FR", "US", "GB", "ES", "PL", "IT", "NL", "BE", "AT",
                                                   "CH", "SE", "NO", "DK", "FI", "IE", "PT", "CZ", "HU", "GR"};

// One condition over the block, a byte a customer, then eight bytes at a time as bits. The
// file is compiled for the machine at hand at -O3, so that the loops are a limit.
template <typename Condition>
[[gnu::always_inline]] inline void loop_over(const Customers& customers, std::size_t first, std::uint64_t* bits,
                                             const Condition& condition) {
    const std::size_t rows = std::min(rules::rows_a_block, customers.size() - first);
    alignas(64) std::array<unsigned char, rules::rows_a_block> inside;
    for (std::size_t i = 0; i < rows; ++i) inside[i] = static_cast<unsigned char>(condition(first + i));
    for (std::size_t i = rows; i % 64 != 0; ++i) inside[i] = 0;
    for (std::size_t word = 0; word < (rows + 63) / 64; ++word) {
        std::uint64_t packed = 0;
        for (std::size_t i = 0; i < 8; ++i) {
            std::uint64_t eight = 0;
            std::memcpy(&eight, &inside[word * 64 + i * 8], sizeof eight);
            packed |= (eight * 0x0102040810204080 >> 56) << (8 * i);
        }
        bits[word] = packed;
    }
}

}  // namespace

Customers make_customers(std::size_t count) {
    Random random(5, "bench customers");
    const auto below = [&](std::uint64_t limit) { return static_cast<std::int32_t>(random.below(limit)); };
    const auto share = [&] { return static_cast<float>(below(1 << 20)) / static_cast<float>(1 << 20); };
    Customers made;
    for (std::size_t i = 0; i < count; ++i) {
        made.country.push_back(static_cast<std::int8_t>(below(countries.size())));
        made.plan.push_back(static_cast<std::int8_t>(below(plans.size())));
        made.channel.push_back(static_cast<std::int8_t>(below(channels.size())));
        made.is_business.push_back(static_cast<std::int8_t>(below(2)));
        made.orders_90d.push_back(static_cast<std::int8_t>(below(8)));
        made.seats.push_back(static_cast<std::int16_t>(1 + below(300)));
        made.orders_total.push_back(static_cast<std::int16_t>(1 + below(300)));
        made.days_since_order.push_back(static_cast<std::int16_t>(below(365)));
        made.spend_90d.push_back(below(200'000));
        made.spend_total.push_back(below(3'000'000));
        made.churn.push_back(share());
        made.engagement.push_back(share());
    }
    return made;
}

// The texts are named once, as a column names them.
Value value_of(const Customers& customers, std::size_t row, std::size_t attribute) {
    const auto texts = [](const auto& names) {
        std::vector<Value> values;
        for (const auto* name : names) values.push_back(Value::string(name));
        return values;
    };
    static const auto country_values = texts(countries);
    static const auto plan_values = texts(plans);
    static const auto channel_values = texts(channels);
    switch (attribute) {
        case 0: return country_values[static_cast<std::size_t>(customers.country[row])];
        case 1: return plan_values[static_cast<std::size_t>(customers.plan[row])];
        case 2: return channel_values[static_cast<std::size_t>(customers.channel[row])];
        case 3: return Value::boolean(customers.is_business[row] != 0);
        case 4: return Value::integer(customers.orders_90d[row]);
        case 5: return Value::integer(customers.seats[row]);
        case 6: return Value::integer(customers.orders_total[row]);
        case 7: return Value::integer(customers.days_since_order[row]);
        case 8: return Value::real(customers.spend_90d[row] / 100.0);
        case 9: return Value::real(customers.spend_total[row] / 100.0);
        case 10: return Value::real(static_cast<double>(customers.churn[row]));
        default: return Value::real(static_cast<double>(customers.engagement[row]));
    }
}

rules::expression::Declarations attribute_scope() {
    rules::expression::Declarations declared;
    declared.add_record("profile", {{"country", TypeKind::string, 0},
                                    {"plan", TypeKind::string, 1},
                                    {"channel", TypeKind::string, 2},
                                    {"is_business", TypeKind::boolean, 3},
                                    {"seats", TypeKind::integer, 5}});
    declared.add_record("feature", {{"orders_90d", TypeKind::integer, 4},
                                    {"orders_total", TypeKind::integer, 6},
                                    {"days_since_order", TypeKind::integer, 7},
                                    {"spend_90d", TypeKind::real, 8},
                                    {"spend_total", TypeKind::real, 9}});
    declared.add_record("score", {{"churn", TypeKind::real, 10}, {"engagement", TypeKind::real, 11}});
    return declared;
}

std::string random_comparison(Random& random) {
    switch (random.below(8)) {
        case 0: return fmt::format("profile.country == '{}'", countries[random.below(countries.size())]);
        case 1: return fmt::format("profile.plan != '{}'", plans[random.below(plans.size())]);
        case 2: return fmt::format("profile.seats > {}", random.below(300));
        case 3: return fmt::format("feature.days_since_order < {}", 1 + random.below(365));
        case 4: return fmt::format("feature.orders_total >= {}", random.below(300));
        case 5: return fmt::format("feature.spend_90d > {}.5", random.below(2'000));
        case 6: return fmt::format("score.churn < 0.{}", 1 + random.below(999));
        default: return fmt::format("feature.spend_total >= {}.25", random.below(30'000));
    }
}

std::uint64_t store_block(const std::uint64_t* bits, std::size_t block, std::size_t rows,
                          std::vector<std::uint64_t>& members) {
    const std::size_t first = block * rules::rows_a_block;
    const std::size_t here = std::min(rules::rows_a_block, rows - first);
    std::uint64_t count = 0;
    for (std::size_t word = 0; word < (here + 63) / 64; ++word) {
        const std::size_t rest = here - word * 64;
        const std::uint64_t inside = rest >= 64 ? bits[word] : bits[word] & ((std::uint64_t{1} << rest) - 1);
        members[first / 64 + word] = inside;
        count += static_cast<std::uint64_t>(std::popcount(inside));
    }
    return count;
}

// Bitwise & and | instead of && and ||: without a branch the compiler takes many customers at once.
namespace {

std::vector<SegmentLoop> first_segments() {
    return {
        {{"profile.plan == 'pro'", "feature.orders_90d >= 3", "score.churn < 0.5"},
         [](const Customers& c, std::size_t first, std::uint64_t* bits) {
             loop_over(c, first, bits,
                       [&](std::size_t i) { return (c.plan[i] == 1) & (c.orders_90d[i] >= 3) & (c.churn[i] < 0.5F); });
         }},
        {{"profile.country in ['DE', 'AT', 'CH']", "feature.spend_90d > 250.0", "profile.is_business"},
         [](const Customers& c, std::size_t first, std::uint64_t* bits) {
             loop_over(c, first, bits, [&](std::size_t i) {
                 return ((c.country[i] == 0) | (c.country[i] == 9) | (c.country[i] == 10)) & (c.spend_90d[i] > 25'000) &
                        (c.is_business[i] == 1);
             });
         }},
        {{"feature.days_since_order > 90", "feature.orders_total >= 5", "score.churn >= 0.625"},
         [](const Customers& c, std::size_t first, std::uint64_t* bits) {
             loop_over(c, first, bits, [&](std::size_t i) {
                 return (c.days_since_order[i] > 90) & (c.orders_total[i] >= 5) & (c.churn[i] >= 0.625F);
             });
         }},
        {{"feature.orders_90d >= 5 || feature.spend_90d > 500.0", "feature.days_since_order < 30",
          "score.engagement >= 0.5"},
         [](const Customers& c, std::size_t first, std::uint64_t* bits) {
             loop_over(c, first, bits, [&](std::size_t i) {
                 return ((c.orders_90d[i] >= 5) | (c.spend_90d[i] > 50'000)) & (c.days_since_order[i] < 30) &
                        (c.engagement[i] >= 0.5F);
             });
         }},
        {{"profile.seats > 50", "profile.plan != 'enterprise'", "score.engagement > 0.625", "score.churn < 0.25"},
         [](const Customers& c, std::size_t first, std::uint64_t* bits) {
             loop_over(c, first, bits, [&](std::size_t i) {
                 return (c.seats[i] > 50) & (c.plan[i] != 3) & (c.engagement[i] > 0.625F) & (c.churn[i] < 0.25F);
             });
         }},
        {{"profile.channel == 'app'", "feature.orders_90d == 0", "feature.days_since_order >= 180"},
         [](const Customers& c, std::size_t first, std::uint64_t* bits) {
             loop_over(c, first, bits, [&](std::size_t i) {
                 return (c.channel[i] == 5) & (c.orders_90d[i] == 0) & (c.days_since_order[i] >= 180);
             });
         }},
        {{"profile.plan == 'free'", "score.engagement >= 0.75", "profile.seats >= 5", "feature.days_since_order < 60"},
         [](const Customers& c, std::size_t first, std::uint64_t* bits) {
             loop_over(c, first, bits, [&](std::size_t i) {
                 return (c.plan[i] == 0) & (c.engagement[i] >= 0.75F) & (c.seats[i] >= 5) &
                        (c.days_since_order[i] < 60);
             });
         }},
    };
}

std::vector<SegmentLoop> next_segments() {
    return {
        {{"feature.spend_total > 2000.0", "feature.orders_total >= 10", "profile.is_business == false"},
         [](const Customers& c, std::size_t first, std::uint64_t* bits) {
             loop_over(c, first, bits, [&](std::size_t i) {
                 return (c.spend_total[i] > 200'000) & (c.orders_total[i] >= 10) & (c.is_business[i] == 0);
             });
         }},
        {{"profile.country == 'US'", "profile.channel in ['web', 'app']", "feature.spend_90d >= 100.0",
          "score.churn < 0.75"},
         [](const Customers& c, std::size_t first, std::uint64_t* bits) {
             loop_over(c, first, bits, [&](std::size_t i) {
                 return (c.country[i] == 2) & ((c.channel[i] == 0) | (c.channel[i] == 5)) & (c.spend_90d[i] >= 10'000) &
                        (c.churn[i] < 0.75F);
             });
         }},
        {{"feature.orders_total == 1", "feature.days_since_order > 14", "feature.days_since_order < 120"},
         [](const Customers& c, std::size_t first, std::uint64_t* bits) {
             loop_over(c, first, bits, [&](std::size_t i) {
                 return (c.orders_total[i] == 1) & (c.days_since_order[i] > 14) & (c.days_since_order[i] < 120);
             });
         }},
        {{"score.churn >= 0.875", "feature.spend_total >= 500.0", "profile.plan == 'pro' || profile.plan == 'team'"},
         [](const Customers& c, std::size_t first, std::uint64_t* bits) {
             loop_over(c, first, bits, [&](std::size_t i) {
                 return (c.churn[i] >= 0.875F) & (c.spend_total[i] >= 50'000) & ((c.plan[i] == 1) | (c.plan[i] == 2));
             });
         }},
        {{"profile.seats >= 100 || profile.plan == 'enterprise'", "feature.orders_90d >= 1", "score.engagement < 0.375",
          "profile.is_business"},
         [](const Customers& c, std::size_t first, std::uint64_t* bits) {
             loop_over(c, first, bits, [&](std::size_t i) {
                 return ((c.seats[i] >= 100) | (c.plan[i] == 3)) & (c.orders_90d[i] >= 1) & (c.engagement[i] < 0.375F) &
                        (c.is_business[i] == 1);
             });
         }},
        {{"profile.country in ['FR', 'BE', 'IT', 'ES', 'PT']", "feature.orders_90d >= 2", "feature.spend_90d > 80.0"},
         [](const Customers& c, std::size_t first, std::uint64_t* bits) {
             loop_over(c, first, bits, [&](std::size_t i) {
                 return ((c.country[i] == 1) | (c.country[i] == 8) | (c.country[i] == 6) | (c.country[i] == 4) |
                         (c.country[i] == 16)) &
                        (c.orders_90d[i] >= 2) & (c.spend_90d[i] > 8'000);
             });
         }},
        {{"profile.channel == 'partner'", "feature.spend_total > 1000.0 || feature.orders_total > 20",
          "score.churn < 0.5", "feature.days_since_order < 90"},
         [](const Customers& c, std::size_t first, std::uint64_t* bits) {
             loop_over(c, first, bits, [&](std::size_t i) {
                 return (c.channel[i] == 2) & ((c.spend_total[i] > 100'000) | (c.orders_total[i] > 20)) &
                        (c.churn[i] < 0.5F) & (c.days_since_order[i] < 90);
             });
         }},
    };
}

std::vector<SegmentLoop> last_segments() {
    return {
        {{"!(profile.plan == 'free')", "feature.orders_90d < 1", "score.engagement < 0.25", "feature.orders_total > 3",
          "score.churn > 0.5"},
         [](const Customers& c, std::size_t first, std::uint64_t* bits) {
             loop_over(c, first, bits, [&](std::size_t i) {
                 return (c.plan[i] != 0) & (c.orders_90d[i] < 1) & (c.engagement[i] < 0.25F) & (c.orders_total[i] > 3) &
                        (c.churn[i] > 0.5F);
             });
         }},
        {{"feature.spend_90d > 1000.0", "score.engagement >= 0.5", "profile.seats > 10", "profile.seats <= 200",
          "score.churn < 0.625", "profile.channel != 'phone'"},
         [](const Customers& c, std::size_t first, std::uint64_t* bits) {
             loop_over(c, first, bits, [&](std::size_t i) {
                 return (c.spend_90d[i] > 100'000) & (c.engagement[i] >= 0.5F) & (c.seats[i] > 10) &
                        (c.seats[i] <= 200) & (c.churn[i] < 0.625F) & (c.channel[i] != 3);
             });
         }},
        {{"profile.country == 'GB' || profile.country == 'IE'", "profile.is_business", "feature.orders_total >= 2"},
         [](const Customers& c, std::size_t first, std::uint64_t* bits) {
             loop_over(c, first, bits, [&](std::size_t i) {
                 return ((c.country[i] == 3) | (c.country[i] == 15)) & (c.is_business[i] == 1) &
                        (c.orders_total[i] >= 2);
             });
         }},
        {{"feature.days_since_order <= 7", "feature.orders_90d >= 4", "feature.spend_total > 300.0"},
         [](const Customers& c, std::size_t first, std::uint64_t* bits) {
             loop_over(c, first, bits, [&](std::size_t i) {
                 return (c.days_since_order[i] <= 7) & (c.orders_90d[i] >= 4) & (c.spend_total[i] > 30'000);
             });
         }},
        {{"profile.plan == 'team'", "profile.seats >= 20", "score.engagement >= 0.625", "feature.spend_90d > 150.0",
          "score.churn < 0.375"},
         [](const Customers& c, std::size_t first, std::uint64_t* bits) {
             loop_over(c, first, bits, [&](std::size_t i) {
                 return (c.plan[i] == 2) & (c.seats[i] >= 20) & (c.engagement[i] >= 0.625F) &
                        (c.spend_90d[i] > 15'000) & (c.churn[i] < 0.375F);
             });
         }},
        {{"score.churn >= 0.5", "score.engagement < 0.5", "feature.days_since_order >= 45",
          "feature.orders_total >= 3"},
         [](const Customers& c, std::size_t first, std::uint64_t* bits) {
             loop_over(c, first, bits, [&](std::size_t i) {
                 return (c.churn[i] >= 0.5F) & (c.engagement[i] < 0.5F) & (c.days_since_order[i] >= 45) &
                        (c.orders_total[i] >= 3);
             });
         }},
    };
}

}  // namespace

std::vector<SegmentLoop> twenty_segments() {
    auto all = first_segments();
    for (const auto& more : {next_segments(), last_segments()}) all.insert(all.end(), more.begin(), more.end());
    return all;
}

}  // namespace segmentd::bench
