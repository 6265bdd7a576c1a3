// Random expressions and random columns for them: of every kind, with absent values, the borders of every number type
// and values of several kinds in one column.
#pragma once

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "rules/columns/column.hpp"
#include "rules/expression/declarations.hpp"

namespace segmentd::tests {

using rules::expression::Value;

inline const std::array<const char*, 12> column_names = {"v.count", "v.whole", "v.real",  "v.cents",
                                                         "v.plan",  "v.text",  "v.flag",  "v.flag_2",
                                                         "v.since", "v.mixed", "v.never", "v.list"};

class RandomExpressions {
  public:
    explicit RandomExpressions(Random& random) : random_(random) {}

    static rules::expression::Declarations scope() {
        rules::expression::Declarations declared;
        std::vector<rules::expression::Field> fields;
        for (std::size_t slot = 0; slot < column_names.size(); ++slot) {
            fields.push_back(
                {std::string(column_names[slot]).substr(2), rules::expression::TypeKind::dyn, static_cast<int>(slot)});
        }
        declared.add_record("v", fields);
        return declared;
    }

    // A value for a row of the column with this number; missing now and then.
    Value value(std::size_t column) {
        if (column >= 10 ? column == 10 : random_.bernoulli(column == 6 ? 0.0 : 0.15)) return {};
        switch (column) {
            case 0: return Value::integer(static_cast<std::int64_t>(random_.below(9)) - 3);
            case 1: return Value::integer(pick(whole_numbers));
            case 2: return Value::real(pick(real_numbers));
            case 3: return Value::real(static_cast<double>(random_.below(2000)) / 100.0);
            case 4: return Value::string(pick(plans));
            case 5: return Value::string(random_.bernoulli(0.2) ? "" : std::to_string(random_.below(1000)));
            case 6:
            case 7: return Value::boolean(random_.bernoulli(0.5));
            case 8:
                return Value::timestamp(
                    from_microseconds(static_cast<std::int64_t>(random_.below(5)) * 86'400'000'000));
            case 9: return mixed_value();
            default: return Value::list({Value::integer(1), Value::string("pro")});
        }
    }

    std::string condition(int depth) {
        if (depth == 0) return random_.bernoulli(0.7) ? comparison(0) : leaf_condition();
        switch (random_.below(9)) {
            case 0:
            case 1: return "(" + condition(depth - 1) + " && " + condition(depth - 1) + ")";
            case 2:
            case 3: return "(" + condition(depth - 1) + " || " + condition(depth - 1) + ")";
            case 4: return "!" + parenthesised(condition(depth - 1));
            case 5:
                return "(" + condition(depth - 1) + " ? " + condition(depth - 1) + " : " + condition(depth - 1) + ")";
            case 6: return leaf_condition();
            default: return comparison(depth - 1);
        }
    }

  private:
    static constexpr std::array<std::int64_t, 11> whole_numbers = {0,
                                                                   1,
                                                                   -1,
                                                                   127,
                                                                   128,
                                                                   -129,
                                                                   40'000,
                                                                   std::int64_t{1} << 53,
                                                                   (std::int64_t{1} << 53) + 1,
                                                                   std::numeric_limits<std::int64_t>::max(),
                                                                   std::numeric_limits<std::int64_t>::min()};
    static constexpr std::array<double, 13> real_numbers = {0.0,
                                                            -0.0,
                                                            0.5,
                                                            -1.0,
                                                            3.0,
                                                            0.1,
                                                            1e300,
                                                            -1e-320,
                                                            9007199254740993.0,
                                                            16777217.0,
                                                            std::numeric_limits<double>::infinity(),
                                                            -std::numeric_limits<double>::infinity(),
                                                            std::numeric_limits<double>::quiet_NaN()};
    static constexpr std::array<const char*, 4> plans = {"free", "pro", "team", ""};

    template <typename Item, std::size_t size>
    Item pick(const std::array<Item, size>& list) {
        return list[random_.below(size)];
    }

    Value mixed_value() {
        switch (random_.below(6)) {
            case 0: return Value::integer(3);
            case 1: return Value::unsigned_integer(3);
            case 2: return Value::real(3.0);
            case 3: return Value::string("pro");
            case 4: return Value::null();
            default: return Value::boolean(true);
        }
    }

    static std::string parenthesised(const std::string& text) { return "(" + text + ")"; }

    std::string leaf_condition() {
        switch (random_.below(7)) {
            case 0: return std::string("has(") + pick(column_names) + ")";
            case 1: return random_.bernoulli(0.5) ? "true" : "false";
            case 2: return std::string(pick(column_names)) + ".startsWith('p')";
            case 3: return std::string(pick(column_names)) + " in ['pro', 'free', 3, '7']";
            case 4: return std::string(pick(column_names)) + ".exists(x, x == 'pro')";
            default: return pick(column_names);
        }
    }

    // Mostly of two sides that can be compared, sometimes of any two.
    std::string comparison(int depth) {
        static constexpr std::array<const char*, 6> operators = {" == ", " != ", " < ", " <= ", " > ", " >= "};
        const auto sides = random_.below(10);
        if (sides < 6) return "(" + number(depth) + pick(operators) + number(depth) + ")";
        if (sides < 8) return "(" + text() + pick(operators) + text() + ")";
        return "(" + anything() + pick(operators) + (sides == 8 ? anything() : number(depth)) + ")";
    }

    std::string number(int depth) {
        static constexpr std::array<const char*, 16> literals = {
            "0",   "1",    "-1",  "3",   "127",  "128",   "9223372036854775807", "9007199254740993",
            "0.0", "-0.0", "0.5", "3.0", "9.99", "1e300", "(0.0 / 0.0)",         "3u"};
        static constexpr std::array<const char*, 5> operators = {" + ", " - ", " * ", " / ", " % "};
        if (depth > 0 && random_.bernoulli(0.4)) {
            switch (random_.below(5)) {
                case 0: return "double(" + number(depth - 1) + ")";
                case 1: return "-" + parenthesised(number(depth - 1));
                default: return "(" + number(depth - 1) + pick(operators) + number(depth - 1) + ")";
            }
        }
        return random_.bernoulli(0.6) ? column_names[random_.below(4)] : pick(literals);
    }

    std::string text() {
        static constexpr std::array<const char*, 4> literals = {"'pro'", "''", "'7'", "'team'"};
        return random_.bernoulli(0.6) ? column_names[4 + random_.below(2)] : pick(literals);
    }

    std::string anything() {
        static constexpr std::array<const char*, 4> literals = {"'pro'", "true", "null",
                                                                "timestamp('1970-01-03T00:00:00Z')"};
        return random_.bernoulli(0.7) ? pick(column_names) : pick(literals);
    }

    Random& random_;
};

}  // namespace segmentd::tests
