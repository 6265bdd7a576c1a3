#include "rules/scoring/logistic.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstddef>
#include <vector>

#include "base/random.hpp"

namespace segmentd::rules {
namespace {

// One feature that is 0 or 1: the maximum likelihood is known in closed form from the 2x2 table.
LogisticData two_by_two() {
    LogisticData data;
    data.columns = 1;
    const auto add = [&](double feature, bool outcome, int times) {
        for (int i = 0; i < times; ++i) {
            data.values.push_back(feature);
            data.outcomes.push_back(outcome);
        }
    };
    add(0.0, true, 10);
    add(0.0, false, 30);
    add(1.0, true, 20);
    add(1.0, false, 20);
    return data;
}

LogisticData random_data(int rows, std::size_t columns) {
    Random random(9, "logistic");
    LogisticData data;
    data.columns = columns;
    for (int row = 0; row < rows; ++row) {
        double odds = -0.5;
        for (std::size_t column = 0; column < columns; ++column) {
            const double value = 100.0 * static_cast<double>(column) + 10.0 * random.normal();
            odds += 0.05 * (value - 100.0 * static_cast<double>(column));
            data.values.push_back(value);
        }
        data.outcomes.push_back(random.bernoulli(1.0 / (1.0 + std::exp(-odds))));
    }
    return data;
}

TEST_CASE("without a penalty the coefficient is the log odds ratio") {
    const auto fit = fit_logistic(two_by_two(), {0.0, PenaltyScale::per_unit});

    REQUIRE(fit);
    CHECK(fit->model.intercept == Approx(std::log(10.0 / 30.0)).epsilon(1e-10));
    CHECK(fit->model.coefficients[0] == Approx(std::log(3.0)).epsilon(1e-10));
    CHECK(fit->standard_errors[1] == Approx(std::sqrt(1.0 / 10 + 1.0 / 30 + 1.0 / 20 + 1.0 / 20)).epsilon(1e-8));
    CHECK(fit->log_likelihood == Approx(10 * std::log(0.25) + 30 * std::log(0.75) + 40 * std::log(0.5)).epsilon(1e-12));
    CHECK(predict_probability(fit->model, std::vector<double>{1.0}) == Approx(0.5).epsilon(1e-10));
}

TEST_CASE("without a penalty the scale of the penalty does not matter") {
    const auto data = random_data(500, 3);
    const auto scaled = fit_logistic(data, {0.0, PenaltyScale::per_standard_deviation});
    const auto plain = fit_logistic(data, {0.0, PenaltyScale::per_unit});

    REQUIRE(scaled);
    REQUIRE(plain);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(scaled->model.coefficients[i] == Approx(plain->model.coefficients[i]).epsilon(1e-8));
        CHECK(scaled->standard_errors[i + 1] == Approx(plain->standard_errors[i + 1]).epsilon(1e-6));
    }
}

TEST_CASE("with the penalty per standard deviation the unit of a feature does not matter") {
    auto data = random_data(500, 1);
    const auto metres = fit_logistic(data, {5.0, PenaltyScale::per_standard_deviation});
    for (double& value : data.values) value *= 1000.0;
    const auto millimetres = fit_logistic(data, {5.0, PenaltyScale::per_standard_deviation});

    CHECK(metres->model.coefficients[0] == Approx(1000.0 * millimetres->model.coefficients[0]).epsilon(1e-8));
}

TEST_CASE("at the optimum the slope equals the penalty") {
    const auto data = random_data(400, 2);
    const double ridge = 3.0;
    const auto fit = fit_logistic(data, {ridge, PenaltyScale::per_unit});

    REQUIRE(fit);
    std::vector<double> slope(2, 0.0);
    for (std::size_t row = 0; row < data.outcomes.size(); ++row) {
        const std::vector<double> values{data.values[2 * row], data.values[2 * row + 1]};
        const double rest = (data.outcomes[row] ? 1.0 : 0.0) - predict_probability(fit->model, values);
        for (std::size_t i = 0; i < 2; ++i) slope[i] += rest * (values[i] - fit->model.reference_means[i]);
    }
    for (std::size_t i = 0; i < 2; ++i) CHECK(slope[i] == Approx(ridge * fit->model.coefficients[i]).margin(1e-9));
}

TEST_CASE("the base and the contributions add up to the log odds exactly") {
    const auto fit = fit_logistic(random_data(300, 3), {1.0, PenaltyScale::per_standard_deviation});
    const std::vector<double> customer{12.0, 95.0, 230.0};

    const auto parts = reasons(fit->model, customer);
    double sum = parts.base_log_odds;
    for (const double contribution : parts.contributions) sum += contribution;

    CHECK(sum == Approx(log_odds(fit->model, customer)).epsilon(0));
    double plain = fit->model.intercept;
    for (std::size_t i = 0; i < 3; ++i) plain += fit->model.coefficients[i] * customer[i];
    CHECK(sum == Approx(plain).epsilon(1e-12));
    CHECK(reasons(fit->model, fit->model.reference_means).contributions[1] == Approx(0.0).margin(0));
}

TEST_CASE("a constant feature gets no weight") {
    auto data = two_by_two();
    LogisticData wider;
    wider.columns = 2;
    wider.outcomes = data.outcomes;
    for (const double value : data.values) {
        wider.values.push_back(value);
        wider.values.push_back(7.0);
    }
    const auto fit = fit_logistic(wider, {0.0, PenaltyScale::per_standard_deviation});

    REQUIRE(fit);
    CHECK(fit->model.coefficients[0] == Approx(std::log(3.0)).epsilon(1e-8));
    CHECK(fit->model.coefficients[1] == Approx(0.0).margin(0));
}

TEST_CASE("a feature that separates the outcomes has no optimum without a penalty") {
    LogisticData data;
    data.columns = 1;
    for (int i = 0; i < 20; ++i) {
        data.values.push_back(i);
        data.outcomes.push_back(i >= 10);
    }

    CHECK(fit_logistic(data, {0.0, PenaltyScale::per_unit}).error().message ==
          "the data do not determine a logistic model");
    CHECK(fit_logistic(data, {0.1, PenaltyScale::per_unit}));
}

TEST_CASE("a feature that repeats another has no optimum without a penalty") {
    LogisticData data = two_by_two();
    LogisticData twice;
    twice.columns = 2;
    twice.outcomes = data.outcomes;
    for (const double value : data.values) twice.values.insert(twice.values.end(), {value, 2.0 * value});

    CHECK_FALSE(fit_logistic(twice, {0.0, PenaltyScale::per_unit}));
}

TEST_CASE("input that no model can be learned from is refused") {
    auto data = two_by_two();
    CHECK_FALSE(fit_logistic(data, {-1.0, PenaltyScale::per_unit}));
    data.values[3] = std::nan("");
    CHECK_FALSE(fit_logistic(data, {1.0, PenaltyScale::per_unit}));
    data.values.pop_back();
    CHECK_FALSE(fit_logistic(data, {1.0, PenaltyScale::per_unit}));
    CHECK_FALSE(fit_logistic({1, {1.0, 2.0}, {true, true}}, {1.0, PenaltyScale::per_unit}));
    CHECK_FALSE(fit_logistic({}, {1.0, PenaltyScale::per_unit}));
}

}  // namespace
}  // namespace segmentd::rules
